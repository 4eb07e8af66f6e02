"""Names and descriptions of commands in the languages of Discord's clients: looked up by the key they carry."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from handlers.phrases import Lexicon
from handlers.request import Language

LOCALES: dict[discord.Locale, Language] = {
    discord.Locale.american_english: "en",
    # Given too: without it a British client may fall back on another language than American English.
    discord.Locale.british_english: "en",
    discord.Locale.french: "fr",
}
NAME = 32
DESCRIPTION = 100


def language_of(locale: discord.Locale | str | None) -> Language | None:
    """The language of ours that a client's locale asks for; English for those we do not speak."""
    if locale is None:
        return None
    return "fr" if str(locale).startswith("fr") else "en"


def text(lexicon: Lexicon, key: str, **values: str) -> locale_str:
    """English, carrying what a translation needs. Descriptions end where Discord's hundred letters do."""
    return locale_str(_said(lexicon, "en", key, values), key=key, values=values)


class Words(app_commands.Translator):
    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        language = LOCALES.get(locale)
        key = string.extras.get("key")
        if language is None or key is None:
            return None
        return _said(self._lexicon, language, key, string.extras["values"])


def _said(lexicon: Lexicon, language: str, key: str, values: dict[str, str]) -> str:
    filled = {name: str(lexicon[language].raw(value)[0]) if value.endswith(".examples") else value
              for name, value in values.items()}  # fmt: skip
    said = lexicon[language].text(key, **filled)
    return said if len(said) <= DESCRIPTION else said[: DESCRIPTION - 1].rstrip() + "…"
