"""Consents, quiz scores and feedback in the database: kept only of those who asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import ColumnElement, delete, select

from bot.storage.database import Database, NotKept
from bot.storage.tables import consents, scores
from bot.storage.tables import feedback as judged
from handlers.ports import Consent, Feedback, Score, Verdict


class StoredConsents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, person: str, consent: Consent, book: str = "", value: str = "") -> None:
        written = self._database.insert(consents).values(
            person=await self._database.hashed(person),
            consent=consent,
            book=await self._database.owner(book) if book else "",
            value=value,
        )
        async with self._database.writing() as connection:
            await connection.execute(
                written.on_conflict_do_update(
                    index_elements=[consents.c.person, consents.c.consent, consents.c.book],
                    set_={"value": written.excluded.value},
                )
            )

    async def withdraw(self, person: str, consent: Consent, book: str = "") -> None:
        where = await self._where(person, consent, book)
        async with self._database.writing() as connection:
            await connection.execute(delete(consents).where(*where))

    async def given(self, person: str, consent: Consent, book: str = "") -> str | None:
        try:
            where = await self._where(person, consent, book)
            async with self._database.reading() as connection:
                found = await connection.scalar(select(consents.c.value).where(*where))
        except NotKept:
            return None  # no consent that can be read is no consent
        return None if found is None else str(found)

    async def named(self, book: str) -> Mapping[str, str]:
        where = (consents.c.consent == "named", consents.c.book == await self._database.owner(book))
        async with self._database.reading() as connection:
            rows = await connection.execute(select(consents.c.person, consents.c.value).where(*where))
            return {str(person): str(value) for person, value in rows}

    async def _where(self, person: str, consent: Consent, book: str) -> tuple[ColumnElement[bool], ...]:
        who = await self._database.hashed(person)
        whose = await self._database.owner(book) if book else ""
        return consents.c.person == who, consents.c.consent == consent, consents.c.book == whose


class StoredScores:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person: str) -> Score:
        try:
            who = await self._database.hashed(person)
            async with self._database.reading() as connection:
                found = select(scores.c.rights, scores.c.asked).where(scores.c.person == who)
                row = (await connection.execute(found)).first()
        except NotKept:
            return Score()
        return Score(int(row.rights), int(row.asked)) if row is not None else Score()

    async def add(self, person: str, right: bool) -> Score:
        written = self._database.insert(scores).values(
            person=await self._database.hashed(person), rights=int(right), asked=1
        )
        counted = written.on_conflict_do_update(
            index_elements=[scores.c.person],
            set_={"rights": scores.c.rights + written.excluded.rights, "asked": scores.c.asked + 1},
        ).returning(scores.c.rights, scores.c.asked)
        async with self._database.writing() as connection:
            row = (await connection.execute(counted)).one()
        return Score(int(row.rights), int(row.asked))


class StoredFeedbacks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, person: str, feedback: Feedback) -> bool:
        written = self._database.insert(judged).values(
            id=await self._database.hashed(feedback.id),
            person=await self._database.hashed(person),
            at=feedback.at,
            command=feedback.command,
            verdict=feedback.verdict,
            language=feedback.language,
            words=feedback.words,
        )
        new = written.on_conflict_do_nothing(index_elements=[judged.c.id]).returning(judged.c.seq)
        async with self._database.writing() as connection:
            return (await connection.execute(new)).first() is not None

    async def recent(self, limit: int = 100) -> Sequence[Feedback]:
        query = select(*judged.c).order_by(judged.c.at.desc(), judged.c.seq.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [
                Feedback(row.id, row.at, row.command, cast("Verdict", row.verdict), row.language, row.words)
                for row in (await connection.execute(query)).all()
            ]
