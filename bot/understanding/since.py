"""How long something has been going on, told by the month that it began in: "20 prompts a day since January"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.understanding.grammar import Grammar
from bot.understanding.mention import Mention, Per
from bot.understanding.periods import ONCE
from bot.understanding.text import Message

_MONTHS = 12
_BEGUN = re.compile(
    r"(?<![\w-])(since|depuis) (?:the (?:start|beginning) of |le debut de |debut |early )?([a-z]{3,9})(?![\w-])"
)


def since(message: Message, mentions: Sequence[Mention], at: datetime, grammar: Grammar) -> tuple[Mention, ...]:
    """A span of so many months; none where no rhythm is said, or a span already."""
    if grammar.of("since").isdisjoint([word.text for word in message.words]):
        return ()
    if any(m.kind == "horizon" for m in mentions) or not any(m.kind == "period" and m.score > ONCE for m in mentions):
        return ()
    match = _BEGUN.search(message.plain)
    first = grammar.tables.get("months", {}).get(match[2]) if match is not None else None
    if match is None or first is None:
        return ()
    # The month that runs counts from its middle on.
    months = max(1, (at.month - int(first)) % _MONTHS + (at.day > 15))
    return (Mention(match.start(), match.end(), "horizon", Per("year") if months == _MONTHS else Per("month", months)),)
