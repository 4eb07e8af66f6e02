"""What is counted, for Prometheus: answers by intent, their latency by command and platform, faults, queues, processor
time. A registry of our own, and only labels whose values are few and known; nothing of a person is among them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot.observing import Answered, Effort
from handlers.catalogue import Catalogue
from handlers.ports import Spent

CONTENT_TYPE = CONTENT_TYPE_LATEST
PLATFORMS = frozenset({"discord", "telegram", "web", "terminal"})
OTHER = "other"
NONE = "none"  # nothing was run: asked too often, or a fault before that
# Seconds. An answer takes milliseconds; one that waits for a database that is away, ten.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """An observer of the core. ``commands``: the names that a label may take."""

    def __init__(self, commands: Collection[str], intents: Collection[str], spent: Callable[[], Spent]) -> None:
        self._commands = frozenset(commands)
        self._intents = frozenset(intents)
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "smallprint_answers", "Answers given.", ("intent", "platform", "outcome"), registry=self._registry
        )
        self._seconds = Histogram(
            "smallprint_answer_seconds",
            "From the question to the answer, the database included, delivery not.",
            ("command", "platform"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.faults = Counter(
            "smallprint_faults",
            "Lines of the log at WARNING and above, by the part that wrote them.",
            ("part", "level"),
            registry=self._registry,
        )
        self._queues: dict[str, Callable[[], int]] = {}
        self._registry.register(_Now(self._queues, spent))
        ProcessCollector(registry=self._registry)

    @classmethod
    def of(cls, catalogue: Catalogue, effort: Effort) -> Metrics:
        """For what is in this catalogue."""
        intents = {command.intent for command in catalogue}
        return cls([command.name for command in catalogue], intents, effort.spent)

    def answered(self, answered: Answered) -> None:
        platform = answered.platform if answered.platform in PLATFORMS else OTHER
        command = answered.command if answered.command in self._commands else NONE
        intent = answered.intent if answered.intent in self._intents else OTHER
        self._answers.labels(intent, platform, answered.outcome).inc()
        self._seconds.labels(command, platform).observe(answered.seconds)

    def watch(self, queue: str, depth: Callable[[], int]) -> None:
        self._queues[queue] = depth

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, queues: dict[str, Callable[[], int]], spent: Callable[[], Spent]) -> None:
        self._queues = queues
        self._spent = spent

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        waiting = GaugeMetricFamily("smallprint_queue", "What has come in and is not dealt with yet.", labels=["queue"])
        for queue, depth in self._queues.items():
            waiting.add_metric([queue], depth())
        yield waiting
        spent = self._spent()
        yield CounterMetricFamily(
            "smallprint_answer_cpu_seconds", "Processor time while answers were worked out.", value=spent.seconds
        )


class Faults(logging.Handler):
    """Counts the lines that say that something went wrong."""

    def __init__(self, faults: Counter) -> None:
        super().__init__(logging.WARNING)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.labels(part_of(record.name), record.levelname.lower()).inc()


def part_of(logger: str) -> str:
    """ "bot.platforms.telegram.run" is "telegram", "bot.storage.database" is "storage", what is not ours "library"."""
    parts = logger.split(".")
    if parts[0] not in ("bot", "handlers", "knowledge"):
        return "library"
    if len(parts) > 2 and parts[1] == "platforms":
        return parts[2]
    return parts[1] if len(parts) > 1 else parts[0]
