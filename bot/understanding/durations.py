"""What stands behind a length of time and belongs to it: "1 hour 30", "an hour and ten", « deux heures et demie »."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from text_to_num import text2num  # pyright: ignore[reportUnknownVariableType]

from bot.understanding.tokens import Token
from handlers.request import Language

Units = Mapping[str, tuple[str, float]]  # by its name, the kind of a length and how many of the kind one is
_AND = frozenset({"and", "et"})
_JOINTS = frozenset({"and", "et", "of", "de", "d"})
_ENDS = frozenset(",.;:!?)/")
_HOUR = ("minutes", 60.0)


class Durations:
    """Built once over the units of a language. Positions are indexes of tokens."""

    def __init__(self, language: Language, units: Units, half: Collection[str], quarter: Collection[str]) -> None:
        self._language: Language = language
        self._units = units
        self._half = half
        self._quarter = quarter

    def hour_after(self, tokens: Sequence[Token], at: int) -> int | None:
        """The "heure" of "trois quarts d'heure", the "hour" of "a quarter of an hour"."""
        for ahead in range(at + 1, min(at + 4, len(tokens))):
            if self._units.get(tokens[ahead].text) == _HOUR:
                return ahead
            if tokens[ahead].text not in {"of", "an", "d", "'", "-"}:
                break
        return None

    def rest(self, tokens: Sequence[Token], at: int, factor: float) -> tuple[int, float]:
        """The last token and the minutes to add, where the unit at ``at`` is ``factor`` minutes."""
        texts = [token.text for token in tokens[at + 1 : at + 5]]
        joined = bool(texts) and texts[0] in _AND
        skip = 1 if joined else 0
        texts = texts[skip:]
        if joined and texts and texts[0] in {"a", "un", "une"}:
            texts, skip = texts[1:], skip + 1
        if joined and texts and texts[0] in self._half:
            return at + skip + 1, factor / 2
        if joined and texts and texts[0] in self._quarter:
            return at + skip + 1, factor / 4
        number = self._below_sixty(texts[0]) if texts else None
        if number is None:
            return at, 0.0
        smaller = ("minutes", 1.0) if factor == 60 else ("seconds", 1.0)
        scale = 1.0 if factor == 60 else 1 / 60
        if len(texts) > 1 and self._units.get(texts[1]) == smaller:
            return at + skip + 2, number * scale
        after = tokens[at + skip + 2] if at + skip + 2 < len(tokens) else None
        ends = after is None or after.text in _ENDS or (factor == 60 and after.text in _JOINTS)
        digits = texts[0].isdecimal()
        if ends and (len(texts[0]) == 2 if digits and not joined else factor == 60 and number >= 5):
            return at + skip + 1, number * scale
        return at, 0.0

    def _below_sixty(self, text: str) -> int | None:
        if text.isdecimal():
            return int(text) if len(text) <= 2 and int(text) < 60 else None
        try:
            number = int(text2num(text, self._language))  # pyright: ignore[reportUnknownArgumentType]
        except ValueError:
            return None
        return number if 0 < number < 60 else None
