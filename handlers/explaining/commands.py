"""How a figure was reached, how sure it is, and where figures come from: for the last estimate, or in general."""

from __future__ import annotations

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Given
from handlers.kit import Kit
from handlers.reckoning import Reckoning
from handlers.request import Intent
from handlers.smallprint import SmallPrint
from knowledge.calculator.use import Use

ASPECTS = ("calculation", "sure", "range", "assumptions", "boundary", "water", "difference")
# The pillars: what nearly every figure rests on, cited where no particular answer is meant.
PILLARS = "pillars"


def feature(kit: Kit) -> Feature:
    explaining = Explaining(kit)
    about = (Parameter("uses", Given()), Parameter("aspect", Given()))
    return Feature(
        "explaining",
        (
            Command("method", "method", explaining.method, about),
            Command("sources", "sources", explaining.sources, about),
        ),
    )


class Explaining:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._small_print = SmallPrint(kit)

    async def method(self, call: Call) -> Answer:
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        aspect = call.argument("aspect")
        aspect = aspect if aspect in ASPECTS else ("range" if uses else "calculation")
        phrases = call.phrases
        title = phrases.line(f"explaining.{aspect}.title")
        body: list[Line] = [phrases.line(f"explaining.{aspect}.body")]
        figures: list[FigureLine] = []
        sources: list[str] = list(self._kit.library.pillars)
        notes: tuple[Line, ...] = ()
        chart = None
        if uses:
            worked = await self._reckoning.work(call, uses)
            estimate = worked.estimates[0]
            what = self._kit.describer.use(uses[0], call.language)
            if estimate.driver is not None and f"explaining.drivers.{estimate.driver}" in phrases:
                driver = phrases.text(f"explaining.drivers.{estimate.driver}")
                body.insert(0, phrases.line("explaining.driver", what=what, driver=driver))
            measures = self._kit.measures(call.language, call.units)
            figures = [
                FigureLine(phrases.text("explaining.each"), measures.range("co2e_g", estimate.each.co2e_g)),
                FigureLine(phrases.text("measures.energy_wh"), measures.range("energy_wh", estimate.each.energy_wh)),
            ]
            notes = self._small_print.under(call, worked.estimates[:1])
            # The methods beside one another: what "why" asks about is best seen.
            chart = self._reckoning.chart(call, worked, str(call.argument("measure", "co2e_g")))
            sources = [s for e in worked.estimates for s in e.sources] or sources
        else:
            task = call.argument("topic") or "text"
            key = f"explaining.tasks.{task}"
            if key in phrases and aspect == "calculation":
                body.insert(0, phrases.line(key))
        return Answer(
            "method",
            call.language,
            title,
            body=tuple(body),
            figures=tuple(figures),
            notes=notes,
            chart=chart,
            citations=citations(self._kit.library, sources, phrases),
            suggestions=self._next(call, uses),
            items=uses,
            context=Context("method", call.request.at, call.language, uses=uses),
        )

    async def sources(self, call: Call) -> Answer:
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        facts: tuple[str, ...] = tuple(call.argument("facts", ()))
        phrases, library = call.phrases, self._kit.library
        if uses:
            worked = await self._reckoning.work(call, uses)
            ids = [s for e in worked.estimates for s in e.sources]
            what = ", ".join(self._kit.describer.use(use, call.language) for use in uses)
            title = phrases.line("explaining.sources-of", what=what)
        elif facts:
            entries = [library.facts.get(i) or library.claims.get(i) or library.concepts.get(i) for i in facts[:1]]
            ids = [s for entry in entries if entry is not None for s in entry.sources]
            title = phrases.line("explaining.sources-fact")
        elif call.argument("aspect") == "grid":
            ids = list(self._kit.calculator.grid("WOR").sources)
            title = phrases.line("explaining.sources-grid")
        else:
            ids = list(self._kit.library.pillars)
            title = phrases.line(
                "explaining.sources-all",
                count=self._kit.measures(call.language, call.units).count(len(library.sources)),
            )
        return Answer(
            "sources",
            call.language,
            title,
            body=(phrases.line("explaining.kinds"),),
            citations=citations(library, ids, phrases),
            suggestions=self._next(call, uses)[:2],
            items=uses,
            facts=facts[:1],
            context=Context("sources", call.request.at, call.language, uses=uses, facts=facts),
        )

    def _next(self, call: Call, uses: tuple[Use, ...]) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        offers: list[Suggestion] = []
        if uses:
            offers.append(Suggestion(phrases.text("explaining.back"), Intent("estimate", {"uses": uses}, "button")))
        if call.intent.command != "sources":
            offers.append(
                Suggestion(phrases.text("explaining.see-sources"), Intent("sources", {"uses": uses}, "button"))
            )
        if "why-estimates-differ" in self._kit.library.concepts:
            differ = Intent("fact", {"facts": ("why-estimates-differ",)}, "button")
            offers.append(Suggestion(phrases.text("explaining.tenfold"), differ))
        return tuple(offers[:3])
