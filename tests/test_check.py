"""What an editor is told: a broken file by name, entry and line; and warnings of what deserves a look."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from knowledge.checks import report
from knowledge.library import BrokenFile, Library

ROOT = Path(__file__).parents[1]
DATA = ROOT / "knowledge" / "data"
FACT = "facts/inference/gemini-median-prompt-energy.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def changed(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (FACT, changed("\nyear:", "\nyaer:"), r"gemini-median-prompt-energy\.yaml.*yaer"),
        (FACT, lambda text: text + "year: 2024\n", r"gemini-median-prompt-energy\.yaml:\d+.*'year' stands twice"),
        (FACT, changed("elsworth-2025", "elsworth-1925"), r"energy\.yaml:\d+.*no source called 'elsworth-1925'"),
        (FACT, changed("mid: 0.24", "low: 2, mid: 0.24"), r"gemini-median-prompt-energy\.yaml:\d+.*low <= mid <= high"),
        (FACT, changed("{energy}", "{enregy}"), r"gemini-median-prompt-energy\.yaml:5 .*\{enregy\} is no figure"),
        (FACT, changed("unit: Wh", "unit: Wattle"), r"gemini-median-prompt-energy\.yaml:8 .*no unit called 'Wattle'"),
        (FACT, changed("id: gemini-median-prompt-energy", "id: another"), r"holds 'another': the file is named for"),
        (FACT, changed("quality: vendor-reported", "quality: rumour"), r"quality"),
        (FACT, changed("\nclaim:", "\nclaim: ["), r"gemini-median-prompt-energy\.yaml:\d+"),
        ("sources/elsworth-2025.yaml", changed("url: \"https://", "url: \"htps://"), r"elsworth-2025\.yaml:\d+.*url"),
        ("synonyms.yaml", lambda text: text + "- [carbon copy, water]\n", r"synonyms\.yaml.*stands with"),
        ("stopwords.yaml", changed("silent:\n  en: [a,", "silent:\n  en: [no,"), r"stopwords\.yaml.*quotation marks"),
        ("changes.yaml", changed("fact: iea-dc-2025", "fact: iea-dc-3025"), r"changes\.yaml:\d+.*'iea-dc-3025'"),
        ("quiz/water.yaml", changed("right: ", "right: 9"), r"quiz/water\.yaml:\d+.*right"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named(copy: Path, file: str, change: Callable[[str], str], says: str) -> None:
    path = copy / file
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(BrokenFile, match=says):
        Library.load(copy)
    lines, sound = report(copy)
    assert not sound
    assert re.search(says, lines[0])


def test_an_entry_cannot_stand_twice(copy: Path) -> None:
    shutil.copy(copy / FACT, copy / "facts" / "water" / "gemini-median-prompt-energy.yaml")
    with pytest.raises(BrokenFile, match=r"gemini-median-prompt-energy.*stands twice"):
        Library.load(copy)


def test_the_check_finds_the_base_sound() -> None:
    command = [sys.executable, "-m", "bot", "check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, encoding="utf-8", check=False)
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("sound")


def test_the_check_names_what_is_wrong(copy: Path) -> None:
    path = copy / FACT
    path.write_text(changed("in May {year}", "in May 2025")(path.read_text("utf-8")), "utf-8")
    (copy / "sources" / "nobody-2020.yaml").write_text(
        'id: nobody-2020\ntitle: "T"\nauthors: "A"\npublisher: "P"\nyear: 2020\nurl: "https://example.org/t"\n', "utf-8"
    )
    lines, sound = report(copy, today=date(2026, 11, 22))
    assert not sound
    told = "\n".join(lines)
    assert f"error   {FACT}:5 (gemini-median-prompt-energy): a number is typed into the en text" in told
    assert f"error   {FACT}:5 (gemini-median-prompt-energy): figures differ" in told
    assert "error   sources/nobody-2020.yaml:1 (nobody-2020): no entry cites it" in told
    assert lines[-1].endswith("3 errors")


def test_the_check_warns_of_dates_gone_by_and_of_facts_that_are_not_found(copy: Path) -> None:
    path = copy / FACT
    path.write_text(
        changed('"gemini watt hours per prompt"', '"what about this one"')(path.read_text("utf-8")), "utf-8"
    )
    lines, sound = report(copy, today=date(2026, 11, 22) + timedelta(days=4000), every=True)
    assert sound
    told = "\n".join(lines)
    assert "warning review date past" in told
    assert re.search(rf"{FACT}:\d+ \(gemini-median-prompt-energy\): was to be looked at again by 2027-06-30", told)
    assert re.search(rf"{FACT}:\d+ \(gemini-median-prompt-energy\): not found by “what about this one”", told)
    assert "warning no archive link" in told
    assert re.search(r"sources/altman-2025\.yaml:\d+ .*https://web\.archive\.org/web/\*/https://blog\.sam", told)


def test_the_check_fails_from_the_shell_where_the_base_is_broken(copy: Path) -> None:
    """The exit code that continuous integration looks at."""
    (copy / "units.yaml").write_text("Wh: [\n", "utf-8")
    lines, sound = report(copy)
    assert not sound
    assert lines[0].startswith("error   units.yaml:")
