"""What an answer over the web costs in processor time, beside a bare aiohttp handler on the same kind of connection and
beside the core alone: `pytest tests/benchmarks/test_web_speed.py --benchmark-only -s` prints the figures.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.test_utils import TestServer
from cases import CASES

from bot.core import Core
from bot.platforms.web.application import build
from bot.settings import Settings
from handlers.request import Request

ASKED = [turns[0]["said"] for number, turns in enumerate(CASES.values()) if number % 9 == 0][:40]
ROUNDS = 5
MOST_BESIDE_CORE = 1.5  # milliseconds that reading a request and writing JSON may add to the core's own, at the median


async def _bare(request: web.Request) -> web.Response:
    return web.json_response({"text": request.query.get("q", "")})


async def _raw(port: int) -> Callable[[str], Awaitable[bytes]]:
    """A client so plain that nearly all of what is measured is the server's."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def get(path: str) -> bytes:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        (length,) = (
            line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        return await reader.readexactly(int(length))

    return get


async def _spent(ask: Callable[[str], Awaitable[Any]], paths: list[str]) -> list[float]:
    """Milliseconds of processor time a question, the first round left out."""
    spent: list[float] = []
    for _ in range(ROUNDS):
        for path in paths:
            began = time.process_time()
            await ask(path)
            spent.append(1000 * (time.process_time() - began))
    return spent[len(paths) :]


async def _measured(core: Core) -> dict[str, float]:
    application = web.Application()
    application.add_routes([web.get("/", _bare)])
    bare, ours = (
        TestServer(application),
        TestServer(build(core, Settings(_env_file=None, smallprint_questions_per_minute=0))),
    )
    await bare.start_server()
    await ours.start_server()
    assert bare.port is not None
    assert ours.port is not None
    clock = core.ports.clock

    async def alone(question: str) -> None:
        await core.answer(Request(question, "web:alone", "web:alone", clock.now(), passing=True))

    quoted = [quote(question) for question in ASKED]
    get = await _raw(ours.port)
    spent = {
        "bare handler": await _spent(await _raw(bare.port), [f"/?q={q}" for q in quoted]),
        "core alone": await _spent(alone, ASKED),
        "/api/answer": await _spent(get, [f"/api/answer?q={q}" for q in quoted]),
        "/en?q=": await _spent(get, [f"/en?q={q}" for q in quoted]),
        "/api/estimate": await _spent(get, ["/api/estimate?task=image&count=20&region=POL"] * 20),
        "/en": await _spent(get, ["/en"] * 20),
        "a fact": await _spent(get, ["/en/facts/pue-global"] * 20),
    }
    await bare.close()
    await ours.close()
    return {name: statistics.median(values) for name, values in spent.items()}


def test_an_answer_over_the_web_costs_little_more_than_the_answer(benchmark: Any, core: Core) -> None:
    found = benchmark.pedantic(lambda: asyncio.run(_measured(core)), rounds=1, iterations=1)
    for name, milliseconds in found.items():
        print(f"{name:>14}: {milliseconds:.2f} ms of processor time, median")
    assert found["/api/answer"] - found["core alone"] < MOST_BESIDE_CORE
