"""Two web processes behind a balancer and two processes of Discord shards, over one PostgreSQL: what one of them was
told the others know, what must happen once happens once, and one that goes is not missed.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import aiohttp
from discord_people import words
from discord_server import Server as Discord
from telegram_people import Somebody
from telegram_server import Server as Telegram

from bot.storage.store import stored_ports
from handlers.ports import Digest
from tests.operations.balancer import balanced
from tests.operations.running import KEY, Process, environment, fetched, free_port, running

ASKED = "20 images with dall-e 3 in Poland"
SHARDS = 2


async def test_two_and_two_over_one_database(empty_postgres: str) -> None:
    front, ports = free_port(), [free_port(), free_port()]
    async with Telegram() as telegram, Discord(shards=SHARDS) as discord, AsyncExitStack() as stack:
        guilds = [discord.guild(f"Team {shard}", shard=shard) for shard in range(SHARDS)]
        channels = [discord.channel(guild) for guild in guilds]

        def given(**more: str) -> dict[str, str]:
            return environment(telegram, discord, webhook=front, DATABASE_URL=empty_postgres, **more)

        release = await Process(given(), "release").start()
        assert await release.ended() == 0, release.log
        # A digest that is overdue when everybody starts: each process looks, one sends.
        async with stored_ports(empty_postgres, secret=KEY) as kept:
            due = datetime.now(UTC) - timedelta(minutes=5)
            team, channel = f"discord:{guilds[0].id}", f"discord:{channels[0].id}"
            await kept.digests.put(Digest(team, channel, "en", due.weekday(), due.hour, "Europe/Paris", due))
        balancer = await stack.enter_async_context(balanced(front, ports))
        await asyncio.gather(
            *(
                stack.enter_async_context(running(given(PORT=str(port)), "web", says="telegram: ready"))
                for port in ports
            ),
            *(
                stack.enter_async_context(
                    running(
                        given(DISCORD_SHARD_IDS=str(shard), DISCORD_SHARD_COUNT=str(SHARDS)),
                        "discord",
                        says="discord: ready",
                    )
                )
                for shard in range(SHARDS)
            ),
        )
        assert sorted(discord.gateway.identified) == [(0, 2), (1, 2)]
        assert len(discord.made("PUT", "/applications/*/commands")) == 1, "the release did it, nobody does it again"
        await discord.until(lambda: discord.messages(channels[0]), why="the digest")

        # Context: turn by turn another process answers, and each knows what was said before.
        ana = Somebody(telegram, 5)
        assert "25 g CO2e" in (await ana.asks(ASKED)).text
        for place in ("France", "Sweden", "India", "Germany"):
            assert place in (await ana.asks(f"and in {place}?")).text
        assert all(balancer.served[port] > 0 for port in ports)

        # Settings: said to one, known to all.
        await ana.asks("/settings language: fr")
        answers = [await ana.asks(ASKED.replace("20", str(20 + number))) for number in range(4)]
        assert all("Pologne" in answer.text for answer in answers)

        # What comes twice, to two processes at once, is answered once.
        before = len(ana.answers())
        update = {"update_id": telegram.updates + 1, "message": ana.message("3 images with dall-e 3")}
        telegram.updates += 5
        secret = {"X-Telegram-Bot-Api-Secret-Token": telegram.webhook["secret_token"]}
        async with aiohttp.ClientSession() as session:
            statuses = await asyncio.gather(
                *(session.post(f"http://127.0.0.1:{port}/hook", json=update, headers=secret) for port in ports * 3)
            )
        assert {200} <= {response.status for response in statuses} <= {200, 503}, "taken, or: another has it under way"
        await ana.asks("bonjour")
        assert len(ana.answers()) == before + 2

        # The shards answer for their servers, and a third process that overlaps with the first says nothing twice.
        people = [discord.person("ada", guild) for guild in guilds]
        for person, channel in zip(people, channels, strict=True):
            assert "25 g CO2e" in words(await person.says(channel, f"{discord.mention} {ASKED}"))
        async with running(given(DISCORD_SHARD_IDS="0", DISCORD_SHARD_COUNT="2"), "discord", says="discord: ready"):
            before = len(discord.messages(channels[0]))
            await asyncio.gather(
                *(people[0].says(channels[0], f"{discord.mention} {number + 2} images") for number in range(5))
            )
            await asyncio.sleep(0.5)
            assert len(discord.messages(channels[0])) == before + 5 + 5
        # The digest stands there once, before anything that was asked.
        said = [words(message) for message in discord.messages(channels[0])]
        assert "seven days" in said[0] or "week" in said[0], said[0]
        assert said.count(said[0]) == 1

        # Pages: any process serves them, and each says how it is.
        for port in (front, *ports):
            assert (await fetched(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        assert "CO2e" in (await fetched(f"http://127.0.0.1:{front}/en", params={"q": ASKED}))[1]
        # From outside nobody reads the figures, from the neighbourhood everybody.
        assert (await fetched(f"http://127.0.0.1:{front}/metrics"))[0] == 401
        assert (await fetched(f"http://127.0.0.1:{ports[0]}/metrics"))[0] == 200


async def test_one_that_is_killed_is_not_missed(empty_postgres: str) -> None:
    front, ports = free_port(), [free_port(), free_port()]
    async with Telegram() as telegram, balanced(front, ports):
        given = environment(telegram, webhook=front, DATABASE_URL=empty_postgres)
        release = await Process(given, "release").start()
        assert await release.ended() == 0, release.log
        processes = [await Process({**given, "PORT": str(port)}, "web").start() for port in ports]
        for process in processes:
            await process.says("telegram: ready")
        people = [Somebody(telegram, 100 + number) for number in range(12)]
        for person in people:
            for number in range(3):
                person.says(f"{number + 2} images with dall-e 3")
        await telegram.until(lambda: len(telegram.world.order) >= 6, 30, "the first answers")
        assert processes[0].process is not None
        processes[0].process.kill()
        # Of what the killed one had under way an answer may be missing in each chat: it had claimed it. Nothing comes
        # twice, and what it had not begun is brought to the other.
        await telegram.until(lambda: not telegram.pending, 30, "everything to be taken")
        seen = -1
        while seen != len(telegram.world.order):
            seen = len(telegram.world.order)
            await asyncio.sleep(1.5)
        missing = [3 - len(person.answers()) for person in people]
        assert all(0 <= count <= 1 for count in missing), missing
        assert "CO2e" in (await people[0].asks("20 images")).text
        assert await processes[1].stop() == 0


async def test_one_persons_flood_is_slowed_by_all_processes_together(empty_postgres: str) -> None:
    front, ports = free_port(), [free_port(), free_port()]
    async with Telegram() as telegram, balanced(front, ports), AsyncExitStack() as stack:
        given = environment(telegram, webhook=front, DATABASE_URL=empty_postgres, SMALLPRINT_PACE="1")
        release = await Process(given, "release").start()
        assert await release.ended() == 0, release.log
        for port in ports:
            await stack.enter_async_context(running({**given, "PORT": str(port)}, "web", says="telegram: ready"))
        noisy, calm = Somebody(telegram, 1), Somebody(telegram, 2)
        for _ in range(150):
            noisy.says("20 images")
        await telegram.until(lambda: len(noisy.answers()) >= 150, 60, "150 answers")
        refused = sum("CO2e" not in answer.text for answer in noisy.answers())
        # A minute's worth may come at once, 60; one a second runs off; six a process are on credit.
        assert 20 <= refused <= 95, refused
        assert "CO2e" in (await calm.asks("20 images")).text
