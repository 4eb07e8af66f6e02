"""Styles, script and mark, held in memory under names that carry their content: kept by browsers for good, and new at
once where they change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files

from aiohttp import web

_TYPES: Mapping[str, str] = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_ICON = "mark.svg"


class Statics:
    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._names: dict[str, str] = {}
        for file in sorted((files("bot.platforms.web") / "static").iterdir(), key=lambda f: f.name):
            stem, _, ending = file.name.rpartition(".")
            if ending not in _TYPES:
                continue
            data = file.read_bytes()
            name = f"{stem}.{hashlib.blake2b(data, digest_size=6).hexdigest()}.{ending}"
            self._files[name] = data, _TYPES[ending]
            self._names[file.name] = name

    def address(self, name: str) -> str:
        """Where a file of the folder is served: "/static/page.1f2e….css"."""
        return f"/static/{self._names[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[0], content_type=found[1], charset="utf-8", headers={"Cache-Control": _FOREVER})

    async def icon(self, request: web.Request) -> web.Response:
        """For those that look where browsers have always looked."""
        data, kind = self._files[self._names[_ICON]]
        return web.Response(body=data, content_type=kind, headers={"Cache-Control": "public, max-age=86400"})
