"""Callers who take their time on purpose: a connection that dribbles is closed, and others do not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot import hosting, listening
from bot.core import Core
from bot.doors import Doors
from bot.hosting import routes
from bot.metrics import Metrics
from bot.platforms.web import chat
from bot.platforms.web.application import build
from bot.settings import Settings
from tests.web.test_serving import free_port

HALF = b"GET /en HTTP/1.1\r\nHost: a\r\nX-Slow: "


@asynccontextmanager
async def page(core: Core) -> AsyncIterator[int]:
    """The pages on a real port, as a process listens."""
    stop, port = asyncio.Event(), free_port()
    settings = Settings(_env_file=None, smallprint_questions_per_minute=0)
    metrics = Metrics([], [], core.effort.spent)
    said = routes(core, settings, stop, metrics, Doors("/hook"))
    serving = asyncio.create_task(listening.serve(build(core, settings, said), port, stop, "web"))
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz"):
                    break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)
    try:
        yield port
    finally:
        stop.set()
        assert await serving == 0


async def dribbled(port: int, first: bytes) -> bytes:
    """Begins a request and adds a letter now and then; what came back before the connection was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)

    async def drip() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.05)

    dripping, said = asyncio.create_task(drip()), b""
    try:
        async with asyncio.timeout(20):
            while more := await reader.read(1_000):
                said += more
        return said
    except ConnectionError:  # it was closed while letters were on their way
        return said
    finally:
        dripping.cancel()
        writer.close()


async def test_dribbled_headers_are_cut_off_and_nobody_else_waits(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "ASKED", 0.6)
    async with page(core) as port, aiohttp.ClientSession() as session:
        many = [asyncio.create_task(dribbled(port, HALF)) for _ in range(100)]
        url = f"http://127.0.0.1:{port}/api/answer"
        for _ in range(3):  # on one connection that is kept for longer than the others had
            async with session.get(url, params={"q": "20 images in Poland"}) as response:
                assert response.status == 200
            await asyncio.sleep(0.5)
        assert await asyncio.gather(*many) == [b""] * 100
        async with session.get(url, params={"q": "20 images in Poland"}) as response:
            assert response.status == 200


async def test_a_second_request_that_dribbles_is_cut_off_too(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "IDLE", 0.6)
    async with page(core) as port:
        said = await dribbled(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + HALF)
        assert said.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", ["/en", "/hook"])
async def test_a_body_that_dribbles_is_refused(core: Core, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(chat, "SECONDS", 0.6)
    monkeypatch.setattr(hosting, "SECONDS", 0.6)
    monkeypatch.setattr(listening, "LINGER", 0.3)
    async with page(core) as port:
        kind = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\nConnection: close\r\n\r\nq="
        said = await dribbled(port, b"POST " + path.encode() + b" HTTP/1.1\r\nHost: a\r\n" + kind)
        assert said.startswith(b"HTTP/1.1 408"), said[:80]
