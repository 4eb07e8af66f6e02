"""A command is declared once, as plain data; every surface is a projection of it.

Words (names, descriptions, cues, examples) come from the feature's text files under the command's name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.answer import Answer, Posting
from handlers.context import Context
from handlers.kinds import Kind
from handlers.phrases import Phrases
from handlers.ports import NOTHING_SET, Settings
from handlers.request import Intent, Request
from knowledge.schema import Units


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: Kind[Any]
    required: bool = False


Progress = Callable[[float], Awaitable[None]]  # told how much of long work is done, from 0 to 1


async def unwatched(share: float) -> None:
    """Where nobody waits to see it."""


@dataclass(frozen=True, slots=True)
class Call:
    """Everything a command may look at."""

    request: Request
    intent: Intent
    language: str
    phrases: Phrases
    context: Context | None = None
    settings: Settings = NOTHING_SET  # the person's own over the team's
    progress: Progress = unwatched

    @property
    def units(self) -> Units | None:
        """Asked for by the person or their team, or usual in English where their electricity is; None: metric."""
        american = (self.settings.place or "").startswith("USA") and self.language == "en"
        return self.settings.units or ("imperial" if american else None)

    def argument(self, name: str, default: Any = None) -> Any:
        value = self.intent.arguments.get(name)
        return default if value is None else value


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is the key in the text files and in encoded intents; ``intent`` is the contract's word for it."""

    name: str
    intent: str
    run: Callable[[Call], Awaitable[Answer]]
    parameters: tuple[Parameter, ...] = ()
    private: bool = False  # answered for the asker's eyes
    keeps: bool = False  # writes what a person wants kept, or changes it
    hidden: bool = False  # reached by sentences and buttons, not listed in menus


Postings = Callable[[str, datetime], Awaitable[Sequence[Posting]]]  # of a platform, due now, claimed for the caller


@dataclass(frozen=True, slots=True)
class Feature:
    """A folder under ``handlers``: its commands, where its words are, and what it says unasked when it is time."""

    name: str
    commands: tuple[Command, ...] = field(default=())
    postings: Postings | None = None
