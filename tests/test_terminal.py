"""The chat, driven through a real pseudo-terminal as a person would: sentences, numbers for suggestions, clean ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_screen import ROOT, Screen


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen("--lang", "en")
    yield made
    made.close()


def test_a_conversation(screen: Screen) -> None:
    screen.wait_for("›")
    screen.type("20 images with dall-e 3 in Poland\r")
    answer = screen.wait_for("[1]")
    assert "CO2e" in answer
    screen.wait_for("›")
    screen.type("and in France?\r")
    screen.wait_for("France")
    screen.wait_for("›")
    screen.type("1\r")
    screen.wait_for("CO2e")


def test_ctrl_d_ends_quietly(screen: Screen) -> None:
    screen.wait_for("›")
    screen.type("\x04")
    screen.wait_for("Goodbye")
    assert screen.process.wait(10) == 0


def test_ctrl_c_ends_quietly(screen: Screen) -> None:
    screen.wait_for("›")
    screen.type("\x03")
    screen.wait_for("Goodbye")
    assert screen.process.wait(10) == 0


def test_sigint_from_outside_ends_without_a_trace() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert b"Traceback" not in errors


def test_a_pipe_is_answered_in_plain_text() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--lang", "fr"],
        input="20 images avec dall-e 3\net en Pologne ?\n", capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Pologne" in done.stdout
    assert "\x1b" not in done.stdout


def test_long_work_says_how_far_it_has_come(screen: Screen, tmp_path: Path) -> None:
    file = tmp_path / "uses.csv"
    rows = "".join(f"image,dall-e-3,{1 + n / 7:.3f},{256 + n}x512\n" for n in range(5000))
    file.write_text(f"task,model,count,resolution\n{rows}", "utf-8")
    screen.wait_for("›")
    screen.type(f"import {file}\r")
    screen.wait_for("Working on it:")
    screen.wait_for("5,000 lines can be imported")
