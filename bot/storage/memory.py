"""Every port, kept in this process alone: what a terminal chat and the tests use. Gone when the process ends."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from handlers.context import Context
from handlers.ports import Budget, Clock, Entry, Ports, Settings

MOST_CONVERSATIONS = 10_000  # the oldest goes first: a context is small, but channels are many


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MemoryConversations:
    def __init__(self) -> None:
        self._contexts: OrderedDict[tuple[str, str], Context] = OrderedDict()

    async def recall(self, person: str, channel: str) -> Context | None:
        return self._contexts.get((person, channel))

    async def remember(self, person: str, channel: str, context: Context) -> None:
        self._contexts[person, channel] = context
        self._contexts.move_to_end((person, channel))
        if len(self._contexts) > MOST_CONVERSATIONS:
            self._contexts.popitem(last=False)

    async def forget(self, person: str) -> None:
        for key in [key for key in self._contexts if key[0] == person]:
            del self._contexts[key]


class MemoryPreferences:
    def __init__(self) -> None:
        self._settings: dict[str, Settings] = {}

    async def get(self, owner: str) -> Settings:
        return self._settings.get(owner, Settings())

    async def put(self, owner: str, settings: Settings) -> None:
        self._settings[owner] = settings

    async def erase(self, owner: str) -> None:
        self._settings.pop(owner, None)


class MemoryLedger:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    async def add(self, entry: Entry) -> bool:
        if entry.id in self._entries:
            return False
        self._entries[entry.id] = entry
        return True

    async def undo(self, book: str, person: str) -> Entry | None:
        mine = [e for e in self._entries.values() if e.book == book and e.person == person]
        return self._entries.pop(mine[-1].id) if mine else None

    async def entries(self, book: str, since: datetime, until: datetime) -> Sequence[Entry]:
        return [e for e in self._entries.values() if e.book == book and since <= e.at < until]

    async def of_person(self, person: str) -> Sequence[Entry]:
        return [e for e in self._entries.values() if e.person == person]

    async def erase(self, person: str) -> int:
        gone = [id_ for id_, e in self._entries.items() if e.person == person]
        for id_ in gone:
            del self._entries[id_]
        return len(gone)


class MemoryBudgets:
    def __init__(self) -> None:
        self._budgets: dict[str, Budget] = {}

    async def get(self, book: str) -> Budget | None:
        return self._budgets.get(book)

    async def put(self, book: str, budget: Budget | None) -> None:
        if budget is None:
            self._budgets.pop(book, None)
        else:
            self._budgets[book] = budget


def memory_ports(clock: Clock | None = None) -> Ports:
    """A fresh set of empty ports."""
    return Ports(
        clock=clock or SystemClock(),
        conversations=MemoryConversations(),
        preferences=MemoryPreferences(),
        ledger=MemoryLedger(),
        budgets=MemoryBudgets(),
        lasting=False,
    )
