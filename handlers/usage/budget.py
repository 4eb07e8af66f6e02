"""A monthly cap that informs and never blocks: set by those who run the team, told once at four fifths and once when it
is reached, each time with what would help most for this team's own mix of uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from handlers.answer import Answer, Line, Suggestion
from handlers.command import Call
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kit import Kit
from handlers.ports import Budget, Entry
from handlers.request import Intent
from handlers.telling import fill
from handlers.usage.ledger import book, entries_of, keeping, refuse_others, total
from knowledge.calculator.spans import Spans
from knowledge.calculator.use import PERIODS, Period
from knowledge.schema import Tip

STEPS = (1.0, 0.8)  # shares of the budget at which a line is due, the higher first
LEVERS = 3
_CLAIMED = timedelta(days=62)  # longer than any month: the same step is not told again


class Budgeting:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._spans = Spans(kit.library)

    async def run(self, call: Call) -> Answer:
        owner = book(call.request)
        budgets = self._kit.ports.budgets
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        amount = self._amount(call)
        if call.argument("clear") or call.argument("state") == "off":
            refuse_others(call, "budget")
            await budgets.put(owner, None)
            return self._say(call, phrases.line("usage.budget-cleared"))
        if amount is not None:
            refuse_others(call, "budget")
            measure, value = amount
            if measure not in ("co2e_g", "energy_wh"):
                raise CannotAnswer("usage.budget-measure", intent="budget")
            if not value > 0:
                raise CannotAnswer("not-positive", intent="budget")
            spread: Period | None = call.argument("spread")
            title = phrases.line("usage.budget-set", amount=measures.said(measure, value))
            if spread in PERIODS and amount == call.argument("amount"):
                said, every = measures.said(measure, value), phrases.text(f"periods.{spread}")
                value = float(f"{self._spans.convert(value, spread, 'month'):.2g}")  # "about"
                amount = measure, value
                title = phrases.line(
                    "usage.budget-spread", said=said, every=every, amount=measures.amount(measure, value)
                )
            await budgets.put(owner, Budget(measure, value))
        else:
            found = await budgets.get(owner)
            if found is None:
                example = str(phrases.raw("usage.commands.budget.examples")[0])
                return self._say(call, phrases.line("usage.no-budget", example=example), question=True)
            title = phrases.line("usage.budget-is", amount=measures.said(found.measure, found.amount))
        return Answer(
            "budget",
            call.language,
            title,
            body=(*await self.left(call), keeping(self._kit, call)),
            suggestions=(Suggestion(phrases.text("usage.see-report"), Intent("report", {}, "button")),),
            context=Context("budget", call.request.at, call.language, amount=amount),
        )

    def _amount(self, call: Call) -> tuple[str, float] | None:
        """As said in a sentence, or as typed into one of the fields."""
        said: tuple[str, float] | None = call.argument("amount")
        if said is not None:
            return said
        for name, measure in (("kg", "co2e_g"), ("kwh", "energy_wh")):
            if call.argument(name) is not None:
                return measure, 1000 * float(call.argument(name))
        return None

    async def left(self, call: Call) -> list[Line]:
        """How the month stands against the budget; nothing where there is none."""
        found = await self._kit.ports.budgets.get(book(call.request))
        if found is None:
            return []
        entries = await entries_of(self._kit, book(call.request), "month", call.request.at)
        return [self._stands(call, found, entries)]

    async def alert(self, call: Call) -> list[Line]:
        """The line that is due once a step and month, where the last line logged reached one."""
        whose = book(call.request)
        found = await self._kit.ports.budgets.get(whose)
        if found is None:
            return []
        entries = await entries_of(self._kit, whose, "month", call.request.at)
        share = total(entries, found.measure).mid / found.amount
        reached = [step for step in STEPS if share >= step]
        until = call.request.at + _CLAIMED
        month = f"{call.request.at:%Y-%m}"
        # All steps reached are claimed, the highest is told: who jumps past both reads one line, not two.
        claimed = [
            step
            for step in reached
            if await self._kit.ports.once.claim(f"budget:{whose}:{found.measure}:{found.amount}:{month}:{step}", until)
        ]
        if not reached or reached[0] not in claimed:
            return []
        levers = [
            call.phrases.line("usage.lever", rank=str(rank), says=says)
            for rank, says in enumerate(self.levers(call.language, entries)[:LEVERS], 1)
        ]
        heading = [call.phrases.line("usage.levers")] if levers else []
        return [self._stands(call, found, entries), *heading, *levers]

    def _stands(self, call: Call, budget: Budget, entries: Sequence[Entry]) -> Line:
        measures = self._kit.measures(call.language, call.units)
        used = total(entries, budget.measure)
        left = max(budget.amount - used.mid, 0)
        return call.phrases.line(
            "usage.budget-left",
            used=measures.range(budget.measure, used) if used.high > 0 else measures.exact(0),
            share=measures.number(100 * used.mid / budget.amount),
            left=measures.amount(budget.measure, left) if left > 0 else measures.exact(0),
            budget=measures.said(budget.measure, budget.amount),
        )

    def levers(self, language: str, entries: Sequence[Entry]) -> list[Line]:
        """What would help here, the largest first: the share that a lever touches, times what it typically saves."""
        measures = self._kit.measures(language)
        return [fill(tip.says, tip.figures, measures, language) for tip in self._ranked(entries)]

    def _ranked(self, entries: Sequence[Entry]) -> list[Tip]:
        by_task: dict[str, float] = defaultdict(float)
        for line in entries:
            by_task[line.use.task] += line.co2e_g[1]
        whole = sum(by_task.values())

        def effect(tip: Tip) -> float:
            touched = sum(by_task[task] for task in tip.tasks) if tip.tasks else whole
            return touched * tip.saves

        usable = [tip for tip in self._kit.library.tips.values() if tip.whose != "provider" and effect(tip) > 0]
        return sorted(usable, key=lambda tip: (-effect(tip), tip.id))

    def _say(self, call: Call, title: Line, *, question: bool = False) -> Answer:
        context = Context("budget", call.request.at, call.language)
        return Answer("budget", call.language, title, tone="question" if question else "answer", context=context)
