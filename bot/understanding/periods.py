"""Rhythms and spans of time: "a day", "chaque matin", "3x a week", "every 5 minutes", "over a year", "total annuel".

A rhythm is a period that a use comes back in; a span ("horizon") is what one sums over. Where a sentence has two
periods, the longer one that no number of its own stands before is what the person wants the sum for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from bot.understanding.lexicon import Lexicon, Phrases, Piece, phrase_words
from bot.understanding.mention import Mention, MentionKind, Per

HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.0, "year": 8760.0}  # of what runs day and night
ONCE = 0.5  # score of "today", "this week": when it was, not how often
ADJECTIVE = 0.9  # score of "daily", "mensuel"
_ONE = frozenset({"un", "une"})
_APART = re.compile(r"[.?!,;:]")
_LEADS = re.compile(r"[^.?!;]{0,25}")  # between a rhythm and the number that it belongs to
_NEXT = {
    "hour": ("day", 24.0),
    "day": ("week", 7.0),
    "week": ("year", 52.0),
    "month": ("year", 12.0),
    "year": ("year", 1.0),
}
# So many of one make one of a longer period: "over 12 months" is over a year.
_ROUND = {
    ("day", 7): "week",
    ("day", 30): "month",
    ("day", 31): "month",
    ("day", 365): "year",
    ("week", 4): "month",
    ("week", 52): "year",
    ("month", 12): "year",
}


class Rhythm(NamedTuple):
    kind: MentionKind  # "period", "horizon" or "each"
    value: Per | None
    score: float = 1.0
    article: bool = False  # "a day": may also be a stretch of time


class Periods:
    """Phrases of time in both languages, made once from makers ("a", "par") and names ("day", "mois")."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = {name: Per(period) for name, period in lexicon.map("periods.names").items()}
        odd = {name: Per(str(period), float(times)) for name, (period, times) in lexicon.map("periods.odd").items()}
        self._odd = odd
        self._table: Phrases[Rhythm] = Phrases()
        self._every = lexicon.set("periods.every")
        self._workdays = lexicon.set("periods.workdays")
        self.stretch = lexicon.set("periods.stretch")
        self._spans = lexicon.set("periods.spans")
        # "an" is an article in English and a year in French: each language's own reading goes first.
        own = lexicon.own_set("periods.whole")
        self._whole = own | (lexicon.set("periods.whole") - frozenset(self._names))
        for word in own:
            self._names.pop(word, None)
        makers = lexicon.set("periods.makers")
        articles = lexicon.own_set("numbers.article") if lexicon.language == "en" else frozenset({"a", "an"})
        recurring = {name: per for name, per in {**self._names, **odd}.items() if len(name) > 1}
        recurring |= dict.fromkeys(lexicon.set("periods.workdays"), Per("day", workdays=True))
        recurring |= dict.fromkeys(lexicon.set("periods.daily"), Per("day"))
        recurring |= dict.fromkeys(lexicon.set("periods.weekly"), Per("week"))
        for maker in makers:
            for name, per in recurring.items():
                weak = maker in articles
                if weak and ((not per.workdays and name not in {*self._names, *odd}) or name.endswith("s")):
                    continue
                if weak and name == "second":
                    continue
                self._table.add(f"{maker} {name}", Rhythm("period", per, article=weak))
        for maker in makers - articles:
            for name, per in self._names.items():
                if len(name) == 1:
                    self._table.add(f"{maker} {name}", Rhythm("period", per))
        for word, said in lexicon.map("periods.adverbs").items():
            self._table.add(word, Rhythm("period", _per(said), ADJECTIVE))
        for phrase, said in lexicon.map("periods.phrases").items():
            self._table.add(phrase, Rhythm("period", Per(said[0], float(said[1]), bool(said[2]))))
        for phrase, period in lexicon.map("periods.once").items():
            self._table.add(phrase, Rhythm("period", Per(period), ONCE))
        for phrase in lexicon.set("periods.alone"):
            named = [self._names[word].period for word in phrase.split() if word in self._names]
            self._table.add(phrase, Rhythm("horizon", Per(named[0] if named else "day")))
        for phrase, period in lexicon.map("periods.totals").items():
            self._table.add(phrase, Rhythm("horizon", Per(period)))
        for phrase in lexicon.set("units.each"):
            self._table.add(phrase, Rhythm("each", None))
        rhythms = [(phrase, r.value) for phrase, r in self._table if r.kind == "period" and r.score > ONCE and r.value]
        for word, n in lexicon.map("periods.often").items():
            before = tuple(phrase_words(word))
            # Thousands of phrases mean the same few rhythms.
            again = {per: Rhythm("period", Per(per.period, float(n) * per.times, per.workdays)) for _, per in rhythms}
            for phrase, per in rhythms:
                self._table.put(before + phrase, again[per])
        self.words = frozenset(word for phrase, _ in self._table for word in phrase)
        self.names = frozenset(self._names) | frozenset(odd)
        self._about = lexicon.set("numbers.about")
        self._sizes = lexicon.set("units.tokens") | frozenset(lexicon.map("units.words"))
        self._greeting = lexicon.set("language.chat")

    def begins(self, word: str) -> bool:
        """Whether a phrase of time may begin with this word."""
        return word in self._spans or self._table.begins(word) or word in _ONE

    def at(self, pieces: Sequence[Piece], index: int) -> tuple[int, Rhythm] | None:
        """The phrase of time from this word on, and how many words it has."""
        found = self._span(pieces, index) or self._table.at(pieces, index) or self._stretch(pieces, index)
        if found is None:
            return None
        length, rhythm = found
        beside = index > 0 and pieces[index].start - pieces[index - 1].end == 1
        before = pieces[index - 1].text if beside else ""  # not "about 400 searches a month"
        behind = pieces[index + length] if index + length < len(pieces) else None
        after = behind.text if behind is not None and not behind.breaks else ""  # not "a day, worth worrying?"
        if rhythm.kind == "each" and before in self._greeting and index < 3:
            return None  # "hi everyone"
        if rhythm.score == ADJECTIVE and before == "in":
            return None  # "in everyday terms"
        if rhythm.article:
            if after == "of" and self._is_size(pieces, index + length + 1):
                return length, rhythm  # "35 answers a day of about 1,200 tokens"
            if after in {"of", "worth"} and before != "times" and rhythm.value is not None:
                return length, Rhythm("horizon", rhythm.value, 0.8)  # "a year of prompts"
            if before in self.stretch or after in {"ago", "later"}:
                return None
        return length, rhythm

    def _is_size(self, pieces: Sequence[Piece], index: int) -> bool:
        """Whether so many tokens or words are spoken of from here on; numbers are no pieces."""
        words = [piece.text for piece in pieces[index : index + 2]]
        return any(w in self._sizes for w in words[:1]) or (
            len(words) == 2 and words[0] in self._about and words[1] in self._sizes
        )

    def _stretch(self, pieces: Sequence[Piece], index: int) -> tuple[int, Rhythm] | None:
        """« un an de ChatGPT », « une semaine d'images »."""
        if pieces[index].text not in _ONE or index + 2 >= len(pieces):
            return None
        name, joint = pieces[index + 1], pieces[index + 2].text
        per = self._names.get(name.text)
        if per is None or per.period == "hour" or len(name.text) < 2 or name.breaks or joint not in {"de", "d", "a"}:
            return None
        return 2, Rhythm("horizon", per, 0.8)

    def _span(self, pieces: Sequence[Piece], index: int) -> tuple[int, Rhythm] | None:
        if pieces[index].text not in self._spans:
            return None
        at = index + 1
        while at < len(pieces) and at - index < 7 and pieces[at].text in self._whole and not pieces[at].breaks:
            at += 1
        if at == index + 1 or at >= len(pieces) or pieces[at].breaks:
            return None
        name = pieces[at].text
        per = self._names.get(name) or self._lasting(name)
        if per is None or len(name) < 2:
            return None
        return at + 1 - index, Rhythm("horizon", per)

    def _lasting(self, name: str) -> Per | None:
        """How long a quarter, a fortnight, « un semestre » is, in a unit that has a name of its own."""
        odd = self._odd.get(name) or self._odd.get(name.removesuffix("s"))
        if odd is None or odd.period != "year":
            return None
        if odd.times < 1:
            return Per("year", 1 / odd.times)
        return Per("month", 12 / odd.times) if odd.times <= 12 else Per("week", round(52 / odd.times))

    def of(self, word: str) -> Per | None:
        """The period this word names: "day", "mois", "fortnight"."""
        return self._names.get(word) or self._odd.get(word) or self._odd.get(word.removesuffix("s"))

    def days(self, pieces: Sequence[Piece], index: int) -> int:
        """How many words from here on name days: "days", "working days", "jours ouvrés"; 0 where none."""
        two = " ".join(piece.text for piece in pieces[index : index + 2])
        if two in self._workdays:
            return 2
        text = pieces[index].text
        return int(text in self._workdays or (len(text) > 2 and self._names.get(text) == Per("day")))

    def every(self, before: Sequence[str], number: float, name: str) -> Per | None:
        """ "every 5 minutes": twelve times an hour. ``before`` are the two words before the number."""
        per = self.of(name)
        if per is None or number <= 0 or not ({" ".join(before[-2:]), " ".join(before[-1:])} & self._every):
            return None
        if per.times != 1.0:
            return Per(per.period, per.times / number)
        if number == 1:
            return per
        longer, times = _NEXT[per.period]
        return Per(longer, times / number)

    def span(self, before: str, number: float, name: str) -> Rhythm | None:
        """ "over 6 months", "pendant 3 semaines", "30 days"."""
        per = self._names.get(name) or self._lasting(name)
        if per is None or len(name) < 2 or HOURS[per.period] < HOURS["day"] or number <= 0:
            return None
        said = before in self._spans or before in self._whole
        longer = _ROUND.get((per.period, int(number))) if number == int(number) else None
        value = Per(longer) if longer and per.times == 1 else Per(per.period, number * per.times)
        if value.period == "year" and value.times < 1 and (12 * value.times).is_integer():
            value = Per("month", 12 * value.times)  # "over half a year"
        return Rhythm("horizon", value, 1.0 if said else 0.6)


def settle(found: list[Mention], plain: str, summed: frozenset[str]) -> list[Mention]:
    """Where a longer period has no number of its own, it is what to sum over. ``found`` is in the sentence's order."""
    rhythms = [m for m in found if m.kind == "period" and m.score > ONCE]
    if len(rhythms) < 2:
        return found
    shortest = min(_length(m) for m in rhythms)
    settled: list[Mention] = []
    counted = False
    led: Mention | None = None
    length: Mention | None = None
    number: Mention | None = None
    for mention in found:
        if mention.kind == "number" and mention.score >= ONCE:
            number = mention
            # "A nightly batch of 500": that number has its rhythm.
            leads = led is not None and _LEADS.fullmatch(plain, led.end, mention.start) is not None
            counted, led = not leads, None
        elif mention.kind in {"seconds", "minutes", "words", "tokens"}:
            length = mention  # how long each is counts nothing, unless its own rhythm stands right behind
        elif mention.kind == "period" and mention.score > ONCE:
            per: Per = mention.value
            counted = counted or (length is not None and not plain[length.end : mention.start].strip())
            apart = number is not None and _APART.search(plain, number.end, mention.start) is not None
            if apart and mention.score == ADJECTIVE and _sums(mention, plain, summed):
                counted = False  # "4 messages each. Yearly impact?"
            if not counted and _length(mention) > shortest and per.times == 1 and not per.workdays:
                if mention.score == ADJECTIVE and not _sums(mention, plain, summed):  # "our annual brochure"
                    mention = replace(mention, score=ONCE)
                else:
                    mention = replace(mention, kind="horizon", value=Per(mention.value.period), score=0.7)
            led, counted = None if counted or _length(mention) > shortest else mention, False
        settled.append(mention)
    return settled


def _sums(mention: Mention, plain: str, summed: frozenset[str]) -> bool:
    """ "Our yearly bill", « notre bilan annuel », "... monthly?"."""
    if plain[mention.end :].strip() in ("", "?"):
        return True
    beside = (*plain[: mention.start].split()[-1:], *plain[mention.end :].split()[:1])
    return any(word.strip(",.?!") in summed for word in beside)


def _length(mention: Mention) -> float:
    return HOURS[mention.value.period]


def _per(said: Any) -> Per:
    return Per(said) if isinstance(said, str) else Per(str(said[0]), float(said[1]))
