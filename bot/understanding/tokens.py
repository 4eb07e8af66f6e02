"""A text in pieces, as numbers need it: digits with their marks, clock times, sizes, words, and the signs between."""

from __future__ import annotations

import re
from typing import NamedTuple

# The kinds begin with different characters, so the commonest may stand first.
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:\d[^\W_]*)?)"
    r"|(?P<sign>(?:[^\w\s\x01]|_)+)"
    r"|(?P<masked>\x01+)"
    r"|(?P<clock>(?<![\w.,:])\d{1,2} ?h ?[0-5]\d(?!\d)(?: ?(?:minutes?|mins?|mn))?(?![^\W_]))"
    r"|(?P<size>(?<![\w.,])\d{3,5} ?[x×*] ?\d{3,5}(?![^\W_])|(?<![\w.,])\d{3,4} ?p(?![^\W_]))"
    r"|(?P<number>\d+(?:\.\d+)?e[+-]?\d{1,3}(?![^\W_])"
    r"|\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?(?![.,]?\d)|\d+(?:[.,]\d+)*)"
)


class Token(NamedTuple):
    kind: str  # "masked", "clock", "size", "number", "word", "sign"
    text: str
    start: int
    end: int
    glued: bool  # nothing between this and the one before


def tokens_of(text: str) -> list[Token]:
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        start, stop = match.span()
        found.append(Token._make((match.lastgroup or "sign", match[0], start, stop, start == end)))
        end = stop
    return found
