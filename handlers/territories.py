"""Names of places: Babel's for countries in both languages, ours for the rest; reading them and showing them.

Babel speaks of alpha-2 codes, the electricity data of alpha-3: Babel's own aliases lead from one to the other.
Showing never raises: a code that nobody names is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale
from babel.core import get_global

from handlers.request import LANGUAGES
from knowledge import aliases
from knowledge.library import Library
from knowledge.names import MODEL, PLACE, Names
from knowledge.search import fold


@cache
def _alpha2(code: str) -> str | None:
    found = get_global("territory_aliases").get(code)
    return found[0] if found and len(found[0]) == 2 and found[0].isalpha() else None


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


def country_names(language: str) -> Iterable[str]:
    """As the language writes them."""
    return _territories(language).values()


def place_name(code: str, language: str, library: Library | None = None) -> str:
    """ "France", "United States", "world average". Ours first, where Babel has none or not the usual form."""
    place = library.places.get(code) if library is not None else None
    if place is not None and place.name is not None:
        return place.name.of(language)
    short = _alpha2(code)
    return _territories("fr" if language == "fr" else "en").get(short, code) if short else code


def of_countries(codes: Iterable[str]) -> Iterator[aliases.Alias]:
    """Babel's forms of the countries' names: "Trinité-et-Tobago", and "Trinidad & Tobago" also with "and"."""
    for code in codes:
        short = _alpha2(code)
        if short is None:
            continue
        for language in LANGUAGES:
            for suffix in ("", "-alt-short", "-alt-variant"):
                name = _territories(language).get(short + suffix)
                if name:
                    yield from ((form, PLACE, code) for form in _forms(name))


def _forms(name: str) -> Iterator[str]:
    yield name
    if " & " in name:
        yield name.replace(" & ", " and ")
    if "St. " in name:
        yield name.replace("St. ", "Saint ").replace(" & ", " and ")
    if " (" in name:  # "Myanmar (Burma)"
        first, second = name.rstrip(")").split(" (", 1)
        yield first
        yield second


def codes_of(library: Library) -> dict[str, str]:
    """Alpha-3 codes and the alpha-2 codes of the same places, in capitals."""
    codes = {code: code for code in library.places if len(code) == 3}
    for code in library.places:
        short = _alpha2(code)
        if short is not None:
            codes.setdefault(short, code)
    return codes


def names_of(library: Library) -> Names:
    """The index of everything that has a name."""
    known = aliases.everyday()
    places = (*aliases.of_places(library), *of_countries(library.places))
    return Names((*aliases.of_models(library), *places), known["words"], known["tiers"], known["of_a_version"])


class PlaceNames:
    """Reads and shows the name of a place, for a form or a slash command. Codes are names too."""

    def __init__(self, library: Library, names: Names) -> None:
        self._library, self._names = library, names
        self._codes = {fold(short): code for short, code in codes_of(library).items()}
        self._codes.update((fold(code), code) for code in library.places)

    def resolve(self, text: str, language: str) -> str | None:
        plain = fold(text).strip()
        if plain in self._codes and text.strip().isupper():
            return self._codes[plain]
        article = plain.split(" ", 1)
        if len(article) == 2 and article[0] in ("the", "la", "le", "les"):
            found = self._names.exact(article[1], PLACE)
            if found and not self._names.exact(plain, PLACE):
                return found[0]
        found = self._names.exact(plain, PLACE) or self._names.exact(plain, "adjective")
        if found:
            return found[0]
        return self._codes.get(plain) or self._names.resolve(text, PLACE)

    def near(self, text: str, language: str, limit: int = 3) -> tuple[str, ...]:
        return self._names.near(text, PLACE, limit)

    def all(self, language: str) -> Iterator[tuple[str, str]]:
        return ((self.show(code, language), code) for code in self._library.places)

    def show(self, id_: str, language: str) -> str:
        return place_name(id_, language, self._library)


class ModelNames:
    """Reads and shows the name of a model."""

    def __init__(self, library: Library, names: Names) -> None:
        self._library, self._names = library, names

    def resolve(self, text: str, language: str) -> str | None:
        return text if text in self._library.models else self._names.resolve(text, MODEL)

    def near(self, text: str, language: str, limit: int = 3) -> tuple[str, ...]:
        return self._names.near(text, MODEL, limit)

    def all(self, language: str) -> Iterator[tuple[str, str]]:
        return ((model.name, model.id) for model in self._library.models.values())

    def show(self, id_: str, language: str) -> str:
        model = self._library.models.get(id_)
        return model.name if model is not None else id_
