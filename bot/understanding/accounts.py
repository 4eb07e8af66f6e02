"""What is asked of a team's book: over which stretch of time a report goes and which way it is cut, and on which day,
at which hour and by whose clock a weekly message comes. The words are lists of the grammar.

The way is looked for first and its words are taken out, so that "by week" is no period, and so are those of the period
that it is only held against.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.understanding.grammar import Grammar

_WAYS = ("task", "model", "week", "month", "who")
# Those that hold others come first: "last week" before "week".
_STRETCHES = ("last-day", "last-week", "last-month", "last-year", "day", "week", "month", "year")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZONE = re.compile(r"\b(?:[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|UTC|GMT)\b")
_HOUR = re.compile(
    r"(?<![\w:/.-])(?:(?:at|a|vers|@)\s*)?(?P<hour>[01]?\d|2[0-4])"
    r"(?:\s*(?P<mark>h|:|heures?\b|o'?clock\b)\s*(?:[0-5]\d)?)?\s*(?P<half>am|pm|a\.m\.?|p\.m\.?)?(?![\w:/.%-])"
)
_Tokens = tuple[str, ...]


class Accounts:
    """Built once over the grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def report(self, tokens: _Tokens) -> Mapping[str, Any]:
        """``period``, ``month`` (1 to 12), ``by`` and ``figures``, where they were said."""
        asked: dict[str, Any] = {}
        tokens, anew = self._without("book_anew", tokens)
        if anew:
            asked["figures"] = "now"
        for way in _WAYS:
            tokens, said = self._without(f"book_by_{way}", tokens)
            if said:
                asked.setdefault("by", way)
        tokens, _ = self._without("book_beside", tokens)
        stretch = next((s for s in _STRETCHES if self._grammar.holds(f"book_{s}", tokens)), None)
        month = self._month(tokens)
        if month is not None and stretch in (None, "month", "last-month"):
            asked["month"] = month
        elif stretch is not None:
            asked["period"] = stretch
        return asked

    def digest(self, tokens: _Tokens, clean: str, plain: str) -> Mapping[str, Any]:
        """``weekday``, ``hour`` (0 to 23) and ``zone``, where they were said."""
        asked: dict[str, Any] = {}
        day = next((d for d in _DAYS if self._grammar.holds(f"book_{d}", tokens)), None)
        if day is not None:
            asked["weekday"] = day
        hour = self._hour(tokens, plain)
        if hour is not None:
            asked["hour"] = float(hour)
        zone = _ZONE.search(clean)
        if zone is not None:
            asked["zone"] = zone[0]
        return asked

    def _hour(self, tokens: _Tokens, plain: str) -> int | None:
        for hour, key in ((12, "book_noon"), (0, "book_midnight")):
            if self._grammar.holds(key, tokens):
                return hour
        found = _HOUR.search(plain)
        if found is None:
            return None
        hour, half = int(found["hour"]), (found["half"] or "")[:1]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        return hour % 24

    def _month(self, tokens: _Tokens) -> int | None:
        """A month by its name; one whose name is a word of another meaning too counts only after "in" or its like."""
        named = self._grammar.tables.get("book_months", {})
        for before, token in zip(("", *tokens), tokens, strict=False):
            number = named.get(token) or named.get(f"{before} {token}")
            if number is not None:
                return int(number)
        return None

    def _without(self, key: str, tokens: _Tokens) -> tuple[_Tokens, bool]:
        """The tokens without the phrases of a list, and whether there were any."""
        kept: list[str] = []
        at = 0
        while at < len(tokens):
            length = self._grammar.length(key, tokens[at:])
            if length == 0:
                kept.append(tokens[at])
            at += max(length, 1)
        return tuple(kept), len(kept) < len(tokens)
