"""What the next message may lean on: small, expiring, one per person and channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from knowledge.calculator.use import Use

LIFETIME = timedelta(minutes=30)  # after half an hour "and in France?" no longer means the same conversation
DEPTH = 3  # earlier topics kept, so that "back to the images" finds them


@dataclass(frozen=True, slots=True)
class Context:
    """The last turn that had content. Thanks and greetings leave it as it is."""

    command: str  # name of the command that answered
    at: datetime
    language: str
    uses: tuple[Use, ...] = ()
    facts: tuple[str, ...] = ()  # ids of facts, claims, concepts shown, most telling first
    places: tuple[str, ...] = ()  # places compared or asked about
    amount: tuple[str, float] | None = None  # ("co2e_g", 20000.0): a footprint named without a use
    question: str | None = None  # a quiz question waiting for its answer
    waiting: str | None = None  # what a question of ours asked for: "task", "model", "place", "confirm-erase"
    logged: str | None = None  # id of the ledger line just written, for "undo"
    earlier: tuple[Context, ...] = field(default=())

    def alive(self, now: datetime) -> bool:
        return now - self.at < LIFETIME
