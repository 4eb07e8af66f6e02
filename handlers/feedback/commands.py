"""What people think of an answer: right, wrong or unclear, kept with the command that gave it and not with their words,
unless they write some for us on purpose.
"""

from __future__ import annotations

from uuid import uuid4

from handlers.answer import Answer, Line
from handlers.asides import VERDICTS
from handlers.command import Call, Command, Feature, Parameter
from handlers.kinds import Choice, Given, Words
from handlers.kit import Kit
from handlers.ports import Feedback

LONGEST = 500  # characters of a remark


def feature(kit: Kit) -> Feature:
    parameters = (
        Parameter("verdict", Choice(VERDICTS, "feedback.verdicts", kit.lexicon)),
        Parameter("words", Words(LONGEST)),
        Parameter("about", Given()),
    )
    return Feature("feedback", (Command("feedback", "help", Judging(kit).run, parameters, private=True, keeps=True),))


class Judging:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        phrases = call.phrases
        verdict, words = call.argument("verdict"), call.argument("words")
        if words and verdict and len(str(words).split()) == 1:
            words = None  # "/feedback wrong" says the verdict and nothing more
        about = call.argument("about") or (call.context.command if call.context is not None else "help")
        if verdict is None and not words:
            example = str(phrases.raw("feedback.commands.feedback.examples")[0])
            return self._say(call, phrases.line("feedback.how", example=example), question=True)
        feedback = Feedback(
            id=f"feedback:{call.request.id or uuid4().hex}",
            at=call.request.at,
            command=str(about)[:40],
            verdict=verdict or "unclear",
            language=call.language,
            words=str(words).strip() or None if words else None,
        )
        await self._kit.ports.feedbacks.add(call.request.person, feedback)
        if feedback.words is not None:
            return self._say(call, phrases.line("feedback.words-kept"))
        return self._say(call, phrases.line("feedback.thanks" if verdict == "right" else "feedback.tell-more"))

    def _say(self, call: Call, title: Line, *, question: bool = False) -> Answer:
        # No context of its own: what was talked about is still what the next message leans on.
        return Answer("help", call.language, title, tone="question" if question else "answer")
