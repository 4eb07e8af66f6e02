"""A Chart as SVG: one row a bar with its range, an axis with its unit, and the sources and the date burned in, because
a picture travels without its message. Pure: the same values make the same text, and every label is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from bot.charts.font import FAMILY, shortened, width, wrapped
from bot.charts.scale import Scale, scale
from handlers.answer import Bar, Chart, Citation
from handlers.measures import Measures
from handlers.phrases import Phrases
from knowledge.calculator.interval import Interval

MOST_BARS = 12  # more would be unreadable on a phone; the rest is counted in words
_LADDERED = ("co2e_g", "energy_wh", "water_ml", "primary_mj", "adpe_mg")  # measures, the rest are codes of units
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e]")

TITLE, LABEL, VALUE, TICK, FOOT = 25.0, 20.0, 18.0, 15.0, 14.0


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of an opaque picture: it brings its own ground, so it reads on a dark and on a light page alike."""

    ground: str
    text: str
    quiet: str
    line: str
    bar: str
    range: str


DARK = Theme("#1d2226", "#f4f6f5", "#aab4b2", "#3a4347", "#3fa796", "#f2c14e")
LIGHT = Theme("#fbfbf8", "#1b2426", "#556163", "#d9dedb", "#2a8f7f", "#8a4b08")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What it is drawn on, in pixels."""

    width: float
    margin: float
    signed: bool  # whether sources and date are burned in

    @property
    def inner(self) -> float:
        return self.width - 2 * self.margin


PICTURE = Sheet(720.0, 32.0, signed=True)
COLUMN = Sheet(460.0, 8.0, signed=False)  # within a page that says the sources beside it, on a telephone too


def drawn(
    chart: Chart,
    phrases: Phrases,
    citations: Sequence[Citation],
    day: date,
    theme: Theme = DARK,
    aside: int = 0,
    sheet: Sheet = PICTURE,
) -> str:
    """The whole picture. ``aside`` counts bars that were left out before."""
    bars = chart.bars[:MOST_BARS]
    return _Drawing(chart, bars, phrases, theme, sheet).svg(citations, day, aside + len(chart.bars) - len(bars))


class _Drawing:
    def __init__(self, chart: Chart, bars: tuple[Bar, ...], phrases: Phrases, theme: Theme, sheet: Sheet) -> None:
        self._sheet = sheet
        self._left, self._right, self._inner = sheet.margin, sheet.width - sheet.margin, sheet.inner
        self._chart = chart
        self._bars = bars
        self._phrases = phrases
        self._measures = Measures(phrases, chart.units)
        self._theme = theme
        self._scale: Scale = scale(bars)
        self._ranged = any(bar.low < bar.high for bar in bars)
        self._parts: list[str] = []
        self._grid: list[str] = []  # behind everything else
        self._y = sheet.margin

    def svg(self, citations: Sequence[Citation], day: date, left_out: int) -> str:
        self._caption()
        for bar in self._bars:
            self._row(bar)
        self._axis()
        if left_out:
            self._small(self._phrases.text("charts.more", n=left_out, count=left_out))
        if self._sheet.signed:
            self._foot(citations, day)
        wide, height = self._sheet.width, self._y + self._left - 8
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{height:.0f}"'
                f' viewBox="0 0 {wide:.0f} {height:.0f}" font-family="{FAMILY}" role="img">',
                f"<title>{_safe(self._chart.caption)}</title>",
                f"<desc>{_safe(self._chart.alt)}</desc>",
                f'<rect width="100%" height="100%" fill="{self._theme.ground}"/>',
                *self._grid,
                *self._parts,
                "</svg>",
            )
        )

    def _caption(self) -> None:
        caption = self._chart.caption[:1].upper() + self._chart.caption[1:]
        for line in wrapped(caption, self._inner, TITLE, 600, most=3):
            self._y += TITLE
            self._text(self._left, line, TITLE, self._theme.text, 600)
            self._y += 6
        if self._ranged or self._scale.logarithmic:
            key = "charts.reading-dots" if self._scale.logarithmic else "charts.reading-bars"
            words = [self._phrases.text(key)] if self._ranged else []
            if self._scale.logarithmic:
                note = self._phrases.text("charts.logarithmic")
                words.append(f"{note[:1].upper()}{note[1:]}.")
            self._y += 4
            for line in wrapped(" ".join(words), self._inner, TICK):
                self._y += TICK
                self._text(self._left, line, TICK, self._theme.quiet)
                self._y += 5
        self._y += 12

    def _row(self, bar: Bar) -> None:
        value = self._value(bar)
        room = self._inner - width(value, VALUE) - 18
        value_beside = room > self._inner * 0.4  # a value that needs more goes under the label
        lines = wrapped(bar.label, room if value_beside else self._inner, LABEL, 600)
        end = width(lines[-1], LABEL, 600)
        note_beside = bar.note is not None and end + 10 + width(bar.note, TICK) <= room
        for line in lines:
            self._y += LABEL + 2
            self._text(self._left, line, LABEL, self._theme.text, 600)
            self._y += 4
        if bar.note and note_beside:
            self._text(self._left + end + 10, bar.note, TICK, self._theme.quiet, y=self._y - 4)
        if not value_beside:
            self._y += VALUE
            self._text(self._left, shortened(value, self._inner, VALUE), VALUE, self._theme.text)
            self._y += 4
        else:
            self._text(self._right, value, VALUE, self._theme.text, anchor="end", y=self._y - 4)
        if bar.note and not note_beside:
            self._y += TICK
            self._text(self._left, shortened(bar.note, self._inner, TICK), TICK, self._theme.quiet)
            self._y += 4
        self._y += 5
        self._mark(bar)
        self._y += 20 + 14

    def _mark(self, bar: Bar) -> None:
        """Linear: a bar from zero to the middle, a line from low to high. Logarithmic: no zero to start from, so a band
        from low to high with a dot at the middle."""
        low, mid, high = (self._x(value) for value in (bar.low, bar.mid, bar.high))
        y, theme = self._y, self._theme
        for tick in self._scale.ticks:
            x = self._x(tick)
            self._grid.append(f'<path d="M{x:.1f} {y - 3:.1f}v26" stroke="{theme.line}" stroke-width="1"/>')
        if self._scale.logarithmic:
            if high > low:
                self._rectangle(low, y + 4, max(high - low, 2), 12, theme.bar, 0.45, round_=6)
            self._parts.append(f'<circle cx="{mid:.1f}" cy="{y + 10:.1f}" r="8" fill="{theme.range}"/>')
            return
        self._rectangle(self._left, y, max(mid - self._left, 2), 20, theme.bar, 1)
        if high > low:
            line = f'stroke="{theme.range}" stroke-width="3" stroke-linecap="round"'
            middle = y + 10
            self._parts.append(
                f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {y + 4:.1f}v12M{high:.1f} {y + 4:.1f}v12"'
                f' fill="none" {line}/>'
            )

    def _axis(self) -> None:
        self._y += TICK - 8
        free = 0.0
        for tick in self._scale.ticks:
            label = self._tick(tick)
            wide = width(label, TICK)
            start = min(max(self._x(tick) - wide / 2, self._left), self._right - wide)
            if start >= free:  # two labels that would touch are one too many
                self._text(start, label, TICK, self._theme.quiet)
                free = start + wide + 12
        self._y += 14

    def _foot(self, citations: Sequence[Citation], day: date) -> None:
        named = list(dict.fromkeys(f"{cited.publisher} {cited.year}" for cited in citations))
        if named:
            self._small(self._phrases.text("charts.sources", list="; ".join(named)))
        self._small(self._phrases.text("charts.signed", day=self._measures.day(day)))

    def _small(self, words: str) -> None:
        for line in wrapped(words, self._inner, FOOT, most=4):
            self._y += FOOT
            self._text(self._left, line, FOOT, self._theme.quiet)
            self._y += 6

    def _value(self, bar: Bar) -> str:
        interval = Interval(bar.low, bar.mid, bar.high)
        unit = self._chart.unit
        if unit in _LADDERED:
            return self._measures.range(unit, interval)
        mid = self._measures.with_unit(self._measures.exact(round(bar.mid, 1)), unit, bar.mid)
        return mid if bar.low == bar.high else f"{mid} ({self._measures.span(bar.low, bar.high)})"

    def _tick(self, value: float) -> str:
        if value == 0:
            return "0"
        if self._chart.unit in _LADDERED:
            return self._measures.amount(self._chart.unit, value)
        return self._measures.with_unit(self._measures.exact(round(value, 6)), self._chart.unit, value)

    def _x(self, value: float) -> float:
        return self._left + self._inner * self._scale.share(value)

    def _text(
        self, x: float, words: str, size: float, colour: str, weight: int = 400, anchor: str = "start", y: float = 0
    ) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y or self._y:.1f}" font-size="{size:g}" font-weight="{weight}"'
            f' fill="{colour}" text-anchor="{anchor}" xml:space="preserve">{_safe(words)}</text>'
        )

    def _rectangle(
        self, x: float, y: float, wide: float, high: float, fill: str, opacity: float, round_: float = 3
    ) -> None:
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{round_:g}"'
            f' fill="{fill}" fill-opacity="{opacity:g}"/>'
        )


def _safe(words: str) -> str:
    """Nothing that XML or a reading direction could be bent with."""
    return escape(_UNWRITABLE.sub("", words))
