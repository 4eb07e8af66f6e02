"""What every message asks of an SQLite file, done in one journey: a whole transaction in a thread of its own. Through
the asynchronous driver each statement, the beginning and the end are journeys, which cost more than what they bring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import Connection

from bot.storage.engine import BUSY_MS, PRAGMAS

Result = TypeVar("Result")
Act = Callable[[Connection], Result]

THREADS = 2  # one reads while the other writes; of writers there is one at a time


class Errands:
    """Nothing is opened before the first one is run."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url.set(drivername="sqlite+pysqlite"))
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sqlite")

    async def run(self, act: Act[Result], *, writes: bool) -> Result:
        """What ``act`` returns, once it is committed. Reading, it is to be one statement."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._done, act, writes)

    def _done(self, act: Act[Result], writes: bool) -> Result:
        with self._engine.connect() as connection:
            connection.execution_options(writes=writes)
            with connection.begin():
                return act(connection)

    async def close(self) -> None:
        """Returns once what is under way has been done."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _prepare(connection: Any, _: Any) -> None:
    """The file is written ahead already: bringing it up to date came first."""
    connection.isolation_level = None  # ``_begin`` says when a transaction begins, not the driver
    for pragma in (f"busy_timeout={BUSY_MS}", *PRAGMAS):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):  # one statement that reads is a transaction by itself
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE").close()
