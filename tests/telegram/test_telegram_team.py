"""A group's small book over real HTTP, on a file: logged, summed, budgeted, imported and carried out, told of weekly;
and what a restart and a second process make of it.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from telegram_people import Somebody
from telegram_process import Process, environment, free_port, running
from telegram_server import Server
from telegram_world import Chat, Sent

from bot.platforms.telegram.waiting import SOON

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = "@smallprint_bot"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A run of the bot that keeps what it is told."""
    file = tmp_path_factory.mktemp("team") / "book.db"
    async with Server() as server, running(server, DATABASE_URL=f"sqlite:///{file}"):
        yield server


@dataclass(frozen=True)
class Tongue:
    """What is said and heard in one language."""

    code: str
    log: str
    logged: str
    undo: str
    undone: str
    report: str
    total: str
    by_who: str
    name_me: str
    named: str
    the_others: str
    budget: str
    used: str
    refused: str
    do_import: str
    line: str
    imported: str
    export: str
    aside: str


EN = Tongue(
    "en", "log 20 images with dall-e", "Noted", "undo that", "Taken back", "show me this month's report", "This month:",
    "report by person", "show my name in the report", "shown as P", "the others together", "set a budget of 100 g CO2e",
    "Used this month", "run this server or group", "Import 2 lines", "Line", "2 lines imported", "export the ledger",
    "in our own chat",
)  # fmt: skip
FR = Tongue(
    "fr", "note 20 images avec dall-e", "Noté", "annule", "Repris", "montre le bilan du mois", "Ce mois-ci",
    "le bilan par personne", "montre mon nom dans le bilan", "P", "les autres ensemble",
    "fixe un budget de 100 g CO2e par mois", "Utilisé ce mois-ci", "administrent", "Importer 2 lignes", "Ligne",
    "2 lignes importées", "exporte le registre", "conversation privée",
)  # fmt: skip
BOTH = pytest.mark.parametrize("tongue", [EN, FR], ids=["en", "fr"])


def read(sent: Sent) -> str:
    return " ".join(sent.text.replace("\u202f", " ").split())


class Group:
    """A group whose people speak to the bot by mention."""

    def __init__(self, server: Server, number: int, tongue: Tongue) -> None:
        ids = [80_000_000 + number * 10 + i for i in range(4)]
        self.server, self.tongue = server, tongue
        self.chat = Chat(-1_002_000_000_000 - number, "supergroup", admins={ids[0]})
        server.world.chats[self.chat.id] = self.chat
        self.people = [Somebody(server, id_, tongue.code) for id_ in ids]

    async def hears(self, words: str, who: int = 0) -> str:
        """All that came, a picture's details included, once the bot has been asked something after it."""
        person = self.people[who]
        before = len(person.answers(self.chat))
        self.people[who].says(f"{BOT} {words}", self.chat, always=True)
        await person.answer(before + 1, self.chat)
        await self.settled()
        return " ".join(read(sent) for sent in person.answers(self.chat)[before:])

    async def settled(self) -> None:
        """Nothing more is under way in this group: its updates are dealt with one after another."""
        mark = Somebody(self.server, 89_000_000 + abs(self.chat.id) % 1_000_000, self.tongue.code)
        before = len(self.server.made("answerInlineQuery"))
        mark.types("")
        await self.server.until(lambda: len(self.server.made("answerInlineQuery")) > before, 10, "an answer")
        await asyncio.sleep(0.1)


def groups() -> Any:
    number = 0

    def made(server: Server, tongue: Tongue) -> Group:
        nonlocal number
        number += 1
        return Group(server, number, tongue)

    return made


a_group = groups()


@BOTH
async def test_a_use_is_logged_taken_back_and_summed_with_its_chart(kept: Server, tongue: Tongue) -> None:
    group = a_group(kept, tongue)
    assert tongue.logged in await group.hears(tongue.log)
    assert tongue.logged in await group.hears(tongue.log, 1)
    assert tongue.undone in await group.hears(tongue.undo)
    await group.hears(tongue.log.replace("20", "5"), 2)
    assert tongue.total in await group.hears(tongue.report)
    assert any(sent.kind == "photo" for sent in group.people[0].answers(group.chat))
    await group.hears(tongue.name_me, 1)
    await group.hears(tongue.log, 3)
    shown = await group.hears(tongue.by_who)
    assert "P8000" in shown
    assert tongue.the_others in shown.lower()


@BOTH
async def test_a_budget_is_set_by_those_who_run_the_group_and_speaks_twice(kept: Server, tongue: Tongue) -> None:
    group = a_group(kept, tongue)
    assert tongue.refused in await group.hears(tongue.budget, 1)
    await group.hears(tongue.budget)
    told = [await group.hears(tongue.log.replace("20", "10"), 1) for _ in range(14)]
    speaking = [words for words in told if tongue.used in words]
    assert len(speaking) == 2
    assert all(f"{rank}. " in speaking[0] for rank in (1, 2, 3)), "three levers"


LIST = """date;task;model;count;place
{day};image;dall-e-3;20;FRA
{day};{text};;1,5;{poland}
{day};;nonesuch;3;
;image;;-3;
"""


@BOTH
async def test_a_list_sent_with_a_word_is_checked_then_written_on_a_yes(kept: Server, tongue: Tongue) -> None:
    person = Somebody(kept, 81_000_000 + len(tongue.log), tongue.code)
    words = ("text", "Poland") if tongue is EN else ("texte", "Pologne")
    file = LIST.format(day=f"{datetime.now(UTC):%Y-%m-%d}", text=words[0], poland=words[1])
    person.sends(file.encode(), "uses.csv", "import" if tongue is EN else "importe", mime_type="text/csv")
    checked = await person.answer()
    assert f"{tongue.line} 4" in read(checked)
    assert f"{tongue.line} 5" in read(checked)
    person.taps(checked, tongue.do_import)
    await kept.until(lambda: checked.edits == 1, 10, "an edit")
    assert tongue.imported in read(checked)
    assert tongue.total in read(await person.asks(tongue.report))


@BOTH
async def test_what_is_no_list_is_refused_kindly(kept: Server, tongue: Tongue) -> None:
    person = Somebody(kept, 81_100_000 + len(tongue.log), tongue.code)
    person.sends(b"a,b\n1,2\n", "other.csv", "import")
    answer = await person.answer()
    assert "columns" in read(answer) or "colonnes" in read(answer)
    person.sends(b"\x89PNG", "picture.png", "import", mime_type="image/png")
    assert (await person.answer(2)).text
    person.sends(b"task,count\n" + b"text,1\n" * 300_000, "large.csv", "import", mime_type="text/csv")
    assert (await person.answer(3)).text


async def test_a_long_list_says_how_far_it_has_come(kept: Server) -> None:
    person = Somebody(kept, 81_200_000)
    rows = "".join(f"image,dall-e-3,{1 + n / 7:.3f},{256 + n}x512\n" for n in range(5000))
    began = time.monotonic()
    person.sends(f"task,model,count,resolution\n{rows}".encode(), "long.csv", "import", mime_type="text/csv")
    await kept.until(lambda: any("5,000 lines can be" in s.text for s in person.answers()), 30, "the end")
    said = [str(call.params.get("text", "")) for call in kept.calls if call.params.get("chat_id") == person.person.id]
    shares = [int(found[1]) for words in said if (found := re.search(r"Working on it: (\d+)%", words))]
    # A machine that has it all read before anybody would wonder says nothing in between.
    assert shares or time.monotonic() - began < 2 * SOON, "nothing was said while it went on"
    assert shares == sorted(shares)
    assert len(person.answers()) == 1, "what was said became the answer"


@BOTH
async def test_the_book_is_handed_out_where_only_the_asker_sees_it(kept: Server, tongue: Tongue) -> None:
    group = a_group(kept, tongue)
    await group.hears(tongue.log)
    assert tongue.aside in await group.hears(tongue.export)
    (document,) = [sent for sent in group.people[0].answers() if sent.kind == "document"]
    (row,) = csv.DictReader(io.StringIO(document.params["document"].decode("utf-8-sig")))
    assert (row["task"], float(row["count"]), row["who"]) == ("image", 20, "")
    await group.people[0].asks("/privacy export")
    await kept.until(lambda: sum(s.kind == "document" for s in group.people[0].answers()) == 2, 10, "the file")
    mine = json.loads([s for s in group.people[0].answers() if s.kind == "document"][-1].params["document"])
    assert len(mine["ledger"]) == 1


async def test_a_restart_is_not_noticed(tmp_path: Path) -> None:
    """An edited question changes its old answer, and a list that was checked before is still written on a yes."""
    more = {"DATABASE_URL": f"sqlite:///{tmp_path / 'book.db'}"}
    async with Server() as server:
        person, other = Somebody(server, 1), Somebody(server, 2)
        async with running(server, **more):
            question = person.says("20 images with dall-e 3 in Poland")
            answer = await person.answer()
            other.sends(b"task,count\nimage,3\nimage,4\n", "uses.csv", "import")
            checked = await other.answer()
        async with running(server, **more):
            person.edits(question, "20 images with dall-e 3 in France")
            await server.until(lambda: answer.edits == 1, 10, "an edit")
            assert "France" in answer.text
            assert len(person.answers()) == 1
            other.taps(checked, "Import 2 lines")
            await server.until(lambda: checked.edits == 1, 10, "an edit")
            assert "2 lines imported" in checked.text


async def test_a_digest_comes_once_by_two_processes_then_quietly_then_pauses(tmp_path: Path) -> None:
    """On its day, by the clock of the database: what is due is sent when a process next looks, as it does first. One
    group of each language, side by side."""
    file = tmp_path / "book.db"
    more = {"DATABASE_URL": f"sqlite:///{file}", "TELEGRAM_WEBHOOK_SECRET": "s"}
    async with Server() as server:
        groups = (a_group(server, EN), a_group(server, FR))
        words = (
            ("turn on the weekly digest", "run this server or group", "UTC", "seven days", "pauses"),
            ("active le résumé hebdomadaire", "administrent", "Europe/Paris", "sept derniers jours", "s'interrompt"),
        )
        async with running(server, DATABASE_URL=more["DATABASE_URL"]):
            for group, (on, refused, zone, _, _) in zip(groups, words, strict=True):
                assert refused in await group.hears(on, 1)
                assert zone in await group.hears(on)
                await group.hears(group.tongue.log)

        def due(before: timedelta, quiet: int = 0) -> None:
            at = (datetime.now(UTC) - before).strftime("%Y-%m-%d %H:%M:%S.%f")
            with sqlite3.connect(file) as connection:
                assert connection.execute("UPDATE digests SET due=?, quiet=?", (at, quiet)).rowcount == 2
            connection.close()

        async def sent(processes: int = 1, *, awaited: bool = True) -> list[list[str]]:
            """What comes unasked in each group while so many processes begin, look and end."""
            before = len(server.world.order)

            def reached() -> bool:
                return {group.chat.id for group in groups} <= {one.chat for one in server.world.order[before:]}

            async with AsyncExitStack() as stack:
                ports = [free_port() for _ in range(processes)]
                await asyncio.gather(*(stack.enter_async_context(running(
                    server, TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{port}/hook", PORT=str(port), **more
                )) for port in ports))  # fmt: skip
                if awaited:
                    await server.until(reached, 20, "a digest in each group")
                await asyncio.sleep(0.6)  # and what should not come has its time
            new = server.world.order[before:]
            return [[read(one) for one in new if one.chat == group.chat.id] for group in groups]

        due(timedelta(seconds=0))
        for said, (_, _, _, week, _) in zip(await sent(2), words, strict=True):
            assert 1 <= len(said) <= 2, "one message; its picture has its details below"
            assert sum(week in one for one in said) == 1
        due(timedelta(weeks=5))
        assert all(len(said) <= 1 for said in await sent(awaited=False)), "after a pause of the machine at most one"
        with sqlite3.connect(file) as connection:
            connection.execute("DELETE FROM entries")
        connection.close()
        due(timedelta(minutes=5), quiet=2)
        for said, (_, _, _, _, pauses) in zip(await sent(), words, strict=True):
            (last,) = said
            assert pauses in last


async def test_a_fault_of_our_own_is_said_with_its_reference_and_the_next_question_is_answered() -> None:
    """Telegram answers with something that nobody foresaw."""
    async with Server() as server:
        process = await (await Process(environment(server), ("telegram",)).start()).ready()
        server._methods["getchatadministrators"] = lambda _: [{"status": "administrator"}]
        group = a_group(server, FR)
        broken = await group.hears("20 images avec dall-e 3 en Pologne")
        (reference,) = re.findall(r"Référence : (\w{6})", broken)
        assert "25 g" in (await group.people[0].asks("20 images avec dall-e 3 en Pologne")).text
        assert await process.stop() == 0
        (fault,) = [line for line in process.log.splitlines() if reference in line]
        assert json.loads(fault)["error"] == "TypeError"
        assert "dall-e" not in process.log
        assert not server.world.faults
