"""A team at work on Discord: its ledger, lists that are sent along, its report and budget, and what only those who run
the server may change. In both languages, as people type and press.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

import discord
from bot.platforms.discord.hearing import LARGEST_FILE
from handlers.ports import Entry
from tests.discord.conftest import Scene, flat, labels, texts

LIST = b"date,task,model,count,place\n2026-11-20,image,dall-e-3,20,POL\n2026-11-20,image,,nonsense,FRA\n"
LOCALES = pytest.mark.parametrize("locale", ["en-GB", "fr"])
CHECKED = {"en-GB": "1 line can be imported", "fr": "1 ligne peut être importée"}
WRONG = {"en-GB": "I cannot read a number in “nonsense”", "fr": "Je ne lis pas de nombre dans « nonsense »"}
WRITE = {"en-GB": "Import 1 line", "fr": "Importer 1 ligne"}
WRITTEN = {"en-GB": "1 line imported", "fr": "1 ligne importée"}
PLEASE = {"en-GB": "please import this file", "fr": "importe ce fichier, s'il te plaît"}
TOO_LARGE = {"en-GB": "too large", "fr": "trop grand"}
FOR_ADMINS = {"en-GB": "Only those who run this server", "fr": "Seules les personnes qui administrent"}


def bare(text: str) -> str:
    return " ".join(text.split())


def admin(scene: Scene, locale: str, name: str = "chief") -> Any:
    role = scene.guild.create_role("chief", permissions=discord.Permissions(manage_guild=True))
    return scene.person(name, locale, roles=[role])


async def book(scene: Scene, owner: str | None = None) -> list[Entry]:
    now, day = scene.core.ports.clock.now(), timedelta(days=400)
    return list(await scene.core.ports.ledger.entries(owner or f"team:discord:{scene.guild.id}", now - day, now + day))


# ---------------------------------------------------------------------- lists


@LOCALES
async def test_a_list_is_checked_before_anything_is_written(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    checked = (await person.slash(scene.channel, "import", file=("list.csv", LIST))).response
    said = bare(texts(checked.components))
    assert CHECKED[locale] in said
    assert WRONG[locale] in said
    assert not await book(scene)
    done = (await person.click(checked.message, label=WRITE[locale])).response
    assert WRITTEN[locale] in texts(done.components)
    (line,) = await book(scene)
    assert (line.use.task, line.use.count, line.use.place) == ("image", 20, "POL")


@LOCALES
async def test_without_a_file_it_is_told_what_to_send(scene: Scene, locale: str) -> None:
    done = await scene.person("ada", locale).slash(scene.channel, "import")
    assert "CSV" in texts(done.response.components)
    assert not await book(scene)


@LOCALES
@pytest.mark.parametrize("worded", [True, False])
async def test_a_list_that_comes_with_a_mention(scene: Scene, locale: str, worded: bool) -> None:
    scene.env.backend.edit_guild(scene.guild.id, {"preferred_locale": "fr" if locale == "fr" else "en-US"})
    person = scene.person("ada", locale)
    said = f"{scene.mention} {PLEASE[locale] if worded else ''}".strip()
    await person.send(scene.channel, said, attachments=[("photo.png", b"x"), ("list.csv", LIST)])
    assert CHECKED[locale] in scene.said()
    assert WRONG[locale] in bare(scene.said())
    assert not await book(scene)
    done = await person.click(scene.last, label=WRITE[locale])
    assert WRITTEN[locale] in texts(done.response.components)
    assert len(await book(scene)) == 1


@LOCALES
async def test_a_list_that_comes_with_a_direct_message(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    channel = scene.env.backend.get_dm_channel(person.id)
    files = scene.env.backend.store_attachments(channel.id, [("list.csv", LIST)])
    await person.send_dm(PLEASE[locale], attachments=files)
    (answer,) = [m for m in person.user.dm_channel.history() if m.author.id == scene.bot.user.id]
    assert CHECKED[locale] in scene.said(answer)
    done = await person.user.click(answer, label=WRITE[locale])
    assert WRITTEN[locale] in texts(done.response.components)
    assert len(await scene.core.ports.ledger.of_person(f"discord:{person.id}")) == 1
    assert not await book(scene)


async def test_a_list_nobody_addresses_to_us_is_left_alone(scene: Scene) -> None:
    await scene.person().send(scene.channel, "our list of last week", attachments=[("list.csv", LIST)])
    assert len(scene.channel.history()) == 1


async def test_a_picture_is_no_list(scene: Scene) -> None:
    await scene.person().send(scene.channel, f"{scene.mention} 20 images in Poland", attachments=[("a.png", b"x")])
    assert "20 images" in scene.said()


@LOCALES
async def test_a_file_too_large_is_not_even_fetched(scene: Scene, locale: str) -> None:
    person, huge = scene.person("ada", locale), b"task,count\n" + b"x" * LARGEST_FILE
    done = await person.slash(scene.channel, "import", file=("list.csv", huge))
    assert TOO_LARGE[locale] in texts(done.response.components)
    await person.send(scene.channel, f"{scene.mention} {PLEASE[locale]}", attachments=[("list.csv", huge)])
    assert TOO_LARGE[locale] in scene.said()
    assert not await book(scene)


@LOCALES
async def test_a_file_that_is_no_list_is_refused_kindly(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    for file in (b"", b"\x00\xff\xfe\x01", b"a,b\n1,2\n"):
        done = await person.slash(scene.channel, "import", file=("list.csv", file))
        said = texts(done.response.components)
        assert said
        assert "Reference" not in said
        assert "Référence" not in said
    assert not scene.env.errors


# ---------------------------------------------------------------------- the ledger


@LOCALES
async def test_a_use_is_logged_and_taken_back(scene: Scene, locale: str) -> None:
    person = scene.person("ada", locale)
    noted = (await person.slash(scene.channel, "log", task="image", count=20, place="POL")).response
    assert not noted.ephemeral
    assert len(await book(scene)) == 1
    undo = {"en-GB": "Undo", "fr": "Annuler"}[locale]
    await person.click(noted.message, label=undo)
    assert not await book(scene)


@LOCALES
async def test_an_estimate_is_logged_from_its_menu(scene: Scene, locale: str) -> None:
    """Whoever chooses logs it: the card stays, the receipt is theirs."""
    card = (await scene.person("ada", locale).slash(scene.channel, "estimate", task="image", count=20)).response
    (menu,) = [c for c in flat(card.components) if c["type"] == 3]
    option = next(o for o in menu["options"] if o["label"] in ("Log this", "Noter cet usage"))
    other = scene.person("bob", locale)
    chosen = (await other.select(card.message, [option["value"]], custom_id=menu["custom_id"])).response
    assert chosen.ephemeral
    assert chosen.id != card.id
    (line,) = await book(scene)
    assert line.person == f"discord:{other.id}"
    assert len(scene.channel.history()) == 1


@LOCALES
async def test_a_teams_report_is_for_the_team_with_its_chart(scene: Scene, locale: str) -> None:
    ada = scene.person("ada", locale)
    for task in ("image", "video"):
        await ada.slash(scene.channel, "log", task=task, count=5)
    report = (await scene.person("bob", locale).slash(scene.channel, "report", period="month", by="task")).response
    assert not report.ephemeral
    (picture,) = report.attachments
    assert picture.description


@LOCALES
async def test_names_in_reports_are_those_who_ask_for_it(scene: Scene, locale: str) -> None:
    ada, bob = scene.person("ada lovelace", locale), scene.person("bob", locale)
    for person in (ada, bob, scene.person("eve", locale)):
        await person.slash(scene.channel, "log", task="image", count=20)
    named = (await ada.slash(scene.channel, "named", state="on")).response
    assert named.ephemeral
    # The name that the platform shows: nobody has to type it.
    assert "ada lovelace" in texts(named.components)
    report = (await bob.slash(scene.channel, "report", by="who")).response
    everything = json.dumps(report.components, ensure_ascii=False)
    assert "ada lovelace" in everything
    assert "bob" not in everything
    assert "eve" not in everything


@LOCALES
async def test_budget_and_digest_are_ordered_by_those_who_run_the_server(scene: Scene, locale: str) -> None:
    ada, chief = scene.person("ada", locale), admin(scene, locale)
    team = f"discord:{scene.guild.id}"
    orders: list[tuple[str, dict[str, Any]]] = [
        ("budget", {"kg": 5}), ("digest", {"state": "on"}), ("settings", {"for": "team", "place": "POL"})
    ]  # fmt: skip
    for name, given in orders:
        refused = (await ada.slash(scene.channel, name, **given)).response
        assert FOR_ADMINS[locale] in bare(texts(refused.components)), name
    assert await scene.core.ports.digests.get(team) is None
    assert (await scene.core.ports.preferences.get(f"team:{team}")).place is None
    for name, given in orders:
        taken = (await chief.slash(scene.channel, name, **given)).response
        assert FOR_ADMINS[locale] not in bare(texts(taken.components)), name
    assert await scene.core.ports.digests.get(team) is not None
    assert (await scene.core.ports.preferences.get(f"team:{team}")).place == "POL"


# ---------------------------------------------------------------------- what is one's own


@LOCALES
async def test_ones_own_data_come_as_a_file_for_ones_own_eyes(scene: Scene, locale: str) -> None:
    ada = scene.person("ada", locale)
    await ada.slash(scene.channel, "log", task="image", count=20)
    given = (await ada.slash(scene.channel, "privacy", what="export")).response
    assert given.ephemeral
    (file,) = given.attachments
    data = json.loads(await file.read())
    assert "image" in json.dumps(data)
    assert [c for c in flat(given.components) if c["type"] == 13]
    # There is nothing to share in what is one's own.
    assert not {"Share here", "Partager ici"} & set(labels(given.components))


@LOCALES
async def test_the_ledger_as_a_file_comes_in_again(scene: Scene, locale: str) -> None:
    ada = scene.person("ada", locale)
    await ada.slash(scene.channel, "log", task="image", count=20)
    given = (await ada.slash(scene.channel, "export", format="csv")).response
    assert given.ephemeral
    (file,) = given.attachments
    data = await file.read()
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (row["task"], row["count"]) == ("image", "20.0")
    checked = (await ada.slash(scene.channel, "import", file=(file.filename, data))).response
    assert CHECKED[locale] in texts(checked.components)


@LOCALES
async def test_in_a_direct_message_the_book_is_ones_own(scene: Scene, locale: str) -> None:
    ada = scene.person("ada", locale)
    await ada.user.slash("log", task="image", count=20)
    assert not await book(scene)
    report = await ada.user.slash("report")
    assert {"en-GB": "1 entry", "fr": "1 ligne"}[locale] in texts(report.response.components)
    taken = await ada.user.slash("budget", kg=1)
    assert FOR_ADMINS[locale] not in bare(texts(taken.response.components))
