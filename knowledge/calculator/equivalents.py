"""Everyday things to hold a footprint against, chosen by size and by where the electricity is.

The ladder climbs within each measure; the step is taken whose number a person can picture: near five rather than a
tenth.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache

from rapidfuzz import fuzz, process

from knowledge.library import Library
from knowledge.schema import Equivalent

LEAST, MOST = 0.1, 1000.0  # numbers of things that can still be pictured
_WORLD = "WOR"
_EUROPE = "EUU"
EU = frozenset(
    (
        *("AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN", "IRL"),
        *("ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP", "SWE"),
    )
)
_PICTURED = math.log10(4)  # the number that is easiest to picture
_KEPT = 256  # ladders, of a measure and a place each
_SAME = 75  # how alike words must be to mean the same thing, of 100


class Equivalents:
    def __init__(self, library: Library) -> None:
        self._all = library.equivalents
        self._ladders: dict[str, tuple[Equivalent, ...]] = {}
        for thing in library.equivalents.values():
            if thing.ladder:
                self._ladders[thing.measures] = (*self._ladders.get(thing.measures, ()), thing)
        self._here = lru_cache(_KEPT)(self._steps)

    def pick(self, measure: str, value: float, place: str) -> tuple[Equivalent, float] | None:
        """The thing of the ladder that suits, and how many of it. None where there is none."""
        found = self.suiting(measure, value, place)
        return found[0] if found else None

    def suiting(self, measure: str, value: float, place: str) -> tuple[tuple[Equivalent, float], ...]:
        """All that suit, best first: those within bounds, else the single nearest one."""
        if not (value > 0 and math.isfinite(value)):
            return ()
        size = math.log10(value) - _PICTURED
        here = sorted((abs(size - step) + away, thing.id, thing) for thing, step, away in self._here(measure, place))
        ranked = [(thing, n) for _, _, thing in here if 0 < (n := self.express(value, thing)) < math.inf]
        within = tuple((thing, n) for thing, n in ranked if LEAST <= n <= MOST)
        return within or tuple(ranked[:1])

    def _steps(self, measure: str, place: str) -> tuple[tuple[Equivalent, float, float], ...]:
        """The things of a ladder that hold at a place, each with the size of one and how far from there it is."""
        regions = _regions(place)
        return tuple(
            (thing, math.log10(thing.factor), 0.3 * regions.index(thing.region))
            for thing in self._ladders.get(measure, ())
            if thing.region in regions
        )

    def express(self, value: float, thing: Equivalent) -> float:
        """How many of the thing a value in its measure's base unit is."""
        return value / thing.factor

    def near(self, asked: str, place: str, measures: Collection[str] = ()) -> Equivalent | None:
        """The thing with that id or those words, in the version that holds at the place, and that is measured in what
        there is a value of where such a version exists. None where there is none."""
        thing = self._all.get(asked) or self.named(asked)
        if thing is None:
            return None
        regions = _regions(place)
        words = set(thing.words.en) | set(thing.words.fr)
        alike = [
            other
            for other in self._all.values()
            if (other.region in regions or other.region == thing.region)
            and (other.id == thing.id or words & (set(other.words.en) | set(other.words.fr)))
            and (other.measures != thing.measures or 0.1 < other.factor / thing.factor < 10)
        ]

        def fit(other: Equivalent) -> tuple[bool, bool, int, bool]:
            here = regions.index(other.region) if other.region in regions else len(regions)
            return (
                other.measures not in (measures or (thing.measures,)),
                other.measures != thing.measures,
                here,
                (other.id != thing.id),
            )

        return min(alike, key=fit, default=thing)

    def named(self, words: str) -> Equivalent | None:
        """The thing people mean by these words, in either language."""
        by_word: dict[str, str] = {}
        for thing in self._all.values():
            for word in (*thing.words.en, *thing.words.fr):
                by_word.setdefault(word.lower(), thing.id)
        found = process.extractOne(words.lower().strip(), by_word.keys(), scorer=fuzz.ratio, score_cutoff=_SAME)
        return self._all[by_word[found[0]]] if found is not None else None


def _regions(place: str) -> list[str]:
    """Where factors for a place may come from, nearest first. France's stand for the EU's other countries."""
    country = place.split("-")[0]
    if country == "FRA":
        return ["FRA", _EUROPE, _WORLD]
    if country in EU or country == _EUROPE:
        return [country, _EUROPE, "FRA", _WORLD]
    return [country, _WORLD] if country != _WORLD else [_WORLD]
