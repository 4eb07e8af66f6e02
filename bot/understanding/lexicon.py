"""The word lists of both languages, folded and merged for quick look-up.

Sentences mix languages ("le footprint de 20 replies"), so each language's lexicon holds the other's words too, except
those that mean something else ("trie" in English, "label" in French). Built once, at start; nothing is read on import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from handlers.request import LANGUAGES, Language
from knowledge.parsing import read
from knowledge.schema import Task
from knowledge.search import fold

T = TypeVar("T")

_TASKS: tuple[str, ...] = get_args(Task)


class Piece(NamedTuple):
    """One word of a sentence; ``breaks`` where more than a space, hyphen, apostrophe or name stands before it."""

    text: str
    start: int
    end: int
    breaks: bool
    slashed: bool = False  # a slash right before it: "20/day"


class Phrases(Generic[T]):
    """Phrases of one or more words, the longest found first."""

    def __init__(self) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], T]] = {}
        self._longest: dict[str, int] = {}  # words after the first

    def add(self, phrase: str, value: T) -> None:
        self.put(tuple(phrase_words(phrase)), value)

    def put(self, words: tuple[str, ...], value: T) -> None:
        """A phrase whose words are folded and apart already."""
        if words:
            self._by_first.setdefault(words[0], {})[words[1:]] = value
            if len(words) > 1 + self._longest.setdefault(words[0], 0):
                self._longest[words[0]] = len(words) - 1

    def begins(self, word: str) -> bool:
        """Whether any phrase begins with this word."""
        return word in self._by_first

    def at(self, pieces: Sequence[Piece], index: int) -> tuple[int, T] | None:
        """How many words from ``index`` on make the longest phrase, and what it means."""
        known = self._by_first.get(pieces[index].text)
        if known is None:
            return None
        rest: list[str] = []
        for piece in pieces[index + 1 : index + 1 + self._longest[pieces[index].text]]:
            if piece.breaks:
                break
            rest.append(piece.text)
        for length in range(len(rest), -1, -1):
            value = known.get(tuple(rest[:length]))
            if value is not None:
                return length + 1, value
        return None

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], T]]:
        for first, entries in self._by_first.items():
            for rest, value in entries.items():
                yield (first, *rest), value


class Lexicon:
    """The word lists as one language reads them. ``sets`` and ``maps`` are named by their path: "units.tokens"."""

    def __init__(self, language: Language, lists: Mapping[str, Mapping[str, Any]]) -> None:
        self.language: Language = language
        others = tuple(other for other in LANGUAGES if other != language)
        self._lists = [lists[language], *(lists[other] for other in others)]
        self.tasks: Phrases[Task] = Phrases()
        for other in others:
            self._add_tasks(lists[other], set(phrases(lists[other]["tasks"]["only"])))
        self._add_tasks(lists[language], set())

    def _add_tasks(self, lists: Mapping[str, Any], without: set[str]) -> None:
        for task in _TASKS:
            for phrase in phrases(lists["tasks"].get(task)):
                if phrase not in without:
                    self.tasks.add(phrase, task)  # pyright: ignore[reportArgumentType]

    def own(self, path: str) -> Any:
        """What stands at this path in the language's own file."""
        return _look(self._lists[0], path)

    def set(self, path: str) -> frozenset[str]:
        """Words or phrases at this path, of both languages."""
        return frozenset(word for lists in self._lists for word in phrases(_look(lists, path)))

    def own_set(self, path: str) -> frozenset[str]:
        return frozenset(phrases(self.own(path)))

    def map(self, path: str) -> dict[str, Any]:
        """A table at this path, the language's own entries before the other's."""
        merged: dict[str, Any] = {}
        for lists in reversed(self._lists):
            table: dict[str, Any] = _look(lists, path) or {}
            merged.update({fold(str(key)): value for key, value in table.items()})
        return merged


def phrases(entry: Any) -> list[str]:
    """A list in a word file: phrases between bars, or else single words between spaces; always folded."""
    if not entry:
        return []
    if isinstance(entry, str):
        entry = entry.split("|") if "|" in entry else entry.split()
    return [" ".join(phrase_words(str(item))) for item in entry if phrase_words(str(item))]


def phrase_words(phrase: str) -> list[str]:
    return fold(phrase).replace("-", " ").replace("'", " ").split()


def _look(lists: Mapping[str, Any], path: str) -> Any:
    found: Any = lists
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]


@lru_cache(maxsize=1)
def lexicons() -> dict[Language, Lexicon]:
    """Read from the files beside this module, once."""
    lists: dict[str, Any] = {}
    for language in LANGUAGES:
        text = files("bot.understanding").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
        lists[language] = read(text, f"words/{language}.yaml")
    return {language: Lexicon(language, lists) for language in LANGUAGES}


def words_of(entries: Iterable[str]) -> frozenset[str]:
    """All single words of some phrases."""
    return frozenset(word for entry in entries for word in entry.split())
