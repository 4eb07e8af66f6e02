"""How fast we speak to Telegram: so many messages a second over all chats, one a second in a chat, twenty a minute in a
group. A chat that must wait waits alone. What Telegram puts off is tried again, later each time, never quite in step.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import BaseRateLimiter

from bot.platforms.telegram.link import Link
from bot.platforms.telegram.transport import Unsent

logger = logging.getLogger(__name__)

GROUP_A_MINUTE = 20
MOST_CHATS = 10_000
PATIENCE = 150.0  # seconds a message is tried for: a network that is gone for a minute comes back within it
LONGEST_PAUSE = 5.0
_LOUD = ("send", "edit", "copy", "forward")  # methods that put something before people
_FREE = ("sendChatAction",)
_AGAIN = ("edit", "answer", "get", "set", "delete")  # doing it twice is doing it once

Call = Callable[..., Coroutine[Any, Any, Any]]


class Window:
    """At most ``limit`` within any ``span`` seconds; turns are given in the order they are asked for."""

    def __init__(self, limit: int, span: float) -> None:
        self._span = span
        self._turns: deque[float] = deque(maxlen=limit)

    def turn(self, now: float) -> float:
        """The moment of the next turn, which is taken by asking."""
        full = len(self._turns) == self._turns.maxlen
        at = max(now, self._turns[0] + self._span) if full else now
        if self._turns:
            at = max(at, self._turns[-1])
        self._turns.append(at)
        return at

    def free(self, now: float) -> bool:
        return not self._turns or self._turns[-1] + self._span < now

    def hold(self, until: float) -> None:
        """No turn before then."""
        for _ in range(self._turns.maxlen or 1):
            self._turns.append(max(until - self._span, self._turns[-1] if self._turns else 0.0))


class Limiter(BaseRateLimiter[None]):
    """``per_second`` over all chats; 0 sets no pace of ours, and Telegram's own refusals are still heeded."""

    def __init__(self, per_second: float, link: Link, clock: Callable[[], float] = time.monotonic) -> None:
        self._link = link
        self._paced = per_second > 0
        whole = max(int(per_second), 1)
        self._all = Window(whole, whole / per_second if self._paced else 0.0)
        self._chats: OrderedDict[object, tuple[Window, ...]] = OrderedDict()
        self._held: dict[object, float] = {}  # chats that Telegram itself put off, until when
        self._clock = clock

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        chat = data.get("chat_id")
        loud = endpoint.startswith(_LOUD) and endpoint not in _FREE
        began, tries = self._clock(), 0
        while True:
            if loud:
                await self._wait(chat)
            try:
                answer = await callback(*args, **kwargs)
            except (Forbidden, InvalidToken):
                raise
            except RetryAfter as error:
                unreached = False
                pause = seconds_of(error) + random.uniform(0.05, 0.5)
                if chat is not None:
                    self._held[chat] = max(self._held.get(chat, 0.0), self._clock() + pause)
                why = "put off"
            except NetworkError as error:
                if not _worth_it(error, endpoint):
                    raise
                unreached = never_arrived(error)
                pause = min(LONGEST_PAUSE, 0.25 * 2**tries) * random.uniform(0.6, 1.4)
                why = type(error.__cause__).__name__ if error.__cause__ is not None else error.message
            else:
                self._link.reached()
                return answer
            tries += 1
            if self._clock() - began + pause > PATIENCE:
                logger.warning("%s given up after %d tries: %s", endpoint, tries, why)
                raise TimedOut(f"{endpoint} given up: {why}")
            if unreached:
                self._link.lost(why)
                await self._link.pause(pause)
                continue
            if tries == 1:
                logger.info("%s again in %.1f s: %s", endpoint, pause, why)
            await asyncio.sleep(pause)

    async def _wait(self, chat: object) -> None:
        """First the chat's own turn, then everyone's: a chat that waits for itself holds nobody up."""
        until = self._held.get(chat)
        if until is not None:
            if until > (now := self._clock()):
                await asyncio.sleep(until - now)
            if self._held.get(chat) == until:
                del self._held[chat]
        if not self._paced:
            return
        for window in self._windows(chat):
            await self._sleep_until(window.turn(self._clock()))
        await self._sleep_until(self._all.turn(self._clock()))

    async def _sleep_until(self, at: float) -> None:
        left = at - self._clock()
        if left > 0:
            await asyncio.sleep(left)

    def _windows(self, chat: object) -> tuple[Window, ...]:
        if chat is None:
            return ()
        windows = self._chats.get(chat)
        if windows is None:
            group = isinstance(chat, int) and chat < 0
            windows = (Window(1, 1.0), Window(GROUP_A_MINUTE, 60.0)) if group else (Window(1, 1.0),)
            self._chats[chat] = windows
            self._prune()
        self._chats.move_to_end(chat)
        return windows

    def _prune(self) -> None:
        """Forgets the chats longest silent, once there are many."""
        now = self._clock()
        while len(self._chats) > MOST_CHATS:
            chat, windows = next(iter(self._chats.items()))
            if not all(window.free(now) for window in windows):
                return
            del self._chats[chat]


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()


def never_arrived(error: NetworkError) -> bool:
    """Whether there was no answer at all, from Telegram or from what stands before it."""
    return isinstance(error, TimedOut) or error.__cause__ is not None


def _worth_it(error: NetworkError, endpoint: str) -> bool:
    """Whether to try again: surely not received, or the server said so itself, or harmless when done twice."""
    if isinstance(error, Unsent):
        return True
    if never_arrived(error):
        return endpoint.startswith(_AGAIN)
    # BadRequest is a NetworkError to the library; what Telegram understood and refused stays refused.
    return type(error) is NetworkError
