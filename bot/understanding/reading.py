"""How a message was understood, and why: what Core acts on and what ``smallprint explain`` prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bot.understanding.mention import Mention
from bot.understanding.text import Message
from handlers.request import Intent, Language


class Candidate(NamedTuple):
    """A command that might be meant, and how much speaks for it."""

    command: str
    score: float
    said: float = 0.0  # what signs and phrases alone speak for it
    learnt: float = 0.0  # its probability by the example sentences


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of ``Understanding.read``. The Intent is always there; a refusal or a question back is one too."""

    message: Message
    language: Language
    sure: bool  # False: too little to tell the language; the conversation's or the platform's stands
    mentions: tuple[Mention, ...]
    intent: Intent
    candidates: tuple[Candidate, ...] = ()  # best first
    context_used: bool = False  # something of the last turn went into the Intent
    foreign: str | None = None  # code of a language that is not spoken here
    also: tuple[Intent, ...] = ()  # a second question in the same message
    told: Callable[[], tuple[str, ...]] = tuple  # puts the steps into words; hardly anybody asks

    @property
    def trace(self) -> tuple[str, ...]:
        """A line for each step, for editors and tests."""
        return self.told()
