"""Buttons, menus and forms: pressed by whoever, after a restart, from an older version, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.discord.client import build
from bot.platforms.discord.tokens import written
from handlers.request import Intent
from knowledge.calculator.use import Use
from tests.discord.conftest import LOCALES, SETTINGS, SHARE, SHOWN, Scene, flat, labels, texts

CHANGE = {"en-US": "Change …", "fr": "Modifier …"}
WHY = {"en-US": "Why this range?", "fr": "Pourquoi cette fourchette\u202f?"}
EVERYDAY = {"en-US": "In everyday terms", "fr": "En termes courants"}


def button(message: Any, label: str) -> str:
    (found,) = [c["custom_id"] for c in flat(message.components) if c.get("label") == label]
    return found


async def estimated(scene: Scene, person: Any, **options: Any) -> Any:
    done = await person.slash(scene.channel, "estimate", **(options or {"task": "image", "count": 20, "place": "POL"}))
    return done.response


@pytest.mark.parametrize(("locale", "place"), [("en-US", "France"), ("fr", "France")])
async def test_the_asker_changes_the_card_where_it_lies(scene: Scene, locale: str, place: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person)
    before = texts(card.components)
    pressed = await person.click(card.message, label=place)
    assert pressed.response.id == card.id
    after = texts(pressed.response.components)
    assert after != before
    assert "France" in after
    assert len(scene.channel.history()) == 1


@LOCALES
async def test_others_get_a_card_of_their_own(scene: Scene, locale: str) -> None:
    """In the language of their client, whatever the card is in."""
    card = await estimated(scene, scene.person("ada", "en-GB" if locale == "fr" else "fr"))
    other = scene.person("zoé", locale)
    pressed = await other.click(card.message, label="France")
    assert pressed.response.ephemeral
    assert SHOWN[locale] in texts(pressed.response.components)
    assert texts(scene.channel.history()[0].components and card.components) == texts(card.components)
    assert SHARE[locale] in labels(pressed.response.components)


@LOCALES
async def test_buttons_work_after_a_restart(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person)
    await scene.env.restart_bot(build(scene.core, SETTINGS))
    pressed = await person.click(card.message, label="France")
    assert "20 images, France" in texts(pressed.response.components)
    assert SHOWN[locale] in texts(pressed.response.components)


@LOCALES
async def test_why_shows_the_methods_beside_one_another(scene: Scene, locale: str) -> None:
    person = scene.person("zoé", locale)
    card = await estimated(scene, person, model="gpt-4o", count=10)
    assert not card.attachments
    pressed = await person.click(card.message, label=WHY[locale])
    assert pressed.response.attachments
    assert [c for c in flat(pressed.response.components) if c["type"] == 12]


@pytest.mark.parametrize(
    ("locale", "against", "other"),
    [
        ("en-US", "Against France", "What is carbon intensity?"),
        ("fr", "Face à\u00a0: France", "C'est quoi, l'intensité carbone\u202f?"),
    ],
)
async def test_a_picture_goes_when_the_card_no_longer_shows_it(
    scene: Scene, locale: str, against: str, other: str
) -> None:
    person = scene.person("ada", locale)
    compared = (await person.slash(scene.channel, "grid", place="POL")).response
    pressed = await person.click(compared.message, label=against)
    assert pressed.response.attachments
    pressed = await person.click(pressed.response.message, label=other)
    assert not pressed.response.attachments


@pytest.mark.parametrize(("locale", "label"), [("en-GB", "Sources"), ("fr", "Sources")])
async def test_sources_are_shown_to_who_asks_for_them(scene: Scene, locale: str, label: str) -> None:
    card = await estimated(scene, scene.person("ada", locale))
    assert "https://" not in texts(card.components)
    for name in ("bob", "eve"):
        pressed = await scene.person(name, locale).click(card.message, label=label)
        assert pressed.response.ephemeral
        assert "](https://" in texts(pressed.response.components)
    assert len(scene.channel.history()) == 1


@LOCALES
async def test_everyday_terms_are_one_tap_away(scene: Scene, locale: str) -> None:
    person = scene.person("zoé", locale)
    card = await estimated(scene, person)
    pressed = await person.click(card.message, label=EVERYDAY[locale])
    assert {"en-US": "cups of tea", "fr": "tasses de thé"}[locale] in texts(pressed.response.components)
    assert not scene.env.errors


@LOCALES
async def test_sharing_posts_for_all_in_the_servers_language(scene: Scene, locale: str) -> None:
    scene.env.backend.edit_guild(scene.guild.id, {"preferred_locale": locale})
    theirs = "en-US" if locale == "fr" else "fr"
    card = await estimated(scene, scene.person("ada"))
    private = (await scene.person("zoé", theirs).click(card.message, label="France")).response
    sharer = scene.person("léo", theirs)
    mine = (await sharer.click(card.message, label="France")).response
    shared = await sharer.click(mine.message, label=SHARE[theirs])
    assert not shared.response.ephemeral
    assert SHOWN[locale] in texts(shared.response.components)
    assert not set(SHARE.values()) & set(labels(shared.response.components))
    assert private.ephemeral


@pytest.mark.parametrize(("locale", "said"), [("en-US", "older version"), ("fr", "ancienne version")])
async def test_a_button_of_another_version_says_so(scene: Scene, locale: str, said: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person)
    stored = scene.env.backend.get_message(card.channel_id, card.id)
    for node in flat(stored.components):
        if str(node.get("custom_id", "")).startswith("s1i"):
            node["custom_id"] = "s0" + node["custom_id"][2:]
    old = next(c["custom_id"] for c in flat(stored.components) if str(c.get("custom_id", "")).startswith("s0"))
    pressed = await person.click(card.message, custom_id=old)
    assert pressed.response.ephemeral
    assert said in texts(pressed.response.components)


@pytest.mark.parametrize(
    ("locale", "label", "place"), [("en-US", "Change …", "Poland"), ("fr", "Modifier …", "Pologne")]
)
async def test_what_was_supposed_is_changed_in_a_form(scene: Scene, locale: str, label: str, place: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person, task="text", model="gpt-4o", count=10)
    form = await person.click(card.message, label=label)
    assert form.modal is not None
    fields = [row["component"] for row in form.modal["components"]]
    assert [f["custom_id"] for f in fields] == ["place", "model", "count", "tokens"]
    done = await person.submit_modal(form, {"place": place, "model": "claude sonnet", "count": "2k", "tokens": "1500"})
    said = texts(done.response.components)
    assert done.response.id == card.id
    assert place in said
    assert "Claude Sonnet" in said


@LOCALES
async def test_a_form_with_what_nobody_knows_is_answered_kindly(scene: Scene, locale: str) -> None:
    person = scene.person("zoé", locale)
    card = await estimated(scene, person)
    form = await person.click(card.message, label=CHANGE[locale])
    done = await person.submit_modal(form, {"place": "Atlantide du Nord"})
    assert "Atlantide du Nord" in texts(done.response.components)
    assert not scene.env.errors


@LOCALES
async def test_a_form_from_before_a_restart_is_understood(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person)
    form = await person.click(card.message, label=CHANGE[locale])
    await scene.env.restart_bot(build(scene.core, SETTINGS))
    done = await person.submit_modal(form, {"count": "7"})
    assert "7 images" in texts(done.response.components)


@LOCALES
async def test_what_may_be_done_with_an_answer_stands_in_one_menu(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    card = await estimated(scene, person)
    (menu,) = [c for c in flat(card.components) if c["type"] == 3]
    chosen = await person.select(card.message, [menu["options"][0]["value"]], custom_id=menu["custom_id"])
    assert texts(chosen.response.components)
    assert chosen.response.id != card.id
    assert texts(card.components).startswith("### 20 images")


@LOCALES
async def test_a_quiz_is_played_by_buttons(scene: Scene, locale: str) -> None:
    person = scene.person("zoé", locale)
    asked = (await person.slash(scene.channel, "quiz")).response
    question = texts(asked.components)
    options = [label for label in labels(asked.components) if label[:2] in ("A.", "B.", "C.", "D.")]
    assert len(options) >= 2
    told = await person.click(asked.message, label=options[0])
    assert texts(told.response.components) != question


@LOCALES
async def test_every_suggestion_of_every_card_answers(scene: Scene, locale: str) -> None:
    """Three steps deep from an estimate: no button leads nowhere."""
    person = scene.person("ada", locale)
    seen: set[str] = set()
    card = await estimated(scene, person)
    waiting = [c["custom_id"] for c in flat(card.components) if str(c.get("custom_id", "")).startswith("s1i")]
    for _ in range(3):
        following: list[str] = []
        for custom_id in waiting[:12]:
            if custom_id in seen:
                continue
            seen.add(custom_id)
            stored = scene.env.backend.get_message(card.channel_id, card.id)
            now = [c.get("custom_id") for c in flat(stored.components)]
            if custom_id not in now:
                continue
            done = await person.click(card.message, custom_id=custom_id)
            assert done.acknowledged, custom_id
            assert not {"Reference", "Référence"} & set(texts(done.response.components).split()), custom_id
            following.extend(
                c["custom_id"] for c in flat(done.response.components) if str(c.get("custom_id", "")).startswith("s1i")
            )
        waiting = following
    assert len(seen) >= 3
    assert not scene.env.errors


async def test_a_token_is_at_most_a_hundred_characters_for_any_owner() -> None:
    use = Use("text", model="claude-opus-5-5", count=123456.0, place="POL", output_tokens=1500.0)
    for count in (1, 2, 3):
        custom_id = written("i", "fr", 2**64 - 1, Intent("compare", {"uses": (replace(use),) * count}, "button"))
        assert custom_id is None or len(custom_id) <= 100
