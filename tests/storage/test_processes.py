"""Processes that die, and processes that share: what was acknowledged is kept once, whatever happens.

SMALLPRINT_KILLS=200 runs the full number of deaths; a plain run has a few.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.store import release, stored_ports
from handlers.ports import Digest
from tests.storage.worker import BOOK, NOW

WORKER = Path(__file__).with_name("worker.py")
KILLS = int(os.environ.get("SMALLPRINT_KILLS", "3"))


def worker(address: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), address, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


async def kept(address: str) -> list[int]:
    async with stored_ports(address) as ports:
        found = await ports.ledger.entries(BOOK, NOW, NOW + timedelta(days=1))
        return [int(entry.use.count or 0) for entry in found]


def killed(address: str, first: int, chance: random.Random) -> list[int]:
    """What a process acknowledged before it was killed at some moment of its work."""
    process = worker(address, "log", first, first + 5000)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline())]
    time.sleep(chance.uniform(0, 0.15))
    process.kill()
    rest = process.stdout.read()
    process.wait()
    return acknowledged + [int(number) for number in rest[: rest.rfind("\n") + 1].split()]


async def test_what_was_acknowledged_survives_any_death_on_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    address = f"sqlite:///{file}"
    await release(address)
    chance, acknowledged = random.Random(7), []
    for run in range(KILLS):
        acknowledged += killed(address, 10_000 * run + 1, chance)
    counts = Counter(await kept(address))
    assert set(acknowledged) <= set(counts)
    assert max(counts.values()) == 1
    # A line may be written whose acknowledgement the death swallowed: at most the eight in flight, each time.
    assert len(counts) - len(acknowledged) <= 8 * KILLS
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_what_was_acknowledged_survives_any_death_on_postgres(empty_postgres: str) -> None:
    await release(empty_postgres)
    chance = random.Random(8)
    acknowledged = [n for run in range(max(2, KILLS // 10)) for n in killed(empty_postgres, 10_000 * run + 1, chance)]
    counts = Counter(await kept(empty_postgres))
    assert set(acknowledged) <= set(counts)
    assert max(counts.values()) == 1


@pytest.mark.parametrize("count", [60])
async def test_two_processes_share_the_work_and_each_thing_happens_once(address: str, count: int) -> None:
    async with stored_ports(address) as ports:
        await ports.digests.put(Digest("discord:9", "chan", "fr", 0, 9, "Europe/Paris", NOW))
    both = [worker(address, "share", name, count) for name in ("a", "b")]
    said = [process.communicate(timeout=60)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    everything = Counter(line for lines in said for line in lines)
    assert set(everything.values()) == {1}
    kinds = Counter(line.split()[0] for line in everything)
    assert kinds["logged"] == kinds["claimed"] == count
    assert kinds["sent"] == count
    async with stored_ports(address) as ports:
        assert sorted(await kept(address)) == list(range(count))
        models = dict((await ports.preferences.get(BOOK)).models)
        assert models == {"text": f"a{count - 1}", "image": f"b{count - 1}"}
        last = await ports.conversations.recall("discord:1", "c")
        assert last is not None
        assert last.at == NOW + timedelta(seconds=2 * count - 1)
        score = await ports.scores.of("discord:1")
        assert (score.right, score.asked) == (count, 2 * count)
