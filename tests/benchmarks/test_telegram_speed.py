"""Updates a second of the real bot beside a bare echo bot, on the same library and the same server, in one run."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from telegram_people import Somebody
from telegram_process import running
from telegram_server import TOKEN, Server
from telegram_world import Sent

UPDATES, CHATS = 1000, 200
LEAST = 0.6
ECHO = f"""
import asyncio, os
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.message.reply_text(update.message.text)

url = os.environ["TELEGRAM_API_URL"]
application = (Application.builder().token({TOKEN!r}).base_url(url + "/bot").build())
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling(bootstrap_retries=-1)
"""
# As people ask, several things of several kinds; charts among them.
ASKED = [
    turn["said"]
    for path in sorted((Path(__file__).parents[1] / "conversations").glob("*/asked-*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))[::9]
    for turn in case["turns"][:1]
][:40] or ["20 images with dall-e 3 in Poland"]


async def timed(server: Server) -> float:
    """Seconds until every question has its answer: for us pictures and details included."""
    people = [Somebody(server, 1_000 + i) for i in range(CHATS)]
    for number in range(UPDATES):
        people[number % CHATS].says(ASKED[number % len(ASKED)])
    began = time.perf_counter()

    def details(sent: Sent) -> bool:
        """What stands below a picture is part of its answer: it replies to it."""
        return (sent.chat, (sent.params.get("reply_parameters") or {}).get("message_id")) in server.world.sent

    def answered() -> bool:
        return len(server.world.order) >= UPDATES and sum(not details(sent) for sent in server.world.order) >= UPDATES

    await server.until(answered, 120, "all answers")
    return time.perf_counter() - began


async def warm(server: Server) -> float:
    """The second time round: the first reads files and paints pictures."""
    await timed(server)
    server.world.order.clear()
    return await timed(server)


async def echoing() -> float:
    async with Server(strict=False) as server:
        environment = {"PATH": os.environ["PATH"], "TELEGRAM_API_URL": server.url}
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", ECHO, env=environment)
        try:
            await server.until(lambda: server.made("getUpdates"), 30, "the echo bot")
            return await warm(server)
        finally:
            process.terminate()
            await process.wait()


async def answering() -> float:
    async with Server(strict=False) as server, running(server):
        await server.until(lambda: ("description", "fr") in server.world.profile, 30, "the menus")
        return await warm(server)


@pytest.mark.benchmark(group="telegram")
def test_updates_a_second_beside_an_echo_bot(benchmark: Any) -> None:
    async def both() -> tuple[float, float]:
        return await echoing(), await answering()

    echo, ours = benchmark.pedantic(lambda: asyncio.run(both()), rounds=1)
    benchmark.extra_info.update(echo=UPDATES / echo, ours=UPDATES / ours, ratio=echo / ours)
    print(f"\necho {UPDATES / echo:.0f}/s, ours {UPDATES / ours:.0f}/s, ratio {echo / ours:.2f}")
    assert echo / ours >= LEAST
