"""What the conversation needs from the machine, as protocols. Storage implements them; tests use the memory ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.context import Context
from handlers.request import Language
from knowledge.calculator.use import Use
from knowledge.schema import Units


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
    units: Units | None = None

    def over(self, further: Settings) -> Settings:
        """These, completed by others: a person's own over their team's."""
        return Settings(
            language=self.language or further.language,
            place=self.place or further.place,
            models=tuple((dict(further.models) | dict(self.models)).items()),
            public=self.public if self.public is not None else further.public,
            units=self.units or further.units,
        )


NOTHING_SET = Settings()


@dataclass(frozen=True, slots=True)
class Known:
    """What a message is met with: the conversation so far, and what its person and team have set."""

    context: Context | None = None
    own: Settings = NOTHING_SET
    team: Settings = NOTHING_SET


class Openings(Protocol):
    async def known(self, person: str, channel: str, team: str | None) -> Known:
        """All of it in one look; what cannot be read is as if it had never been set."""
        ...


class Preferences(Protocol):
    """Settings of a person ("person:...") or of a team ("team:...")."""

    async def get(self, owner: str) -> Settings: ...

    async def change(self, owner: str, changes: Settings) -> None:
        """What is set in ``changes`` replaces what was there, the rest stays: two who set different things both win."""
        ...

    async def put(self, owner: str, settings: Settings) -> None:
        """All of it anew; what is None is no longer set."""
        ...

    async def erase(self, owner: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: inputs first, figures as they were computed then."""

    id: str  # made from the platform's id of the message, so that a message that comes twice is written once
    book: str  # whose ledger: a team, or a person in private
    person: str  # as the storage writes people; on disk a keyed hash
    at: datetime
    use: Use
    energy_wh: tuple[float, float, float]
    co2e_g: tuple[float, float, float]
    water_ml: tuple[float, float, float]
    method: str  # method and version the figures come from
    batch: str = ""  # lines written together are taken back together


class Ledger(Protocol):
    async def add(self, entries: Sequence[Entry]) -> int:
        """How many were new. All or none; one whose id was there before, even if taken back, is passed over."""
        ...

    async def undo(self, book: str, person: str) -> tuple[Entry, ...]:
        """Takes back what the person wrote last, with all its lines."""
        ...

    async def entries(self, book: str, since: datetime, until: datetime) -> Sequence[Entry]:
        """From ``since`` up to before ``until``, oldest first."""
        ...

    async def of_person(self, person: str) -> Sequence[Entry]: ...

    async def erase(self, person: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Budget:
    measure: str  # "co2e_g" or "energy_wh"
    amount: float  # a month


class Budgets(Protocol):
    async def get(self, book: str) -> Budget | None: ...

    async def put(self, book: str, budget: Budget | None) -> None: ...


Standing = Literal["ours", "held", "done"]


class Once(Protocol):
    """What must happen once, however many processes try and however often a message arrives."""

    async def claim(self, key: str, until: datetime) -> bool:
        """True for the first who asks; the key is forgotten after ``until``."""
        ...

    async def begin(self, key: str, holder: str, now: datetime, until: datetime) -> Standing:
        """Of a thing that takes a while: ``ours`` for the first who begins it, for the same holder again, and for
        another once the time of one who never finished is over."""
        ...

    async def finish(self, key: str, until: datetime, note: str = "") -> None:
        """It is done, whoever began it; the note is kept with it until then."""
        ...

    async def done(self, key: str) -> str | None:
        """The note of what is done, None where it is not."""
        ...


class Drafts(Protocol):
    """Lines of the ledger that wait for a yes: one list a person and channel, for any process to confirm."""

    async def put(self, person: str, channel: str, entries: Sequence[Entry], until: datetime) -> None:
        """In the place of what waited before."""
        ...

    async def take(self, person: str, channel: str, book: str, now: datetime) -> tuple[Entry, ...]:
        """Handed out once, as lines of that person in that book; nothing where their time is over."""
        ...


class Paces(Protocol):
    """How often a person asks, over all processes: each question takes some time, which runs off again."""

    async def take(self, person: str, now: datetime, cost: float, room: float) -> float:
        """Takes ``cost`` seconds where no more than ``room`` are then taken; 0, or how many seconds too soon."""
        ...


class Marks(Protocol):
    """Small things remembered by name between runs: which commands were last sent to a platform."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Digest:
    """A team's weekly message. ``due`` says when the next one goes out."""

    team: str
    channel: str  # where to, in the platform's own terms
    language: str
    weekday: int  # 0 is Monday
    hour: int
    zone: str  # IANA name
    due: datetime
    quiet: int = 0  # weeks in a row without any use


class Digests(Protocol):
    async def get(self, team: str) -> Digest | None: ...

    async def put(self, digest: Digest) -> None: ...

    async def remove(self, team: str) -> None: ...

    async def due(self, now: datetime, platform: str) -> Sequence[Digest]:
        """Those of one platform ("discord") whose time has come."""
        ...

    async def claim(self, digest: Digest, due: datetime, quiet: int) -> bool:
        """Moves it on to its next time. True for one process alone: that one sends."""
        ...


Consent = Literal["named", "quiz"]


class Consents(Protocol):
    """What a person agreed to, in a book ("named": shown by a name of their own choice) or everywhere ("quiz")."""

    async def give(self, person: str, consent: Consent, book: str = "", value: str = "") -> None: ...

    async def withdraw(self, person: str, consent: Consent, book: str = "") -> None: ...

    async def given(self, person: str, consent: Consent, book: str = "") -> str | None:
        """The value given with it, None where there is no consent."""
        ...

    async def named(self, book: str) -> Mapping[str, str]:
        """The names of those who want to be shown, by the person of their entries."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    right: int = 0
    asked: int = 0


class Scores(Protocol):
    async def of(self, person: str) -> Score: ...

    async def add(self, person: str, right: bool) -> Score: ...


Verdict = Literal["right", "wrong", "unclear"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer: the command that gave it, and words only where they wrote some for us."""

    id: str
    at: datetime
    command: str
    verdict: Verdict
    language: str
    words: str | None = None


class Feedbacks(Protocol):
    async def add(self, person: str, feedback: Feedback) -> bool: ...

    async def recent(self, limit: int = 100) -> Sequence[Feedback]:
        """Newest first."""
        ...


class Records(Protocol):
    """Everything that is kept about a person or a team, whichever port wrote it."""

    async def of_person(self, person: str) -> Mapping[str, object]:
        """All of it, ready for JSON."""
        ...

    async def erase_person(self, person: str) -> int:
        """How many lines of the ledger went. All of it or nothing."""
        ...

    async def erase_team(self, team: str) -> int: ...

    async def leave(self, team: str, at: datetime) -> None:
        """The team was left: its data go after a while, at the time given here."""
        ...

    async def rejoin(self, team: str) -> None: ...

    async def move(self, team: str, to: str) -> None:
        """The platform calls the team by another id from now on: its book, settings, budget, digest, the names its
        people gave and the talk in it go with it, and so does what was kept of those who spoke in its name. What was
        said under the new id already stays. Twice is once."""
        ...

    async def lapse(self, person: str, at: datetime) -> None:
        """The person is known by something that may be lost: what is kept of them goes at this time, unless it is put
        off by then. Their feedback stays as long as anybody's."""
        ...

    async def sweep(self, now: datetime) -> int:
        """Removes what has run out: conversations, claims, lines taken back, teams that were left, people who
        lapsed. How many rows."""
        ...


@dataclass(frozen=True, slots=True)
class Spent:
    """What this process has measured of itself since it began."""

    answers: int
    seconds: float  # of processor time while answers were worked out
    all_seconds: float  # of processor time for everything, its start and its waiting included


async def always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ports:
    clock: Clock
    openings: Openings
    conversations: Conversations
    preferences: Preferences
    ledger: Ledger
    budgets: Budgets
    once: Once
    paces: Paces
    drafts: Drafts
    marks: Marks
    digests: Digests
    consents: Consents
    scores: Scores
    feedbacks: Feedbacks
    records: Records
    lasting: bool = False  # False: what is kept goes when the process ends, and answers say so
    reachable: Callable[[], Awaitable[bool]] = always  # whether what keeps all this can be reached now
    where: str | None = None  # the file it is kept in, where that is the asker's own machine
