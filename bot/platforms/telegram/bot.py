"""The library's bot, made ours in three ways: one broken update does not stop the rest, receipt is confirmed late, and
the address of the server can be one's own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence as Several
from datetime import timedelta
from typing import Any, cast

from telegram import Update
from telegram.ext import ExtBot

from bot.platforms.telegram.limiter import Limiter
from bot.platforms.telegram.sequence import Sequence
from bot.platforms.telegram.transport import SECONDS, Transport

logger = logging.getLogger(__name__)

WINDOW = 100  # updates that Telegram hands out at once
GRACE = 0.1  # seconds open updates are waited for before more are fetched
PATIENCE = 1.0  # and where they fill the window
LAST_GRACE = 8.0  # and before we stop; hosting platforms give ten to thirty
UNDER_WAY = 6.0  # for what was begun by then
CONNECTIONS = 128


class Bot(ExtBot[None]):
    def __init__(self, token: str, api_url: str, per_second: float, sequence: Sequence) -> None:
        server = api_url.rstrip("/").removesuffix("/bot")
        super().__init__(
            token,
            base_url=f"{server}/bot",
            base_file_url=f"{server}/file/bot",
            request=Transport(CONNECTIONS),
            get_updates_request=Transport(1),
            rate_limiter=Limiter(per_second),
        )
        self._sequence = sequence
        self._stopping = False
        self._next: int | None = None  # the first update not seen yet

    async def say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A method of the Bot API by its own name, and what Telegram holds afterwards, as it came: building the
        library's objects on the way out and back would take as long as finding the answer."""
        said = await self._post(method, parameters)
        return cast("dict[str, Any]", said) if isinstance(said, dict) else {}

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
            await self._fetched(offset, 0, allowed_updates, 1)
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

    async def _fetched(
        self, offset: int | None, wait: int, allowed: Several[str] | None, limit: int = WINDOW
    ) -> list[dict[str, Any]]:
        data = {"offset": offset, "limit": limit, "timeout": wait, "allowed_updates": allowed}
        return cast("list[dict[str, Any]]", await self._post("getUpdates", data, read_timeout=SECONDS + wait))

    def read(self, record: dict[str, Any]) -> Update:
        """An update that cannot be read is taken as an empty one: it is passed over and does not come again."""
        try:
            return Update.de_json(record, self)
        except Exception as error:
            # Its content may be a person's words: the log gets the number and the kind of fault.
            logger.warning("update %s cannot be read: %s", record.get("update_id"), type(error).__name__)
            return Update(int(record.get("update_id", 0)))
