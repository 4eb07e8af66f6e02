"""What a use costs: the number with its range first, one everyday thing beside it, then what was supposed, the methods
side by side with why they differ, and the boundary. Also that number in everyday terms, how it was reached, and its
sources, because all four speak of the same estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.answer import Answer, Chart, Citation, FigureLine, Line, Suggestion
from handlers.asides import with_asides
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kept import Kept
from handlers.kinds import Choice, Name, Number
from handlers.kit import Kit
from handlers.reckoning import Reckoning, Worked, of
from handlers.request import Intent
from handlers.smallprint import SmallPrint
from knowledge.calculator.estimate import Footprint
from knowledge.calculator.use import PERIODS, TASKS, Use
from knowledge.schema import Units

LONG_REPLY = 1500  # tokens, about three pages: what "long answer" on a button means
MOST_KEPT = 256  # answers, some twenty kilobytes each
# uses as asked and as settled, measure, language, units
Key = tuple[tuple[Use, ...], tuple[Use, ...], str, str, Units | None]
MEASURES = ("co2e_g", "energy_wh", "water_ml", "primary_mj", "adpe_mg")


@dataclass(frozen=True, slots=True)
class Under:
    """What stands under the figures: the same for one image as for a thousand."""

    notes: tuple[Line, ...]
    chart: Chart | None
    citations: tuple[Citation, ...]


def parameters(kit: Kit) -> tuple[Parameter, ...]:
    """The options of a typed estimate, shared by whatever describes one use."""
    lexicon = kit.lexicon
    return (
        Parameter("task", Choice(TASKS, "tasks", lexicon)),
        Parameter("model", Name(kit.models, "unknown-model")),
        Parameter("count", Number(1e-6, 1e12, kit.number, lexicon)),
        Parameter("period", Choice(PERIODS, "periods", lexicon)),
        Parameter("people", Number(1, 1e9, kit.number, lexicon)),
        Parameter("place", Name(kit.places, "unknown-place")),
        Parameter("tokens", Number(1, 1e7, kit.number, lexicon)),
        Parameter("seconds", Number(0.1, 3600, kit.number, lexicon)),
        Parameter("measure", Choice(MEASURES, "measures", lexicon)),
    )


def feature(kit: Kit) -> Feature:
    estimating = Estimating(kit)
    return Feature("estimating", (Command("estimate", "estimate", estimating.estimate, parameters(kit)),))


class Estimating:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._small_print = SmallPrint(kit)
        self._told: Kept[Key, Answer] = Kept(MOST_KEPT)
        self._under: Kept[Key, Under] = Kept(MOST_KEPT)

    async def estimate(self, call: Call) -> Answer:
        uses = self._reckoning.uses(call)
        if not uses:
            return Answer(
                "clarify",
                call.language,
                call.phrases.line("estimating.of-what"),
                suggestions=self._starters(call),
                tone="question",
                context=Context("estimate", call.request.at, call.language, waiting="task"),
            )
        settled = self._reckoning.settled(call, uses)
        measure = str(call.argument("measure", "co2e_g"))
        key = (uses, settled, measure, call.language, call.units)
        answer = self._told.get(key, lambda: self._tell(call, uses, settled, measure))
        return replace(answer, context=Context("estimate", call.request.at, call.language, uses=uses))

    def _tell(self, call: Call, uses: tuple[Use, ...], settled: tuple[Use, ...], measure: str) -> Answer:
        """The answer but for its context: of the call, nothing but language and units count, so that it can be kept."""
        worked = self._reckoning.worked(uses, settled, call.language)
        total = worked.total
        if total is not None and getattr(total, measure) is None:
            raise CannotAnswer(
                "estimating.not-given", intent="estimate", measure=call.phrases.text(f"measures.{measure}")
            )
        under = self._stands_under(call, worked, measure)
        answer = Answer(
            "estimate",
            call.language,
            self._title(call, worked, total, measure),
            figures=self._figures(call, worked, total, measure),
            notes=under.notes,
            chart=under.chart,
            citations=under.citations,
            suggestions=self._next(call, worked),
            items=worked.settled,
            estimates=worked.estimates,
        )
        return with_asides(answer, "estimate", call.phrases)

    def _stands_under(self, call: Call, worked: Worked, measure: str) -> Under:
        """Several uses beside one another are drawn and told with their numbers, a single one without."""

        def made() -> Under:
            sources = [s for e in worked.estimates for s in e.sources]
            return Under(
                self._small_print.under(call, worked.estimates),
                self._reckoning.chart(call, worked, measure),
                citations(self._kit.library, sources, call.phrases),
            )

        if len(worked.uses) > 1:
            return made()
        settled = asked = _unnumbered(worked.uses)
        if worked.settled != worked.uses:
            settled = _unnumbered(worked.settled)
        key = (asked, settled, measure, call.language, call.units)
        return self._under.get(key, made)

    def _title(self, call: Call, worked: Worked, total: Footprint | None, measure: str) -> Line:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        # As it was worked out: a model or a place that the settings supplied is named too.
        what = ", ".join(self._kit.describer.use(e.use, call.language, horizon=False) for e in worked.estimates)
        if worked.uses[0].horizon is not None:
            what = phrases.text("uses.per", use=what, period=self._kit.describer.horizon(worked.uses[0], call.language))
        if total is None:
            return phrases.line("estimating.apart", what=what)
        interval = of(total, measure)
        like = self._reckoning.everyday(call, measure, interval.mid, worked.estimates[0].place)
        key = "estimating.title" if like else "estimating.title-alone"
        return phrases.line(key, what=what, value=measures.range(measure, interval), like=like or "")

    def _figures(self, call: Call, worked: Worked, total: Footprint | None, measure: str) -> tuple[FigureLine, ...]:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        lines: list[FigureLine] = []
        if len(worked.uses) > 1:
            for estimate in worked.estimates:
                said = measures.range("co2e_g", estimate.footprint.co2e_g)
                lines.append(FigureLine(self._kit.describer.use(estimate.use, call.language), said))
        if total is None:
            return tuple(lines)
        carbon = phrases.text(
            "estimating.carbon",
            total=measures.range("co2e_g", total.co2e_g),
            hardware=measures.amount("co2e_g", total.hardware_g.mid),
        )
        water = phrases.text(
            "estimating.water",
            total=measures.range("water_ml", total.water_ml),
            site=measures.amount("water_ml", total.water_site_ml.mid),
            plant=measures.amount("water_ml", total.water_plant_ml.mid),
        )
        lines.append(FigureLine(phrases.text("measures.co2e_g"), carbon))
        lines.append(FigureLine(phrases.text("measures.energy_wh"), measures.range("energy_wh", total.energy_wh)))
        lines.append(FigureLine(phrases.text("measures.water_ml"), water))
        if measure in ("primary_mj", "adpe_mg"):  # on demand: few ask, and two more lines would hide the three
            lines.append(FigureLine(phrases.text(f"measures.{measure}"), measures.range(measure, of(total, measure))))
        return tuple(lines)

    def _next(self, call: Call, worked: Worked) -> tuple[Suggestion, ...]:
        """What changes the answer most comes first: the place, then the length, then why."""
        phrases, uses = call.phrases, worked.uses
        used = worked.estimates[0].place
        other = next(
            p for p in (("FRA", "USA", "POL") if call.language == "fr" else ("FRA", "POL", "USA")) if p != used
        )
        moved = tuple(replace(use, place=other) for use in uses)
        place = self._kit.describer.place(other, call.language)
        offers = [Suggestion(place[:1].upper() + place[1:], Intent("estimate", {"uses": moved}, "button"))]
        first = uses[0]
        chat = len(uses) == 1 and first.task == "text" and first.chip is None
        if chat and first.output_tokens is None and first.words is None:
            longer = (replace(first, output_tokens=LONG_REPLY),)
            offers.append(Suggestion(phrases.text("estimating.longer"), Intent("estimate", {"uses": longer}, "button")))
        elif len(uses) == 1 and first.task == "video" and first.chip is None:
            halved = (replace(first, seconds=(first.seconds or 10) / 2),)
            offers.append(
                Suggestion(phrases.text("estimating.shorter"), Intent("estimate", {"uses": halved}, "button"))
            )
        else:
            offers.append(Suggestion(phrases.text("estimating.less"), Intent("reduce", {"uses": uses}, "button")))
        offers.append(Suggestion(phrases.text("estimating.why"), Intent("method", {"uses": uses}, "button")))
        return tuple(offers)

    def _starters(self, call: Call) -> tuple[Suggestion, ...]:
        starters = (Use("text", count=1), Use("image", count=1), Use("video", count=1))
        return tuple(
            Suggestion(self._kit.describer.use(use, call.language), Intent("estimate", {"uses": (use,)}, "button"))
            for use in starters
        )


def _unnumbered(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    """The uses whatever their number."""
    return tuple(replace(use, count=1.0, count_high=None, people=None) for use in uses)
