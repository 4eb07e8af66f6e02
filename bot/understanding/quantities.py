"""Everything countable or nameable in a sentence that is not a proper name, as mentions.

``Quantities`` is built once from the word lists; ``mentions`` then reads a message in linear time and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.understanding.mention import Mention, Quantity
from bot.understanding.text import Message
from handlers.request import Language

Span = tuple[int, int]


class Quantities:
    """Numbers with their units, periods, people, amounts and tasks."""

    def __init__(self) -> None:
        self._number = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?(k|m)?(?!\w)")

    def mentions(self, message: Message, language: Language, taken: Iterable[Span] = ()) -> tuple[Mention, ...]:
        """In the order of the sentence. ``taken`` are spans read already (names of models): nothing is read there."""
        spans = tuple(taken)
        found: list[Mention] = []
        for match in self._number.finditer(message.plain):
            if any(start < match.end() and match.start() < end for start, end in spans):
                continue
            value = float(match.group().rstrip("km")) * {"k": 1e3, "m": 1e6}.get(match[1] or "", 1.0)
            found.append(Mention(match.start(), match.end(), "number", Quantity(value)))
        return tuple(found)
