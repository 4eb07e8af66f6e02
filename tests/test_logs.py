"""What stands in the log of a process, and what never does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.assembly import assembled
from bot.core import Core
from bot.logs import configure
from bot.settings import Settings
from bot.storage.memory import memory_ports
from handlers.request import Request
from tests.conftest import StillClock

TOKEN = "4242:AAsecret-token_0123456789"
WORDS = "how much do my very private words cost"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., io.StringIO]]:
    """The log of a process with these variables; the test runner's own logging is put back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level

    def configured(**variables: str) -> io.StringIO:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        stream = io.StringIO()
        configure(Settings.load(), stream)
        return stream

    yield configured
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(False)


def objects(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_an_object_where_no_terminal_is(log: Callable[..., io.StringIO]) -> None:
    stream = log()
    logging.getLogger("bot.somewhere").info("ready as @%s", "bot", extra={"shard": 3})
    (line,) = objects(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "ready as @bot", "level": "info", "logger": "bot.somewhere", "shard": 3}


def test_text_on_request(log: Callable[..., io.StringIO]) -> None:
    stream = log(SMALLPRINT_LOG="text")
    logging.getLogger("bot.somewhere").warning("not reached", extra={"shard": 3})
    assert "not reached" in stream.getvalue()
    assert "shard=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_secret_whoever_writes_it(log: Callable[..., io.StringIO], style: str) -> None:
    stream = log(SMALLPRINT_LOG=style, TELEGRAM_TOKEN=TOKEN, DATABASE_URL="postgres://me:pass%20word@h/d")
    library = logging.getLogger("somelibrary")
    library.warning("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    library.error("at %s", TOKEN.replace(":", "%3A"), extra={"url": f"x/{TOKEN}/y"})
    library.error("cannot reach postgres://me:pass%20word@h/d")
    assert "secret-token" not in stream.getvalue()
    assert "pass%20word" not in stream.getvalue()
    assert stream.getvalue().count("***") == 4


async def test_a_fault_carries_the_reference_that_the_person_is_shown_and_none_of_their_words(
    log: Callable[..., io.StringIO], clock: StillClock
) -> None:
    core: Core = assembled(memory_ports(clock))

    async def broken(_: object) -> None:
        raise ValueError(f"cannot read {WORDS!r}") from KeyError(WORDS)

    command = core.catalogue["estimate"]
    object.__setattr__(command, "run", broken)  # a fault of our own, where it would be
    stream = log()
    answer = await core.answer(Request(f"estimate {WORDS} 20 images", "test:1", "c", clock.now()))
    assert answer is not None
    assert answer.tone == "apology"
    (line,) = objects(stream)
    assert line["request"] == answer.reference
    assert line["error"] == "ValueError"
    assert line["cause"] == "KeyError"
    assert any("core.py" in step for step in line["trace"])
    assert "private words" not in stream.getvalue()


def test_libraries_are_quiet_below_a_warning(log: Callable[..., io.StringIO]) -> None:
    stream = log()
    logging.getLogger("httpx").info("GET https://…")
    logging.getLogger("alembic.runtime").info("Running upgrade")
    assert not stream.getvalue()
