"""People who ask on each platform, for benchmarks: an ``Ask`` puts one question and returns when it is answered."""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import yaml

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "telegram")]

import discord_server  # noqa: E402 - the folders of the tests are no packages
import telegram_server  # noqa: E402
from telegram_people import Somebody  # noqa: E402
from telegram_world import Sent  # noqa: E402

PEOPLE = 200  # on each platform
# Over half of what people ask on Discord is typed as a command; these are their options.
SLASH: list[tuple[str, dict[str, Any]]] = [
    ("estimate", {"task": "image", "count": 20, "place": "POL"}),
    ("estimate", {"task": "text", "count": 500}),
    ("estimate", {"task": "video", "count": 3, "place": "FRA"}),
    ("compare", {"words": "7 images against one 8 second video"}),
    ("fact", {"question": "water of a data centre"}),
]

Ask = Callable[[int], Awaitable[None]]


def questions() -> list[str]:
    """First sentences of the conversations that others wrote."""
    paths = sorted((TESTS / "conversations").glob("*/asked-*.yaml"))
    return [case["turns"][0]["said"] for path in paths for case in yaml.safe_load(path.read_text("utf-8"))]


class Heard(list[Sent]):
    """What the bot has put before people on Telegram; whoever waits in a chat is told of the first thing said there."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[int, asyncio.Future[None]] = {}

    def append(self, sent: Sent) -> None:
        waiting = self.waiting.pop(sent.chat, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


def telegram(server: telegram_server.Server, asked: list[str]) -> Ask:
    heard = Heard()
    server.world.order = heard
    free = [Somebody(server, 1_000 + number, "fr" if number % 2 else "en") for number in range(PEOPLE)]

    newcomers = itertools.count(1_000 + PEOPLE)

    async def ask(number: int) -> None:
        # Where all of them wait for an answer, somebody new asks: that nobody is left is no fault of the bot's.
        somebody = free.pop(0) if free else Somebody(server, next(newcomers), "fr" if number % 2 else "en")
        id_ = somebody.person.id
        heard.waiting[id_] = asyncio.get_running_loop().create_future()
        try:
            answered = heard.waiting[id_]
            somebody.says(asked[number % len(asked)])
            await answered
        finally:
            heard.waiting.pop(id_, None)
            free.append(somebody)

    return ask


def mixed(number: int) -> tuple[str, dict[str, Any]]:
    return SLASH[number % len(SLASH)]


def discord(server: discord_server.Server, command: Callable[[int], tuple[str, dict[str, Any]]] = mixed) -> Ask:
    guild = server.guild("Team")
    channel = server.channel(guild)
    people = [server.person(f"p{number}", guild, locale="fr" if number % 2 else "en-GB") for number in range(PEOPLE)]

    async def ask(number: int) -> None:
        name, options = command(number)
        await people[number % PEOPLE].slash(channel, name, **options)

    return ask


def web(url: str, session: aiohttp.ClientSession, asked: list[str], *, pages: bool = True) -> Ask:
    """``pages``: a third of them ask for the page itself, not for JSON."""

    async def ask(number: int) -> None:
        language = "fr" if number % 2 else "en"
        said = asked[(number * 7) % len(asked)]
        if not pages or number % 3:
            request = session.get(f"{url}/api/answer", params={"q": said, "lang": language})
        else:
            request = session.get(f"{url}/{language}", params={"q": said})
        async with request as response:
            await response.read()
            if response.status != 200:
                raise RuntimeError(f"status {response.status}")

    return ask


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
