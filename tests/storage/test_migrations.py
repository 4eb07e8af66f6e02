"""From every revision up and down and back with data in place, on both engines; the end is the tables of the code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.engine import engine_for, normalise
from bot.storage.migrating import downgrade, revisions, upgrade
from bot.storage.store import release, stored_ports
from bot.storage.tables import metadata
from handlers.ports import Settings
from tests.storage.worker import BOOK, NOW, line

REVISIONS = revisions()


@pytest.fixture
async def engine(empty: str) -> AsyncIterator[AsyncEngine]:
    engine = engine_for(normalise(empty))
    yield engine
    await engine.dispose()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


async def test_the_last_revision_is_the_tables_of_the_code(engine: AsyncEngine) -> None:
    assert await upgrade(engine) == REVISIONS[-1]
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("revision", REVISIONS)
async def test_from_each_revision_to_the_last_and_back_with_data_in_place(
    engine: AsyncEngine, empty: str, revision: str
) -> None:
    await upgrade(engine, revision)
    async with stored_ports(empty) as ports:  # on SQLite this brings the file up to date itself
        await ports.ledger.add([line(7), line(8)])
        await ports.preferences.change(BOOK, Settings("fr", "BEL"))
    await upgrade(engine)
    await downgrade(engine, revision)
    await upgrade(engine)
    async with stored_ports(empty) as ports:
        assert [e.use.count for e in await ports.ledger.entries(BOOK, NOW, NOW + timedelta(days=1))] == [7, 8]
        assert await ports.preferences.get(BOOK) == Settings("fr", "BEL")
        assert await ports.ledger.add([line(7)]) == 0


async def test_all_the_way_down_leaves_nothing(engine: AsyncEngine) -> None:
    await upgrade(engine)
    await downgrade(engine, "base")
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    assert names <= {"alembic_version"}
    assert await upgrade(engine) == REVISIONS[-1]


async def test_a_step_that_fails_leaves_the_database_as_it_was(engine: AsyncEngine) -> None:
    await upgrade(engine, REVISIONS[0])
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE removals (team TEXT)")  # stands in the way of the next step
    with pytest.raises(Exception, match="removals"):
        await upgrade(engine)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    assert "digests" not in names


async def test_several_releases_at_once_are_as_good_as_one(empty: str) -> None:
    assert await asyncio.gather(*(release(empty) for _ in range(4))) == [REVISIONS[-1]] * 4
