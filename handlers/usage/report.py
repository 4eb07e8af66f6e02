"""What was used in a period: its sum with a range, a chart by task, model, week, month or those who want to be named,
and the stretch before. Never a ranking of people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from babel.dates import format_date

from handlers.answer import Answer, Bar, Chart, FigureLine, Line, Suggestion
from handlers.command import Call
from handlers.context import Context
from handlers.kit import Kit
from handlers.ports import Entry
from handlers.reckoning import Reckoning
from handlers.request import Intent
from handlers.usage.budget import Budgeting
from handlers.usage.ledger import MEASURES, book, keeping, recomputed, total
from handlers.usage.spans import Span, month, span

WAYS = ("task", "model", "week", "month", "who")
SHOWN = 10  # bars; what is beyond is drawn as one


class Reporting:
    def __init__(self, kit: Kit, budgeting: Budgeting) -> None:
        self._kit = kit
        self._budgeting = budgeting
        self._reckoning = Reckoning(kit)

    async def run(self, call: Call) -> Answer:
        by, number = str(call.argument("by", "task")), call.argument("month")
        period = str(call.argument("period", "year" if by == "month" else "month"))
        over = span(period, call.request.at) if number is None else month(int(number), call.request.at)
        whose, phrases, measures = book(call.request), call.phrases, self._kit.measures(call.language, call.units)
        entries = await self._kit.ports.ledger.entries(whose, over.since, over.until)
        said = over.said(phrases)
        if not entries:
            example = str(phrases.raw("usage.commands.log.examples")[0])
            title = phrases.line("usage.empty" if over.running else "usage.empty-then", span=said, example=example)
            return Answer("report", call.language, title, context=Context("report", call.request.at, call.language))
        anew = call.argument("figures") == "now"
        notes = [phrases.line("usage.as-then")]
        if anew:
            entries, notes = await self._anew(call, entries)
        carbon, energy, water = (total(entries, measure) for measure in MEASURES)
        title = phrases.line(
            "usage.report",
            n=len(entries),
            count=measures.count(len(entries)),
            span=said,
            carbon=measures.range("co2e_g", carbon),
        )
        groups, hidden = await self._groups(call, entries, by)
        by = "task" if hidden else by
        body = [
            *self._everyday(call, carbon.mid),
            keeping(self._kit, call),
            *(await self._budgeting.left(call) if over.running else ()),
            *await self._change(call, over, carbon.mid),
        ]
        if hidden:
            body.append(hidden)
        return Answer(
            "report",
            call.language,
            title,
            body=tuple(body),
            figures=(
                *(
                    FigureLine(phrases.text(f"measures.{measure}"), measures.range(measure, value))
                    for measure, value in zip(MEASURES, (carbon, energy, water), strict=True)
                ),
                *self._parts(call, groups),
            ),
            notes=tuple(notes),
            chart=self.chart(call, groups, by, said),
            suggestions=self._next(call, entries, carbon.mid, {"period": period, "month": number}, by, anew=anew),
            context=Context("report", call.request.at, call.language, amount=("co2e_g", float(f"{carbon.mid:.2g}"))),
        )

    def _parts(self, call: Call, groups: Mapping[str, list[Entry]]) -> list[FigureLine]:
        """The chart's bars in words, for those who see no chart; one bar alone says nothing new."""
        measures = self._kit.measures(call.language, call.units)
        parts = [FigureLine(label, measures.range("co2e_g", total(lines, "co2e_g"))) for label, lines in groups.items()]
        return parts if len(parts) > 1 else []

    def _everyday(self, call: Call, carbon: float) -> list[Line]:
        """The sum as one everyday thing, as the asker's default place has it."""
        like = self._reckoning.everyday(call, "co2e_g", carbon, call.settings.place or "WOR")
        return [call.phrases.line("usage.like", like=like)] if like is not None else []

    async def _anew(self, call: Call, entries: Sequence[Entry]) -> tuple[Sequence[Entry], list[Line]]:
        """Today's figures, said to be such, beside what the lines say themselves."""
        measures = self._kit.measures(call.language, call.units)
        then = measures.range("co2e_g", total(entries, "co2e_g"))
        fresh, kept = await recomputed(self._kit, entries, call.progress)
        notes = [call.phrases.line("usage.as-now", then=then)]
        if kept:
            notes.append(call.phrases.line("usage.as-now-except", n=kept, count=measures.count(kept)))
        return fresh, notes

    async def _change(self, call: Call, over: Span, now: float) -> list[Line]:
        """Against the stretch before, where there is one to be held against."""
        if over.earlier is None:
            return []
        earlier = await self._kit.ports.ledger.entries(book(call.request), *over.earlier)
        if not earlier:
            stretch = call.phrases.text(f"usage.before.{over.code}")
            return [call.phrases.line("usage.nothing-before", stretch=stretch)]
        measures = self._kit.measures(call.language, call.units)
        then = total(earlier, "co2e_g").mid
        share = 100 * (now - then) / then if then > 0 else 0.0
        if abs(share) < 0.5:
            key, than = "usage.as-before", call.phrases.text(f"usage.as.{over.code}")
        else:
            key = "usage.more-than-before" if share > 0 else "usage.less-than-before"
            than = call.phrases.text(f"usage.than.{over.code}")
        said = measures.amount("co2e_g", then)
        return [call.phrases.line(key, than=than, then=said, share=measures.number(abs(share)))]

    async def _groups(
        self, call: Call, entries: Sequence[Entry], by: str
    ) -> tuple[Mapping[str, list[Entry]], Line | None]:
        """Labelled groups; where people cannot be shown, by task instead and a line that says why."""
        if by == "who":
            named = await self._kit.ports.consents.named(book(call.request))
            others = {line.person for line in entries} - set(named)
            if not named or len(others) == 1:
                # One person left over would be named by what is left of the sum.
                key = "usage.nobody-named" if not named else "usage.one-unnamed"
                return self.by(call, entries, "task"), call.phrases.line(key)
            rest = call.phrases.text("usage.the-others")
            groups: dict[str, list[Entry]] = defaultdict(list)
            for line in sorted(entries, key=lambda e: named.get(e.person, "\uffff").casefold()):
                groups[named.get(line.person, rest)].append(line)
            return groups, None
        return self.by(call, entries, by), None

    def by(self, call: Call, entries: Sequence[Entry], by: str) -> Mapping[str, list[Entry]]:
        groups: dict[str, list[Entry]] = defaultdict(list)
        for line in entries:
            groups[self._label(call, line, by)].append(line)
        if by in ("week", "month"):
            return self._latest(call, groups)
        largest = sorted(groups.items(), key=lambda item: -total(item[1], "co2e_g").mid)
        shown = dict(largest[:SHOWN])
        for _, lines in largest[SHOWN:]:
            shown.setdefault(call.phrases.text("usage.the-rest"), []).extend(lines)
        return shown

    def _latest(self, call: Call, groups: Mapping[str, list[Entry]]) -> Mapping[str, list[Entry]]:
        """In their order, those long ago as one."""
        long_ago = list(groups)[:-SHOWN]
        if not long_ago:
            return groups
        earlier = {call.phrases.text("usage.earlier"): [line for label in long_ago for line in groups[label]]}
        return earlier | {label: lines for label, lines in groups.items() if label not in long_ago}

    def _label(self, call: Call, line: Entry, by: str) -> str:
        if by == "model":
            known = line.use.model
            return self._kit.describer.model(known) if known else call.phrases.text("usage.no-model")
        if by == "week":
            return call.phrases.text("usage.week-of", day=_day(line.at, call.language))
        if by == "month":
            return format_date(line.at.date(), "LLL y", locale=call.language)
        return call.phrases.text(f"tasks.{line.use.task}")

    def chart(self, call: Call, groups: Mapping[str, list[Entry]], by: str, said: str) -> Chart:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        bars: list[Bar] = []
        for label, lines in groups.items():
            sum_ = total(lines, "co2e_g")
            bars.append(Bar(label, sum_.low, sum_.mid, sum_.high, phrases.text("usage.lines", n=len(lines))))
        caption = phrases.text("usage.caption", span=said, by=phrases.text(f"usage.by.{by}"))
        alt = caption + ": " + ", ".join(f"{bar.label} {measures.amount('co2e_g', bar.mid)}" for bar in bars)
        return Chart(tuple(bars), "co2e_g", caption, alt)

    def _next(
        self, call: Call, entries: Sequence[Entry], carbon: float, over: Mapping[str, object], by: str, *, anew: bool
    ) -> tuple[Suggestion, ...]:
        phrases = call.phrases
        by_task: dict[str, float] = defaultdict(float)
        for line in entries:
            by_task[line.use.task] += line.co2e_g[1]
        largest = max(by_task, key=lambda task: by_task[task])
        offers = [Suggestion(phrases.text("usage.less"), Intent("reduce", {"task": largest}, "button"))]
        other = "model" if by == "task" else "task"
        label = phrases.text(f"usage.see-by.{other}")
        offers.append(Suggestion(label, Intent("report", {**over, "by": other}, "button")))
        if anew:
            everyday = Intent("equivalents", {"amount": ("co2e_g", float(f"{carbon:.2g}"))}, "button")
            offers.append(Suggestion(phrases.text("usage.everyday"), everyday))
        else:
            again = Intent("report", {**over, "by": by, "figures": "now"}, "button")
            offers.append(Suggestion(phrases.text("usage.anew"), again))
        return tuple(offers)


def _day(at: datetime, language: str) -> str:
    """The Monday of that week, as the language writes dates."""

    monday = at.date() - timedelta(days=at.weekday())
    return format_date(monday, "d MMM", locale=language)
