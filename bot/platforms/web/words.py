"""The words of the pages, in the two text files that stand beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from handlers.phrases import Phrases
from handlers.request import LANGUAGES, Language


def load() -> Mapping[Language, Phrases]:
    """Each language's, read now."""
    here = files("bot.platforms.web")
    return {language: Phrases.read(language, here / f"{language}.yaml") for language in LANGUAGES}


def language_of(said: str | None) -> Language | None:
    """A language of ours by its code."""
    return "fr" if said == "fr" else "en" if said == "en" else None


def preferred(accepted: str) -> Language:
    """Which of ours a browser's Accept-Language asks for first; English where it asks for neither."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accepted[:500].split(",")):
        code, _, rest = part.strip().partition(";")
        language = language_of(code.strip().lower()[:2])
        try:
            weight = float(rest.partition("=")[2]) if rest else 1.0
        except ValueError:
            continue
        if language is not None and 0 < weight <= 1:
            wanted.append((-weight, place, language))
    return min(wanted)[2] if wanted else "en"
