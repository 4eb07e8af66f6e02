"""What goes wrong on the way: put off, thrown out, refused, broken, gone. A kind line or silence, and on it goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram_people import Somebody
from telegram_process import Process, environment, running
from telegram_server import TOKEN, Fault, Server
from telegram_world import Chat

from bot.platforms.telegram.bot import FETCH_PAUSES

pytestmark = pytest.mark.asyncio(loop_scope="session")
EN = "20 images with dall-e 3 in Poland"
FR = "20 images avec dall-e 3 en Pologne"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faulty() -> AsyncIterator[Server]:
    """A run of the bot that meets every fault of this file, and still answers at the end."""
    async with Server() as server, running(server):
        await server.until(lambda: ("description", "fr") in server.world.profile, 20, "menus")
        yield server
        assert "25 g CO2e" in (await Somebody(server, 77).asks(EN)).text


@pytest.fixture
def person(faulty: Server, request: pytest.FixtureRequest) -> Somebody:
    return Somebody(faulty, 10_000 + abs(hash(request.node.name)) % 1_000_000)


async def test_put_off_is_not_given_up(faulty: Server, person: Somebody) -> None:
    faulty.plan.append(
        Fault("sendMessage", code=429, said="Too Many Requests: retry after 1", retry_after=1, chat=person.person.id)
    )
    other = Somebody(faulty, person.person.id + 1)
    began = time.monotonic()
    person.says(EN)
    await other.asks(EN)
    assert time.monotonic() - began < 0.9, "another chat does not wait"
    await person.answer()
    assert 1.0 <= time.monotonic() - began < 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault("sendMessage", times=2, code=502),
        Fault("sendMessage", times=2, code=500, said="Internal Server Error"),
        Fault("sendMessage", times=1, cut=True),
        Fault("sendMessage", times=1, wait=2.0),
        Fault("getUpdates", times=2, code=502),
        Fault("getUpdates", times=1, cut=True),
        Fault("getUpdates", times=1, code=429, said="Too Many Requests: retry after 1", retry_after=1),
    ],
    ids=["502", "500", "cut", "slow", "fetch-502", "fetch-cut", "fetch-429"],
)
async def test_a_broken_server_is_tried_again(faulty: Server, person: Somebody, fault: Fault) -> None:
    faulty.plan.append(fault)
    person.says(EN)
    await person.answer(seconds=20)
    await person.asks("hello")
    assert [sent.text for sent in person.answers()].count(person.answers()[0].text) == 1


async def test_blocked_and_thrown_out_are_silence(faulty: Server, person: Somebody) -> None:
    person.private.blocked = True
    person.says(EN)
    group = faulty.world.chats[-77] = Chat(-77, "supergroup", blocked=True)
    person.says(f"/estimate@smallprint_bot {EN}", group)
    muted = faulty.world.chats[-78] = Chat(-78, "supergroup", mute=True)
    person.says(f"/estimate@smallprint_bot {EN}", muted)
    closed = faulty.world.chats[-79] = Chat(-79, "supergroup", forum=True, topics={5}, closed={5})
    person.says(f"/estimate@smallprint_bot {EN}", closed, topic=5)
    await Somebody(faulty, person.person.id + 1).asks(EN)
    await asyncio.sleep(0.3)
    assert not any(person.answers(chat) for chat in (group, muted, closed))
    person.private.blocked = False
    await person.asks(EN)


async def test_where_no_pictures_are_allowed_words_are_sent(faulty: Server, person: Somebody) -> None:
    group = faulty.world.chats[-80] = Chat(-80, "supergroup", photos=False)
    answer = await person.asks("/compare@smallprint_bot gpt-4o and mistral large", group)
    assert answer.kind == "text"
    assert "GPT-4o" in answer.text
    assert answer.buttons


async def test_a_group_that_moved_is_followed(faulty: Server, person: Somebody) -> None:
    new = faulty.world.chats[-100_82] = Chat(-100_82, "supergroup")
    old = faulty.world.chats[-82] = Chat(-82, "group", moved_to=-100_82)
    person.says(f"/estimate@smallprint_bot {EN}", old)
    assert "25 g CO2e" in (await person.answer(1, new)).text


async def test_a_message_that_is_gone_is_answered_anew(faulty: Server, person: Somebody) -> None:
    answer = await person.asks(EN)
    del faulty.world.sent[answer.chat, answer.id]
    faulty.world.sent[answer.chat, answer.id + 10**6] = answer
    person.taps(answer, "France")
    assert "France" in (await person.answer(2)).text


async def test_a_stale_tap_still_takes_effect(faulty: Server, person: Somebody) -> None:
    answer = await person.asks(EN)
    tap = person.taps(answer, "France")
    faulty.world.callbacks[tap] = True  # too old to be answered
    await faulty.until(lambda: answer.edits == 1, 10, "an edit")


async def test_what_is_no_update_is_passed_over(faulty: Server, person: Somebody) -> None:
    faulty.push_raw({"message": {"message_id": "no", "words": "a person's secret words"}})
    faulty.push_raw({"message": {}})
    faulty.push_raw({"callback_query": {"id": 1}})
    faulty.push_raw({"something_new": {"a": 1}})
    await person.asks(EN)
    assert len(person.answers()) == 1


class Gone:
    """What stands at the server's address while the network is gone: every try is counted, and cut off."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tries = asyncio.Semaphore(0)

    async def __aenter__(self) -> Gone:
        await self._server.close()
        self._listener = await asyncio.start_server(self._cut, "127.0.0.1", self._server.port, reuse_address=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        await self._listener.wait_closed()
        await self._server.open()

    def _cut(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tries.release()
        writer.transport.abort()

    async def tried(self, times: int, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            for _ in range(times):
                await self._tries.acquire()


def lines_of(process: Process) -> int:
    """Lines of the log but for those of the menus, which are set beside everything else whenever there is time."""
    return sum("telegram.menu" not in line for line in process.log.splitlines())


async def test_a_network_that_is_gone_until_pauses_grow_no_longer() -> None:
    """Gone for a minute is no different: by then each pause is as long as it ever gets."""
    async with Server() as server, running(server) as process:
        people = [Somebody(server, 1), Somebody(server, 2, "fr")]
        for person, words in zip(people, (EN, FR), strict=True):
            await person.asks(words)
        # Of one question the answer is on its way when it goes, the other is asked while it is away.
        server.plan.append(Fault("sendMessage", wait=0.5, cut=True))
        people[0].says("20 images with dall-e 3 in France")
        await asyncio.sleep(0.1)
        async with Gone(server) as gone:
            people[1].says("20 images avec dall-e 3 en France")
            await gone.tried(2 * len(FETCH_PAUSES), 60)
            before = lines_of(process)
            assert process.log.count("not reached") == 1
        assert "France" in (await people[0].answer(2)).text
        assert "France" in (await people[1].answer(2)).text
        assert process.log.count("reached again after") == 1
        assert lines_of(process) <= before + 1, "a line, not a flood"
        for person in people:
            assert len(person.answers()) == 2
        await server.close()
        assert await process.stop(seconds=15) == 0, "told to stop while it is away"
        await server.open()


async def test_a_server_that_is_not_there_yet() -> None:
    async with Server() as server:
        await server.close()
        early = await Process(environment(server), ("telegram",)).start()
        process = await Process(environment(server), ("telegram",)).start()
        await asyncio.gather(early.says("ClientConnectorError"), process.says("ClientConnectorError"))
        assert await early.stop(seconds=15) == 0, "told to stop before it ever began"
        await server.open()
        await process.ready()
        assert (await Somebody(server, 1).asks(EN)).text
        assert await process.stop() == 0
        assert process.log.count("not reached") == 1


async def test_without_its_database_it_still_answers() -> None:
    async with Server() as server:
        process = Process({**environment(server), "DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, ("telegram",))
        await (await process.start()).ready()
        assert "25 g CO2e" in (await Somebody(server, 1).asks(EN)).text
        assert await process.stop() == 0
        assert TOKEN not in process.log
