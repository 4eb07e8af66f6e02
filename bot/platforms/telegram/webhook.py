"""Updates that Telegram brings: taken with the secret alone, and their receipt confirmed, where that does not hold up
others, only once they have been dealt with. Until then Telegram brings them again, to this process or another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any, cast

from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.intake import Intake, Shut
from bot.platforms.telegram.sequence import Sequence

logger = logging.getLogger(__name__)

SECRET = "X-Telegram-Bot-Api-Secret-Token"
TAKEN, BROKEN, FORGED, LATER = 200, 400, 403, 503
PATIENCE = 40.0  # seconds that a receipt waits for its update to be dealt with; Telegram gives up after a minute


class Webhook:
    def __init__(self, bot: Bot, intake: Intake, sequence: Sequence, secret: str) -> None:
        self._bot = bot
        self._intake = intake
        self._sequence = sequence
        self._secret = secret.encode()

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        if not hmac.compare_digest(headers.get(SECRET, "").encode("utf-8", "replace"), self._secret):
            logger.warning("telegram: a webhook without the secret was refused")
            return FORGED
        try:
            record: Any = json.loads(body)
            number = int(record["update_id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return BROKEN
        # One that cannot be read is taken all the same, as an empty one: refused, it would come again for a day.
        update = self._bot.read(cast("dict[str, Any]", record))
        dealt, new = self._sequence.awaited(number)
        if new:
            try:
                await self._intake.put(update)
            except Shut:
                self._sequence.forgotten(number)
                return LATER
        if self._sequence.crowded(update):
            return TAKEN  # one chat's flood must leave Telegram connections for the others
        with contextlib.suppress(TimeoutError):
            if not await asyncio.wait_for(asyncio.shield(dealt), PATIENCE):
                return LATER
        return TAKEN
