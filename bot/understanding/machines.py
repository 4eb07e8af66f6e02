"""Chips that somebody runs, and for how long: "fine-tuning on 8 H100s for 3 days", « 500 heures GPU sur A100 »."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import cast

from bot.understanding.grammar import Grammar
from bot.understanding.items import Found
from bot.understanding.mention import Mention, Per, Quantity
from bot.understanding.periods import HOURS
from bot.understanding.text import Message
from knowledge.calculator.use import Period, Use
from knowledge.library import Library
from knowledge.schema import Chip
from knowledge.search import fold

_UNNAMED = "gpu"
_TIMES = re.compile(r"(\d{1,7}) ?[x×*]? ?$")
_BETWEEN = 3  # characters between a number in words and what it counts
_OF_HOURS = re.compile(r"[ -]?(?:gpus?[ -]?)?(?:hours?|heures?|hrs?)(?!\w)")
_FOLD = re.compile(r"^\d+x(?=[a-z])")  # the "8x" of "8xA100"
_WATTS = re.compile(r"\d ?(?:k?w|watts?|kilowatts?)(?![\w-])")


class Machines:
    """Built once; the chips are read when a word speaks of one."""

    def __init__(self, library: Library, grammar: Grammar) -> None:
        self._library = library
        self._openers = grammar.of("chips")
        self._each = grammar.of("per_piece")

    def run(self, message: Message, mentions: Sequence[Mention], found: Found) -> Found:
        """What is used, told by machine and time; as it was where no chip or no time is named, or a power is."""
        words = frozenset(re.findall(r"[a-z]+|\d+", message.plain)) if self._may(message) else frozenset[str]()
        if not words or _WATTS.search(message.plain) or found.versus:
            return found
        chip, start = self._chip(message.plain)
        if chip is None:
            return found
        counted = _number_before(message.plain, mentions, start)
        hours = self._chip_hours(message.plain, mentions)
        chips = None if hours is not None else counted
        timed = hours is None
        hours = hours if hours is not None else _running(mentions)
        if hours is None or not hours > 0:
            return replace(found, chip=chip.id)
        use = found.uses[0] if found.uses else Use("training")
        each = timed and not self._each.isdisjoint(words) and use.count is not None
        period, horizon = found.period, found.horizon
        if period is None:
            horizon = None  # what it runs for, and no span to sum over
        said = replace(
            Use(use.task, model=use.model),
            count=use.count if each else None,
            period=cast("Period", period.period) if period is not None else None,
            workdays=period.workdays if period is not None else False,
            horizon=horizon,
            horizons=found.horizons if horizon is not None else None,
            chip=chip.id,
            chips=chips,
            hours=hours,
        )
        uses = tuple(replace(said, place=place) for place in found.places or (None,))
        return replace(
            found,
            uses=uses,
            said=found.said | {"task", "count"},
            counted=True,
            loose={},
            unknown=(),
            things=(),
            amounts=(),
            versus=len(uses) > 1,
        )

    def spans(self, message: Message) -> list[tuple[int, int]]:
        """Where chips are named: the "4090s" of a card are no seconds."""
        return [match.span(1) for match in self._pattern.finditer(message.plain)] if self._may(message) else []

    def _may(self, message: Message) -> bool:
        return not self._openers.isdisjoint(_FOLD.sub("", word.text).removesuffix("s") for word in message.words)

    def _chip(self, plain: str) -> tuple[Chip | None, int]:
        """The chip that is named and where; a plain "GPU" only where no name is."""
        best, start = None, 0
        for match in self._pattern.finditer(plain):
            chip = self._library.chips[self._names[match[1]]]
            if best is None or best.id == _UNNAMED != chip.id:
                best, start = chip, match.start()
        return best, start

    def _chip_hours(self, plain: str, mentions: Sequence[Mention]) -> float | None:
        """ "500 GPU hours", "1,000 A100-hours", « 500 heures GPU »: the hours of all chips together."""
        for match in self._pattern.finditer(plain):
            if _OF_HOURS.match(plain, match.end()) is not None:
                return _number_before(plain, mentions, match.start())
            told = (m for m in mentions if m.kind == "minutes" and 0 <= match.start() - m.end <= _BETWEEN)
            minutes = next(told, None)
            if minutes is not None and plain[minutes.start : minutes.end].endswith(
                ("heure", "heures", "hours", "hour")
            ):
                return cast("Quantity", minutes.value).value / 60
        return None

    @cached_property
    def _names(self) -> dict[str, str]:
        return {fold(word): chip.id for chip in self._library.chips.values() for word in chip.words}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(map(re.escape, sorted(self._names, key=len, reverse=True)))
        return re.compile(rf"(?:(?<![\w.-])|(?<=\dx))(?:nvidia |geforce |tesla )*({names})s?(?![\w])")


def _number_before(plain: str, mentions: Sequence[Mention], start: int) -> float | None:
    """How many of what stands at ``start``; None where no number says."""
    said = _TIMES.search(plain[:start])
    if said is not None:
        return float(said[1])
    worded = (m for m in mentions if m.kind == "number" and 0 <= start - m.end <= _BETWEEN)
    number = next(worded, None)
    return cast("Quantity", number.value).value if number is not None else None


def _running(mentions: Sequence[Mention]) -> float | None:
    """For how long, in hours: the time that was said, or the span: "for 3 days" without a rhythm is day and night."""
    lengths = [m for m in mentions if m.kind in ("minutes", "seconds")]
    if lengths:
        value = cast("Quantity", lengths[0].value).value
        return value / 60 if lengths[0].kind == "minutes" else value / 3600
    spans = [cast("Per", m.value) for m in mentions if m.kind == "horizon"]
    return spans[0].times * HOURS[spans[0].period] if spans else None
