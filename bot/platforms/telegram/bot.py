"""The library's bot, made ours in three ways: one broken update does not stop the rest, receipt is confirmed late, and
the address of the server can be one's own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from collections.abc import Sequence as Several
from datetime import timedelta
from typing import Any, cast

from telegram import Update
from telegram.error import BadRequest, Conflict, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.platforms.telegram.limiter import Limiter, never_arrived, seconds_of
from bot.platforms.telegram.link import Link
from bot.platforms.telegram.sequence import Sequence
from bot.platforms.telegram.transport import Transport

logger = logging.getLogger(__name__)

WINDOW = 100  # updates that Telegram hands out at once
GRACE = 0.1  # seconds open updates are waited for before more are fetched
PATIENCE = 1.0  # and where they fill the window
LAST_GRACE = 8.0  # and before we stop; hosting platforms give ten to thirty
UNDER_WAY = 6.0  # for what was begun by then
FETCH_PAUSES = (
    0.5,
    1.0,
    2.0,
    3.0,
)  # seconds between fetches that do not come through; the last for as long as it takes
LATE = 5.0  # seconds after which a fetch that should have been answered is taken for lost, and made again
CONNECTIONS = 128


class Bot(ExtBot[None]):
    def __init__(self, token: str, api_url: str, per_second: float, sequence: Sequence) -> None:
        server = api_url.rstrip("/").removesuffix("/bot")
        link = Link()
        super().__init__(
            token,
            base_url=f"{server}/bot",
            base_file_url=f"{server}/file/bot",
            request=Transport(CONNECTIONS),
            get_updates_request=Transport(1),
            rate_limiter=Limiter(per_second, link),
        )
        self._link = link
        self._sequence = sequence
        self._stopping = False
        self._rival: Callable[[Conflict], None] | None = None
        self._next: int | None = None  # the first update not seen yet

    async def say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A method of the Bot API by its own name, and what Telegram holds afterwards, as it came: building the
        library's objects on the way out and back would take as long as finding the answer."""
        said = await self._post(method, parameters)
        return cast("dict[str, Any]", said) if isinstance(said, dict) else {}

    def tell_of_rivals(self, told: Callable[[Conflict], None]) -> None:
        """``told``: each time that Telegram lets another process fetch instead."""
        self._rival = told

    def stopping(self) -> None:
        """From here on nothing more is taken in; the next fetch only confirms."""
        self._stopping = True

    async def get_updates(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        offset: int | None = None,
        limit: int | None = None,
        timeout: int | float | timedelta | None = None,  # noqa: ASYNC109 - the library's name for it
        allowed_updates: Several[str] | None = None,
        **kwargs: Any,
    ) -> tuple[Update, ...]:
        """Asking from an update on tells Telegram that all before it arrived: so we ask from the first that is open,
        pass over what we have, and ask from further on only where one chat's flood would hold up the rest."""
        wait = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout or 0)
        if self._stopping:
            if not await self._sequence.done(LAST_GRACE):
                # What was not begun is not confirmed: it comes to whoever starts next.
                offset = await self._sequence.close(UNDER_WAY) or offset
                logger.info("stopped with updates open: left for the next start from %s on", offset)
            try:
                await self._asked(offset, 0, allowed_updates, 1)
            except TelegramError as error:
                logger.warning("telegram: not told of what was received, so it comes again: %s", error.message)
            return ()
        await self._sequence.room()
        await self._sequence.fewer(WINDOW // 2, GRACE)
        oldest = self._sequence.oldest
        if oldest is None or self._next is None:
            got = await self._fetched(self._next, int(wait), allowed_updates)
        else:
            stuck = self._next - oldest >= WINDOW and not await self._sequence.past(self._next - WINDOW, PATIENCE)
            ask = self._next if stuck else self._sequence.oldest or self._next
            got = await self._fetched(ask, 0, allowed_updates)
        if self._stopping:
            return ()
        new = [record for record in got if self._next is None or int(record["update_id"]) >= self._next]
        if not new:
            if not got and oldest is None:
                # All is confirmed. After a silent week Telegram numbers anew, perhaps from lower on.
                self._next = None
            await self._sequence.fewer(0, GRACE)
            return ()
        self._next = max(int(record["update_id"]) for record in new) + 1
        updates = tuple(self.read(record) for record in new)
        self._sequence.take(updates)
        return updates

    async def _fetched(self, offset: int | None, wait: int, allowed: Several[str] | None) -> list[dict[str, Any]]:
        """For as long as it takes. The library would let half a minute pass between two tries, and hold up an end."""
        tries = 0
        while True:
            pause = FETCH_PAUSES[min(tries, len(FETCH_PAUSES) - 1)]
            try:
                got = await self._asked(offset, wait, allowed)
            except RetryAfter as error:
                pause += seconds_of(error)
            except Conflict as error:
                if self._rival is not None:
                    self._rival(error)
            except BadRequest:
                raise
            except NetworkError as error:
                if never_arrived(error):
                    self._link.lost(error.message)
                    await self._link.pause(pause)
                    pause = 0.0
                elif tries == 0:
                    logger.warning("telegram: updates not fetched, tried until they are: %s", error.message)
            else:
                self._link.reached()
                return got
            tries += 1
            await asyncio.sleep(pause)

    async def _asked(
        self, offset: int | None, wait: int, allowed: Several[str] | None, limit: int = WINDOW
    ) -> list[dict[str, Any]]:
        data = {"offset": offset, "limit": limit, "timeout": wait, "allowed_updates": allowed}
        return cast("list[dict[str, Any]]", await self._post("getUpdates", data, read_timeout=LATE + wait))

    def read(self, record: dict[str, Any]) -> Update:
        """An update that cannot be read is taken as an empty one: it is passed over and does not come again."""
        try:
            return Update.de_json(record, self)
        except Exception as error:
            # Its content may be a person's words: the log gets the number and the kind of fault.
            logger.warning("update %s cannot be read: %s", record.get("update_id"), type(error).__name__)
            return Update(int(record.get("update_id", 0)))
