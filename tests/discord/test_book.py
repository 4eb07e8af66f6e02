"""Every feature of the book on Discord, in both languages: by mention in a server, and in direct messages."""

from __future__ import annotations

from typing import Any

import pytest
from features import LANGUAGES, Seen, play, played_on

import discord
from tests.discord.conftest import Scene, flat, labels, texts


class OnDiscord:
    """Voices of three people in one server."""

    def __init__(self, scene: Scene, language: str) -> None:
        self.scene = scene
        locale = "fr" if language == "fr" else "en-GB"
        scene.env.backend.edit_guild(scene.guild.id, {"preferred_locale": "fr" if language == "fr" else "en-US"})
        role = scene.guild.create_role("chief", permissions=discord.Permissions(manage_guild=True))
        self.people = {"ana": scene.person("ana", locale), "bob": scene.person("bob", locale)}
        self.people["boss"] = scene.person("boss", locale, roles=[role])
        self.last: dict[tuple[str, str], Any] = {}

    async def say(self, who: str, where: str, words: str, file: bytes | None = None) -> Seen:
        person, scene = self.people[who], self.scene
        if where == "private":
            channel = scene.env.backend.get_dm_channel(person.id)
            files = scene.env.backend.store_attachments(channel.id, [("list.csv", file)]) if file else None
            await (person.send_dm(words, attachments=files) if files else person.send_dm(words))
            message = max((m for m in person.user.dm_channel.history() if m.author.id == scene.bot.user.id), key=_id)
        else:
            more: dict[str, Any] = {"attachments": [("list.csv", file)]} if file else {}
            await person.send(scene.channel, f"{scene.mention} {words}", **more)
            message = scene.last
        return await self._seen(who, where, message)

    async def tap(self, who: str, where: str, label: str) -> Seen:
        message = self.last[who, where]
        components = self._components(message)
        hand = self.people[who].user if where == "private" else self.people[who]
        found = [one for one in labels(components) if label in one]
        if found:
            done = await hand.click(message, label=found[0])
        else:
            menus = [c for c in flat(components) if c["type"] == 3]
            menu, option = next((m, o) for m in menus for o in m["options"] if label in o["label"])
            done = await hand.select(message, [option["value"]], custom_id=menu["custom_id"])
        return await self._seen(who, where, done.response)

    def _components(self, message: Any) -> Any:
        """As they stand now; what only one person sees is no message of the channel."""
        channel = getattr(message, "channel", None)
        return (
            message.components
            if channel is None
            else self.scene.env.backend.get_message(channel.id, message.id).components
        )

    async def _seen(self, who: str, where: str, message: Any) -> Seen:
        components = self._components(message)
        shown = [label for label in labels(components) if label in ("Show it to me", "Me la montrer")]
        if shown and where == "team":
            done = await self.people[who].click(message, label=shown[0])
            return await self._seen(who, where, done.response)
        self.last[who, where] = message
        attached = list(message.attachments)
        files = [await one.read() for one in attached if not one.filename.endswith(".png")]
        words = [texts(components), *(str(c.get("label", "")) for c in flat(components))]
        pictures = len(attached) - len(files)
        return Seen("\n".join(words), tuple(files), pictures)


def _id(message: Any) -> int:
    return int(message.id)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feature", played_on("discord"), ids=lambda f: f["feature"].replace(" ", "-")[:40])
async def test_a_feature_of_the_book(scene: Scene, feature: dict[str, Any], language: str) -> None:
    await play(feature, language, "discord", OnDiscord(scene, language))
    assert not scene.env.errors
