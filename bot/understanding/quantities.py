"""Everything countable or nameable in a sentence that is not a proper name, as mentions.

``Quantities`` is built once from the word lists; ``mentions`` then reads a message in linear time and never raises.
Whether a duration belongs to a clip or to audio, and which number to which task, is decided by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.understanding.lexicon import Lexicon, Phrases, Piece, lexicons
from bot.understanding.mention import Mention, Per, Quantity
from bot.understanding.numbers import MASK, Numbers
from bot.understanding.periods import settle
from bot.understanding.power import lasting
from bot.understanding.text import Message
from bot.understanding.tokens import Token
from bot.understanding.units import Units
from handlers.request import LANGUAGES, Language

Span = tuple[int, int]

MOST = 100  # numbers that are read in one message: beyond, it is a table or an attack
_KEPT = 2048  # words of which it is kept whether anything begins with them
WEAK = 0.5  # score of "a", "une" before a task: one, unless something better is said
_ALWAYS = re.compile(
    r"(?<![\w])(?:24 ?h? ?/ ?24|24 ?/ ?7|7 ?j? ?/ ?7|24 ?h? ?sur ?24|7 ?jours? ?sur ?7)(?!\w)"
)  # counts nothing
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_CLOCK = re.compile(r"(\d+) ?h ?(\d+)")
_SIZE = re.compile(r"(\d+) ?[x×*] ?(\d+)")
_BRIDGES = frozenset({"-", "'", "/", '"', "“", "”", "«", "»", "(", ")", "*", "**", "`"})


@lru_cache(maxsize=len(LANGUAGES))
def _reader(language: Language) -> Reader:
    """Made with the first sentence in that language."""
    lexicon = lexicons()
    return Reader(lexicon[language], next(lexicon[other] for other in LANGUAGES if other != language))


class Quantities:
    """Numbers with their units, periods, people, amounts and tasks, in both languages."""

    def mentions(self, message: Message, language: Language, taken: Iterable[Span] = ()) -> tuple[Mention, ...]:
        """In the order of the sentence. ``taken`` are spans read already (names of models): nothing is read there."""
        return _reader(language).read(message, taken)


def mentions(message: Message, language: Language, taken: Iterable[Span] = ()) -> tuple[Mention, ...]:
    """As ``Quantities().mentions``; the word lists are read on first use and kept."""
    return _reader(language).read(message, taken)


class Reader:
    """One language's eyes; the other language's words are known to it too."""

    def __init__(self, lexicon: Lexicon, other: Lexicon) -> None:
        self.units = Units(lexicon, other)
        self.periods, self.tasks = self.units.periods, self.units.tasks
        self.numbers = Numbers(lexicon, other, self.units.nouns)
        self._resolutions: Phrases[str] = Phrases()
        for phrase, value in lexicon.map("units.resolutions").items():
            self._resolutions.add(phrase, value)
        # Words that a number or an article may begin with; every other word is passed over at once.
        self._openers = self.numbers.openers | self.units.articles
        self._summed = lexicon.set("periods.summed")
        self._function = lexicon.own_set("language.function") | lexicon.own_set("language.shared")
        self._says_nothing = lru_cache(_KEPT)(self._begins_nothing)

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
        found = lasting(_paired_roles(found, message.plain, self.units.roles), message.plain)
        return tuple(settle(found, message.plain, self._summed))

    def _measures(
        self, message: Message, tokens: list[Token], pieces: list[Piece], places: list[int], spent: bytearray
    ) -> list[Mention]:
        """Whatever has a number in it."""
        found: list[Mention] = []
        where = {place: index for index, place in enumerate(places)}
        counted = False
        at = 0
        left = MOST
        while at < len(tokens) and left:
            token = tokens[at]
            mention, after = None, at + 1
            if token.kind == "clock":
                match = _CLOCK.match(token.text)
                if match:
                    value = int(match[1]) * 60.0 + int(match[2])
                    mention = Mention(token.start, token.end, "minutes", Quantity(value))
            elif token.kind == "size":
                mention = _size(token)
            elif token.kind == "number" or (
                token.kind == "word" and (token.text in self._openers or token.text[0] == "x")
            ):
                number = self.numbers.at(tokens, at) or self.units.article(tokens, at, counted)
                left -= number is not None
                if number is not None and not number.counts:
                    after = max(number.after, at + 1)
                    spent[at:after] = b"\1" * (after - at)
                    at = after
                    continue
                if number is not None:
                    mention, after = self.units.measure(message, tokens, pieces, where, number)
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

    # ------------------------------------------------------------------------------------------------ words alone

    def _named(self, pieces: list[Piece], places: list[int], spent: bytearray) -> list[Mention]:
        """Periods, spans, "each", resolutions and tasks."""
        found: list[Mention] = []
        at = 0
        while at < len(pieces):
            piece = pieces[at]
            if spent[places[at]] or (not piece.slashed and self._says_nothing(piece.text)):
                at += 1
                continue
            length = 1
            time = self.periods.at(pieces, at)
            if time is not None and not any(spent[place] for place in places[at : at + time[0]]):
                length, rhythm = time
                found.append(Mention(piece.start, pieces[at + length - 1].end, rhythm.kind, rhythm.value, rhythm.score))
            elif (slash := self._slashed(pieces, at)) is not None:
                found.append(Mention(piece.start, piece.end, "period", slash))
            elif piece.slashed and piece.text in self.units.people:
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

    def _begins_nothing(self, word: str) -> bool:
        """Whether no phrase that ``_named`` looks for begins with it, as with most words."""
        return not (self.periods.begins(word) or self._resolutions.begins(word) or self.tasks.begins(word))

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
                elif piece.text in self.units.articles:
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


_LENGTHS = frozenset({"seconds", "minutes", "tokens", "words", "resolution", "params"})


def _masked(plain: str, taken: Iterable[Span]) -> str:
    for start, end in taken:
        start, end = max(start, 0), min(end, len(plain))
        if start < end:
            plain = plain[:start] + MASK * (end - start) + plain[end:]
    if "24" in plain or "7" in plain:
        plain = _ALWAYS.sub(lambda m: MASK * len(m.group()), plain)
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


_SIDE = re.compile(r" ?(?:en |de |d'|d )?(in|out|input|output|entree|sortie|cached)(?![^\W_])")
