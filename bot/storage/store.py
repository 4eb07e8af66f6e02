"""Every port over one engine, for as long as the context is open. A file is brought up to date at start; PostgreSQL is
brought up to date by the release step alone, because several processes start at once there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.storage.conversations import StoredBudgets, StoredConversations, StoredPreferences
from bot.storage.database import Database
from bot.storage.drafts import StoredDrafts
from bot.storage.engine import engine_for, file_of, normalise
from bot.storage.ledger import StoredLedger
from bot.storage.memory import SystemClock
from bot.storage.migrating import upgrade
from bot.storage.opening import StoredOpenings
from bot.storage.people import StoredConsents, StoredFeedbacks, StoredScores
from bot.storage.records import StoredRecords
from bot.storage.rhythm import StoredDigests, StoredMarks, StoredOnce, StoredPaces
from handlers.ports import Clock, Ports


@asynccontextmanager
async def stored_ports(
    address: str | None, *, secret: str | None = None, clock: Clock | None = None, data: Path | None = None
) -> AsyncGenerator[Ports]:
    """The ports over the database at this address, or over the default file."""
    url = normalise(address, data)
    engine = engine_for(url)
    database = Database(engine, secret)
    try:
        if engine.dialect.name == "sqlite":
            await upgrade(engine)
        file = file_of(url)
        yield Ports(
            clock=clock or SystemClock(),
            openings=StoredOpenings(database),
            conversations=StoredConversations(database),
            preferences=StoredPreferences(database),
            ledger=StoredLedger(database),
            budgets=StoredBudgets(database),
            once=StoredOnce(database),
            paces=StoredPaces(database),
            drafts=StoredDrafts(database),
            marks=StoredMarks(database),
            digests=StoredDigests(database),
            consents=StoredConsents(database),
            scores=StoredScores(database),
            feedbacks=StoredFeedbacks(database),
            records=StoredRecords(database),
            lasting=True,
            reachable=database.reachable,
            where=str(file) if file is not None else None,
        )
    finally:
        await database.close()


async def release(address: str | None) -> str:
    """Brings the database to this version's tables; the name of its revision. Safe to run twice, or twice at once."""
    engine = engine_for(normalise(address))
    try:
        return await upgrade(engine)
    finally:
        await engine.dispose()
