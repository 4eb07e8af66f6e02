"""What all pages share: the core, the words, the templates, and the addresses of everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.core import Core
from bot.platforms.invitation import application_of, discord_link, telegram_link
from bot.platforms.web import words
from bot.platforms.web.rendering import line, told
from bot.platforms.web.statics import Statics
from bot.settings import Settings
from handlers.phrases import Phrases
from handlers.request import LANGUAGES, Language

FRESH = "private, no-store"  # answers: what somebody asked is nobody's cache's business


class Site:
    """Made once; templates are compiled here, before the first visitor."""

    def __init__(self, core: Core, settings: Settings) -> None:
        self.core = core
        self.kit = core.kit
        self.words = words.load()
        self.statics = Statics()
        self.origin = (settings.smallprint_public_url or "").rstrip("/")  # empty: addresses stay relative
        self.discord, self.telegram = _buttons(settings)
        self._templates = _templates()
        self._everywhere: Mapping[str, Any] = {
            "static": self.statics.address,
            "discord": self.discord,
            "telegram": self.telegram,
            "origin": self.origin,
            "languages": LANGUAGES,
            "names": {language: self.words[language].text("language") for language in LANGUAGES},
        }

    @property
    def https(self) -> bool:
        return self.origin.startswith("https:")

    def phrases(self, language: Language) -> Phrases:
        """The pages' own words; those of answers are the core's."""
        return self.words[language]

    def html(self, template: str, language: Language, path: str, **values: Any) -> str:
        """A whole page. ``path`` is its address behind the language: "/facts/median-gemini-prompt"."""
        return self._templates.get_template(template).render(
            language=language,
            path=path,
            others=[other for other in LANGUAGES if other != language],
            say=_Say(self.words[language]),
            **self._everywhere,
            **values,
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
        """The page as a response that nobody keeps."""
        response = web.Response(
            text=self.html(template, language, path, **values),
            content_type="text/html",
            status=status,
            headers={"Cache-Control": FRESH, "Content-Language": language, **(headers or {})},
        )
        response.enable_compression()
        return response


class _Say:
    """The words of a language within a template: ``say("home.title")`` is escaped HTML, ``say.text(...)`` plain."""

    def __init__(self, phrases: Phrases) -> None:
        self.text = phrases.text
        self.raw = phrases.raw
        self._phrases = phrases

    def __call__(self, key: str, **values: Any) -> str:
        return line(self._phrases.line(key, **values))


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.platforms.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["line"] = line
    environment.filters["told"] = told
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


def _buttons(settings: Settings) -> tuple[str | None, str | None]:
    application = settings.discord_application_id
    if application is None and settings.discord_token is not None:
        application = application_of(settings.discord_token.get_secret_value())
    name = (settings.telegram_bot_name or "").lstrip("@")
    return discord_link(application) if application else None, telegram_link(name) if name else None
