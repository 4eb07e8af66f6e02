"""A port on which an aiohttp application answers until told to stop: the pages, or what others' servers call on.

Who opens a connection must soon say what is wanted: one that dribbles its headers is closed. What follows on a kept
connection has the library's own limit, ``IDLE``; bodies have the limits of whoever reads them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

logger = logging.getLogger(__name__)

LISTEN = "0.0.0.0"
LAST_WAIT = 10.0  # seconds for what is under way when we stop
IDLE = 75.0  # seconds a connection may stay open unused: longer than a usual proxy's own
LINGER = 3.0  # seconds in which a refused body is still taken in, so that the refusal is read before the end
ASKED = 15.0  # seconds from a connection's beginning to the end of its first request's headers
LINE, FIELD = 64 * 1024, 8 * 1024  # bytes of the first line, which may hold a long question, and of one header


async def serve(application: web.Application, port: int, stop: asyncio.Event, name: str) -> int:
    """Answers until ``stop`` is set; the exit code of the process. ``name`` stands in the log."""
    asked: set[object] = set()
    application.middlewares.insert(0, _noting(asked))
    runner = hosted(application)
    await runner.setup()
    hurrying = asyncio.create_task(_hurried(runner, asked))
    try:
        try:
            await web.TCPSite(runner, LISTEN, port).start()
        except OSError as error:
            logger.error("%s: port %d cannot be had: %s", name, port, error.strerror)
            return 1
        logger.info("%s: ready on port %d", name, runner.addresses[0][1] if runner.addresses else port)
        await stop.wait()
    finally:
        hurrying.cancel()
        with suppress(asyncio.CancelledError):
            await hurrying
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
        lingering_time=LINGER,
        shutdown_timeout=LAST_WAIT,
        max_line_size=LINE,
        max_field_size=FIELD,
    )


def _noting(asked: set[object]) -> Middleware:
    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.add(request.protocol)
        return await handler(request)

    return note


async def _hurried(runner: web.AppRunner, asked: set[object]) -> None:
    """Closes the connections on which nothing was asked in time."""
    since: dict[web.RequestHandler, float] = {}
    while True:
        await asyncio.sleep(ASKED / 3)
        now, server = time.monotonic(), runner.server
        there = server.connections if server is not None else []
        asked.intersection_update(there)
        since = {connection: since.get(connection, now) for connection in there if connection not in asked}
        for connection, begun in since.items():
            if now - begun >= ASKED:
                connection.force_close()


def _wordless(record: logging.LogRecord) -> bool:
    """Of a request that cannot be read the library would write out its bytes and whose it was."""
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unreadable"
    record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
    record.msg, record.args, record.exc_info, record.exc_text = f"a request refused: {kind}", (), None, None
    return True
