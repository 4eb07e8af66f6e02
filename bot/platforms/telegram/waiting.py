"""Who waits for long work sees how far it has come, in the message that then becomes the answer."""

from __future__ import annotations

import time
from contextlib import suppress

from telegram.error import TelegramError

from bot.core import Core
from bot.platforms.telegram.delivery import Delivery, Placed
from bot.platforms.telegram.hearing import Spot
from handlers.answer import Answer

SOON = 0.7  # seconds until the first word: what is quicker needs none
AGAIN = 1.5  # seconds between words; a chat takes one a second


class Waiting:
    """``placed``: where the answer will stand; None until something stands there."""

    def __init__(self, delivery: Delivery, core: Core, spot: Spot, placed: Placed | None = None) -> None:
        self._delivery = delivery
        self._core = core
        self._spot = spot
        self._next = time.monotonic() + SOON
        self.placed = placed

    async def told(self, language: str, share: float) -> None:
        """So much is done, of 1."""
        if time.monotonic() < self._next:
            return
        phrases = self._core.lexicon[language]
        line = Answer("help", language, phrases.line("progress", share=f"{100 * share:.0f}"))
        # The work goes on whether or not it can be told of.
        with suppress(TelegramError):
            if self.placed is None:
                self.placed = await self._delivery.send(self._spot, line)
            else:
                self.placed = await self._delivery.replace(self.placed, self._spot, line)
        self._next = time.monotonic() + AGAIN
