"""Facts, claims and concepts by what people type: forgiving of spelling and accents, in both languages.

Every entry is found by its own questions, its name, its claim and its figures. Words are weighed by how rare they are;
a word that is not in the base is matched to the nearest one that is. The score of a hit joins two things: the share of
the question's weight that the entry covers, and how like the question is to the nearest of the entry's own. It can be
held against ``SURE``: below it the honest answer is "not in my base". Weights and threshold were chosen on one half of
tests/retrieval and are held to both by tests/test_search.py.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from knowledge.library import PLACEHOLDER, Library
from knowledge.schema import Figure, Text
from knowledge.slips import Slips
from knowledge.vocabulary import fold

__all__ = ["SURE", "Hit", "Search", "fold"]

SURE = 0.52  # from this score on an entry is shown as the answer
CLOSE = 0.9  # a default this near to the entry it replaces is shown before it

_ASKED_ONCE, _ASKED_MORE = 0.5, 0.1  # weight of a word in one of the entry's questions, and in each further one
_TOLD = 0.4  # in its claim or figures only
_LIKE = 0.9  # weight of likeness to a question, beside coverage
_FAINT = 0.35  # of a word that says how a question is put
_PAIR = 0.5  # of two words in a row
_UNKNOWN = 1.0  # of the rarest word, for one that nothing in the base resembles
_UNKNOWN_NUMBER = 0.2
_SLIP = 0.9  # left of a word's weight where its spelling was put right
_FULL = 0.87  # what nearly every question asked in the entry's own words stays under: scores are shares of it
_TERM = 1.2  # a bare term asks for its meaning before anything that holds it
_ELIDING, _VOWELS = frozenset("ld"), frozenset("aeiouh")
_WEIGHED = 16  # entries whose likeness is looked at


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float  # 0..1


@dataclass(frozen=True, slots=True)
class _Asked:
    """One of an entry's own questions: its words, and what they weigh together."""

    words: frozenset[str]
    weight: float


class Search:
    """The search over a library. Its index is made by the first question, or by ``warm`` in a process that stays."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _index(self) -> _Index:
        return _Index(self._library)

    def warm(self) -> None:
        """Makes the index now, so that no question waits for it."""
        _ = self._index

    def words(self, text: str) -> list[str]:
        """The words of a text that carry its topic."""
        return self._library.vocabulary.words(text)

    def strange(self, text: str) -> list[str]:
        """The words of its topic that nothing in the base holds or resembles."""
        return self._index.strange(text)

    def find(self, text: str, limit: int = 3) -> tuple[Hit, ...]:
        """The best entries, best first. Empty where no word of the question is known."""
        return self._index.find(text, limit)


class _Index:
    """Every entry by its words; asking costs a fraction of a millisecond."""

    def __init__(self, library: Library) -> None:
        self._vocabulary = library.vocabulary
        self._ids: list[str] = []
        weights: list[dict[str, float]] = []
        asked: list[list[list[str]]] = []
        for id_, questions, told in _entries(library):
            found = [self._vocabulary.words(question) for question in questions]
            self._ids.append(id_)
            asked.append(found)
            weights.append(_weights(found, [self._vocabulary.words(text) for text in told]))
        spread: Counter[str] = Counter(word for entry in weights for word in entry)
        self._unknown = math.log(1 + max(len(weights), 1))
        self._rarity = {word: self._rare(word, math.log(1 + len(weights) / n)) for word, n in spread.items()}
        where: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for index, entry in enumerate(weights):
            for word, weight in entry.items():
                where[word].append((index, weight * self._rarity[word]))
        self._where = dict(where)
        self._asked = [tuple(self._question(words) for words in questions) for questions in asked]
        self._slips = Slips(word for word in spread if " " not in word and not word[0].isdigit())
        self._concepts = frozenset(i for i, id_ in enumerate(self._ids) if id_ in library.concepts)
        replaced = {old: id_ for id_, fact in library.facts.items() for old in fact.replaces}
        self._default_for = {old: new for old, new in replaced.items() if new in self._ids}
        self._nearest = lru_cache(maxsize=4096)(self._look_near)

    def strange(self, text: str) -> list[str]:
        words = self._vocabulary.words(text)
        return [w for w in words if w not in self._rarity and not w[0].isdigit() and self._nearest(w) is None]

    def find(self, text: str, limit: int) -> tuple[Hit, ...]:
        words = self._vocabulary.words(text)
        scores: dict[int, float] = defaultdict(float)
        total = 0.0
        known: set[str] = set()
        last: str | None = None
        for word in words:
            near = word if word in self._rarity else self._nearest(word)
            if near is None:
                total += self._unknown * (_UNKNOWN_NUMBER if word[0].isdigit() else _UNKNOWN)
            elif near not in known:
                known.add(near)
                share = 1.0 if near == word else _SLIP
                total += self._rarity[near]
                for index, weight in self._where[near]:
                    scores[index] += weight * share
            pair = f"{last} {near}"
            if pair in self._where:
                total += self._rarity[pair]
                for index, weight in self._where[pair]:
                    scores[index] += weight
            last = near
        if not scores:
            return ()
        best = self._first(scores, max(_WEIGHED, limit))
        ranked = [
            (self._ids[i], self._score(i, cover / total, self._like(i, known, total), known)) for i, cover in best
        ]
        ranked.sort(key=lambda item: (-item[1], item[0]))
        return tuple(Hit(id_, min(score, 1.0)) for id_, score in self._default_first(ranked)[:limit])

    def _first(self, scores: Mapping[int, float], most: int) -> list[tuple[int, float]]:
        """Those that the question's words speak for most. Of what is level, concepts go first."""
        if len(scores) > most:
            least = sorted(scores.values(), reverse=True)[most - 1]  # the cheapest way past hundreds of others
            scores = {index: score for index, score in scores.items() if score >= least}
        return sorted(scores.items(), key=lambda item: (item[1], item[0] in self._concepts), reverse=True)[:most]

    def _score(self, index: int, cover: float, like: float, known: set[str]) -> float:
        score = (cover + _LIKE * like) / ((1 + _LIKE) * _FULL)
        return score * _TERM if len(known) == 1 and like == 1.0 and index in self._concepts else score

    def _rare(self, word: str, rarity: float) -> float:
        if " " in word:
            return rarity * _PAIR
        return rarity * _FAINT if word in self._vocabulary.faint else rarity

    def _question(self, words: Sequence[str]) -> _Asked:
        own = frozenset(words)
        return _Asked(own, math.fsum(self._rarity[word] for word in own))

    def _like(self, index: int, known: set[str], total: float) -> float:
        """Of the question to the nearest of the entry's own: the weight they share (Dice)."""
        best = 0.0
        rarity = self._rarity
        for own in self._asked[index]:
            both = total + own.weight
            if 2 * own.weight <= best * both:
                continue  # not even if all of it were shared
            if shared := known & own.words:
                like = 2 * math.fsum([rarity[word] for word in shared]) / both
                if like > best:
                    best = like
        return best

    def _default_first(self, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Where sources conflict, the one shown by default leads, unless the question plainly names the other."""
        first, score = ranked[0]
        default = self._default_for.get(first)
        for index, (id_, other) in enumerate(ranked[:8]):
            if id_ == default and other >= CLOSE * score:
                return [(id_, score), *ranked[:index], *ranked[index + 1 :]]
        return ranked

    def _look_near(self, word: str) -> str | None:
        """The known word that a misspelt one is meant for: one slip off, or two in a long one."""
        if len(word) > 2 and word[0] in _ELIDING and word[1] in _VOWELS:
            bare = self._vocabulary.words(word[1:])
            if len(bare) == 1 and bare[0] in self._rarity:
                return bare[0]  # « lia », « leau »: typed without the apostrophe
        if len(word) < 5 or word[0].isdigit():
            return None
        slips = 2 if len(word) > 8 else 1
        near = self._slips.near(word, slips)
        return min(near, key=lambda one: one[1])[0] if near else None


def _entries(library: Library) -> Iterable[tuple[str, list[str], list[str]]]:
    """(id, what people ask, what is told) of everything that can be found."""
    for id_, fact in library.facts.items():
        yield id_, [*fact.questions.en, *fact.questions.fr], _told([fact.claim], fact.figures, fact.year)
    for id_, claim in library.claims.items():
        names = [claim.name.en, claim.name.fr]
        yield id_, [*names, *claim.questions.en, *claim.questions.fr], _told([claim.says], claim.figures, claim.year)
    for id_, concept in library.concepts.items():
        names = [f"definition {concept.name.en}", f"definition {concept.name.fr}"]
        yield id_, [*names, *concept.questions.en, *concept.questions.fr], _told([concept.says], concept.figures, None)


def _told(texts: Iterable[Text], figures: Mapping[str, Figure], year: int | None) -> list[str]:
    """An entry's texts, and its numbers as a person would type them."""
    values = [value for figure in figures.values() for value in (figure.low, figure.mid, figure.high)]
    numbers = " ".join(f"{value:.12g}" for value in (*values, year) if value is not None)
    return [*(PLACEHOLDER.sub(" ", t.of(language)) for t in texts for language in ("en", "fr")), numbers]


def _weights(asked: Sequence[Sequence[str]], told: Sequence[Sequence[str]]) -> dict[str, float]:
    """How much each word speaks for an entry: more the more of its questions hold it."""
    counts: Counter[str] = Counter()
    for words in asked:
        counts.update(set(words))
        counts.update({f"{a} {b}" for a, b in pairwise(words)})
    weights = {word: min(1.0, _ASKED_ONCE + _ASKED_MORE * n) for word, n in counts.items()}
    for words in told:
        for word in words:
            weights.setdefault(word, _TOLD)
    return weights
