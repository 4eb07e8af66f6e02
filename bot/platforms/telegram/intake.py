"""The door through which updates come in, and which can be shut: a webhook that finds it shut is told so, and Telegram
brings the update to whoever opens next. Without it, one that is taken in while we stop could also be sent again.
"""

from __future__ import annotations

import asyncio

from telegram import Update

MOMENT = 0.3  # seconds for those who came in just before to be told that they were


class Shut(Exception):
    """Nothing more is taken in."""


class Intake(asyncio.Queue[object]):
    def __init__(self) -> None:
        super().__init__()
        self._shut = False

    async def put(self, item: object) -> None:
        if self._shut and isinstance(item, Update):
            raise Shut
        await super().put(item)

    async def shut(self) -> None:
        self._shut = True
        await asyncio.sleep(MOMENT)
