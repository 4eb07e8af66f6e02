"""Commands as people type them, in both languages, and what is registered with Discord."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.core import Core
from bot.platforms.discord.client import build
from bot.platforms.discord.payload import faults, fingerprint, payload
from tests.discord.conftest import LOCALES, SETTINGS, SHARE, SHOWN, Scene, flat, labels, texts

GOLDEN = Path(__file__).parent / "commands.json"


async def test_the_registered_commands_are_pinned(scene: Scene) -> None:
    """Written anew with SMALLPRINT_GOLDEN=1, then read: what stands here is what everybody sees."""
    commands = sorted(await payload(scene.bot.tree), key=lambda c: (c["type"], c["name"]))
    if os.environ.get("SMALLPRINT_GOLDEN"):
        GOLDEN.write_text(json.dumps(commands, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    assert commands == json.loads(GOLDEN.read_text("utf-8"))


async def test_discord_would_take_them(scene: Scene) -> None:
    assert not list(faults(await payload(scene.bot.tree)))


async def test_every_name_and_description_is_in_three_locales(scene: Scene) -> None:
    for command in await payload(scene.bot.tree):
        for thing in (command, *command.get("options", ())):
            assert set(thing["name_localizations"]) == {"fr", "en-US", "en-GB"}
            if thing.get("description"):
                assert set(thing["description_localizations"]) == {"fr", "en-US", "en-GB"}


async def test_everywhere_and_for_everyone(scene: Scene) -> None:
    for command in await payload(scene.bot.tree):
        assert command["contexts"] == [0, 1, 2]
        assert command["integration_types"] == [0, 1]


BROKEN: list[tuple[str, Any]] = [
    ("name", lambda c: c[0].update(name="Upper")),
    ("name", lambda c: c[0].update(name="two words")),
    ("name", lambda c: c[0].update(name="n" * 33)),
    ("description", lambda c: c[0].update(description="d" * 101)),
    ("description", lambda c: c[0].update(description="")),
    ("locale", lambda c: c[0].update(name_localizations={"xx": "y"})),
    ("twice", lambda c: c.append(deepcopy(c[0]))),
    ("twice", lambda c: c[1].update(name_localizations={"fr": c[0]["name_localizations"]["fr"]})),
    ("options", lambda c: c[0].update(options=[{**c[0]["options"][0], "name": f"o{n}"} for n in range(26)])),
    ("choices", lambda c: c[0]["options"][0].update(choices=[{"name": f"c{n}", "value": f"{n}"} for n in range(26)])),
    ("required", lambda c: c[0]["options"][-1].update(required=True)),
    ("max_value", lambda c: c[0]["options"][2].update(max_value=2.0**60)),
    ("commands of type 1", lambda c: c.extend({**c[0], "name": f"c{n}"} for n in range(101))),
    ("commands of type 3", lambda c: c.extend({**c[-1], "type": 3, "name": f"M {n}"} for n in range(6))),
    ("letters", lambda c: c[0]["options"][0].update(
        choices=[{"name": f"{n}" + "x" * 98, "value": f"{n}" + "y" * 98} for n in range(25)],
        description="d" * 100) or c[0]["options"][1].update(
        choices=[{"name": f"{n}" + "x" * 98, "value": f"{n}" + "y" * 98} for n in range(25)])),
    ("context", lambda c: c[0].update(contexts=[])),
]  # fmt: skip


@pytest.mark.parametrize(("said", "broken"), BROKEN, ids=[str(n) for n in range(len(BROKEN))])
async def test_the_validator_finds_what_discord_would_refuse(scene: Scene, said: str, broken: Any) -> None:
    commands = sorted(await payload(scene.bot.tree), key=lambda c: (c["type"], c["name"] != "estimate"))
    broken(commands)
    assert said in "; ".join(faults(commands))


async def test_registered_only_when_changed(made: Core) -> None:
    first = build(made, SETTINGS)
    async with simcord.run(first) as env:
        assert len(_puts(env)) == 1
        await env.restart_bot(build(made, SETTINGS))
        assert len(_puts(env)) == 1
        # Something else emptied the application: they are sent again.
        env.backend.commands.clear()
        await env.restart_bot(build(made, SETTINGS))
        assert len(_puts(env)) == 2


def _puts(env: simcord.Env) -> list[Any]:
    return [r for r in env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]


async def test_the_fingerprint_does_not_mind_the_order(scene: Scene) -> None:
    commands = await payload(scene.bot.tree)
    assert fingerprint(commands) == fingerprint(commands[::-1])
    assert fingerprint(commands) != fingerprint(commands[1:])


async def test_a_failed_registration_is_tried_again_and_kills_nothing(made: Core) -> None:
    bot = build(made, SETTINGS)
    env = simcord.Env(bot)
    env.inject_error("PUT", "/applications/*/commands", status=500)
    await env.start()
    try:
        assert not env.backend.commands.get(None)
        await env.restart_bot(build(made, SETTINGS))
        assert env.backend.commands[None]
    finally:
        await env.shutdown()


def samples(option: dict[str, Any], example: str) -> list[Any]:
    """What a person could give for an option, by its declaration alone."""
    if option.get("choices"):
        return [choice["value"] for choice in option["choices"]]
    if option["type"] == 11:
        return [("list.csv", b"task,count\nimage,20\n")]
    if option["type"] == 10:
        return [max(1, option["min_value"])]
    return {"place": ["POL", "pologne"], "model": ["gpt-4o", "cloude sonet"]}.get(option["name"], [example])


@pytest.mark.parametrize("locale", ["en-US", "fr"])
async def test_every_command_answers_with_every_option(scene: Scene, locale: str) -> None:
    """Bare, and with each option on its own: whatever the catalogue grows, it is tried here."""
    person = scene.person("ada", locale)
    language = "fr" if locale == "fr" else "en"
    tried = 0
    for command in await payload(scene.bot.tree):
        if command["type"] != 1:
            continue
        found = scene.core.catalogue.find(command["name"])
        assert found is not None
        example = str(scene.core.lexicon[language].raw(f"{scene.core.catalogue.home(found.name)}.examples")[0])
        options = command["options"]
        calls: list[dict[str, Any]] = [{}] if not any(o["required"] for o in options) else []
        calls.extend({o["name"]: value} for o in options for value in samples(o, example))
        for given in calls:
            if any(o["required"] and o["name"] not in given for o in options):
                continue
            done = await person.slash(scene.channel, command["name"], **given)
            assert done.response is not None, (command["name"], given)
            said = texts(done.response.components)
            assert said.strip(), (command["name"], given)
            assert "Reference:" not in said, (command["name"], given)
            assert "Référence" not in said, (command["name"], given)
            tried += 1
    assert tried > 40
    assert not scene.env.errors


async def test_the_language_is_that_of_the_persons_client(scene: Scene) -> None:
    english = await scene.person("bob", "en-GB").slash(scene.channel, "estimate", task="image", count=20, place="POL")
    french = await scene.person("zoé", "fr").slash(scene.channel, "estimate", task="image", count=20, place="POL")
    other = await scene.person("jan", "pl").slash(scene.channel, "estimate", task="image", count=20, place="POL")
    assert "Electricity" in texts(english.response.components)
    assert "Électricité" in texts(french.response.components)
    assert "Electricity" in texts(other.response.components)


@pytest.mark.parametrize(("locale", "said"), [("en-US", "2.5 images, Poland"), ("fr", "2,5 images, Pologne")])
async def test_a_typed_value_is_what_it_is(scene: Scene, locale: str, said: str) -> None:
    """A number stays a number, a place its code: nothing is read as a sentence."""
    done = await scene.person("ada", locale).slash(scene.channel, "estimate", task="image", count=2.5, place="POL")
    assert said in texts(done.response.components)


@pytest.mark.parametrize(("locale", "typed", "place"), [("en-US", "poland", "Poland"), ("fr", "pologne", "Pologne")])
async def test_a_name_typed_freely_is_understood_or_refused_kindly(
    scene: Scene, locale: str, typed: str, place: str
) -> None:
    person = scene.person("zoé", locale)
    done = await person.slash(scene.channel, "grid", place=typed)
    assert place in texts(done.response.components)
    done = await person.slash(scene.channel, "estimate", model="gpt-77 turbo max", count=1)
    assert "gpt-77" in texts(done.response.components)


async def test_numbers_are_bounded_before_they_are_sent(scene: Scene) -> None:
    with pytest.raises(simcord.SetupError):
        await scene.person().slash(scene.channel, "estimate", task="image", count=1e13)


@pytest.mark.parametrize(
    ("option", "typed", "locale", "wanted"),
    [
        ("model", "gpt4o", "en-US", "gpt-4o"),
        ("model", "cloude sonet", "en-US", "sonnet"),
        ("place", "Polnd", "en-GB", "POL"),
        ("place", "allemagn", "fr", "DEU"),
        ("place", "Pologne", "fr", "POL"),
        ("place", "", "fr", ""),
    ],
)
async def test_suggestions_while_typing(scene: Scene, option: str, typed: str, locale: str, wanted: str) -> None:
    choices = await scene.person("ada", locale).autocomplete(scene.channel, "estimate", option, typed)
    assert 1 <= len(choices) <= 25
    assert any(wanted in choice["value"] for choice in choices[:5])
    assert all(1 <= len(choice["name"]) <= 100 for choice in choices)


@pytest.mark.parametrize(
    ("typed", "locale", "wanted"),
    [
        ("water", "en-GB", "water"),
        ("carbon inten", "en-US", "Carbon intensity"),
        ("embodyed", "en-GB", "mbodied"),
        ("intensité carb", "fr", "Intensité carbone"),
        ("eau", "fr", "eau"),
        ("", "fr", ""),
    ],
)
async def test_topics_are_suggested_and_what_is_taken_is_answered(
    scene: Scene, typed: str, locale: str, wanted: str
) -> None:
    person = scene.person("ada", locale)
    choices = await person.autocomplete(scene.channel, "fact", "question", typed)
    assert 1 <= len(choices) <= 25
    assert any(wanted.lower() in choice["name"].lower() for choice in choices[:5]), choices
    taken = choices[0]["value"]
    done = await person.slash(scene.channel, "fact", question=taken)
    assert scene.core.kit.library.holds(taken)
    said = texts(done.response.components)
    assert said
    assert taken not in said


async def test_suggestions_are_in_the_language_of_the_client(scene: Scene) -> None:
    (english, *_) = await scene.person("ada", "en-US").autocomplete(scene.channel, "grid", "place", "german")
    (french, *_) = await scene.person("zoé", "fr").autocomplete(scene.channel, "grid", "place", "allemagne")
    assert english["name"] == "Germany"
    assert french["name"] == "Allemagne"


@LOCALES
async def test_what_is_for_one_person_is_seen_by_one_and_an_estimate_by_all(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    for name in ("settings", "privacy", "sources"):
        assert (await person.slash(scene.channel, name)).response.ephemeral, name
    assert not (await person.slash(scene.channel, "estimate", task="image", count=1)).response.ephemeral


@LOCALES
async def test_a_persons_own_installation_in_another_server(scene: Scene, locale: str) -> None:
    """Where only the person added the bot: commands work, the server's book stays shut, their report is theirs."""
    person = scene.person("guest", locale)
    scene.own_account.add(person.id)
    done = await person.slash(scene.channel, "log", task="image", count=20)
    assert done.response.ephemeral
    assert await scene.core.ports.ledger.of_person(f"discord:{person.id}")
    from datetime import timedelta

    now = scene.core.ports.clock.now()
    day = timedelta(days=1)
    assert not await scene.core.ports.ledger.entries(f"team:discord:{scene.guild.id}", now - day, now + day)
    assert (await person.slash(scene.channel, "report")).response.ephemeral


@pytest.mark.parametrize(("locale", "said"), [("en-US", "Settings"), ("fr", "Réglages")])
async def test_in_a_direct_message(scene: Scene, locale: str, said: str) -> None:
    person = scene.person("zoé", locale)
    done = await person.user.slash("settings")
    assert said in texts(done.response.components)
    # Nobody else reads it there: nothing need be hidden, and nothing can be shared.
    assert not done.response.ephemeral
    card = (await person.user.slash("estimate", task="image", count=20)).response
    assert SHOWN[locale] in texts(card.components)
    assert not set(SHARE.values()) & set(labels(card.components))


@pytest.mark.parametrize(
    ("locale", "words", "alt"),
    [
        ("en-US", "10 images or an 8 second video", "low to high"),
        ("fr", "10 images ou une vidéo de 8 s", "du bas au haut"),
    ],
)
async def test_comparing_shows_a_picture_with_its_words(scene: Scene, locale: str, words: str, alt: str) -> None:
    done = await scene.person("zoé", locale).slash(scene.channel, "compare", words=words)
    (gallery,) = [c for c in flat(done.response.components) if c["type"] == 12]
    assert "10 images" in gallery["items"][0]["description"]
    assert alt in gallery["items"][0]["description"]
    (picture,) = done.response.attachments
    assert (await picture.read())[:4] == b"\x89PNG"
    assert picture.description
    assert len(labels(done.response.components)) >= 2


async def test_nobody_is_ever_pinged(scene: Scene) -> None:
    await scene.person().slash(scene.channel, "fact", question="@everyone <@1> <@&2>")
    await scene.person("eve").send(scene.channel, f"{scene.mention} 20 images for @everyone and <@1>")
    for request in scene.sent():
        body = request.json.get("data", request.json)
        assert body["allowed_mentions"] == {"parse": []} or body["allowed_mentions"].get("parse") == []
        assert not body["allowed_mentions"].get("replied_user")
