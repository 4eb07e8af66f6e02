"""The real process, `python -m bot discord`, against Discord on loopback: started, read, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import written
from discord_server import Server

ROOT = Path(__file__).parents[2]


class Process:
    """One run of the bot; what it wrote is kept."""

    def __init__(self, environment: dict[str, str], arguments: tuple[str, ...] = ("discord",)) -> None:
        self._environment = environment
        self._arguments = arguments
        self.process: asyncio.subprocess.Process | None = None
        self.log = ""
        self._reader: asyncio.Task[None] | None = None
        self._written = asyncio.Condition()

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
            async with self._written:
                self._written.notify_all()
        async with self._written:
            self._written.notify_all()

    async def ready(self, seconds: float = 60) -> Process:
        """Every shard of this process has said that it is there."""
        await self.wrote(lambda: "discord: ready as" in self.log, seconds)
        return self

    async def wrote(self, true: Callable[[], Any], seconds: float = 10.0) -> Any:
        """What ``true`` says of the log, once it says anything."""
        assert self._reader is not None
        try:
            async with asyncio.timeout(seconds), self._written:
                while not (said := true()):
                    assert not self._reader.done(), self.log
                    await self._written.wait()
                return said
        except TimeoutError:
            raise AssertionError(f"never written: {self.log[-3000:]}") from None

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
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DATABASE_URL": "memory:",
        "DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api, **more,
    }  # fmt: skip


@asynccontextmanager
async def running(server: Server, *arguments: str, **more: str) -> AsyncIterator[Process]:
    """A process that is there, ended in order afterwards; ``more`` are variables of its environment."""
    process = await Process(environment(server, **more), arguments or ("discord",)).start()
    try:
        yield await process.ready()
    finally:
        code = await process.stop()
        assert code == 0, process.log
        assert server.token not in process.log
        assert "Traceback" not in process.log, process.log
        assert not server.faults
        assert not server.gateway.faults
