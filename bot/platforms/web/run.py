"""The page's life: a port opened, served until told to stop, and closed when what is under way has been answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from aiohttp import web

from bot.core import Core
from bot.platforms.web.application import build
from bot.settings import Settings

logger = logging.getLogger(__name__)

LISTEN = "0.0.0.0"
LAST_WAIT = 10.0  # seconds for what is under way when we stop
IDLE = 75.0  # seconds a connection may stay open unused: longer than a usual proxy's own
LINE, FIELD = 64 * 1024, 8 * 1024  # bytes of the first line, which may hold a long question, and of one header


def hosted(application: web.Application) -> web.AppRunner:
    """Ready to be set up: with our limits, and nothing of a visitor in any log."""
    wire = logging.getLogger(f"{__name__}.wire")
    wire.addFilter(_wordless)
    return web.AppRunner(
        application,
        logger=wire,
        access_log=None,  # a line of it would hold an address and a question
        keepalive_timeout=IDLE,
        shutdown_timeout=LAST_WAIT,
        max_line_size=LINE,
        max_field_size=FIELD,
    )


def _wordless(record: logging.LogRecord) -> bool:
    """Of a request that cannot be read the library would write out its bytes and whose it was."""
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unreadable"
    record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
    record.msg, record.args, record.exc_info, record.exc_text = f"web: a request refused: {kind}", (), None, None
    return True


async def serve(
    core: Core, settings: Settings, stop: asyncio.Event, further: Iterable[web.AbstractRouteDef] = ()
) -> int:
    """Answers until ``stop`` is set; the exit code of the process. ``further``: as for ``build``."""
    runner = hosted(build(core, settings, further))
    await runner.setup()
    try:
        site = web.TCPSite(runner, LISTEN, settings.port)
        try:
            await site.start()
        except OSError as error:
            logger.error("web: port %d cannot be had: %s", settings.port, error.strerror)
            return 1
        port = runner.addresses[0][1] if runner.addresses else settings.port
        logger.info("web: ready on port %d", port)
        await stop.wait()
    finally:
        await runner.cleanup()
    logger.info("web: stopped")
    return 0
