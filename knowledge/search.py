"""Facts, claims and concepts by what people type: forgiving of spelling and accents, in both languages.

Every entry is found by its own questions, its name and its claim. Words are weighted by how rare they are (BM25); a
word that is not in the base is matched to the nearest one that is. The score of a hit is the share of the question's
weight that the entry covers, so it can be held against a threshold: below it the honest answer is "not in my base".
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.library import Library

CLOSE = 0.9  # a default this near to the entry it replaces is shown before it
_WORD = re.compile(r"[a-z0-9]+(?:[.'-][a-z0-9]+)*")


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


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float  # 0..1, how much of what was asked the entry covers


class Search:
    """Built once over a library; asking costs some tens of microseconds a word."""

    def __init__(self, library: Library, stop: Mapping[str, Iterable[str]] | None = None) -> None:
        """``stop`` gives, by language, the words that carry no topic ("how", "est-ce")."""
        self._stop = {language: frozenset(map(fold, words)) for language, words in (stop or {}).items()}
        self._entries: dict[str, dict[str, float]] = {}
        for id_, fact in library.facts.items():
            self._add(id_, (*fact.questions.en, *fact.questions.fr), (fact.claim.en, fact.claim.fr))
        for id_, claim in library.claims.items():
            self._add(
                id_,
                (claim.name.en, claim.name.fr, *claim.questions.en, *claim.questions.fr),
                (claim.says.en, claim.says.fr),
            )
        for id_, concept in library.concepts.items():
            named = (concept.name.en, concept.name.fr) * 2
            self._add(id_, (*named, *concept.questions.en, *concept.questions.fr), (concept.says.en, concept.says.fr))
        spread: dict[str, set[str]] = defaultdict(set)
        for id_, weights in self._entries.items():
            for word in weights:
                spread[word].add(id_)
        total = max(len(self._entries), 1)
        self._rarity = {word: math.log(1 + total / len(ids)) for word, ids in spread.items()}
        self._where = {word: tuple(ids) for word, ids in spread.items()}
        self._vocabulary = tuple(word for word in spread if len(word) > 3)
        self._replaced_by = {old: id_ for id_, fact in library.facts.items() for old in fact.replaces}

    def _add(self, id_: str, asked: Iterable[str], told: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        for text in asked:
            counts.update(set(self.words(text)))
        weights = {word: min(1.0, 0.6 + 0.2 * n) for word, n in counts.items()}
        for text in told:
            for word in self.words(text):
                weights.setdefault(word, 0.45)
        self._entries[id_] = weights

    def words(self, text: str) -> list[str]:
        """The words of a text that carry its topic."""
        found = [w.strip("'-.") for w in _WORD.findall(fold(text).replace("'", " "))]
        stops = self._stop.values()
        return [_stem(w) for w in found if w and not any(w in stop for stop in stops)]

    def find(self, text: str, limit: int = 3) -> tuple[Hit, ...]:
        """The best entries, best first. Empty where no word of the question is known."""
        asked = list(dict.fromkeys(self.words(text)))
        if not asked:
            return ()
        scores: dict[str, float] = defaultdict(float)
        weight = 0.0
        unknown = math.log(1 + max(len(self._entries), 1))
        for word in asked:
            known, closeness = self._nearest(word)
            if known is None:
                weight += unknown * 0.8
                continue
            rarity = self._rarity[known]
            weight += rarity
            for id_ in self._where[known]:
                scores[id_] += rarity * closeness * self._entries[id_][known]
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Hit(id_, score / weight) for id_, score in self._default_first(ranked)[:limit])

    def _default_first(self, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Where sources conflict, the one shown by default leads, unless the question plainly names the other."""
        if ranked:
            first, score = ranked[0]
            default = self._replaced_by.get(first)
            for index, (id_, other) in enumerate(ranked[:8]):
                if id_ == default and other >= CLOSE * score:
                    return [(id_, score), *ranked[:index], *ranked[index + 1 :]]
        return ranked

    def _nearest(self, word: str) -> tuple[str | None, float]:
        if word in self._rarity:
            return word, 1.0
        if len(word) < 5 or word.isdigit():
            return None, 0.0
        match = process.extractOne(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=82)
        return (match[0], match[1] / 100) if match else (None, 0.0)


def _stem(word: str) -> str:
    """Plural and feminine endings off, in both languages: crude, and enough for an index."""
    for ending in ("ees", "es", "s", "e", "x"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
