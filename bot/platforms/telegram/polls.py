"""A quiz question in the form of Telegram's own quiz poll, within its limits; the explanation keeps its source."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from bot.platforms.telegram.render import Button, cut, units
from handlers.answer import Answer, plain
from handlers.encoding import encode
from handlers.phrases import Phrases
from handlers.request import Intent

QUESTION, OPTION, OPTIONS, EXPLANATION = 300, 100, 12, 200


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    options: tuple[str, ...]
    right: int
    explanation: str  # HTML
    buttons: tuple[tuple[Button, ...], ...]


def quiz(answer: Answer, phrases: Phrases) -> Asked | None:
    """None where the question does not fit: it is then asked in words and buttons."""
    poll = answer.poll
    if poll is None or not 2 <= len(poll.options) <= OPTIONS or units(poll.question) > QUESTION:
        return None
    if any(not 1 <= units(option) <= OPTION for option in poll.options):
        return None
    source, room = "", EXPLANATION
    if poll.citations:
        cited = poll.citations[0]
        name = cut(f"{cited.publisher}, {cited.year}", 60)
        source = f'\n<a href="{escape(cited.url)}">{escape(name, quote=False)}</a>'
        room -= units(name) + 1
    why = cut(plain(poll.explanation).replace("\n", " "), room)
    token = encode(Intent("quiz", {}, "button"))
    again = Button(phrases.text("quiz.next"), token=answer.language[:1] + token) if token else None
    return Asked(
        poll.question,
        poll.options,
        poll.right,
        escape(why, quote=False) + source,
        ((again,),) if again is not None else (),
    )
