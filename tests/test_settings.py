"""What whoever runs the bot sees of its configuration: everything that is wrong at once, a line each, before anything
starts, and never a value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import HOSTS, Misconfigured, Settings

ROOT = Path(__file__).parents[1]
CANARY = "hush canary-53c9 hush"  # wrong for every variable, and never to be seen again
VARIABLES = tuple(name.upper() for name in Settings.model_fields)
# These take any text at all.
FREE = {"SMALLPRINT_KEY"}


def bot(*arguments: str, **environment: str) -> tuple[int, list[str]]:
    """A command run with these variables alone: its exit code and what it wrote, both outputs together."""
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DATABASE_URL": "memory:"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, env={**kept, **environment}, text=True, timeout=60,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("command", ["chat", "feedback", "release", "discord", "telegram", "all", "invite"])
def test_everything_that_is_wrong_is_said_at_once(command: str) -> None:
    wrong = {name: CANARY for name in VARIABLES if name not in FREE}
    code, lines = bot(command, **wrong)
    assert code == 2
    assert sorted(line.split()[1] for line in lines) == sorted(wrong)
    assert all(line.startswith("smallprint: ") and len(line.split()) > 3 for line in lines)
    assert "canary" not in "".join(lines)


@pytest.mark.parametrize("name", VARIABLES)
def test_a_value_is_never_repeated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, CANARY)
    try:
        shown = repr(Settings.load())
    except Misconfigured as error:
        shown = str(error)
        assert shown.startswith(f"{name} ")
    assert "canary" not in shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DISCORD_SHARD_IDS": "0,1"}, "DISCORD_SHARD_COUNT is not set"),
        ({"DISCORD_SHARD_IDS": "0-4", "DISCORD_SHARD_COUNT": "4"}, "DISCORD_SHARD_IDS names a shard"),
        ({"DISCORD_SHARD_IDS": "3-1", "DISCORD_SHARD_COUNT": "4"}, "DISCORD_SHARD_IDS has a span"),
        ({"DISCORD_TOKEN": "first\nsecond"}, "DISCORD_TOKEN takes one word"),
        ({"TELEGRAM_WEBHOOK_URL": "example.org/hook"}, "TELEGRAM_WEBHOOK_URL takes an address"),
        ({"DATABASE_URL": "mysql://u:p@h/d"}, "DATABASE_URL takes postgres://"),
        ({"PORT": "123456"}, "PORT must be"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=said):
        Settings.load()


def test_a_token_is_missing_beside_what_is_wrong() -> None:
    code, lines = bot("telegram", PORT="x")
    assert code == 2
    assert [line.split()[1] for line in lines] == ["PORT", "TELEGRAM_TOKEN"]


def test_a_line_break_copied_along_with_a_token_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:abc\n")
    token = Settings.load().telegram_token
    assert token is not None
    assert token.get_secret_value() == "42:abc"


@pytest.mark.parametrize("variable", HOSTS)
@pytest.mark.parametrize("command", ["telegram", "release"])
def test_nothing_is_kept_on_a_disk_that_does_not_last(variable: str, command: str) -> None:
    code, lines = bot(command, **{variable: "x", "DATABASE_URL": "sqlite:///book.db", "TELEGRAM_TOKEN": "4:x"})
    assert code == 2
    (line,) = lines
    assert HOSTS[variable] in line
    assert "SMALLPRINT_DISK=lasting" in line


@pytest.mark.parametrize(
    "given",
    [
        {"DATABASE_URL": "postgres://u:p@h/d", "DYNO": "web.1"},
        {"DATABASE_URL": "memory:", "RENDER": "true"},
        {"DATABASE_URL": "sqlite:////data/book.db", "FLY_APP_NAME": "x", "SMALLPRINT_DISK": "lasting"},
        {
            "DATABASE_URL": "sqlite:////data/book.db",
            "RAILWAY_ENVIRONMENT": "x",
            "RAILWAY_VOLUME_MOUNT_PATH": "/data",
        },
        {"DATABASE_URL": "sqlite:///book.db"},
    ],
)
def test_where_it_lasts_it_may(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings.load(lasting=True).address == given["DATABASE_URL"]
