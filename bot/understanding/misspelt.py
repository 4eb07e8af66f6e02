"""Words of a list with a slip in them: "secnods" for "seconds"."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.slips import Slips

_MENDABLE = 6  # letters of a word from which it is known with a slip in it


class Misspelt:
    """Built once. ``known`` are the words that are never taken for misspelt ones."""

    def __init__(self, words: Iterable[str], known: frozenset[str]) -> None:
        self._slips = Slips(word for word in words if len(word) >= _MENDABLE)
        self._known = known

    def mended(self, word: str) -> str:
        """The word of the list that is one slip off; any other word as it is."""
        if len(word) < _MENDABLE or word in self._known or not word.isalpha():
            return word
        near = self._slips.near(word, 1)
        return near[0][0] if near else word
