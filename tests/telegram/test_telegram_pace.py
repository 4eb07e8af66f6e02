"""How fast it speaks and when it tries again, by a watch of the test's own."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.platforms.telegram.limiter import GROUP_A_MINUTE, Window
from bot.platforms.telegram.link import Link


class Watch:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_a_group_is_told_twenty_things_a_minute_whenever_the_minute_begins() -> None:
    window = Window(GROUP_A_MINUTE, 60.0)
    turns = [window.turn(1000.0 + number) for number in range(GROUP_A_MINUTE)]
    assert turns == [1000.0 + number for number in range(GROUP_A_MINUTE)], "none of them waits"
    assert [window.turn(1030.0) for _ in range(3)] == [1060.0, 1061.0, 1062.0]


def test_thirty_a_second_over_all_chats_in_the_order_asked_for() -> None:
    window = Window(30, 1.0)
    turns = [window.turn(1000.0) for _ in range(90)]
    assert turns == sorted(turns)
    assert all(later - sooner >= 1.0 for sooner, later in zip(turns, turns[30:], strict=False))


def test_what_telegram_puts_off_waits_for_so_long() -> None:
    window = Window(1, 1.0)
    window.hold(1010.0)
    assert window.turn(1000.0) == 1010.0


def lost_for(link: Link, watch: Watch, seconds: int) -> None:
    """Many calls that fail, over so long."""
    for _ in range(seconds):
        for _ in range(100):
            link.lost("ClientConnectorError")
        watch.time += 1
    link.reached()


def test_a_network_that_is_gone_is_a_line_and_its_return_another(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch()
    link = Link(watch)
    with caplog.at_level(logging.INFO):
        lost_for(link, watch, 60)
        link.reached()
        assert [record.message for record in caplog.records] == [
            "telegram: not reached, tried until it is: ClientConnectorError",
            "telegram: reached again after 60 s",
        ]
        caplog.clear()
        for _ in range(20):  # one that comes and goes
            lost_for(link, watch, 1)
        assert len(caplog.records) == 2


async def test_all_that_wait_go_on_once_one_gets_through() -> None:
    link = Link()
    link.lost("TimedOut")
    waiting = [asyncio.create_task(link.pause(2.0)) for _ in range(50)]
    alone = asyncio.create_task(Link().pause(2.0))  # where nobody gets through
    await asyncio.sleep(0.01)
    link.reached()
    await asyncio.gather(*waiting)
    assert not alone.done(), "they did not wait for the end of their pause"
    await alone
