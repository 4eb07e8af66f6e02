"""Who asks too often: a bucket of questions a person that refills steadily. One person's flood is one person's wait."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

MOST_KEPT = 10_000


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
