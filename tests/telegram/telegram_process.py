"""The real process, `python -m bot telegram`, against the server of these tests: started, read, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import written
from telegram_server import TOKEN, Server

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One run of the bot; what it wrote is kept."""

    def __init__(self, environment: dict[str, str], arguments: tuple[str, ...]) -> None:
        self._environment = environment
        self._arguments = arguments
        self.process: asyncio.subprocess.Process | None = None
        self.log = ""
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> Process:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *self._arguments, cwd=ROOT,
            env=self._environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.read(4096):
            self.log += chunk.decode(errors="replace")

    async def ready(self, seconds: float = 30) -> Process:
        return await self.says("ready as @", seconds)

    async def says(self, words: str, seconds: float = 30) -> Process:
        """Returns once this stands in its log."""
        async with asyncio.timeout(seconds):
            while words not in self.log:
                assert self.process is not None
                assert self.process.returncode is None, self.log
                await asyncio.sleep(0.02)
        return self

    async def stop(self, number: int = signal.SIGTERM, seconds: float = 35) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ended(seconds)

    async def ended(self, seconds: float = 35) -> int:
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


def environment(server: Server, **more: str) -> dict[str, str]:
    """Only what the process is meant to need."""
    return {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TELEGRAM_TOKEN": TOKEN,
        "DATABASE_URL": "memory:",
        "TELEGRAM_API_URL": server.url, "TELEGRAM_MESSAGES_PER_SECOND": "0", **more,
    }  # fmt: skip


@asynccontextmanager
async def running(server: Server, *arguments: str, **more: str) -> AsyncIterator[Process]:
    process = await Process(environment(server, **more), arguments or ("telegram",)).start()
    try:
        yield await process.ready()
    finally:
        code = await process.stop()
        assert code == 0, process.log
        assert TOKEN not in process.log
        assert "Traceback" not in process.log, process.log
        assert not server.world.faults
