"""The pages and the interface for programs as one aiohttp application over a core. Making it opens no port."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from bot.core import Core
from bot.platforms.web.api import Api
from bot.platforms.web.chat import LARGEST, Chat
from bot.platforms.web.crawlers import Crawlers
from bot.platforms.web.documents import Documents
from bot.platforms.web.embed import Embed
from bot.platforms.web.entries import Entries
from bot.platforms.web.faults import guarded
from bot.platforms.web.methods import Methods
from bot.platforms.web.site import Site
from bot.platforms.web.visitors import Visitors
from bot.settings import Settings


def build(core: Core, settings: Settings, further: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
    """``further``: routes of others on the same port; they are not paced, and care for their own bodies."""
    site = Site(core, settings)
    visitors = Visitors(core, settings.smallprint_proxies, settings.smallprint_questions_per_minute)
    entries, methods, documents = Entries(site), Methods(site), Documents(site)
    application = web.Application(middlewares=[guarded(site, visitors)], client_max_size=LARGEST)
    application.add_routes(
        [
            web.get("/healthz", healthy),
            web.get("/static/{name}", site.statics.serve),
            web.get("/favicon.ico", site.statics.icon),
            *Chat(site, entries).routes(),
            *entries.routes(),
            *methods.routes(),
            *documents.routes(),
            *Embed(site, entries).routes(),
            *Api(site, visitors).routes(),
            *Crawlers(site, ("", *entries.paths(), *methods.paths(), *documents.paths())).routes(),
            *further,
        ]
    )
    return application


async def healthy(request: web.Request) -> web.Response:
    """The process is there and its loop turns."""
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})
