"""What AI is used for, as nouns and verbs: "images", "transcribe", "recherches web", forgiving a slip in long words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot.understanding.lexicon import Lexicon, Phrases, Piece
from knowledge.schema import Task

LONG = 6  # letters from which a word is recognised with one slip; shorter ones have too many neighbours
SLIPPED = 0.8  # score of a word that was recognised in spite of its spelling


class Found(NamedTuple):
    length: int  # in words
    task: Task
    score: float


class Tasks:
    """``known`` are words that mean something else, so that they are never taken for a misspelt task."""

    def __init__(self, lexicon: Lexicon, known: Iterable[str] = ()) -> None:
        self._phrases: Phrases[Task] = lexicon.tasks
        self._known = frozenset(known) | lexicon.set("tasks.real")
        words: dict[str, Task] = {}
        self._parts: set[str] = set()
        for phrase, task in lexicon.tasks:
            self._parts.update(phrase)
            if len(phrase) == 1 and len(phrase[0]) >= LONG:
                words[phrase[0]] = task
        # A word and a misspelling of it share a form with one letter left out, or one is such a form of the other.
        self._near: dict[str, list[str]] = {}
        for word in words:
            for form in (word, *_shorter(word)):
                self._near.setdefault(form, []).append(word)
        self._tasks = words
        self.words = frozenset(self._parts)

    def at(self, pieces: Sequence[Piece], index: int) -> Found | None:
        """The task named from this word on, if any."""
        exact = self._phrases.at(pieces, index)
        if exact is not None:
            return Found(exact[0], exact[1], 1.0)
        near = self._slipped(pieces[index].text)
        return Found(1, self._tasks[near], SLIPPED) if near is not None else None

    def begins(self, word: str) -> bool:
        """Whether a task may be named from this word on."""
        return self._phrases.begins(word) or self._slipped(word) is not None

    def _slipped(self, word: str) -> str | None:
        """The task's word that this one is with one slip."""
        if not LONG - 1 <= len(word) <= 24 or word in self._known or word in self._parts:
            return None
        for form in (word, *_shorter(word)):
            for near in self._near.get(form, ()):
                if OSA.distance(word, near, score_cutoff=1) <= 1:
                    return near
        return None


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]
