"""In what order updates are worked on: those of one chat one after another, chats side by side, so many at a time. Also
what is still open, so that Telegram is told of an update's receipt only when it has been dealt with.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

AT_ONCE = 128  # chats worked on at the same time
MOST_OPEN = 400  # updates taken in before the next are fetched; a chat counts for few of them
A_CHAT_COUNTS = 5


class Lane:
    """The updates of one chat, first come first served."""

    __slots__ = ("lock", "open")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.open = 0


class Sequence(BaseUpdateProcessor):
    """The library hands every update over at once; the order is made here."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        super().__init__(1_000_000)  # the library's own bound would let one chat's flood take all its places
        self._lanes: dict[object, Lane] = {}
        self._places = asyncio.Semaphore(at_once)
        self._taken: set[int] = set()  # ids fetched and not yet dealt with
        self._changed = asyncio.Event()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        key = lane_of(update)
        lane = self._lanes.setdefault(key, Lane())
        lane.open += 1
        try:
            async with lane.lock, self._places:
                await coroutine
        finally:
            lane.open -= 1
            if lane.open == 0:
                del self._lanes[key]
            if isinstance(update, Update):
                self._taken.discard(update.update_id)
            self._changed.set()

    def take(self, updates: tuple[Update, ...]) -> None:
        """These have been fetched."""
        self._taken.update(update.update_id for update in updates)

    @property
    def oldest(self) -> int | None:
        """The first update that is still open."""
        return min(self._taken, default=None)

    async def room(self, grace: float) -> None:
        """Returns when all is dealt with, or after ``grace`` seconds as soon as there is room for more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while self._taken:
                    await self._change()
        while sum(min(lane.open, A_CHAT_COUNTS) for lane in self._lanes.values()) > MOST_OPEN:
            await self._change()

    async def done(self, seconds: float) -> bool:
        """True once nothing is open, False if that takes longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._taken or self._lanes:
                    await self._change()
        return not self._taken and not self._lanes

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def lane_of(update: object) -> object:
    """What keeps its order: a chat; a person who types an inline query; anything else by itself."""
    if not isinstance(update, Update):
        return id(update)
    if update.inline_query is not None:
        return "inline", update.inline_query.from_user.id
    chat = update.effective_chat
    if chat is not None:
        return chat.id
    if update.callback_query is not None:
        return "inline message", update.callback_query.inline_message_id
    return "update", update.update_id
