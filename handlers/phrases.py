"""The words of the bot, one text file a language beside each feature, turned into spans.

A phrase may use ``**strong**`` and ``[label](url)``. The markup is parsed once, before any value is filled in, so a
model's name or a person's word stays a word. ``{n}`` chooses between ``one`` and ``other`` by the language's own rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from babel import Locale

from handlers.answer import Line, Span
from handlers.request import LANGUAGES
from knowledge.parsing import read

_MARKUP = re.compile(r"\*\*(?P<strong>.+?)\*\*|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)")
_VALUE = re.compile(r"\{([a-z0-9_]+)\}")
_TIGHT = re.compile(r" ([;:?!»%])")  # French keeps these on the line of the word before

_KEPT = 2048  # numbers whose plural is known: most are said with two figures

Value = str | int | float | Line


class MissingPhrase(KeyError):
    """A key that no text file has: a fault of ours, never the person's."""


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str  # with {values} still in
    strong: bool = False
    url: str | None = None
    parts: tuple[tuple[str, bool], ...] = ()  # its words and the names of its values in turn: (text, is a value)


@dataclass(frozen=True, slots=True)
class _Parsed:
    pieces: tuple[_Piece, ...]
    plain: str  # the words alone, as ``str.format`` reads them


def typeset(text: str, language: str) -> str:
    """French spacing: no line may start with a mark. English is left alone."""
    if language != "fr":
        return text
    text = _TIGHT.sub(lambda m: ("\u00a0" if m[1] in ":»" else "\u202f") + m[1], text)
    return text.replace("« ", "«\u00a0")


def _parse(text: str) -> _Parsed:
    pieces: list[_Piece] = []
    at = 0
    for found in _MARKUP.finditer(text):
        if found.start() > at:
            pieces.append(_piece(text[at : found.start()]))
        if found["strong"] is not None:
            pieces.append(_piece(found["strong"], strong=True))
        else:
            pieces.append(_piece(found["label"], url=found["url"]))
        at = found.end()
    if at < len(text):
        pieces.append(_piece(text[at:]))
    parts = (part for piece in pieces for part in piece.parts)
    plain = "".join(
        f"{{{part}}}" if is_value else part.replace("{", "{{").replace("}", "}}") for part, is_value in parts
    )
    return _Parsed(tuple(pieces), plain)


def _piece(text: str, strong: bool = False, url: str | None = None) -> _Piece:
    # Splitting by a pattern with one group gives the words and the names of values in turn.
    parts = tuple((part, n % 2 == 1) for n, part in enumerate(_VALUE.split(text)) if part)
    return _Piece(text, strong, url, parts)


class Phrases:
    """One language's texts. Keys are dotted and begin with the feature: "estimating.title"."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._texts = texts
        # Which of a phrase's forms goes with a number: "one", "other".
        self.plural = lru_cache(_KEPT)(self.locale.plural_form)
        self._parsed: dict[str, _Parsed] = {}  # of phrases with one form, which most are
        self._formed: dict[tuple[str, str], _Parsed] = {}  # of a plural's forms, and of those of a list

    @classmethod
    def read(cls, language: str, file: Traversable) -> Phrases:
        """The texts of one file, for a surface that has words of its own."""
        return cls(language, _flatten(read(file.read_text("utf-8"), file.name), ""))

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._texts)

    def keys(self) -> Iterator[str]:
        return iter(self)

    def raw(self, key: str) -> Any:
        """The text as written, for those that read structures (lists of examples). Raises MissingPhrase."""
        try:
            return self._texts[key]
        except KeyError:
            raise MissingPhrase(key) from None

    def line(self, key: str, *, index: int | None = None, **values: Value) -> Line:
        """The phrase as spans, with its values filled in; ``index`` chooses from a list of phrases."""
        spans: list[Span] = []
        for piece in self._read(key, values, index).pieces:
            spans.extend(self._fill(piece, key, values))
        return tuple(spans)

    def text(self, key: str, **values: Value) -> str:
        """The phrase as plain words."""
        plain = (self._parsed.get(key) or self._read(key, values, None)).plain
        for name, value in values.items():
            if isinstance(value, tuple):
                values[name] = "".join(span.text for span in value)
        try:
            return plain.format_map(values)
        except KeyError as missing:
            raise MissingPhrase(f"{key} needs {missing.args[0]}") from None

    def _read(self, key: str, values: Mapping[str, Value], index: int | None) -> _Parsed:
        if index is None and (found := self._parsed.get(key)) is not None:
            return found
        text = self.raw(key)
        form = ""
        if index is not None:
            text, form = text[index], str(index)
        if isinstance(text, Mapping):
            forms = cast("Mapping[str, str]", text)
            n = values.get("n", 1)
            form = self.plural(abs(n) if isinstance(n, int | float) else 1)
            if form not in forms:
                form = "other"
            text = forms[form]
        found = self._formed.get((key, form)) if form else None
        if found is None:
            found = _parse(typeset(str(text), self.language))
            if form:
                self._formed[key, form] = found
            else:
                self._parsed[key] = found
        return found

    def _fill(self, piece: _Piece, key: str, values: Mapping[str, Value]) -> Iterator[Span]:
        for part, is_value in piece.parts:
            if not is_value:
                yield Span(part, piece.strong, piece.url)
                continue
            try:
                value = values[part]
            except KeyError:
                raise MissingPhrase(f"{key} needs {part}") from None
            if isinstance(value, tuple):
                for span in value:
                    yield Span(span.text, span.strong or piece.strong, span.url or piece.url)
            else:
                yield Span(str(value), piece.strong, piece.url)


class Lexicon:
    """All texts, by language. Reads the vocabulary's files and those of each feature."""

    def __init__(self, by_language: Mapping[str, Phrases]) -> None:
        self._by_language = by_language

    @classmethod
    def load(cls, root: Traversable | None = None) -> Lexicon:
        root = root if root is not None else files("handlers")
        return cls({language: Phrases(language, _collect(root, language)) for language in LANGUAGES})

    def __getitem__(self, language: str) -> Phrases:
        return self._by_language[language if language in self._by_language else "en"]


def _collect(root: Traversable, language: str) -> dict[str, Any]:
    texts = _flatten(read((root / f"{language}.yaml").read_text("utf-8"), f"{language}.yaml"), "")
    for feature in sorted(root.iterdir(), key=lambda f: f.name):
        file = feature / f"{language}.yaml" if feature.is_dir() else None
        if file is not None and file.is_file():
            name = f"{feature.name}/{language}.yaml"
            texts.update(_flatten(read(file.read_text("utf-8"), name), f"{feature.name}."))
    return texts


def _flatten(node: Any, prefix: str) -> dict[str, Any]:
    """Dotted keys; {one, other} and lists stay whole."""
    flat: dict[str, Any] = {}
    for key, value in cast("dict[str, Any]", node or {}).items():
        if isinstance(value, dict) and "other" not in value:
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
