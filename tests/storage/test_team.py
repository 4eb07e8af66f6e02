"""A team's book through the front door, in both languages: logged, summed, budgeted, carried out and in, erased; and
what those who do not run the team are refused. On a file, with a clock that moves when told to.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import assembled
from bot.core import Core
from bot.rounds import Rounds, sweep
from bot.storage.memory import memory_ports
from bot.storage.store import stored_ports
from handlers.answer import Answer, Posting, plain
from handlers.ports import Ports
from handlers.request import Intent, Language, Request

TEAM = "discord:9"
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
IDS = count()


class Hands:
    """A clock whose hands are moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class Room:
    """People who talk to one core in one place."""

    def __init__(self, core: Core, clock: Hands) -> None:
        self.core, self.clock = core, clock

    async def say(
        self,
        text: str,
        who: str = "discord:1",
        language: Language = "en",
        *,
        admin: bool = False,
        team: str | None = TEAM,
        id_: str | None = None,
        file: bytes | None = None,
        intent: Intent | None = None,
    ) -> Answer:
        self.clock.time += timedelta(seconds=1)
        request = Request(
            text, who, "room", self.clock.time, language=language, team=team, admin=admin,
            id=id_ or f"message{next(IDS)}", name="Ana", file=file,
        )  # fmt: skip
        answer = await self.core.answer(request, intent)
        assert answer is not None
        assert answer.reference is None, "something broke"
        return answer

    async def tap(self, answer: Answer, label: str, **said: object) -> Answer:
        (chosen, *_) = [s for s in (*answer.suggestions, *answer.asides) if label.casefold() in s.label.casefold()]
        return await self.say("", intent=chosen.intent, **said)  # pyright: ignore[reportArgumentType]


class Opened:
    """The ports of the test that is run: the core is built once for all, and holds on to the ports it was given."""

    now: Ports

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


@pytest.fixture(scope="module")
def built() -> tuple[Core, Opened]:
    opened = Opened()
    opened.now = memory_ports()
    return assembled(opened), opened  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def room(tmp_path: Path, built: tuple[Core, Opened]) -> AsyncIterator[Room]:
    clock, (core, opened) = Hands(), built
    async with stored_ports(f"sqlite:///{tmp_path / 'book.db'}", clock=clock) as ports:
        opened.now = ports
        yield Room(core, clock)


def said(answer: Answer) -> str:
    figures = [f"{figure.label} {figure.value}" for figure in answer.figures]
    return " ".join([plain(answer.title), *map(plain, answer.body), *figures, *map(plain, answer.notes)]).replace(
        "\u00a0", " "
    )


async def test_a_use_is_logged_by_sentence_and_by_button_and_taken_back(room: Room) -> None:
    assert "20 images" in said(await room.say("log 20 images with dall-e"))
    estimate = await room.say("how much is one video of 8 seconds?")
    assert len(estimate.suggestions) == 3, "the button to log takes nobody's place"
    assert (await room.tap(estimate, "log this")).intent == "log"
    assert "over 2 entries" in said(await room.say("show me this month's report"))
    assert "clip" in said(await room.say("undo that"))
    assert "over 1 entry" in said(await room.say("show me this month's report"))


async def test_in_french_too(room: Room) -> None:
    assert "20 images" in said(await room.say("note 20 images avec dall-e", language="fr"))
    assert "Ce mois-ci" in said(await room.say("montre le bilan du mois", language="fr"))
    assert "Repris" in said(await room.say("annule", language="fr"))


async def test_messages_that_come_twice_count_once(room: Room) -> None:
    for _ in range(2):
        await room.say("log 20 images with dall-e", id_="same")
    await room.say("log 5 images")
    for _ in range(3):
        await room.say("undo that", id_="same-undo")
    assert "over 1 entry" in said(await room.say("show me this month's report"))


async def test_a_default_of_the_team_is_in_the_line_that_was_logged(room: Room) -> None:
    await room.say("set the team's country to Poland", admin=True)
    await room.say("log 100 replies with gpt-4o")
    exported = await room.say("export the ledger")
    assert exported.attachment is not None
    assert next(csv.DictReader(io.StringIO(exported.attachment.data.decode("utf-8-sig"))))["place"] == "POL"


@pytest.mark.parametrize(
    "words",
    [
        "set the team's country to Poland",
        "set a budget of 5 kg CO2e a month",
        "remove the budget",
        "turn on the weekly digest",
        "erase the team's data",
    ],
)
async def test_what_holds_for_all_is_set_by_those_who_run_the_team(room: Room, words: str) -> None:
    refused = await room.say(words)
    assert refused.tone == "apology"
    assert "run this server" in said(refused)
    assert "administrent" in said(await room.say(words, language="fr"))
    assert (await room.say(words, admin=True)).tone != "apology"


async def test_ones_own_settings_win_over_the_teams_and_show_where_they_are_from(room: Room) -> None:
    await room.say("set the team's country to Poland", admin=True)
    assert "Poland (set by the team)" in said(await room.say("show my settings"))
    await room.say("set my default country to Belgium")
    assert "Belgium (set by you)" in said(await room.say("show my settings"))
    assert "Poland" in said(await room.say("show my settings", "discord:2"))


@pytest.mark.parametrize(
    ("language", "asked", "miles", "kilometres", "shown"),
    [
        ("en", "20 images with dall-e 3 in Poland in km by car", "miles please", "kilometres please", "set by"),
        ("fr", "20 images avec dall-e 3 en Pologne en km en voiture", "en miles", "en kilomètres svp", "choix"),
    ],
)
async def test_units_are_ones_own_before_the_teams_and_said_with_their_origin(
    room: Room, language: Language, asked: str, miles: str, kilometres: str, shown: str
) -> None:
    settings = "show my settings" if language == "en" else "mes réglages"

    async def hear(words: str, who: str = "discord:1", *, admin: bool = False) -> str:
        return said(await room.say(words, who, language, admin=admin))

    assert " km " in await hear(asked)
    assert "gallon" in await hear(miles)
    assert " mile" in await hear(asked)
    assert " km " in await hear(asked, "discord:2")
    team = "set the team's units to miles" if language == "en" else "mets les unités de l'équipe en miles"
    assert (await room.say(team, "discord:2", language)).tone == "apology", "those who run the team alone"
    await hear(team, "discord:2", admin=True)
    assert " mile" in await hear(asked, "discord:2")
    assert "gallons (" + ("set by the team" if language == "en" else "choix de l'équipe") in await hear(
        settings, "discord:2"
    )
    await hear(kilometres)
    assert " km " in await hear(asked)
    assert shown in (await hear(settings)).split("it")[-1]
    water = "2000 images in Poland, how much water?" if language == "en" else "2000 images en Pologne, combien d'eau ?"
    assert "gallon" in await hear(water, "discord:2")
    assert "litre" in await hear(water)


async def test_private_answers_where_a_person_wants_them(room: Room) -> None:
    assert not (await room.say("how much is one image?")).private
    await room.say("keep answers private")
    assert (await room.say("how much is one image?")).private
    assert not (await room.say("how much is one image?", "discord:2")).private


async def test_a_budget_speaks_once_at_four_fifths_and_once_when_it_is_reached(room: Room) -> None:
    await room.say("set a budget of 100 g CO2e a month", admin=True)
    told: list[str] = []
    for _ in range(14):
        told.append(said(await room.say("log 10 images")))
    speaking = [i for i, words in enumerate(told) if "Used this month" in words]
    assert len(speaking) == 2
    first, second = (told[i] for i in speaking)
    assert "1. " in first
    assert "3. " in first
    assert "8" in first.split("Used this month")[1].split("%")[0]
    assert "left: 0" in second
    room.clock.time += timedelta(days=20)  # another month, another budget
    assert "Used this month" in said(await room.say("log 90 images"))


async def test_a_jump_past_both_steps_is_one_line(room: Room) -> None:
    await room.say("set a budget of 10 g CO2e a month", admin=True)
    assert said(await room.say("log 100 images")).count("Used this month") == 1
    assert "Used this month" not in said(await room.say("log 100 images"))


async def test_report_by_model_week_and_against_the_month_before(room: Room) -> None:
    room.clock.time = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
    await room.say("log 10 images with dall-e")
    room.clock.time = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
    await room.say("log 500 images with dall-e")  # after the same day of the month: not compared
    room.clock.time = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    await room.say("log 10 images with dall-e")
    room.clock.time = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
    await room.say("log 10 images with midjourney")
    by_model = await room.say("report by model")
    assert by_model.chart is not None
    assert {bar.label for bar in by_model.chart.bars} == {"DALL-E 3", "Midjourney"} or len(by_model.chart.bars) == 2
    assert "more than on the same days of last month" in said(by_model)
    by_week = await room.say("our usage by week")
    assert by_week.chart is not None
    assert [bar.label for bar in by_week.chart.bars] == ["week of 2 Nov", "week of 9 Nov"]
    sums = [sum(getattr(bar, end) for bar in by_week.chart.bars) for end in ("low", "mid", "high")]
    whole = [sum(getattr(bar, end) for bar in by_model.chart.bars) for end in ("low", "mid", "high")]
    assert sums == pytest.approx(whole)


async def test_a_change_of_method_rewrites_nothing_but_can_be_asked_for(room: Room) -> None:
    await room.say("log 10 images with dall-e")
    day = timedelta(days=1)
    since, until = room.clock.time - day, room.clock.time + day
    (line,) = await room.core.ports.ledger.entries(f"team:{TEAM}", since, until)
    old = replace(line, id="old:0", batch="old", co2e_g=(1000.0, 2000.0, 3000.0), person="discord:1", method="old 1")
    await room.core.ports.ledger.add([replace(old, book=f"team:{TEAM}")])
    then = await room.say("show me this month's report")
    assert "2 kg" in said(then)
    now = await room.say("recompute the report")
    assert "2 kg" in said(now), "what the lines say is still told"
    assert "2 kg" not in plain(now.title)
    assert said(await room.say("show me this month's report")) == said(then)


async def test_people_are_named_only_who_want_to_be_and_nobody_is_found_by_subtraction(room: Room) -> None:
    for who in ("discord:1", "discord:2", "discord:3"):
        await room.say("log 10 images", who)
    assert "asked to be named" in said(await room.say("report by person"))
    await room.say("show my name in the report", "discord:1")
    shown = await room.say("report by person")
    assert shown.chart is not None
    assert [bar.label for bar in shown.chart.bars] == ["Ana", "the others together"]
    await room.say("/named =Ben", "discord:2")
    hidden = await room.say("report by person")
    assert "found by subtraction" in said(hidden)
    assert hidden.chart is not None
    assert "Ana" not in [bar.label for bar in hidden.chart.bars]
    exported = await room.say("export the ledger")
    assert exported.attachment is not None
    rows = list(csv.DictReader(io.StringIO(exported.attachment.data.decode("utf-8-sig"))))
    assert [row["who"] for row in rows] == ["Ana", "'=Ben", ""], "no formula reaches a spreadsheet"
    await room.say("hide my name in the report", "discord:1")
    assert "Ana" not in said(await room.say("report by person"))


FILE = """date;task;model;count;place
2026-11-03;image;dall-e-3;20;FRA
04/11/2026;texte;;1,5;Pologne
2026-11-05;;nonesuch;3;
;image;;-3;
2031-01-01;image;;1;
"""


async def test_a_list_is_checked_line_by_line_before_anything_is_written(room: Room) -> None:
    checked = await room.say("importe ce fichier", language="fr", file=FILE.encode("cp1252"))
    assert checked.tone == "question"
    for number in (4, 5, 6):
        assert f"Ligne {number}" in said(checked)
    assert "vide" in said(await room.say("montre le bilan du mois", language="fr"))
    done = await room.tap(checked, "importer", language="fr")
    assert "2 lignes importées" in said(done)
    again = await room.say("", file=FILE.encode())
    assert "0 lines imported" in said(await room.tap(again, "import"))
    assert "no longer at hand" in said(await room.tap(again, "import"))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "columns"),
        (b"\xff\xfe\x00", "columns"),
        (b"task,count\n" + b"text,1\n" * 5001, "up to"),
    ],
)
async def test_a_list_that_is_none_is_refused_kindly(room: Room, file: bytes, why: str) -> None:
    answer = await room.say("import this file", file=file)
    assert answer.tone == "apology"
    assert why in said(answer)


async def test_what_goes_out_comes_in_again(room: Room) -> None:
    await room.say("log 20 images with dall-e in Poland")
    await room.say("log 3 videos of 8 seconds with sora")
    out = await room.say("export the ledger")
    assert out.attachment is not None
    checked = await room.say("", team="discord:7", file=out.attachment.data)
    await room.tap(checked, "import", team="discord:7")
    first, second = [
        {f.label: f.value for f in (await room.say("show me this month's report", team=team)).figures}
        for team in (TEAM, "discord:7")
    ]
    assert first == second
    as_json = await room.tap(out, "JSON")
    assert as_json.attachment is not None
    assert len(json.loads(as_json.attachment.data)) == 2


async def test_the_digest_comes_once_on_its_day_and_pauses_after_three_quiet_weeks(room: Room) -> None:
    sent: list[Posting] = []

    async def send(posting: Posting) -> None:
        sent.append(posting)

    rounds = Rounds(room.core, "discord", send)
    wanted = {"state": "on", "weekday": "monday", "hour": 9.0, "zone": "paris"}
    set_ = await room.say("", admin=True, intent=Intent("digest", wanted))
    assert "Monday" in said(set_)
    assert "Europe/Paris" in said(set_)
    await room.say("log 20 images with dall-e")
    room.clock.time = MONDAY + timedelta(minutes=59)
    await rounds.once()
    assert sent == []
    room.clock.time = MONDAY + timedelta(minutes=61)
    for _ in range(3):
        await rounds.once()
    assert len(sent) == 1
    posting = sent.pop()
    assert (posting.team, posting.channel) == (TEAM, "room")
    assert posting.answer.chart is not None
    assert posting.answer.citations
    assert "over 1 entry" in said(posting.answer)
    quiet: list[str] = []
    for week in range(1, 8):
        room.clock.time = MONDAY + timedelta(weeks=week, minutes=61)
        await rounds.once()
        quiet += [said(p.answer) for p in sent]
        sent.clear()
    assert len(quiet) == 3
    assert "pauses" in quiet[-1]
    room.clock.time += timedelta(hours=1)
    await room.say("log 20 images with dall-e")
    room.clock.time = MONDAY + timedelta(weeks=8, minutes=61)
    await rounds.once()
    assert len(sent) == 1, "a use brings it back"


async def test_after_a_pause_of_the_machine_at_most_one_digest_goes_out(room: Room) -> None:
    sent: list[Posting] = []

    async def send(posting: Posting) -> None:
        sent.append(posting)

    rounds = Rounds(room.core, "discord", send)
    await room.say("", admin=True, intent=Intent("digest", {"state": "on", "zone": "Europe/Paris"}))
    await room.say("log 20 images with dall-e")
    room.clock.time = MONDAY + timedelta(weeks=5, hours=4)
    await room.say("log 20 images with dall-e")
    for _ in range(3):
        await rounds.once()
    assert len(sent) <= 1


async def test_a_digest_on_its_way_when_the_process_ends_arrives(room: Room) -> None:
    sent: list[Posting] = []
    begun, ready = asyncio.Event(), asyncio.Event()

    async def send(posting: Posting) -> None:
        begun.set()
        await ready.wait()
        sent.append(posting)

    await room.say(
        "", admin=True, intent=Intent("digest", {"state": "on", "weekday": "monday", "zone": "Europe/Paris"})
    )
    await room.say("log 20 images with dall-e")
    room.clock.time = MONDAY + timedelta(hours=6)
    running = asyncio.create_task(Rounds(room.core, "discord", send).run())
    await begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    ready.set()
    with suppress(asyncio.CancelledError):
        await running
    assert len(sent) == 1, "claimed here, so nobody else would send it"


async def test_quiz_scores_only_of_those_who_want_one(room: Room) -> None:
    asked = await room.say("quiz me")
    answered = await room.tap(asked, "A.")
    assert "score" not in said(answered)
    await room.tap(answered, "keep my score")
    asked = await room.say("quiz me")
    assert "of 1" in said(await room.tap(asked, "A.", id_="tap"))
    assert "score" not in said(await room.tap(asked, "A.", id_="tap")), "the same tap twice counts once"


async def test_feedback_is_kept_without_words_unless_they_are_meant_for_us(room: Room) -> None:
    estimate = await room.say("how much is one secretword image?")
    await room.tap(estimate, "wrong")
    await room.say("/feedback the figure for Poland is old", "discord:2")
    first, second = sorted(await room.core.ports.feedbacks.recent(), key=lambda f: f.at)
    assert (first.command, first.verdict, first.words) == ("estimate", "wrong", None)
    assert second.words == "the figure for Poland is old"


async def test_everything_about_a_person_is_handed_out_and_erased(room: Room) -> None:
    await room.say("log 20 images with dall-e")
    await room.say("log 5 images", team=None)
    await room.say("set my default country to Belgium")
    await room.say("show my name in the report")
    shown = await room.say("what do you store about me?")
    assert shown.private
    assert len(shown.body) + 1 == 10
    out = await room.say("export my data")
    assert out.attachment is not None
    kept = json.loads(out.attachment.data)
    assert len(kept["ledger"]) == 2
    assert kept["consents"]
    asked = await room.say("delete everything you have on me")
    assert asked.tone == "question"
    assert "2" in said(await room.tap(asked, "yes"))
    emptied = json.loads((await room.say("export my data")).attachment.data)  # pyright: ignore[reportOptionalMemberAccess]
    assert not emptied["ledger"]
    assert not emptied["consents"]


async def test_those_who_run_a_team_can_erase_it_at_once(room: Room) -> None:
    await room.say("log 20 images with dall-e")
    asked = await room.say("erase the team's data", admin=True)
    assert asked.tone == "question"
    assert "1" in said(await room.tap(asked, "yes", admin=True))
    assert "empty" in said(await room.say("show me this month's report"))


async def test_what_has_run_out_is_removed_once_a_day(room: Room) -> None:
    ports = room.core.ports
    await room.say("how much is one image?")
    await ports.records.leave(TEAM, room.clock.time + timedelta(days=30))
    await room.say("log 20 images with dall-e")
    assert await sweep(ports) == 0
    room.clock.time += timedelta(days=1)
    assert await sweep(ports) > 0, "conversations"
    assert await sweep(ports) == 0
    room.clock.time += timedelta(days=30)
    assert await sweep(ports) > 0, "the team that was left"
    assert await ports.ledger.of_person("discord:1") == []
