"""What Discord refuses, sorted: silence, a note in the log, or a kind line. And channels that do not want us."""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import datetime, timedelta

import discord

from bot.reference import given

logger = logging.getLogger(__name__)

# An interaction that has run out or was answered by another process, a message or a channel that is gone.
_OVER = frozenset({10003, 10008, 10015, 10062, 40060, 50027})
REST = timedelta(hours=1)
MOST_KEPT = 10_000


def noted(error: Exception, doing: str) -> str:
    """One line in the log with a reference; no text of any message. A fault of our own brings its trace."""
    reference = given()
    marked = {"request": reference}
    if isinstance(error, discord.HTTPException):
        logger.warning("%s: HTTP %s, code %s", doing, error.status, error.code, extra=marked)
    elif isinstance(error, discord.RateLimited | OSError | TimeoutError):
        logger.warning("%s: %s", doing, type(error).__name__, extra=marked)
    else:
        logger.error("%s failed", doing, exc_info=error, extra=marked)
    return reference


def over(error: Exception) -> bool:
    """Nobody waits any more: nothing is to be said."""
    return isinstance(error, discord.HTTPException) and (error.code in _OVER or error.status in (401, 404))


class Silences:
    """Channels that refused us. Writing there again at once would only add up to a ban of the address."""

    def __init__(self) -> None:
        self._until: OrderedDict[int, datetime] = OrderedDict()

    def begin(self, channel: int, now: datetime) -> None:
        self._until[channel] = now + REST
        self._until.move_to_end(channel)
        if len(self._until) > MOST_KEPT:
            self._until.popitem(last=False)

    def end(self, *channels: int) -> None:
        """Permissions have changed there."""
        for channel in channels:
            self._until.pop(channel, None)

    def hold(self, channel: int, now: datetime) -> bool:
        until = self._until.get(channel)
        if until is not None and until <= now:
            del self._until[channel]
            return False
        return until is not None
