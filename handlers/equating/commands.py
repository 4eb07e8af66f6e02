"""A footprint in everyday terms: the thing asked for, or the few whose number suits the size. An amount asked for in
images or replies is told in those.

An amount of carbon held against a thing measured in electricity (or the other way) is turned over with the electricity
of a stated place, and the answer says so.
"""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.equating.fitting import Fitting
from handlers.errors import CannotAnswer
from handlers.kinds import Given
from handlers.kit import Kit
from handlers.measures import Measures
from handlers.reckoning import Reckoning, of
from handlers.request import Intent
from knowledge.calculator.use import Use
from knowledge.schema import Equivalent

SHOWN = 5
# What a distance driven is to carbon, and a phone's charge to electricity: the first that comes out between these.
LOWEST, HIGHEST = 1e-6, 1e21  # grams, watt-hours, millilitres that can be told in things: beyond all there is
YARDSTICKS = {"co2e_g": ("car-km", "car-m"), "energy_wh": ("phone-charge",)}
LEAST_SHOWN, MOST_SHOWN = 0.5, 20_000
MEASURES = ("co2e_g", "energy_wh", "water_ml")


def feature(kit: Kit) -> Feature:
    equating = Equating(kit)
    parameters = (Parameter("uses", Given()), Parameter("amount", Given()), Parameter("thing", Given()))
    return Feature("equating", (Command("equivalents", "equivalents", equating.show, parameters),))


class Equating:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._fitting = Fitting(kit)

    async def show(self, call: Call) -> Answer:
        call = self._in_units_asked(call)
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        amount: tuple[str, float] | None = call.argument("amount")
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        if amount is None and not uses:
            raise CannotAnswer("equating.of-what", intent="equivalents")
        if amount is not None:
            _bounded(amount[1], measures)
        if amount is not None and uses:
            return await self._fitting.show(call, uses[0], amount)
        place, grid = "FRA" if call.language == "fr" else "WOR", list[str]()
        values: dict[str, float] = {}
        if uses:
            worked = await self._reckoning.work(call, uses)
            total = worked.total
            if total is None:
                raise CannotAnswer("equating.spans", intent="equivalents")
            place = worked.estimates[0].place
            values = {measure: of(total, measure).mid for measure in MEASURES}
            what = ", ".join(self._kit.describer.use(use, call.language) for use in uses)
            main = "co2e_g"
            shown = phrases.text("equating.use", what=what, value=measures.range(main, of(total, main)))
        else:
            assert amount is not None
            main, value = amount
            values = {main: value}
            shown = measures.said(main, value)
        settings = call.settings
        turned: Line | None = None
        thing = self._thing(call, settings.place or place, tuple(values))
        over = str(call.argument("place", settings.place or "WOR"))
        wanted = str(call.argument("measure", main))
        if thing is not None and thing.measures not in values:
            turned = self._turn(call, values, thing.measures, settings.place or "WOR")
        elif amount is not None and wanted not in values:
            turned = self._turn(call, values, wanted, over)
            if wanted in values:
                other = measures.amount(wanted, values[wanted])
                main, shown = wanted, phrases.text("equating.that-is", value=shown, other=other)
                grid = list(self._kit.calculator.grid(over).sources)
        chosen = self._chosen(values, thing, place, main)
        if not chosen:
            raise CannotAnswer("equating.none", intent="equivalents", value=shown)
        (first, n), rest = chosen[0], chosen[1:]
        one = self._reckoning.single(call, first.id)
        sources = [*grid, *(s for equivalent, _ in chosen for s in equivalent.sources)]
        body: list[Line] = [phrases.line("equating.also", like=self._reckoning.counted(call, e.id, m)) for e, m in rest]
        if turned is not None:
            body.append(turned)
        if first.caveat is not None:
            body.append(phrases.line("equating.caveat", caveat=first.caveat.of(call.language)))
        return Answer(
            "equivalents",
            call.language,
            phrases.line("equating.title", value=shown, like=self._reckoning.counted(call, first.id, n)),
            body=tuple(body),
            figures=tuple(
                FigureLine(phrases.text(f"measures.{m}"), measures.amount(m, v)) for m, v in values.items() if uses
            ),
            notes=(
                phrases.line(
                    "equating.factor",
                    one=self._reckoning.counted(call, first.id, one),
                    factor=measures.amount(first.measures, first.factor * one),
                    year=str(first.year),
                    boundary=phrases.text(f"boundaries.{first.boundary}"),
                ),
            ),
            citations=citations(self._kit.library, sources, phrases),
            suggestions=self._next(call, uses),
            items=uses,
            topics=tuple(e.id for e, _ in chosen),
            context=Context("equivalents", call.request.at, call.language, uses=uses, amount=amount),
        )

    def _in_units_asked(self, call: Call) -> Call:
        """ "In miles?" asks for miles, whatever is set."""
        asked = self._kit.library.equivalents.get(call.argument("thing", ""))
        if asked is None or call.units is not None or "metric" not in asked.elsewhere:
            return call
        return replace(call, settings=replace(call.settings, units="imperial"))

    def _thing(self, call: Call, place: str, measures: tuple[str, ...]) -> Equivalent | None:
        """The thing asked for, in the version that holds where the electricity is, or where the language suggests."""
        asked: str | None = call.argument("thing")
        if asked is None:
            return None
        local = place if place != "WOR" else "FRA" if call.language == "fr" else "WOR"
        return self._kit.equivalents.near(asked, local, measures)

    def _chosen(
        self, values: dict[str, float], thing: Equivalent | None, place: str, main: str
    ) -> list[tuple[Equivalent, float]]:
        chosen: list[tuple[Equivalent, float]] = []
        if thing is not None and thing.measures in values:
            chosen.append((thing, values[thing.measures] / thing.factor))
        for measure in dict.fromkeys((main, *values)):
            for equivalent, n in self._kit.equivalents.suiting(measure, values[measure], place):
                if len(chosen) < SHOWN and not any(_alike(equivalent, e) for e, _ in chosen):
                    chosen.append((equivalent, n))
        return self._with_yardstick(chosen, main, values[main], place)

    def _with_yardstick(
        self, chosen: list[tuple[Equivalent, float]], main: str, value: float, place: str
    ) -> list[tuple[Equivalent, float]]:
        """The thing that everybody has a feeling for stands second where the size alone did not bring it up."""
        for id_ in YARDSTICKS.get(main, ()):
            stick = self._kit.equivalents.near(id_, place, (main,))
            if stick is None or stick.measures != main or not LEAST_SHOWN <= value / stick.factor <= MOST_SHOWN:
                continue
            rest = [pair for pair in chosen[1:] if pair[0].id != stick.id]
            if any(_alike(stick, e) for e, _ in chosen):
                return chosen  # a car's metres or miles are there
            return [*chosen[:1], (stick, value / stick.factor), *rest][:SHOWN]
        return chosen

    def _turn(self, call: Call, values: dict[str, float], wanted: str, place: str) -> Line | None:
        """Carbon into electricity or back, over the grid of a place; water has no such bridge."""
        grid = self._kit.calculator.grid(place)
        if wanted == "energy_wh" and "co2e_g" in values and grid.g_per_kwh > 0:
            values["energy_wh"] = values["co2e_g"] / grid.g_per_kwh * 1000
        elif wanted == "co2e_g" and "energy_wh" in values:
            values["co2e_g"] = values["energy_wh"] / 1000 * grid.g_per_kwh
        else:
            return None
        measures = self._kit.measures(call.language, call.units)
        intensity = measures.with_unit(measures.exact(round(grid.g_per_kwh)), "gCO2e/kWh", grid.g_per_kwh)
        return call.phrases.line(
            "equating.turned", place=self._kit.describer.place(place, call.language), intensity=intensity
        )

    def _next(self, call: Call, uses: tuple[Use, ...]) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        if not uses:
            return ()
        return (
            Suggestion(phrases.text("equating.back"), Intent("estimate", {"uses": uses}, "button")),
            Suggestion(phrases.text("equating.less"), Intent("reduce", {"uses": uses}, "button")),
        )


def _bounded(value: float, measures: Measures) -> None:
    if not value > 0:
        raise CannotAnswer("not-positive", intent="equivalents")
    if not LOWEST <= value <= HIGHEST:
        low, high = measures.count(LOWEST), measures.count(HIGHEST)
        raise CannotAnswer("out-of-bounds", intent="equivalents", low=low, high=high)


def _alike(one: Equivalent, other: Equivalent) -> bool:
    """Metres by car and miles by car, a second and an hour of a lamp: the same thing in another unit."""
    return one.measures == other.measures and one.id.split("-")[0] == other.id.split("-")[0]
