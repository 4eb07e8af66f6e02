"""The ledger in the database. An acknowledged line is there, once, whatever happens to the process afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, select, update

from bot.storage.database import Database
from bot.storage.tables import entries as lines
from bot.storage.writing import use_of, use_text
from handlers.ports import Entry

_CHUNK = 200  # lines of one statement, within what SQLite takes as parameters


class StoredLedger:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entries: Sequence[Entry]) -> int:
        rows = [await self._row(entry) for entry in entries]
        new = 0
        async with self._database.writing() as connection:
            for start in range(0, len(rows), _CHUNK):
                written = self._database.insert(lines).values(rows[start : start + _CHUNK])
                done = await connection.execute(
                    written.on_conflict_do_nothing(index_elements=[lines.c.id]).returning(lines.c.seq)
                )
                new += len(done.all())
        return new

    async def undo(self, book: str, person: str) -> tuple[Entry, ...]:
        whose = await self._database.owner(book)
        who = await self._database.hashed(person)
        mine = (lines.c.person == who, lines.c.book == whose, lines.c.gone.is_(None))
        async with self._database.writing() as connection:
            last = (
                await connection.execute(
                    select(lines.c.batch).where(*mine).order_by(lines.c.seq.desc()).limit(1).with_for_update()
                )
            ).first()
            if last is None:
                return ()
            rows = (
                await connection.execute(
                    update(lines)
                    .where(*mine, lines.c.batch == last.batch)
                    .values(gone=datetime.now(UTC))
                    .returning(*lines.c)
                )
            ).all()
        return tuple(_entry(row) for row in sorted(rows, key=lambda row: row.seq))

    async def entries(self, book: str, since: datetime, until: datetime) -> Sequence[Entry]:
        whose = await self._database.owner(book)
        async with self._database.reading() as connection:
            rows = (await connection.execute(of_book(whose, since, until))).all()
        return [_entry(row) for row in rows]

    async def of_person(self, person: str) -> Sequence[Entry]:
        who = await self._database.hashed(person)
        query = select(*lines.c).where(lines.c.person == who, lines.c.gone.is_(None)).order_by(lines.c.at)
        async with self._database.reading() as connection:
            return [_entry(row) for row in (await connection.execute(query)).all()]

    async def erase(self, person: str) -> int:
        who = await self._database.hashed(person)
        mine = lines.c.person == who
        async with self._database.writing() as connection:
            count = select(func.count()).select_from(lines).where(mine, lines.c.gone.is_(None))
            written = await connection.scalar(count)
            await connection.execute(delete(lines).where(mine))
        return int(written or 0)

    async def _row(self, entry: Entry) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": await self._database.hashed(entry.id),
            "book": await self._database.owner(entry.book),
            "person": await self._database.hashed(entry.person),
            "at": entry.at,
            "batch": await self._database.hashed(entry.batch or entry.id),
            "use": use_text(entry.use),
            "method": entry.method,
        }
        for name, measure in _MEASURES:
            low, mid, high = getattr(entry, measure)
            row |= {f"{name}_low": low, f"{name}_mid": mid, f"{name}_high": high}
        return row


_MEASURES = (("energy", "energy_wh"), ("co2e", "co2e_g"), ("water", "water_ml"))


def of_book(book: str, since: datetime, until: datetime) -> Select[Any]:
    """Answered from the index on book and time: other books' lines cost nothing."""
    return (
        select(*lines.c)
        .where(lines.c.book == book, lines.c.at >= since, lines.c.at < until, lines.c.gone.is_(None))
        .order_by(lines.c.at, lines.c.seq)
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        book=row.book,
        person=row.person,
        at=row.at,
        use=use_of(row.use),
        energy_wh=(row.energy_low, row.energy_mid, row.energy_high),
        co2e_g=(row.co2e_low, row.co2e_mid, row.co2e_high),
        water_ml=(row.water_low, row.water_mid, row.water_high),
        method=row.method,
        batch=row.batch,
    )
