"""The tables, written once for SQLite and PostgreSQL. No column holds the text of a message.

People stand here as keyed hashes. Teams and a digest's channel stand as the platform gave them: it must find its way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Instant(TypeDecorator[datetime]):
    """A moment with its zone. SQLite knows no zones: there it is written in UTC and read back as such."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)
# SQLite numbers rows by itself only where the column is plainly INTEGER.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")

entries = Table(
    "entries",
    metadata,
    Column("seq", _SERIAL, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # hash of the message's id and the line's number in it
    Column("book", Text, nullable=False),
    Column("person", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("batch", String(64), nullable=False),
    Column("use", Text, nullable=False),  # JSON of knowledge.calculator.use.Use
    Column("energy_low", Double, nullable=False),
    Column("energy_mid", Double, nullable=False),
    Column("energy_high", Double, nullable=False),
    Column("co2e_low", Double, nullable=False),
    Column("co2e_mid", Double, nullable=False),
    Column("co2e_high", Double, nullable=False),
    Column("water_low", Double, nullable=False),
    Column("water_mid", Double, nullable=False),
    Column("water_high", Double, nullable=False),
    Column("method", Text, nullable=False),
    Column("gone", Instant),  # when it was taken back; the id stays a while, so that the message cannot write it again
)
Index("ix_entries_book_at", entries.c.book, entries.c.at)
Index("ix_entries_person_book_seq", entries.c.person, entries.c.book, entries.c.seq)
Index("ix_entries_gone", entries.c.gone)

# One row a setting: two who change different ones at once do not undo one another.
settings = Table(
    "settings",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("name", String(40), primary_key=True),  # "language", "place", "model:text", ...
    Column("value", Text, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("book", Text, primary_key=True),
    Column("measure", String(20), nullable=False),
    Column("amount", Double, nullable=False),
)

contexts = Table(
    "contexts",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of handlers.context.Context
    Column("at", Instant, nullable=False),
    Column("expires", Instant, nullable=False, index=True),
)

keys = Table(
    "keys", metadata, Column("name", String(40), primary_key=True), Column("value", String(64), nullable=False)
)

claims = Table(
    "claims",
    metadata,
    Column("key", Text, primary_key=True),
    Column("until", Instant, nullable=False, index=True),
    Column("holder", String(64), nullable=False, server_default=""),  # who is at it; nobody where it is done
    Column("note", Text, nullable=False, server_default=""),
)

# Lists sent for import and not confirmed yet.
drafts = Table(
    "drafts",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("channel", String(64), primary_key=True),
    Column("body", Text, nullable=False),  # JSON of the lines, without person and book
    Column("until", Instant, nullable=False, index=True),
)

# How much of a person's pace is taken, as the moment at which all of it has run off. Rows last for minutes.
paces = Table(
    "paces",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("until", Double, nullable=False, index=True),  # seconds since 1970
)

digests = Table(
    "digests",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("due", Instant, nullable=False, index=True),
    Column("quiet", Integer, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("consent", String(20), primary_key=True),
    Column("book", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
Index("ix_consents_book", consents.c.book)

scores = Table(
    "scores",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("rights", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("seq", _SERIAL, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("person", String(64), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("command", String(40), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("words", Text),
)

marks = Table("marks", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

removals = Table(
    "removals",
    metadata,
    Column("team", Text, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
