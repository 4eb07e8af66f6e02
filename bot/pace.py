"""Who asks too often: a bucket of questions a person that refills steadily. One person's flood is one person's wait.

``Pace`` is one process's own. ``SharedPace`` is that of all processes over one database, which is asked only about
those who ask a lot: each process answers a few questions on credit and settles them with the next one it asks about.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Protocol

from handlers.errors import CannotAnswer
from handlers.ports import Paces

MOST_KEPT = 10_000
CREDIT = 10  # a process gives a tenth of the bucket on credit, and refills it ten times slower


class Limit(Protocol):
    async def wait(self, person: str, now: datetime) -> float:
        """Seconds until this person may ask again; 0 takes a question from the bucket."""
        ...


class Unlimited:
    async def wait(self, person: str, now: datetime) -> float:
        return 0.0


class Pace:
    """``burst`` questions at once, then one more every ``seconds``; burst 0 is no limit."""

    def __init__(self, burst: int = 20, seconds: float = 1.0) -> None:
        self._burst = burst
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def wait(self, person: str, now: datetime) -> float:
        """Seconds until this person may ask again; 0 takes a question from the bucket."""
        if self._burst == 0:
            return 0.0
        left, since = self._buckets.pop(person, (float(self._burst), now))
        passed = max((now - since).total_seconds(), 0.0)
        left = min(self._burst, left + passed / self._seconds)
        allowed = left >= 1
        self._buckets[person] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_KEPT:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * self._seconds


class SharedPace:
    """The same bucket for every process. ``burst`` at least ten, or credit would be all of it."""

    def __init__(self, paces: Paces, burst: int, seconds: float) -> None:
        self._paces = paces
        self._seconds = seconds
        self._room = burst * seconds
        self._credit = Pace(max(burst // CREDIT, 1), seconds * CREDIT)
        self._alone = Pace(burst, seconds)  # where the database is away
        self._owed: OrderedDict[str, int] = OrderedDict()

    async def wait(self, person: str, now: datetime) -> float:
        """Seconds until this person may ask again; 0 takes a question from the bucket."""
        owed = self._owed.get(person, 0)
        if self._credit.wait(person, now) == 0:
            self._owed[person] = owed + 1
            self._owed.move_to_end(person)
            if len(self._owed) > MOST_KEPT:
                self._owed.popitem(last=False)
            return 0.0
        try:
            wait = await self._paces.take(person, now, (owed + 1) * self._seconds, self._room)
        except CannotAnswer:
            return self._alone.wait(person, now)
        if wait == 0:
            self._owed.pop(person, None)
        return wait
