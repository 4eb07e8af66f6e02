"""Who watches the core at work: told of every answer, and where to look how much waits. What is told has few values on
purpose, none of them a person's, so that it can be counted and kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.ports import Spent

Outcome = Literal["answer", "question", "apology", "hurried", "fault"]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, after it was given."""

    platform: str  # as the person's id begins: "discord", "telegram", "web"
    command: str  # what was run; "none" where it did not come to that
    intent: str  # what it was about, as the answer says
    outcome: Outcome
    seconds: float  # from the question to the answer, waiting for the database included


class Observer(Protocol):
    def answered(self, answered: Answered) -> None: ...

    def watch(self, queue: str, depth: Callable[[], int]) -> None:
        """``depth`` says at any time how much waits in that queue."""
        ...


class Nobody:
    """Watches nothing: a chat in a terminal, a single question."""

    def answered(self, answered: Answered) -> None:
        return

    def watch(self, queue: str, depth: Callable[[], int]) -> None:
        return


class Effort:
    """The processor time of answers: that of the thread which answers, while at least one answer is under way. Answers
    side by side share it, so that nothing is counted twice; what else the thread did in between is counted along.
    """

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        self._seconds = 0.0
        self._answers = 0
        self._open = 0
        self._since = 0.0

    def begin(self) -> None:
        self._counted()
        self._open += 1

    def end(self) -> None:
        self._counted()
        self._open -= 1
        self._answers += 1

    @property
    def idle(self) -> bool:
        """Whether no answer is under way."""
        return not self._open

    def spent(self) -> Spent:
        """What is under way counts as an answer."""
        self._counted()
        return Spent(self._answers + self._open, self._seconds, time.process_time())

    def _counted(self) -> None:
        now = self._clock()
        if self._open:
            self._seconds += max(now - self._since, 0.0)
        self._since = now
