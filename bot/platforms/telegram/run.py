"""The bot's life on Telegram: begun even while the network is away, ended without an update lost or answered twice.

Updates are fetched, or received by webhook where an address is set; the lifetime is ours, so that other platforms can
live in the same process.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from urllib.parse import urlsplit

from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from bot.charts.painter import Painter
from bot.core import Core
from bot.platforms.telegram.application import PAINTER, ROUNDS, UPDATES, NoToken, Telegram, build
from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.menu import release
from bot.settings import Settings

logger = logging.getLogger(__name__)

LISTEN = "0.0.0.0"
FETCH_FOR = 30  # seconds a fetch waits for something to come
LONGEST_PAUSE = 15.0
LAST_WAIT = 25.0  # seconds for what is under way when we stop


async def serve(core: Core, settings: Settings, stop: asyncio.Event) -> int:
    """Answers until ``stop`` is set; the exit code of the process."""
    try:
        application = build(core, settings)
    except NoToken as error:
        logger.error("%s", error)
        return 2
    begun = asyncio.create_task(_begin(application, settings))
    told = asyncio.create_task(stop.wait())
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
            await told
    except InvalidToken:
        logger.error("Telegram refuses this TELEGRAM_TOKEN")
        return 1
    finally:
        for task in (begun, told, menus, digests):
            if task is not None:
                task.cancel()
        await asyncio.wait((begun, told))
        await _end(application)
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


def webhook_secret(settings: Settings) -> str:
    """The one that is set; else one that every process of this bot finds by itself. There is never none."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    token = settings.telegram_token.get_secret_value() if settings.telegram_token is not None else ""
    return hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()


async def _begin(application: Telegram, settings: Settings) -> None:
    """Until Telegram knows us; tried for as long as it cannot be reached."""
    pause = 1.0
    while True:
        try:
            await application.initialize()
            break
        except NetworkError as error:
            logger.warning("telegram: not reached, again in %.0f s: %s", pause, error.message)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    await application.start()
    await _listen(application, settings)


async def _listen(application: Telegram, settings: Settings) -> None:
    updater = application.updater
    assert updater is not None
    if settings.telegram_webhook_url is None:
        await updater.start_polling(
            timeout=FETCH_FOR, bootstrap_retries=-1, allowed_updates=list(UPDATES), error_callback=_fetching_failed
        )
        return
    await updater.start_webhook(
        listen=LISTEN,
        port=settings.port,
        url_path=urlsplit(settings.telegram_webhook_url).path.lstrip("/"),
        webhook_url=settings.telegram_webhook_url,
        secret_token=webhook_secret(settings),
        allowed_updates=list(UPDATES),
        bootstrap_retries=-1,
    )


def _fetching_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        logger.error("telegram: another process fetches the updates of this bot; one of the two must stop")
    else:
        logger.warning("telegram: updates not fetched, trying again: %s", error.message)


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
            if updater is not None and updater.running:
                if isinstance(updater.update_queue, Intake):
                    await updater.update_queue.shut()
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
