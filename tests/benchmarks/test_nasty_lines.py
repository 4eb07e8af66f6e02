"""A hundred thousand nasty lines: each answered, none slower than it should be. Prints the slowest; run by name:
``uv run pytest tests/benchmarks/test_nasty_lines.py --benchmark-only -s``.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from nasty import lines

from bot.collector import settle
from bot.core import Core
from handlers.request import Request

COUNT = int(os.environ.get("NASTY_LINES", "100000"))


def test_a_hundred_thousand_nasty_lines(benchmark: Any, core: Core, clock: Any) -> None:
    spent: list[tuple[float, str]] = []
    core.warm()  # as a process that serves does: what is read but once is nobody's wait
    keeping = settle()

    async def ask() -> int:
        unanswered = 0
        for number, line in enumerate(lines(COUNT, seed=7)):
            begun = time.process_time()
            answer = await core.answer(Request(line, f"nasty:{number % 500}", "nasty", clock.now()))
            spent.append((1000 * (time.process_time() - begun), line))
            unanswered += answer is None or answer.reference is not None
            if keeping.due:
                keeping.over_all()  # between two answers, as a process that serves does
        return unanswered

    unanswered = benchmark.pedantic(lambda: asyncio.run(ask()), rounds=1)
    spent.sort()
    slow = sum(ms > 20 for ms, _ in spent)
    print(f"\nunanswered {unanswered}; CPU ms: median {spent[len(spent) // 2][0]:.2f}, 99th percentile "
          f"{spent[int(len(spent) * 0.99)][0]:.1f}, slowest {spent[-1][0]:.1f}; over 20 ms: {slow}")  # fmt: skip
    print([line[:100] for _, line in spent[-3:]])
    assert unanswered == 0
