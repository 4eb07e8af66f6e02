"""Plain language: mention, direct message, reply. And silence wherever nobody spoke to us."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import pytest
import simcord

import discord
from bot.core import Core
from bot.platforms.discord.client import build, intents
from tests.discord.conftest import LOCALES, SETTINGS, Fresh, Scene, texts


async def test_no_privileged_intent_is_needed(made: Core) -> None:
    assert {name for name, on in intents() if on} == {"guilds", "guild_messages", "dm_messages"}
    async with simcord.run(build(made, SETTINGS), approved_intents=discord.Intents.none()) as env:
        guild = env.create_guild("G")
        channel = guild.create_text_channel("general")
        ada = guild.add_member(env.create_user("ada"))
        await ada.send(channel, f"<@{env.bot.user.id}> 20 images")
        assert channel.last_message.author.id == env.bot.user.id


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("{me} 20 images with dall-e 3 in Poland", "Electricity"),
        ("{me} 20 images avec dall-e 3 en Pologne", "Électricité"),
        ("how much for 20 images in Poland? {me}", "Electricity"),
        ("{me}, quelle est l'empreinte de 20 images en Pologne ?", "Électricité"),
    ],
)
async def test_a_mention_is_answered_in_its_language(scene: Scene, said: str, wanted: str) -> None:
    asked = await scene.person().send(scene.channel, said.format(me=scene.mention))
    assert wanted in scene.said()
    assert scene.last.reference is not None
    assert scene.last.reference.message_id == asked.id


FIRST = {"en-US": "20 images in Poland", "fr": "20 images en Pologne, quelle empreinte ?"}
THEN = {"en-US": "and in France?", "fr": "et en France ?"}
MORE = {"en-US": "and 200 of them?", "fr": "et 200 ?"}


@LOCALES
async def test_a_conversation_goes_on(scene: Scene, locale: str) -> None:
    person = scene.person()
    await person.send(scene.channel, f"{scene.mention} {FIRST[locale]}")
    await person.send(scene.channel, f"{scene.mention} {THEN[locale]}")
    assert "20 images, France" in scene.said()
    await person.send(scene.channel, f"{scene.mention} {MORE[locale]}", reply_to=scene.last)
    assert "200 images" in scene.said()


@LOCALES
async def test_contexts_cross_neither_persons_nor_channels(scene: Scene, locale: str) -> None:
    ada = scene.person("ada")
    await ada.send(scene.channel, f"{scene.mention} {FIRST[locale]}")
    await scene.person("bob").send(scene.channel, f"{scene.mention} {THEN[locale]}")
    assert "20 images" not in scene.said()
    other = scene.guild.create_text_channel("elsewhere")
    await ada.send(other, f"{scene.mention} {THEN[locale]}")
    assert "20 images" not in scene.said(other.last_message)


async def test_a_direct_message_needs_no_mention(scene: Scene) -> None:
    for said, wanted in (
        ("20 images in Poland", "Electricity"),
        ("20 images en Pologne, quelle empreinte ?", "Électricité"),
    ):
        person = scene.person(f"p{wanted}")
        await person.send_dm(said)
        (answer,) = [m for m in _dm(scene, person) if m.author.id == scene.bot.user.id]
        assert wanted in texts(scene.env.backend.get_message(answer.channel.id, answer.id).components)


def _dm(scene: Scene, person: Any) -> list[discord.Message]:
    channel = person.user.dm_channel if hasattr(person.user, "dm_channel") else None
    assert channel is not None
    return list(channel.history())


@pytest.mark.parametrize(
    "said",
    [
        "20 images in Poland",
        "what is the carbon footprint of chatgpt?",
        "20 images en Pologne",
        "quelle est l'empreinte carbone de ChatGPT ?",
        "!estimate",
        "/estimate",
        "@everyone 20 images",
        "",
    ],
)
async def test_talk_among_others_is_left_alone(scene: Scene, said: str) -> None:
    await scene.person().send(scene.channel, said or "…")
    assert len(scene.channel.history()) == 1
    assert not scene.sent()


@LOCALES
async def test_a_reply_to_us_counts_as_spoken_to_us(scene: Scene, locale: str) -> None:
    person = scene.person()
    await person.send(scene.channel, f"{scene.mention} {FIRST[locale]}")
    said = {"en-US": "and in Norway?", "fr": "et en Norvège ?"}[locale]
    await person.send(scene.channel, said, reply_to=scene.last)
    assert len(scene.channel.history()) == 4
    assert {"en-US": "20 images, Norway", "fr": "20 images, Norvège"}[locale] in scene.said()


async def test_bots_and_webhooks_are_never_answered(scene: Scene) -> None:
    other = scene.env.create_user("robot", bot=True)
    member = scene.guild.add_member(other)
    await member.send(scene.channel, f"{scene.mention} 20 images")
    assert len(scene.channel.history()) == 1


@pytest.mark.parametrize(("locale", "said"), [("en-US", "I am"), ("fr", "Je suis")])
async def test_a_bare_mention_gets_an_example(scene: Scene, locale: str, said: str) -> None:
    """In the language of the server: a mention has none."""
    scene.env.backend.edit_guild(scene.guild.id, {"preferred_locale": locale})
    await scene.person().send(scene.channel, scene.mention)
    assert len(scene.channel.history()) == 2
    assert said in scene.said()
    assert len(scene.shown()) == 3  # things to try


@pytest.mark.parametrize(
    ("said", "label"), [("my settings please", "Show it to me"), ("mes réglages", "Me la montrer")]
)
async def test_what_is_private_is_shown_to_its_person_alone(scene: Scene, said: str, label: str) -> None:
    locale = "fr" if label.startswith("Me") else "en-US"
    ada, bob = scene.person("ada", locale), scene.person("bob", locale)
    await ada.send(scene.channel, f"{scene.mention} {said}")
    curtain = scene.last
    assert scene.shown() == [label]
    assert "ada" in scene.said()
    refused = await bob.click(curtain, label=label)
    assert refused.response.ephemeral
    shown = await ada.click(curtain, label=label)
    assert shown.response.ephemeral
    assert texts(shown.response.components) != texts(refused.response.components)


async def test_a_person_named_like_markup_stays_a_name(scene: Scene) -> None:
    ada = scene.person("**@everyone**")
    await ada.send(scene.channel, f"{scene.mention} my settings")
    assert "@everyone" not in scene.said()


async def test_where_we_may_not_write_we_do_not_try(scene: Scene) -> None:
    quiet = scene.guild.create_text_channel(
        "quiet", overwrites={scene.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    await scene.person().send(quiet, f"{scene.mention} 20 images")
    assert len(quiet.history()) == 1
    assert not scene.sent()


@pytest.mark.parametrize(
    "said", ["compare 10 images and one 8 second video", "compare 10 images et une vidéo de 8 secondes"]
)
async def test_without_leave_to_attach_there_is_no_picture(scene: Scene, said: str) -> None:
    plain = scene.guild.create_text_channel(
        "plain", overwrites={scene.bot.user: discord.PermissionOverwrite(attach_files=False)}
    )
    await scene.person().send(plain, f"{scene.mention} {said}")
    assert plain.last_message.author.id == scene.bot.user.id
    assert not plain.last_message.attachments


async def test_a_long_message_is_answered(scene: Scene) -> None:
    await scene.person().send(scene.channel, f"{scene.mention} {'x' * 1900}")
    assert len(scene.channel.history()) == 2


async def test_the_same_message_twice_is_answered_once(scene: Scene, fresh: Fresh) -> None:
    """As two processes hear it that share what is kept."""
    fresh.now = replace(fresh.now, lasting=True)
    person = scene.person()
    asked = await person.send(scene.channel, f"{scene.mention} 20 images")
    await scene.bot.conversation.message(asked, scene.bot.user)
    assert len(scene.channel.history()) == 2


async def test_people_leave_nothing_behind_in_the_client(scene: Scene) -> None:
    """However many write, type commands and press buttons, the library's own memory of them stays small."""
    state = scene.bot._connection
    for number in range(40):
        person = scene.person(f"p{number}")
        await (person.send_dm("20 images") if number % 2 else person.send(scene.channel, f"{scene.mention} 20 images"))
        card = (await person.slash(scene.channel, "estimate", task="image", count=20, place="POL")).response
        await person.click(card.message, label="France")
    gc.collect()
    assert len(state._users) < 10
    assert len(state._private_channels) <= 128, "the library's own bound"
    assert state._messages is None
    assert len(state._get_guild(scene.guild.id)._members) < 10
    store = state._view_store
    assert not store._views
    assert not store._synced_message_views
    assert not store._modals
    assert not scene.bot._under_way
