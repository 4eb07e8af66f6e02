"""Two processes that fetch one bot's updates: which of them gives way, and what is said."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path

import pytest
from telegram.error import Conflict
from telegram_people import Somebody
from telegram_process import Process, environment, running
from telegram_server import Server

from bot.platforms.telegram.run import Rivals

REFUSED = Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")


class Watch:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


def refused(rivals: Rivals, watch: Watch, start: int, end: int) -> bool:
    """Refused every few seconds between two moments of its life; whether it has given way."""
    began = watch.time
    for second in range(start, end, 3):
        watch.time = began + second
        rivals.refused(REFUSED)
    watch.time = began
    return rivals.lost.is_set()


def test_who_came_later_gives_way_after_a_while(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    rivals = Rivals(watch)
    with caplog.at_level(logging.WARNING):
        assert not refused(rivals, watch, 1, 39)
        assert refused(rivals, watch, 39, 120)
    assert len(caplog.records) <= 3, "a line a minute, not one a refusal"
    assert "one of the two must stop" in caplog.records[0].message


def test_who_was_there_before_stays(watch: Watch) -> None:
    assert not refused(Rivals(watch), watch, 60, 1000)


def test_a_deployment_is_waited_out(watch: Watch) -> None:
    """The older process stops within its thirty seconds, and a third one comes much later."""
    rivals = Rivals(watch)
    assert not refused(rivals, watch, 1, 30)
    assert not refused(rivals, watch, 300, 1000)


@pytest.mark.skipif("SMALLPRINT_LONG" not in os.environ, reason="two minutes; set SMALLPRINT_LONG to run it")
async def test_two_real_processes_with_their_real_patience(tmp_path: Path) -> None:
    """The newer ends by itself with exit code 1, the older stays, and meanwhile whoever asks is answered."""
    async with Server() as server:
        database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'book.db'}"}
        ana = Somebody(server, 1)
        async with running(server, **database) as older:
            await ana.asks("20 images in Poland")
            await asyncio.sleep(16)  # older than what counts as the beginning
            began = time.monotonic()
            newer = await (await Process(environment(server, **database), ("telegram",)).start()).ready()
            for count in range(8):
                wanted = f"{count + 2} images, France"
                ana.says(f"{count + 2} images in France")
                await server.until(lambda wanted=wanted: any(wanted in a.text for a in ana.answers()), 30, wanted)
                await asyncio.sleep(2)
            assert await newer.ended(150) == 1
            assert time.monotonic() - began > 39, "a deployment is waited out"
            assert "one of the two must stop" in newer.log
            assert "one of the two must stop" in older.log
            assert older.log.count("must stop") <= 2, "a line a minute"
            ana.says("11 images in Spain")
            await server.until(
                lambda: any("11 images, Spain" in a.text for a in ana.answers()), 30, "the older's answer"
            )
            said = [answer.text for answer in ana.answers() if "images," in answer.text]
            assert len(set(said)) == 10, "nothing lost"
            assert len(said) <= 13, "what both have fetched is said twice, and that is seldom"
