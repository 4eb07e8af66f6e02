"""What a process says on its port besides pages: to hosting platforms, to Prometheus, and to servers that call on it.

``/healthz`` says that the process runs, ``/readyz`` that it can answer and that its database does; it says so no longer
once the process was told to stop. ``/metrics`` is for whoever shows METRICS_TOKEN; where none is set, for neighbours: a
caller on this machine or its private network, with no balancer in between. The figures hold nothing of a person, but
how much a bot is used is nobody's business on the public internet.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Iterable

from aiohttp import web

from bot.core import Core
from bot.doors import Doors
from bot.metrics import CONTENT_TYPE, Metrics
from bot.settings import Settings

SECONDS = 15.0  # for the body of what is posted to a door
LARGEST = 1_000_000  # bytes of what is posted to a door; Telegram's updates are far below
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_FRESH = {"Cache-Control": "no-store"}


def routes(
    core: Core, settings: Settings, stop: asyncio.Event, metrics: Metrics, doors: Doors
) -> list[web.AbstractRouteDef]:
    """For the process's one port, beside the pages or alone."""
    shown = settings.metrics_token.get_secret_value() if settings.metrics_token is not None else None

    async def ready(_: web.Request) -> web.Response:
        if stop.is_set():
            return _line("stopping", 503)
        return _line("ready") if await core.ports.reachable() else _line("no database", 503)

    async def measured(request: web.Request) -> web.Response:
        if not _may_read(request, shown):
            return _line("METRICS_TOKEN is needed", 401, {"WWW-Authenticate": "Bearer"})
        return web.Response(body=metrics.text(), headers={**_FRESH, "Content-Type": CONTENT_TYPE})

    async def knock(request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(SECONDS):
                body = await request.clone(client_max_size=LARGEST).read()
        except web.HTTPRequestEntityTooLarge:
            return _line("too large", 413)
        except TimeoutError:
            return _line("too slow", 408)
        return web.Response(status=await doors.knock(request.path, request.headers, body))

    return [
        web.get("/readyz", ready),
        web.get("/metrics", measured),
        *(web.post(path, knock) for path in doors.paths),
    ]


def bare(said: Iterable[web.AbstractRouteDef]) -> web.Application:
    """For a port without pages."""
    application = web.Application()
    application.add_routes([web.get("/healthz", _healthy), *said])
    return application


async def _healthy(_: web.Request) -> web.Response:
    return _line("ok")


def _line(text: str, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=f"{text}\n", status=status, headers={**_FRESH, **(headers or {})})


def _may_read(request: web.Request, token: str | None) -> bool:
    if token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_private
    except ValueError:
        return False
