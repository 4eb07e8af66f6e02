"""How clean a place's electricity is: grams of CO2e for a kilowatt-hour, with the year and the basis of the figure.

Figures on another basis (US sub-regions are direct combustion) are shown as such and never ranked with the others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from handlers.answer import Answer, Bar, Chart, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice, Name
from handlers.kit import Kit
from handlers.reckoning import Reckoning
from handlers.request import Intent
from knowledge.calculator.equivalents import EU
from knowledge.calculator.errors import Unknown
from knowledge.calculator.places import Grid
from knowledge.calculator.use import Use

MOST = 10  # of a ranking
EUROPE = "EUU"
_ALIKE = 1.05  # two places whose figures are no further apart are called alike
ORDERS = ("cleanest", "dirtiest")


def feature(kit: Kit) -> Feature:
    grids = Grids(kit)
    parameters = (
        Parameter("place", Name(kit.places, "unknown-place")),
        Parameter("order", Choice(ORDERS, "grids.orders", kit.lexicon)),
    )
    return Feature("grids", (Command("grid", "grid", grids.show, parameters),))


class Grids:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def show(self, call: Call) -> Answer:
        places: tuple[str, ...] = tuple(call.argument("places", ()))
        one: str | None = call.argument("place")
        if one is not None and one not in places:
            places = (one, *places)
        order: str | None = call.argument("order")
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        year: int | None = call.argument("year")
        if uses and not places and call.context is not None:
            places = call.context.places  # "where shall I make them?" after places were compared
        for code in places:
            self._known(code, call.language)
        if places == (EUROPE,) and order is not None:
            return self._ranking(call, order, EU)
        if len(places) == 1:
            return self._one(call, places[0], year)
        if places:
            return await self._several(call, places, uses)
        return self._ranking(call, order or "cleanest")

    def _known(self, code: str, language: str) -> None:
        """A place that a button carries may be one that is gone by now, or never was."""
        try:
            self._kit.calculator.grid(code)
        except Unknown as error:
            near = ", ".join(self._kit.describer.place(place, language) for place in error.near)
            raise CannotAnswer(
                "unknown-place" if near else "unknown-place-at-all", name=code[:80], near=near
            ) from error

    def _one(self, call: Call, code: str, year: int | None) -> Answer:
        grid, world = self._kit.calculator.grid(code), self._kit.calculator.grid("WOR")
        name = self._name(call, code)
        title = call.phrases.line("grids.one", place=name, value=self._value(call, grid), year=_year(grid))
        body: list[Line] = []
        if year is not None and grid.year and year != grid.year:
            body.append(call.phrases.line("grids.other-year", asked=str(year), year=_year(grid)))
        whole = self._kit.library.places[code].within if code in self._kit.library.places else None
        if whole is not None and self._kit.calculator.grid(whole).basis != grid.basis:
            # Another basis: a ratio to the world would compare what is not alike.
            value = self._value(call, self._kit.calculator.grid(whole))
            body.append(call.phrases.line("grids.part-of", country=self._name(call, whole), value=value))
        elif code != "WOR":
            ratio = grid.g_per_kwh / world.g_per_kwh
            key = "below" if ratio < 0.95 else "above" if ratio > 1.05 else "same"
            measures = self._kit.measures(call.language, call.units)
            times = measures.number(max(ratio, 1 / ratio) if ratio > 0 else 0)
            body.append(call.phrases.line(f"grids.{key}", world=self._value(call, world), times=times))
        return self._answer(call, title, tuple(body), (), (grid,), (code,))

    async def _several(self, call: Call, places: tuple[str, ...], uses: tuple[Use, ...]) -> Answer:
        grids = [self._kit.calculator.grid(code) for code in places]
        ranked = sorted(zip(places, grids, strict=True), key=lambda pair: pair[1].g_per_kwh)
        (best, low), (worst, high) = ranked[0], ranked[-1]
        measures = self._kit.measures(call.language, call.units)
        ratio = high.g_per_kwh / low.g_per_kwh if low.g_per_kwh > 0 else math.inf
        times = measures.number(ratio) if math.isfinite(ratio) else "∞"
        title = call.phrases.line(
            "grids.alike" if ratio < _ALIKE and len(ranked) == 2 else "grids.several",
            best=self._name(call, best),
            low=self._value(call, low),
            worst=self._name(call, worst),
            high=self._value(call, high),
            times=times,
        )
        body: tuple[Line, ...] = ()
        if uses:
            body = (await self._moved(call, uses[0], best, worst),)
        if len({grid.basis for grid in grids}) > 1:
            body = (*body, call.phrases.line("grids.unlike"))
        return self._answer(call, title, body, ranked, grids, places)

    async def _moved(self, call: Call, use: Use, best: str, worst: str) -> Line:
        """The use at hand with the electricity of either place."""
        moved = (replace(use, place=best), replace(use, place=worst))
        worked = await Reckoning(self._kit).work(call, moved)
        measures = self._kit.measures(call.language, call.units)
        low, high = (measures.range("co2e_g", e.footprint.co2e_g) for e in worked.estimates)
        what = self._kit.describer.use(replace(use, place=None), call.language)
        return call.phrases.line(
            "grids.moved",
            what=what,
            low=low,
            high=high,
            best=self._name(call, best),
            worst=self._name(call, worst),
        )

    def _ranking(self, call: Call, order: str, among: Collection[str] | None = None) -> Answer:
        everywhere = self._kit.calculator.ranking(dirtiest=order == "dirtiest")
        ranked = [code for code in everywhere if among is None or code in among][:MOST]
        pairs = [(code, self._kit.calculator.grid(code)) for code in ranked]
        title = call.phrases.line(
            f"grids.{order}", place=self._name(call, pairs[0][0]), value=self._value(call, pairs[0][1])
        )
        body = (call.phrases.line("grids.listed" if among is None else "grids.listed-eu"),)
        return self._answer(call, title, body, pairs, [g for _, g in pairs], tuple(ranked))

    def _answer(
        self,
        call: Call,
        title: Line,
        body: tuple[Line, ...],
        pairs: Sequence[tuple[str, Grid]],
        grids: Sequence[Grid],
        places: tuple[str, ...],
    ) -> Answer:
        unit = call.phrases.text("units.gCO2e/kWh", number="").strip()
        bars = tuple(Bar(self._name(call, c), g.g_per_kwh, g.g_per_kwh, g.g_per_kwh, _year(g)) for c, g in pairs)
        caption = call.phrases.text("grids.caption", unit=unit)
        alt = (
            caption
            + ": "
            + ", ".join(f"{b.label} {self._kit.measures(call.language, call.units).exact(round(b.mid))}" for b in bars)
        )
        sources = [s for grid in grids for s in grid.sources]
        return Answer(
            "grid",
            call.language,
            title,
            body=body,
            figures=tuple(FigureLine(self._name(call, c), self._value(call, g)) for c, g in pairs),
            notes=(
                call.phrases.line("grids.basis", basis=self._basis(call, grids[0])),
                call.phrases.line("grids.mean"),
            ),
            chart=Chart(bars, "gCO2e/kWh", caption, alt) if len(bars) > 1 else None,
            citations=citations(self._kit.library, sources, call.phrases),
            suggestions=self._next(call, places),
            topics=places,
            context=Context("grid", call.request.at, call.language, places=places),
        )

    def _next(self, call: Call, places: tuple[str, ...]) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        offers: list[Suggestion] = []
        if len(places) == 1:
            other = "FRA" if places[0] != "FRA" else "POL"
            label = phrases.text("grids.versus", place=self._kit.describer.place(other, call.language))
            offers.append(Suggestion(label, Intent("grid", {"places": (places[0], other)}, "button")))
        offers.append(Suggestion(phrases.text("grids.see-cleanest"), Intent("grid", {"order": "cleanest"}, "button")))
        offers.append(
            Suggestion(phrases.text("grids.what-is"), Intent("fact", {"facts": ("carbon-intensity",)}, "button"))
        )
        return tuple(offers[:3])

    def _value(self, call: Call, grid: Grid) -> str:
        measures = self._kit.measures(call.language, call.units)
        digits = 0 if grid.g_per_kwh >= 10 else 1
        number = measures.exact(round(grid.g_per_kwh, digits))
        return measures.with_unit(number, "gCO2e/kWh", grid.g_per_kwh)

    def _name(self, call: Call, code: str) -> str:
        name = self._kit.describer.place(code, call.language)
        return name[:1].upper() + name[1:]

    def _basis(self, call: Call, grid: Grid) -> str:
        return call.phrases.text(f"grids.bases.{grid.basis}")


def _year(grid: Grid) -> str:
    return str(grid.year) if grid.year else "–"
