"""What has been dealt with, kept where the next start and other processes find it: an update is answered once, and the
answer is found again when its question is edited.

One who fetches is alone, so what was begun and not finished before a sudden end is simply done. Where updates are sent
to us there may be several of us: each update has one holder at a time, and is taken over from one who died.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from telegram import Message, Update

from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.delivery import Ballot, Placed
from handlers.errors import CannotAnswer
from handlers.ports import Ports, Standing

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)  # an update is not brought again while its first holder is at it, unless that one died
KEPT = timedelta(days=2)  # Telegram brings an update for a day, and lets people edit for two
VOTES = timedelta(days=30)  # a poll may be answered late


class Receipts:
    def __init__(self, bot: Bot, ports: Ports, *, shared: bool) -> None:
        self._bot = bot
        self._once = ports.once
        self._clock = ports.clock
        self._holder = secrets.token_hex(8) if shared else None

    async def begin(self, update: Update) -> Standing:
        """Without its database the bot answers all the same."""
        key, now = self._key(update), self._clock.now()
        try:
            if self._holder is None:
                return "ours" if await self._once.done(key) is None else "done"
            return await self._once.begin(key, self._holder, now, now + LEASE)
        except CannotAnswer:
            return "ours"

    async def finish(self, update: Update, placed: Placed | None) -> None:
        note = placed.note() if placed is not None and update.message is not None else ""
        await self._kept(self._key(update), note)
        if placed is not None and placed.ballot is not None:
            cast = placed.ballot
            await self._kept(f"{self._name}:poll:{cast.poll}", f"{cast.question},{cast.language}", VOTES)

    async def placed(self, message: Message) -> Placed | None:
        """Where the answer to a question stands."""
        try:
            note = await self._once.done(self._question(message))
        except CannotAnswer:
            return None
        return Placed.of(note) if note else None

    async def place(self, message: Message, placed: Placed) -> None:
        await self._kept(self._question(message), placed.note())

    async def asked(self, poll: str) -> Ballot | None:
        """The question of a poll whose votes are counted."""
        try:
            note = await self._once.done(f"{self._name}:poll:{poll}")
        except CannotAnswer:
            return None
        if not note:
            return None
        question, language = note.rsplit(",", 1)
        return Ballot(poll, question, language)

    async def _kept(self, key: str, note: str, time: timedelta = KEPT) -> None:
        try:
            await self._once.finish(key, self._clock.now() + time, note)
        except CannotAnswer:
            logger.info("not kept that an update was dealt with")

    def _key(self, update: Update) -> str:
        # A message is known by its own number, which it keeps however often and under whatever number it is brought.
        return self._question(update.message) if update.message is not None else f"{self._name}:{update.update_id}"

    def _question(self, message: Message) -> str:
        return f"{self._name}:{message.chat.id}:{message.message_id}"

    @property
    def _name(self) -> str:
        return f"telegram:{self._bot.id}"
