"""Where people meet us: threads, webhooks, forms and menus of another time, and cards that may or may not be shared."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.backend.models import Overwrite

import discord
from handlers.answer import Answer, Posting, Span
from tests.discord.conftest import LOCALES, SHARE, Scene, flat, labels, texts

OLD = {"en-US": "older version", "fr": "ancienne version"}


async def card_of(scene: Scene, locale: str) -> tuple[Any, Any]:
    person = scene.person("ada", locale)
    done = await person.slash(scene.channel, "estimate", task="image", count=20, place="POL")
    return person, done.response


async def thread_in(scene: Scene, channel: Any, person: Any) -> Any:
    made = scene.env.backend.create_thread(channel.id, "about pictures", person.id)
    await scene.env.settle()
    return next(thread for thread in channel.threads if thread.id == made.id)


@LOCALES
async def test_in_a_thread_it_answers_where_it_is_asked(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    thread = await thread_in(scene, scene.channel, person)
    asked = {"en-US": "20 images in Poland", "fr": "20 images en Pologne, quelle empreinte ?"}[locale]
    await person.send(thread, f"{scene.mention} {asked}")
    assert len(thread.history()) == 2
    assert {"en-US": "Electricity", "fr": "Électricité"}[locale] in scene.said(thread.last_message)
    assert scene.bot.user.id not in {message.author.id for message in scene.channel.history()}
    done = await person.slash(thread, "estimate", task="image", count=20)
    assert done.response.channel_id == thread.id


async def test_where_threads_are_shut_to_us_we_are_silent(scene: Scene) -> None:
    channel = scene.guild.create_text_channel(
        "quiet", overwrites={scene.bot.user: discord.PermissionOverwrite(send_messages_in_threads=False)}
    )
    person = scene.person()
    thread = await thread_in(scene, channel, person)
    await person.send(thread, f"{scene.mention} 20 images")
    assert len(thread.history()) == 1
    assert not scene.sent()


async def test_a_webhook_is_never_answered(scene: Scene) -> None:
    backend = scene.env.backend
    webhook = backend.create_webhook(scene.channel.id, "news", creator_id=scene.person().id)
    backend.create_message(
        scene.channel.id, webhook.webhook_user_id, f"{scene.mention} 20 images", webhook_id=webhook.id
    )
    await scene.env.settle()
    assert len(scene.channel.history()) == 1
    assert not scene.sent()


@LOCALES
async def test_a_form_of_another_version_says_so(scene: Scene, locale: str) -> None:
    person, card = await card_of(scene, locale)
    form = await person.click(card.message, label={"en-US": "Change …", "fr": "Modifier …"}[locale])
    assert form.modal is not None
    record = scene.env.backend.interactions[max(scene.env.backend.interactions)]
    record.modal["custom_id"] = "s0" + record.modal["custom_id"][2:]
    done = await person.submit_modal(form, {"count": "7"})
    assert OLD[locale] in texts(done.response.components)
    assert done.response.ephemeral


@LOCALES
async def test_a_menu_of_another_version_says_so(scene: Scene, locale: str) -> None:
    person, card = await card_of(scene, locale)
    stored = scene.env.backend.get_message(card.channel_id, card.id)
    (menu,) = [c for c in flat(stored.components) if c["type"] == 3]
    menu["options"][0]["value"] = "s0ae:1l"
    done = await person.select(card.message, ["s0ae:1l"], custom_id=menu["custom_id"])
    assert OLD[locale] in texts(done.response.components)
    assert done.response.ephemeral


@LOCALES
async def test_a_button_that_holds_nonsense_breaks_nothing(scene: Scene, locale: str) -> None:
    """Buttons are not signed: whoever makes up what one carries gets a kind line or an answer, and never a fault."""
    person, card = await card_of(scene, locale)
    stored = scene.env.backend.get_message(card.channel_id, card.id)
    node = next(c for c in flat(stored.components) if str(c.get("custom_id", "")).startswith("s1i"))
    for made_up in ("s1ie:1e~uzz,,nan", "s1ie:1e~ui,,-5", "s1ie:1e~ui,,1e999", "s1ie:1f~fno-such-fact", "s1me:1g",
                    "s1ge:", "s1oe:", "s1he:1v~aerase-now", "s1le:", "s1if\x00:1h", "s1ie0:1h"):  # fmt: skip
        node["custom_id"] = made_up
        done = await person.click(card.message, custom_id=made_up)
        said = texts(done.response.components) if done.response is not None else "a form"
        assert said
        assert "Reference" not in said, made_up
        assert "Référence" not in said, made_up
    assert not scene.env.errors


@LOCALES
async def test_where_nobody_may_write_nothing_is_shared(scene: Scene, locale: str) -> None:
    """The card stays with who asked, and they are told why."""
    _, card = await card_of(scene, locale)
    other = scene.person("bob", locale)
    mine = (await other.click(card.message, label="France")).response
    backend = scene.env.backend
    shut = discord.PermissionOverwrite(send_messages=False)
    allow, deny = shut.pair()
    backend.set_overwrite(scene.channel.id, Overwrite(scene.bot.user.id, 1, allow.value, deny.value))
    before = len(scene.channel.history())
    refused = (await other.click(mine.message, label=SHARE[locale])).response
    assert refused.ephemeral
    assert {"en-US": "may not write", "fr": "écrire"}[locale] in texts(refused.components)
    assert len(scene.channel.history()) == before


@LOCALES
async def test_what_is_private_is_told_and_never_offered_for_sharing(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    for name in ("settings", "privacy", "export", "named"):
        given = {"state": "on"} if name == "named" else {}
        done = (await person.slash(scene.channel, name, **given)).response
        assert done.ephemeral, name
        assert SHARE[locale] not in labels(done.components), name


@LOCALES
async def test_private_answers_by_choice_can_be_shared(scene: Scene, locale: str) -> None:
    """Who wants answers for their own eyes gets them so, with a button that shows one to all."""
    person = scene.person("ada", locale)
    await person.slash(scene.channel, "settings", answers="private")
    mine = (await person.slash(scene.channel, "estimate", task="image", count=20)).response
    assert mine.ephemeral
    shared = (await person.click(mine.message, label=SHARE[locale])).response
    assert not shared.ephemeral
    assert "20 images" in texts(shared.components)


@pytest.mark.parametrize(("server", "wanted"), [("en-US", "Electricity"), ("fr", "Électricité")])
async def test_what_is_shared_is_in_the_servers_language(scene: Scene, server: str, wanted: str) -> None:
    scene.env.backend.edit_guild(scene.guild.id, {"preferred_locale": server})
    _, card = await card_of(scene, "fr" if server == "en-US" else "en-US")
    other = scene.person("bob", "fr" if server == "en-US" else "en-US")
    mine = (await other.click(card.message, label="France")).response
    assert wanted not in texts(mine.components)
    shared = (await other.click(mine.message, label=SHARE["fr" if server == "en-US" else "en-US"])).response
    assert wanted in texts(shared.components)


async def test_a_digest_is_not_tried_again_where_it_is_refused(scene: Scene) -> None:
    scene.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    posting = Posting(f"discord:{scene.guild.id}", f"discord:{scene.channel.id}", Answer("report", "en", (Span("x"),)))
    for _ in range(3):
        await scene.bot._post(posting)
    assert len(scene.sent()) == 1
    assert scene.bot.conversation.silences.hold(scene.channel.id, scene.core.ports.clock.now())
