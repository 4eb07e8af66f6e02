"""Everything in one process: the pages, Telegram and Discord beside one another, over real sockets."""

from __future__ import annotations

import pytest
from discord_people import words
from discord_server import Server as Discord
from telegram_people import Somebody
from telegram_server import Server as Telegram

from tests.operations.running import Process, environment, fetched, free_port, running

ASKED = "20 images with dall-e 3 in Poland"


@pytest.mark.parametrize("brought", [False, True], ids=["fetched", "webhook"])
async def test_all_in_one(brought: bool) -> None:
    async with Telegram() as telegram, Discord() as discord:
        port = free_port()
        channel = discord.channel(guild := discord.guild())
        given = environment(telegram, discord, webhook=port if brought else None, PORT=str(port))
        async with running(given, "all", says="telegram: ready") as process:
            await discord.connected()
            ada = discord.person("ada", guild)
            assert "25 g CO2e" in words(await ada.says(channel, f"{discord.mention} {ASKED}"))
            assert "CO2e" in words(await ada.slash(channel, "estimate", task="image", count=20))
            assert "25 g CO2e" in (await Somebody(telegram, 5).asks(ASKED)).text
            status, page = await fetched(f"http://127.0.0.1:{port}/en", params={"q": ASKED})
            assert status == 200
            assert "CO2e" in page
            for path in ("healthz", "readyz"):
                assert (await fetched(f"http://127.0.0.1:{port}/{path}"))[0] == 200
            status, figures = await fetched(f"http://127.0.0.1:{port}/metrics")
            for platform in ("web", "telegram", "discord"):
                assert f'intent="estimate",outcome="answer",platform="{platform}"' in figures
            for queue in ("telegram", "discord"):
                assert f'smallprint_queue{{queue="{queue}"}} 0.0' in figures
        process.discreet("dall-e", "Poland")


async def test_one_that_cannot_begin_ends_the_others() -> None:
    async with Telegram() as telegram, Discord() as discord:
        given = environment(telegram, discord, PORT=str(free_port()), DISCORD_TOKEN="wrong.token.of-nobody")
        process = await Process(given, "all").start()
        assert await process.ended() == 1
        assert "Discord refuses this DISCORD_TOKEN" in process.log
        assert "wrong.token" not in process.log
