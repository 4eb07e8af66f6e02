"""Everything about one person or one team, across the tables: shown, erased in one transaction, removed when its time
has run out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Delete, Table, and_, delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.tables import (
    budgets,
    claims,
    consents,
    contexts,
    digests,
    drafts,
    entries,
    feedback,
    paces,
    removals,
    scores,
    settings,
)

TAKEN_BACK = timedelta(days=30)  # how long the id of a line taken back is kept, so that no late message writes it again
FEEDBACK = timedelta(days=365)
_PERSON = "person:"
_HIDDEN = ("seq", "gone", "batch")  # our own bookkeeping, nothing about the person


class StoredRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, person: str) -> Mapping[str, object]:
        who, owner = await self._database.hashed(person), await self._database.owner(f"person:{person}")
        async with self._database.reading() as connection:
            return {
                "settings": await _rows(connection, settings, settings.c.owner == owner),
                "ledger": await _rows(connection, entries, entries.c.person == who, entries.c.gone.is_(None)),
                "budget": await _rows(connection, budgets, budgets.c.book == owner),
                "consents": await _rows(connection, consents, consents.c.person == who),
                "quiz": await _rows(connection, scores, scores.c.person == who),
                "feedback": await _rows(connection, feedback, feedback.c.person == who),
                "conversations": await _rows(connection, contexts, contexts.c.person == who),
                "unconfirmed": await _rows(connection, drafts, drafts.c.person == who),
            }

    async def erase_person(self, person: str) -> int:
        who = await self._database.hashed(person)
        async with self._database.writing() as connection:
            await connection.execute(delete(feedback).where(feedback.c.person == who))
            return await _erase_person(connection, who)

    async def erase_team(self, team: str) -> int:
        async with self._database.writing() as connection:
            return await _erase_team(connection, team)

    async def leave(self, team: str, at: datetime) -> None:
        written = self._database.insert(removals).values(team=team, at=at)
        async with self._database.writing() as connection:
            await connection.execute(written.on_conflict_do_nothing())

    async def rejoin(self, team: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(removals).where(removals.c.team == team))

    async def move(self, team: str, to: str) -> None:
        if team == to:
            return
        old, new = f"team:{team}", f"team:{to}"
        # Who speaks in the name of the team is called by its id too, and so is the channel that it is.
        before, after = await self._database.hashed(team), await self._database.hashed(to)
        async with self._database.writing() as connection:
            await connection.execute(update(entries).where(entries.c.book == old).values(book=new))
            for table in (entries, feedback):
                await connection.execute(update(table).where(table.c.person == before).values(person=after))
            for table in (contexts, drafts, consents, scores):
                await _rename(connection, table, "person", before, after)
            for table in (contexts, drafts):
                await _rename(connection, table, "channel", before, after)
            await _rename(connection, settings, "owner", f"{_PERSON}{before}", f"{_PERSON}{after}")
            await _rename(connection, settings, "owner", old, new)
            await _rename(connection, budgets, "book", old, new)
            await _rename(connection, consents, "book", old, new)
            # The channel of a digest begins with its team where the team is the chat itself.
            there = (digests.c.team == team, digests.c.channel.startswith(team, autoescape=True))
            rest = func.substr(digests.c.channel, len(team) + 1)
            await connection.execute(update(digests).where(*there).values(channel=to + rest))
            await _rename(connection, digests, "team", team, to)
            await connection.execute(delete(removals).where(removals.c.team == team))

    async def lapse(self, person: str, at: datetime) -> None:
        written = self._database.insert(removals).values(team=_lapsing(await self._database.hashed(person)), at=at)
        put_off = written.on_conflict_do_update(index_elements=[removals.c.team], set_={"at": written.excluded.at})
        async with self._database.writing() as connection:
            await connection.execute(put_off)

    async def sweep(self, now: datetime) -> int:
        gone = 0
        async with self._database.writing() as connection:
            for statement in (
                delete(contexts).where(contexts.c.expires <= now),
                delete(claims).where(claims.c.until <= now),
                delete(paces).where(paces.c.until <= now.timestamp()),
                delete(drafts).where(drafts.c.until <= now),
                delete(entries).where(entries.c.gone <= now - TAKEN_BACK),
                delete(feedback).where(feedback.c.at <= now - FEEDBACK),
            ):
                gone += await _count(connection, statement)
            left = (await connection.execute(select(removals.c.team).where(removals.c.at <= now))).scalars().all()
            for team in left:
                if str(team).startswith(_PERSON):
                    gone += await _erase_person(connection, str(team).removeprefix(_PERSON))
                else:
                    gone += await _erase_team(connection, str(team))
        return gone


async def _rows(connection: AsyncConnection, table: Table, *where: Any) -> list[dict[str, Any]]:
    found = (await connection.execute(select(*table.c).where(*where))).mappings().all()
    return [{key: _readable(key, value) for key, value in row.items() if key not in _HIDDEN} for row in found]


def _readable(key: str, value: Any) -> Any:
    if key in ("use", "body"):
        return json.loads(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _lapsing(who: str) -> str:
    """A person among the removals, by their hash; the name of a team begins with its platform."""
    return f"{_PERSON}{who}"


async def _erase_person(connection: AsyncConnection, who: str) -> int:
    """How many lines went that were not taken back already."""
    owner = f"{_PERSON}{who}"
    count = select(func.count()).select_from(entries).where(entries.c.person == who, entries.c.gone.is_(None))
    lines = await connection.scalar(count)
    for statement in (
        delete(entries).where((entries.c.person == who) | (entries.c.book == owner)),
        delete(settings).where(settings.c.owner == owner),
        delete(budgets).where(budgets.c.book == owner),
        delete(consents).where(consents.c.person == who),
        delete(scores).where(scores.c.person == who),
        delete(contexts).where(contexts.c.person == who),
        delete(paces).where(paces.c.person == who),
        delete(drafts).where(drafts.c.person == who),
        delete(removals).where(removals.c.team == _lapsing(who)),
    ):
        await connection.execute(statement)
    return int(lines or 0)


async def _rename(connection: AsyncConnection, table: Table, name: str, old: str, new: str) -> None:
    """Rows go by the new name, but for those that it has already."""
    there = table.alias()
    same: list[ColumnElement[bool]] = [
        there.c[column.name] == column for column in table.primary_key if column.name != name
    ]
    known = exists().where(and_(there.c[name] == new, *same))
    await connection.execute(delete(table).where(table.c[name] == old, known))
    await connection.execute(update(table).where(table.c[name] == old).values({name: new}))


async def _erase_team(connection: AsyncConnection, team: str) -> int:
    book = f"team:{team}"
    lines = await _count(connection, delete(entries).where(entries.c.book == book))
    for statement in (
        delete(settings).where(settings.c.owner == book),
        delete(budgets).where(budgets.c.book == book),
        delete(consents).where(consents.c.book == book),
        delete(digests).where(digests.c.team == team),
        delete(removals).where(removals.c.team == team),
    ):
        await connection.execute(statement)
    return lines


async def _count(connection: AsyncConnection, statement: Delete) -> int:
    return cast("CursorResult[Any]", await connection.execute(statement)).rowcount
