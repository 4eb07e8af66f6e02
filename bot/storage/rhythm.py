"""What happens once and what happens weekly, agreed between processes through the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, select, update

from bot.storage.database import Database
from bot.storage.tables import claims, digests, marks, paces
from handlers.ports import Digest, Standing


@dataclass(frozen=True, slots=True)
class _Wish:
    """To be the one who does something; ``holder`` is nobody where doing it takes no time."""

    key: str
    until: datetime
    holder: str = ""
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Deed:
    key: str
    until: datetime
    note: str


_DONE = select(claims.c.key, claims.c.note).where(
    claims.c.key.in_(bindparam("keys", expanding=True)), claims.c.holder == ""
)
_STANDING = select(claims.c.key, claims.c.holder, claims.c.until).where(
    claims.c.key.in_(bindparam("keys", expanding=True))
)
# One who died in the middle is taken over from: by one alone, since it must still stand as it was seen.
_TAKEN_OVER = (
    update(claims)
    .where(
        claims.c.key == bindparam("which"), claims.c.holder == bindparam("before"), claims.c.until == bindparam("over")
    )
    .values(holder=bindparam("after"), until=bindparam("then"))
    .returning(claims.c.key)
)

SKEW = 30.0  # seconds that the clocks of two processes may differ


class StoredOnce:
    def __init__(self, database: Database) -> None:
        self._database = database
        new, old = database.insert(claims), database.insert(claims)
        self._begun = new.on_conflict_do_update(
            index_elements=[claims.c.key],
            set_={"until": new.excluded.until},
            where=(claims.c.holder != "") & (claims.c.holder == new.excluded.holder),
        ).returning(claims.c.key)
        self._finished = old.on_conflict_do_update(
            index_elements=[claims.c.key],
            set_={name: old.excluded[name] for name in ("until", "holder", "note")},
        )
        self._wishes = database.together(self._begin)
        self._deeds = database.together(self._finish)
        self._questions = database.together(self._look)

    async def claim(self, key: str, until: datetime) -> bool:
        # Hashed: a claim may be on a person's update or book.
        return await self._wishes.ask(_Wish(await self._database.hashed(key), until)) == "ours"

    async def begin(self, key: str, holder: str, now: datetime, until: datetime) -> Standing:
        return await self._wishes.ask(_Wish(await self._database.hashed(key), until, holder, now))

    async def finish(self, key: str, until: datetime, note: str = "") -> None:
        await self._deeds.ask(_Deed(await self._database.hashed(key), until, note))

    async def done(self, key: str) -> str | None:
        return await self._questions.ask(await self._database.hashed(key))

    async def _begin(self, wishes: Sequence[_Wish]) -> Sequence[Standing]:
        first = {wish.key: wish for wish in reversed(wishes)}  # of those who ask for the same at once, the first
        rows = [{"key": w.key, "until": w.until, "holder": w.holder, "note": ""} for w in first.values()]

        def begun(connection: Connection) -> dict[str, Standing]:
            won = set(connection.execute(self._begun, rows).scalars())
            lost = [wish for key, wish in first.items() if key not in won]
            found: dict[str, Standing] = {w.key: self._standing(connection, w) for w in lost}
            found.update(dict.fromkeys(won, "ours"))
            return found

        known = await self._database.write(begun)
        # Who asks beside the one who won finds it held, or done where doing it takes no time.
        return [
            known[wish.key]
            if wish is first[wish.key] or known[wish.key] != "ours"
            else ("held" if wish.holder else "done")
            for wish in wishes
        ]

    def _standing(self, connection: Connection, wish: _Wish) -> Standing:
        if not wish.holder:
            return "done"
        row = connection.execute(_STANDING, {"keys": [wish.key]}).one()
        if not row.holder:
            return "done"
        if wish.now is None or row.until > wish.now:
            return "held"
        values = {"which": wish.key, "before": row.holder, "over": row.until, "after": wish.holder, "then": wish.until}
        return "ours" if connection.execute(_TAKEN_OVER, values).first() is not None else "held"

    async def _finish(self, deeds: Sequence[_Deed]) -> Sequence[None]:
        last = {deed.key: deed for deed in deeds}
        rows = [{"key": d.key, "until": d.until, "holder": "", "note": d.note} for d in last.values()]
        await self._database.write(lambda connection: connection.execute(self._finished, rows))
        return [None] * len(deeds)

    async def _look(self, keys: Sequence[str]) -> Sequence[str | None]:
        asked = {"keys": sorted(set(keys))}
        rows = await self._database.read(lambda connection: connection.execute(_DONE, asked).all())
        found = {str(key): str(note) for key, note in rows}
        return [found.get(key) for key in keys]


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
