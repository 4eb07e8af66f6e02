"""Every feature of the book in a terminal, in both languages: one person at a real pseudo-terminal, on a file."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from features import LANGUAGES, Seen, play, played_on
from terminal_screen import ROOT, Screen

_FRAME = re.compile(r"[│╭╮╰╯─]+")
_WRITTEN = re.compile(r"(?:Saved as|Enregistré sous)\s+(\S+)\.(?=\s|$)")
FORGET = {
    "en": ("delete everything you have on me", "Yes, erase it"),
    "fr": ("efface tout ce que tu sais de moi", "Oui, effacer"),
}


class InATerminal:
    """The voice of the one who sits there."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder, self.language = folder, language
        self.address = f"sqlite:///{folder / 'book.db'}"
        self.screen = Screen(
            "--lang", language, cwd=folder, COLUMNS="240", PYTHONPATH=str(ROOT), DATABASE_URL=self.address
        )
        self.screen.wait_for("›", 60)
        self.shown = ""

    async def say(self, who: str, where: str, words: str, file: bytes | None = None) -> Seen:
        if file is not None:
            path = self.folder / "list.csv"
            path.write_bytes(file)
            words = f"{words} {path.name}"
        self.screen.type(words + "\r")
        self.shown = _FRAME.sub(" ", self.screen.wait_for("╯"))
        self.screen.wait_for("›")
        text = " ".join(self.shown.split())
        files = tuple(path.read_bytes() for path in map(Path, _WRITTEN.findall(text)) if path.exists())
        return Seen(text, files, drawn="█" in text)

    async def tap(self, who: str, where: str, label: str) -> Seen:
        """By the number that stands before it."""
        (number, *_) = re.findall(rf"(\d+) {re.escape(label)}", " ".join(self.shown.split()))
        return await self.say(who, where, number)

    async def forgotten(self) -> None:
        """A person begins each feature with nothing kept."""
        words, yes = FORGET[self.language]
        await self.say("", "", words)
        await self.tap("", "", yes)


@pytest.fixture(scope="module", params=LANGUAGES)
def terminal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InATerminal]:
    voice = InATerminal(tmp_path_factory.mktemp("terminal"), request.param)
    yield voice
    voice.screen.close()


@pytest.mark.parametrize("feature", played_on("terminal"), ids=lambda f: f["feature"].replace(" ", "-")[:40])
def test_a_feature_of_the_book(terminal: InATerminal, feature: dict[str, Any]) -> None:
    async def played() -> None:
        await terminal.forgotten()
        await play(feature, terminal.language, "terminal", terminal)

    asyncio.run(played())


def test_feedback_is_listed_beside_the_chat(terminal: InATerminal) -> None:
    words = {"en": "the figure for Poland is old", "fr": "le chiffre de la Pologne date"}[terminal.language]
    command = {"en": "/feedback", "fr": "/retour"}[terminal.language]
    asyncio.run(terminal.say("", "", f"{command} {words}"))
    listed = subprocess.run(
        [sys.executable, "-m", "bot", "feedback"], cwd=terminal.folder, capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "DATABASE_URL": terminal.address}, check=True,
    )  # fmt: skip
    assert words in listed.stdout
