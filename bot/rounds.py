"""What happens by the clock while a platform is up: digests that are due are sent, and once a day what has run out
is removed. Every process may run this; the database decides which of them acts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.core import Core
from handlers.answer import Posting
from handlers.errors import CannotAnswer

logger = logging.getLogger(__name__)

EVERY = 60.0  # seconds between looks; a digest is due to the hour
SWEPT = timedelta(days=2)  # how long a day's sweep stays claimed

Send = Callable[[Posting], Awaitable[None]]


class Rounds:
    """One platform's. ``run`` until ``stop`` is set; ``once`` is a single look, for tests and for schedulers."""

    def __init__(self, core: Core, platform: str, send: Send) -> None:
        self._core = core
        self._platform = platform
        self._send = send

    async def run(self, stop: asyncio.Event, every: float = EVERY) -> None:
        while not stop.is_set():
            try:
                await self.once()
            except CannotAnswer:
                pass  # the database is away, and said so in the log; the next round may find it
            except Exception:
                logger.exception("a round failed")
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    async def once(self) -> None:
        now = self._core.ports.clock.now()
        if await self._core.ports.once.claim(f"sweep:{now:%Y-%m-%d}", now + SWEPT):
            gone = await self._core.ports.records.sweep(now)
            logger.info("removed %d rows whose time had run out", gone)
        for posting in await self._core.postings(self._platform, now):
            try:
                await self._send(posting)
            except Exception:
                # A channel that is gone must not keep the other teams from theirs.
                logger.exception("a digest could not be sent")
