"""What the conversation needs from the machine, as protocols. Storage implements them; tests use the memory ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.context import Context
from handlers.request import Language
from knowledge.calculator.use import Use


class Clock(Protocol):
    def now(self) -> datetime:
        """Timezone-aware."""
        ...


class Conversations(Protocol):
    """The context of one person in one channel."""

    async def recall(self, person: str, channel: str) -> Context | None: ...

    async def remember(self, person: str, channel: str, context: Context) -> None: ...

    async def forget(self, person: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """None: not set here, look further (person, then team, then the default)."""

    language: Language | None = None
    place: str | None = None
    models: tuple[tuple[str, str], ...] = ()  # (task, model id)
    public: bool | None = None


class Preferences(Protocol):
    """Settings of a person ("person:...") or of a team ("team:...")."""

    async def get(self, owner: str) -> Settings: ...

    async def put(self, owner: str, settings: Settings) -> None: ...

    async def erase(self, owner: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: inputs first, figures as they were computed then."""

    id: str
    book: str  # whose ledger: a team, or a person in private
    person: str
    at: datetime
    use: Use
    energy_wh: tuple[float, float, float]
    co2e_g: tuple[float, float, float]
    water_ml: tuple[float, float, float]
    method: str  # method and version the figures come from


class Ledger(Protocol):
    async def add(self, entry: Entry) -> bool:
        """False where that id was there already."""
        ...

    async def undo(self, book: str, person: str) -> Entry | None:
        """Takes back the person's last line."""
        ...

    async def entries(self, book: str, since: datetime, until: datetime) -> Sequence[Entry]: ...

    async def of_person(self, person: str) -> Sequence[Entry]: ...

    async def erase(self, person: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Budget:
    measure: str  # "co2e_g" or "energy_wh"
    amount: float  # a month


class Budgets(Protocol):
    async def get(self, book: str) -> Budget | None: ...

    async def put(self, book: str, budget: Budget | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    clock: Clock
    conversations: Conversations
    preferences: Preferences
    ledger: Ledger
    budgets: Budgets
    lasting: bool = False  # False: what is kept goes when the process ends, and answers say so
