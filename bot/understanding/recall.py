"""Which facts a message asks for: the search of the base, asked in the way people write.

Idle words are left out, one word alone is trusted little, what is not found whole is asked sentence by sentence,
questions first, and a message that leans on the last turn is asked together with that turn's topic. Among the best
entries the one leads whose own questions are most like the message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from bot.understanding.grammar import Grammar
from handlers.context import Context
from handlers.request import LANGUAGES
from handlers.territories import place_name
from knowledge.library import Library
from knowledge.search import SURE, Hit, Search, fold

_TERM = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")  # "gpt-3" is one word to the search
_TYPE = re.compile(r"[a-z]+[0-9]+[a-z0-9]*")  # a type of chip or model
_QUOTED = re.compile(
    r"\"([^\"]{8,200})\"|\u201c([^\u201d]{8,200})\u201d|\u00ab\s?([^\u00bb]{8,200})\u00bb|(?<![a-z0-9])'([^']{12,200})'(?![a-z0-9])"
)
_SENTENCE = re.compile(r"(?<=[.?!;])\s+")
_LOST = 0.42  # of the best entry: below, nothing was found
_LONG = 10  # telling words from which a message is searched by the sentence too
_TRUST: Mapping[int, float] = {
    0: 0.0,
    1: 0.4,
    2: 0.8,
}  # in a search by so few words, where nothing else asks for a fact
_SHOWN = 6
_WIDE = 40  # entries weighed when two searches are joined
_LIKE = 0.45  # weight of likeness to a question beside the search's own score
_CLAIM = 0.12  # for what is known as a claim, where the message asks whether one is true
_WHOSE = 0.4  # for an entry of those whom the message names
_MEASURED = 0.2  # for an entry that asks of the one measure that the message names
_CODED = 0.6  # for an entry that itself asks of the type that the message names: "H100"
EVERYWHERE = ("WOR", "EUU")
_RELATED = 0.15
_SILENT: Mapping[int, float] = {0: 1.0, 1: 0.75, 2: 0.55}  # left to an entry without them, by the number of new words
_HELD = 0.6  # share of the new words from which an entry holds them
_OTHER_LAND = 0.5  # left to an entry on one country where neither the message nor the last topic is
_RETYPED = 0.5  # for an entry that asks of the new type what the last topic's questions ask of theirs
_UNNAMED = 0.6  # left to an entry that asks nothing of the model that is named in the place of the last
_OTHER_FIELD = 0.7  # and to one on training, where the last was on use
_LEFT = 0.8  # of the last entry, where another company is named that it does not speak of
_MEASURE_ALONE = 0.1  # what is found by the name of a measure says little of the topic
_HOLDS = 0.45  # the last topic, where its own text names the measure that is asked for now
_LATER, _YEARS = 0.25, 4  # for a forecast, where no year is asked for and the last topic was of so many years before
# Words that begin names, and tell no model.
_PLAIN = ("code", "text", "two", "five", "vision", "new", "azure", "meta", "ai", "prompt", "google")
_SAME = 0.05  # the last topic itself, a little before its equals


class Recall:
    """Built once over the base."""

    def __init__(self, library: Library, search: Search, grammar: Grammar) -> None:
        self._library = library
        self._search = search
        self._grammar = grammar
        self._idle = grammar.of("idle")
        self._makers = grammar.of("organisation")
        self._measures = frozenset(w for key in ("carbon", "energy", "water") for w in grammar.of(key))
        self._common = grammar.of("domain") | grammar.of("ai")

    @cached_property
    def _measure_groups(self) -> tuple[frozenset[str], ...]:
        """The words for carbon, for energy and for water, as the search knows them."""
        return tuple(
            frozenset(found for word in self._grammar.of(key) for found in self._search.words(word))
            for key in ("carbon", "energy", "water")
        )

    @cached_property
    def _measured(self) -> frozenset[str]:
        """The words for what is measured, as the search knows them."""
        return frozenset[str]().union(*self._measure_groups)

    @cached_property
    def _families(self) -> frozenset[str]:
        """The first words of models' names, in the words of the search: "gpt", "grok"."""
        names = (model.name.replace("-", " ").split()[0] for model in self._library.models.values())
        found = (w for name in names for w in self._search.words(name) if w.isalpha())
        return frozenset(found) - self._makers - {w for word in _PLAIN for w in self._search.words(word)}

    def warm(self) -> None:
        """Makes now what is otherwise made for the first message that asks for a fact."""
        self._search.warm()
        _ = self._asked, self._outright, self._publishers, self._lands, self._families

    @cached_property
    def _asked(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """The telling words of each entry's own questions; made by the first message that is searched for."""
        library = self._library
        asked: dict[str, tuple[frozenset[str], ...]] = {}
        for id_, entry in (*library.facts.items(), *library.claims.items(), *library.concepts.items()):
            questions = (*entry.questions.en, *entry.questions.fr)
            asked[id_] = tuple({frozenset(self._terms(question)) for question in questions} - {frozenset()})
        return asked

    @cached_property
    def _outright(self) -> frozenset[str]:
        """The entries' own questions, folded."""
        library = self._library
        entries = (*library.facts.values(), *library.claims.values(), *library.concepts.values())
        return frozenset(_bare(fold(q)) for entry in entries for q in (*entry.questions.en, *entry.questions.fr))

    def asks_outright(self, plain: str) -> bool:
        """Whether a message is word for word what an entry answers."""
        return _bare(plain) in self._outright

    @cached_property
    def _publishers(self) -> Mapping[str, frozenset[str]]:
        """Whose figure an entry is, in the words of the search: the name that its sources' ids begin with."""
        library = self._library
        entries = (*library.facts.items(), *library.claims.items(), *library.concepts.items())
        names = {id_: tuple(self._search.words(id_.split("-")[0])) for id_ in library.sources}
        return {id_: frozenset(w for s in entry.sources for w in names.get(s, ())) for id_, entry in entries}

    @cached_property
    def _lands(self) -> Mapping[str, frozenset[str]]:
        """The country that most of an entry's own questions name, in the words of the search."""
        places = self._library.places.values()
        adjectives = (word for place in places for word in (*place.adjectives.en, *place.adjectives.fr))
        lands = frozenset(word for adjective in adjectives for word in self._search.words(adjective))
        counted = {id_: Counter(word for own in asked for word in own & lands) for id_, asked in self._asked.items()}
        return {
            id_: frozenset(word for word, times in counts.items() if 2 * times > len(self._asked[id_]))
            for id_, counts in counted.items()
        }

    def _terms(self, text: str) -> list[str]:
        return [w for w in self._search.words(text) if w not in self._idle]

    def telling(self, plain: str) -> list[str]:
        """The words of a folded message that say what it is about."""
        return [w for w in _TERM.findall(plain) if w not in self._idle]

    def elsewhere(self, plain: str) -> bool:
        """Whether a message speaks of something that nothing in the base does."""
        return any(w not in self._idle and len(w) > 3 for w in self._search.strange(plain))

    def find(self, plain: str, asked: bool) -> tuple[Hit, ...]:
        """Best first. ``asked``: a cue phrase says that something is to be explained, so one word is enough."""
        words = self.telling(plain)
        if not words or (len(words) < 2 and not asked and self._common.issuperset(words)):
            return ()
        best = {hit.id: hit.score for hit in self._search.find(plain, limit=_SHOWN)}
        if max(best.values(), default=0.0) < SURE:  # nothing for the whole of it: what do the telling words find?
            for hit in self._search.find(" ".join(words), limit=_SHOWN):
                best[hit.id] = max(best.get(hit.id, 0.0), hit.score)
        lost = max(best.values(), default=0.0) < _LOST
        if len(words) > _LONG or lost:  # what stands around a question is not asked
            for part in self._parts(plain, words, 2 if lost else 3, lost):
                for hit in self._search.find(" ".join(part), limit=_SHOWN):
                    best[hit.id] = max(best.get(hit.id, 0.0), hit.score * 0.9)
        share = 1.0 if asked else _TRUST.get(len(words), 1.0)
        claimed = self._grammar.holds("claimed", tuple(_TERM.findall(plain)))
        return self._ranked({id_: score * share for id_, score in best.items()}, words, claimed)

    def _parts(self, plain: str, words: list[str], least: int, questions: bool) -> list[list[str]]:
        """The telling words of each sentence that has enough of them; only of questions, where there are any."""
        # What is to be checked often stands in quotation marks.
        quoted = [self.telling(next(filter(None, one))) for one in _QUOTED.findall(plain)]
        if quoted := [part for part in quoted if least <= len(part) < len(words)]:
            return quoted
        found: list[tuple[bool, list[str]]] = []
        for sentence in _SENTENCE.split(plain):
            part = self.telling(sentence)
            if least <= len(part) < len(words) and not self._grammar.holds("claimed", tuple(part)):
                found.append((sentence.endswith("?"), part))
        asking = [part for asks, part in found if asks]
        return asking if questions and asking else [part for _, part in found]

    def further(self, plain: str, context: Context, places: tuple[str, ...] = ()) -> tuple[Hit, ...]:
        """What a message that leans on the last topic asks: "and by 2030?". ``places`` are those that it names."""
        words = self.telling(plain)
        last = context.facts[0]
        there = self._called(places)
        moved = bool(there) and not self._is_there(last, there)  # "and in Germany?" after a fact on the US
        if moved and not any(self._is_there(id_, there) for id_ in self._field(last)):
            return ()
        if self._of_article(last):
            words = [*words, "article"]
        topic = self._topic(last, words)
        swapped = not self._makers.isdisjoint(words)
        if swapped:  # "and Amazon?": another company in the place of the last
            topic = [word for word in topic if word not in self._makers] or topic
        remeasured = self._measures.issuperset(words) and bool(words)
        retyped = any(_TYPE.fullmatch(word) and self._search.strange(word) == [] for word in words)
        if retyped:  # "and a B200?" after the H100
            topic = [w for w in (self._staple(last) or topic) if not _TYPE.fullmatch(w)] or topic
        renamed = self._families.intersection(self._search.words(" ".join(words)))
        if renamed:  # "and for GPT-3?" after Grok 4
            others = [w for w in (self._staple(last) or topic) if w not in self._families and not w.isdecimal()]
            topic = others or topic
        if remeasured:  # "CO2 too?" after a fact on water: its measure gives way to the new one
            topic = [w for w in (self._staple(last) or topic) if w not in self._measured] or topic
        if moved:
            lands = self._lands.get(last, frozenset())
            if not any(name.issubset(self._terms(plain)) for name in there):
                words = [*words, *(place_name(code, "en", self._library) for code in places)]  # "in the US": idle words
            topic = [w for w in (self._staple(last) or topic) if lands.isdisjoint(self._search.words(w))] or topic
        related = {r for id_ in context.facts[:1] for r in self._related(id_)}
        new = {hit.id: hit.score for hit in self._search.find(" ".join(words), limit=_WIDE)} if words else {}
        both = {hit.id: hit.score for hit in self._search.find(" ".join((*words, *topic)), limit=_WIDE)}
        tells = remeasured and self._tells(last, words)
        trust = (
            _MEASURE_ALONE
            if remeasured or (retyped and len(words) == 1)
            else 0.8 * max(_TRUST.get(len(words), 1.0), 0.5)
        )
        # What holds few of the new words answers only where there is next to nothing new.
        silent = _SILENT.get(len(words), _SILENT[2])
        year, dated = self._year(last), any(map(_is_year, words))
        said = frozenset(self._terms(" ".join((*words, *topic)))) | self._lands.get(last, frozenset())
        scored = {
            id_: (1.0 if said.issuperset(self._lands.get(id_, ())) else _OTHER_LAND)
            * both.get(id_, 0.0)
            * (silent + (1 - silent) * min(new.get(id_, 0.0) / _HELD, 1.0))
            + trust * new.get(id_, 0.0)
            + (_RELATED * (2 if remeasured else 1) if id_ in related else 0.0)
            - (_LATER if not dated and self._year(id_) - year >= _YEARS else 0.0)
            + ((_HOLDS if tells else _SAME) if id_ == last and not (swapped or renamed) else 0.0)
            for id_ in {*new, *both}
        }
        if swapped and last in scored and last not in new:
            scored[last] *= _LEFT
        if renamed:
            field = getattr(self._entry(last), "topic", None)
            scored = {
                id_: s
                * (1.0 if self._asks_of(id_, renamed) else _UNNAMED)
                * (1.0 if getattr(self._entry(id_), "topic", None) == field else _OTHER_FIELD)
                for id_, s in scored.items()
            }
        if moved:
            near = self._field(last)
            scored = {id_: s for id_, s in scored.items() if id_ in near and self._is_there(id_, there)}
        if retyped:
            alike = self._retyped(last, words)
            scored = {id_: s + _RETYPED * max(self._likeness(q, id_) for q in alike) for id_, s in scored.items()}
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        return self._ranked({id_: min(score / 1.8, 1.0) for id_, score in best}, [*words, *topic])

    def _ranked(self, scores: Mapping[str, float], words: Iterable[str], claimed: bool = False) -> tuple[Hit, ...]:
        asked = frozenset(self._terms(" ".join(words)))
        claims = frozenset(self._library.claims if claimed else ())
        named = [group for group in self._measure_groups if not group.isdisjoint(asked)]
        # Electricity is what most entries are of, and tells none apart.
        measure = named[0] if len(named) == 1 and named[0] is not self._measure_groups[1] else frozenset[str]()
        coded = frozenset(word for word in asked if _TYPE.fullmatch(word))

        def standing(id_: str) -> float:
            like = _LIKE * self._likeness(asked, id_) + (_CLAIM if id_ in claims else 0.0)
            like += _CODED if self._asks_of(id_, coded) else 0.0
            like += _MEASURED if self._asks_of(id_, measure) else 0.0
            like += _WHOSE if not asked.isdisjoint(self._publishers.get(id_, ())) else 0.0
            return scores[id_] * (1 + like)

        order = sorted(scores, key=lambda id_: (-standing(id_), id_))
        return tuple(Hit(id_, scores[id_]) for id_ in order)

    def _called(self, places: Iterable[str]) -> tuple[frozenset[str], ...]:
        """All that places are called, each name in the words of the search."""
        codes = [code for code in places if code not in EVERYWHERE]
        known = [place for code in codes if (place := self._library.places.get(code)) is not None]
        names = [place_name(code, language, self._library) for code in codes for language in LANGUAGES]
        names += [word for place in known for word in (*place.adjectives.en, *place.adjectives.fr)]
        return tuple(frozenset(terms) for name in names if (terms := self._terms(name)))

    def _field(self, id_: str) -> frozenset[str]:
        """The entries on what an entry is on: training, water, data centres."""
        topic = getattr(self._entry(id_), "topic", None)
        return frozenset(other for other in self._asked if getattr(self._entry(other), "topic", None) == topic)

    def _is_there(self, id_: str, called: tuple[frozenset[str], ...]) -> bool:
        """Whether a question of an entry's own names the place."""
        return any(name <= own for own in self._asked.get(id_, ()) for name in called)

    def _likeness(self, asked: frozenset[str], id_: str) -> float:
        """Of the message to the nearest question of an entry, 0 to 1 (Dice)."""
        return max((2 * len(asked & own) / (len(asked) + len(own)) for own in self._asked.get(id_, ())), default=0.0)

    def _asks_of(self, id_: str, words: frozenset[str]) -> bool:
        """Whether a question of an entry's own holds any of these words."""
        return any(not words.isdisjoint(own) for own in self._asked.get(id_, ()))

    def _topic(self, id_: str, words: list[str]) -> list[str]:
        """The question of an entry that its neighbours share most: its shortest, which says the least besides."""
        own = [o for o in self._asked.get(id_, ()) if len(o) >= 2]
        return sorted(min(own, key=lambda o: (len(o), sorted(o)))) if own else []

    def _retyped(self, id_: str, words: Iterable[str]) -> list[frozenset[str]]:
        """An entry's own questions with the type that was named now in the place of theirs."""
        types = frozenset(word for word in words if _TYPE.fullmatch(word))
        asked = self._asked.get(id_, ()) or (frozenset[str](),)
        return [types | frozenset(word for word in own if not _TYPE.fullmatch(word)) for own in asked]

    def _staple(self, id_: str) -> list[str]:
        """The words that a good part of an entry's own questions share."""
        own = self._asked.get(id_, ())
        counts = Counter(word for words in own for word in words)
        return sorted(word for word, times in counts.items() if 3 * times >= len(own))

    def _tells(self, id_: str, words: Iterable[str]) -> bool:
        """Whether an entry's own text names the measure."""
        entry = self._entry(id_)
        text = getattr(entry, "claim", None) or getattr(entry, "says", None)
        told = (
            {word for language in LANGUAGES for word in self._search.words(text.of(language))} if text else set[str]()
        )
        return any(not told.isdisjoint(self._search.words(word)) for word in words)

    def _year(self, id_: str) -> int:
        """The year of an entry's data; long ago where it has none."""
        return getattr(self._entry(id_), "year", None) or 0

    def _entry(self, id_: str) -> Any:
        lib = self._library
        return lib.facts.get(id_) or lib.claims.get(id_) or lib.concepts.get(id_)

    def _related(self, id_: str) -> tuple[str, ...]:
        entry = self._entry(id_)
        return entry.related if entry is not None else ()

    def _of_article(self, id_: str) -> bool:
        """Whether it is a sentence of the article that people bring along: then "it" is the article."""
        claim = self._library.claims.get(id_)
        return claim is not None and claim.kind == "article"


def _is_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4


def _bare(plain: str) -> str:
    return " ".join(_TERM.findall(plain))
