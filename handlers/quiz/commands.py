"""A quiz over the fact base: one question at a time, the explanation and its source right after the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from random import Random

from handlers.answer import Answer, Line, Poll, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice, Given
from handlers.kit import Kit
from handlers.request import Intent
from handlers.telling import fill
from knowledge.schema import Question

LETTERS = "ABCD"
COUNTED = timedelta(days=2)  # how long a platform may deliver the same tap again


def feature(kit: Kit) -> Feature:
    quiz = Quiz(kit)
    keep = Choice(("on", "off"), "quiz.keep", kit.lexicon)
    parameters = (
        Parameter("answer", Given()),
        Parameter("question", Given()),
        Parameter("voted", Given()),
        Parameter("keep", keep),
    )
    return Feature("quiz", (Command("quiz", "quiz", quiz.play, parameters),))


class Quiz:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._ids = tuple(sorted(kit.library.quiz))

    async def play(self, call: Call) -> Answer:
        if call.argument("keep") is not None:
            return await self._keep(call, on=call.argument("keep") == "on")
        asked: str | None = call.argument("question") or (call.context.question if call.context else None)
        answer: int | None = call.argument("answer")
        question = self._kit.library.quiz.get(asked) if asked else None
        if question is not None and answer is not None:
            if call.argument("voted"):
                return await self._voted(call, question, int(answer))
            return await self._explain(call, question, int(answer))
        turns = (call.context, *call.context.earlier) if call.context else ()
        return await self._ask(call, {asked, *(turn.question for turn in turns)})

    async def _ask(self, call: Call, before: Collection[str | None]) -> Answer:
        """``before``: what was asked in the last turns, which is not asked again."""
        # Seeded by person and minute: two processes ask the same, and a repeated tap does not reshuffle.
        seed = f"{call.request.person} {call.request.at:%Y%m%d%H%M%S}"
        choices = [i for i in self._ids if i not in before] or list(self._ids)
        question = self._kit.library.quiz[Random(seed).choice(choices)]
        options = tuple(option.of(call.language) for option in question.options)
        return Answer(
            "quiz",
            call.language,
            call.phrases.line("quiz.question", question=question.asks.of(call.language)),
            body=tuple(
                call.phrases.line("quiz.option", letter=LETTERS[i], option=option) for i, option in enumerate(options)
            ),
            suggestions=tuple(self._choice(question, i, option) for i, option in enumerate(options))[:4],
            poll=Poll(
                question.asks.of(call.language),
                options,
                question.right,
                fill(question.explains, question.figures, self._kit.measures(call.language, call.units), call.language),
                citations(self._kit.library, question.sources, call.phrases),
                name=question.id,
                counted=await self._kit.ports.consents.given(call.request.person, "quiz") is not None,
            ),
            tone="question",
            context=Context("quiz", call.request.at, call.language, question=question.id),
        )

    def _choice(self, question: Question, index: int, option: str) -> Suggestion:
        intent = Intent("quiz", {"question": question.id, "answer": index}, "button")
        return Suggestion(f"{LETTERS[index]}. {option}"[:34], intent)

    def _keeping(self, call: Call, kept: bool) -> Suggestion:
        label = call.phrases.text("quiz.no-score" if kept else "quiz.keep-score")
        return Suggestion(label, Intent("quiz", {"keep": "off" if kept else "on"}, "button"))

    async def _keep(self, call: Call, *, on: bool) -> Answer:
        """A score is kept only of those who want one."""
        consents = self._kit.ports.consents
        await (consents.give if on else consents.withdraw)(call.request.person, "quiz")
        line = call.phrases.line("quiz.kept-on" if on else "quiz.kept-off")
        offer = Suggestion(call.phrases.text("quiz.next"), Intent("quiz", {}, "button"))
        return Answer("quiz", call.language, line, suggestions=(offer,), private=True)

    async def _scored(self, call: Call, right: bool) -> Line | None:
        """The score with this answer counted, once; nothing for those who keep none."""
        ports, request = self._kit.ports, call.request
        if await ports.consents.given(request.person, "quiz") is None:
            return None
        if request.id is not None and not await ports.once.claim(f"quiz:{request.id}", request.at + COUNTED):
            return None
        score = await ports.scores.add(request.person, right)
        measures = self._kit.measures(call.language, call.units)
        return call.phrases.line("quiz.score", right=measures.count(score.right), asked=measures.count(score.asked))

    async def _voted(self, call: Call, question: Question, answer: int) -> Answer:
        """An answer given in the platform's own poll, which has explained it: the score is left to say."""
        score = await self._scored(call, answer == question.right)
        offer = Suggestion(call.phrases.text("quiz.next"), Intent("quiz", {}, "button"))
        line = score or call.phrases.line("quiz.not-counted")
        return Answer(
            "quiz", call.language, line, suggestions=(offer,), asides=(self._keeping(call, score is not None),)
        )

    async def _explain(self, call: Call, question: Question, answer: int) -> Answer:
        measures = self._kit.measures(call.language, call.units)
        right = question.options[question.right].of(call.language)
        key = "quiz.right" if answer == question.right else "quiz.wrong"
        body = [fill(question.explains, question.figures, measures, call.language)]
        gave_up = answer < 0
        score = None if gave_up else await self._scored(call, answer == question.right)
        if score is not None:
            body.append(score)
        offers = [Suggestion(call.phrases.text("quiz.next"), Intent("quiz", {}, "button"))]
        if question.fact:
            label = call.phrases.text("quiz.more")
            offers.append(Suggestion(label, Intent("fact", {"facts": (question.fact,)}, "button")))
        return Answer(
            "quiz",
            call.language,
            call.phrases.line(key, letter=LETTERS[question.right], right=right),
            body=tuple(body),
            citations=citations(self._kit.library, question.sources, call.phrases),
            suggestions=tuple(offers),
            asides=(self._keeping(call, score is not None),),
            facts=(question.fact,) if question.fact else (),
            context=Context("quiz", call.request.at, call.language, facts=(question.fact,) if question.fact else ()),
        )
