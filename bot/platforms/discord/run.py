"""The bot's life on Discord: begun even while the network is away, ended with what was begun finished."""

from __future__ import annotations

import asyncio
import logging
import time

import discord

from bot.core import Core
from bot.platforms.discord.address import settle, settle_gateway
from bot.platforms.discord.client import Smallprint, build
from bot.platforms.discord.payload import Refused
from bot.settings import Settings

logger = logging.getLogger(__name__)
SHORTEST_PAUSE = 2.0
LONGEST_PAUSE = 60.0  # Discord counts who logs in; a bot that hammers at a closed door has its token reset


async def serve(core: Core, settings: Settings, stop: asyncio.Event) -> int:
    """Answers until ``stop`` is set; the exit code of the process."""
    if settings.discord_token is None:
        logger.error("DISCORD_TOKEN is not set")
        return 2
    settle(settings)
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        began = time.monotonic()
        client = build(core, settings)
        try:
            return await _alive(client, settings, settings.discord_token.get_secret_value(), stop)
        except discord.LoginFailure:
            logger.error("Discord refuses this DISCORD_TOKEN")
            return 1
        except (discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed, OSError) as error:
            logger.warning("discord: not reached, again in %.0f s: %s", pause, type(error).__name__)
        except Exception:
            # The library ends over an event that it cannot read; begun anew, it is not sent that event again.
            logger.exception("discord: broken off, again in %.0f s", pause)
        finally:
            await client.close()
        if time.monotonic() - began > LONGEST_PAUSE:
            pause = SHORTEST_PAUSE  # it went well for a while
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            pause = min(pause * 2, LONGEST_PAUSE)
    return 0


async def _alive(client: Smallprint, settings: Settings, token: str, stop: asyncio.Event) -> int:
    async def run() -> None:
        await client.login(token)
        await settle_gateway(client.http, settings)
        await client.connect()

    running = asyncio.create_task(run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            running.result()
            return 0
        await client.close()
        logger.info("discord: stopped")
        return 0
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)


async def released(core: Core, settings: Settings) -> int:
    """Commands sent if they have changed, before a deployment goes on."""
    if settings.discord_token is None:
        return 2
    settle(settings)
    client = build(core, settings)
    try:
        await client.login(settings.discord_token.get_secret_value())
        await client.register()
    except (discord.DiscordException, Refused, OSError) as error:
        logger.error("discord: commands not registered: %s", error)
        return 1
    finally:
        await client.close()
    return 0
