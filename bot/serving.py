"""The long-running ways in, side by side in one process: one core, one log, one end.

SIGTERM and SIGINT end them all, as often as they come, with exit code 0; one that cannot begin ends the others.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Sequence
from typing import Protocol

from bot.assembly import assemble
from bot.core import Core
from bot.logs import configure
from bot.settings import Settings


class Way(Protocol):
    """A platform: answers until ``stop`` is set, and returns its exit code."""

    def __call__(self, core: Core, settings: Settings, stop: asyncio.Event) -> Awaitable[int]: ...


async def serve(settings: Settings, ways: Sequence[Way]) -> int:
    """Until told to stop; the worst exit code of them all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with assemble(settings) as core:
        # What has been read stays for good: no need to look it over for rubbish again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)  # an answer makes many small things and drops them all

        async def served(way: Way) -> int:
            try:
                return await way(core, settings, stop)
            finally:
                stop.set()

        return max(await asyncio.gather(*(served(way) for way in ways)))


def run(settings: Settings, ways: Sequence[Way]) -> int:
    """The whole life of the process."""
    configure(settings)
    return asyncio.run(serve(settings, ways))
