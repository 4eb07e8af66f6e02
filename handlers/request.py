"""What comes in, whatever the platform: a Request, and the Intent it is understood as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

Origin = Literal["slash", "text", "sentence", "button"]


@dataclass(frozen=True, slots=True)
class Request:
    """One message from one person in one channel."""

    text: str
    person: str  # platform's id of the person, prefixed by the platform: "discord:123"
    channel: str  # where the conversation runs; context never crosses channels or persons
    at: datetime
    language: Language | None = None  # asked for explicitly (--lang, a locale of a slash command)
    locale: Language | None = None  # the platform's guess, weaker than the sentence itself
    team: str | None = None  # server or group whose ledger and settings apply; None in private
    admin: bool = False  # may change the team's settings
    addressed: bool = True
    id: str | None = None  # the platform's id of this update, for doing things once
    name: str | None = None  # what the person is called there; kept only where they ask to be named in reports
    passing: bool = False  # a question in a link: answered and forgotten, and nothing can be kept or changed by it
    file: bytes | None = None  # a file sent with the message: a ledger to import


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted: a command by name, with typed arguments. The name is never shown to people."""

    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    origin: Origin = "sentence"
