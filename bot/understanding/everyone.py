"""A whole people: "if everyone in France asked once a day", « si toute la Belgique faisait une image ».

Who asks says nothing of where it is computed: such a place is no place of a use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.understanding.grammar import Grammar
from bot.understanding.mention import Mention, Quantity
from handlers.request import LANGUAGES
from handlers.territories import of_countries
from knowledge.library import Library
from knowledge.schema import Population
from knowledge.search import fold

_WORLD = "WOR"
_LED = 40  # characters before a country's name that may say that all who live there are meant
_ADJECTIVE = re.compile(r" ([a-z-]+)")


class Everyone:
    """Built once over the library; populations are read when somebody speaks of one."""

    def __init__(self, library: Library, grammar: Grammar) -> None:
        self._library = library
        self._openers = grammar.of("peoples")
        self._supposing = grammar.of("supposing")
        self._nicknames = grammar.of("countries")
        self._who, self._all, self._behind = (_any(grammar, key) for key in ("all_in", "all_of", "entirely"))
        self._world, self._each = _any(grammar, "mankind"), _any(grammar, "every_such")
        self._named = lru_cache(256)(self._names_of)

    def mentions(self, plain: str, words: Sequence[str], found: Sequence[Mention]) -> list[Mention]:
        """The mentions, a people instead of its country; as they were where none is spoken of."""
        if self._openers.isdisjoint(words):
            return list(found)
        supposed = not self._supposing.isdisjoint(words)
        people = self._mankind(plain, supposed) or self._nation(plain, found, supposed) or self._nationals(plain)
        if people is None:
            return list(found)
        free = (m for m in found if m.end <= people.start or m.start >= people.end)
        return sorted((*free, people), key=lambda m: (m.start, -m.end))

    def _mankind(self, plain: str, supposed: bool) -> Mention | None:
        match = self._world.search(plain)
        if match is None:
            return None
        return self._people(match.start(), match.end(), _WORLD) if supposed else None

    def _nation(self, plain: str, found: Sequence[Mention], supposed: bool) -> Mention | None:
        for place in found:
            if place.kind != "place" or not self._is_country(plain[place.start : place.end], place.value):
                continue
            begin = max(place.start - _LED, 0)
            led = _last(self._who, plain, begin, place.start)
            if led is None and supposed:
                led = _last(self._all, plain, begin, place.start)
            behind = self._behind.match(plain, place.end + 1) if supposed else None
            if led is not None or behind is not None:
                start = led if led is not None else place.start
                return self._people(start, behind.end() if behind is not None else place.end, place.value)
        return None

    def _nationals(self, plain: str) -> Mention | None:
        """ "Every German", « tous les Belges »."""
        for match in self._each.finditer(plain):
            said = _ADJECTIVE.match(plain, match.end())
            code = self._adjectives().get(said[1]) if said is not None else None
            if said is not None and code is not None:
                return self._people(match.start(), said.end(), code)
        return None

    def _people(self, start: int, end: int, code: str) -> Mention | None:
        lived: Population | None = self._library.populations.get(code)
        return Mention(start, end, "people", Quantity(lived.people, role=code)) if lived is not None else None

    def _is_country(self, said: str, code: str) -> bool:
        """Paris is read as France, and is not all of it."""
        return said in self._nicknames or said in self._named(code)

    def _names_of(self, code: str) -> frozenset[str]:
        return frozenset(fold(name) for name, _, _ in of_countries((code,)))

    @lru_cache(maxsize=1)  # noqa: B019 - one of this is made, and lives as long
    def _adjectives(self) -> Mapping[str, str]:
        """Adjectives, English ones with their plural too, by what they lead to."""
        codes: dict[str, str] = {}
        for place in self._library.places.values():
            for language in LANGUAGES:
                for word in getattr(place.adjectives, language):
                    for form in (fold(word), fold(word) + "s"):
                        codes.setdefault(form, place.code)
        return codes


def _any(grammar: Grammar, key: str) -> re.Pattern[str]:
    """Any of a list's words and phrases, longest first."""
    listed = (*((word,) for word in grammar.of(key)), *grammar.phrases.get(key, ()))
    said = "|".join("[ ']".join(map(re.escape, phrase)) for phrase in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<![\w'-])(?:{said})(?![\w-])")


def _last(pattern: re.Pattern[str], plain: str, begin: int, end: int) -> int | None:
    """Where a phrase begins that ends right before ``end``."""
    for match in pattern.finditer(plain, begin, end):
        if plain[match.end() : end].strip(" '") == "":
            return match.start()
    return None
