"""A message as everything that reads text sees it: as typed, cleaned, and folded to lower case without accents.

Never raises, whatever was typed: lone surrogates, bidi tricks, four thousand emoji. Every reader works on ``plain``;
``clean`` keeps capitals and accents, and ``shown`` leads back from one to the other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

from knowledge.search import fold

LONGEST = 4_000  # characters that are read; nobody asks more in one breath, and everything stays linear in this

_READ = LONGEST * 4  # of the original, before marks and mentions go

# Seen by nobody, so read by nobody: soft hyphens, zero widths, bidi marks, variation selectors, tags, controls, halves
# of surrogate pairs. Line breaks and tabs are kept for the moment: they are white space.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]+"
)
# Nothing of what follows is in these: most messages are plain letters, accented or not.
_LETTERED = re.compile(r"[ -~À-ÿ]*")
# Before normalisation, because it would open them wrongly: "™" into the letters TM, "´" into a space and an accent.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´ʹ′＇", "'"),
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("™®©℠", " "),
        "—": " - ",
        "…": "... ",
    }
)
_HALVES = {"½": "5", "¼": "25", "¾": "75"}
_FRACTION = re.compile(r"(\d+ ?)?([½¼¾])")
# What platforms write for people, roles, channels, their own emoji and commands; and names called with an at sign.
_CALLED = re.compile(r"<(?:@[!&]?|#)\d*>|<a?:\w+:\d*>|</[\w -]+:\d*>|(?<![\w.@])@+(?!\s)[^\W\d]\w*", re.ASCII)
_CALLED_ABROAD = re.compile(r"(?<![\w.@])@+[^\W\d]\w*")
_WORD = re.compile(r"[^\W_]+")

_fold_one = lru_cache(maxsize=4096)(fold)


class Word(NamedTuple):
    """A run of letters and digits: "c'est" is two, "gpt-4o" is two, "4o" is one."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Message:
    """``Message.of(anything)``. Positions of mentions are indexes into ``plain``."""

    original: str
    clean: str  # what is read: no invisible marks, no mentions, single spaces
    plain: str  # the same, folded
    words: tuple[Word, ...]  # of ``plain``
    _origin: tuple[int, ...] | None  # for each character of ``plain`` its place in ``clean``; None: the same place

    @classmethod
    def of(cls, text: str) -> Self:
        clean = _cleaned(text)
        plain = fold(clean)
        origin = None
        # Plain letters stay one letter; only of the others some become two or none.
        if not clean.isascii() and any(len(_fold_one(c)) != 1 for c in set(clean) if c > "\x7f"):
            lengths = [len(_fold_one(c)) for c in clean]
            origin = tuple(i for i, n in enumerate(lengths) for _ in range(n))
        words = tuple([Word._make((m[0], *m.span())) for m in _WORD.finditer(plain)])
        return cls(text, clean, plain, words, origin)

    def shown(self, start: int, end: int) -> str:
        """A stretch of ``plain`` as it was typed, with capitals and accents."""
        if not 0 <= start < end <= len(self.plain):
            return ""
        if self._origin is None:
            return self.clean[start:end]
        return self.clean[self._origin[start] : self._origin[end - 1] + 1]

    def capital(self, start: int) -> bool:
        """Whether the letter at this place of ``plain`` was typed as a capital."""
        return self.shown(start, start + 1)[:1].isupper()


def _cleaned(text: str) -> str:
    text = text[:_READ]
    plain = _LETTERED.fullmatch(text) is not None
    if not (plain or text.isascii()):
        text = text.translate(_SIGNS)
        text = _FRACTION.sub(lambda m: f"{(m[1] or '0').strip()}.{_HALVES[m[2]]}", text)
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))[:_READ]
    if not plain:
        text = _UNSEEN.sub("", text)
    if "@" in text or "<" in text:
        text = _CALLED_ABROAD.sub(" ", _CALLED.sub(" ", text))
    return " ".join(text.split())[:LONGEST].rstrip()
