"""Many at once, things that come twice, an end in the middle, a webhook: in order within a chat, once, nothing lost."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
from telegram_people import Somebody
from telegram_process import Process, environment, free_port, running
from telegram_server import TOKEN, Server

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHATS, EACH = 200, 5
FEWER = 60  # chats, where updates are brought
_COUNT = re.compile(r"^(\d+) images")


def asked(number: int) -> str:
    """A question whose answer names its number, and no picture goes with it."""
    return f"{number} images with dall-e 3 in Poland"


def flood(server: Server, chats: int = CHATS) -> list[Somebody]:
    """A thousand questions from two hundred chats, interleaved."""
    people = [Somebody(server, 1_000_001 + i) for i in range(chats)]
    for turn in range(EACH):
        for person in people:
            person.says(asked(2 + turn))
    return people


def numbers(person: Somebody) -> list[int]:
    return [int(found[1]) for sent in person.answers() if (found := _COUNT.match(sent.text))]


async def test_a_thousand_updates_once_each_and_in_order(server: Server) -> None:
    before = len(server.world.order)
    people = flood(server)
    await server.until(lambda: len(server.world.order) - before >= CHATS * EACH, 60, "a thousand answers")
    await asyncio.sleep(0.3)
    assert [numbers(person) for person in people] == [[2, 3, 4, 5, 6]] * CHATS


async def test_stopped_in_the_middle_nothing_is_lost_or_said_twice() -> None:
    async with Server() as server:
        async with running(server):
            people = flood(server)
            await server.until(lambda: len(server.world.order) >= 300, 60, "some answers")
        first = len(server.world.order)
        assert first < CHATS * EACH, "it was not in the middle"
        async with running(server):
            await server.until(lambda: len(server.world.order) >= CHATS * EACH, 60, "the rest")
            await asyncio.sleep(0.3)
        assert [numbers(person) for person in people] == [[2, 3, 4, 5, 6]] * CHATS


async def test_killed_in_the_middle_nothing_is_lost_and_nothing_acknowledged_is_said_again(tmp_path: Path) -> None:
    async with Server() as server:
        more = {"DATABASE_URL": f"sqlite:///{tmp_path / 'book.db'}"}
        process = await (await Process(environment(server, **more), ("telegram",)).start()).ready()
        people = flood(server)
        await server.until(lambda: len(server.world.order) >= 400, 60, "some answers")
        await process.stop(signal.SIGKILL)
        confirmed, before = server.confirmed, len(server.world.order)
        assert before < CHATS * EACH, "it was not in the middle"
        async with running(server, **more):
            await server.until(lambda: all(len(set(numbers(p))) == EACH for p in people), 60, "the rest")
        assert server.confirmed >= CHATS * EACH
        for place, person in enumerate(people):
            said = numbers(person)
            assert list(dict.fromkeys(said)) == [2, 3, 4, 5, 6], "in order, none lost"
            acknowledged = [2 + turn for turn in range(EACH) if turn * CHATS + place + 1 <= confirmed]
            assert all(said.count(number) == 1 for number in acknowledged)
        # What was sent and not yet noted when the end came; Telegram cannot take a message back.
        assert len(server.world.order) - CHATS * EACH <= 128


async def test_an_end_is_quiet_however_often_it_is_asked_for() -> None:
    async def ended(number: int) -> None:
        async with Server() as server:
            process = await (await Process(environment(server), ("telegram",)).start()).ready()
            assert process.process is not None
            process.process.send_signal(number)
            process.process.send_signal(number)
            assert await process.stop(number, seconds=10) == 0
            assert "Traceback" not in process.log

    await asyncio.gather(ended(signal.SIGTERM), ended(signal.SIGINT))


async def test_one_chats_flood_delays_no_other() -> None:
    async with Server() as server:
        process = Process(environment(server, TELEGRAM_MESSAGES_PER_SECOND="30"), ("telegram",))
        await (await process.start()).ready()
        noisy, calm = Somebody(server, 1), Somebody(server, 2)
        await noisy.asks("hello")
        for number in range(150):
            noisy.says(asked(2 + number))
        await server.until(lambda: len(noisy.answers()) >= 3, 10, "the flood to begin")
        began = time.monotonic()
        await calm.asks(asked(7))
        assert time.monotonic() - began < 1.0
        sent = [answer.at for answer in noisy.answers()]
        assert all(later - sooner > 0.9 for sooner, later in pairwise(sent)), "one a second"
        assert not server.world.faults
        await process.stop(signal.SIGKILL)  # a quiet end would wait for some of the flood


async def test_what_arrives_twice_is_answered_once(server: Server, people: Callable[..., Somebody]) -> None:
    person = people(server)
    person.says(asked(3))
    await person.answer()
    again = {"update_id": server.updates, "message": person.message(asked(3))}
    server.pending.append(again)
    server._arrived.set()
    await person.asks(asked(4))
    assert numbers(person) == [3, 4]


class TestWebhook:
    async def test_updates_come_in_with_the_secret_alone(self) -> None:
        port = free_port()
        address = f"http://127.0.0.1:{port}/hook/telegram"
        more = {"TELEGRAM_WEBHOOK_URL": address, "TELEGRAM_WEBHOOK_SECRET": "s3cret-Word_", "PORT": str(port)}
        async with Server() as server, running(server, **more):
            assert server.webhook["url"] == address
            assert server.webhook["secret_token"] == "s3cret-Word_"
            assert "guest_message" in server.webhook["allowed_updates"]
            people = flood(server, FEWER)
            await server.until(lambda: len(server.world.order) >= FEWER * EACH, 60, "a thousand answers")
            person = Somebody(server, 9)
            forged = {"update_id": 10**6, "message": person.message(asked(5))}
            async with aiohttp.ClientSession() as session:
                for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
                    async with session.post(address, json=forged, headers=headers) as response:
                        assert response.status == 403
                # What is no update is not taken for one, and does no harm.
                right = {"X-Telegram-Bot-Api-Secret-Token": "s3cret-Word_"}
                broken = {"update_id": 10**6 + 1, "message": {"private": "words of a person"}}
                async with session.post(address, json=broken, headers=right) as response:
                    assert response.status == 200
            assert len(await asyncio.gather(*(one.asks(asked(9)) for one in people[:5]))) == 5
            assert not person.answers()
            assert all(sorted(numbers(one))[:5] == [2, 3, 4, 5, 6] for one in people)

    async def test_two_processes_answer_the_same_update_once(self, tmp_path: Path) -> None:
        ports = [free_port(), free_port()]
        addresses = [f"http://127.0.0.1:{port}/hook" for port in ports]
        more = {"DATABASE_URL": f"sqlite:///{tmp_path / 'book.db'}", "TELEGRAM_WEBHOOK_SECRET": "s"}
        secret = {"X-Telegram-Bot-Api-Secret-Token": "s"}
        async with Server() as server, AsyncExitStack() as stack:
            runs = (
                running(server, TELEGRAM_WEBHOOK_URL=address, PORT=str(port), **more)
                for port, address in zip(ports, addresses, strict=True)
            )
            await asyncio.gather(*map(stack.enter_async_context, runs))
            people = [Somebody(server, 1 + i) for i in range(40)]
            session = await stack.enter_async_context(aiohttp.ClientSession())

            async def brought(number: int, person: Somebody) -> list[int]:
                """One update to both at once, and again to whoever did not take it."""
                update = {"update_id": 1 + number, "message": person.message(asked(2 + number))}

                async def post(address: str) -> int:
                    async with session.post(address, json=update, headers=secret) as response:
                        return response.status

                codes = list(await asyncio.gather(*map(post, addresses)))
                assert 200 in codes
                return [await post(address) for address in addresses]

            codes = await asyncio.gather(*(brought(number, person) for number, person in enumerate(people)))
            assert codes == [[200, 200]] * len(people), "done is done, for both"
            assert [numbers(person) for person in people] == [[2 + i] for i in range(len(people))]

    async def test_what_one_died_over_another_takes_on(self, tmp_path: Path) -> None:
        """Two processes over one database; Telegram is moved from the one that is killed to the other."""
        first, second = free_port(), free_port()
        file = tmp_path / "book.db"
        more = {"DATABASE_URL": f"sqlite:///{file}", "TELEGRAM_WEBHOOK_SECRET": "s"}

        def begun() -> int:
            """How many updates somebody is at, or died over."""
            with sqlite3.connect(file) as connection:
                held = connection.execute("SELECT count(*) FROM claims WHERE holder <> ''").fetchone()[0]
            connection.close()
            return held

        async with Server() as server:
            dies = Process(environment(server, PORT=str(first), TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{first}/x",
                                       **more), ("telegram",))  # fmt: skip
            await (await dies.start()).ready()
            people = flood(server, FEWER)
            await server.until(lambda: len(server.world.order) >= 60, 60, "some answers")
            await dies.stop(signal.SIGKILL)
            left = begun()
            assert left, "it did not die in the middle of anything"
            address = f"http://127.0.0.1:{second}/x"
            async with running(server, PORT=str(second), TELEGRAM_WEBHOOK_URL=address, **more):
                # All but what the dead one had begun, which is held until its time is over.
                await server.until(lambda: len(server.world.order) >= FEWER * EACH - left, 60, "the rest")
                await server.until(lambda: server.refused, 10, "a refusal of what is held")
                with sqlite3.connect(file) as connection:  # its minute passes
                    connection.execute("UPDATE claims SET until='2020-01-01 00:00:00.000000' WHERE holder <> ''")
                connection.close()
                await server.until(lambda: all(len(set(numbers(p))) == EACH for p in people), 60, "what it died over")
                await server.until(lambda: not server.pending and not server.carried, 10, "every receipt")
            answers = [numbers(person) for person in people]
            assert all(sorted(set(said)) == [2, 3, 4, 5, 6] for said in answers), "none is lost"
            # What was sent and not yet noted when the end came; Telegram cannot take a message back.
            assert sum(map(len, answers)) - FEWER * EACH <= left
            assert begun() == 0

    async def test_a_stop_in_the_middle_loses_nothing_and_there_is_a_secret_even_if_none_is_set(self) -> None:
        port = free_port()
        more = {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/x", "PORT": str(port)}
        async with Server() as server:
            async with running(server, **more):
                assert len(server.webhook["secret_token"]) == 64
                people = flood(server, FEWER)
                await server.until(lambda: len(server.world.order) >= 60, 60, "some answers")
            async with running(server, **more):
                await server.until(lambda: len(server.world.order) >= FEWER * EACH, 60, "the rest")
                await asyncio.sleep(0.3)
            assert [sorted(numbers(person)) for person in people] == [[2, 3, 4, 5, 6]] * FEWER


async def test_all_platforms_share_a_process() -> None:
    async with Server() as server, running(server, "all"):
        assert (await Somebody(server, 1).asks(asked(3))).text


async def test_the_release_step_sets_only_what_changed() -> None:
    async with Server() as server:
        for expected in (12, 0):
            before = len(server.calls)
            process = await Process(environment(server), ("release",)).start()
            assert await process.ended() == 0, process.log
            made = [call.method for call in server.calls[before:] if call.method.startswith("set")]
            assert len(made) == expected, made
            assert TOKEN not in process.log
        assert not server.world.faults


async def test_without_a_token_it_says_so() -> None:
    async with Server() as server:
        process = await Process({**environment(server), "TELEGRAM_TOKEN": ""}, ("telegram",)).start()
        assert await process.ended() == 2
        assert "TELEGRAM_TOKEN is not set" in process.log
        process = await Process({**environment(server), "TELEGRAM_TOKEN": "1:wrong"}, ("telegram",)).start()
        assert await process.ended() == 1
        assert "refuses this TELEGRAM_TOKEN" in process.log
        assert "1:wrong" not in process.log
