"""A clock that jumps, forward and back, by an hour and by more than a year: conversations go on and nobody waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.assembly import assembled
from bot.core import Core
from bot.pace import SharedPace
from bot.storage.store import stored_ports
from handlers.answer import plain
from handlers.request import Request
from tests.conftest import START, StillClock

JUMPS = [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=1), timedelta(days=400)]


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[Core, StillClock]]:
    clock = StillClock()
    async with stored_ports(f"sqlite:///{tmp_path / 'book.db'}", clock=clock) as ports:
        yield assembled(ports, SharedPace(ports.paces, burst=20, seconds=1.0)), clock


async def says(core: Core, clock: StillClock, text: str) -> str:
    answer = await core.answer(Request(text, "test:1", "c", clock.now(), language="en", id=f"test:{text}"))
    assert answer is not None
    return " ".join([plain(answer.title), *(plain(line) for line in answer.body)])


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_after_a_jump_a_conversation_goes_on(kept: tuple[Core, StillClock], jump: timedelta) -> None:
    core, clock = kept
    for _ in range(8):
        await says(core, clock, "20 images with dall-e 3 in Poland")
    await says(core, clock, "/log 20 images with dall-e 3 in Poland")
    clock.time = START + jump
    assert "30 images with DALL-E 3, Poland" in await says(core, clock, "30 images with dall-e 3 in Poland")
    clock.advance(seconds=30)
    assert "30 images with DALL-E 3, France" in await says(core, clock, "and in France?")
    assert await core.ports.once.claim("another", clock.now() + timedelta(hours=1))
    assert not await core.ports.once.claim("another", clock.now() + timedelta(hours=1))
    assert (
        "25 g" in await says(core, clock, "/privacy export") or (await core.ports.records.of_person("test:1"))["ledger"]
    )
