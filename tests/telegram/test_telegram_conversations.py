"""The conversations of the shared files, said to the real process: the same figures as on every other surface."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from cases import CASES
from expectations import measured
from telegram_server import Server

from bot.assembly import assembled
from bot.core import Core
from bot.storage.memory import SystemClock, memory_ports
from handlers.answer import Answer, plain
from handlers.request import Request

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHOSEN = {case: turns for number, (case, turns) in enumerate(CASES.items()) if number % 9 == 0}


@pytest.fixture(scope="module")
def beside() -> Core:
    """The same core as a terminal has, in this process."""
    return assembled(memory_ports(SystemClock()))


async def test_the_same_figures_as_elsewhere(server: Server, people: Any, beside: Core) -> None:
    async def talk(case: str, turns: list[dict[str, Any]]) -> list[str]:
        person, wrong = people(server, None), []
        for turn in turns:
            said = str(turn["said"])
            sent = await person.asks(said)
            expected = await beside.answer(Request(said, f"case:{case}", case, SystemClock().now()))
            assert expected is not None

            def missing(expected: Answer = expected) -> list[str]:
                """A picture and its details, the parts of a long answer, a quiz: of all that came."""
                read = " ".join(" ".join(one.text for one in person.answers()).split())
                return [words for words in wanted(expected) if words not in read]

            with suppress(AssertionError):  # what is below a picture comes after it
                await server.until(lambda: not missing(), 3)
            wrong += [f"{said!r}: no {words!r} in {sent.text[:200]!r}" for words in missing()]
        return wrong

    assert len(CHOSEN) >= 20
    side_by_side = asyncio.Semaphore(8)

    async def beside_others(case: str, turns: list[dict[str, Any]]) -> list[str]:
        async with side_by_side:
            return await talk(case, turns)

    found = await asyncio.gather(*(beside_others(case, turns) for case, turns in CHOSEN.items()))
    assert not any(found), "\n".join(line for wrong in found for line in wrong)


def wanted(answer: Answer) -> list[str]:
    if answer.intent in ("smalltalk", "quiz"):  # a word in passing and the question drawn vary from time to time
        return []
    if measured(answer):
        return []
    words = [plain(answer.title), *(figure.value for figure in answer.figures)]
    return [" ".join(word.split()) for word in words]
