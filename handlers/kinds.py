"""One converter a kind of value: from anything a platform hands over to a typed value, idempotent; suggestions as a
person types; and how it is shown. The same object serves parsing, help, autocomplete and errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, get_args

from rapidfuzz import fuzz, process

from handlers.errors import CannotAnswer
from handlers.measures import Measures
from handlers.phrases import Lexicon
from knowledge.search import fold

T = TypeVar("T")
MOST_SUGGESTIONS = 25  # what Discord takes; no surface shows more

NumberReader = Callable[[str, str], float | None]  # (text, language) -> the number it says, None where it says none


class Named(Protocol):
    """A look-up of names: exact id or alias, near ones, and all ids with what they are called."""

    def resolve(self, text: str, language: str) -> str | None: ...

    def near(self, text: str, language: str, limit: int = 3) -> tuple[str, ...]: ...

    def all(self, language: str) -> Iterable[tuple[str, str]]:
        """(name as shown, id)"""
        ...

    def show(self, id_: str, language: str) -> str: ...


class Kind(Protocol, Generic[T]):
    def parse(self, value: Any, language: str) -> T:
        """Raises CannotAnswer, with near ones where there are any."""
        ...

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        """(label, value), 25 at most."""
        ...

    def show(self, value: T, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Name:
    """A name of something known: a model, a place. ``what`` is the key of its apology: "unknown-model"."""

    names: Named
    what: str

    def parse(self, value: Any, language: str) -> str:
        text = str(value)
        found = self.names.resolve(text, language)
        if found is None:
            near = self.names.near(text, language)
            shown = ", ".join(self.names.show(i, language) for i in near)
            raise CannotAnswer(self.what if near else f"{self.what}-at-all", name=text[:80], near=shown)
        return found

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        choices = {id_: name for name, id_ in self.names.all(language)}
        if not prefix.strip():
            return tuple((name, id_) for id_, name in list(choices.items())[:MOST_SUGGESTIONS])
        found = process.extract(
            fold(prefix), choices, scorer=fuzz.WRatio, processor=fold, limit=MOST_SUGGESTIONS, score_cutoff=50
        )
        return tuple((name, id_) for name, _, id_ in found)

    def show(self, value: str, language: str) -> str:
        return self.names.show(value, language)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of codes, shown by the phrases ``<key>.<code>``."""

    codes: tuple[str, ...]
    key: str
    lexicon: Lexicon

    def parse(self, value: Any, language: str) -> str:
        text = fold(str(value)).strip()
        if text in self.codes:
            return text
        for tongue in (language, "en", "fr"):
            phrases = self.lexicon[tongue]
            for code in self.codes:
                if fold(phrases.text(f"{self.key}.{code}")) == text:
                    return code
        shown = ", ".join(self.show(code, language) for code in self.codes)
        raise CannotAnswer("unknown-choice", name=str(value)[:80], near=shown)

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        wanted = fold(prefix)
        every = ((self.show(code, language), code) for code in self.codes)
        return tuple(pair for pair in every if wanted in fold(pair[0]) or wanted in pair[1])[:MOST_SUGGESTIONS]

    def show(self, value: str, language: str) -> str:
        return self.lexicon[language].text(f"{self.key}.{value}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds, as digits or words: "10k", "1,5 million", "vingt"."""

    low: float
    high: float
    reader: NumberReader
    lexicon: Lexicon

    def parse(self, value: Any, language: str) -> float:
        number = float(value) if isinstance(value, int | float) else self.reader(str(value), language)
        if number is None or math.isnan(number):
            raise CannotAnswer("no-number", name=str(value)[:80])
        if not self.low <= number <= self.high:
            measures = Measures(self.lexicon[language])
            raise CannotAnswer("out-of-bounds", low=measures.count(self.low), high=measures.count(self.high))
        return number

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        return ()

    def show(self, value: float, language: str) -> str:
        return Measures(self.lexicon[language]).count(value)


@dataclass(frozen=True, slots=True)
class Words:
    """Free text, cut at a length that no honest question needs."""

    longest: int = 400

    def parse(self, value: Any, language: str) -> str:
        return str(value)[: self.longest]

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        return ()

    def show(self, value: str, language: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Asked(Words):
    """Free text, with what is known suggested as a person types. Who takes a suggestion hands over its id."""

    topics: Callable[[str, str], tuple[tuple[str, str], ...]] = lambda typed, language: ()

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        return self.topics(prefix, language)[:MOST_SUGGESTIONS]


@dataclass(frozen=True, slots=True)
class Given:
    """A value made by ourselves (uses, ids from a button), handed on as it is."""

    def parse(self, value: Any, language: str) -> Any:
        return value

    def suggest(self, prefix: str, language: str) -> tuple[tuple[str, str], ...]:
        return ()

    def show(self, value: Any, language: str) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class File(Given):
    """A file to be sent along, where a form has a place for one. It travels as the request's own, never as a value."""


def alike(wanted: str, names: Mapping[str, str], cutoff: float) -> list[str]:
    """The ids whose folded names are most like what is wanted, at least so like: of a hundred."""
    found = process.extract(wanted, names, scorer=fuzz.WRatio, limit=MOST_SUGGESTIONS, score_cutoff=cutoff)
    return [id_ for _, _, id_ in found]


def codes(literal: Any) -> tuple[str, ...]:
    """The codes of a Literal type."""
    return tuple(get_args(literal))
