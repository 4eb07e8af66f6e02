"""What a button carries: a version, what to do, in which language, whose message it is, and the Intent.

"s1if2n9c:1e~ui,,20,,,POL" is version 1: the intent, in French, of the person 2n9c. Nothing is kept on our side, so a
button works after a restart and from any process. Whatever cannot be read is old, and is told so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handlers.encoding import decode, encode
from handlers.request import Intent, Language

MOST = 100  # characters of a custom_id
VERSION = "1"
# What is left for the intent whoever owns the card: a person's number takes thirteen letters at most.
ROOM = MOST - len("s1if:") - 13
# intent: answer it · aside: answer it privately · cited: its sources, privately · share: answer it for all
# modal: ask what to change · generated: how many pictures are · l, p: language and place of a server, for who runs it
# other: what was chosen in the menu is itself such a token
What = Literal["i", "a", "c", "h", "m", "g", "l", "p", "o"]
_READ = re.compile(r"s(?P<version>.)(?P<what>[iachmglpo])(?P<tongue>[ef])(?P<owner>[0-9a-z]*):(?P<token>.*)", re.DOTALL)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Pressed:
    what: What
    language: Language
    owner: int | None  # whose card it is; None is everybody's
    intent: Intent | None  # None where nothing is carried
    token: str


def carried(intent: Intent) -> str | None:
    """The intent's part of a custom_id, or None where it does not fit: then the button is left out."""
    return encode(intent, ROOM)


def custom_id(what: What, language: str, owner: int | None, token: str) -> str:
    """Whole: at most a hundred characters, with a token that was made to fit."""
    whose = _base36(owner) if owner is not None else ""
    return f"s{VERSION}{what}{'f' if language == 'fr' else 'e'}{whose}:{token}"


def written(what: What, language: str, owner: int | None, intent: Intent | None) -> str | None:
    """The custom_id of an intent, or None where it does not fit."""
    token = carried(intent) if intent is not None else ""
    return custom_id(what, language, owner, token) if token is not None else None


def read(custom_id: str) -> Pressed | None:
    """None for a button of another version, or of nobody."""
    found = _READ.fullmatch(custom_id)
    if found is None or found["version"] != VERSION:
        return None
    intent = decode(found["token"]) if found["token"] else None
    if found["token"] and intent is None:
        return None
    what: What = found["what"]  # pyright: ignore[reportAssignmentType]
    owner = int(found["owner"], 36) if found["owner"] else None
    return Pressed(what, "fr" if found["tongue"] == "f" else "en", owner, intent, found["token"])


@lru_cache(maxsize=64)  # a card has one owner and many buttons
def _base36(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 36)
        letters = _DIGITS[digit] + letters
    return letters or "0"
