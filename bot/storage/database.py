"""The one engine behind every port: transactions to read and to write, people as keyed hashes, and what happens when
the database is away. Then a call is refused at once with words for the person, and the next one tries again: nothing
has to be restarted.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import Insert, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import tables
from bot.storage.engine import file_of
from bot.storage.errands import Act, Errands
from bot.storage.together import Item, Result, Together
from handlers.errors import CannotAnswer

logger = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds for one transaction; a person waits
MOST_HASHES = 4096  # of people, channels and messages that are asked for again soon
PAUSE = 2.0  # seconds in which a database that was away is not asked again, so that nobody waits for it


class NotKept(CannotAnswer):
    """The database cannot be reached: said to the person as it is."""

    def __init__(self) -> None:
        super().__init__("not-kept")


class Database:
    def __init__(self, engine: AsyncEngine, secret: str | None = None) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self._secret = secret.encode() if secret else None
        self._away_until = 0.0
        # SQLite has one writer at a time; waiting here costs less than asking it again and again.
        self._turn = asyncio.Lock() if self.sqlite else None
        self._gathered: list[Together[Any, Any]] = []
        self._errands = Errands(engine.url) if file_of(engine.url) is not None else None
        self._reads: Together[Act[Any], Any] = self.together(self._read)
        self._writes: Together[Act[Any], Any] = self.together(self._write)
        self._hashes: OrderedDict[str, str] = OrderedDict()

    def together(self, act: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> Together[Item, Result]:
        """For what every answer asks: see ``Together``. Nothing of it is on its way once ``close`` returns."""
        made = Together(act)
        self._gathered.append(made)
        return made

    async def close(self) -> None:
        """Returns when nothing is on its way any more."""
        for gathered in reversed(self._gathered):  # what is asked of the database at last was asked here first
            await gathered.settled()
        if self._errands is not None:
            await self._errands.close()
        await self.engine.dispose()

    def insert(self, table: Table) -> Any:
        """An insert that knows ON CONFLICT. Both dialects spell it alike, their types do not."""
        statement: Insert = sqlite.insert(table) if self.sqlite else postgresql.insert(table)
        return statement

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        async with self._guarded(), self.engine.begin() as connection:
            yield connection

    async def read(self, act: Act[Result]) -> Result:
        """What ``act`` finds with one statement."""
        if self._errands is None:
            async with self.reading() as connection:
                return await connection.run_sync(act)
        return await self._reads.ask(act)

    async def write(self, act: Act[Result]) -> Result:
        """What ``act`` returns, once all that it wrote is committed."""
        if self._errands is None:
            async with self.writing() as connection:
                return await connection.run_sync(act)
        return await self._writes.ask(act)

    async def _read(self, acts: Sequence[Act[Any]]) -> Sequence[Any]:
        assert self._errands is not None
        async with self._guarded():
            return await self._errands.run(lambda connection: [act(connection) for act in acts], writes=False)

    async def _write(self, acts: Sequence[Act[Any]]) -> Sequence[Any]:
        """All in one transaction. Where one of them fails, each is then tried by itself."""
        assert self._errands is not None
        async with self._guarded(), self._turn or nullcontext():
            return await self._errands.run(lambda connection: [act(connection) for act in acts], writes=True)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        async with self._guarded(), self._turn or nullcontext(), self.engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def _guarded(self) -> AsyncGenerator[None]:
        if time.monotonic() < self._away_until:
            raise NotKept
        try:
            async with asyncio.timeout(PATIENCE):
                yield
        except IntegrityError:
            raise  # our own mistake, to be seen as one
        except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + PAUSE
            # The message may name the host and the user; its kind is enough to know what to look at.
            cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            logger.error("the database cannot be used: %s", type(cause).__name__)
            raise NotKept from error
        except SQLAlchemyError:
            raise

    async def reachable(self) -> bool:
        """Whether it answers and has this version's tables."""
        try:
            async with self.reading() as connection:
                await connection.execute(select(tables.paces.c.person).limit(1))
        except NotKept:
            return False
        return True

    async def hashed(self, text: str) -> str:
        """The same for the same person as long as the key lives; without the key nobody gets back from it."""
        known = self._hashes.get(text)
        if known is None:
            known = self._hashes[text] = hmac.digest(await self._key(), text.encode(), "sha256").hex()
            if len(self._hashes) > MOST_HASHES:
                self._hashes.popitem(last=False)
        return known

    async def owner(self, owner: str) -> str:
        """ "team:..." as it is, "person:..." with the person hashed."""
        kind, _, name = owner.partition(":")
        return f"person:{await self.hashed(name)}" if kind == "person" else owner

    async def _key(self) -> bytes:
        """The environment's, or one made at first use and kept beside the data."""
        if self._secret is None:
            async with self.writing() as connection:
                new = self.insert(tables.keys).values(name="people", value=secrets.token_hex(32))
                await connection.execute(new.on_conflict_do_nothing())
                found = await connection.scalar(select(tables.keys.c.value).where(tables.keys.c.name == "people"))
            self._secret = bytes.fromhex(str(found))
        return self._secret
