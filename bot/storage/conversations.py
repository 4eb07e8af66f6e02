"""Conversations, settings and budgets in the database. Reads that fail give what an empty memory would give, so that
an answer is still given; writes that fail say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import delete, select

from bot.storage.database import Database, NotKept
from bot.storage.tables import budgets, contexts, settings
from bot.storage.writing import context_of, context_text
from handlers.context import LIFETIME, Context
from handlers.ports import Budget, Settings
from handlers.request import Language
from knowledge.schema import Units


class StoredConversations:
    def __init__(self, database: Database) -> None:
        self._database = database
        written = database.insert(contexts)
        # A slow answer to an earlier message does not push the later one out, whichever process gave it.
        self._later = written.on_conflict_do_update(
            index_elements=[contexts.c.person, contexts.c.channel],
            set_={name: written.excluded[name] for name in ("body", "at", "expires")},
            # One that lies further ahead than this one lives is no later one: the clock has been set back since.
            where=(contexts.c.at <= written.excluded.at) | (contexts.c.at > written.excluded.expires),
        )
        self._turns = database.together(self._write)

    async def recall(self, person: str, channel: str) -> Context | None:
        try:
            whose, where = await self._key(person, channel)
            async with self._database.reading() as connection:
                body = await connection.scalar(
                    select(contexts.c.body).where(contexts.c.person == whose, contexts.c.channel == where)
                )
        except NotKept:
            return None
        return context_of(str(body)) if body is not None else None

    async def remember(self, person: str, channel: str, context: Context) -> None:
        try:
            whose, where = await self._key(person, channel)
            await self._turns.ask(
                {
                    "person": whose,
                    "channel": where,
                    "body": context_text(context),
                    "at": context.at,
                    "expires": context.at + LIFETIME,
                }
            )
        except NotKept:
            return  # the answer stands; only the next message cannot lean on it

    async def _write(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[None]:
        last: dict[tuple[str, str], Mapping[str, Any]] = {}
        for row in sorted(rows, key=lambda row: row["at"]):
            last[row["person"], row["channel"]] = row
        await self._database.write(lambda connection: connection.execute(self._later, list(last.values())))
        return [None] * len(rows)

    async def forget(self, person: str) -> None:
        whose = await self._database.hashed(person)
        async with self._database.writing() as connection:
            await connection.execute(delete(contexts).where(contexts.c.person == whose))

    async def _key(self, person: str, channel: str) -> tuple[str, str]:
        return await self._database.hashed(person), await self._database.hashed(channel)


class StoredPreferences:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str) -> Settings:
        try:
            whose = await self._database.owner(owner)
            async with self._database.reading() as connection:
                rows = await connection.execute(
                    select(settings.c.name, settings.c.value).where(settings.c.owner == whose)
                )
                return settings_of({str(name): str(value) for name, value in rows})
        except NotKept:
            return Settings()

    async def change(self, owner: str, changes: Settings) -> None:
        await self._write(owner, changes, anew=False)

    async def put(self, owner: str, settings: Settings) -> None:
        await self._write(owner, settings, anew=True)

    async def erase(self, owner: str) -> None:
        await self._write(owner, Settings(), anew=True)

    async def _write(self, owner: str, changes: Settings, *, anew: bool) -> None:
        whose = await self._database.owner(owner)
        rows = [{"owner": whose, "name": name, "value": value} for name, value in sorted(_rows(changes).items())]
        async with self._database.writing() as connection:
            if anew:
                await connection.execute(delete(settings).where(settings.c.owner == whose))
            if rows:
                written = self._database.insert(settings).values(rows)
                await connection.execute(
                    written.on_conflict_do_update(
                        index_elements=[settings.c.owner, settings.c.name], set_={"value": written.excluded.value}
                    )
                )


class StoredBudgets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, book: str) -> Budget | None:
        try:
            whose = await self._database.owner(book)
            async with self._database.reading() as connection:
                row = (
                    await connection.execute(select(budgets.c.measure, budgets.c.amount).where(budgets.c.book == whose))
                ).first()
        except NotKept:
            return None
        return Budget(str(row.measure), float(row.amount)) if row is not None else None

    async def put(self, book: str, budget: Budget | None) -> None:
        whose = await self._database.owner(book)
        async with self._database.writing() as connection:
            if budget is None:
                await connection.execute(delete(budgets).where(budgets.c.book == whose))
                return
            written = self._database.insert(budgets).values(book=whose, measure=budget.measure, amount=budget.amount)
            await connection.execute(
                written.on_conflict_do_update(
                    index_elements=[budgets.c.book],
                    set_={"measure": written.excluded.measure, "amount": written.excluded.amount},
                )
            )


def settings_of(rows: dict[str, str]) -> Settings:
    """From one row a setting."""
    return Settings(
        language=cast("Language | None", rows.get("language")),
        place=rows.get("place"),
        models=tuple((name[6:], value) for name, value in sorted(rows.items()) if name.startswith("model:")),
        public=None if "public" not in rows else rows["public"] == "yes",
        units=cast("Units | None", rows.get("units")),
    )


def _rows(changes: Settings) -> dict[str, str]:
    rows = {f"model:{task}": model for task, model in changes.models}
    if changes.language is not None:
        rows["language"] = changes.language
    if changes.place is not None:
        rows["place"] = changes.place
    if changes.public is not None:
        rows["public"] = "yes" if changes.public else "no"
    if changes.units is not None:
        rows["units"] = changes.units
    return rows
