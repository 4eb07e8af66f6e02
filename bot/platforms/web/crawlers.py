"""What search engines ask for: the list of all pages in both languages, and what they need not read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiohttp import web
from markupsafe import escape

from bot.platforms.web.site import SOON, Site
from handlers.request import LANGUAGES

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:]{2,45}\](:[0-9]{1,5})?")


class Crawlers:
    def __init__(self, site: Site, paths: Iterable[str]) -> None:
        self._site = site
        self._paths = tuple(paths)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/robots.txt", self.robots), web.get("/sitemap.xml", self.sitemap)]

    async def robots(self, request: web.Request) -> web.Response:
        """Everything but answers: a question in a link is a person's, and asking is not reading."""
        lines = ("User-agent: *", "Disallow: /api/", "Disallow: /*/embed", "Disallow: /*?q=")
        origin = self._origin(request)
        listed = f"\n\nSitemap: {origin}/sitemap.xml\n" if origin else "\n"
        return web.Response(text="\n".join(lines) + listed, headers={"Cache-Control": SOON})

    async def sitemap(self, request: web.Request) -> web.Response:
        origin = self._origin(request)
        if not origin:
            raise web.HTTPNotFound
        entries: list[str] = []
        for path in self._paths:
            others = "".join(
                f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(f"{origin}/{language}{path}")}"/>'
                for language in LANGUAGES
            )
            entries += (
                f"<url><loc>{escape(f'{origin}/{language}{path}')}</loc>{others}</url>" for language in LANGUAGES
            )
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:xhtml="http://www.w3.org/1999/xhtml">' + "\n".join(entries) + "</urlset>\n"
        )
        response = web.Response(text=body, content_type="application/xml", headers={"Cache-Control": SOON})
        response.enable_compression()
        return response

    def _origin(self, request: web.Request) -> str:
        """The page's own address; where no setting gives it, the one that was asked, if it can be one."""
        if self._site.origin:
            return self._site.origin
        return f"{request.scheme}://{request.host}" if _HOST.fullmatch(request.host) else ""
