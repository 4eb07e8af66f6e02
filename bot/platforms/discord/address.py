"""Where Discord is, when it is not where everyone's is: a proxy of one's own, or a model of it. The library knows one
address for all its clients, so it is set once, before the first of them speaks.
"""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from bot.settings import Settings


def settle(settings: Settings) -> None:
    """Requests go where the settings say."""
    if settings.discord_api_url is not None:
        Route.BASE = settings.discord_api_url


async def settle_gateway(http: HTTPClient, settings: Settings) -> None:
    """Asked of the same place. The library asks only where it is not told how many shards there are."""
    if settings.discord_api_url is not None:
        _, url, _ = await http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
