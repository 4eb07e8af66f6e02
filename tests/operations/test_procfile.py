"""The Procfile, run for real: release first, then its processes together, as a hosting platform runs them."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

from discord_people import words
from discord_server import Fault
from discord_server import Server as Discord
from telegram_people import Somebody
from telegram_server import Server as Telegram

from tests.operations.running import ROOT, Process, environment, fetched, free_port

PROCESSES = dict(
    line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines() if line and line[0] != "#"
)
HONCHO = (str(Path(sys.executable).with_name("honcho")), "start")
ASKED = "20 images with dall-e 3 in Poland"


def test_every_process_is_the_command_itself() -> None:
    """A shell in between would be told to stop in its place."""
    assert set(PROCESSES) == {"release", "web", "discord"}
    for name, command in PROCESSES.items():
        assert command == f"exec python -m bot {name}"


async def test_release_then_all_of_it(empty_postgres: str) -> None:
    port = free_port()
    async with Telegram() as telegram, Discord() as discord:
        channel = discord.channel(guild := discord.guild())
        given = environment(telegram, discord, webhook=port, DATABASE_URL=empty_postgres, PORT=str(port))
        counts = []
        for _ in range(2):
            before = len(telegram.calls)
            release = await Process(given, command=(*HONCHO, "release")).start()
            assert await release.ended() == 0, release.log
            release.discreet()
            assert "database at revision" in release.log
            counts.append(sum(call.method.startswith("set") for call in telegram.calls[before:]))
        assert counts == [counts[0], 0], "twice is once"
        assert counts[0] > 0
        assert len(discord.made("PUT", "/applications/*/commands")) == 1
        both = await Process(given, command=(*HONCHO, "web", "discord")).start()
        await both.says("telegram: ready")
        await both.says("discord: ready")
        assert "25 g CO2e" in (await Somebody(telegram, 5).asks(ASKED)).text
        asked = discord.person("ada", guild).says(channel, f"{discord.mention} {ASKED}")
        assert "25 g CO2e" in words(await asked)
        assert (await fetched(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        both.signal(signal.SIGTERM)
        await both.ended()
        ends = re.findall(r"(\w+)\.1 stopped \(rc=(-?\d+)\)", both.log)
        assert sorted(ends) == [("discord", "0"), ("web", "0")], both.log
        both.discreet("dall-e")


async def test_a_release_that_fails_stops_the_deployment(empty_postgres: str) -> None:
    async with Telegram() as telegram, Discord() as discord:
        given = environment(telegram, discord, DATABASE_URL=empty_postgres)
        discord.plan.append(Fault("*", "/applications/*/commands", times=100, status=400, code=50035))
        release = await Process(given, "release").start()
        assert await release.ended() != 0
        assert "commands not registered" in release.log
        gone = empty_postgres.replace("/t", "/no_such_")
        release = await Process({**given, "DATABASE_URL": gone}, "release").start()
        assert await release.ended() == 1
        assert "could not be brought up to date" in release.log
        assert "Traceback" not in release.log
