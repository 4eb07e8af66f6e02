"""Words near a misspelt one, found without holding it against every word there is.

A slip is a letter too much, one missing, one wrong, or two neighbours changed about. One slip leaves the first two
letters or the last two as they are, so words are kept by both; two slips may touch both ends, and then leave what is
between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_ENDS = 2  # letters at each end
_CORE = 3  # letters from either end that two slips at both ends may change at most
_SHORT = 4  # letters up to which one slip may touch both ends: so few words that all are looked at
_LONG = 7  # letters from which a word has something left between two slips


class Slips:
    """Built once over words; ``near`` costs a few hundredths of a millisecond."""

    def __init__(self, words: Iterable[str]) -> None:
        ends: dict[str, list[str]] = defaultdict(list)
        cores: dict[tuple[int, str], list[str]] = defaultdict(list)
        sized: dict[int, list[str]] = defaultdict(list)
        self._order: dict[str, int] = {}
        for word in dict.fromkeys(words):
            self._order[word] = len(self._order)
            if len(word) <= _SHORT + 1:
                sized[len(word)].append(word)
            ends[f"{word[:_ENDS]}-"].append(word)
            ends[f"-{word[-_ENDS:]}"].append(word)
            if len(word) >= _LONG:
                cores[len(word), word[_CORE:-_CORE][:2]].append(word)
        self._ends, self._cores, self._sized = dict(ends), dict(cores), dict(sized)

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        """Every word at most one slip off, or two, with how many; the shortest first, then as they were given.

        Of words two slips off those shorter than seven letters may be left out."""
        pool = {*self._ends.get(f"{word[:_ENDS]}-", ()), *self._ends.get(f"-{word[-_ENDS:]}", ())}
        size = len(word)
        if size <= _SHORT:
            pool.update(w for n in range(size - 1, size + 2) for w in self._sized.get(n, ()))
        if slips > 1:
            for length in range(max(size - slips, _LONG), size + slips + 1):
                # Shorter than the pair that others have in the middle: a word of seven has one letter there.
                width = min(length - 2 * _CORE, 2)
                for start in range(_CORE - 1, _CORE + 2):
                    pool.update(self._cores.get((length, word[start : start + width]), ()))
        order = self._order
        found = process.extract(word, list(pool), scorer=OSA.distance, score_cutoff=slips, limit=None)
        near = [(w, int(off)) for w, off, _ in found]
        near.sort(key=lambda one: (len(one[0]), order[one[0]]))
        return near
