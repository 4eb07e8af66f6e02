"""A quiz over the fact base: one question at a time, the explanation and its source right after the answer."""

from __future__ import annotations

from random import Random

from handlers.answer import Answer, Poll, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Given
from handlers.kit import Kit
from handlers.request import Intent
from handlers.telling import fill
from knowledge.schema import Question

LETTERS = "ABCD"


def feature(kit: Kit) -> Feature:
    quiz = Quiz(kit)
    parameters = (Parameter("answer", Given()), Parameter("question", Given()))
    return Feature("quiz", (Command("quiz", "quiz", quiz.play, parameters),))


class Quiz:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._ids = tuple(sorted(kit.library.quiz))

    async def play(self, call: Call) -> Answer:
        asked: str | None = call.argument("question") or (call.context.question if call.context else None)
        answer: int | None = call.argument("answer")
        question = self._kit.library.quiz.get(asked) if asked else None
        if question is not None and answer is not None:
            return self._explain(call, question, int(answer))
        return self._ask(call, asked)

    def _ask(self, call: Call, last: str | None) -> Answer:
        # Seeded by person and minute: two processes ask the same, and a repeated tap does not reshuffle.
        seed = f"{call.request.person} {call.request.at:%Y%m%d%H%M%S}"
        choices = [i for i in self._ids if i != last] or list(self._ids)
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
                fill(question.explains, question.figures, self._kit.measures(call.language), call.language),
                citations(self._kit.library, question.sources, call.phrases),
            ),
            tone="question",
            context=Context("quiz", call.request.at, call.language, question=question.id),
        )

    def _choice(self, question: Question, index: int, option: str) -> Suggestion:
        intent = Intent("quiz", {"question": question.id, "answer": index}, "button")
        return Suggestion(f"{LETTERS[index]}. {option}"[:34], intent)

    def _explain(self, call: Call, question: Question, answer: int) -> Answer:
        measures = self._kit.measures(call.language)
        right = question.options[question.right].of(call.language)
        key = "quiz.right" if answer == question.right else "quiz.wrong"
        offers = [Suggestion(call.phrases.text("quiz.next"), Intent("quiz", {}, "button"))]
        if question.fact:
            label = call.phrases.text("quiz.more")
            offers.append(Suggestion(label, Intent("fact", {"facts": (question.fact,)}, "button")))
        return Answer(
            "quiz",
            call.language,
            call.phrases.line(key, letter=LETTERS[question.right], right=right),
            body=(fill(question.explains, question.figures, measures, call.language),),
            citations=citations(self._kit.library, question.sources, call.phrases),
            suggestions=tuple(offers),
            facts=(question.fact,) if question.fact else (),
            context=Context("quiz", call.request.at, call.language, facts=(question.fact,) if question.fact else ()),
        )
