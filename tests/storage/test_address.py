"""DATABASE_URL in every form that people and hosting platforms write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Misconfigured, Settings
from bot.storage.engine import data_folder, file_of, normalise
from bot.storage.store import stored_ports

PG = "postgresql+psycopg"


@pytest.mark.parametrize(
    ("given", "drivername", "query"),
    [
        ("postgres://u:p@h:5432/d", PG, {}),
        ("postgresql://u:p@h/d?sslmode=require", PG, {"sslmode": "require"}),
        (
            "postgres://u:p@h/d?sslmode=require&channel_binding=require",
            PG,
            {"sslmode": "require", "channel_binding": "require"},
        ),
        ("postgresql+asyncpg://u:p@h/d?ssl=require", PG, {"sslmode": "require"}),
        ("postgres://u:p@h/d?ssl=true", PG, {"sslmode": "require"}),
        ("postgresql+psycopg2://u:p@h/d?pgbouncer=true&connect_timeout=3", PG, {"connect_timeout": "3"}),
        ("postgresql://u:p@/d?host=/var/run/postgresql", PG, {"host": "/var/run/postgresql"}),
        ("  postgres://u:p@h/d\n", PG, {}),
        ("sqlite:///book.db", "sqlite+aiosqlite", {}),
        ("sqlite:////var/lib/book.db", "sqlite+aiosqlite", {}),
        ("sqlite+aiosqlite:///book.db", "sqlite+aiosqlite", {}),
    ],
)
def test_addresses(given: str, drivername: str, query: dict[str, str]) -> None:
    url = normalise(given)
    assert (url.drivername, dict(url.query)) == (drivername, query)


def test_a_password_with_signs_comes_through() -> None:
    url = normalise("postgres://user:p%40ss%2Fw%25rd@host:6543/name")
    assert (url.username, url.password, url.host, url.port, url.database) == ("user", "p@ss/w%rd", "host", 6543, "name")


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_without_an_address_a_file_in_the_data_folder(empty: str | None, tmp_path: Path) -> None:
    assert file_of(normalise(empty, tmp_path)) == tmp_path / "smallprint.db"


def test_the_data_folder_is_the_systems() -> None:
    home = Path.home()
    assert data_folder({}, "linux") == home / ".local/share/smallprint"
    assert data_folder({"XDG_DATA_HOME": "/data"}, "linux") == Path("/data/smallprint")
    assert data_folder({}, "darwin") == home / "Library/Application Support/smallprint"
    assert data_folder({"LOCALAPPDATA": "/local"}, "win32") == Path("/local/smallprint")


@pytest.mark.parametrize(
    "given", ["mysql://u:secret@h/d", "not an address secret", "postgres//u:secret@h", "://secret"]
)
def test_what_cannot_be_used_is_said_without_the_secret(given: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        normalise(given)
    assert "secret" not in str(refusal.value)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:hush-hush@h/d")
    monkeypatch.setenv("SMALLPRINT_KEY", "hush-hush")
    settings = Settings.load()
    assert "hush" not in repr(settings)
    assert settings.address == "postgres://u:hush-hush@h/d"


async def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    async with stored_ports(None, data=tmp_path / "deep" / "smallprint") as ports:
        assert ports.where == str(tmp_path / "deep" / "smallprint" / "smallprint.db")
    assert (tmp_path / "deep" / "smallprint").stat().st_mode & 0o077 == 0


async def test_an_sqlite_in_memory_works_too() -> None:
    async with stored_ports("sqlite://") as ports:
        assert ports.where is None
        assert await ports.once.claim("a", ports.clock.now())
