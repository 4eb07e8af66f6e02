"""The page's life: a port opened, served until told to stop, and closed when what is under way has been answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from bot import listening
from bot.core import Core
from bot.platforms.web.application import build
from bot.settings import Settings


async def serve(
    core: Core, settings: Settings, stop: asyncio.Event, further: Iterable[web.AbstractRouteDef] = ()
) -> int:
    """Answers until ``stop`` is set; the exit code of the process. ``further``: as for ``build``."""
    return await listening.serve(build(core, settings, further), settings.port, stop, "web")
