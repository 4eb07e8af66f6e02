"""Whether Telegram can be reached: said once when it cannot be and once when it can again, however many try meanwhile.
Whoever waits to try again goes on as soon as somebody gets through, and need not wait for the end of a pause.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger(__name__)

SILENCE = 60.0  # seconds between two lines about the same thing
SPREAD = 0.3  # seconds over which those who waited go on


class Link:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lost: float | None = None  # since when
        self._told = False  # that it is lost
        self._silent_until = 0.0
        self._back = asyncio.Event()

    def lost(self, why: str) -> None:
        """A call has not come through."""
        now = self._clock()
        if self._lost is None:
            self._lost = now
            self._back.clear()
        if not self._told and now >= self._silent_until:
            self._told, self._silent_until = True, now + SILENCE
            logger.warning("telegram: not reached, tried until it is: %s", why)

    def reached(self) -> None:
        """A call has come through."""
        if self._lost is None:
            return
        if self._told:
            logger.info("telegram: reached again after %.0f s", self._clock() - self._lost)
        self._lost, self._told = None, False
        self._back.set()

    async def pause(self, seconds: float) -> None:
        """Until it is time to try again: at the latest after so long, at the soonest after a quarter of it, since a
        call may fail for a reason that others do not meet."""
        await asyncio.sleep(seconds / 4)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._back.wait(), seconds * 3 / 4)
            await asyncio.sleep(random.uniform(0.0, SPREAD))
