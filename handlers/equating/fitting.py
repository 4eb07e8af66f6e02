"""How many of a use fit in an amount: "1 kg of CO2 is how many images?"."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, FigureLine, Suggestion
from handlers.citing import citations
from handlers.command import Call
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kit import Kit
from handlers.reckoning import Reckoning, of
from handlers.request import Intent
from handlers.smallprint import SmallPrint
from knowledge.calculator.interval import Interval
from knowledge.calculator.use import Use

LEAST = 0.01  # of a use: with less, it is the amount that is held against one


class Fitting:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._small_print = SmallPrint(kit)

    async def show(self, call: Call, use: Use, amount: tuple[str, float]) -> Answer:
        """``amount`` is a measure and grams, watt-hours or millilitres of it. Raises CannotAnswer as a reckoning does,
        and where the amount holds next to none."""
        measure, value = amount
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        one = replace(use, count=1.0, count_high=None, period=None, horizon=None, horizons=None, people=None)
        worked = await self._reckoning.work(call, (one,))
        (estimate,) = worked.estimates
        each = of(estimate.footprint, measure)
        shown = measures.said(measure, value)
        if not each.low > 0 or value / each.mid < LEAST:
            raise CannotAnswer("equating.none", intent="equivalents", value=shown)
        count = Interval(value / each.high, value / each.mid, value / each.low)
        what = self._kit.describer.use(replace(one, count=_rounded(count.mid)), call.language)
        figure = FigureLine(self._kit.describer.use(one, call.language), measures.range(measure, each))
        return Answer(
            "equivalents",
            call.language,
            phrases.line("equating.fits", value=shown, what=what, range=measures.span(count.low, count.high)),
            figures=(figure,),
            notes=self._small_print.under(call, worked.estimates),
            citations=citations(self._kit.library, estimate.sources, phrases),
            suggestions=(
                Suggestion(phrases.text("equating.everyday"), Intent("equivalents", {"amount": amount}, "button")),
                Suggestion(phrases.text("equating.less"), Intent("reduce", {"uses": (one,)}, "button")),
            ),
            items=worked.settled,
            estimates=worked.estimates,
            context=Context("equivalents", call.request.at, call.language, uses=(use,), amount=amount),
        )


def _rounded(value: float) -> float:
    """To two significant digits, as every estimate is shown."""
    return float(f"{value:.2g}")
