"""A process of its own that writes to a database and says on its output what was acknowledged. Run by the tests.

python worker.py ADDRESS log FIRST LAST      lines FIRST to LAST, eight at a time; prints each number once it is kept
python worker.py ADDRESS share NAME COUNT    messages, claims and turns that another process handles at the same time
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.storage.store import stored_ports
from handlers.context import Context
from handlers.ports import Entry, Ports, Settings
from knowledge.calculator.use import Use

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BOOK = "team:discord:9"
ONES = (1.0, 1.0, 1.0)


def line(number: int) -> Entry:
    return Entry(
        f"message{number}:0",
        BOOK,
        "discord:1",
        NOW,
        Use("image", count=number),
        ONES,
        ONES,
        ONES,
        "test 1",
        f"m{number}",
    )


def say(*words: object) -> None:
    # One write a line: a line that stands half in the pipe was not acknowledged.
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def log(ports: Ports, first: int, last: int) -> None:
    numbers = iter(range(first, last))

    async def one() -> None:
        for number in numbers:
            await ports.ledger.add([line(number)])
            say(number)

    await asyncio.gather(*(one() for _ in range(8)))


async def share(ports: Ports, name: str, count: int) -> None:
    tasks = {"a": "text", "b": "image"}
    for number in range(count):
        if await ports.ledger.add([line(number)]):
            say("logged", number)
        if await ports.once.claim(f"update:{number}", NOW + timedelta(days=1)):
            say("claimed", number)
        for digest in await ports.digests.due(NOW + timedelta(weeks=number), "discord"):
            if await ports.digests.claim(digest, digest.due + timedelta(weeks=1), 0):
                say("sent", digest.due.isoformat())
        await ports.preferences.change(BOOK, Settings(models=((tasks[name], f"{name}{number}"),)))
        at = NOW + timedelta(seconds=2 * number + (name == "b"))
        await ports.conversations.remember("discord:1", "c", Context("estimate", at, "en"))
        await ports.scores.add("discord:1", right=name == "a")


async def main() -> None:
    address, what, *rest = sys.argv[1:]
    async with stored_ports(address) as ports:
        if what == "log":
            await log(ports, int(rest[0]), int(rest[1]))
        else:
            await share(ports, rest[0], int(rest[1]))


if __name__ == "__main__":
    asyncio.run(main())
