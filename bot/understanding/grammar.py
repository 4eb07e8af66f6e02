"""The small words of both languages that tell how the things in a sentence hang together.

They are read as one lexicon: people mix languages within a sentence, and hardly any of these words means something
else in the other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from handlers.request import LANGUAGES
from knowledge.parsing import read
from knowledge.search import fold

_Sorted = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Lists by name: single words as a set, and those of two words or more as tuples."""

    words: Mapping[str, frozenset[str]]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    tables: Mapping[str, Mapping[str, float]]  # words that stand for a number: "first" for 0
    _first: Mapping[str, _Sorted] = field(init=False, repr=False)  # the phrases of each list by their first word
    _last: Mapping[str, _Sorted] = field(init=False, repr=False)  # and by their last
    _telling: Mapping[str, frozenset[str]] = field(init=False, repr=False)  # and all that one begins with

    def __post_init__(self) -> None:
        object.__setattr__(self, "_first", {key: _sorted_by(0, listed) for key, listed in self.phrases.items()})
        telling = {key: set(words) for key, words in self.words.items()}
        for key, listed in self.phrases.items():
            telling.setdefault(key, set()).update(phrase[0] for phrase in listed)
        object.__setattr__(self, "_telling", {key: frozenset(words) for key, words in telling.items()})
        object.__setattr__(self, "_last", {key: _sorted_by(-1, listed) for key, listed in self.phrases.items()})

    @classmethod
    def load(cls, root: Traversable | None = None) -> Grammar:
        root = root if root is not None else files("bot.understanding") / "grammar"
        words: dict[str, set[str]] = {}
        phrases: dict[str, list[tuple[str, ...]]] = {}
        tables: dict[str, dict[str, float]] = {}
        for language in LANGUAGES:
            name = f"{language}.yaml"
            data = cast("dict[str, list[Any] | dict[str, float]]", read((root / name).read_text("utf-8"), name))
            for key, entries in data.items():
                if isinstance(entries, dict):
                    tables.setdefault(key, {}).update({fold(str(word)): n for word, n in entries.items()})
                    continue
                for entry in entries:
                    if not isinstance(entry, str):  # an unquoted "no" or "on" is a truth value to YAML
                        raise ValueError(f"{name}: {key}: {entry!r} needs quotes")
                    pieces = tuple(fold(str(entry)).replace("'", " ").split())
                    if len(pieces) == 1:
                        words.setdefault(key, set()).add(pieces[0])
                    else:
                        phrases.setdefault(key, []).append(pieces)
        return cls({k: frozenset(v) for k, v in words.items()}, {k: tuple(v) for k, v in phrases.items()}, tables)

    def of(self, key: str) -> frozenset[str]:
        return self.words.get(key, frozenset())

    def holds(self, key: str, tokens: tuple[str, ...]) -> bool:
        """Whether any of the tokens is in the list, or a run of them is one of its phrases."""
        telling = self._telling.get(key)
        if telling is None or telling.isdisjoint(tokens):
            return False  # as of most lists in most sentences
        words = self.words.get(key)
        if words is not None and not words.isdisjoint(tokens):
            return True
        beginnings = self._first.get(key, {})
        for at, token in enumerate(tokens):
            for phrase in beginnings.get(token, ()):
                if tokens[at : at + len(phrase)] == phrase:
                    return True
        return False

    def starts(self, key: str, tokens: tuple[str, ...]) -> bool:
        """Whether the tokens begin with a word or a phrase of the list."""
        if tokens and tokens[0] in self.of(key):
            return True
        beginnings = self._first.get(key)
        if beginnings is None or not tokens:
            return False
        return any(tokens[: len(phrase)] == phrase for phrase in beginnings.get(tokens[0], ()))

    def length(self, key: str, tokens: tuple[str, ...]) -> int:
        """How many tokens the longest word or phrase of the list has that they begin with; 0 where there is none."""
        if not tokens:
            return 0
        beginnings = self._first.get(key, {}).get(tokens[0], ())
        longest = max((len(phrase) for phrase in beginnings if tokens[: len(phrase)] == phrase), default=0)
        return longest or int(tokens[0] in self.of(key))

    def ends(self, key: str, tokens: tuple[str, ...]) -> bool:
        """Whether the tokens end in a word or a phrase of the list."""
        if tokens and tokens[-1] in self.of(key):
            return True
        endings = self._last.get(key)
        if endings is None or not tokens:
            return False
        return any(tokens[-len(phrase) :] == phrase for phrase in endings.get(tokens[-1], ()))


def _sorted_by(at: int, phrases: Iterable[tuple[str, ...]]) -> _Sorted:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in phrases:
        found[phrase[at]] = (*found.get(phrase[at], ()), phrase)
    return found
