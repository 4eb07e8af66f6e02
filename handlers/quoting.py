"""A person's own words, shown back to them: short, and with nothing in them that calls, marks up or cannot be seen."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80  # characters

_CALLING = re.compile(r"@+(?=\S)|[<>]")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))  # controls, marks of direction, halves of pairs, unassigned


def quoted(text: str, longest: int = LONGEST) -> str:
    """ "@everyone" becomes "everyone"; "…" where nothing is left to show."""
    seen = "".join(" " if c.isspace() else c for c in text[: 4 * longest] if c.isspace() or _visible(c))
    return " ".join(_CALLING.sub(" ", seen).split())[:longest].rstrip() or "…"


def _visible(character: str) -> bool:
    return (character.isascii() and character.isprintable()) or unicodedata.category(character) not in _UNSEEN
