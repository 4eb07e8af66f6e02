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
from telegram.request import HTTPXRequest

from bot.platforms.telegram.limiter import Limiter
from bot.platforms.telegram.sequence import Sequence

logger = logging.getLogger(__name__)

GRACE = 0.25  # seconds we wait for open updates before more are fetched
LAST_GRACE = 20.0  # and before we stop; hosting platforms give thirty
READ_TIMEOUT = 20.0  # a send that takes long is still one send: better to wait than to say it twice
CONNECTIONS = 128


class Bot(ExtBot[None]):
    def __init__(self, token: str, api_url: str, per_second: float, sequence: Sequence) -> None:
        server = api_url.rstrip("/").removesuffix("/bot")
        super().__init__(
            token,
            base_url=f"{server}/bot",
            base_file_url=f"{server}/file/bot",
            request=HTTPXRequest(CONNECTIONS, READ_TIMEOUT, 10.0, 5.0, 30.0),
            get_updates_request=HTTPXRequest(1, READ_TIMEOUT, 10.0, 5.0, 5.0),
            rate_limiter=Limiter(per_second),
        )
        self._sequence = sequence
        self._stopping = False

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
        """Asking for what comes after ``offset`` tells Telegram that all before it arrived: it is dealt with first."""
        if self._stopping:
            if not await self._sequence.done(LAST_GRACE):
                logger.warning("stopped with updates open: they are left for the next start")
                offset = self._sequence.oldest or offset
            limit = 1
        else:
            await self._sequence.room(GRACE)
        wait = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout or 0)
        data: dict[str, Any] = {
            "offset": offset, "limit": limit, "timeout": int(wait), "allowed_updates": allowed_updates
        }  # fmt: skip
        got = cast("list[dict[str, Any]]", await self._post("getUpdates", data, read_timeout=READ_TIMEOUT + wait))
        if self._stopping:
            return ()
        updates = tuple(self._read(record) for record in got)
        self._sequence.take(updates)
        return updates

    def _read(self, record: dict[str, Any]) -> Update:
        """An update that cannot be read is taken as an empty one: it is passed over and does not come again."""
        try:
            return Update.de_json(record, self)
        except Exception as error:
            # Its content may be a person's words: the log gets the number and the kind of fault.
            logger.warning("update %s cannot be read: %s", record.get("update_id"), type(error).__name__)
            return Update(int(record.get("update_id", 0)))
