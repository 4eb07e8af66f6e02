"""The one path: a request becomes an answer. Every surface calls ``Core.answer`` and nothing else.

Language is settled, the sentence understood (or the button's intent taken), arguments parsed by their kinds, the
command run, the context kept. An expected refusal is an answer; anything else is caught here, once, logged with a
reference, and the person is shown that reference.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.observing import Answered, Effort, Nobody, Observer, Outcome
from bot.pace import Limit, Unlimited
from bot.reference import begin
from bot.understanding.reading import Reading
from bot.understanding.understanding import Understanding
from handlers.answer import Answer, Line, Posting, Span, Suggestion
from handlers.asides import with_asides
from handlers.catalogue import Catalogue
from handlers.command import Call, Command, unwatched
from handlers.context import DEPTH, Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice
from handlers.kit import Kit
from handlers.measures import Measures
from handlers.phrases import Phrases
from handlers.ports import Known, Settings
from handlers.request import Intent, Language, Request

logger = logging.getLogger(__name__)

NONE = "none"  # no command was run
Watch = Callable[[str, float], Awaitable[None]]  # in which language the person waits, and how much is done of 1
FEW_WORDS = 4  # after a typed command; more than that is a sentence


class Core:
    def __init__(
        self,
        catalogue: Catalogue,
        understanding: Understanding,
        kit: Kit,
        pace: Limit | None = None,
        observer: Observer | None = None,
        effort: Effort | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.kit = kit
        self.lexicon = kit.lexicon
        self.ports = kit.ports
        self._understanding = understanding
        self._pace = pace or Unlimited()
        self.observer = observer or Nobody()
        self.effort = effort or Effort()

    def warming(self) -> Iterator[None]:
        """For processes that stay: reads, step by step, what would make the first person wait."""
        self.kit.calculator.warm()
        yield
        yield from self._understanding.warming()

    def warm(self) -> None:
        """All of it at once."""
        for _ in self.warming():
            pass

    async def answer(self, request: Request, intent: Intent | None = None, watch: Watch | None = None) -> Answer | None:
        """The reply, or None where the message was not for us. ``watch`` is told of long work as it goes on."""
        if not request.addressed:
            return None
        reference, began = begin(), time.monotonic()
        self.effort.begin()
        try:
            answer, command, outcome = await self._answered(request, intent, reference, watch)
        finally:
            self.effort.end()
        platform = request.person.partition(":")[0]
        seconds = time.monotonic() - began
        self.observer.answered(Answered(platform, command, answer.intent, outcome, seconds))
        return answer

    async def _answered(
        self, request: Request, intent: Intent | None, reference: str, watch: Watch | None
    ) -> tuple[Answer, str, Outcome]:
        """The answer, the command that was run for it, and how it came out."""
        language: str = request.language or request.locale or "en"
        command = NONE
        try:
            wait = await self._pace.wait(request.person, request.at)
            if wait > 0:
                return self._too_fast(language, wait), command, "hurried"
            known = await self._known(request)
            context, settings = known.context, known.own.over(known.team)
            reading, preferred = None, settings.language
            if intent is None:
                reading = self._read(request, context)
                intent = reading.intent
                language = self._language(request, preferred, reading, context)
                if request.file is not None:
                    # A list that is sent along is what the message is about, whatever its words.
                    reading, intent = None, Intent("import")
            else:
                language = preferred or language
            command = intent.command
            answer = await self._run(request, intent, language, context, settings, watch)
            for further in reading.also if reading is not None else ():
                answer = _joined(answer, await self._run(request, further, language, context, settings, watch))
            await self._remember(request, context, answer)
            if answer.private or (settings.public is False and not answer.for_all):
                answer = replace(answer, private=True, asked=intent)
        except Exception:
            # No message text in the log: the reference and the trace are what mending needs.
            logger.exception("answer failed")
            phrases = self.lexicon[language]
            line = phrases.line("errors.unexpected", reference=reference)
            return Answer("clarify", language, line, tone="apology", reference=reference), command, "fault"
        return answer, command, answer.tone

    async def postings(self, platform: str, now: datetime) -> list[Posting]:
        """What is to be sent on a platform now, unasked. It is claimed already: whoever is given it sends it."""
        features = [feature for feature in self.catalogue.features if feature.postings is not None]
        return [
            posting for feature in features if feature.postings for posting in await feature.postings(platform, now)
        ]

    async def explained(self, request: Request) -> list[str]:
        """How a message is read, a line for each step: for editors and tests."""
        context = (await self._known(request)).context
        reading = self._read(request, context)
        asked = [f"meant {intent.command} {dict(intent.arguments)}" for intent in (reading.intent, *reading.also)]
        before = [f"context {context.command} {context.uses or context.facts}"] if context is not None else []
        leant = ["context used"] if reading.context_used else []
        return [*before, *reading.trace, *leant, *asked]

    def _read(self, request: Request, context: Context | None) -> Reading:
        """A typed /command forces its meaning; what follows it is read as a sentence."""
        text = request.text.strip()
        if text.startswith("/"):
            called, _, rest = text[1:].partition(" ")
            command = self.catalogue.find(called)
            if command is not None:
                reading = self._understanding.read(replace(request, text=rest), context, command=command.name)
                return replace(reading, intent=_completed(command, reading.intent, rest))
        return self._understanding.read(request, context)

    async def _known(self, request: Request) -> Known:
        """What the message is met with; nothing where it is answered in passing."""
        if request.passing:
            return Known()
        known = await self.ports.openings.known(request.person, request.channel, request.team)
        alive = known.context is not None and known.context.alive(request.at)
        return known if alive else replace(known, context=None)

    def _language(
        self, request: Request, preferred: Language | None, reading: Reading, context: Context | None
    ) -> Language:
        """Asked for, stored, the sentence's own when clear, the conversation's, the platform's guess, English."""
        if request.language is not None:
            return request.language
        if preferred is not None:
            return preferred
        if reading.sure:
            return "fr" if reading.language == "fr" else "en"
        if context is not None:
            return "fr" if context.language == "fr" else "en"
        return request.locale or ("fr" if reading.language == "fr" else "en")

    async def _run(
        self,
        request: Request,
        intent: Intent,
        language: str,
        context: Context | None,
        settings: Settings,
        watch: Watch | None,
    ) -> Answer:
        command = self.catalogue[intent.command]
        phrases = self.lexicon[language]
        try:
            if command.keeps and request.passing:
                again = Suggestion(phrases.text("errors.passing-again"), intent)
                raise CannotAnswer("passing", suggestions=(again,), intent=command.intent)
            progress = partial(watch, language) if watch is not None else unwatched
            call = Call(request, _parsed(command, intent, language), language, phrases, context, settings, progress)
            answer = await command.run(call)
        except CannotAnswer as refusal:
            return self._apology(refusal, language, phrases)
        answer = with_asides(answer, command.name, phrases)
        hushed = command.private and not answer.private and not answer.for_all
        return replace(answer, private=True) if hushed else answer

    def _apology(self, refusal: CannotAnswer, language: str, phrases: Phrases) -> Answer:
        key = f"errors.{refusal.key}"
        line = phrases.line(key if key in phrases else refusal.key, **refusal.values)
        return Answer(refusal.intent, language, line, suggestions=refusal.suggestions[:3], tone="apology")

    def _too_fast(self, language: str, wait: float) -> Answer:
        phrases = self.lexicon[language]
        seconds = Measures(phrases).with_unit(Measures(phrases).number(max(wait, 1)), "seconds", max(wait, 1))
        return Answer("clarify", language, phrases.line("errors.too-fast", seconds=seconds), tone="apology")

    async def _remember(self, request: Request, before: Context | None, answer: Answer) -> None:
        if answer.context is None or request.passing:
            return
        earlier = () if before is None else (replace(before, earlier=()), *before.earlier)
        context = replace(answer.context, earlier=earlier[:DEPTH])
        await self.ports.conversations.remember(request.person, request.channel, context)


def _parsed(command: Command, intent: Intent, language: str) -> Intent:
    """Every argument through its kind: a value that is typed already passes unchanged."""
    parsed: dict[str, Any] = dict(intent.arguments)
    for parameter in command.parameters:
        value = parsed.get(parameter.name)
        if value is not None:
            parsed[parameter.name] = parameter.kind.parse(value, language)
    return Intent(intent.command, parsed, intent.origin)


def _completed(command: Command, intent: Intent, rest: str) -> Intent:
    """ "/privacy export": a few words after a command may be choices of its parameters, as codes or as shown."""
    words = rest.split()
    if intent.command != command.name or not words or len(words) > FEW_WORDS:
        return intent
    arguments: dict[str, Any] = dict(intent.arguments)
    for parameter in command.parameters:
        if parameter.name in arguments or not isinstance(parameter.kind, Choice):
            continue
        for said in (rest, *words):
            try:
                code = parameter.kind.parse(said, "en")
            except CannotAnswer:
                continue
            if code in arguments.values():
                continue  # in "by week" it was heard as the way already, and is no period
            arguments[parameter.name] = code
            words = [] if said == rest else [word for word in words if word != said]
            rest = ""
            break
    return replace(intent, arguments=arguments)


def _joined(first: Answer, second: Answer) -> Answer:
    """Two questions in one message: both answered, the first leading."""
    gap: tuple[Line, ...] = ((Span(""),),)
    suggestions: tuple[Suggestion, ...] = (*first.suggestions[:2], *second.suggestions[:1])
    return replace(
        first,
        body=(*first.body, *gap, second.title, *second.body),
        figures=(*first.figures, *second.figures),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        chart=first.chart or second.chart,
        citations=tuple(dict.fromkeys((*first.citations, *second.citations))),
        suggestions=suggestions,
        items=(*first.items, *second.items),
        topics=(*first.topics, *second.topics),
        estimates=(*first.estimates, *second.estimates),
        facts=(*first.facts, *second.facts),
        context=second.context or first.context,
        private=first.private or second.private,
    )
