"""Processes of the bot as a deployment starts them, over real sockets; what each wrote is kept."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import written
from discord_server import Server as Discord
from telegram_server import TOKEN as TELEGRAM
from telegram_server import Server as Telegram

ROOT = Path(__file__).parents[2]
SECRET = "the-webhooks-own-secret_1"
KEY = "a-key-that-hashes-people-0123456789"
SECRETS = (TELEGRAM, "only-for-tests-0123456789", SECRET, KEY)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(
    telegram: Telegram | None = None, discord: Discord | None = None, *, webhook: int | None = None, **more: str
) -> dict[str, str]:
    """Only what the process is meant to need. ``webhook``: the port that Telegram brings updates to."""
    given = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"),
             "DATABASE_URL": "memory:", "SMALLPRINT_KEY": KEY}  # fmt: skip
    if telegram is not None:
        given |= {
            "TELEGRAM_TOKEN": TELEGRAM,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_MESSAGES_PER_SECOND": "0",
        }
    if discord is not None:
        discord.gateway.identify_every = 0.1
        given |= {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api}
    if webhook is not None:
        given |= {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{webhook}/hook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
    return {**given, **more}


class Process:
    def __init__(self, environment: Mapping[str, str], *arguments: str, command: Sequence[str] = ()) -> None:
        self._environment = dict(environment)
        self._command = command or (sys.executable, "-m", "bot", *arguments)
        self.process: asyncio.subprocess.Process | None = None
        self.log = ""
        self._reader: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        return int(self._environment["PORT"])

    async def start(self) -> Process:
        self.process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=self._environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.read(4096):
            self.log += chunk.decode(errors="replace")

    async def says(self, words: str, seconds: float = 40) -> Process:
        """Returns once this stands in its log."""
        try:
            async with asyncio.timeout(seconds):
                while words not in self.log:
                    assert self.process is not None
                    assert self.process.returncode is None, self.log
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never said {words!r}: {self.log[-3000:]}") from None
        return self

    def signal(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, seconds: float = 40) -> int:
        assert self.process is not None
        try:
            async with asyncio.timeout(seconds):
                code = await self.process.wait()
        except TimeoutError:
            self.process.kill()
            raise AssertionError(f"did not end: {self.log[-3000:]}") from None
        if self._reader is not None:
            await self._reader
        written.note(self._environment, self.log)
        return code

    async def stop(self) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.signal()
        return await self.ended()

    def events(self) -> list[dict[str, Any]]:
        """Its log; every line must be an object."""
        return [json.loads(line) for line in self.log.splitlines()]

    def discreet(self, *words: str) -> None:
        """No secret and none of these words of people in what it wrote."""
        for secret in (*SECRETS, *words):
            assert secret not in self.log, self.log


@asynccontextmanager
async def running(environment: Mapping[str, str], *arguments: str, says: str = "ready") -> AsyncIterator[Process]:
    """A process from its start to an end with exit code 0, with a log as it should be."""
    process = await Process(environment, *arguments).start()
    try:
        yield await process.says(says)
    except BaseException:
        if process.process is not None and process.process.returncode is None:
            process.process.kill()
        raise
    assert await process.stop() == 0, process.log
    process.discreet()
    assert not [event for event in process.events() if "trace" in event], process.log


async def fetched(url: str, **more: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, **more) as response:
        return response.status, await response.text()
