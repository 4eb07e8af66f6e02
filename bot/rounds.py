"""What happens by the clock while a process is up: once a day what has run out is removed, and a platform's digests
that are due are sent. Every process may run this; the database decides which of them acts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from bot.core import Core
from handlers.answer import Posting
from handlers.errors import CannotAnswer
from handlers.ports import Ports

logger = logging.getLogger(__name__)

LOOK = 60.0  # seconds between looks for digests; they are due to the hour
HOUR = 3600.0
GRACE = 5.0  # seconds that a stop waits for digests that are being sent
SWEPT = timedelta(days=2)  # how long a day's sweep stays claimed

Send = Callable[[Posting], Awaitable[None]]


@asynccontextmanager
async def swept(ports: Ports) -> AsyncGenerator[None]:
    """While this is open, what has run out is removed: at the start, then daily."""
    task = asyncio.create_task(_repeat(lambda: sweep(ports), HOUR))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def sweep(ports: Ports) -> int:
    """How many rows went; none where another process has swept today."""
    now = ports.clock.now()
    if not await ports.once.claim(f"sweep:{now:%Y-%m-%d}", now + SWEPT):
        return 0
    gone = await ports.records.sweep(now)
    logger.info("removed %d rows whose time had run out", gone)
    return gone


class Rounds:
    """The digests of one platform. ``run`` until it is cancelled; ``once`` is a single look."""

    def __init__(self, core: Core, platform: str, send: Send) -> None:
        self._core = core
        self._platform = platform
        self._send = send

    async def run(self, every: float = LOOK) -> None:
        """Cancelled, it ends once what has been claimed is sent: no other process would send it."""
        await _repeat(self._whole, every)

    async def _whole(self) -> None:
        look = asyncio.ensure_future(self.once())
        try:
            await asyncio.shield(look)
        except asyncio.CancelledError:
            await asyncio.wait((look,), timeout=GRACE)
            look.cancel()
            raise

    async def once(self) -> None:
        for posting in await self._core.postings(self._platform, self._core.ports.clock.now()):
            try:
                await self._send(posting)
            except Exception:
                # A channel that is gone must not keep the other teams from theirs.
                logger.exception("a digest could not be sent")


async def _repeat(act: Callable[[], Awaitable[object]], every: float) -> None:
    while True:
        try:
            await act()
        except CannotAnswer:
            pass  # the database is away, and the log says so already; the next time may find it
        except Exception:
            logger.exception("a round failed")
        await asyncio.sleep(every)
