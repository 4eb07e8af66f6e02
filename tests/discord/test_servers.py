"""Joining and leaving a server; language and place for those who run it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import discord
from bot.__main__ import main
from bot.platforms.invitation import discord_link
from tests.discord.conftest import LOCALES, SHOWN, Scene, texts


def system_channel(scene: Scene, channel: Any = None) -> None:
    scene.env.backend.get_guild(scene.guild.id).system_channel_id = (channel or scene.channel).id


async def welcomed(scene: Scene, locale: str = "en-US") -> Any:
    scene.env.backend.get_guild(scene.guild.id).preferred_locale = locale
    system_channel(scene)
    scene.invited()
    await scene.env.settle()
    return scene.last


@pytest.mark.parametrize(
    ("locale", "said", "buttons"),
    [
        ("en-US", "I am", ["English", "Français", "Default place …"]),
        ("fr", "Je suis", ["English", "Français", "Lieu par défaut …"]),
    ],
)
async def test_one_welcome(scene: Scene, locale: str, said: str, buttons: list[str]) -> None:
    await welcomed(scene, locale)
    assert len(scene.channel.history()) == 1
    assert said in scene.said()
    shown = scene.shown()
    assert shown[3:] == buttons
    assert len(shown) == 6
    scene.invited()
    await scene.env.settle()
    assert len(scene.channel.history()) == 1


async def test_no_system_channel_no_welcome(scene: Scene) -> None:
    scene.invited()
    await scene.env.settle()
    assert not scene.channel.history()
    assert not scene.sent()


async def test_no_leave_to_speak_no_welcome(scene: Scene) -> None:
    shut = scene.guild.create_text_channel(
        "shut", overwrites={scene.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    system_channel(scene, shut)
    scene.invited()
    await scene.env.settle()
    assert not scene.sent()


@LOCALES
async def test_what_to_try_is_answered_to_whoever_tries(scene: Scene, locale: str) -> None:
    welcome = await welcomed(scene, locale)
    before = scene.said(welcome)
    for label in scene.shown(welcome)[:3]:
        pressed = await scene.person("bob", locale).click(welcome, label=label)
        assert pressed.response.ephemeral
        assert texts(pressed.response.components)
    assert scene.said(welcome) == before


ONLY = {"en-US": "may manage the server", "fr": "gèrent le serveur"}
PLACE = {"en-US": "Default place …", "fr": "Lieu par défaut …"}


@LOCALES
async def test_only_who_manages_the_server_sets_it(scene: Scene, locale: str) -> None:
    welcome = await welcomed(scene, locale)
    bob = scene.person("bob", locale)
    for label in ("Français", "English", PLACE[locale]):
        pressed = await bob.click(welcome, label=label)
        assert pressed.modal is None
        assert pressed.response.ephemeral
        assert ONLY[locale] in texts(pressed.response.components)
    kept = await scene.core.ports.preferences.get(f"team:discord:{scene.guild.id}")
    assert (kept.language, kept.place) == (None, None)


@LOCALES
async def test_who_no_longer_manages_it_sets_nothing(scene: Scene, locale: str) -> None:
    """The form was opened in office and sent after it."""
    welcome = await welcomed(scene, locale)
    role = scene.guild.create_role("chief", permissions=discord.Permissions(manage_guild=True))
    chief = scene.person("ada", locale, roles=[role])
    form = await chief.click(welcome, label=PLACE[locale])
    scene.env.backend.remove_member_role(scene.guild.id, chief.id, role.id)
    done = await chief.submit_modal(form, {"place": "Poland"})
    assert ONLY[locale] in texts(done.response.components)
    assert (await scene.core.ports.preferences.get(f"team:discord:{scene.guild.id}")).place is None


@pytest.mark.parametrize(
    ("locale", "label", "said", "other"),
    [("en-US", "Français", "en français", "fr"), ("fr", "English", "in English", "en-US")],
)
async def test_the_language_of_a_server(scene: Scene, locale: str, label: str, said: str, other: str) -> None:
    welcome = await welcomed(scene, locale)
    role = scene.guild.create_role("chief", permissions=discord.Permissions(manage_guild=True))
    chief = scene.person("ada", locale, roles=[role])
    pressed = await chief.click(welcome, label=label)
    assert pressed.response.ephemeral
    assert said in texts(pressed.response.components)
    await scene.person("bob", locale).send(scene.channel, f"{scene.mention} 20 images")
    assert SHOWN[other] in scene.said()


@pytest.mark.parametrize(("locale", "unknown", "place"), [("en-US", "North Atlantis", "Poland"),
                                                          ("fr", "Atlantide du Nord", "Pologne")])  # fmt: skip
async def test_the_place_of_a_server(scene: Scene, locale: str, unknown: str, place: str) -> None:
    welcome = await welcomed(scene, locale)
    role = scene.guild.create_role("chief", permissions=discord.Permissions(manage_guild=True))
    chief = scene.person("ada", locale, roles=[role])
    form = await chief.click(welcome, label=PLACE[locale])
    wrong = await chief.submit_modal(form, {"place": unknown})
    assert unknown in texts(wrong.response.components)
    form = await chief.click(welcome, label=PLACE[locale])
    done = await chief.submit_modal(form, {"place": place})
    assert place in texts(done.response.components)
    said = await scene.person("bob", locale).slash(scene.channel, "estimate", task="image", count=20)
    assert place in texts(said.response.components)


async def test_leaving_schedules_what_was_kept_for_deletion(scene: Scene) -> None:
    ports = scene.core.ports
    await scene.person().slash(scene.channel, "estimate", task="image", count=20)
    owner = f"team:discord:{scene.guild.id}"
    from handlers.ports import Settings

    await ports.preferences.put(owner, Settings(place="POL"))
    scene.env.backend.emit("GUILD_DELETE", {"id": str(scene.guild.id)})
    await scene.env.settle()
    await ports.records.sweep(ports.clock.now() + timedelta(days=29))
    assert (await ports.preferences.get(owner)).place == "POL"
    await ports.records.sweep(ports.clock.now() + timedelta(days=31))
    assert (await ports.preferences.get(owner)).place is None


async def test_an_outage_is_no_leaving(scene: Scene) -> None:
    scene.env.backend.emit("GUILD_DELETE", {"id": str(scene.guild.id), "unavailable": True})
    await scene.env.settle()
    ports = scene.core.ports
    assert await ports.records.sweep(ports.clock.now() + timedelta(days=31)) == 0


def test_invite_prints_the_link(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    assert main(["invite", "123456789"]) == 0
    assert capsys.readouterr().out.strip() == discord_link(123456789)
    # Without a number it is read from the token, whose secret parts are not shown.
    monkeypatch.setenv("DISCORD_TOKEN", "MTIzNDU2Nzg5.GhIdEn.secretsecretsecret")
    assert main(["invite"]) == 0
    shown = capsys.readouterr().out
    assert shown.strip() == discord_link(123456789)
    assert "secret" not in shown


@pytest.mark.parametrize("id_", ["abc", "-5", "0", "1.5", "٣", "9" * 30])
def test_invite_takes_no_id_that_is_none(id_: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invite", id_])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert id_ in told.err
    assert not told.out


def test_the_link_asks_for_what_is_needed_and_no_more() -> None:
    needed = discord.Permissions(
        view_channel=True, send_messages=True, send_messages_in_threads=True, embed_links=True, attach_files=True
    )
    scopes = ("bot", "applications.commands")
    assert discord_link(123) == discord.utils.oauth_url(123, permissions=needed, scopes=scopes)
