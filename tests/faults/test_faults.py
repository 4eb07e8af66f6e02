"""What can happen to a process in operation, done to real ones: what is promised holds. FAULTS.md lists it all."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest
from discord_people import words
from discord_server import Server as Discord
from telegram_people import Somebody
from telegram_server import Fault
from telegram_server import Server as Telegram

from tests.faults.conftest import Stoppable
from tests.operations.running import SECRET, Process, environment, fetched, free_port, running

ASKED = "20 images with dall-e 3 in Poland"


async def until_status(url: str, status: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while (await fetched(url))[0] != status:
        assert time.monotonic() < end, f"{url} is not {status}"
        await asyncio.sleep(0.1)


async def test_postgres_stopped_and_started_under_a_process(stoppable: Stoppable) -> None:
    """Answers go on without it, readiness says so, and when it is back everything is where it was."""
    port = free_port()
    ready = f"http://127.0.0.1:{port}/readyz"
    async with Telegram() as telegram:
        given = environment(telegram, webhook=port, DATABASE_URL=stoppable.address, PORT=str(port))
        assert await (await Process(given, "release").start()).ended() == 0
        process = await (await Process(given, "web").start()).says("telegram: ready")
        ana = Somebody(telegram, 5)
        await ana.asks("/settings language: fr")
        assert "noté" in (await ana.asks(f"/log {ASKED}")).text.casefold()
        assert await fetched(ready) == (200, "ready\n")

        await asyncio.to_thread(stoppable.stop)
        await until_status(ready, 503)
        assert (await fetched(ready.replace("readyz", "healthz")))[0] == 200
        assert "25 g" in (await ana.asks(ASKED)).text, "in whatever language"
        status, page = await fetched(f"http://127.0.0.1:{port}/en", params={"q": ASKED})
        assert status == 200
        assert "CO2e" in page, "what needs no database is answered without it"

        await asyncio.to_thread(stoppable.start)
        await until_status(ready, 200)
        assert "Pologne" in (await ana.asks(ASKED)).text, "in the language that was kept"
        assert "25 g" in (await ana.asks("/report")).text
        assert await process.stop() == 0
        process.discreet("dall-e", "Poland")
        assert "the database cannot be used" in process.log


async def test_postgres_that_is_not_there_when_a_process_starts(stoppable: Stoppable) -> None:
    port = free_port()
    async with Telegram() as telegram:
        given = environment(telegram, webhook=port, DATABASE_URL=stoppable.address, PORT=str(port))
        assert await (await Process(given, "release").start()).ended() == 0
        await asyncio.to_thread(stoppable.stop)
        async with running(given, "web", says="telegram: ready"):
            assert (await fetched(f"http://127.0.0.1:{port}/readyz"))[0] == 503
            await asyncio.to_thread(stoppable.start)
            await until_status(f"http://127.0.0.1:{port}/readyz", 200)
            assert "CO2e" in (await Somebody(telegram, 1).asks(ASKED)).text


async def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """No byte more can be written: estimates are given, what cannot be kept is said, and with room it is kept again."""
    database = tmp_path / "book.db"
    async with Telegram() as telegram:
        given = environment(telegram, DATABASE_URL=f"sqlite:///{database}")
        async with running(given, "telegram", says="telegram: ready") as process:
            ana = Somebody(telegram, 5)
            assert "25 g" in (await ana.asks(ASKED)).text
            assert process.process is not None
            _, hard = resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
            refused = await ana.asks(f"/log {ASKED}")
            assert "cannot" in refused.text.casefold() or "not" in refused.text.casefold()
            assert "CO2e" not in refused.text or "noted" not in refused.text.casefold()
            resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
            await asyncio.sleep(2.5)  # a database that was away is left alone for two seconds
            assert "25 g" in (await ana.asks(f"/log {ASKED}")).text
            assert "25 g" in (await ana.asks("/report")).text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
async def test_a_log_that_cannot_be_written() -> None:
    """Standard output on a full disk: nobody is answered less for it."""
    async with Telegram() as telegram:
        shell = ("sh", "-c", f"exec {sys.executable} -m bot telegram >/dev/full")
        process = await Process(environment(telegram), command=shell).start()
        assert "25 g" in (await Somebody(telegram, 5).asks(ASKED)).text
        assert await process.stop() == 0, process.log
        process.discreet("dall-e")


@pytest.mark.parametrize("after", [0.0, 0.3, 0.8, 1.5, None], ids=["at once", "0.3 s", "0.8 s", "1.5 s", "ready"])
async def test_told_to_stop_twice_at_any_moment(after: float | None) -> None:
    """From the first instant of its own code on it ends quietly, whatever it was doing."""
    async with Telegram() as telegram, Discord() as discord:
        process = await Process(environment(telegram, discord, PORT=str(free_port())), "all").start()
        if after is None:
            await process.says("discord: ready")
        else:
            await asyncio.sleep(after)
        process.signal(signal.SIGTERM)
        await asyncio.sleep(0.02)
        assert process.process is not None
        if process.process.returncode is None:
            process.signal(signal.SIGTERM)
        code = await process.ended()
        # Before the interpreter has read a line of ours, nobody can answer for it; how long that is, the machine says.
        assert code == 0 or (after is not None and code == -signal.SIGTERM and not process.log), process.log
        assert "Traceback" not in process.log


async def test_killed_in_the_middle_and_begun_again(tmp_path: Path) -> None:
    """SIGKILL with many open: nothing is lost, and at most what was being said in each chat is said again."""
    async with Telegram() as telegram:
        given = environment(telegram, DATABASE_URL=f"sqlite:///{tmp_path / 'book.db'}")
        process = await (await Process(given, "telegram").start()).says("telegram: ready")
        people = [Somebody(telegram, 100 + number) for number in range(20)]
        for number in range(4):
            for person in people:
                person.says(f"{number + 2} images with dall-e 3")
        await telegram.until(lambda: len(telegram.world.order) >= 15, 30, "the first answers")
        process.signal(signal.SIGKILL)
        await process.ended()
        async with running(given, "telegram", says="telegram: ready"):
            for person in people:
                person.says("77 images with dall-e 3")
            await telegram.until(lambda: all(any("77" in a.text for a in p.answers()) for p in people), 60, "the last")
        for person in people:
            said = [answer.text for answer in person.answers()]
            assert len(set(said)) == 5, "nothing lost"
            assert len(said) <= 6, "one in each chat at most"


@pytest.mark.parametrize(
    "fault",
    [Fault("send*", times=60, code=429, said="Too Many Requests: retry after 1", retry_after=1),
     Fault("*", times=80, code=502)],
    ids=["429", "502"],
)  # fmt: skip
async def test_a_storm_is_weathered(fault: Fault) -> None:
    """Everybody is refused for a while; everybody gets one answer in the end, and the log is no novel."""
    async with Telegram() as telegram, running(environment(telegram), "telegram", says="telegram: ready") as process:
        await telegram.until(lambda: ("description", "fr") in telegram.world.profile, 20, "menus")
        telegram.plan.append(fault)
        people = [Somebody(telegram, 100 + number) for number in range(30)]
        for person in people:
            person.says(ASKED)
        await telegram.until(lambda: all(person.answers() for person in people), 90, "thirty answers")
        await asyncio.sleep(0.5)
        assert all(len(person.answers()) == 1 for person in people)
        assert process.log.count("\n") < 400


async def test_what_strangers_post_to_the_webhook() -> None:
    """Without the secret, with a wrong one, too large, too deep, no update, the same again: no harm, one answer."""
    port = free_port()
    hook = f"http://127.0.0.1:{port}/hook"
    async with Telegram() as telegram:
        given = environment(telegram, webhook=port, PORT=str(port))
        async with running(given, "web", says="telegram: ready") as process, aiohttp.ClientSession() as session:
            ana = Somebody(telegram, 5)
            await ana.asks(ASKED)
            forged = {"update_id": 10**6, "message": ana.message("forged words")}
            right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            for headers, body, expected in (
                ({}, forged, 403),
                ({"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, forged, 403),
                ({"X-Telegram-Bot-Api-Secret-Token": "é" * 500}, forged, 403),
                (right, [], 400),
                (right, {"update_id": "x"}, 400),
                (right, {"update_id": 10**6 + 1, "message": {"private": "forged words"}}, 200),
            ):
                async with session.post(hook, json=body, headers=headers) as response:
                    assert response.status == expected, (headers, body)
            async with session.post(hook, data=b"[" * 100_000, headers=right) as response:
                assert response.status == 400
            async with session.post(hook, data=b" " * 2_000_000, headers=right) as response:
                assert response.status == 413
            async with session.get(hook) as response:
                assert response.status in (404, 405)
            before = len(ana.answers())
            replayed = {"update_id": 10**6 + 7, "message": ana.message("3 images with dall-e 3")}
            for _ in range(5):
                async with session.post(hook, json=replayed, headers=right) as response:
                    assert response.status == 200
            await ana.asks("hello")
            assert len(ana.answers()) == before + 2
        process.discreet("forged", "dall-e")


async def test_discord_goes_on_where_the_database_is_away(stoppable: Stoppable) -> None:
    async with Discord() as discord:
        channel = discord.channel(guild := discord.guild())
        given = environment(None, discord, DATABASE_URL=stoppable.address)
        assert await (await Process(given, "release").start()).ended() == 0
        process = await (await Process(given, "discord").start()).says("discord: ready")
        ada = discord.person("ada", guild)
        assert "25 g" in words(await ada.slash(channel, "estimate", task="image", count=20, place="POL"))
        await asyncio.to_thread(stoppable.stop)
        assert "25 g" in words(await ada.slash(channel, "estimate", task="image", count=20, place="POL"))
        await asyncio.to_thread(stoppable.start)
        await asyncio.sleep(2.5)
        assert "25 g" in words(await ada.says(channel, f"{discord.mention} {ASKED}"))
        assert await process.stop() == 0
        process.discreet("dall-e")


async def test_an_event_that_discords_library_cannot_read() -> None:
    """The library ends over it; the client is begun anew, and the next who asks is answered."""
    async with Discord() as discord:
        channel = discord.channel(guild := discord.guild())
        process = await (await Process(environment(None, discord), "discord").start()).says("discord: ready")
        (session,) = discord.gateway.live()
        discord.gateway._give(session, "INTERACTION_CREATE", {"id": "1", "type": 2, "words": "of a person"})
        await process.says("broken off")
        await discord.until(lambda: session not in discord.gateway.live(), why="the old session's end")
        await discord.connected()
        ada = discord.person("ada", guild)
        assert "25 g" in words(await ada.says(channel, f"{discord.mention} {ASKED}"))
        assert await process.stop() == 0
        process.discreet("of a person", "dall-e")
