"""Who asks too often, over all processes: a kind line with the seconds, and nobody else waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.assembly import assembled
from bot.pace import SharedPace
from bot.storage.database import NotKept
from bot.storage.memory import MemoryPaces, memory_ports
from handlers.request import Request
from tests.conftest import START, StillClock


class Asked(MemoryPaces):
    """How often the database is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0
        self.away = False

    async def take(self, *given: object) -> float:
        self.times += 1
        if self.away:
            raise NotKept
        return await super().take(*given)  # type: ignore[arg-type]


async def through(pace: SharedPace, count: int, person: str = "a", now: object = START) -> int:
    """How many of so many questions are let through."""
    return sum([await pace.wait(person, now) == 0 for _ in range(count)])  # type: ignore[arg-type]


async def test_processes_share_one_bucket() -> None:
    paces = Asked()
    processes = [SharedPace(paces, burst=60, seconds=1.0) for _ in range(2)]
    passed = 0
    for _ in range(100):
        passed += await through(processes[0], 1) + await through(processes[1], 1)
    # Both together what one may, and what each gave on credit at the end at most.
    assert 60 <= passed <= 60 + 2 * 6
    assert await through(processes[0], 1, "somebody else") == 1
    later = START + timedelta(seconds=20)
    assert 15 <= await through(processes[0], 50, now=later) <= 30


async def test_who_asks_little_costs_the_database_nothing() -> None:
    paces = Asked()
    pace = SharedPace(paces, burst=600, seconds=0.1)
    for minute in range(30):
        assert await through(pace, 5, now=START + timedelta(minutes=minute)) == 5
    assert paces.times == 0


async def test_without_the_database_each_process_keeps_its_own() -> None:
    paces = Asked()
    paces.away = True
    assert 60 <= await through(SharedPace(paces, burst=60, seconds=1.0), 200) <= 66


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_what_is_said(clock: StillClock, language: str) -> None:
    ports = memory_ports(clock)
    core = assembled(ports, SharedPace(ports.paces, burst=10, seconds=1.0))
    said = []
    for _ in range(14):
        answer = await core.answer(Request("hello", "test:1", "c", clock.now(), language=language))  # type: ignore[arg-type]
        assert answer is not None
        said.append(answer.tone)
    assert said[-1] == "apology"
    assert said.count("apology") >= 3
