"""One way from ``DATABASE_URL`` to an engine: the address as hosting platforms write it, or a file without set-up.

PostgreSQL is spoken to through psycopg, which takes libpq's own parameters (``sslmode``, ``channel_binding``) as given.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from psycopg import pq
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from bot.settings import Misconfigured

CONNECT_SECONDS = 5
AT_ONCE = 3  # connections to SQLite: one writes, and more would wait for the processor rather than for the disk
BUSY_MS = 5000  # how long a writer waits for another process's write in SQLite
PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON")
_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg")
_SQLITE = ("sqlite", "sqlite+aiosqlite", "sqlite+pysqlite")


def normalise(address: str | None, data: Path | None = None) -> URL:
    """The address in SQLAlchemy's terms; a file in the data folder where there is none."""
    if address is None or not address.strip():
        return URL.create("sqlite+aiosqlite", database=str((data or data_folder()) / "smallprint.db"))
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):
        # The address itself is never repeated: it may hold a password.
        raise Misconfigured("DATABASE_URL is no address: postgres://... or sqlite:///file is needed") from None
    if url.drivername in _SQLITE:
        return url.set(drivername="sqlite+aiosqlite")
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg", query=_libpq(url.query))
    raise Misconfigured(f"DATABASE_URL begins with {url.drivername}://; postgres:// and sqlite:/// are known")


def _libpq(query: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that libpq knows; those meant for other drivers are translated or left out."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    renamed = {"sslmode" if key == "ssl" else key: value for key, value in query.items()}
    if renamed.get("sslmode") in ("true", "True", "1"):
        renamed["sslmode"] = "require"
    return {key: value for key, value in renamed.items() if key in known}


def data_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where this system keeps a program's data for one user."""
    home = Path.home()
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "smallprint"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "smallprint"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "smallprint"


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL and for a database in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def engine_for(url: URL) -> AsyncEngine:
    """Connects when first used. A folder that is missing is made, for its owner alone."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=5,
            pool_timeout=CONNECT_SECONDS,
            # A pooler in between (PgBouncer) may hand each transaction to another server: nothing is prepared there.
            connect_args={"connect_timeout": CONNECT_SECONDS, "prepare_threshold": None},
        )
    file = file_of(url)
    if file is not None and not file.parent.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A connection to a file is a thread with a memory of pages; the database in memory is one, and has no such choice.
    engine = (
        create_async_engine(url, pool_size=AT_ONCE, max_overflow=0) if file is not None else create_async_engine(url)
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    # The driver's own idea of when a transaction begins is off: a reader that turns writer would be refused at once,
    # without waiting for its turn. ``_begin`` says which it is from the start.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _write_ahead(cursor)
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Turned on once for a file. Two who do so at the same moment are not made to wait for one another, but refused."""
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, None):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError:
            if pause is None:
                raise
            await_only(asyncio.sleep(pause))


def _begin(connection: Connection) -> None:
    """The driver's own call: through a cursor of SQLAlchemy's it would take three journeys to its thread, not one."""
    driver: Any = connection.connection.driver_connection
    writes = connection.get_execution_options().get("writes", False)
    await_only(driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN"))
