"""Every port, kept in this process alone: what a terminal chat and the tests use. Gone when the process ends."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime

from bot.storage.memory_people import MemoryConsents, MemoryFeedbacks, MemoryScores
from bot.storage.memory_records import MemoryRecords
from handlers.context import LIFETIME, Context
from handlers.ports import (
    Budget,
    Clock,
    Digest,
    Entry,
    Known,
    Ports,
    Settings,
    Standing,
)

SKEW = 30.0  # seconds that a clock may be set back before what it wrote is not believed
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
        known = self._contexts.get((person, channel))
        if known is not None and context.at < known.at <= context.at + LIFETIME:
            return  # a slow answer to an earlier message does not push the later one out
        self._contexts[person, channel] = context
        self._contexts.move_to_end((person, channel))
        if len(self._contexts) > MOST_CONVERSATIONS:
            self._contexts.popitem(last=False)

    async def forget(self, person: str) -> None:
        for key in [key for key in self._contexts if key[0] == person]:
            del self._contexts[key]

    def rename(self, old: str, new: str) -> None:
        """Of a person and of a channel that are called by another id; what is there under the new one stays."""
        for key in [key for key in self._contexts if old in key]:
            person, channel = (new if name == old else name for name in key)
            self._contexts.setdefault((person, channel), self._contexts.pop(key))

    def of_person(self, person: str) -> list[object]:
        return [asdict(context) for (whose, _), context in self._contexts.items() if whose == person]

    def sweep(self, now: datetime) -> int:
        gone = [key for key, context in self._contexts.items() if not context.alive(now)]
        for key in gone:
            del self._contexts[key]
        return len(gone)


class MemoryPreferences:
    def __init__(self) -> None:
        self._settings: dict[str, Settings] = {}

    async def get(self, owner: str) -> Settings:
        return self._settings.get(owner, Settings())

    async def change(self, owner: str, changes: Settings) -> None:
        now = self._settings.get(owner, Settings())
        changed = {
            f.name: v for f in fields(Settings) if f.name != "models" and (v := getattr(changes, f.name)) is not None
        }
        models = tuple((dict(now.models) | dict(changes.models)).items())
        self._settings[owner] = replace(now, models=models, **changed)

    async def put(self, owner: str, settings: Settings) -> None:
        self._settings[owner] = settings

    async def erase(self, owner: str) -> None:
        self._settings.pop(owner, None)


class MemoryLedger:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._gone: set[str] = set()  # ids taken back: a message that comes again does not bring its line back

    async def add(self, entries: Sequence[Entry]) -> int:
        new = {e.id: e for e in entries if e.id not in self._entries and e.id not in self._gone}
        self._entries.update(new)
        return len(new)

    async def undo(self, book: str, person: str) -> tuple[Entry, ...]:
        mine = [e for e in self._entries.values() if e.book == book and e.person == person]
        if not mine:
            return ()
        last = tuple(e for e in mine if e.batch == mine[-1].batch) if mine[-1].batch else (mine[-1],)
        for entry in last:
            del self._entries[entry.id]
            self._gone.add(entry.id)
        return last

    async def entries(self, book: str, since: datetime, until: datetime) -> Sequence[Entry]:
        return sorted((e for e in self._entries.values() if e.book == book and since <= e.at < until), key=_when)

    async def of_person(self, person: str) -> Sequence[Entry]:
        return sorted((e for e in self._entries.values() if e.person == person), key=_when)

    async def erase(self, person: str) -> int:
        return self.drop(lambda e: e.person == person)

    def rebook(self, old: str, new: str) -> None:
        self._entries = {id_: replace(e, book=new) if e.book == old else e for id_, e in self._entries.items()}

    def rename(self, old: str, new: str) -> None:
        self._entries = {id_: replace(e, person=new) if e.person == old else e for id_, e in self._entries.items()}

    def drop(self, which: Callable[[Entry], bool]) -> int:
        gone = [id_ for id_, e in self._entries.items() if which(e)]
        for id_ in gone:
            del self._entries[id_]
        return len(gone)


def _when(entry: Entry) -> datetime:
    return entry.at


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


class MemoryOpenings:
    """Looks through the conversations and the settings of the same memory."""

    def __init__(self, conversations: MemoryConversations, preferences: MemoryPreferences) -> None:
        self._conversations, self._preferences = conversations, preferences

    async def known(self, person: str, channel: str, team: str | None) -> Known:
        return Known(
            await self._conversations.recall(person, channel),
            await self._preferences.get(f"person:{person}"),
            await self._preferences.get(f"team:{team}") if team is not None else Settings(),
        )


@dataclass(slots=True)
class _Claimed:
    until: datetime
    holder: str = ""
    note: str = ""


class MemoryOnce:
    def __init__(self) -> None:
        self._claimed: dict[str, _Claimed] = {}

    async def claim(self, key: str, until: datetime) -> bool:
        if key in self._claimed:
            return False
        self._claimed[key] = _Claimed(until)
        return True

    async def begin(self, key: str, holder: str, now: datetime, until: datetime) -> Standing:
        found = self._claimed.get(key)
        if found is not None and not found.holder:
            return "done"
        if found is not None and found.holder != holder and found.until > now:
            return "held"
        self._claimed[key] = _Claimed(until, holder)
        return "ours"

    async def finish(self, key: str, until: datetime, note: str = "") -> None:
        self._claimed[key] = _Claimed(until, note=note)

    async def done(self, key: str) -> str | None:
        found = self._claimed.get(key)
        return found.note if found is not None and not found.holder else None

    def sweep(self, now: datetime) -> int:
        gone = [key for key, claimed in self._claimed.items() if claimed.until <= now]
        for key in gone:
            del self._claimed[key]
        return len(gone)


class MemoryDrafts:
    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], tuple[tuple[Entry, ...], datetime]] = {}

    async def put(self, person: str, channel: str, entries: Sequence[Entry], until: datetime) -> None:
        self._waiting[person, channel] = (tuple(entries), until)

    async def take(self, person: str, channel: str, book: str, now: datetime) -> tuple[Entry, ...]:
        entries, until = self._waiting.pop((person, channel), ((), now))
        return tuple(replace(entry, person=person, book=book) for entry in entries) if until > now else ()

    def rename(self, old: str, new: str) -> None:
        for key in [key for key in self._waiting if old in key]:
            person, channel = (new if name == old else name for name in key)
            self._waiting.setdefault((person, channel), self._waiting.pop(key))

    def of_person(self, person: str) -> list[object]:
        return [asdict(e) for (whose, _), (lines, _) in self._waiting.items() if whose == person for e in lines]

    def forget(self, person: str) -> None:
        for key in [key for key in self._waiting if key[0] == person]:
            del self._waiting[key]

    def sweep(self, now: datetime) -> int:
        gone = [key for key, (_, until) in self._waiting.items() if until <= now]
        for key in gone:
            del self._waiting[key]
        return len(gone)


class MemoryPaces:
    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()

    async def take(self, person: str, now: datetime, cost: float, room: float) -> float:
        at = now.timestamp()
        until = self._until.get(person, at)
        begun = at if until < at or until > at + room + SKEW else until
        if begun + cost > at + room:
            return max(begun + cost - at - room, 0.001)
        self._until[person] = begun + cost
        self._until.move_to_end(person)
        if len(self._until) > MOST_CONVERSATIONS:
            self._until.popitem(last=False)
        return 0.0


class MemoryMarks:
    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self._marks.get(name)

    async def put(self, name: str, value: str) -> None:
        self._marks[name] = value


class MemoryDigests:
    def __init__(self) -> None:
        self._digests: dict[str, Digest] = {}

    async def get(self, team: str) -> Digest | None:
        return self._digests.get(team)

    async def put(self, digest: Digest) -> None:
        self._digests[digest.team] = digest

    async def remove(self, team: str) -> None:
        self._digests.pop(team, None)

    async def due(self, now: datetime, platform: str) -> Sequence[Digest]:
        mine = (d for d in self._digests.values() if d.team.startswith(f"{platform}:") and d.due <= now)
        return sorted(mine, key=lambda d: (d.due, d.team))

    async def claim(self, digest: Digest, due: datetime, quiet: int) -> bool:
        now = self._digests.get(digest.team)
        if now is None or now.due != digest.due:
            return False
        self._digests[digest.team] = replace(now, due=due, quiet=quiet)
        return True


def memory_ports(clock: Clock | None = None) -> Ports:
    """A fresh set of empty ports."""
    conversations, preferences, ledger, budgets = (
        MemoryConversations(),
        MemoryPreferences(),
        MemoryLedger(),
        MemoryBudgets(),
    )
    once, digests, consents, scores, feedbacks = (
        MemoryOnce(),
        MemoryDigests(),
        MemoryConsents(),
        MemoryScores(),
        MemoryFeedbacks(),
    )
    drafts = MemoryDrafts()
    records = MemoryRecords(
        conversations, preferences, ledger, budgets, once, digests, consents, scores, feedbacks, drafts
    )
    return Ports(
        clock=clock or SystemClock(),
        openings=MemoryOpenings(conversations, preferences),
        conversations=conversations,
        preferences=preferences,
        ledger=ledger,
        budgets=budgets,
        once=once,
        paces=MemoryPaces(),
        drafts=drafts,
        marks=MemoryMarks(),
        digests=digests,
        consents=consents,
        scores=scores,
        feedbacks=feedbacks,
        records=records,
        lasting=False,
    )
