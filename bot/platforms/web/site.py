"""What all pages share: the core, the words, the templates, the addresses of everything, and pages that are always the
same, made once and kept.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.core import Core
from bot.platforms.invitation import application_of, discord_link, telegram_link
from bot.platforms.web import words
from bot.platforms.web.rendering import line
from bot.platforms.web.statics import Statics
from bot.settings import Settings
from handlers.phrases import Phrases
from handlers.request import LANGUAGES, Language

NEVER = "private, no-store"  # answers: what somebody asked is nobody's cache's business
SOON = "public, max-age=300"  # the base: the same until the next version
_PACKED = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.I)
WORTH = 1_000  # bytes from which packing pays


class Saying:
    """The words of a language within a template: ``say("home.title")`` is HTML, ``say.text(...)`` plain."""

    def __init__(self, phrases: Phrases) -> None:
        self.text = phrases.text
        self.raw = phrases.raw
        self._phrases = phrases

    def __call__(self, key: str, **values: Any) -> Markup:
        return line(self._phrases.line(key, **values))


class Site:
    """Made once; templates are compiled here, before the first visitor."""

    def __init__(self, core: Core, settings: Settings) -> None:
        self.core = core
        self.kit = core.kit
        self.words = words.load()
        self.statics = Statics()
        self.version = version("smallprint")
        self.origin = (settings.smallprint_public_url or "").rstrip("/")  # empty: addresses stay relative
        self._kept: dict[tuple[str, bool], tuple[bytes, str]] = {}
        self._templates = _templates()
        discord, telegram = _invitations(settings)
        self._everywhere: Mapping[str, Any] = {
            "static": self.statics.address,
            "discord": discord,
            "telegram": telegram,
            "origin": self.origin,
            "languages": LANGUAGES,
            "saying": {language: Saying(self.words[language]) for language in LANGUAGES},
            "sourced": len(core.kit.library.sources),
            "known": len(core.kit.library.facts) + len(core.kit.library.claims) + len(core.kit.library.concepts),
        }

    @property
    def https(self) -> bool:
        return self.origin.startswith("https:")

    def phrases(self, language: Language) -> Phrases:
        """The pages' own words; those of answers are the core's."""
        return self.words[language]

    def html(self, template: str, language: Language, path: str, **values: Any) -> str:
        """``path`` is the page's address behind its language: "/facts/median-gemini-prompt"."""
        everywhere = self._everywhere
        return self._templates[template].render(
            everywhere, language=language, path=path, say=everywhere["saying"][language], **values
        )

    def page(
        self,
        template: str,
        language: Language,
        path: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> web.Response:
        """A page that nobody keeps."""
        response = web.Response(
            text=self.html(template, language, path, **values),
            content_type="text/html",
            status=status,
            headers={"Cache-Control": NEVER, "Content-Language": language, **(headers or {})},
        )
        response.enable_compression()
        return response

    def kept(
        self,
        request: web.Request,
        key: str,
        make: Callable[[], str],
        content_type: str = "text/html",
        language: str | None = None,
    ) -> web.StreamResponse:
        """A page of the base: made by the first who asks, then the same bytes for everybody, or "not modified".

        ``key`` must come from a closed list, since what is kept is kept for good.
        """
        packed = bool(_PACKED.search(request.headers.get("Accept-Encoding", "")))
        found = self._kept.get((key, packed))
        if found is None:
            body = make().encode()
            tag = hashlib.blake2b(body, digest_size=12).hexdigest()
            if packed and len(body) >= WORTH:
                body = gzip.compress(body, 6, mtime=0)
            found = self._kept[key, packed] = body, tag
        body, tag = found
        headers = {"ETag": f'W/"{tag}"', "Cache-Control": SOON, "Vary": "Accept-Encoding"}
        if language is not None:
            headers["Content-Language"] = language
        if any(known.value == tag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if body[:2] == b"\x1f\x8b":
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)


def _templates() -> Mapping[str, Template]:
    environment = Environment(
        loader=PackageLoader("bot.platforms.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return {name: environment.get_template(name) for name in environment.list_templates()}


def _invitations(settings: Settings) -> tuple[str | None, str | None]:
    """Where the buttons lead; none for a platform that no setting speaks of."""
    application = settings.discord_application_id
    if application is None and settings.discord_token is not None:
        application = application_of(settings.discord_token.get_secret_value())
    name = (settings.telegram_bot_name or "").lstrip("@")
    return discord_link(application) if application else None, telegram_link(name) if name else None
