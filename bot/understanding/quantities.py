"""Everything countable or nameable in a sentence that is not a proper name, as mentions.

``Quantities`` is built once from the word lists; ``mentions`` then reads a message in linear time and never raises.
Whether a duration belongs to a clip or to audio, and which number to which task, is decided by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.understanding.lexicon import Lexicon, Phrases, Piece, lexicons, words_of
from bot.understanding.mention import Amount, Mention, MentionKind, Per, Quantity
from bot.understanding.numbers import MASK, Number, Numbers, Token
from bot.understanding.periods import ONCE, Periods, settle
from bot.understanding.tasks import Tasks
from bot.understanding.text import Message
from handlers.request import LANGUAGES, Language

Span = tuple[int, int]

WEAK = 0.5  # score of "a", "une" before a task: one, unless something better is said
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_CLOCK = re.compile(r"(\d+) ?h ?(\d+)")
_SIZE = re.compile(r"(\d+) ?[x×*] ?(\d+)")
_BRIDGES = frozenset({"-", "'", "/", '"', "“", "”", "«", "»", "(", ")", "*", "**", "`"})


@lru_cache(maxsize=1)
def _readers() -> dict[Language, Reader]:
    lexicon = lexicons()
    return {one: Reader(lexicon[one], next(lexicon[two] for two in LANGUAGES if two != one)) for one in LANGUAGES}


class Quantities:
    """Numbers with their units, periods, people, amounts and tasks, in both languages."""

    def __init__(self) -> None:
        self._readers = _readers()

    def mentions(self, message: Message, language: Language, taken: Iterable[Span] = ()) -> tuple[Mention, ...]:
        """In the order of the sentence. ``taken`` are spans read already (names of models): nothing is read there."""
        return self._readers[language].read(message, taken)


def mentions(message: Message, language: Language, taken: Iterable[Span] = ()) -> tuple[Mention, ...]:
    """As ``Quantities().mentions``; the word lists are read on first use and kept."""
    return _readers()[language].read(message, taken)


class Reader:
    """One language's eyes; the other language's words are known to it too."""

    def __init__(self, lexicon: Lexicon, other: Lexicon) -> None:
        self._language = lexicon.language
        self._units: dict[str, tuple[MentionKind, float]] = {}
        for kind in ("words", "seconds", "minutes"):
            for word, factor in lexicon.map(f"units.{kind}").items():
                self._units[word] = (kind, float(factor))  # pyright: ignore[reportArgumentType]
        self._tokens, self._people = lexicon.set("units.tokens"), lexicon.set("units.people")
        self._parameters = lexicon.set("units.parameters")
        self._amounts: dict[str, tuple[str, float]] = {
            unit: (measure, float(factor))
            for measure, units in lexicon.map("units.amounts").items()
            for unit, factor in lexicon.map(f"units.amounts.{measure}").items() or units.items()
        }
        self._paired = {tuple(pair.split()): unit for pair, unit in lexicon.map("units.paired").items()}
        self._of = {measure: lexicon.set(f"units.of.{measure}") for measure in ("co2e_g", "energy_wh", "water_ml")}
        self._intensity = lexicon.set("units.intensity")
        self._pixels, self._frames = lexicon.set("units.pixels"), lexicon.set("units.frames")
        self._audio = lexicon.set("units.audio")
        self._roles = {word: role for role in ("input", "output", "cached") for word in lexicon.set(f"units.{role}")}
        self._group = lexicon.set("units.group")
        self._us = lexicon.set("units.us")
        self._about = words_of(lexicon.set("numbers.about"))
        self._times = lexicon.set("numbers.times")
        singles = lexicon.set("numbers.single") | lexicon.set("numbers.article")
        self._articles = singles if lexicon.language == "en" else singles - other.own_set("numbers.article")
        self._half = lexicon.set("numbers.half")
        self._quarter = lexicon.set("numbers.quarter")
        self._resolutions: Phrases[str] = Phrases()
        for phrase, value in lexicon.map("units.resolutions").items():
            self._resolutions.add(phrase, value)
        self._function = lexicon.own_set("language.function") | lexicon.own_set("language.shared")
        self.periods = Periods(lexicon)
        language = {word for part in ("function", "domain", "chat") for word in lexicon.set(f"language.{part}")}
        units = {*self._units, *self._tokens, *self._people, *self._parameters, *self._amounts, *self._pixels}
        known = language | self.periods.words | units | words_of(lexicon.set("numbers.cardinals"))
        self.tasks = Tasks(lexicon, known)
        nouns = frozenset(units) | self.tasks.words | self.periods.names | frozenset(self._roles)
        nouns |= frozenset({"kgco2", "gco2", "gco2e", "kgco2e", "tco2", "tco2e"})
        self.numbers = Numbers(lexicon, other, nouns)

    # -------------------------------------------------------------------------------------------------- the reading

    def read(self, message: Message, taken: Iterable[Span]) -> tuple[Mention, ...]:
        text = _masked(message.plain, taken)
        tokens = self.numbers.tokens(text)
        if not tokens:
            return ()
        pieces, places = _pieces(tokens)
        spent = bytearray(len(tokens))
        found = self._measures(message, tokens, pieces, places, spent)
        found += self._named(pieces, places, spent)
        found += self._ones(tokens, pieces, places, spent, found)
        found.sort(key=lambda m: (m.start, -m.end))
        return tuple(settle(_paired_roles(found, message.plain, self._roles)))

    def _measures(
        self, message: Message, tokens: list[Token], pieces: list[Piece], places: list[int], spent: bytearray
    ) -> list[Mention]:
        """Whatever has a number in it."""
        found: list[Mention] = []
        where = {place: index for index, place in enumerate(places)}
        counted = False
        at = 0
        while at < len(tokens):
            token = tokens[at]
            mention, after = None, at + 1
            if token.kind == "clock":
                match = _CLOCK.match(token.text)
                if match:
                    value = int(match[1]) * 60.0 + int(match[2])
                    mention = Mention(token.start, token.end, "minutes", Quantity(value))
            elif token.kind == "size":
                mention = _size(token)
            elif token.kind in {"number", "word"}:
                number = self.numbers.at(tokens, at) or self._article(tokens, at, counted)
                if number is not None and not number.counts:
                    after = max(number.after, at + 1)
                    spent[at:after] = b"\1" * (after - at)
                    at = after
                    continue
                if number is not None:
                    mention, after = self._measure(message, tokens, pieces, where, number)
                    if mention is None:
                        spent[at:after] = b"\1" * (after - at)
                    counted = counted or (mention is not None and mention.kind == "number")
            if mention is not None:
                found.append(mention)
                first = at
                while first and tokens[first - 1].start >= mention.start:
                    first -= 1
                spent[first:after] = b"\1" * (after - first)
            at = after
        return found

    def _article(self, tokens: list[Token], at: int, counted: bool) -> Number | None:
        """ "an hour", "une page", "a tonne of CO2": one of a unit."""
        token = tokens[at]
        if token.text not in self._articles or at + 1 >= len(tokens) or tokens[at + 1].kind != "word":
            return None
        unit = tokens[at + 1].text
        kind, factor = self._units.get(unit, ("", 0.0))
        strict = token.text in {"a", "an"}
        if len(unit) < 3 and unit not in {"kg", "wh"}:
            return None
        after = tokens[at + 2].text if at + 2 < len(tokens) else ""
        if kind == "words":
            if factor == 1 and strict:
                return None
        elif kind == "seconds":
            if strict or unit.endswith("s"):
                return None
        elif kind == "minutes":
            before = tokens[at - 1].text if at else ""
            long = after in {"of", "long", "and", "de", "d", "et"} or before in self.periods.stretch
            if unit.endswith("s") or (strict and counted and not long and after not in self._audio):
                return None
        elif unit not in self._amounts and not (unit in self._quarter and self._hour_after(tokens, at + 1)):
            return None
        return Number(at, at + 1, token.start, token.end, 1.0, words=True)

    # ------------------------------------------------------------------------------------------- a number's unit

    def _measure(
        self, message: Message, tokens: list[Token], pieces: list[Piece], where: dict[int, int], number: Number
    ) -> tuple[Mention | None, int]:
        after = number.after
        quantity = Quantity(number.value, number.high)
        plain = Mention(number.start, number.end, "number", quantity)
        before = _words_before(tokens, number.first, self._about)
        at = after
        if at < len(tokens) and tokens[at].text == "-" and tokens[at].glued:
            at += 1
        if number.words and at < len(tokens) and tokens[at].text in {"of", "de", "d"}:
            at += 2 if at + 1 < len(tokens) and tokens[at + 1].text == "'" else 1
        if number.suffix == "b" and not (at < len(tokens) and tokens[at].text in self._parameters):
            noun = at < len(tokens) and tokens[at].text in self._tokens
            noun = noun or (at in where and self.tasks.at(pieces, where[at]) is not None)
            if not noun:
                return Mention(number.start, number.end, "params", Quantity(number.value / 1e9)), after
        if at < len(tokens) and tokens[at].kind == "word":
            unit = self._unit(message, tokens, pieces, where, number, at, before)
            if unit is not None:
                return unit
        if self._is_frame_size(tokens, number):
            return Mention(number.start, number.end, "resolution", f"{int(number.value / 1000)}k"), after
        start = self._group_before(tokens, number.first)
        if start is not None:
            return Mention(tokens[start].start, number.end, "people", quantity), after
        if number.words and number.value == 0.5:
            return None, after  # "half of the emissions"
        return plain, after

    def _unit(
        self,
        message: Message,
        tokens: list[Token],
        pieces: list[Piece],
        where: dict[int, int],
        number: Number,
        at: int,
        before: list[str],
    ) -> tuple[Mention | None, int] | None:
        """The mention made by the word at ``at`` after the number, and the token after it."""
        word = tokens[at].text
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        value, high = number.value, number.high

        def made(kind: MentionKind, factor: float = 1.0, last: int = at, extra: float = 0.0) -> tuple[Mention, int]:
            scaled = Quantity(value * factor + extra, None if high is None else high * factor)
            return Mention(number.start, tokens[last].end, kind, scaled), last + 1

        if word in self._times:
            rhythm = self._rhythm(pieces, where, at + 1)
            if rhythm is not None:
                length, per = rhythm
                end = pieces[where[at + 1] + length - 1].end
                last = at + 1
                while last + 1 < len(tokens) and tokens[last + 1].end <= end:
                    last += 1
                times = Per(per.period, value * per.times, per.workdays)
                return Mention(number.start, end, "period", times), last + 1
            return Mention(number.start, tokens[at].end, "number", Quantity(value, high), 0.7), at + 1
        if number.suffix == "m" and word in self._audio and not message.capital(tokens[number.first].end):
            return Mention(number.start, number.end, "minutes", Quantity(value / 1e6)), number.after
        if word in self._parameters:
            return made("params", 1e-9)
        if word in self._quarter and (hour := self._hour_after(tokens, at)) is not None:
            return made("minutes", 15.0, hour)
        if word in self._tokens:
            return self._with_role(tokens, number, at, before)
        if word in self._roles and following in self._tokens:
            scaled = Quantity(value, high, self._roles[word])
            return Mention(number.start, tokens[at + 1].end, "tokens", scaled), at + 2
        if word in self._units:
            kind, factor = self._units[word]
            if kind in {"minutes", "seconds"}:
                every = self.periods.every(before, value, word)
                if every is not None:
                    return Mention(_start_of_every(tokens, number), tokens[at].end, "period", every), at + 1
                if kind == "minutes":
                    last, extra = self._rest_of_time(tokens, at, factor)
                    return made(kind, factor, last, extra)
            return made(kind, factor)
        amount = self._amount(tokens, number, at)
        if amount is not None:
            return amount
        if word in self._pixels:
            side = int(min(value, 1e6))
            return Mention(number.start, tokens[at].end, "resolution", f"{side}x{side}"), at + 1
        days = self._days(tokens, pieces, where, number, at)
        if days is not None:
            return days
        people = self._persons(tokens, at)
        if people is not None:
            return made("people", last=people)
        if self.periods.of(word) is not None and len(word) > 1:
            return self._times_of_period(tokens, pieces, where, number, at, before)
        return None

    def _days(
        self, tokens: list[Token], pieces: list[Piece], where: dict[int, int], number: Number, at: int
    ) -> tuple[Mention, int] | None:
        """ "5 days a week", "20 working days a month", "5 jours sur 7"."""
        if at not in where:
            return None
        length = self.periods.days(pieces, where[at])
        if not length:
            return None
        after = at + 1
        while after < len(tokens) and tokens[after].start < pieces[where[at] + length - 1].end:
            after += 1
        texts = [token.text for token in tokens[after : after + 2]]
        if texts == ["sur", "7"]:
            return Mention(number.start, tokens[after + 1].end, "period", _days_of("week", number.value)), after + 2
        rhythm = self._rhythm(pieces, where, after)
        if rhythm is None or rhythm[1].period not in _DAYS:
            return None
        end = pieces[where[after] + rhythm[0] - 1].end
        while after < len(tokens) and tokens[after].start < end:
            after += 1
        return Mention(number.start, end, "period", _days_of(rhythm[1].period, number.value)), after

    def _rhythm(self, pieces: list[Piece], where: dict[int, int], at: int) -> tuple[int, Per] | None:
        if at not in where:
            return None
        found = self.periods.at(pieces, where[at])
        if found is None or found[1].kind != "period" or found[1].value is None or found[1].score <= ONCE:
            return None
        return found[0], found[1].value

    def _times_of_period(
        self,
        tokens: list[Token],
        pieces: list[Piece],
        where: dict[int, int],
        number: Number,
        at: int,
        before: list[str],
    ) -> tuple[Mention, int] | None:
        """ "every 2 weeks", "5 days a week", "over 6 months"."""
        word, value = tokens[at].text, number.value
        every = self.periods.every(before, value, word)
        if every is not None:
            return Mention(_start_of_every(tokens, number), tokens[at].end, "period", every), at + 1
        days = self._days(tokens, pieces, where, number, at)
        if days is not None:
            return days
        span = self.periods.span(tokens[number.first - 1].text if number.first else "", value, word)
        if span is not None:
            return Mention(number.start, tokens[at].end, "horizon", span.value, span.score), at + 1
        return None

    def _hour_after(self, tokens: list[Token], at: int) -> int | None:
        """The "heure" of "trois quarts d'heure", the "hour" of "a quarter of an hour"."""
        for ahead in range(at + 1, min(at + 4, len(tokens))):
            if self._units.get(tokens[ahead].text) == ("minutes", 60.0):
                return ahead
            if tokens[ahead].text not in {"of", "an", "d", "'", "-"}:
                break
        return None

    def _rest_of_time(self, tokens: list[Token], at: int, factor: float) -> tuple[int, float]:
        """ "1 hour 30", "2 heures et demie", "an hour and a quarter", "1 h 20 min": last token, minutes to add."""
        texts = [token.text for token in tokens[at + 1 : at + 5]]
        joined = bool(texts) and texts[0] in {"and", "et"}
        if joined:
            texts = texts[1:]
        skip = 1 if joined else 0
        if joined and texts and texts[0] in {"a", "un", "une"}:
            texts, skip = texts[1:], skip + 1
        if joined and texts and texts[0] in self._half:
            return at + skip + 1, factor / 2
        if joined and texts and texts[0] in self._quarter:
            return at + skip + 1, factor / 4
        if texts and texts[0].isdecimal() and len(texts[0]) <= 2 and int(texts[0]) < 60:
            unit = self._units.get(texts[1]) if len(texts) > 1 else None
            smaller = {60.0: ("minutes", 1.0), 1.0: ("seconds", 1.0)}[factor if factor == 60 else 1.0]
            if unit == smaller:
                return at + skip + 2, int(texts[0]) * (1.0 if factor == 60 else 1 / 60)
            if not joined and len(texts) < 2 and len(texts[0]) == 2:
                return at + skip + 1, int(texts[0]) * (1.0 if factor == 60 else 1 / 60)
        return at, 0.0

    def _with_role(self, tokens: list[Token], number: Number, at: int, before: list[str]) -> tuple[Mention, int]:
        role, last = None, at
        for ahead in range(at + 1, min(at + 4, len(tokens))):
            token = tokens[ahead]
            if token.kind != "word":
                if token.text == "'" or token.text == "-":
                    continue
                break
            if token.text in self._roles and token.text not in {"in"}:
                role = self._roles[token.text]
                if token.text not in self.tasks.words:
                    last = ahead
                break
            if token.text == "in" and (ahead + 1 == len(tokens) or tokens[ahead + 1].kind != "word"):
                role, last = "input", ahead
                break
            if token.text not in {"of", "in", "en", "de", "d", "du", "the", "le", "la", "l", "as", "par", "for", "per"}:
                break
        if role is None:
            for word in reversed(before):
                if word in self._roles and word not in {"in", "out"}:
                    role = self._roles[word]
                    break
                if word not in {"of", "de", "d", "with", "avec", "is", "est", "a", "an", "un", "une", "chaque", "each"}:
                    break
        return Mention(number.start, tokens[last].end, "tokens", Quantity(number.value, number.high, role)), last + 1

    def _amount(self, tokens: list[Token], number: Number, at: int) -> tuple[Mention | None, int] | None:
        unit, last = tokens[at].text, at
        said = False
        if at + 1 < len(tokens):
            pair = (unit, tokens[at + 1].text)
            nearer = tokens[at + 2].text if at + 2 < len(tokens) else ""
            if pair in self._paired:
                unit, last = self._paired[pair], at + 1
            elif tokens[at + 1].text == "-" and (unit, nearer) in self._paired:
                unit, last = self._paired[(unit, nearer)], at + 2
        for tail in ("co2eq", "co2e", "co2"):
            if unit.endswith(tail) and unit[: -len(tail)] in self._amounts:
                unit, said = unit[: -len(tail)], True
        if unit not in self._amounts:
            return None
        measure, factor = self._amounts[unit]
        of = self._of[measure]
        ahead = last + 1
        while ahead < len(tokens) and ahead < last + 8:
            token = tokens[ahead]
            if token.kind == "word" and token.text in of:
                if len(token.text) > 2 or token.text == "eq":
                    said, last = True, ahead
            elif token.text not in {"'", "-", "("}:
                break
            ahead += 1
        beyond = tokens[last + 1].text if last + 1 < len(tokens) else ""
        rate = tokens[last + 2].text if last + 2 < len(tokens) else ""
        if beyond in {"/", "per", "par", "a", "the", "le", "du"} and rate in self._intensity:
            return None, last + 3
        if unit == "g" and not said and tokens[at].glued and number.value in _NETWORKS:
            return None
        if unit in {"t", "g", "l"} and not said and ahead < len(tokens) and tokens[ahead].text == "'":
            return None  # "20 l'heure"
        value = Amount(measure, min(number.value * factor, 1e24))  # pyright: ignore[reportArgumentType]
        return Mention(number.start, tokens[last].end, "amount", value), last + 1

    def _persons(self, tokens: list[Token], at: int) -> int | None:
        """Index of the last token of "devs", "graphic designers", "of us"; None where these are no persons."""
        two = " ".join(token.text for token in tokens[at : at + 2])
        if two in self._us:
            return at + 1
        texts = [token.text for token in tokens[at : at + 5] if token.text != "'"]
        for phrase in self._us:
            words = phrase.split()
            if len(words) > 2 and texts[: len(words)] == words:
                return at + len(words) + (1 if "'" in [t.text for t in tokens[at : at + 3]] else 0) - 1
        if tokens[at].text in self._people:
            return at
        ahead = at + 1
        if ahead < len(tokens) and tokens[ahead].kind == "word" and tokens[ahead].text in self._people:
            word = tokens[at].text
            if word not in self._function and self.periods.of(word) is None:
                return ahead
        return None

    def _group_before(self, tokens: list[Token], first: int) -> int | None:
        """Where "team of", "we are", "on est" begins, if it ends right before this token."""
        at = first - 1
        while at >= 0 and (tokens[at].text in self._about or tokens[at].text in {"~", "≈", ":"}):
            at -= 1
        words: list[str] = []
        while at >= 0 and len(words) < 4:
            token = tokens[at]
            if token.kind == "word":
                words.insert(0, token.text)
                if " ".join(words) in self._group:
                    return at
            elif token.text != "'":
                return None
            at -= 1
        return None

    def _is_frame_size(self, tokens: list[Token], number: Number) -> bool:
        """ "4k" beside a video, or "in 4k"; four thousand elsewhere."""
        if number.value not in {2000.0, 4000.0, 8000.0} or number.high is not None or number.after != number.first + 2:
            return False
        if tokens[number.first + 1].text != "k":
            return False
        after = tokens[number.after].text if number.after < len(tokens) else ""
        before = tokens[number.first - 1].text if number.first else ""
        if before in self._frames or before in {"in", "en"}:
            return after not in self.tasks.words or after in self._frames
        return after in self._frames and (not after.endswith("s") or after == "res")

    # ------------------------------------------------------------------------------------------------ words alone

    def _named(self, pieces: list[Piece], places: list[int], spent: bytearray) -> list[Mention]:
        """Periods, spans, "each", resolutions and tasks."""
        found: list[Mention] = []
        at = 0
        while at < len(pieces):
            if spent[places[at]]:
                at += 1
                continue
            length = 1
            piece = pieces[at]
            time = self.periods.at(pieces, at)
            if time is not None and not any(spent[place] for place in places[at : at + time[0]]):
                length, rhythm = time
                found.append(Mention(piece.start, pieces[at + length - 1].end, rhythm.kind, rhythm.value, rhythm.score))
            elif (slash := self._slashed(pieces, at)) is not None:
                found.append(Mention(piece.start, piece.end, "period", slash))
            elif piece.slashed and piece.text in self._people:
                found.append(Mention(piece.start, piece.end, "each", None))
            elif (frame := self._resolutions.at(pieces, at)) is not None:
                length = frame[0]
                found.append(Mention(piece.start, pieces[at + length - 1].end, "resolution", frame[1]))
            elif (task := self.tasks.at(pieces, at)) is not None:
                length = task.length
                if not any(spent[place] for place in places[at : at + length]):
                    found.append(Mention(piece.start, pieces[at + length - 1].end, "task", task.task, task.score))
            at += length
        return found

    def _slashed(self, pieces: Sequence[Piece], at: int) -> Per | None:
        """ "/day", "/ mois": the slash is told by the piece."""
        return self.periods.of(pieces[at].text) if pieces[at].slashed else None

    def _ones(
        self, tokens: list[Token], pieces: list[Piece], places: list[int], spent: bytearray, found: list[Mention]
    ) -> list[Mention]:
        """ "a", "une", "one", "single" before a task, with at most an adjective, a name or a length between."""
        starts = {piece.start: index for index, piece in enumerate(pieces)}
        lengths = [(m.start, m.end) for m in found if m.kind in _LENGTHS]
        numbered = {m.end for m in found if m.kind == "number"}
        ones: list[Mention] = []
        for mention in found:
            index = starts.get(mention.start)
            if mention.kind != "task" or index is None:
                continue
            at, steps = index - 1, 0
            if pieces[index].breaks:
                continue
            while at >= 0 and steps < 4:
                piece = pieces[at]
                if any(start <= piece.start < end for start, end in lengths):
                    at -= 1
                    continue
                elif spent[places[at]] or piece.end in numbered:
                    break
                elif piece.text in self._articles:
                    score = WEAK if len(piece.text) < 3 or piece.text == "une" else 0.7
                    if not any(m.start <= piece.start < m.end for m in found):
                        ones.append(Mention(piece.start, piece.end, "number", Quantity(1.0), score))
                    break
                elif piece.text in self._function:
                    break
                else:
                    steps += 1
                if piece.breaks:
                    break
                at -= 1
        return ones


_NETWORKS = frozenset({2.0, 3.0, 4.0, 5.0, 6.0})  # "5g" is one of those, unless it is of CO2

# From how many days of a period on they are its workdays, and from how many on all of its days.
_DAYS = {"week": (5, 7), "month": (18, 28), "year": (200, 360)}


def _days_of(period: str, days: float) -> Per:
    work, every = _DAYS[period]
    if days >= every:
        return Per("day")
    return Per("day", workdays=True) if days >= work and (period != "week" or days == work) else Per(period, days)


_LENGTHS = frozenset({"seconds", "minutes", "tokens", "words", "resolution", "params"})


def _masked(plain: str, taken: Iterable[Span]) -> str:
    for start, end in taken:
        start, end = max(start, 0), min(end, len(plain))
        if start < end:
            plain = plain[:start] + MASK * (end - start) + plain[end:]
    if "://" in plain or "@" in plain or "www." in plain:
        plain = _ADDRESS.sub(lambda m: MASK * len(m.group()), plain)
    return plain


def _pieces(tokens: list[Token]) -> tuple[list[Piece], list[int]]:
    """The words among the tokens, and the index of each word's token."""
    pieces: list[Piece] = []
    places: list[int] = []
    breaks, slashed = False, False
    for index, token in enumerate(tokens):
        if token.kind == "word":
            pieces.append(Piece(token.text, token.start, token.end, breaks, slashed))
            places.append(index)
            breaks, slashed = False, False
        elif token.kind == "sign" and token.text in _BRIDGES:
            slashed = token.text == "/"
            breaks = breaks or slashed
        elif token.kind == "masked":
            slashed = False
        else:
            breaks, slashed = True, False
    return pieces, places


def _words_before(tokens: list[Token], first: int, skipped: frozenset[str]) -> list[str]:
    """Up to three words right before a token, "about" and the like left out."""
    words: list[str] = []
    at = first - 1
    while at >= 0 and len(words) < 3 and tokens[at].kind in {"word", "sign"}:
        if tokens[at].kind == "word" and tokens[at].text not in skipped:
            words.insert(0, tokens[at].text)
        elif tokens[at].kind == "sign" and tokens[at].text not in {"'", ":", "~", "=", "("}:
            break
        at -= 1
    return words


def _start_of_every(tokens: list[Token], number: Number) -> int:
    first = number.first
    for at in range(number.first - 1, max(number.first - 3, -1), -1):
        if tokens[at].text in {"every", "each", "toutes", "tous", "chaque", "ts", "tt", "tout"}:
            first = at
    return min(tokens[first].start, number.start)


def _size(token: Token) -> Mention | None:
    match = _SIZE.match(token.text)
    if match:
        return Mention(token.start, token.end, "resolution", f"{int(match[1])}x{int(match[2])}")
    lines = int("".join(c for c in token.text if c.isdecimal()))
    return Mention(token.start, token.end, "resolution", f"{lines}p") if 100 <= lines <= 4400 else None


def _paired_roles(found: list[Mention], plain: str, roles: dict[str, str]) -> list[Mention]:
    """ "2k in / 500 out": a bare number with a side is tokens where the other side is there too."""
    sides: dict[int, tuple[str, int]] = {}
    for index, mention in enumerate(found):
        if mention.kind == "number" and mention.score == 1:
            match = _SIDE.match(plain, mention.end)
            if match and match[1] in roles:
                sides[index] = (roles[match[1]], match.end())
    if not sides:
        return found
    said = {role for role, _ in sides.values()} | {m.value.role for m in found if m.kind == "tokens"}
    if not ("input" in said and len(said) > 1):
        return found
    return [
        Mention(m.start, sides[i][1], "tokens", Quantity(m.value.value, m.value.high, sides[i][0])) if i in sides else m
        for i, m in enumerate(found)
    ]


_SIDE = re.compile(r" ?(?:en |d')?(in|out|input|output|entree|sortie|cached)(?![^\W_])")
