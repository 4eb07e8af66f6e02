"""Lists that wait for a yes, in the database: whichever process hears it writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from bot.storage.database import Database
from bot.storage.tables import drafts
from bot.storage.writing import lines_of, lines_text
from handlers.ports import Entry


class StoredDrafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, person: str, channel: str, entries: Sequence[Entry], until: datetime) -> None:
        written = self._database.insert(drafts).values(
            person=await self._database.hashed(person),
            channel=await self._database.hashed(channel),
            body=lines_text(entries),
            until=until,
        )
        async with self._database.writing() as connection:
            await connection.execute(
                written.on_conflict_do_update(
                    index_elements=[drafts.c.person, drafts.c.channel],
                    set_={name: written.excluded[name] for name in ("body", "until")},
                )
            )

    async def take(self, person: str, channel: str, book: str, now: datetime) -> tuple[Entry, ...]:
        who, where = await self._database.hashed(person), await self._database.hashed(channel)
        taken = (
            delete(drafts)
            .where(drafts.c.person == who, drafts.c.channel == where)
            .returning(drafts.c.body, drafts.c.until)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(taken)).first()
        return lines_of(str(row.body), person, book) if row is not None and row.until > now else ()
