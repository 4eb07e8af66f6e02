"""What a process says on its port: alive, ready, measured; and who may read what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.assembly import assembled
from bot.core import Core
from bot.doors import Doors
from bot.hosting import routes
from bot.metrics import Metrics
from bot.settings import Settings
from bot.storage.memory import memory_ports
from handlers.request import Intent, Request
from tests.conftest import StillClock

Open = Callable[..., Awaitable[TestClient[Any, Any]]]


class House:
    """A core that is watched, and its port."""

    def __init__(self, clock: StillClock) -> None:
        self.reaches = True
        self.stop = asyncio.Event()
        self.doors = Doors("/hook")
        self.clock = clock

        async def reachable() -> bool:
            return self.reaches

        ports = replace(memory_ports(clock), reachable=reachable)
        self.core: Core = assembled(ports, observing=Metrics.of)
        assert isinstance(self.core.observer, Metrics)
        self.metrics = self.core.observer

    async def opened(self, **settings: Any) -> TestClient[Any, Any]:
        application = web.Application()
        application.add_routes(routes(self.core, Settings(**settings), self.stop, self.metrics, self.doors))
        client = TestClient(TestServer(application))
        await client.start_server()
        return client

    async def ask(self, text: str, person: str = "telegram:1", intent: Intent | None = None) -> None:
        await self.core.answer(Request(text, person, "c", self.clock.now()), intent)


@pytest.fixture
def house(clock: StillClock) -> House:
    return House(clock)


async def status(client: TestClient[Any, Any], path: str, **more: Any) -> int:
    async with client.get(path, **more) as response:
        return response.status


async def test_ready_while_the_database_answers_and_nobody_has_told_it_to_stop(house: House) -> None:
    client = await house.opened()
    assert await status(client, "/readyz") == 200
    house.reaches = False
    assert await status(client, "/readyz") == 503
    house.reaches = True
    house.stop.set()
    assert await status(client, "/readyz") == 503
    await client.close()


async def test_figures_are_counted_by_what_is_few_and_known(house: House) -> None:
    client = await house.opened()
    await house.ask("20 images with dall-e 3 in Poland")
    await house.ask("hello", "discord:2")
    await house.ask("hello", "strange platform:3")
    house.core.observer.watch("telegram", lambda: 7)
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = await response.text()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    answers = {
        (s.labels["platform"], s.labels["intent"], s.labels["outcome"]): s.value
        for s in samples
        if s.name == "smallprint_answers_total"
    }
    assert answers["telegram", "estimate", "answer"] == 1
    assert {platform for platform, _, _ in answers} == {"telegram", "discord", "other"}
    counts = {tuple(s.labels.values()): s.value for s in samples if s.name == "smallprint_answer_seconds_count"}
    assert counts["estimate", "telegram"] == 1
    values = {(s.name, *s.labels.values()): s.value for s in samples}
    assert values["smallprint_queue", "telegram"] == 7
    assert values[("smallprint_answer_cpu_seconds_total",)] > 0
    assert "process_cpu_seconds_total" in text
    # Nothing of a person, and as many lines as there are commands, not as there are people.
    assert not re.search(r"dall|poland|strange", text, re.IGNORECASE)
    lines = text.count("\n")
    for number in range(50):
        await house.ask("hello", f"discord:{number}")
    assert len((house.metrics.text()).splitlines()) == lines
    await client.close()


async def test_a_fault_is_counted_as_one(house: House) -> None:
    async def broken(_: object) -> None:
        raise ValueError

    object.__setattr__(house.core.catalogue["estimate"], "run", broken)
    await house.ask("20 images", intent=Intent("estimate", {}))
    assert b'smallprint_answers_total{intent="clarify",outcome="fault",platform="telegram"} 1.0' in house.metrics.text()


async def test_neighbours_alone_read_figures_where_no_token_is_set(house: House) -> None:
    client = await house.opened()
    assert await status(client, "/metrics") == 200
    assert await status(client, "/metrics", headers={"X-Forwarded-For": "10.0.0.1"}) == 401
    await client.close()


async def test_a_token_is_what_counts_where_one_is_set(house: House) -> None:
    client = await house.opened(metrics_token="a-long-token")
    assert await status(client, "/metrics") == 401
    assert await status(client, "/metrics", headers={"Authorization": "Bearer é"}) == 401
    given = {"Authorization": "Bearer a-long-token", "X-Forwarded-For": "203.0.113.1"}
    assert await status(client, "/metrics", headers=given) == 200
    await client.close()


async def test_a_door_is_closed_until_it_is_opened(house: House) -> None:
    client = await house.opened()
    taken: list[bytes] = []

    async def caller(headers: Any, body: bytes) -> int:
        taken.append(body)
        return 200

    async with client.post("/hook", data=b"early") as response:
        assert response.status == 503
    house.doors.open("/hook", caller)
    async with client.post("/hook", data=b"in time") as response:
        assert response.status == 200
    async with client.post("/hook", data=b"x" * 2_000_000) as response:
        assert response.status == 413
    async with client.post("/elsewhere", data=b"x") as response:
        assert response.status == 404
    house.doors.close("/hook")
    async with client.post("/hook", data=b"late") as response:
        assert response.status == 503
    assert taken == [b"in time"]
    await client.close()
