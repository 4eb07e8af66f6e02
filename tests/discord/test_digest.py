"""A team's weekly message on Discord: ordered by those who run the server, sent to that channel, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import simcord

from bot.core import Core
from bot.platforms.discord.client import build
from bot.rounds import Rounds
from handlers.ports import Digest
from handlers.request import Intent, Language, Request
from tests.discord.conftest import SETTINGS, texts


@pytest.mark.parametrize(("language", "said"), [("en", "The last seven days"), ("fr", "Ces sept derniers jours")])
async def test_a_digest_goes_to_the_channel_it_was_ordered_in_once(made: Core, language: Language, said: str) -> None:
    now = made.ports.clock.now()
    async with simcord.run(client := build(made, SETTINGS)) as env:
        guild = env.create_guild("G")
        channel = guild.create_text_channel("general")
        team, room = f"discord:{guild.id}", f"discord:{channel.id}"
        asked = Request("log 20 images with dall-e", "discord:1", room, now, language=language, team=team, admin=True)
        await made.answer(asked)
        await made.answer(replace(asked, text=""), Intent("digest", {"state": "on"}))
        ordered = await made.ports.digests.get(team)
        assert ordered is not None
        assert ordered.channel == room
        due: Digest = replace(ordered, due=now + timedelta(milliseconds=1))
        await made.ports.digests.put(due)
        rounds = Rounds(made, "discord", client._post)  # pyright: ignore[reportPrivateUsage]
        for _ in range(3):
            await rounds.once()
        sent = [env.backend.get_message(channel.id, message.id) for message in channel.history()]
        assert len(sent) == 1
        assert said in texts(sent[0].components)
        assert not env.errors
