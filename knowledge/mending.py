"""Words that were meant as a part of a name and misspelt: "cluade", "mid jurney"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from knowledge.slips import Slips

MODEL = "model"

# Thresholds, chosen on the misspellings and everyday words of tests/test_names.py.
_TWO_OFF = 9  # letters from which two slips are forgiven
_KEPT = 8192  # words of which it is kept what they may be meant as


class Run(NamedTuple):
    """Letters or digits in a row: "4o" is two."""

    text: str
    start: int
    end: int


class Mending:
    """Built once over the words that names are made of, with the kinds of those names."""

    def __init__(self, words: Mapping[str, Set[str]], everyday: Set[str]) -> None:
        """``everyday``: words never taken for a misspelt name."""
        self._words = words
        self._everyday = everyday
        held = [w for w in sorted(words) if 3 <= len(w) <= 24 and (len(w) > 3 or w == "gpt")]
        self._slips = Slips(held)
        self._beginnings = frozenset(w[:n] for w in held for n in range(3, len(w)))
        self._mend = lru_cache(_KEPT)(self._nearest)

    def prepare(self, words: Iterable[str]) -> None:
        """Looks words up ahead of time."""
        for word in words:
            if len(word) > 2 and word.isalpha() and word not in self._everyday:
                self._mend(word)

    def mended(self, text: str, runs: Sequence[Run], covered: Set[int]) -> dict[int, tuple[str, float]]:
        """For each run that is no everyday word, the word of a name it was probably meant as."""
        mended: dict[int, tuple[str, float]] = {}
        for i, run in enumerate(runs):
            if i in covered or len(run.text) < 3 or run.text in self._everyday or not run.text.isalpha():
                continue
            if found := self._mend(run.text):
                mended[i] = found
            elif (
                i
                and i - 1 not in covered
                and text[runs[i - 1].end : run.start] in (" ", "-")
                and (both := self._joined(runs[i - 1].text, run.text)) is not None
            ):
                mended[i - 1], mended[i] = both  # "mid jurney"
        return mended

    def _joined(self, first: str, second: str) -> tuple[tuple[str, float], tuple[str, float]] | None:
        """Two words that are one name misspelt, shared out again between the two."""
        if first not in self._beginnings or len(first) + len(second) < 8:
            return None
        found = self._mend(first + second)
        if found is None or not found[0].startswith(first):
            return None
        rest = found[0][len(first) :]
        if not rest.startswith(second) and OSA.distance(second, rest) > (1 if len(second) < _TWO_OFF - 3 else 2):
            return None  # « google sur gemini »
        return (first, 1.0), (found[0][len(first) :], found[1])

    def _nearest(self, word: str) -> tuple[str, float] | None:
        if word in self._words or len(word) > 24:
            return None
        most = 2 if len(word) >= _TWO_OFF - 2 else 1
        best: tuple[str, float] | None = None
        for other, off in sorted(self._slips.near(word, most)):
            # "deepsik": two slips in a shorter word too, where half of a model's name is right.
            begun = MODEL in self._words[other] and _TWO_OFF - 2 <= len(word) < len(other) and word[:5] == other[:5]
            if off > (2 if begun or min(len(word), len(other)) >= _TWO_OFF - 1 else 1):
                continue
            if len(word) <= 3 and sorted(word) != sorted(other):
                continue  # of three letters only an order may be wrong: "gtp"
            if off and word[0] != other[0] and len(word) < 6 and sorted(word) != sorted(other):
                continue
            score = 1 - off / max(len(word), len(other))
            if best is None or score > best[1]:
                best = (other, score)
        return best
