"""Conversations as data: said, understood, answered. Each file is a list of cases, each case the turns of one person.

What is known to fail stands in known_answers.yaml and must keep failing, so that an accidental mend is noticed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from cases import CASES, KNOWN
from expectations import shortfalls

from bot.core import Core
from handlers.request import Request


@pytest.mark.parametrize("case", CASES)
def test_a_conversation(case: str, core: Core, clock: Any) -> None:
    async def turns() -> list[str]:
        short: list[str] = []
        for turn in CASES[case]:
            answer = await core.answer(Request(turn["said"], f"case:{case}", case, clock.now()))
            assert answer is not None
            short += [f"{turn['said']!r}: {what}" for what in shortfalls(turn, answer)]
        return short

    short = asyncio.run(turns())
    if case in KNOWN:
        assert short, "a known failure holds now: take it off the list"
    else:
        assert not short, "\n".join(short)
