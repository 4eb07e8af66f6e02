"""In what order updates are worked on: those of one chat one after another, chats side by side, so many at a time. Also
what is still open, so that Telegram is told of an update's receipt only when it has been dealt with.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
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
        self._taken: dict[int, object] = {}  # fetched and not yet dealt with: in which lane
        self._awaited: dict[int, asyncio.Future[bool]] = {}
        self._changed = asyncio.Event()
        self._closed = False

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        key = lane_of(update)
        lane = self._lanes.setdefault(key, Lane())
        lane.open += 1
        begun = False
        try:
            async with lane.lock, self._places:
                if not self._closed:
                    begun = True
                    await coroutine
        finally:
            lane.open -= 1
            if lane.open == 0:
                del self._lanes[key]
            if not begun and inspect.iscoroutine(coroutine):
                coroutine.close()
            elif isinstance(update, Update):
                self._taken.pop(update.update_id, None)
            if isinstance(update, Update):
                self.forgotten(update.update_id, begun)
            self._changed.set()

    async def close(self, seconds: float) -> int | None:
        """Begins nothing more and waits for what is under way; the first update that is left, if any is."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._lanes:
                    await self._change()
        return min(self._taken, default=None)

    def take(self, updates: tuple[Update, ...]) -> None:
        """These have been fetched."""
        for update in updates:
            self._taken[update.update_id] = lane_of(update)

    def awaited(self, number: int) -> tuple[asyncio.Future[bool], bool]:
        """Done once that update has been dealt with, False if it was not begun; and whether it is new here."""
        new = number not in self._awaited
        if new:
            self._awaited[number] = asyncio.get_running_loop().create_future()
        return self._awaited[number], new

    def forgotten(self, number: int, begun: bool = False) -> None:
        """Nobody need wait for that update any more."""
        waiting = self._awaited.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(begun)

    def crowded(self, update: Update) -> bool:
        """Many wait in this update's chat: it may be long."""
        lane = self._lanes.get(lane_of(update))
        return lane is not None and lane.open > A_CHAT_COUNTS

    @property
    def open(self) -> int:
        """How many are taken in and not dealt with."""
        return sum(lane.open for lane in self._lanes.values())

    @property
    def oldest(self) -> int | None:
        """The first update that is still open."""
        return min(self._taken, default=None)

    @property
    def flooded(self) -> bool:
        """The oldest waits in a chat where many wait: it may be long."""
        oldest = self.oldest
        lane = self._lanes.get(self._taken[oldest]) if oldest is not None else None
        return lane is not None and lane.open > A_CHAT_COUNTS

    async def room(self) -> None:
        """Returns when there is room for more."""
        while sum(min(lane.open, A_CHAT_COUNTS) for lane in self._lanes.values()) > MOST_OPEN:
            await self._change()

    async def fewer(self, most: int, seconds: float) -> None:
        """Returns when at most so many are open, or after so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self._taken) > most:
                    await self._change()

    async def past(self, update: int, seconds: float) -> bool:
        """True once that update and all before it are dealt with, False if that takes longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (oldest := self.oldest) is not None and oldest <= update and not self.flooded:
                    await self._change()
        oldest = self.oldest
        return oldest is None or oldest > update

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
    if update.poll_answer is not None:
        return "vote", update.poll_answer.poll_id
    chat = update.effective_chat
    if chat is not None:
        return chat.id
    if update.callback_query is not None:
        return "inline message", update.callback_query.inline_message_id
    return "update", update.update_id
