"""Greetings, thanks, goodbyes, a joke, abuse: short, kind, and back to the subject. The thread stays as it was."""

from __future__ import annotations

from random import Random
from typing import cast

from handlers.answer import Answer, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.kinds import Choice
from handlers.kit import Kit
from handlers.request import Intent

SORTS = ("greeting", "thanks", "bye", "joke", "abuse", "praise", "wellbeing", "ok")


def feature(kit: Kit) -> Feature:
    async def reply(call: Call) -> Answer:
        sort = call.argument("kind", "greeting")
        lines = cast("list[str]", call.phrases.raw(f"smalltalk.{sort}"))
        index = Random(f"{call.request.person} {call.request.at}").randrange(len(lines))
        offers: tuple[Suggestion, ...] = ()
        if sort in ("greeting", "wellbeing"):
            offers = (Suggestion(call.phrases.text("smalltalk.what-can"), Intent("help", {}, "button")),)
        return Answer(
            "smalltalk", call.language, call.phrases.line(f"smalltalk.{sort}", index=index), suggestions=offers
        )

    kind = Parameter("kind", Choice(SORTS, "smalltalk.sorts", kit.lexicon))
    return Feature("smalltalk", (Command("smalltalk", "smalltalk", reply, (kind,), hidden=True),))
