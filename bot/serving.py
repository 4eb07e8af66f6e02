"""The long-running ways in, side by side in one process: one core, one log, one port, one end.

SIGTERM and SIGINT end them all, as often and as early as they come, with exit code 0; one that cannot begin ends the
others. Updates that Telegram brings come in on the port of the pages, or on a port of their own where there are none.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from bot import heap
from bot.assembly import assemble
from bot.collector import settle
from bot.core import Core
from bot.doors import Doors
from bot.ending import End
from bot.hosting import bare, routes
from bot.listening import serve as listening
from bot.logs import configure
from bot.metrics import Faults, Metrics
from bot.settings import Settings

logger = logging.getLogger(__name__)

WEB, TELEGRAM, DISCORD = "web", "telegram", "discord"

_TIDIED = 1.0  # seconds between the moments at which a process asks itself whether it is at leisure


async def serve(settings: Settings, wanted: Sequence[str], end: End) -> int:
    """Until told to stop; the worst exit code of them all."""
    stop = end.begin()
    webhook = urlsplit(settings.telegram_webhook_url).path or "/" if settings.telegram_webhook_url else None
    doors = Doors(webhook) if TELEGRAM in wanted and webhook is not None else Doors()
    async with assemble(settings, questions_per_second=settings.smallprint_pace, observing=Metrics.of) as core:
        metrics = core.observer
        assert isinstance(metrics, Metrics)
        logging.getLogger().addHandler(Faults(metrics.faults))
        said = routes(core, settings, stop, metrics, doors)
        ways: list[Callable[[], Awaitable[int]]] = []
        # A platform's library is read only where it is used.
        if WEB in wanted:
            from bot.platforms.web.run import serve as web

            ways.append(lambda: web(core, settings, stop, said))
        elif doors.paths:
            ways.append(lambda: listening(bare(said), settings.port, stop, "doors"))
        if settings.metrics_port is not None:
            ways.append(lambda: listening(bare(said), settings.metrics_port or 0, stop, "metrics"))
        if TELEGRAM in wanted:
            from bot.platforms.telegram.run import serve as telegram

            ways.append(lambda: telegram(core, settings, stop, doors))
        elif settings.telegram_token is not None and WEB in wanted:
            logger.info("telegram is not answered here: TELEGRAM_WEBHOOK_URL is not set")
        if DISCORD in wanted:
            from bot.platforms.discord.run import serve as discord

            ways.append(lambda: discord(core, settings, stop))

        async def served(way: Callable[[], Awaitable[int]]) -> int:
            try:
                return await way()
            except Exception:
                logger.exception("one of the ways in ended, and the others with it")
                return 1
            finally:
                stop.set()

        warming = asyncio.create_task(warmed(core))
        try:
            return max(await asyncio.gather(*(served(way) for way in ways)))
        finally:
            warming.cancel()
            await asyncio.gather(warming, return_exceptions=True)


async def warmed(core: Core) -> None:
    """Reads what would make somebody wait, between the answers that are given meanwhile; then clears away rubbish
    that only a long look finds, while nobody waits for an answer."""
    for _ in core.warming():
        await asyncio.sleep(0)
    keeping = settle()
    while True:
        await asyncio.sleep(_TIDIED)
        if keeping.due and core.effort.idle:
            keeping.over_all()


def run(settings: Settings, wanted: Sequence[str], end: End) -> int:
    """The whole life of the process."""
    heap.settle()
    configure(settings)
    code = asyncio.run(serve(settings, wanted, end))
    try:
        sys.stdout.flush()
    except OSError:
        # The log cannot be written; that alone is no failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
