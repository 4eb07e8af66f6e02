"""A team's own small book of AI use: uses noted in a sentence, their sum with its range, a budget that informs and
never blocks, a weekly digest for those who want one, and the whole of it as a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from handlers.answer import Answer, Line, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice, File, Given, Name, Number, Words
from handlers.kit import Kit
from handlers.ports import Entry
from handlers.quoting import quoted
from handlers.reckoning import Reckoning
from handlers.request import Intent
from handlers.usage.budget import Budgeting
from handlers.usage.carrying import Carrying
from handlers.usage.digest import DAYS, STATES, Digesting
from handlers.usage.ledger import book, entry, keeping, once, total
from handlers.usage.report import WAYS, Reporting
from handlers.usage.spans import SPANS
from knowledge.calculator.use import TASKS, Use


def feature(kit: Kit) -> Feature:
    budgeting = Budgeting(kit)
    reporting, carrying = Reporting(kit, budgeting), Carrying(kit)
    digesting, logging = Digesting(kit, reporting, budgeting), Logging(kit, budgeting)
    naming = Naming(kit)
    lexicon = kit.lexicon

    def choice(name: str, codes: tuple[str, ...], key: str) -> Parameter:
        return Parameter(name, Choice(codes, key, lexicon))

    number = Number(1e-6, 1e12, kit.number, lexicon)
    logged = (
        choice("task", TASKS, "tasks"),
        Parameter("model", Name(kit.models, "unknown-model")),
        Parameter("count", number),
        Parameter("place", Name(kit.places, "unknown-place")),
        Parameter("uses", Given()),
        Parameter("undo", Given()),
        Parameter("instead", Given()),
    )
    reported = (
        choice("period", SPANS, "usage.spans"),
        choice("by", WAYS, "usage.by"),
        choice("figures", ("then", "now"), "usage.figures"),
        Parameter("month", Number(1, 12, kit.number, lexicon)),
    )
    budgeted = (
        Parameter("kg", number),
        Parameter("kwh", number),
        choice("state", STATES, "usage.states"),
        Parameter("amount", Given()),
        Parameter("clear", Given()),
    )
    digested = (
        choice("state", STATES, "usage.states"),
        choice("weekday", DAYS, "usage.days"),
        Parameter("hour", Number(0, 23, kit.number, lexicon)),
        Parameter("zone", Words(40)),
    )
    imported = (Parameter("file", File()), Parameter("confirm", Given()))
    return Feature(
        "usage",
        (
            Command("log", "log", logging.run, logged, keeps=True),
            Command("report", "report", reporting.run, reported),
            Command("budget", "budget", budgeting.run, budgeted, keeps=True),
            Command("digest", "settings", digesting.run, digested, keeps=True),
            Command(
                "named",
                "settings",
                naming.run,
                (choice("state", STATES, "usage.states"), _name()),
                private=True,
                keeps=True,
            ),
            Command(
                "export", "report", carrying.give, (choice("format", ("csv", "json"), "usage.formats"),), private=True
            ),
            Command("import", "log", carrying.take, imported, keeps=True),
        ),
        postings=digesting.postings,
    )


def _name() -> Parameter:
    return Parameter("name", Words(40))


class Logging:
    def __init__(self, kit: Kit, budgeting: Budgeting) -> None:
        self._kit = kit
        self._budgeting = budgeting
        self._reckoning = Reckoning(kit)

    async def run(self, call: Call) -> Answer:
        if call.argument("undo"):
            return await self._undo(call)
        uses = self._reckoning.uses(call)
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        if not uses:
            example = str(phrases.raw("usage.commands.log.examples")[0])
            return self._say(call, phrases.line("usage.what", example=example), question=True)
        worked = await self._reckoning.work(call, tuple(once(use) for use in uses))
        gone = await self._taken_back(call) or () if call.argument("instead") else ()
        # The platform's own id of the message makes the lines': a message that arrives twice is written once.
        batch = call.request.id or uuid4().hex
        # The line keeps the use with the settings of the day in it: a change of settings does not rewrite it either.
        lines = [entry(call.request, batch, i, e.use, e) for i, e in enumerate(worked.estimates)]
        await self._kit.ports.ledger.add(lines)
        said = ", ".join(self._kit.describer.use(use, call.language) for use in worked.uses)
        carbon = measures.range("co2e_g", total(lines, "co2e_g"))
        body: list[Line] = [keeping(self._kit, call)]
        body.extend(await self._budgeting.alert(call))
        return Answer(
            "log",
            call.language,
            phrases.line(
                "usage.logged-instead" if gone else "usage.logged",
                what=said,
                carbon=carbon,
                gone=self._what(call, gone),
            ),
            body=tuple(body),
            items=worked.settled,
            estimates=worked.estimates,
            suggestions=(
                Suggestion(phrases.text("usage.undo"), Intent("log", {"undo": True}, "button")),
                Suggestion(phrases.text("usage.see-report"), Intent("report", {}, "button")),
            ),
            context=Context("log", call.request.at, call.language, uses=worked.uses),
        )

    async def _taken_back(self, call: Call) -> Sequence[Entry] | None:
        """The person's last lines. None where this message has taken some back before: it arrived twice."""
        request = call.request
        if request.id is not None:
            first = await self._kit.ports.once.claim(f"undo:{request.id}", request.at + timedelta(days=2))
            if not first:
                return None
        return await self._kit.ports.ledger.undo(book(request), request.person)

    def _what(self, call: Call, lines: Sequence[Entry]) -> str:
        return ", ".join(self._kit.describer.use(line.use, call.language) for line in lines)

    async def _undo(self, call: Call) -> Answer:
        phrases, request = call.phrases, call.request
        gone = await self._taken_back(call)
        if gone is None:
            return self._say(call, phrases.line("usage.undone-already"))
        if not gone:
            return self._say(call, phrases.line("usage.nothing-to-undo"))
        what = self._what(call, gone)
        context = Context("log", request.at, call.language, uses=tuple(line.use for line in gone))
        return replace(self._say(call, phrases.line("usage.undone", what=what)), context=context)

    def _say(self, call: Call, title: Line, *, question: bool = False) -> Answer:
        uses: tuple[Use, ...] = call.context.uses if call.context is not None else ()
        context = Context("log", call.request.at, call.language, uses=uses)
        return Answer("log", call.language, title, tone="question" if question else "answer", context=context)


class Naming:
    """Whether a person's share is shown by name in the team's reports. Nobody's is unless they said so themselves."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        whose, person, phrases = book(call.request), call.request.person, call.phrases
        consents = self._kit.ports.consents
        name = " ".join(str(call.argument("name", "")).split()) or (call.request.name or "")
        if call.request.team is None:
            line = phrases.line("usage.named-in-teams")
        elif call.argument("state") == "off":
            await consents.withdraw(person, "named", whose)
            line = phrases.line("usage.named-off")
        elif call.argument("state") == "on" or call.argument("name"):
            if not name:
                line = phrases.line("usage.named-how")
            else:
                await consents.give(person, "named", whose, quoted(name, 40))
                line = phrases.line("usage.named-on", name=quoted(name, 40))
        else:
            known = await consents.given(person, "named", whose)
            line = phrases.line("usage.named-on", name=known) if known else phrases.line("usage.named-not")
        return Answer("settings", call.language, line)
