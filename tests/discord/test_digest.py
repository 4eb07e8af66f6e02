"""A team's weekly message on Discord: ordered by those who run the server, sent to that channel, once; quiet where
nothing was used, and paused after three such weeks.
"""

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


@pytest.mark.parametrize(
    ("language", "week", "quiet", "paused"),
    [
        ("en", "The last seven days", "Nothing was logged here in the last seven days", "the digest pauses"),
        ("fr", "Ces sept derniers jours", "Rien n'a été noté ici ces sept derniers jours", "s'interrompt"),
    ],
)
async def test_a_digest_goes_to_the_channel_it_was_ordered_in_once(
    made: Core, language: Language, week: str, quiet: str, paused: str
) -> None:
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
        rounds = Rounds(made, "discord", client._post)  # pyright: ignore[reportPrivateUsage]

        async def sent(due: Digest) -> list[str]:
            """What stands there anew after a few rounds."""
            before = {message.id for message in channel.history()}
            await made.ports.digests.put(due)
            for _ in range(3):
                await rounds.once()
            new = [message for message in channel.history() if message.id not in before]
            return [texts(env.backend.get_message(channel.id, message.id).components) for message in new]

        (first,) = await sent(replace(ordered, due=now + timedelta(milliseconds=1)))
        assert week in first
        await made.ports.ledger.undo(f"team:{team}", "discord:1")
        (second,) = await sent(replace(ordered, due=now))
        assert quiet in second
        (third,) = await sent(replace(ordered, due=now, quiet=2))
        assert paused in third
        assert await sent(replace(ordered, due=now, quiet=3)) == []
        assert not env.errors
