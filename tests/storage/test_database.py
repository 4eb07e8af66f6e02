"""How the database is used: by its indexes, without anyone's name or words, and not falling over when it is away."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

import bot.storage.database as database
from bot.assembly import assemble
from bot.core import Core
from bot.settings import Settings
from bot.storage.engine import engine_for, normalise
from bot.storage.ledger import of_book
from bot.storage.store import release, stored_ports
from handlers.ports import Budget, Feedback
from handlers.ports import Settings as Preferences
from handlers.request import Request
from tests.storage.worker import BOOK, NOW, line

PERSON = "telegram:314159265"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PAUSE", 0.0)


async def test_a_books_month_is_read_through_the_index(address: str) -> None:
    async with stored_ports(address) as ports:
        for book in range(40):
            team = f"team:discord:{book}"
            await ports.ledger.add(
                [
                    replace(
                        line(book * 100 + n), book=team, at=NOW + timedelta(days=5 * n), person=f"discord:{book}{n}"
                    )
                    for n in range(50)
                ]
            )
    engine = engine_for(normalise(address))
    query = of_book("team:discord:9", NOW, NOW + timedelta(days=30))
    compiled = query.compile(engine.sync_engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("ANALYZE entries"))
        plan = str((await connection.exec_driver_sql(f"{explain} {compiled}")).all())
    await engine.dispose()
    assert "ix_entries_book_at" in plan
    assert "SCAN entries" not in plan
    assert "Seq Scan" not in plan


async def test_no_id_of_a_person_and_no_word_of_a_message_is_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    settings = Settings(database_url=f"sqlite:///{file}")  # pyright: ignore[reportArgumentType]
    said = (
        "log 20 images with dall-e in Poland",
        "how much for a zebracorn reply",
        "set my country to Belgium",
        "quiz me",
    )
    async with assemble(settings) as core:
        for number, words in enumerate(said):
            await core.answer(Request(words, PERSON, PERSON, NOW, id=f"telegram:{PERSON}:{number}"))
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM entries").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM settings").fetchone() == (1,)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in sorted(tmp_path.iterdir()):  # noqa: ASYNC240
        content = path.read_bytes()
        for word in (b"314159265", b"zebracorn", b"images with", b"Belgium"):
            assert word not in content, (path, word)


async def test_the_same_person_is_found_again_after_a_restart(address: str) -> None:
    async with stored_ports(address) as ports:
        await ports.preferences.change(f"person:{PERSON}", Preferences("fr"))
    async with stored_ports(address) as ports:
        assert await ports.preferences.get(f"person:{PERSON}") == Preferences("fr")


async def test_a_key_of_ones_own_is_never_written(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    async with stored_ports(f"sqlite:///{file}", secret="only in the environment") as ports:
        await ports.preferences.change(f"person:{PERSON}", Preferences("fr"))
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM keys").fetchone() == (0,)


class Answering:
    """A person who talks to a core whose database comes and goes."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._said = 0

    async def say(self, words: str):  # type: ignore[no-untyped-def]
        self._said += 1
        answer = await self._core.answer(Request(words, PERSON, "c", NOW, language="en", id=f"m{self._said}"))
        assert answer is not None
        return answer


@pytest.fixture
async def talk(address: str) -> AsyncIterator[Answering]:
    settings = Settings(database_url=address)  # pyright: ignore[reportArgumentType]
    async with assemble(settings) as core:
        yield Answering(core)


async def broken(address: str, broken: bool) -> None:
    """Renames every table away, or back: what the bot sees is a database that cannot be used."""
    engine = engine_for(normalise(address))
    names = (
        "entries",
        "settings",
        "contexts",
        "budgets",
        "claims",
        "consents",
        "scores",
        "feedback",
        "digests",
        "drafts",
    )
    async with engine.begin() as connection:
        for name in names:
            old, new = (name, f"away_{name}") if broken else (f"away_{name}", name)
            await connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")
    await engine.dispose()


async def test_without_its_database_the_bot_answers_says_what_it_cannot_keep_and_recovers(
    address: str, talk: Answering
) -> None:
    assert (await talk.say("log 20 images with dall-e")).tone == "answer"
    await broken(address, True)
    assert (await talk.say("how much for one image?")).tone == "answer"
    for words in (
        "log 5 images",
        "set my default country to Belgium",
        "set a budget of 5 kg a month",
        "show me this month's report",
    ):
        answer = await talk.say(words)
        assert answer.tone == "apology", words
        assert answer.reference is None, words
        assert "memory cannot be reached" in "".join(s.text for s in answer.title), words
    await broken(address, False)
    assert (await talk.say("log 5 images")).tone == "answer"
    assert "2 entries" in "".join(s.text for s in (await talk.say("show me this month's report")).title)


async def test_a_database_that_is_away_from_the_start_is_found_when_it_comes(empty_postgres: str) -> None:
    async with stored_ports(empty_postgres) as ports:  # no tables yet: the release step has not run
        assert await ports.preferences.get(BOOK) == Preferences()
        assert await ports.conversations.recall(PERSON, "c") is None
        for writing in (
            lambda: ports.ledger.add([line(1)]),
            lambda: ports.budgets.put(BOOK, Budget("co2e_g", 1.0)),
            lambda: ports.feedbacks.add(PERSON, Feedback("f", NOW, "estimate", "wrong", "en")),
        ):
            with pytest.raises(database.NotKept):
                await writing()
        await release(empty_postgres)
        assert await ports.ledger.add([line(1)]) == 1


async def test_nobody_waits_for_a_database_that_was_away_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PAUSE", 60.0)
    async with stored_ports("postgresql://u:p@127.0.0.1:1/none") as ports:
        assert await ports.preferences.get(BOOK) == Preferences()
        start = ports.clock.now()
        for _ in range(100):
            assert await ports.preferences.get(BOOK) == Preferences()
        assert (ports.clock.now() - start).total_seconds() < 0.5


async def test_a_file_that_cannot_be_opened_leaves_a_bot_that_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'file' / 'book.db'}")  # pyright: ignore[reportArgumentType]
    async with assemble(settings) as core:
        answer = await Answering(core).say("log 20 images with dall-e")
    assert "no database" in "".join(span.text for text_line in answer.body for span in text_line)


async def test_connections_that_the_server_closed_are_replaced_unseen(empty_postgres: str) -> None:
    await release(empty_postgres)
    async with stored_ports(empty_postgres) as ports:
        await ports.ledger.add([line(1)])
        with psycopg.connect(empty_postgres, autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert await ports.ledger.add([line(2)]) == 1
        assert len(await ports.ledger.entries(BOOK, NOW, NOW + timedelta(days=1))) == 2


def test_one_question_opens_no_database() -> None:
    code = (
        "import sys\nfrom bot.__main__ import main\nmain(['ask', 'log one image'])\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'psycopg', 'aiosqlite') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
