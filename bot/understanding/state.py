"""What was found in one message before a command is chosen, and what the choice and its arguments may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.understanding.cues import Masked
from bot.understanding.followups import Leaning
from bot.understanding.intents import Scores
from bot.understanding.items import Found
from bot.understanding.mention import Mention
from bot.understanding.text import Message
from handlers.context import Context
from handlers.request import Language
from knowledge.search import Hit


@dataclass(slots=True)
class Heard:
    """Everything found in one message (or part of one), before a command is chosen."""

    message: Message
    language: Language
    sure: bool  # whether the message itself tells its language
    mentions: tuple[Mention, ...]
    found: Found
    masked: Masked
    tokens: tuple[str, ...]  # without greetings
    beside: int  # words of nothing recognised
    lean: Leaning


@dataclass
class State:
    """What the building of arguments may look at. Facts are searched for once, and only when someone looks."""

    heard: Heard
    context: Context | None
    signs: set[str]
    scores: Scores
    answer: int | None
    search: Callable[[], tuple[Hit, ...]]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        return self.search()
