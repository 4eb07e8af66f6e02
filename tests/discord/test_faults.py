"""What Discord and the network may do to us: a kind line or silence, one line in the log, never a dead bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import simcord

import discord
from bot.core import Core
from bot.platforms.discord import delivery
from bot.platforms.discord.client import build
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.faults import REST, Silences
from bot.platforms.discord.run import serve
from bot.settings import Settings
from handlers.answer import Answer
from handlers.request import Intent, Request
from tests.discord.conftest import LOCALES, SETTINGS, SHOWN, Scene, labels, texts

MESSAGES = "/channels/*/messages"
DEFERRED = 5  # the type of an answer that says that one will come
CALLBACK = "/interactions/*/callback"
WRONG = pytest.mark.parametrize(
    ("locale", "said"), [("en-US", "Something went wrong"), ("fr", "Quelque chose a mal tourné")]
)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
    caplog.set_level(logging.WARNING, "bot")
    return lambda: [r for r in caplog.records if r.name.startswith("bot")]


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (404, 10003), (429, 0), (500, 0), (502, 0), (503, 0)])
async def test_a_message_that_cannot_be_answered(scene: Scene, lines: Any, status: int, code: int) -> None:
    scene.env.inject_error("POST", MESSAGES, status=status, code=code)
    person = scene.person()
    await person.send(scene.channel, f"{scene.mention} 20 images")
    assert len(scene.channel.history()) == 1
    (line,) = lines()
    assert line.request
    assert "20 images" not in line.message
    assert not scene.env.errors
    other = scene.guild.create_text_channel("elsewhere")
    await person.send(other, f"{scene.mention} 20 images")
    assert len(other.history()) == 2


async def test_after_403_a_channel_is_left_alone(scene: Scene, lines: Any) -> None:
    scene.env.inject_error("POST", MESSAGES, status=403, code=50013, times=None)
    for _ in range(5):
        await scene.person().send(scene.channel, f"{scene.mention} 20 images")
    assert len(scene.sent()) == 1
    assert len(lines()) == 1


async def test_after_a_change_of_permissions_it_is_tried_again(scene: Scene) -> None:
    silences = scene.bot.conversation.silences
    now = scene.core.ports.clock.now()
    silences.begin(scene.channel.id, now)
    person = scene.person()
    await person.send(scene.channel, f"{scene.mention} 20 images")
    assert len(scene.channel.history()) == 1
    before = scene.bot.get_channel(scene.channel.id)
    await scene.bot.on_guild_channel_update(before, before)
    await person.send(scene.channel, f"{scene.mention} 20 images")
    assert len(scene.channel.history()) == 3


def test_a_silence_ends_by_itself() -> None:
    from datetime import UTC, datetime

    silences, now = Silences(), datetime(2026, 11, 22, tzinfo=UTC)
    silences.begin(1, now)
    assert silences.hold(1, now + REST - timedelta(seconds=1))
    assert not silences.hold(1, now + REST)
    assert not silences.hold(2, now)


@pytest.mark.parametrize(("asked", "said"), [("20 images in Poland", "20 images, Poland: "),
                                             ("20 images en Pologne", "20 images, Pologne : ")])  # fmt: skip
async def test_a_card_that_is_refused_becomes_words(scene: Scene, lines: Any, asked: str, said: str) -> None:
    scene.env.inject_error("POST", MESSAGES, status=400, code=50035)
    await scene.person().send(scene.channel, f"{scene.mention} {asked}")
    assert said in scene.last.content.replace("\u00a0", " ")
    assert len(lines()) == 1


async def test_a_deleted_question_is_still_answered(scene: Scene) -> None:
    """Deleted between asking and answering: the reply goes without its reference."""
    person = scene.person()
    asked = await person.send(scene.channel, "hello")
    await person.delete(asked)
    answer = Answer("help", "en", ())
    from bot.platforms.discord.render import Setting
    from handlers.answer import Span

    answer = Answer("help", "en", (Span("Here"),))
    await scene.bot._delivery.post(scene.bot.get_channel(scene.channel.id), answer, Setting(owner=1), to=asked)
    assert "Here" in scene.said()


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060), (401, 50027)])
async def test_an_interaction_nobody_waits_for(scene: Scene, lines: Any, status: int, code: int) -> None:
    scene.env.inject_error("POST", CALLBACK, status=status, code=code, times=None)
    await scene.person().slash(scene.channel, "estimate", task="image", count=1)
    assert len(lines()) == 1
    assert len([r for r in scene.sent() if "callback" in r.path]) == 1
    assert not scene.env.errors


@WRONG
@pytest.mark.parametrize("status", [400, 403, 500])
async def test_an_answer_that_is_refused_leaves_a_kind_line(
    scene: Scene, lines: Any, locale: str, said: str, status: int
) -> None:
    scene.env.inject_error("POST", CALLBACK, status=status, code=50035 if status == 400 else 0, times=1)
    done = await scene.person("ada", locale).slash(scene.channel, "estimate", task="image", count=1)
    assert said in texts(done.response.components)
    assert done.response.ephemeral
    (line,) = lines()
    assert line.request in texts(done.response.components)


async def test_a_button_whose_message_is_gone(scene: Scene, lines: Any) -> None:
    person = scene.person()
    card = (await person.slash(scene.channel, "estimate", task="image", count=20)).response
    scene.env.inject_error("POST", CALLBACK, status=404, code=10008)
    await person.click(card.message, label=labels(card.components)[0])
    assert len(lines()) == 1
    assert not scene.env.errors


@WRONG
async def test_a_fault_of_our_own_is_logged_once_and_told_kindly(
    scene: Scene, lines: Any, monkeypatch: pytest.MonkeyPatch, locale: str, said: str
) -> None:
    async def broken(self: Conversation, *given: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Conversation, "look", broken)
    message = await scene.person("bob").send(scene.channel, "text")
    done = await scene.person("zoé", locale).context_menu(scene.channel, "AI footprint", message)
    assert said in texts(done.response.components)
    assert len(lines()) == 1
    assert not scene.env.errors


class Slow:
    """A core that takes its time."""

    def __init__(self, core: Core, seconds: float) -> None:
        self._core, self._seconds = core, seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)

    async def answer(self, request: Request, intent: Intent | None = None) -> Answer | None:
        await asyncio.sleep(self._seconds)
        return await self._core.answer(request, intent)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds that are beyond when we defer, which is moved from half of Discord's three seconds to far less."""
    assert delivery.DEFER_AFTER < 2.5
    monkeypatch.setattr(delivery, "DEFER_AFTER", 0.05)
    return 0.15


@LOCALES
async def test_what_takes_long_is_deferred_in_time(made: Core, localise: Any, impatient: float, locale: str) -> None:
    """Beyond when we defer, within what a person waits for. The settings stay private."""
    async with simcord.run(build(Slow(made, impatient), SETTINGS)) as env:  # type: ignore[arg-type]
        guild = env.create_guild("G")
        channel = guild.create_text_channel("general")
        ada = guild.add_member(env.create_user("ada"))
        localise({ada.id: locale}, set())
        done = await ada.slash(channel, "estimate", task="image", count=20)
        assert SHOWN[locale] in texts(done.response.components)
        assert not done.response.ephemeral
        assert [r.json["type"] for r in env.http_requests if r.path.endswith("/callback")] == [DEFERRED]
        private = await ada.slash(channel, "settings")
        assert private.response.ephemeral
        assert (await ada.slash(channel, "sources")).response.ephemeral
        pressed = await ada.click(done.response.message, label="France")
        assert pressed.response.id == done.response.id
        assert not env.errors


class Hushed(Slow):
    """Every answer shows only at the end that it is for one person."""

    async def answer(self, request: Request, intent: Intent | None = None) -> Answer | None:
        answer = await super().answer(request, intent)
        return replace(answer, private=True) if answer is not None else None


@pytest.mark.parametrize(("locale", "said"), [("en-US", "for ada alone"), ("fr", "réservée à ada")])
async def test_what_was_deferred_in_the_open_stays_private(
    made: Core, localise: Any, impatient: float, locale: str, said: str
) -> None:
    async with simcord.run(build(Hushed(made, impatient), SETTINGS)) as env:  # type: ignore[arg-type]
        guild = env.create_guild("G")
        channel = guild.create_text_channel("general")
        ada, bob = guild.add_member(env.create_user("ada")), guild.add_member(env.create_user("bob"))
        localise({ada.id: locale}, set())
        done = await ada.slash(channel, "estimate", task="image", count=20)
        assert said in texts(done.response.components)
        (whispered,) = done.followups
        assert whispered.ephemeral
        assert SHOWN[locale] in texts(whispered.components)
        assert len(channel.history(viewer=bob)) == 1


async def test_stopping_lets_answers_finish(made: Core) -> None:
    bot = build(Slow(made, 0.3), SETTINGS)  # type: ignore[arg-type]
    async with simcord.run(bot) as env:
        guild = env.create_guild("G")
        channel = guild.create_text_channel("general")
        ada = guild.add_member(env.create_user("ada"))
        message = await ada.send(channel, "…")
        message.content = f"<@{bot.user.id}> 20 images"
        message.mentions = [bot.user]
        answering = asyncio.create_task(bot.on_message(message))
        await asyncio.sleep(0.05)
        bot._closing = False
        rest = asyncio.create_task(asyncio.wait(set(bot._under_way), timeout=8))
        await asyncio.gather(answering, rest)
        assert len(channel.history()) == 2
        bot._closing = True
        await bot.on_message(message)
        assert len(channel.history()) == 2
        bot._closing = False


async def test_a_shard_that_drops_comes_back(made: Core) -> None:
    async with simcord.run(build(made, Settings(_env_file=None, discord_shard_count=2))) as env:
        one, two = env.create_guild("one", shard_id=0), env.create_guild("two", shard_id=1)
        first, second = one.create_text_channel("a"), two.create_text_channel("b")
        user = env.create_user("ada")
        ada, ada_too = one.add_member(user), two.add_member(user)
        me = f"<@{env.bot.user.id}>"
        await env.bot.get_shard(0).disconnect()
        await ada_too.send(second, f"{me} 20 images")
        assert len(second.history()) == 2
        await env.bot.get_shard(0).reconnect()
        await ada.send(first, f"{me} 20 images")
        assert len(first.history()) == 2
        assert not env.errors


def test_shards_from_the_environment(monkeypatch: pytest.MonkeyPatch, made: Core) -> None:
    monkeypatch.setenv("DISCORD_SHARD_IDS", "0,2-3")
    monkeypatch.setenv("DISCORD_SHARD_COUNT", "4")
    monkeypatch.setenv("DISCORD_TOKEN", "hush.hush")
    settings = Settings(_env_file=None)
    assert settings.discord_shard_ids == [0, 2, 3]
    assert "hush" not in repr(settings)


async def test_only_our_shards(made: Core) -> None:
    bot = build(made, Settings(_env_file=None, discord_shard_ids=[1], discord_shard_count=2))
    assert (bot.shard_ids, bot.shard_count) == ([1], 2)


async def test_without_a_network_we_wait_and_stop_when_told(made: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9/api")
    stop = asyncio.Event()
    settings = Settings(_env_file=None, discord_token="a.b.c", discord_shard_count=1)
    running = asyncio.create_task(serve(made, settings, stop))
    await asyncio.sleep(0.5)
    assert not running.done()
    stop.set()
    assert await asyncio.wait_for(running, 10) == 0


async def test_closing_twice_and_before_anything_began(made: Core) -> None:
    bot = build(made, SETTINGS)
    await bot.close()
    await bot.close()
