"""What a process that stays holds in memory does not hang on how many people have asked: counted, not timed."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

import bot.pace as pace
import bot.storage.memory as memory
from bot.platforms.web.application import build
from bot.settings import Settings
from bot.storage.engine import AT_ONCE
from bot.storage.errands import THREADS
from bot.storage.store import stored_ports
from handlers.context import Context
from tests.conftest import START

# Threads that each ask the C library for blocks of many sizes; then its own account of its pools.
POOLS = """
import ctypes, os, sys, threading
from bot import heap

settled = heap.settle() if sys.argv[1] == "settled" else None
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
library.fopen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
library.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
library.fclose.argtypes = [ctypes.c_void_p]
all_here = threading.Barrier(12)

def ask():
    for size in (100, 5_000, 100_000):
        library.malloc(size)
    all_here.wait()

threads = [threading.Thread(target=ask) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
file = library.fopen(sys.argv[2].encode(), b"w")
library.malloc_info(0, file)
library.fclose(file)
print(settled)
"""


def pools(folder: Path, how: str) -> tuple[str, int]:
    told = folder / "pools.xml"
    done = subprocess.run(
        [sys.executable, "-c", POOLS, how, str(told)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip(), told.read_text().count("<heap ")


@pytest.mark.skipif(sys.platform != "linux", reason="the habits of Linux's C library")
def test_threads_share_the_pools_of_the_c_library(tmp_path: Path) -> None:
    settled, many = pools(tmp_path, "settled")
    if settled != "True":
        pytest.skip("another C library")
    assert many <= 2
    assert pools(tmp_path, "as it comes")[1] > 2, "else there would be nothing to settle"


async def test_a_file_is_read_by_few_connections(tmp_path: Path) -> None:
    """Each is a thread and a memory of pages."""
    before = threading.active_count()
    async with stored_ports(f"sqlite:///{tmp_path / 'book.db'}") as ports:
        context = Context("estimate", START, "en")

        async def one(number: int) -> None:
            await ports.conversations.remember(f"test:{number}", "c", context)
            assert await ports.conversations.recall(f"test:{number}", "c") is not None

        await asyncio.gather(*(one(number) for number in range(200)))
        assert threading.active_count() - before <= AT_ONCE + THREADS


async def test_visitors_of_the_page_leave_nothing_behind(core: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each from an address of their own: of the last few alone buckets and turns are kept."""
    monkeypatch.setattr(pace, "MOST_KEPT", 20)
    monkeypatch.setattr(memory, "MOST_CONVERSATIONS", 20)
    settings = Settings(_env_file=None, smallprint_proxies=1, smallprint_questions_per_minute=60)
    # Not a TestClient: that one keeps every response itself.
    async with TestServer(build(core, settings)) as server, aiohttp.ClientSession(server.make_url("/")) as client:

        async def visits(first: int, last: int) -> int:
            for number in range(first, last):
                address = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"}
                async with client.get("/api/answer", params={"q": "20 images in Poland"}, headers=address) as response:
                    assert response.status == 200
                async with client.get("/en/facts", headers=address) as response:
                    assert response.status == 200
                    await response.read()
            gc.collect()
            return len(gc.get_objects())

        begun = await visits(0, 50)
        assert await visits(50, 250) - begun < 100
