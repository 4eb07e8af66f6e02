"""Styles, script and mark, held in memory under names that carry their content: kept by browsers for good, and new at
once where they change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files

from aiohttp import web

# Sheets last: they name the others.
_TYPES: Mapping[str, str] = {
    "svg": "image/svg+xml", "woff2": "font/woff2", "js": "text/javascript", "css": "text/css",
}  # fmt: skip
_WORDS = ("text/css", "text/javascript", "image/svg+xml")
_FOREVER = "public, max-age=31536000, immutable"
_ICON = "mark.svg"


class Statics:
    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._names: dict[str, str] = {}
        folder = files("bot.platforms.web") / "static"
        for name in sorted((f.name for f in folder.iterdir()), key=lambda name: (_order(name), name)):
            stem, _, ending = name.rpartition(".")
            data = (folder / name).read_bytes()
            if ending == "css":
                for plain, hashed in self._names.items():
                    data = data.replace(f'url("{plain}")'.encode(), f'url("{hashed}")'.encode())
            self._add(name, f"{stem}.{hashlib.blake2b(data, digest_size=6).hexdigest()}.{ending}", data, ending)

    def _add(self, plain: str, hashed: str, data: bytes, ending: str) -> None:
        self._files[hashed] = data, _TYPES[ending]
        self._names[plain] = hashed

    def address(self, name: str) -> str:
        """Where a file of the folder is served: "/static/page.1f2e….css"."""
        return f"/static/{self._names[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        charset = "utf-8" if found[1] in _WORDS else None
        return web.Response(body=found[0], content_type=found[1], charset=charset, headers={"Cache-Control": _FOREVER})

    async def icon(self, request: web.Request) -> web.Response:
        """For those that look where browsers have always looked."""
        data, kind = self._files[self._names[_ICON]]
        return web.Response(body=data, content_type=kind, headers={"Cache-Control": "public, max-age=86400"})


def _order(name: str) -> int:
    """A file of no kind that is served is a mistake, and said at once."""
    return list(_TYPES).index(name.rpartition(".")[2])
