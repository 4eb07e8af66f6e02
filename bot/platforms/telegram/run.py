"""The bot's life on Telegram: begun even while the network is away, ended without an update lost or answered twice.

Updates are fetched, or received by webhook where an address is set; the lifetime is ours, so that other platforms can
live in the same process.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError

from bot.charts.painter import Painter
from bot.core import Core
from bot.doors import Doors
from bot.platforms.telegram.application import (
    PAINTER,
    ROUNDS,
    UPDATES,
    WEBHOOK,
    NoToken,
    Telegram,
    build,
    webhook_secret,
)
from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.menu import release
from bot.settings import Settings

logger = logging.getLogger(__name__)

FETCH_FOR = 30  # seconds a fetch waits for something to come
LONGEST_PAUSE = 15.0
CONNECTIONS = 100  # on which Telegram brings updates at the same time: each is held until it has been dealt with
LAST_WAIT = 25.0  # seconds for what is under way when we stop
BEGINNING = 15.0  # seconds
GIVES_WAY = 40.0  # seconds of a deployment in which an older process may still be there; platforms kill after thirty
LONGEST_SILENCE = 60.0
TWO = "another process fetches the updates of this bot, and Telegram lets only one; one of the two must stop"
BROUGHT = "updates are brought to another process's webhook and cannot be fetched too; one of the two must stop"


async def serve(core: Core, settings: Settings, stop: asyncio.Event, doors: Doors | None = None) -> int:
    """Answers until ``stop`` is set; the exit code of the process. ``doors``: where updates are brought, if at all."""
    try:
        application = build(core, settings)
    except NoToken as error:
        logger.error("%s", error)
        return 2
    rivals = Rivals()
    begun = asyncio.create_task(_begin(application, settings, doors, rivals))
    told = asyncio.create_task(stop.wait())
    lost = asyncio.create_task(rivals.lost.wait())
    menus = digests = None
    try:
        await asyncio.wait((begun, told), return_when=asyncio.FIRST_COMPLETED)
        if begun.done():
            begun.result()
            logger.info("telegram: ready as @%s", application.bot.username)
            digests = asyncio.create_task(application.bot_data[ROUNDS].run())
            if settings.telegram_webhook_url is None:
                # At home nobody runs a release step.
                menus = asyncio.create_task(_menus(application, core))
            await asyncio.wait((told, lost), return_when=asyncio.FIRST_COMPLETED)
            if rivals.lost.is_set() and not stop.is_set():
                logger.error("telegram: %s", TWO)
                return 1
    except InvalidToken:
        logger.error("Telegram refuses this TELEGRAM_TOKEN")
        return 1
    finally:
        for task in (begun, told, lost, menus, digests):
            if task is not None:
                task.cancel()
        await asyncio.wait([task for task in (begun, told, lost, digests) if task is not None])
        await _end(application)
        if doors is not None and settings.telegram_webhook_url is not None:
            doors.close(path_of(settings.telegram_webhook_url))
    return 0


async def released(core: Core, settings: Settings) -> int:
    """Menus and profile, before a deployment goes on."""
    application = build(core, settings)
    try:
        await application.bot.initialize()
        await release(application.bot, core)
    except TelegramError as error:
        logger.error("telegram: menus not set: %s", error.message)
        return 1
    finally:
        await application.bot.shutdown()
        await _closed(application)
    return 0


def path_of(address: str) -> str:
    """Where on our port updates are brought to."""
    return urlsplit(address).path or "/"


async def _begin(application: Telegram, settings: Settings, doors: Doors | None, rivals: Rivals) -> None:
    await _patiently(application.initialize)
    await application.start()
    updater, bot = application.updater, application.bot
    assert updater is not None
    assert isinstance(bot, Bot)
    address = settings.telegram_webhook_url
    if address is None or doors is None:
        bot.tell_of_rivals(rivals.refused)
        await updater.start_polling(
            timeout=FETCH_FOR, bootstrap_retries=-1, allowed_updates=list(UPDATES), error_callback=_unfetched
        )
        return
    # Open before Telegram knows of it: what it brings at once finds us.
    doors.open(path_of(address), application.bot_data[WEBHOOK])
    await _patiently(
        lambda: application.bot.set_webhook(
            address,
            secret_token=webhook_secret(settings),
            allowed_updates=list(UPDATES),
            max_connections=CONNECTIONS,
        )
    )


async def _patiently(call: Callable[[], Awaitable[object]]) -> None:
    """Until Telegram knows us; tried for as long as it cannot be reached."""
    pause = 1.0
    while True:
        try:
            await call()
            return
        except BadRequest:
            raise
        except NetworkError as error:
            logger.warning("telegram: not reached, again in %.0f s: %s", pause, error.message)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _unfetched(error: TelegramError) -> None:
    logger.warning("telegram: updates not fetched, trying again: %s", error.message)


class Rivals:
    """What a process does that finds another one fetching the same bot's updates. The newer of the two gives way, and
    only after a while: in a deployment the older one is about to stop. All that each sees of the other is that Telegram
    refuses it now and then, so that a process is taken for the newer if it was refused from its beginning on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lost = asyncio.Event()
        self._clock = clock
        self._began = clock()
        self._gives_way = GIVES_WAY * random.uniform(1.0, 1.5)  # two that began together do not both go
        self._newer = False
        self._said = -LONGEST_SILENCE

    def refused(self, error: Conflict) -> None:
        """Telegram let another process fetch instead."""
        age = self._clock() - self._began
        if age < BEGINNING:
            self._newer = True
        if self._clock() - self._said >= LONGEST_SILENCE:
            self._said = self._clock()
            logger.warning("telegram: %s", BROUGHT if "webhook" in error.message else TWO)
        if self._newer and self._gives_way <= age < self._gives_way + LONGEST_SILENCE:
            self.lost.set()


async def _menus(application: Telegram, core: Core) -> None:
    try:
        await release(application.bot, core)
    except TelegramError as error:
        logger.warning("telegram: menus not set: %s", error.message)


async def _end(application: Telegram) -> None:
    """First nothing more comes in, then what has come is finished, then Telegram is told that it was."""
    updater, bot = application.updater, application.bot
    if isinstance(bot, Bot):
        bot.stopping()
    try:
        async with asyncio.timeout(LAST_WAIT):
            polling = updater is not None and updater.running
            if isinstance(application.update_queue, Intake) and application.running and not polling:
                await application.update_queue.shut()
            if updater is not None and polling:
                await updater.stop()
            if application.running:
                await application.stop()
    except TimeoutError:
        logger.warning("telegram: stopped with answers still under way")
    await application.shutdown()
    await bot.shutdown()  # where it had not come to that
    await _closed(application)
    logger.info("telegram: stopped")


async def _closed(application: Telegram) -> None:
    painter = application.bot_data.get(PAINTER)
    if isinstance(painter, Painter):
        await asyncio.to_thread(painter.close)
