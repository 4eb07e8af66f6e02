"""What is kept, over real HTTP and on a file: units, reports cut every way, feedback listed, all of it erased, left to
run out, or taken along where a group becomes a supergroup.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from telegram_people import Somebody
from telegram_process import ROOT, running
from telegram_server import Server
from telegram_world import Chat, Sent

from bot.platforms.telegram.conversation import LEFT
from bot.rounds import sweep
from bot.storage.store import stored_ports

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = "@smallprint_bot"


@dataclass(frozen=True, slots=True)
class Kept:
    server: Server
    file: Path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kept]:
    """A run of the bot that keeps what it is told."""
    file = tmp_path_factory.mktemp("keeping") / "book.db"
    async with Server() as server, running(server, DATABASE_URL=f"sqlite:///{file}"):
        yield Kept(server, file)


def somebody(server: Server, number: int, language: str) -> Somebody:
    return Somebody(server, 82_000_000 + number * 2 + (language == "fr"), language)


def a_group(server: Server, number: int, language: str) -> tuple[Chat, Somebody]:
    """An ordinary group, with the one who runs it."""
    owner = somebody(server, number, language)
    chat = Chat(-9_000_000 - owner.person.id, "group", admins={owner.person.id})
    server.world.chats[chat.id] = chat
    return chat, owner


def read(*sent: Sent) -> str:
    plain = " ".join(one.text for one in sent).replace("\u202f", " ").replace("\xa0", " ")
    return " ".join(plain.split())


def pictures(person: Somebody) -> list[str]:
    return [str(sent.params["file_id"]) for sent in person.answers() if sent.kind == "photo"]


async def all_of(person: Somebody, words: str, chat: Chat | None = None) -> str:
    """All that comes: the details that follow a picture too."""
    before = len(person.answers(chat))
    await person.asks(f"{BOT} {words}" if chat is not None else words, chat, always=True)
    marks = len(person.server.made("answerInlineQuery"))
    somebody(person.server, 400_000, "en").types("")
    await person.server.until(lambda: len(person.server.made("answerInlineQuery")) > marks, 10, "an answer")
    await asyncio.sleep(0.1)
    return read(*person.answers(chat)[before:])


@pytest.mark.parametrize(
    ("language", "ask", "said", "question", "far", "shown", "back", "metric"),
    [
        ("en", "miles please", "miles, gallons", "what is 1 kg of CO2e in everyday terms?", " miles",
         "miles and gallons", "kilometres please", " km"),
        ("fr", "en miles", "miles, gallons", "1 kg de CO2e en termes courants", " miles",
         "miles et gallons", "en kilomètres svp", " km"),
    ],
    ids=["en", "fr"],
)  # fmt: skip
async def test_miles_for_those_who_want_them(
    kept: Kept, language: str, ask: str, said: str, question: str, far: str, shown: str, back: str, metric: str
) -> None:
    person = somebody(kept.server, 1, language)
    assert said in read(await person.asks(ask))
    assert far in await all_of(person, question)
    assert shown in await all_of(person, "/settings")
    await person.asks(back)
    answered = await all_of(person, question)
    assert metric in answered
    assert far not in answered


LIST = "date;task;model;count\n{before};image;dall-e-3;10\n{day};image;dall-e-3;20\n{now};image;flux;5\n"


@pytest.mark.parametrize(
    ("language", "do_import", "month", "less", "by_model", "by_week", "month_of", "anew", "recomputed"),
    [
        ("en", "Import 3 lines", "show me this month's report", "more than on the same days of last month",
         "report by model", "our usage by week", "This month:", "recompute the report", "Computed anew"),
        ("fr", "Importer 3 lignes", "montre le bilan du mois", "de plus qu'aux mêmes jours du mois dernier",
         "le bilan par modèle", "le bilan par semaine", "Ce mois-ci :", "recalcule le bilan", "Recalculé"),
    ],
    ids=["en", "fr"],
)  # fmt: skip
async def test_a_report_by_model_by_week_against_last_month_and_anew(
    kept: Kept, language: str, do_import: str, month: str, less: str, by_model: str, by_week: str, month_of: str,
    anew: str, recomputed: str,
) -> None:  # fmt: skip
    person, now = somebody(kept.server, 2, language), datetime.now(UTC)
    first = now.replace(day=1)
    file = LIST.format(before=f"{first - timedelta(days=1):%Y-%m}-01", day=f"{first:%Y-%m-%d}", now=f"{now:%Y-%m-%d}")
    person.sends(file.encode(), "uses.csv", "import" if language == "en" else "importe", mime_type="text/csv")
    checked = await person.answer()
    person.taps(checked, do_import)
    await kept.server.until(lambda: checked.edits == 1, 10, "an edit")
    assert less in await all_of(person, month)
    models = await all_of(person, by_model)
    assert "DALL" in models
    assert "Flux" in models or "FLUX" in models
    before = len(pictures(person))
    assert month_of in await all_of(person, by_week)
    if now.day > 7:  # two weeks at least, a picture of its own
        assert len(pictures(person)) == before + 1
        assert len(set(pictures(person))) == len(pictures(person))
    assert recomputed not in await all_of(person, month)
    assert recomputed in await all_of(person, anew)


@pytest.mark.parametrize(
    ("language", "caption", "said"),
    [("en", "import", "too large for me: 2 MB"), ("fr", "importe", "trop grand pour moi : 2 Mo"),
     ("en", "", "too large"), ("fr", "", "trop grand")],
)  # fmt: skip
async def test_a_list_that_is_too_large_is_told_so(kept: Kept, language: str, caption: str, said: str) -> None:
    person = somebody(kept.server, 3 + (not caption), language)
    person.sends(b"task,count\n" + b"text,1\n" * 300_000, "large.csv", caption, mime_type="text/csv")
    assert said in read(await person.answer())
    assert len(person.answers()) == 1


@pytest.mark.parametrize(
    ("language", "log", "words", "said"),
    [("en", "log 20 images with dall-e", "log 20 images with dall-e", "Noted"),
     ("fr", "note 20 images avec dall-e", "note 20 images avec dall-e", "Noté")],
)  # fmt: skip
async def test_words_beside_a_list_that_is_too_large_are_still_answered(
    kept: Kept, language: str, log: str, words: str, said: str
) -> None:
    person = somebody(kept.server, 5, language)
    person.sends(b"text,1\n" * 300_000, "large.csv", words, mime_type="text/csv")
    answer = read(await person.answer())
    assert said in answer
    assert ("too large" if language == "en" else "trop grand") in answer


@pytest.mark.parametrize(
    ("language", "log", "erase", "yes", "erased", "empty"),
    [("en", "log 20 images with dall-e", "/privacy erase", "Yes, erase it", "Erased", "ledger is empty"),
     ("fr", "note 20 images avec dall-e", "/confidentialite effacer", "Oui, effacer", "Effacé", "registre est vide")],
    ids=["en", "fr"],
)  # fmt: skip
async def test_everything_about_a_person_goes_once_they_say_so(
    kept: Kept, language: str, log: str, erase: str, yes: str, erased: str, empty: str
) -> None:
    person = somebody(kept.server, 6, language)
    month = "show me this month's report" if language == "en" else "montre le bilan du mois"
    await person.asks("en miles" if language == "fr" else "miles please")
    await person.asks(log)
    asked = await person.asks(erase)
    assert empty not in await all_of(person, month), "nothing goes before the yes"
    person.taps(asked, yes)
    await kept.server.until(lambda: asked.edits == 1, 10, "an edit")
    assert erased in read(asked)
    assert "1" in read(asked)
    assert empty in await all_of(person, month)
    assert "miles" not in await all_of(person, "/settings")


async def test_a_group_that_was_left_goes_after_thirty_days_and_not_before(tmp_path: Path) -> None:
    class Later:
        def __init__(self, days: float) -> None:
            self.days = days

        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(days=self.days)

    address = f"sqlite:///{tmp_path / 'book.db'}"
    async with Server() as server, running(server, DATABASE_URL=address):
        groups = [a_group(server, 7, "en"), a_group(server, 7, "fr")]
        stays, of_those = a_group(server, 8, "en")
        for (chat, owner), log in zip(groups, ("log 20 images with dall-e", "note 20 images avec dall-e"), strict=True):
            await all_of(owner, log, chat)
            owner.moves_bot(chat, "member", "kicked")
        await all_of(of_those, "log 20 images with dall-e", stays)

        async def lines(days: float) -> list[int]:
            """How many stand in each group's book once the daily round has been made that many days on."""
            clock = Later(days)
            async with stored_ports(address, clock=clock) as ports:
                await sweep(ports)
                end = clock.now()
                books = [f"team:telegram:{chat.id}" for chat in (*(chat for chat, _ in groups), stays)]
                return [len(await ports.ledger.entries(book, end - timedelta(days=60), end)) for book in books]

        assert await lines(LEFT.days - 1) == [1, 1, 1]
        assert await lines(LEFT.days + 1) == [0, 0, 1]


@pytest.mark.parametrize("late", [False, True], ids=["told", "found-out"])
@pytest.mark.parametrize(
    ("language", "log", "budget", "digest", "place", "month", "used", "total"),
    [("en", "log 20 images with dall-e", "set a budget of 900 g CO2e", "turn on the weekly digest",
      "set the team's country to Belgium", "show me this month's report", "900", "over 2 entries"),
     ("fr", "note 20 images avec dall-e", "fixe un budget de 900 g CO2e par mois", "active le résumé hebdomadaire",
      "le pays de l'équipe est la Belgique", "montre le bilan du mois", "900", "pour 2 lignes")],
    ids=["en", "fr"],
)  # fmt: skip
async def test_all_that_a_group_keeps_follows_it_to_its_new_id(
    kept: Kept, language: str, log: str, budget: str, digest: str, place: str, month: str, used: str, total: str,
    late: bool,
) -> None:  # fmt: skip
    """Told by both messages of Telegram's, in either order; or found out on the way to the old id."""
    server = kept.server
    old, owner = a_group(server, 9 + late, language)
    for words in (log, budget, digest, place):
        await all_of(owner, words, old)
    new = Chat(-1_003_000_000_000 - owner.person.id, "supergroup", admins=old.admins)
    server.world.chats[new.id] = new
    if late:
        old.moved_to = new.id
        owner.says(f"{BOT} {log}", old, always=True)
        await owner.answer(1, new)
    for _ in range(2):
        leaves, joins = owner.message("", old, migrate_to_chat_id=new.id), owner.message(
            "", new, migrate_from_chat_id=old.id)  # fmt: skip
        for message in (joins, leaves) if language == "fr" else (leaves, joins):
            del message["text"]
            server.push(message=message)
    old.moved_to = new.id
    if not late:
        await all_of(owner, log, new)
    assert total in await all_of(owner, month, new)
    assert used in await all_of(owner, "budget", new)
    assert "Belgi" in await all_of(owner, "/settings", new) + read(*owner.answers())
    with sqlite3.connect(kept.file) as connection:
        query = "SELECT team, channel FROM digests WHERE team LIKE ?"
        found = connection.execute(query, (f"%{owner.person.id}",)).fetchall()
    connection.close()
    assert found == [(f"telegram:{new.id}", f"telegram:{new.id}")]
    assert not [call for call in server.calls[-5:] if call.params.get("chat_id") == old.id]


async def test_feedback_is_listed_newest_first(kept: Kept) -> None:
    """By the command, beside the bot that is running: the words only where somebody wrote them for us."""
    english, french = somebody(kept.server, 12, "en"), somebody(kept.server, 12, "fr")
    await english.asks("/feedback the figure for Poland is old")
    await french.asks("/retour le chiffre de la Pologne date")

    async def listed(*arguments: str) -> list[list[str]]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "feedback", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"),
                 "DATABASE_URL": f"sqlite:///{kept.file}"},
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode == 0
        return [line.split("\t") for line in out.decode().splitlines()]

    everything = await listed()
    assert [(row[1], row[4]) for row in everything[:2]] == [
        ("fr", "le chiffre de la Pologne date"),
        ("en", "the figure for Poland is old"),
    ]
    assert all(abs(datetime.now(UTC) - datetime.fromisoformat(f"{row[0]}+00:00")) < timedelta(hours=1)
               for row in everything)  # fmt: skip
    assert len(await listed("--limit", "1")) == 1
