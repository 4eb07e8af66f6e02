"""The real process on real sockets: rate limits as Discord sets them, a gateway that drops and moves, and the end.

The process is `python -m bot discord`, configured by its environment alone; Discord is the server of tests/support.
"""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from discord_people import buttons, words
from discord_process import Process, environment, running
from discord_server import Fault, Limit, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")
EPHEMERAL = 1 << 6
MESSAGES = "/channels/*/messages"
CALLBACK = "/interactions/*/callback"
SAID = {"en": "20 images in Poland", "fr": "20 images en Pologne"}
SHOWN = {"en": "Electricity", "fr": "Électricité"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def life() -> AsyncIterator[tuple[Server, Process]]:
    """One Discord and one process, for all tests that leave both alive."""
    async with Server() as server, running(server) as process:
        yield server, process


@pytest.fixture
def server(life: tuple[Server, Process]) -> Iterator[Server]:
    yield life[0]
    life[0].plan.clear()
    life[0].limits.clear()


@pytest.fixture
def process(life: tuple[Server, Process]) -> Process:
    return life[1]


@pytest.fixture
def channel(server: Server) -> Any:
    """A channel of its own for each test: limits are a channel's."""
    ours = (guild for guild in server.world.guilds.values() if guild.id not in server.gateway.elsewhere)
    guild = next(ours, None) or server.guild()
    return server.channel(guild)


def somebody(server: Server, channel: Any, locale: str = "en-GB") -> Any:
    return server.person("ada", server.world.get_guild(channel.guild_id), locale=locale)


def warnings(process: Process, since: int) -> list[str]:
    """What our own code wrote from WARNING up."""
    lines = process.log[since:].splitlines()
    return [line for line in lines if re.search(r'"level": "(warning|error)"', line) and '"logger": "bot' in line]


# ---------------------------------------------------------------------- rate limits


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_is_waited_out_and_the_answer_comes(
    server: Server, process: Process, channel: Any, scope: str, language: str
) -> None:
    before = len(process.log)
    server.plan.append(Fault("POST", MESSAGES, status=429, retry_after=0.4, scope=scope, times=2))
    person = somebody(server, channel)
    answer = await person.says(channel, f"{server.mention} {SAID[language]}")
    assert SHOWN[language] in words(answer)
    posts = server.made("POST", f"/channels/{channel.id}/messages")
    assert [call.status for call in posts] == [429, 429, 200]
    assert posts[1].at - posts[0].at >= 0.39
    assert posts[2].at - posts[1].at >= 0.39
    assert not server.faults  # nothing was asked before its time
    assert not warnings(process, before)


async def test_under_a_global_limit_everything_of_the_token_waits(server: Server, channel: Any) -> None:
    other = server.channel(server.world.get_guild(channel.guild_id), "other")
    server.plan.append(Fault("POST", f"/channels/{channel.id}/messages", status=429, retry_after=0.8, scope="global"))
    ada, bob = somebody(server, channel), somebody(server, channel)
    first = asyncio.create_task(ada.says(channel, f"{server.mention} 20 images"))
    await server.until(lambda: server.made("POST", f"/channels/{channel.id}/messages"))
    began = time.monotonic()
    second = await bob.says(other, f"{server.mention} 20 images")
    assert words(second)
    assert server.made("POST", f"/channels/{other.id}/messages")[0].at - began >= 0.7
    assert words(await first)
    assert not server.faults


async def test_a_command_is_answered_although_messages_are_limited(server: Server, channel: Any) -> None:
    """What answers an interaction is bound by no limit of the token's."""
    server.plan.append(Fault("POST", f"/channels/{channel.id}/messages", status=429, retry_after=1.5, scope="global"))
    ada = somebody(server, channel)
    waiting = asyncio.create_task(ada.says(channel, f"{server.mention} 20 images"))
    await server.until(lambda: server.made("POST", f"/channels/{channel.id}/messages"))
    began = time.monotonic()
    card = await ada.slash(channel, "estimate", task="image", count=20)
    assert words(card)
    assert time.monotonic() - began < 1.2
    await waiting


async def test_a_bucket_is_never_overdrawn(server: Server, channel: Any) -> None:
    """Five messages in so many seconds, as Discord tells in its headers: the sixth waits, none is refused."""
    server.limits.append(Limit("POST", f"/channels/{channel.id}/messages", most=3, seconds=0.6))
    ada = somebody(server, channel)
    await ada.says(channel, f"{server.mention} 1 image")  # from here the bucket is known
    await asyncio.sleep(0.7)  # what is sent at the end of a window may come in after it, and count for the next
    answers = await asyncio.gather(*(ada.says(channel, f"{server.mention} {n} images") for n in range(2, 9)))
    assert len({answer.id for answer in answers}) == 7
    assert all(call.status == 200 for call in server.made("POST", f"/channels/{channel.id}/messages"))
    assert not server.faults


async def test_a_limit_beyond_all_patience_is_not_waited_for(server: Server, process: Process, channel: Any) -> None:
    before = len(process.log)
    server.plan.append(Fault("POST", MESSAGES, status=429, retry_after=900))
    ada = somebody(server, channel)
    ada.writes(channel, f"{server.mention} 20 images")
    await _logged(process, before)
    assert len(server.made("POST", f"/channels/{channel.id}/messages")) == 1
    assert words(await ada.says(channel, f"{server.mention} 30 images"))
    (line,) = warnings(process, before)
    assert "RateLimited" in line
    assert "20 images" not in line


@pytest.mark.parametrize("locale", ["en-US", "fr"])
async def test_a_limited_callback_is_tried_again_while_someone_waits(server: Server, channel: Any, locale: str) -> None:
    server.plan.append(Fault("POST", CALLBACK, status=429, retry_after=0.3, scope="shared"))
    card = await somebody(server, channel, locale).slash(channel, "estimate", task="image", count=20)
    assert SHOWN["fr" if locale == "fr" else "en"] in words(card)


async def _logged(process: Process, since: int, seconds: float = 10.0) -> list[str]:
    return await process.wrote(lambda: warnings(process, since), seconds)


# ---------------------------------------------------------------------- faults of the network


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_is_tried_again(server: Server, channel: Any, status: int) -> None:
    server.plan.append(Fault("POST", f"/channels/{channel.id}/messages", status=status))
    assert words(await somebody(server, channel).says(channel, f"{server.mention} 20 images"))
    assert [c.status for c in server.made("POST", f"/channels/{channel.id}/messages")] == [status, 200]


async def test_a_cut_connection_costs_one_answer_and_nothing_else(
    server: Server, process: Process, channel: Any
) -> None:
    before = len(process.log)
    server.plan.append(Fault("POST", f"/channels/{channel.id}/messages", cut=True))
    ada = somebody(server, channel)
    ada.writes(channel, f"{server.mention} 20 images")
    assert len(await _logged(process, before)) == 1
    assert words(await ada.says(channel, f"{server.mention} 20 images"))


async def test_an_answer_whose_receipt_was_lost_is_not_given_twice(
    server: Server, process: Process, channel: Any
) -> None:
    """Discord took the answer and broke down: the second try is told that it was answered, and that is the end."""
    before = len(process.log)
    server.plan.append(Fault("POST", CALLBACK, status=502, done=True))
    record = somebody(server, channel).types(channel, "estimate", task="image", count=20)
    await _logged(process, before)
    assert record.responded
    assert len(server.messages(channel)) == 1
    (line,) = warnings(process, before)
    assert "40060" in line


async def test_an_interaction_that_ran_out_is_left(server: Server, process: Process, channel: Any) -> None:
    """Its token is unknown by the time Discord reads us: one line, one try, no message to anybody."""
    before = len(process.log)
    server.plan.append(Fault("POST", CALLBACK, wait=0.1, status=404, code=10062))
    somebody(server, channel).types(channel, "estimate", task="image", count=20)
    (line,) = await _logged(process, before)
    assert "10062" in line
    assert not server.messages(channel)


# ---------------------------------------------------------------------- the gateway


async def _missed_and_made_up(server: Server, channel: Any, language: str = "en") -> None:
    """Said while nobody listens, answered once someone does."""
    await server.until(lambda: not server.gateway.live(), why="nobody is connected")
    ada = somebody(server, channel)
    answer = await ada.says(channel, f"{server.mention} {SAID[language]}")
    assert SHOWN[language] in words(answer)
    assert len([m for m in server.messages(channel) if m.author_id == server.world.bot_user.id]) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_after_a_cut_the_session_is_resumed_and_nothing_is_missed(
    server: Server, channel: Any, language: str
) -> None:
    sessions, resumed = len(server.gateway.sessions), len(server.gateway.resumed)
    server.gateway.cut()
    await _missed_and_made_up(server, channel, language)
    assert len(server.gateway.sessions) == sessions
    assert len(server.gateway.resumed) == resumed + 1


@pytest.mark.parametrize("code", [4000, 1001])
async def test_a_close_that_may_be_resumed_is(server: Server, channel: Any, code: int) -> None:
    resumed = len(server.gateway.resumed)
    server.gateway.close(code)
    await _missed_and_made_up(server, channel)
    assert len(server.gateway.resumed) == resumed + 1


async def test_when_discord_asks_to_reconnect_we_do(server: Server, channel: Any) -> None:
    resumed = len(server.gateway.resumed)
    server.gateway.ask_to_reconnect()
    await _missed_and_made_up(server, channel)
    assert len(server.gateway.resumed) == resumed + 1


async def test_an_invalid_session_that_may_be_resumed_is(server: Server, channel: Any) -> None:
    resumed = len(server.gateway.resumed)
    server.gateway.invalidate(resumable=True)
    await _missed_and_made_up(server, channel)
    assert len(server.gateway.resumed) == resumed + 1


@pytest.mark.parametrize("how", ["invalid", "4009"])
async def test_a_session_that_is_over_is_begun_anew(server: Server, channel: Any, how: str) -> None:
    sessions = len(server.gateway.sessions)
    if how == "invalid":
        server.gateway.invalidate()
    else:
        server.gateway.close(4009)
    await server.until(lambda: len(server.gateway.sessions) == sessions + 1, 30, why="a new session")
    ada = somebody(server, channel)
    assert words(await ada.says(channel, f"{server.mention} 20 images"))


async def test_while_discord_is_away_we_wait_for_it(server: Server, process: Process, channel: Any) -> None:
    """The connection breaks and is refused for a while; then it is found again, and a new answer is given."""
    server.gateway.refuses = True
    server.gateway.cut()
    await server.until(lambda: not server.gateway.live())
    await asyncio.sleep(1.5)
    assert process.process is not None
    assert process.process.returncode is None
    server.gateway.refuses = False
    await server.connected(seconds=60)
    assert words(await somebody(server, channel).says(channel, f"{server.mention} 20 images"))


# ---------------------------------------------------------------------- on a person's own account

LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
SHARE = {"en": "Share here", "fr": "Partager ici"}
ONE_ENTRY = {"en": "1 entry", "fr": "1 ligne"}


def hidden(message: Any) -> bool:
    return bool(message.flags & EPHEMERAL)


@LANGUAGES
async def test_in_a_group_it_answers_who_has_it_on_their_account(server: Server, language: str) -> None:
    ada, bob = (server.person(name, locale=language) for name in ("ada", "bob"))
    group = server.group(ada, bob)
    card = await ada.slash(group, "estimate", task="image", count=20, place="POL")
    assert SHOWN[language] in words(card)
    assert not hidden(card)
    changed = await ada.click(group, card, "France")
    assert changed.id == card.id
    assert "20 images, France" in words(changed)
    # Who else reads along gets an answer of their own, and the card stays as it is.
    others = await bob.click(group, card, {"en": "In everyday terms", "fr": "En termes courants"}[language])
    assert hidden(others)
    assert "France" in words(card)


@LANGUAGES
async def test_in_a_group_what_is_ones_own_is_seen_by_one(server: Server, language: str) -> None:
    ada, bob = (server.person(name, locale=language) for name in ("ada", "bob"))
    group = server.group(ada, bob)
    for name in ("settings", "privacy", "sources", "report", "budget"):
        assert hidden(await ada.slash(group, name)), name
    assert hidden(await ada.slash(group, "log", task="image", count=20))
    report = await ada.slash(group, "report")
    assert hidden(report)
    assert ONE_ENTRY[language] in words(report)
    # Bob's book is another one, although they sit in the same group.
    assert ONE_ENTRY[language] not in words(await bob.slash(group, "report"))


@LANGUAGES
async def test_in_a_group_a_message_is_looked_at_and_shared(server: Server, language: str) -> None:
    ada, bob = (server.person(name, locale=language) for name in ("ada", "bob"))
    group = server.group(ada, bob)
    message = server.world.create_message(group.id, bob.id, "word " * 300)
    looked = await ada.answered(ada.looks_at(group, message))
    assert hidden(looked)
    assert "CO2e" in words(looked)
    shared = await ada.click(group, looked, SHARE[language])
    assert not hidden(shared)
    assert SHOWN[language] in words(shared)


@LANGUAGES
async def test_in_a_server_that_has_not_added_it_the_book_is_ones_own(server: Server, language: str) -> None:
    guild = server.elsewhere(preferred_locale=language if language == "fr" else "en-US")
    channel, ada = server.channel(guild), server.person("ada", guild, locale=language)
    card = await ada.slash(channel, "estimate", task="image", count=20)
    assert SHOWN[language] in words(card)
    assert not hidden(card)
    assert hidden(await ada.slash(channel, "log", task="image", count=20))
    assert ONE_ENTRY[language] in words(await ada.slash(channel, "report"))
    other = server.person("bob", guild, locale=language)
    mine = await other.click(channel, card, "France")
    assert hidden(mine)
    assert not hidden(await other.click(channel, mine, SHARE[language]))
    # Nothing else that is said there comes to us, not even a mention.
    other.writes(channel, f"{server.mention} {SAID[language]}")
    await ada.slash(channel, "settings")
    assert not [m for m in server.messages(channel) if m.reference is not None]


# ---------------------------------------------------------------------- the life of a process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_is_under_way_is_finished_before_the_end(number: int) -> None:
    async with Server() as server:
        channel = server.channel(server.guild())
        process = await (await Process(environment(server)).start()).ready()
        server.plan.append(Fault("POST", MESSAGES, wait=0.8))
        ada = server.person("ada", server.world.guilds[channel.guild_id])
        ada.writes(channel, f"{server.mention} 20 images")
        await server.until(lambda: server.made("POST", MESSAGES))
        assert await process.stop(number) == 0
        assert len(server.messages(channel)) == 2
        assert not server.gateway.live()
        assert not server.gateway.sessions[-1].alive  # it said goodbye
        assert "Traceback" not in process.log


async def test_a_wrong_token_ends_it_at_once_and_says_so() -> None:
    async with Server() as server:
        wrong = server.token.replace("only", "none")
        process = await Process(environment(server, DISCORD_TOKEN=wrong)).start()
        assert await process.ended() == 1
        assert "refuses this DISCORD_TOKEN" in process.log
        assert wrong not in process.log
        assert len(server.calls) == 1


async def test_killed_and_begun_again_it_knows_its_buttons_and_registers_once(tmp_path: Path) -> None:
    """What is kept is kept by the database: commands are not sent again, and a button of the killed process works."""
    where = {"DATABASE_URL": f"sqlite:///{tmp_path / 'kept.db'}"}
    async with Server() as server:
        server.gateway.identify_every = 0.2
        channel = server.channel(server.guild())
        ada = server.person("ada", server.world.guilds[channel.guild_id], locale="fr")
        first = await (await Process(environment(server, **where)).start()).ready()
        card = await ada.slash(channel, "estimate", task="image", count=20, place="POL")
        await first.stop(signal.SIGKILL)
        async with running(server, **where):
            assert "France" in {b["label"] for b in buttons(card.components)}
            changed = await ada.click(channel, card, "France")
            assert changed.id == card.id
            assert "France" in words(changed)
        assert len(server.made("PUT", "/applications/*/commands")) == 1


async def test_two_processes_share_the_shards() -> None:
    """Each has one shard, answers its own servers, and nobody is answered twice."""
    async with Server(shards=2) as server:
        server.gateway.identify_every = 0.5
        one, two = server.guild("one", shard=0), server.guild("two", shard=1)
        first, second = server.channel(one), server.channel(two)
        both = {"DISCORD_SHARD_COUNT": "2"}
        async with running(server, DISCORD_SHARD_IDS="0", **both), running(server, DISCORD_SHARD_IDS="1", **both) as b:
            ada, zoe = server.person("ada", one), server.person("zoé", two, locale="fr")
            assert SHOWN["en"] in words(await ada.says(first, f"{server.mention} {SAID['en']}"))
            assert SHOWN["fr"] in words(await zoe.slash(second, "estimate", task="image", count=20))
            assert sorted(server.gateway.identified)[-2:] == [(0, 2), (1, 2)]
            assert await b.stop() == 0
            assert words(await ada.says(first, f"{server.mention} 30 images"))
        assert len(server.messages(first)) == 4
        assert len(server.messages(second)) == 1


async def test_release_sends_the_commands_and_ends(tmp_path: Path) -> None:
    async with Server() as server:
        where = {"DATABASE_URL": f"sqlite:///{tmp_path / 'kept.db'}"}
        for _ in range(2):
            process = await Process(environment(server, **where), ("release",)).start()
            assert await process.ended(60) == 0, process.log
        assert len(server.made("PUT", "/applications/*/commands")) == 1
        assert not server.gateway.sessions
