"""Half an hour of mixed load on one real process: Discord, Telegram and the page at half of what it can do.

    uv run python tests/benchmarks/soak.py --minutes 30

First it is asked as fast as it answers: once to fill what it keeps, once to learn how many answers it gives for a
second of processor time, which does not hang on what else the machine does. Then questions come at random moments, at
half of what one core could answer or at ``--rate``, whether or not earlier ones have been answered. What must hold: no
question without its answer, no fault in the log, the memory of the last third within five per cent of the second's,
and the slowest hundredth as quick at the end as in the middle.

A busy machine spoils this, and is told apart: how late the questions were put (that is us), and how long the process
was ready to run and was given no processor (that is the machine). Where either is much, nothing is shown either way.
Prints one line a minute, at the end a table and the whole as JSON. Exit code 0: it held; 1: it did not; 3: not shown.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from loads import TESTS, Ask, discord, discord_server, free_port, questions, telegram, telegram_server, web
from processes import children, spent

AT_ONCE = 16  # questions under way while it is found out what the process can do
FILLED, MEASURED = 60.0, 30.0  # seconds to fill what is kept, and to measure
PATIENCE = 30.0  # seconds after which a question counts as not answered
MEMORY, SLOWEST = 1.05, 1.5  # what the last third may be of the second
TIDIED = 0.25  # seconds between two looks for rubbish among what is new here
LATE, HELD_UP = 0.1, 0.15  # seconds for the latest hundredth of our questions; share of the time without a processor


@dataclass
class Third:
    """A part of the time: how long answers took, what was held, what went wrong, what spoils the measure."""

    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # seconds by which each question was put too late
    lasted: float = 0.0
    worked: float = 0.0  # seconds of processor time
    held_up: float = 0.0  # seconds in which the process's main thread could have run and was not let

    def told(self) -> dict[str, Any]:
        cut, late = statistics.quantiles(self.seconds, n=100), statistics.quantiles(self.late, n=100)
        return {
            "answers": len(self.seconds), "p50_ms": round(cut[49] * 1e3, 1), "p99_ms": round(cut[98] * 1e3, 1),
            "memory_mb": round(statistics.fmean(self.memory) / 2**20, 1), "wrong": len(self.wrong),
            "core": round(self.worked / self.lasted, 3), "held_up": round(self.held_up / self.lasted, 3),
            "late_p99_ms": round(late[98] * 1e3, 1),
        }  # fmt: skip


def resident(pid: int) -> int:
    """Bytes of memory that are the process's and of what it has started, in use now."""
    pages = (int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (pid, *children(pid)))
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def held_up(pid: int) -> float:
    """Seconds, since it began, that its main thread has stood in line for a processor."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e9


async def timed(ask: Ask, number: int, third: Third) -> None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            await ask(number)
        third.seconds.append(time.perf_counter() - began)
    except Exception as error:
        third.wrong.append(f"{time.strftime('%H:%M:%S')} question {number}: {type(error).__name__}: {error}"[:200])


async def asked_at_once(asks: list[Ask], seconds: float, numbers: itertools.count[int]) -> int:
    """How many answers came, when a question follows each answer, in the same mix as later."""
    third, end, chance = Third(), time.perf_counter() + seconds, random.Random(2)

    async def one() -> None:
        while time.perf_counter() < end:
            await timed(chance.choice(asks), next(numbers), third)

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    if third.wrong:
        raise SystemExit(f"not even for {seconds} s: {third.wrong[:3]}")
    return len(third.seconds)


async def capacity(asks: list[Ask], pid: int, filled: float) -> float:
    """Answers a second that one core could give."""
    numbers = itertools.count()
    await asked_at_once(asks, filled, numbers)
    before = spent(pid)
    answers = await asked_at_once(asks, MEASURED, numbers)
    return answers / (spent(pid) - before)


async def load(asks: list[Ask], rate: float, minutes: float, pid: int) -> list[Third]:
    """Questions at random moments, ``rate`` a second over all platforms."""
    thirds = [Third(), Third(), Third()]
    chance = random.Random(0)
    began = time.perf_counter()
    length, number, due, sampled, tidied, told = minutes * 60, 0, 0.0, 0.0, 0.0, 0
    under_way: set[asyncio.Task[None]] = set()
    # The world of the platforms keeps every message: looked through whole for rubbish, it stands still for seconds,
    # and what the bot has answered by then counts as slow, or as too late for Discord. Only what is young is looked at.
    gc.disable()
    was = (0.0, spent(pid), held_up(pid))
    while (now := time.perf_counter() - began) < length:
        third = thirds[min(int(3 * now / length), 2)]
        while due <= now:
            task = asyncio.create_task(timed(chance.choice(asks), number, third))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            third.late.append(time.perf_counter() - began - due)
            number += 1
            due += chance.expovariate(rate)
        if now - tidied > TIDIED:
            tidied = now
            gc.collect(0)
            gc.freeze()
        if now - sampled > 2:
            sampled = now
            third.memory.append(resident(pid))
            since, worked, waited = was
            was = (now, spent(pid), held_up(pid))
            third.lasted += now - since
            third.worked += was[1] - worked
            third.held_up += was[2] - waited
        if int(now // 60) > told:
            told = int(now // 60)
            print(f"{told} min: {number} asked, {resident(pid) / 2**20:.0f} MB, {len(under_way)} under way", flush=True)
        await asyncio.sleep(0.005)
    await asyncio.gather(*under_way)
    return thirds


async def until_ready(url: str, process: asyncio.subprocess.Process, session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, "the bot has ended"
            try:
                async with session.get(f"{url}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def soak(
    minutes: float, share: float, rate: float | None, filled: float, database: str | None, kept: Path | None
) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        log = stack.enter_context((kept or Path(folder, "log")).open("w+b"))
        on_discord = await stack.enter_async_context(discord_server.Server())
        on_telegram = await stack.enter_async_context(telegram_server.Server(strict=False))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        url = f"http://127.0.0.1:{(port := free_port())}"
        environment = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", folder), "PORT": str(port),
            "DATABASE_URL": database or f"sqlite:///{folder}/soak.sqlite3",
            "DISCORD_TOKEN": on_discord.token, "DISCORD_API_URL": on_discord.api,
            "TELEGRAM_TOKEN": telegram_server.TOKEN, "TELEGRAM_API_URL": on_telegram.url,
            # Not how it holds one person back is measured: all that comes to the page comes from one address.
            "TELEGRAM_MESSAGES_PER_SECOND": "0", "SMALLPRINT_PACE": "0", "SMALLPRINT_QUESTIONS_PER_MINUTE": "0",
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "all", cwd=TESTS.parent, env=environment, stdout=log, stderr=log
        )
        try:
            await until_ready(url, process, session)
            await on_discord.connected(0)
            asked = questions()
            random.Random(1).shuffle(asked)
            asks = [discord(on_discord), telegram(on_telegram, asked), web(url, session, asked)]
            able = await capacity(asks, process.pid, filled)
            rate = rate or able * share
            print(f"one core gives {able:.0f} answers a second; {rate:.0f} are asked, {minutes:g} minutes", flush=True)
            thirds = await load(asks, rate, minutes, process.pid)
        finally:
            process.terminate()
            code = await process.wait()
        log.seek(0)
        lines = log.read().decode("utf-8", "replace").splitlines()
    told = [third.told() for third in thirds]
    second, last = told[1:]
    faults = [line[:300] for line in lines if "Traceback" in line or '"level":"error"' in line.replace(" ", "")]
    result: dict[str, Any] = {
        "minutes": minutes, "a_core_gives": round(able, 1), "asked_a_second": round(rate, 1), "thirds": told,
        "exit": code, "wrong": sorted({wrong for third in thirds for wrong in third.wrong})[:5], "faults": faults[:5],
        "memory": round(last["memory_mb"] / second["memory_mb"], 3),
        "slowest": round(last["p99_ms"] / second["p99_ms"], 2),
        "quiet": all(t["late_p99_ms"] <= LATE * 1e3 and t["held_up"] <= HELD_UP for t in told),
    }  # fmt: skip
    result["held"] = (
        code == 0 and not faults and not any(third.wrong for third in thirds)
        and result["memory"] <= MEMORY and result["slowest"] <= SLOWEST
    )  # fmt: skip
    return result


def table(result: dict[str, Any]) -> list[str]:
    """As it stands in the README."""
    head = (
        "third", "answers", "not answered", "middle", "slowest hundredth", "memory", "of a core",
        "waited for a processor", "latest hundredth of our questions",
    )  # fmt: skip
    rows = [
        (
            name, f"{t['answers']:,}", str(t["wrong"]), f"{t['p50_ms']:.0f} ms", f"{t['p99_ms']:.0f} ms",
            f"{t['memory_mb']:.0f} MB", f"{t['core']:.0%}", f"{t['held_up']:.0%}", f"{t['late_p99_ms']:.0f} ms late",
        )
        for name, t in zip(("first", "second", "last"), result["thirds"], strict=True)
    ]  # fmt: skip
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.5, help="of what one core can answer")
    parser.add_argument("--rate", type=float, help="questions a second, instead of a share of what was measured")
    parser.add_argument("--fill", type=float, default=FILLED, help="seconds to fill what is kept, before measuring")
    parser.add_argument("--database", help="a DATABASE_URL; otherwise a new SQLite file")
    parser.add_argument("--log", type=Path, help="keep the process's log in this file")
    given = parser.parse_args()
    result = asyncio.run(soak(given.minutes, given.share, given.rate, given.fill, given.database, given.log))
    print("\n".join(table(result)))
    print(json.dumps(result, indent=1))
    if not result["quiet"]:
        print("the machine was too busy: slow answers are not shown to be the bot's, nor quick ones to be lasting")
    return 0 if result["held"] and result["quiet"] else 3 if not result["quiet"] else 1


if __name__ == "__main__":
    sys.exit(main())
