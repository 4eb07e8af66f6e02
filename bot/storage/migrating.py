"""Brings a database to a revision, up or down, through Alembic, in one transaction: it arrives or stays as it was."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

_LOCK = 0x5350  # any number, the same in every process: of two releases at once, one waits for the other


def configuration() -> Config:
    """Alembic's, with the scripts where this package is installed."""
    config = Config()
    folder = str(files("bot.storage") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def revisions() -> list[str]:
    """From the first to the newest."""
    script = ScriptDirectory.from_config(configuration())
    return [revision.revision for revision in script.walk_revisions()][::-1]


async def upgrade(engine: AsyncEngine, to: str = "head") -> str:
    return await _move(engine, to, up=True)


async def downgrade(engine: AsyncEngine, to: str) -> str:
    return await _move(engine, to, up=False)


async def _move(engine: AsyncEngine, to: str, *, up: bool) -> str:
    async with engine.connect() as connection:
        await connection.execution_options(writes=True)
        async with connection.begin():
            return await connection.run_sync(_run, to, up)


def _run(connection: Connection, to: str, up: bool) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = configuration()
    config.attributes["connection"] = connection
    (command.upgrade if up else command.downgrade)(config, to)
    return MigrationContext.configure(connection).get_current_revision() or "base"
