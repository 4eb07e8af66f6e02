"""A number and the unit beside it: tokens, words, durations, persons, amounts, rhythms.

Units stand after their number nearly always; before it only who is counted ("a team of 12"), what the tokens are for
("a prompt of 3000 tokens") and "every".
"""

from __future__ import annotations

from bot.understanding.durations import Durations
from bot.understanding.lexicon import Lexicon, Piece, words_of
from bot.understanding.mention import Amount, Mention, MentionKind, Per, Quantity
from bot.understanding.misspelt import Misspelt
from bot.understanding.numbers import Number
from bot.understanding.periods import ONCE, Periods
from bot.understanding.tasks import Tasks
from bot.understanding.text import Message
from bot.understanding.tokens import Token


class Units:
    """One language's units, the other language's among them; and the periods and tasks that numbers go with."""

    def __init__(self, lexicon: Lexicon, other: Lexicon) -> None:
        self._units: dict[str, tuple[MentionKind, float]] = {}
        for kind in ("words", "seconds", "minutes"):
            for word, factor in lexicon.map(f"units.{kind}").items():
                self._units[word] = (kind, float(factor))  # pyright: ignore[reportArgumentType]
        self._tokens, self.people = lexicon.set("units.tokens"), lexicon.set("units.people")
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
        self.roles = {word: role for role in ("input", "output", "cached") for word in lexicon.set(f"units.{role}")}
        self._singles = frozenset(word for word in self.people if not word.endswith("s") and f"{word}s" in self.people)
        self._paper = lexicon.set("units.paper")
        self._group = lexicon.set("units.group")
        self._us, self._them = lexicon.set("units.us"), lexicon.set("units.them")
        self._beings = lexicon.set("units.beings")
        self._wholes, self._within = lexicon.set("units.wholes"), lexicon.set("units.within")
        self._bodies = lexicon.set("units.bodies")
        self._about = words_of(lexicon.set("numbers.about"))
        self._times = lexicon.set("numbers.times")
        singles = lexicon.set("numbers.single") | lexicon.set("numbers.article")
        self.articles = singles if lexicon.language == "en" else singles - other.own_set("numbers.article")
        self._quarter = lexicon.set("numbers.quarter")
        self._durations = Durations(lexicon.language, self._units, lexicon.set("numbers.half"), self._quarter)
        self._function = lexicon.own_set("language.function") | lexicon.own_set("language.shared")
        self.periods = Periods(lexicon)
        language = {word for part in ("function", "domain", "chat") for word in lexicon.set(f"language.{part}")}
        units = {*self._units, *self._tokens, *self.people, *self._parameters, *self._amounts, *self._pixels}
        known = language | self.periods.words | units | words_of(lexicon.set("numbers.cardinals"))
        self.tasks = Tasks(lexicon, known)
        glued = {"kgco2", "gco2", "gco2e", "kgco2e", "tco2", "tco2e"}
        self.nouns = frozenset(units | glued | self.tasks.words | self.periods.names | set(self.roles))
        self._misspelt = Misspelt((*self._units, *self._tokens), self.nouns | self._function)

    def article(self, tokens: list[Token], at: int, counted: bool) -> Number | None:
        """ "an hour", "une page", "a tonne of CO2": one of a unit."""
        token = tokens[at]
        hyphened = token.text == "one" and at + 2 < len(tokens) and tokens[at + 1].text == "-"  # "a one-hour call"
        if hyphened and (self._units.get(tokens[at + 2].text, ("", 0.0))[0] in ("minutes", "seconds")):
            return Number(at, at + 1, token.start, token.end, 1.0, words=True)
        if token.text not in self.articles or at + 1 >= len(tokens) or tokens[at + 1].kind != "word":
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
        elif unit not in self._amounts and not (unit in self._quarter and self._durations.hour_after(tokens, at + 1)):
            return None
        return Number(at, at + 1, token.start, token.end, 1.0, words=True)

    # ------------------------------------------------------------------------------------------- a number's unit

    def measure(
        self, message: Message, tokens: list[Token], pieces: list[Piece], where: dict[int, int], number: Number
    ) -> tuple[Mention | None, int]:
        after = number.after
        quantity = Quantity(number.value, number.high)
        plain = Mention(number.start, number.end, "number", quantity)
        before = _words_before(tokens, number.first, self._about)
        at = after
        if at < len(tokens) and tokens[at].text == "-" and tokens[at].glued:
            at += 1
        body = self._body(tokens, number, at, before)
        if body is not None:
            return Mention(number.start, tokens[body].end, "people", quantity), body + 1
        us = at + 1 < len(tokens) and f"{tokens[at].text} {tokens[at + 1].text}" in self._us  # "forty of us"
        if (number.words or number.suffix) and at < len(tokens) and tokens[at].text in {"of", "de", "d"} and not us:
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
        word = self._misspelt.mended(tokens[at].text)
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
        if word in self._quarter and (hour := self._durations.hour_after(tokens, at)) is not None:
            return made("minutes", 15.0, hour)
        if word in self._tokens:
            return self._with_role(tokens, number, at, before)
        if word in self.roles and following in self._tokens:
            scaled = Quantity(value, high, self.roles[word])
            return Mention(number.start, tokens[at + 1].end, "tokens", scaled), at + 2
        if word in self._units:
            kind, factor = self._units[word]
            if kind in {"minutes", "seconds"}:
                every = self.periods.every(before, value, word)
                if every is not None:
                    return Mention(_start_of_every(tokens, number), tokens[at].end, "period", every), at + 1
                if kind == "minutes":
                    last, extra = self._durations.rest(tokens, at, factor)
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
        people = self._persons(tokens, at, before)
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

    def _with_role(self, tokens: list[Token], number: Number, at: int, before: list[str]) -> tuple[Mention, int]:
        role, last = None, at
        led = before[-1] if before else ""
        if led in self.roles and led not in {"in", "out"} and led not in self.tasks.words:
            quantity = Quantity(number.value, number.high, self.roles[led])
            return Mention(number.start, tokens[at].end, "tokens", quantity), at + 1  # "input 10k tokens output 500"
        for ahead in range(at + 1, min(at + 4, len(tokens))):
            token = tokens[ahead]
            if token.kind != "word":
                if token.text == "'" or token.text == "-":
                    continue
                break
            if token.text in self.roles and token.text not in {"in"}:
                role = self.roles[token.text]
                if token.text not in self.tasks.words:
                    last = ahead
                break
            following = tokens[ahead + 1] if ahead + 1 < len(tokens) else None
            ends = following is None or following.kind != "word" or following.text in {"and", "plus", "each"}
            if token.text == "in" and ends:  # "2k tokens in and 500 out"
                role, last = "input", ahead
                break
            if token.text not in {"of", "in", "en", "de", "d", "du", "the", "le", "la", "l", "as", "par", "for", "per"}:
                break
        if role is None:
            for word in reversed(before):
                if word in self.roles and word not in {"in", "out"}:
                    role = self.roles[word]
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
            return None, at + 1
        if unit in {"t", "g", "l"} and not said and ahead < len(tokens) and tokens[ahead].text == "'":
            return None  # "20 l'heure"
        value = Amount(measure, min(number.value * factor, 1e24))  # pyright: ignore[reportArgumentType]
        return Mention(number.start, tokens[last].end, "amount", value), last + 1

    def _persons(self, tokens: list[Token], at: int, before: list[str]) -> int | None:
        """Index of the last token of "devs", "graphic designers", "of us"; None where these are no persons."""
        two = " ".join(token.text for token in tokens[at : at + 2])
        if two in self._us or (two in self._them and " ".join(before[-2:]) in self._beings):
            return at + 1
        texts = [token.text for token in tokens[at : at + 5] if token.text != "'"]
        for phrase in self._us:
            words = phrase.split()
            if len(words) > 2 and texts[: len(words)] == words:
                return at + len(words) + (1 if "'" in [t.text for t in tokens[at : at + 3]] else 0) - 1
        text = tokens[at].text
        if text in self.people:
            beyond = tokens[at + 1] if at + 1 < len(tokens) else None
            named = beyond is not None and beyond.kind == "word" and beyond.text.endswith("s") and len(beyond.text) > 4
            if named and text in self._singles and beyond is not None and beyond.text not in self._function:
                return None  # "2000 customer reviews"
            return at
        if text in self._paper:
            return None  # « 20 000 avis clients »
        for ahead in (at + 1, at + 2):  # "graphic designers", "town hall staff"
            if ahead >= len(tokens) or tokens[ahead].kind != "word" or not self._describes(tokens[ahead - 1].text):
                return None
            if tokens[ahead].text in self.people:
                return ahead
        return None

    def _body(self, tokens: list[Token], number: Number, at: int, before: list[str]) -> int | None:
        """Index of the last token of "(all) the 12 in accounting", « les 45 du labo », where these are persons."""
        if not before or before[-1] not in self._wholes or number.high is not None:
            return None
        words = [token.text for token in tokens[at : at + 4] if token.kind == "word"]
        if words[:1] and words[0] in self._within:
            for word in words[1:3]:
                if word in self._bodies:
                    return next(i for i in range(at, at + 5) if tokens[i].text == word)
        return None

    def _describes(self, word: str) -> bool:
        """Whether a word before a noun of persons may say which."""
        return word.isalpha() and word not in self._function and self.periods.of(word) is None

    def _group_before(self, tokens: list[Token], first: int) -> int | None:
        """Where "team of", "we are", "on est" begins, if it ends right before this token."""
        at = first - 1
        while at >= 0 and (tokens[at].text in self._about or tokens[at].text in {"~", "≈", ":"}):
            at -= 1
        words: list[str] = []
        while at >= 0 and len(words) < _LEADING:
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
        led = any(token.text.startswith(_ENLARGED) for token in tokens[max(number.first - _LEADING, 0) : number.first])
        if before in self._frames or before in {"in", "en"} or (led and before in {"to", "a", "at"}):
            counted = after.endswith("s") and after in self.tasks.words  # "in 4k prompts"
            return not counted or after in self._frames
        counted = number.first > 0 and tokens[number.first - 1].kind == "number"  # "20 4k images"
        if after.startswith(_ENLARGED) or (counted and after in self._frames):  # "4k upscales of 20 photos"
            return True
        return after in self._frames and (not after.endswith("s") or after == "res")


_ENLARGED = ("upscal", "enlarg", "agrandi")  # begin the words for making a picture larger: "upscaled to 4k"
_LEADING = 5  # words before a number of persons that say that it is one
_NETWORKS = frozenset({2.0, 3.0, 4.0, 5.0, 6.0})  # "5g" is one of those, unless it is of CO2

# From how many days of a period on they are its workdays, and from how many on all of its days.
_DAYS = {"week": (5, 7), "month": (18, 28), "year": (200, 360)}


def _days_of(period: str, days: float) -> Per:
    work, every = _DAYS[period]
    if days >= every:
        return Per("day")
    return Per("day", workdays=True) if days >= work and (period != "week" or days == work) else Per(period, days)


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
