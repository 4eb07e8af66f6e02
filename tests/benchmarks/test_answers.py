"""What an answer costs in CPU, over the questions of the conversation files, beside one bare call of EcoLogits.

Not part of the plain run: ``uv run pytest tests/benchmarks --benchmark-only``. Nothing here fails for being slow.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from itertools import cycle
from typing import Any

import pytest
from cases import CASES

from bot.core import Core
from handlers.request import Request


@pytest.fixture(scope="module")
def questions() -> list[tuple[str, str]]:
    return [(case, turn["said"]) for case, turns in CASES.items() for turn in turns]


def test_a_warm_answer(benchmark: Any, core: Core, clock: Any, questions: list[tuple[str, str]]) -> None:
    loop = asyncio.new_event_loop()

    def ask(case: str, text: str) -> None:
        loop.run_until_complete(core.answer(Request(text, f"bench:{case}", case, clock.now())))

    for case, text in questions:  # the first round reads data and fills caches
        ask(case, text)
    spent: list[float] = []
    for case, text in questions:
        begun = time.process_time_ns()
        ask(case, text)
        spent.append((time.process_time_ns() - begun) / 1e6)
    spent.sort()
    benchmark.extra_info["cpu ms, median"] = statistics.median(spent)
    benchmark.extra_info["cpu ms, 99th percentile"] = spent[int(len(spent) * 0.99)]
    benchmark.extra_info["ratio of medians to one EcoLogits call"] = statistics.median(spent) / _bare()
    rotating = cycle(questions)
    benchmark(lambda: ask(*next(rotating)))
    loop.close()
    print("\n", {key: round(value, 3) for key, value in benchmark.extra_info.items()})


def _bare(rounds: int = 200) -> float:
    """Median CPU milliseconds of one call of EcoLogits as its users make it."""
    from ecologits.tracers.utils import llm_impacts

    spent: list[float] = []
    for _ in range(rounds):
        begun = time.process_time_ns()
        llm_impacts("openai", "gpt-4o", 400, float("inf"), "USA")
        spent.append((time.process_time_ns() - begun) / 1e6)
    return statistics.median(spent)
