"""Two or more uses held against each other: the ratio of their middles, and whether the ranges overlap.

Overlapping ranges are not ranked: the answer says that they overlap. Things of everyday life join in with their own
boundary named, because unlike things are never compared in silence.
"""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Given, Words
from handlers.kit import Kit
from handlers.reckoning import Reckoning, Worked, of
from handlers.request import Intent
from handlers.smallprint import SmallPrint
from knowledge.calculator.interval import Interval
from knowledge.calculator.use import Use
from knowledge.schema import Equivalent

MEASURES = ("co2e_g", "energy_wh", "water_ml")


def feature(kit: Kit) -> Feature:
    comparing = Comparing(kit)
    parameters = (Parameter("uses", Given()), Parameter("query", Words()))
    return Feature("comparing", (Command("compare", "compare", comparing.compare, parameters),))


class Comparing:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._small_print = SmallPrint(kit)

    async def compare(self, call: Call) -> Answer:
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        if not uses or (len(uses) < 2 and not call.argument("things", ())):
            raise CannotAnswer("comparing.two", intent="clarify")
        worked = await self._reckoning.work(call, uses)
        things = self._things(call, worked)
        if len(uses) < 2 and not things:
            raise CannotAnswer("comparing.two", intent="clarify")
        if len(uses) < 2:
            return self._with_thing(call, worked, *things[0])
        return self._with_uses(call, worked, things)

    def _things(self, call: Call, worked: Worked) -> tuple[tuple[Equivalent, float], ...]:
        """The everyday things named, in the version that holds where the use runs, and how much of each."""
        ids: tuple[str, ...] = tuple(call.argument("things", ()))
        amounts: tuple[float, ...] = tuple(call.argument("amounts", ())) or (1.0,) * len(ids)
        place = worked.estimates[0].place
        place = "FRA" if place == "WOR" and call.language == "fr" else place
        found = ((self._kit.equivalents.near(id_, place, MEASURES), n) for id_, n in zip(ids, amounts, strict=False))
        return tuple((thing, n) for thing, n in found if thing is not None and n > 0)

    def _with_uses(self, call: Call, worked: Worked, things: tuple[tuple[Equivalent, float], ...] = ()) -> Answer:
        measure = str(call.argument("measure", "co2e_g"))
        if any(getattr(e.footprint, measure) is None for e in worked.estimates):
            measure = "co2e_g"  # minerals or primary energy that one of the methods does not give
        ranked = sorted(
            zip(worked.uses, worked.estimates, strict=True), key=lambda pair: of(pair[1].footprint, measure).mid
        )
        (least, less), (most, more) = ranked[0], ranked[-1]
        low, high = of(less.footprint, measure), of(more.footprint, measure)
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        ratio = high.mid / low.mid if low.mid > 0 else 0.0
        names = self._names(call, worked.uses)
        # What is unsure of one model is as unsure of it in another size or place: its ranges overlap, its order stands.
        first, second = (estimate.use for estimate in (less, more))
        open_ = low.overlaps(high) and (first.task, first.model) != (second.task, second.model)
        key = "comparing.overlap" if open_ and ratio > 1.05 else "comparing.apart" if ratio > 1.05 else "comparing.same"
        title = phrases.line(
            key,
            more=names[worked.uses.index(most)],
            less=names[worked.uses.index(least)],
            ratio=measures.number(ratio),
            high=measures.range(measure, high),
            low=measures.range(measure, low),
        )
        figures = tuple(
            FigureLine(
                names[worked.uses.index(use)], self._figure(call, of(e.footprint, measure), e.footprint.energy_wh)
            )
            for use, e in ranked
        ) + tuple(
            FigureLine(self._reckoning.counted(call, t.id, n), measures.amount(t.measures, t.factor * n))
            for t, n in things
        )
        notes = list(self._small_print.under(call, worked.estimates))
        if len({(e.period, e.use.horizons) for e in worked.estimates}) > 1:
            notes.insert(0, phrases.line("comparing.spans"))
        grids = dict.fromkeys(e.place for e in worked.estimates)
        if len(grids) > 1 and not all(use.place for use in worked.uses):
            # Unlike grids are never compared in silence: part of the gap may be the country and not the model.
            listed = ", ".join(self._kit.describer.place(code, call.language) for code in grids)
            notes.insert(0, phrases.line("comparing.grids", places=listed))
        sources = [s for e in worked.estimates for s in e.sources]
        chart = self._reckoning.chart(call, worked, measure)
        return Answer(
            "compare",
            call.language,
            title,
            figures=figures,
            notes=tuple(notes),
            chart=chart,
            citations=citations(self._kit.library, sources, phrases),
            suggestions=self._next(call, worked.uses),
            items=worked.settled,
            topics=tuple(dict.fromkeys(e.place for e in worked.estimates)),
            estimates=worked.estimates,
            context=Context("compare", call.request.at, call.language, uses=worked.uses),
        )

    def _with_thing(self, call: Call, worked: Worked, thing: Equivalent, amount: float) -> Answer:
        use, estimate = worked.uses[0], worked.estimates[0]
        interval = of(estimate.footprint, thing.measures)
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        one = self._reckoning.counted(call, thing.id, amount)
        factor = thing.factor * amount
        ratio = interval.mid / factor
        key = "comparing.thing-more" if ratio < 1 else "comparing.thing-less"
        title = phrases.line(
            key,
            what=self._kit.describer.use(use, call.language),
            thing=one,
            ratio=measures.number(1 / ratio if 0 < ratio < 1 else ratio),
            value=measures.range(thing.measures, interval),
            other=measures.amount(thing.measures, factor),
        )
        body: list[Line] = [
            phrases.line("comparing.unlike-itself", thing=one)
            if thing.boundary == "not-applicable"
            else phrases.line("comparing.unlike", thing=one, boundary=phrases.text(f"boundaries.{thing.boundary}"))
        ]
        if thing.caveat is not None:
            body.append(phrases.line("comparing.caveat", caveat=thing.caveat.of(call.language)))
        return Answer(
            "compare",
            call.language,
            title,
            body=tuple(body),
            figures=(
                FigureLine(self._kit.describer.use(use, call.language), measures.range(thing.measures, interval)),
                FigureLine(one, measures.amount(thing.measures, factor)),
            ),
            notes=self._small_print.under(call, worked.estimates),
            citations=citations(self._kit.library, (*thing.sources, *estimate.sources), phrases),
            suggestions=self._next(call, worked.uses),
            items=worked.settled,
            topics=(thing.id,),
            estimates=worked.estimates,
            context=Context("compare", call.request.at, call.language, uses=worked.uses),
        )

    def _names(self, call: Call, uses: tuple[Use, ...]) -> list[str]:
        """Each use by what tells it from the others: its place alone where only places differ, else its size too."""
        describer = self._kit.describer
        places = {use.place for use in uses}
        if len(places) == len(uses) and None not in places and len({replace(u, place=None) for u in uses}) == 1:
            return [describer.place(use.place, call.language) for use in uses if use.place is not None]
        said = [describer.use(use, call.language) for use in uses]
        sizes = [self._size(call, use) for use in uses]
        if len(set(said)) < len(said) or len(set(sizes)) > 1:
            said = [f"{name}, {size}" if size else name for name, size in zip(said, sizes, strict=True)]
        return said

    def _size(self, call: Call, use: Use) -> str:
        """What tells one use from the same use in another size."""
        measures = self._kit.measures(call.language, call.units)
        said: list[str] = []
        if use.output_tokens:
            said.append(measures.with_unit(measures.count(use.output_tokens), "tokens", use.output_tokens))
        if use.words:
            said.append(call.phrases.text("comparing.words", n=use.words, number=measures.count(use.words)))
        if use.input_tokens:
            n = use.input_tokens
            said.append(call.phrases.text("comparing.read", n=n, number=measures.count(n)))
        if use.resolution:
            said.append(use.resolution)
        return ", ".join(said)

    def _figure(self, call: Call, interval: Interval, energy: Interval) -> str:
        measures = self._kit.measures(call.language, call.units)
        measure = str(call.argument("measure", "co2e_g"))
        shown = measures.range(measure, interval)
        if measure == "energy_wh":
            return shown
        return call.phrases.text("comparing.both", first=shown, second=measures.range("energy_wh", energy))

    def _next(self, call: Call, uses: tuple[Use, ...]) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        offers: list[Suggestion] = []
        if not any(use.place for use in uses):
            moved = tuple(replace(use, place="FRA") for use in uses)
            name = self._kit.describer.place("FRA", call.language)
            command = "compare" if len(uses) > 1 else "estimate"
            offers.append(Suggestion(name[:1].upper() + name[1:], Intent(command, {"uses": moved}, "button")))
        offers.append(Suggestion(phrases.text("comparing.why"), Intent("method", {"uses": uses}, "button")))
        offers.append(
            Suggestion(phrases.text("comparing.everyday"), Intent("equivalents", {"uses": uses[:1]}, "button"))
        )
        return tuple(offers[:3])
