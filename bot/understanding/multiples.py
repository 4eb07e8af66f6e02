"""So many times what was said before: "ten times that", "a tenth of it", "20 % fewer", "divide by two".

``Multiples`` reads the words of a message that leans on the last one; whether it does is decided by others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.grammar import Grammar

_GLUED = re.compile(r"\dx(?![a-z0-9])|(?<![a-z0-9])x\d")  # "3x", "x3"
_MOST_FOLD = 100_000
_AHEAD = 5  # words after one that are looked at
_TO = (("to",), ("a",))  # "doubled to 128" says the number itself
_THAN = (("than",), ("que",), ("qu",))


@dataclass(frozen=True, slots=True)
class Multiple:
    factor: float
    of_people: bool = False  # "half of them stop"
    of_length: bool = False  # "twice as long"
    numbered: bool = False  # a number of the message is its factor, and counts nothing: "multiply by 4"


class Multiples:
    """Built once over the grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        tables = (grammar.tables.get(key, {}) for key in ("multiples", "parts", "scales"))
        # Without one of these nothing is multiplied, and most messages have none.
        self._telling = frozenset(w for table in tables for w in table) | grammar.of("fold") | grammar.of("percent")

    def read(self, words: tuple[str, ...], plain: str) -> Multiple | None:
        """None where nothing is multiplied, or where something else is the measure: "10 times more than a search"."""
        if self._telling.isdisjoint(words) and _GLUED.search(plain) is None:
            return None
        if self._grammar.holds("how_to", words):
            return None  # "how do I halve that?" asks for ways
        for at, word in enumerate(words):
            found = _at(word, words[:at], words[at + 1 : at + 1 + _AHEAD], self._grammar)
            if found is not None:
                factor, numbered = found
                people, length = (self._grammar.holds(key, words) for key in ("many_people", "length"))
                return Multiple(factor, people, length, numbered)
        return None

    def asks_for_ways(self, words: tuple[str, ...]) -> bool:
        """ "How do I divide that by ten?": multiplies nothing, and counts nothing either."""
        return self._grammar.holds("how_to", words) and not self._telling.isdisjoint(words)


def _at(word: str, before: tuple[str, ...], after: tuple[str, ...], grammar: Grammar) -> tuple[float, bool] | None:
    of, tables = grammar.of, grammar.tables
    multiples, parts, scales = tables.get("multiples", {}), tables.get("parts", {}), tables.get("scales", {})
    if word in multiples and after[:1] not in _TO:
        return multiples[word], False
    ends = not after or after == ("?",)
    if word in parts and (grammar.starts("whole", after) or (ends and not of("led").isdisjoint(before[-1:]))):
        return parts[word], False
    if not before and not after and word[0] == "x" and word[1:].isdecimal() and 0 < int(word[1:9]) < _MOST_FOLD:
        return float(word[1:]), True  # "x2"
    if word in scales:
        by = next((i for i, w in enumerate(after[:3]) if w in of("by")), None)
        number = _number(after[by + 1], grammar) if by is not None and by + 1 < len(after) else None
        return (number ** scales[word], True) if number else None
    return _compared(word, after, grammar)


def _compared(word: str, after: tuple[str, ...], grammar: Grammar) -> tuple[float, bool] | None:
    """ "10 times that", "3x as many", "20 % fewer": a number, what it is of, and which way."""
    of = grammar.of
    glued = word[-1] == "x" and word[:-1].isdecimal()
    number = _number(word[:-1] if glued else word, grammar)
    if number is None:
        return None
    rest = after if glued else after[1:]
    if rest[:1] in (("de",), ("en",)) and rest[1:2]:
        rest = rest[1:]  # « 20 % de moins »
    if not rest or rest[0] not in of("beyond"):
        return None
    if rest[1:2] in _THAN and of("refers").isdisjoint(rest[2:3]):
        return None
    less = rest[0] in of("fewer")
    if not glued and after[0] in of("percent"):
        return (
            (max(1 - number / 100, 0.0) if less else 1 + number / 100, False) if rest[0] not in of("refers") else None
        )
    if not glued and after[0] not in of("fold"):
        return None
    return (1 / number if less else number), False


def _number(word: str, grammar: Grammar) -> float | None:
    if word.isdecimal() and word.isascii() and 0 < int(word[:9]) < _MOST_FOLD:
        return float(word)
    return grammar.tables.get("tally", {}).get(word)
