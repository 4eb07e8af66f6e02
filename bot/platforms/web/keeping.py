"""How long is kept what somebody on the page asked to be kept. The page knows people by the id of a conversation alone,
and who has lost it can neither read nor erase: so it goes by itself after a while.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from bot.core import Core
from handlers.answer import Answer
from handlers.errors import CannotAnswer

LAPSE = timedelta(days=30)  # since something was kept, or what is kept was looked at
_KEEPING = frozenset(("log", "report", "settings", "quiz"))  # intents after which something may be kept


async def put_off(core: Core, person: str, answer: Answer) -> None:
    """Begins the time anew where the answer is of what is kept."""
    if answer.intent in _KEEPING and answer.tone != "apology":
        with suppress(CannotAnswer):  # a database that is away has kept nothing either
            await core.ports.records.lapse(person, core.ports.clock.now() + LAPSE)
