"""Numbers and quantities as people read them: two significant figures for estimates, the source's own for facts.

Separators and plurals are Babel's; how a unit is written stands in the text files under ``units``.
"""

from __future__ import annotations

import math
from datetime import date

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from handlers.phrases import Phrases
from knowledge.calculator.interval import Interval
from knowledge.schema import Figure, Units

# Unit codes by falling size: the first whose size the value reaches is used.
_LADDERS: dict[str, tuple[tuple[float, str], ...]] = {
    "co2e_g": ((1e12, "MtCO2e"), (1e6, "tCO2e"), (1e3, "kgCO2e"), (0.1, "gCO2e"), (1e-4, "mgCO2e"), (0, "ugCO2e")),
    "energy_wh": ((1e12, "TWh"), (1e9, "GWh"), (1e6, "MWh"), (1e3, "kWh"), (0.01, "Wh"), (0, "mWh")),
    "water_ml": ((1e9, "ML"), (1e6, "m3"), (1e3, "L"), (0.01, "mL"), (0, "uL")),
    "primary_mj": ((1e6, "TJ"), (1e3, "GJ"), (1, "MJ"), (0, "kJ")),
    "adpe_mg": ((1e6, "kgSb"), (1e3, "gSb"), (0.1, "mgSb"), (0, "ugSb")),
}
_SIZES: dict[str, float] = {
    "MtCO2e": 1e12, "tCO2e": 1e6, "kgCO2e": 1e3, "gCO2e": 1, "mgCO2e": 1e-3, "ugCO2e": 1e-6,
    "TWh": 1e12, "GWh": 1e9, "MWh": 1e6, "kWh": 1e3, "Wh": 1, "mWh": 1e-3,
    "ML": 1e9, "m3": 1e6, "L": 1e3, "mL": 1, "uL": 1e-3,
    "Mgal": 3.785411784e9, "gal": 3785.411784, "floz": 29.5735295625,
    "TJ": 1e6, "GJ": 1e3, "MJ": 1, "kJ": 1e-3,
    "kgSb": 1e6, "gSb": 1e3, "mgSb": 1, "ugSb": 1e-3,
}  # fmt: skip

# Water by US customary volumes, for those who asked for them; carbon and electricity are in the same units everywhere.
_IMPERIAL = {"water_ml": ((3.785411784e9, "Mgal"), (3785.411784, "gal"), (0, "floz"))}

_GLUE = "\u00a0"  # between a number and its unit


class Measures:
    """The numbers of one language, in the units that a person or team has asked for."""

    def __init__(self, phrases: Phrases, units: Units | None = None) -> None:
        self._phrases = phrases
        self._ladders = _LADDERS | _IMPERIAL if units == "imperial" else _LADDERS
        self._marks = {
            ord(","): get_group_symbol(phrases.locale),
            ord("."): get_decimal_symbol(phrases.locale),
        }

    def number(self, value: float, digits: int = 2) -> str:
        """Rounded to so many significant digits, without empty decimals: 1287 -> "1,300", 0.0260 -> "0.026"."""
        if value == 0:
            return "0"
        places = digits - 1 - math.floor(math.log10(abs(value)))
        return self._write(round(value, places), max(places, 0))

    def exact(self, value: float) -> str:
        """As it was said: 1287 -> "1,287", 0.24 -> "0.24"."""
        return self._write(value, 6)

    def _write(self, value: float, places: int) -> str:
        written = f"{value:,.{places}f}"
        if "." in written:
            written = written.rstrip("0").rstrip(".")
        return written.translate(self._marks)

    def unit_for(self, measure: str, value: float) -> str:
        """The unit code that suits a value given in the measure's base unit."""
        return next(code for size, code in self._ladders[measure] if value >= size)

    def amount(self, measure: str, value: float, digits: int = 2) -> str:
        """ "0.26 g CO2e" from ("co2e_g", 0.2613)."""
        code = self.unit_for(measure, value)
        return self.with_unit(self.number(value / _SIZES[code], digits), code, _shown(value / _SIZES[code], digits))

    def said(self, measure: str, value: float) -> str:
        """An amount a person gave, with all its digits."""
        code = self.unit_for(measure, value)
        return self.with_unit(self.exact(value / _SIZES[code]), code, value / _SIZES[code])

    def range(self, measure: str, interval: Interval) -> str:
        """ "0.26 g CO2e (0.10–0.60)", all three in the unit that suits the middle."""
        code = self.unit_for(measure, interval.mid)
        size = _SIZES[code]
        mid = self.with_unit(self.number(interval.mid / size), code, _shown(interval.mid / size))
        if interval.low == interval.high:
            return mid
        return f"{mid} ({self.span(interval.low / size, interval.high / size)})"

    def bounds(self, measure: str, interval: Interval) -> str:
        """ "0.10–0.60 g CO2e": the range alone."""
        code = self.unit_for(measure, interval.mid)
        size = _SIZES[code]
        return self.with_unit(self.span(interval.low / size, interval.high / size), code, interval.high / size)

    def span(self, low: float, high: float, digits: int = 2) -> str:
        first, last = self.number(low, digits), self.number(high, digits)
        return first if first == last else f"{first}–{last}"

    def with_unit(self, number: str, code: str, value: float) -> str:
        """The number with its unit as the language writes it; the value chooses the plural."""
        return self._phrases.text(f"units.{code}", n=value, number=number)

    def figure(self, figure: Figure, only_value: bool = False) -> str:
        """A fact's figure in the source's own digits: "0.24 Wh", "0.58–0.96 Wh", "0.3 Wh (0.1–2)"."""
        if figure.unit == "year":
            return str(int(figure.mid if figure.mid is not None else figure.low or 0))
        mid, low, high = figure.mid, figure.low, figure.high
        write = self._large if figure.unit in ("count", "images", "models") else self.exact
        if mid is None:
            shown = "–".join(write(v) for v in (low, high) if v is not None)
            top = high if high is not None else low or 0
            return shown if only_value else self.with_unit(shown, figure.unit, top)
        shown = write(mid) if only_value else self.with_unit(write(mid), figure.unit, mid)
        if low is not None and high is not None and low < high:
            return f"{shown} ({write(low)}–{write(high)})"
        return shown

    def _large(self, value: float) -> str:
        """Counts from a million up in words: "700 million", « 4,3 milliards »."""
        for size, key in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
            if value >= size:
                scaled = value / size
                return self._phrases.text(f"numbers.{key}", n=scaled, number=self.exact(round(scaled, 3)))
        return self.exact(value)

    def count(self, value: float) -> str:
        """How many of something a person said: "1,000", "1.5"."""
        return self._large(value) if value >= 1e6 else self.exact(round(value, 3))

    def day(self, day: date) -> str:
        """ "22 November 2026", « 22 novembre 2026 »: in words, since 05/06 is two different days."""
        return format_date(day, "d MMMM y", self._phrases.locale)


def _shown(value: float, digits: int = 2) -> float:
    """The value as it is written: 1.004 is written 1, and one is no plural."""
    return float(f"{value:.{digits}g}")
