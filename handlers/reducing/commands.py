"""How to use less: levers with a measured or published effect, largest first for the use at hand. Told when asked."""

from __future__ import annotations

from handlers.answer import Answer, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice
from handlers.kit import Kit
from handlers.request import Intent
from handlers.telling import fill
from knowledge.calculator.use import TASKS, Use
from knowledge.schema import Tip

SHOWN = 4  # levers in one answer


def feature(kit: Kit) -> Feature:
    reducing = Reducing(kit)
    return Feature(
        "reducing",
        (Command("reduce", "reduce", reducing.show, (Parameter("task", Choice(TASKS, "tasks", kit.lexicon)),)),),
    )


class Reducing:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def show(self, call: Call) -> Answer:
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        task: str | None = call.argument("task") or (uses[0].task if uses else None)
        tips = self.ranked(task)[:SHOWN]
        phrases = call.phrases
        measures = self._kit.measures(call.language, call.units)
        title = (
            phrases.line("reducing.for", task=phrases.text(f"reducing.tasks.{task}"))
            if task
            else phrases.line("reducing.any")
        )
        body: list[Line] = []
        for number, tip in enumerate(tips, 1):
            says = fill(tip.says, tip.figures, measures, call.language)
            whose = phrases.text(f"reducing.whose.{tip.whose}")
            body.append(phrases.line("reducing.tip", rank=str(number), says=says, whose=whose))
        sources = [source for tip in tips for source in tip.sources]
        return Answer(
            "reduce",
            call.language,
            title,
            body=tuple(body),
            notes=(phrases.line("reducing.order"),),
            citations=citations(self._kit.library, sources, phrases),
            suggestions=self._next(call, uses),
            context=Context("reduce", call.request.at, call.language, uses=uses),
        )

    def ranked(self, task: str | None) -> list[Tip]:
        """Those that fit the task before the general ones, the larger effect first, a person's own before others'."""
        fitting = [tip for tip in self._kit.library.tips.values() if not tip.tasks or task is None or task in tip.tasks]
        order = {"person": 0, "builder": 1, "provider": 2}
        return sorted(fitting, key=lambda t: (order[t.whose], not t.tasks and task is not None, -t.saves))

    def _next(self, call: Call, uses: tuple[Use, ...]) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        offers: list[Suggestion] = []
        if uses:
            offers.append(Suggestion(phrases.text("reducing.again"), Intent("estimate", {"uses": uses}, "button")))
        offers.append(Suggestion(phrases.text("reducing.cleanest"), Intent("grid", {"order": "cleanest"}, "button")))
        offers.append(Suggestion(phrases.text("reducing.rebound"), Intent("fact", {"facts": ("rebound",)}, "button")))
        return tuple(offers[:3])
