"""What a process costs beside a bare bot of the same library: start, memory, processor time of an answer.

    uv run python tests/benchmarks/processes.py

Each platform's real process and a bot of a few lines that answers a constant are started in turns against the same
server on this machine, and asked the same questions one after another. Printed are a table and its JSON: seconds from
the start of the process to its first answer, memory (proportional set size) after all answers, processor time of an
answer, and from that the answers a second of one core and the price of a million at a stated price of a core's hour.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from loads import TESTS, Ask, discord, discord_server, free_port, questions, telegram, telegram_server, web

CORE_HOUR = 0.05  # US dollars; our own round figure for a small shared core of 2026, to be replaced by one's own
BARE = {
    "discord": """
import os, sys
import discord
from discord import app_commands
from discord.ext import commands
from discord.http import Route

Route.BASE = os.environ["DISCORD_API_URL"]
bot = commands.AutoShardedBot(commands.when_mentioned, intents=discord.Intents(guilds=True))

@bot.tree.command(name="estimate", description="A constant")
async def estimate(interaction: discord.Interaction, task: str, count: int, place: str = "") -> None:
    await interaction.response.send_message("20 g CO2e")

async def set_up() -> None:
    await bot.tree.sync()

bot.setup_hook = set_up
bot.run(os.environ["DISCORD_TOKEN"], log_handler=None)
""",
    "telegram": """
import os
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.message.reply_text(update.message.text)

application = Application.builder().token(os.environ["TELEGRAM_TOKEN"])
application = application.base_url(os.environ["TELEGRAM_API_URL"] + "/bot").build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling(bootstrap_retries=-1)
""",
    "web": """
import os
from aiohttp import web

async def constant(request):
    return web.json_response({"text": request.query.get("q", "")})

application = web.Application()
application.add_routes([web.get("/{rest:.*}", constant)])
web.run_app(application, port=int(os.environ["PORT"]), print=None, access_log=None)
""",
}


@dataclass(frozen=True)
class Cost:
    start: float  # seconds from the start of the process to its first answer
    memory: int  # bytes, shared pages counted in part
    answer: float  # seconds of processor time


def spent(pid: int) -> float:
    """Seconds of processor time of a process's threads and of what it has started."""
    threads = (task for each in (pid, *children(pid)) for task in Path(f"/proc/{each}/task").iterdir())
    return sum(int((task / "schedstat").read_text().split()[0]) for task in threads) / 1e9


def children(pid: int) -> list[int]:
    """Whichever of its threads started them."""
    lists = (task / "children" for task in Path(f"/proc/{pid}/task").iterdir())
    return [int(child) for each in lists for child in each.read_text().split()]


def held(pid: int) -> int:
    """Bytes of memory of a process and of what it has started."""
    found = 0
    for each in (pid, *children(pid)):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1]) * 1024
    return found


async def first(ask: Ask, connected: Callable[[], Awaitable[object]]) -> None:
    """The first answer, asked for again until somebody is there to give it."""
    await connected()
    async with asyncio.timeout(90):
        while True:
            try:
                return await ask(0)
            except (aiohttp.ClientError, StopIteration, RuntimeError):
                await asyncio.sleep(0.02)


async def measured(platform: str, bare: bool, answers: int) -> Cost:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", folder), "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder}/cost.sqlite3", "TELEGRAM_MESSAGES_PER_SECOND": "0",
            "SMALLPRINT_PACE": "0", "SMALLPRINT_QUESTIONS_PER_MINUTE": "0",
        }  # fmt: skip
        asked = questions()
        random.Random(1).shuffle(asked)

        async def at_once() -> None:
            return None

        connected: Callable[[], Awaitable[object]] = at_once
        if platform == "discord":
            server = await stack.enter_async_context(discord_server.Server())
            environment |= {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api}
            # Counts that differ: an estimate that is asked for again is kept, and would cost next to nothing.
            ask = discord(server, lambda n: ("estimate", {"task": "image", "count": n + 1, "place": "POL"}))
            connected = server.connected
        elif platform == "telegram":
            world = await stack.enter_async_context(telegram_server.Server(strict=False))
            environment |= {"TELEGRAM_TOKEN": telegram_server.TOKEN, "TELEGRAM_API_URL": world.url}
            ask = telegram(world, asked)
        else:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            ask = web(f"http://127.0.0.1:{port}", session, asked, pages=False)
        command = ("-c", BARE[platform]) if bare else ("-m", "bot", platform)
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=TESTS.parent, env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await first(ask, connected)
            start = time.perf_counter() - began
            for number in range(answers):  # once to read and paint what is kept from then on
                await ask(number)
            before = spent(process.pid)
            for number in range(answers):
                await ask(answers + number)
            cost = Cost(start, held(process.pid), (spent(process.pid) - before) / answers)
        finally:
            process.terminate()
            await process.wait()
        return cost


async def compared(answers: int, rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for platform in BARE:
        costs: dict[str, list[Cost]] = {"ours": [], "bare": []}
        for _ in range(rounds):
            for name in costs:
                costs[name].append(await measured(platform, name == "bare", answers))
        for name, runs in costs.items():
            answer = statistics.median(run.answer for run in runs)
            found[f"{platform}, {name}"] = {
                "start_s": round(statistics.median(run.start for run in runs), 2),
                "memory_mb": round(statistics.median(run.memory for run in runs) / 2**20),
                "answer_ms": round(answer * 1e3, 2),
                "answers_a_second_of_a_core": round(1 / answer),
                "dollars_a_million": round(answer * 1e6 / 3600 * CORE_HOUR, 3),
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found = asyncio.run(compared(given.answers, given.rounds))
    print(f"{'':16}{'start s':>9}{'MB':>6}{'ms':>8}{'a second':>10}{'$ a million':>13}")
    for name, row in found.items():
        start, memory, answer, rate, price = row.values()
        print(f"{name:16}{start:>9}{memory:>6}{answer:>8}{rate:>10}{price:>13}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
