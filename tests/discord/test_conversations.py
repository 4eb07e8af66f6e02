"""The conversations that the terminal holds, held on Discord: the same figures come out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simcord
import yaml
from expectations import measured

from bot.assembly import assembled
from bot.core import Core
from bot.platforms.discord.client import build
from bot.platforms.terminal import Chat
from bot.storage.memory import memory_ports
from handlers.answer import Answer
from tests.discord.conftest import SETTINGS, texts

FOLDER = Path(__file__).parents[1] / "conversations"
MOST = 25  # conversations of a file: the terminal holds them all, and Discord only carries them


class Still:
    def now(self) -> datetime:
        return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def conversations() -> list[tuple[str, list[list[str]]]]:
    found: list[tuple[str, list[list[str]]]] = []
    for file in sorted(FOLDER.glob("*/*.yaml")):
        data = yaml.safe_load(file.read_text("utf-8"))
        talks = [[turn["said"] for turn in talk] for talk in data if _plain(talk)] if isinstance(data, list) else []
        if talks:
            step = max(1, len(talks) // MOST)
            found.append((f"{file.parent.name}/{file.stem}", talks[::step][:MOST]))
    return found


def _plain(talk: Any) -> bool:
    return isinstance(talk, list) and all(isinstance(turn, dict) and isinstance(turn.get("said"), str) for turn in talk)


def bare(text: str) -> str:
    """Words without form: what a person reads."""
    text = re.sub(r"\\(.)", r"\1", text.replace("\u2060", "")).replace("**", "")
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def terminal_core() -> Core:
    return assembled(memory_ports(Still()))


CASES = conversations()


@pytest.mark.parametrize(("name", "talks"), CASES, ids=[name for name, _ in CASES])
async def test_the_same_figures(
    terminal_core: Core, made: Core, name: str, talks: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the terminal puts a file that was asked for
    language = "fr" if name.startswith("fr/") else "en"
    async with simcord.run(build(made, SETTINGS)) as env:
        guild = env.create_guild("G", preferred_locale="fr" if language == "fr" else "en-US")
        for number, talk in enumerate(talks):
            chat = _Chat(terminal_core, f"{name}:{number}", language)
            channel = guild.create_text_channel(f"c{number}")
            person = guild.add_member(env.create_user(f"p{number}"))
            for said in talk:
                expected = await chat.say(said)
                await person.send(channel, f"<@{env.bot.user.id}> {said}")
                assert expected is not None
                if expected.private:
                    break  # on Discord behind a button, held elsewhere
                if measured(expected):
                    continue
                stored = env.backend.get_message(channel.id, channel.last_message.id)
                shown = bare(texts(stored.components))
                for figure in expected.figures:
                    assert bare(figure.value) in shown, (said, figure)
        assert not env.errors


class _Chat(Chat):
    """The terminal's chat, of a person of its own."""

    def __init__(self, core: Core, name: str, language: Any) -> None:
        super().__init__(core, Still(), language)
        self._name = name

    async def say(self, text: str) -> Answer | None:
        from bot.platforms import terminal

        before, terminal.PERSON = terminal.PERSON, self._name
        try:
            return await super().say(text)
        finally:
            terminal.PERSON = before
