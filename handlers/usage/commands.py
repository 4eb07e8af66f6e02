"""The ledger: uses noted in a sentence, the sum of a month with its range, a budget that informs and never blocks.

A line keeps its inputs and the figures as they were computed then, with the method's version; a change of method never
rewrites it. Ranges are summed end to end: the same unknowns drive every line, so errors do not cancel out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args
from uuid import uuid4

from handlers.answer import Answer, Bar, Chart, FigureLine, Line, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice, Given
from handlers.kit import Kit
from handlers.ports import Budget, Entry
from handlers.request import Intent, Request
from knowledge.calculator.estimate import Estimate
from knowledge.calculator.interval import ZERO, Interval
from knowledge.calculator.use import Period, Use

MEASURES = ("co2e_g", "energy_wh", "water_ml")


def feature(kit: Kit) -> Feature:
    usage = Usage(kit)
    period = Parameter("period", Choice(get_args(Period), "periods", kit.lexicon))
    return Feature(
        "usage",
        (
            Command("log", "log", usage.log, (Parameter("uses", Given()), Parameter("undo", Given()))),
            Command("report", "report", usage.report, (period,)),
            Command("budget", "budget", usage.budget, (Parameter("amount", Given()), Parameter("clear", Given()))),
        ),
    )


def book(request: Request) -> str:
    """Whose ledger a line belongs to: the team's where there is one, the person's own otherwise."""
    return f"team:{request.team}" if request.team else f"person:{request.person}"


class Usage:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def log(self, call: Call) -> Answer:
        if call.argument("undo"):
            return await self._undo(call)
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        if not uses:
            example = str(call.phrases.raw("usage.commands.log.examples")[0])
            return self._say(call, "log", call.phrases.line("usage.what", example=example), tone="question")
        logged: list[tuple[Use, Estimate]] = []
        for use in uses:
            once = _once(use)
            logged.append((once, self._kit.calculator.estimate(once)))
        # The platform's own id of the message makes the lines': a message that arrives twice is written once.
        batch = call.request.id or uuid4().hex
        lines = [self._entry(call.request, batch, i, use, estimate) for i, (use, estimate) in enumerate(logged)]
        await self._kit.ports.ledger.add(lines)
        carbon = _sum([e.footprint.co2e_g for _, e in logged])
        measures = self._kit.measures(call.language)
        said = ", ".join(self._kit.describer.use(use, call.language) for use, _ in logged)
        title = call.phrases.line("usage.logged", what=said, carbon=measures.range("co2e_g", carbon))
        body: list[Line] = [await self._keeping(call)]
        body.extend(await self._against_budget(call))
        return Answer(
            "log",
            call.language,
            title,
            body=tuple(body),
            items=tuple(use for use, _ in logged),
            estimates=tuple(e for _, e in logged),
            suggestions=(
                Suggestion(call.phrases.text("usage.undo"), Intent("log", {"undo": True}, "button")),
                Suggestion(call.phrases.text("usage.see-report"), Intent("report", {}, "button")),
            ),
            context=Context("log", call.request.at, call.language, uses=tuple(u for u, _ in logged)),
        )

    async def _undo(self, call: Call) -> Answer:
        gone = await self._kit.ports.ledger.undo(book(call.request), call.request.person)
        if not gone:
            return self._say(call, "log", call.phrases.line("usage.nothing-to-undo"))
        what = ", ".join(self._kit.describer.use(entry.use, call.language) for entry in gone)
        return self._say(call, "log", call.phrases.line("usage.undone", what=what))

    def _entry(self, request: Request, batch: str, index: int, use: Use, estimate: Estimate) -> Entry:
        print_ = estimate.footprint
        method = ", ".join(f"{m.id} {m.version}" for m in estimate.methods if m.like)
        return Entry(
            id=f"{batch}:{index}",
            batch=batch,
            book=book(request),
            person=request.person,
            at=request.at,
            use=use,
            energy_wh=_triple(print_.energy_wh),
            co2e_g=_triple(print_.co2e_g),
            water_ml=_triple(print_.water_ml),
            method=method,
        )

    async def report(self, call: Call) -> Answer:
        period = str(call.argument("period", "month"))
        since = _start(period, call.request.at)
        entries = await self._kit.ports.ledger.entries(
            book(call.request), since, call.request.at + timedelta(seconds=1)
        )
        phrases, measures = call.phrases, self._kit.measures(call.language)
        span = phrases.text(f"usage.spans.{period}")
        if not entries:
            example = str(phrases.raw("usage.commands.log.examples")[0])
            empty = self._say(call, "report", phrases.line("usage.empty", span=span, example=example))
            return empty
        carbon, energy, water = (_total(entries, m) for m in MEASURES)
        title = phrases.line(
            "usage.report",
            n=len(entries),
            count=measures.count(len(entries)),
            span=span,
            carbon=measures.range("co2e_g", carbon),
        )
        by_task: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_task[entry.use.task].append(entry)
        parts = sorted(by_task.items(), key=lambda part: -_total(part[1], "co2e_g").mid)
        bars = tuple(
            Bar(phrases.text(f"tasks.{task}"), t.low, t.mid, t.high, phrases.text("usage.lines", n=len(part)))
            for task, part in parts
            if (t := _total(part, "co2e_g"))
        )
        caption = phrases.text("usage.caption", span=span)
        alt = caption + ": " + ", ".join(f"{b.label} {measures.amount('co2e_g', b.mid)}" for b in bars)
        body = [await self._keeping(call), *await self._against_budget(call)]
        return Answer(
            "report",
            call.language,
            title,
            body=tuple(body),
            figures=(
                FigureLine(phrases.text("measures.co2e_g"), measures.range("co2e_g", carbon)),
                FigureLine(phrases.text("measures.energy_wh"), measures.range("energy_wh", energy)),
                FigureLine(phrases.text("measures.water_ml"), measures.range("water_ml", water)),
            ),
            notes=(phrases.line("usage.as-then"),),
            chart=Chart(bars, "co2e_g", caption, alt),
            suggestions=(
                Suggestion(phrases.text("usage.less"), Intent("reduce", {"task": parts[0][0]}, "button")),
                Suggestion(
                    phrases.text("usage.everyday"), Intent("equivalents", {"amount": ("co2e_g", carbon.mid)}, "button")
                ),
            ),
            context=Context("report", call.request.at, call.language, amount=("co2e_g", carbon.mid)),
        )

    async def budget(self, call: Call) -> Answer:
        owner = book(call.request)
        budgets = self._kit.ports.budgets
        phrases, measures = call.phrases, self._kit.measures(call.language)
        amount: tuple[str, float] | None = call.argument("amount")
        if call.argument("clear"):
            await budgets.put(owner, None)
            return self._say(call, "budget", phrases.line("usage.budget-cleared"))
        if amount is not None:
            measure, value = amount
            if measure not in ("co2e_g", "energy_wh"):
                raise CannotAnswer("usage.budget-measure", intent="budget")
            if not value > 0:
                raise CannotAnswer("not-positive", intent="budget")
            await budgets.put(owner, Budget(measure, value))
            title = phrases.line("usage.budget-set", amount=measures.said(measure, value))
        else:
            found = await budgets.get(owner)
            if found is None:
                example = str(phrases.raw("usage.commands.budget.examples")[0])
                return self._say(call, "budget", phrases.line("usage.no-budget", example=example), tone="question")
            title = phrases.line("usage.budget-is", amount=measures.said(found.measure, found.amount))
        left = await self._against_budget(call, always=True)
        return Answer(
            "budget",
            call.language,
            title,
            body=(*left, await self._keeping(call)),
            suggestions=(Suggestion(phrases.text("usage.see-report"), Intent("report", {}, "button")),),
            context=Context("budget", call.request.at, call.language, amount=amount),
        )

    async def _against_budget(self, call: Call, *, always: bool = False) -> list[Line]:
        """A line on the month's budget: always where asked for it, otherwise from four fifths on."""
        found = await self._kit.ports.budgets.get(book(call.request))
        if found is None:
            return []
        since = _start("month", call.request.at)
        entries = await self._kit.ports.ledger.entries(
            book(call.request), since, call.request.at + timedelta(seconds=1)
        )
        used = _total(entries, found.measure)
        share = used.mid / found.amount
        if share < 0.8 and not always:
            return []
        measures = self._kit.measures(call.language)
        left = max(found.amount - used.mid, 0)
        return [
            call.phrases.line(
                "usage.budget-left",
                used=measures.range(found.measure, used) if used.high > 0 else measures.exact(0),
                share=measures.number(100 * share),
                left=measures.amount(found.measure, left) if left > 0 else measures.exact(0),
                budget=measures.said(found.measure, found.amount),
            )
        ]

    async def _keeping(self, call: Call) -> Line:
        whose = "team" if call.request.team else "own"
        kept = "lasting" if self._kit.ports.lasting else "passing"
        return call.phrases.line(f"usage.kept.{whose}-{kept}")

    def _say(self, call: Call, intent: str, title: Line, tone: str = "answer") -> Answer:
        context = Context(intent, call.request.at, call.language)
        return Answer(
            intent, call.language, title, tone="question" if tone == "question" else "answer", context=context
        )


def _once(use: Use) -> Use:
    """What was done, done once: "15 a day" noted today is 15, so the period goes and the count stays."""
    return replace(use, period=None, horizon=None, workdays=False)


def _start(period: str, now: datetime) -> datetime:
    """The beginning of the calendar month or year, the last Monday, or midnight."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        return day.replace(day=1)
    if period == "year":
        return day.replace(month=1, day=1)
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day if period == "day" else now - timedelta(hours=1)


def _sum(intervals: Sequence[Interval]) -> Interval:
    total = ZERO
    for interval in intervals:
        total += interval
    return total


def _total(entries: Sequence[Entry], measure: str) -> Interval:
    return _sum([Interval(*getattr(entry, measure)) for entry in entries])


def _triple(interval: Interval) -> tuple[float, float, float]:
    return interval.low, interval.mid, interval.high
