"""Privacy and terms: the very files of the project, as pages. A working copy has them at its top, an installed one
among the legal files of its metadata.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path

from aiohttp import web
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from bot.platforms.web.costs import costs
from bot.platforms.web.faults import language_of
from bot.platforms.web.site import Site
from handlers.request import Language

_FILES: Mapping[tuple[str, Language], str] = {
    ("privacy", "en"): "PRIVACY.md",
    ("privacy", "fr"): "PRIVACY.fr.md",
    ("terms", "en"): "TERMS.md",
    ("terms", "fr"): "TERMS.fr.md",
}
# Where the links of the files lead on the pages.
_LINKS: Mapping[str, str] = {
    **{file: f"/{language}/{name}" for (name, language), file in _FILES.items()},
    "LICENSE": "https://spdx.org/licenses/MIT.html",
}


class Documents:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{language:en|fr}/{name:privacy|terms}", self.document)]

    def paths(self) -> Iterator[str]:
        yield from ("/privacy", "/terms")

    @costs("page")
    async def document(self, request: web.Request) -> web.StreamResponse:
        language, name = language_of(request), request.match_info["name"]

        def make() -> str:
            title, body = self._read(name, language)
            return self._site.html("document.html", language, f"/{name}", heading=title, body=body)

        return self._site.kept(request, request.path, make, language=language)

    def _read(self, name: str, language: Language) -> tuple[str, Markup]:
        tokens = self._markdown.parse(_text(_FILES[name, language]))
        title = tokens[1].content
        tokens = tokens[3:]
        # The line that leads to the other language: the page's own head does.
        if tokens[0].type == "paragraph_open" and tokens[1].content.startswith("*["):
            tokens = tokens[3:]
        for token in tokens:
            _led(token)
        return title, Markup(self._markdown.renderer.render(tokens, self._markdown.options, {}))


def _led(token: Token) -> None:
    """Links between the files become links between the pages; tables may scroll, and lists of columns have a scope."""
    for child in token.children or ():
        if child.type == "link_open":
            href = str(child.attrGet("href") or "")
            child.attrSet("href", _LINKS.get(href, href))
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _text(name: str) -> str:
    own = Path(__file__).parents[3] / name
    if own.is_file():
        return own.read_text("utf-8")
    installed = distribution("smallprint").read_text(f"licenses/{name}")
    if installed is None:
        raise FileNotFoundError(name)
    return installed
