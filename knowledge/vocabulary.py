"""How a text becomes the words it is searched by: folded, idle words out, endings off, synonyms brought together.

Which words are idle and which mean the same stands in ``data/stopwords.yaml`` and ``data/synonyms.yaml``. Both
languages are read at once, since people mix them and the language of three key words cannot be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_RUN = re.compile(r"[a-z]+[0-9]+[a-z0-9]*|[0-9]+(?:[.,][0-9]+)*[a-z]*|[a-z]+|%")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_MEASURED = re.compile(r"([0-9.]+)(x|[kmgt]?wh|[kmc]?l|k?g|[kmg]?w|s|t|th)")  # "519ml", "33x", "4s"
_ENDINGS = ("ees", "es", "s", "e", "x")


def fold(text: str) -> str:
    """Lower case, no accents, ligatures opened: "Électricité" -> "electricite"."""
    if text.isascii():
        return text.lower()
    text = text.translate(_PLAIN).casefold()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _plain() -> dict[int, str]:
    """The accented letters of western languages without their accents, and the signs people type for others."""
    opened = {c: unicodedata.normalize("NFKD", c) for c in map(chr, range(0xC0, 0x17F))}
    table = {ord(c): o[0] for c, o in opened.items() if o[0].isascii() and all(map(unicodedata.combining, o[1:]))}
    return {**table, ord("œ"): "oe", ord("Œ"): "OE", ord("₂"): "2", ord("’"): "'"}


_PLAIN = _plain()


def runs(text: str) -> list[str]:
    """Words and numbers in order: "l'eau, 0,24 Wh" -> l eau 0.24 wh."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if run[0].isdigit():
            run = run.replace(",", "") if _THOUSANDS.fullmatch(run) else run.replace(",", ".")
            measured = _MEASURED.fullmatch(run)
            if measured:
                found.extend((measured[1], measured[2]) if measured[2] not in ("x", "s", "th") else (measured[1],))
                continue
        found.append(run)
    return found


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Plural and feminine endings off, in both languages: crude, and enough for an index."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


class TwoMeanings(ValueError):
    """A word that stands in two groups of synonyms."""


@dataclass(frozen=True)
class Vocabulary:
    """Idle words, and by its first word every phrase that has synonyms, longest first."""

    silent: frozenset[str]
    faint: frozenset[str]  # stems
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]

    @classmethod
    def of(
        cls, silent: Iterable[str] = (), faint: Iterable[str] = (), synonyms: Iterable[Sequence[str]] = ()
    ) -> Vocabulary:
        """From the editors' lists. Raises TwoMeanings."""
        mute = frozenset(run for word in silent for run in runs(word))
        phrases: dict[tuple[str, ...], str] = {}
        for group in synonyms:
            name = "_".join(runs(group[0]))
            for phrase in group:
                for key in _keys(phrase, mute):
                    if phrases.setdefault(key, name) != name:
                        raise TwoMeanings(f"{phrase!r} stands with {group[0]!r} and with {phrases[key]!r}")
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for key, name in phrases.items():
            by_first.setdefault(key[0], []).append((key, name))
        for options in by_first.values():
            options.sort(key=lambda option: -len(option[0]))
        return cls(mute, frozenset(stem(run) for word in faint for run in runs(word)), by_first)

    def words(self, text: str) -> list[str]:
        """The words that carry the topic of a text, each under the name of its group."""
        found = runs(text)
        stems = [stem(run) for run in found]
        phrases, silent = self.phrases, self.silent
        named: list[str] = []
        at = 0
        while at < len(found):
            for key, name in phrases.get(stems[at], ()):
                if len(key) == 1 or tuple(stems[at : at + len(key)]) == key:
                    named.append(name)
                    at += len(key)
                    break
            else:
                if found[at] not in silent and found[at] != "%":
                    named.append(stems[at])
                at += 1
        return named


def _keys(phrase: str, silent: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """A phrase as it is met in a text, whole or with its idle words gone where two others are left."""
    found = runs(phrase)
    yield tuple(map(stem, found))
    rest = tuple(stem(run) for run in found if run not in silent)
    if 2 <= len(rest) < len(found):
        yield rest
