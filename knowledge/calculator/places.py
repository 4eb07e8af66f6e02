"""The electricity of a place: EcoLogits' own table first, so that a model's estimate and a question about a grid never
disagree, and an editor's figure where that table has no such zone (the EU-27, regions within a country).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.calculator.errors import Unknown
from knowledge.library import Library

WORLD = "WOR"
_AGGREGATES = frozenset((WORLD, "EEE", "EUU"))
_SOURCES = ("ember-2026", "ecologits-2026")
_BASIS = "life-cycle-generation"


@dataclass(frozen=True, slots=True)
class Zone:
    """A row of EcoLogits' table, in its units."""

    g_per_kwh: float
    water: float  # L/kWh consumed by the power plants
    primary: float  # MJ/kWh
    adpe: float  # kg Sb-eq/kWh
    default_water: bool  # the world's value stands in
    default_primary: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """One kilowatt-hour of a place's electricity."""

    code: str
    g_per_kwh: float
    water: float  # L/kWh consumed by the power plants
    primary: float  # MJ/kWh
    adpe: float  # kg Sb-eq/kWh
    year: int | None  # of the carbon factor, None where not known
    basis: str  # "life-cycle-generation", "direct-combustion-generation"
    sources: tuple[str, ...] = ()
    default_water: bool = False  # the world's value stands in for the place's water
    default_primary: bool = False  # ... for its primary energy and minerals


class Places:
    """Grids by code: ISO alpha-3, EUU, WOR, and the sub-regions of the data files."""

    def __init__(self, library: Library, zones: Mapping[str, Zone]) -> None:
        self._library = library
        self._zones = zones
        self._grids: dict[str, Grid] = {}
        self._ranked = sorted(
            (code for code, zone in zones.items() if code not in _AGGREGATES and zone.g_per_kwh > 0),
            key=lambda code: (zones[code].g_per_kwh, code),
        )

    def grid(self, code: str) -> Grid:
        """Raises Unknown, with near codes, where there is no figure for the place or the country around it."""
        found = self._grids.get(code)
        if found is None:
            found = self._grids[code] = self._made(code)
        return found

    def ranking(self, dirtiest: bool = False) -> tuple[str, ...]:
        """Countries by their carbon factor. Aggregates, sub-regions on another basis and zeroes are left out."""
        return tuple(reversed(self._ranked)) if dirtiest else tuple(self._ranked)

    def near(self, code: str) -> tuple[str, ...]:
        """Codes whose spelling, names or cities look like what was asked."""
        words: dict[str, str] = {zone: zone for zone in self._zones}
        for place in self._library.places.values():
            names = (place.name.en, place.name.fr) if place.name else ()
            for word in (*names, *place.words.en, *place.words.fr):
                words.setdefault(word.lower(), place.code)
            words[place.code] = place.code
        hits = (
            hit
            for asked in (code.upper(), code.lower())
            for hit in process.extract(asked, words.keys(), scorer=fuzz.ratio, limit=6, score_cutoff=66)
        )
        return tuple(dict.fromkeys(words[key] for key, _, _ in sorted(hits, key=lambda hit: -hit[1])))[:3]

    def _made(self, code: str) -> Grid:
        place = self._library.places.get(code)
        zone = self._zones.get(code)
        if zone is None and place is not None and place.within is not None and place.g_per_kwh is None:
            return self.grid(place.within)
        around = zone or (self._zones.get(place.within) if place is not None and place.within else None)
        if around is None:
            if place is None or place.g_per_kwh is None:
                raise Unknown("place", code, self.near(code))
            world = self._zones[WORLD]
            around = Zone(place.g_per_kwh, world.water, world.primary, world.adpe, True, True)
        own = place is not None and place.g_per_kwh is not None
        return Grid(
            code=code,
            g_per_kwh=place.g_per_kwh if place is not None and place.g_per_kwh is not None else around.g_per_kwh,
            water=around.water,
            primary=around.primary,
            adpe=around.adpe,
            year=(place.year if place is not None else None) or self._library.grid_years.get(code),
            basis=_slug(place.basis) if own and place is not None and place.basis else _BASIS,
            sources=place.sources if own and place is not None and place.sources else self._cited(),
            default_water=around.default_water,
            default_primary=around.default_primary,
        )

    def _cited(self) -> tuple[str, ...]:
        return tuple(source for source in _SOURCES if source in self._library.sources)


def _slug(basis: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", basis.lower()).strip("-")
