"""A port on which an aiohttp application answers until told to stop: the pages, or what others' servers call on."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

logger = logging.getLogger(__name__)

LISTEN = "0.0.0.0"
LAST_WAIT = 10.0  # seconds for what is under way when we stop
IDLE = 75.0  # seconds a connection may stay open unused: longer than a usual proxy's own
LINE, FIELD = 64 * 1024, 8 * 1024  # bytes of the first line, which may hold a long question, and of one header


async def serve(application: web.Application, port: int, stop: asyncio.Event, name: str) -> int:
    """Answers until ``stop`` is set; the exit code of the process. ``name`` stands in the log."""
    runner = hosted(application)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, LISTEN, port).start()
        except OSError as error:
            logger.error("%s: port %d cannot be had: %s", name, port, error.strerror)
            return 1
        logger.info("%s: ready on port %d", name, runner.addresses[0][1] if runner.addresses else port)
        await stop.wait()
    finally:
        await runner.cleanup()
    logger.info("%s: stopped", name)
    return 0


def hosted(application: web.Application) -> web.AppRunner:
    """Ready to be set up: with our limits, and nothing of a caller in any log."""
    wire = logging.getLogger(f"{__name__}.wire")
    wire.addFilter(_wordless)  # a filter that is there already is not added again
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
    record.msg, record.args, record.exc_info, record.exc_text = f"a request refused: {kind}", (), None, None
    return True
