"""What happens once and what happens weekly, agreed between processes through the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, select, update

from bot.storage.database import Database
from bot.storage.tables import claims, digests, marks, paces
from handlers.ports import Digest

SKEW = 30.0  # seconds that the clocks of two processes may differ


class StoredOnce:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, key: str, until: datetime) -> bool:
        # Hashed: a claim may be on a person's update or book.
        written = self._database.insert(claims).values(key=await self._database.hashed(key), until=until)
        async with self._database.writing() as connection:
            won = await connection.execute(
                written.on_conflict_do_nothing(index_elements=[claims.c.key]).returning(claims.c.key)
            )
            return won.first() is not None


class StoredPaces:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, person: str, now: datetime, cost: float, room: float) -> float:
        who, at = await self._database.hashed(person), now.timestamp()
        if cost > room:
            return cost - room
        # What has run off counts from now on; what lies further ahead than anybody may go was written by a clock that
        # has since been set back.
        begun = case((paces.c.until < at, at), (paces.c.until > at + room + SKEW, at), else_=paces.c.until)
        taken = (
            self._database.insert(paces)
            .values(person=who, until=at + cost)
            .on_conflict_do_update(
                index_elements=[paces.c.person], set_={"until": begun + cost}, where=begun + cost <= at + room
            )
            .returning(paces.c.until)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(taken)).first() is not None:
                return 0.0
            until = await connection.scalar(select(paces.c.until).where(paces.c.person == who))
        return max(float(until or at) + cost - at - room, 0.001)


class StoredMarks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(select(marks.c.value).where(marks.c.name == name))
            return found

    async def put(self, name: str, value: str) -> None:
        written = self._database.insert(marks).values(name=name, value=value)
        async with self._database.writing() as connection:
            await connection.execute(
                written.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": written.excluded.value})
            )


class StoredDigests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, team: str) -> Digest | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*digests.c).where(digests.c.team == team))).first()
        return _digest(row) if row is not None else None

    async def put(self, digest: Digest) -> None:
        values = asdict(digest)
        written = self._database.insert(digests).values(**values)
        async with self._database.writing() as connection:
            await connection.execute(
                written.on_conflict_do_update(
                    index_elements=[digests.c.team],
                    set_={name: written.excluded[name] for name in values if name != "team"},
                )
            )

    async def remove(self, team: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(digests).where(digests.c.team == team))

    async def due(self, now: datetime, platform: str) -> Sequence[Digest]:
        query = (
            select(*digests.c)
            .where(digests.c.due <= now, digests.c.team.startswith(f"{platform}:", autoescape=True))
            .order_by(digests.c.due, digests.c.team)
        )
        async with self._database.reading() as connection:
            return [_digest(row) for row in (await connection.execute(query)).all()]

    async def claim(self, digest: Digest, due: datetime, quiet: int) -> bool:
        moved = (
            update(digests)
            .where(digests.c.team == digest.team, digests.c.due == digest.due)
            .values(due=due, quiet=quiet)
            .returning(digests.c.team)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(moved)).first() is not None


def _digest(row: Row[Any]) -> Digest:
    return Digest(row.team, row.channel, row.language, row.weekday, row.hour, row.zone, row.due, row.quiet)
