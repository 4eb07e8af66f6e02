"""knowledge/EDITING.md, followed word by word: each of its examples is put where it says and the check is asked."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.checks import report
from knowledge.library import Library
from knowledge.search import Search

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "knowledge" / "EDITING.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
TODAY = date(2026, 11, 22)
WHERE = {  # example -> the file that it belongs to, as the guide's table says
    "gemini-median-prompt-energy": "facts/inference/gemini-median-prompt-energy.yaml",
    "elsworth-2025": "sources/elsworth-2025.yaml",
    "ten-google-searches": "claims/ten-google-searches.yaml",
    "quiz-gemini-water": "quiz/water.yaml",
    "POL": "places/europe.yaml",
    "gpt-4o-mini": "models/openai.yaml",
    "world-data-centres-2026": "changes.yaml",
}


TOAST = """questions:
  en: ["toaster energy", "one slice of toast wh", "does toast use power"]
  fr: ["énergie du grille-pain", "tranche de pain grillé wh", "consommation grille pain"]
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "knowledge" / "data", tmp_path / "data")
    return tmp_path / "data"


def named(entry: Any) -> str:
    first = entry[0] if isinstance(entry, list) else entry
    return first.get("id") or first["code"]


def test_every_kind_of_entry_has_an_example() -> None:
    assert [named(yaml.safe_load(block)) for block in BLOCKS] == list(WHERE)


@pytest.mark.parametrize("block", BLOCKS, ids=list(WHERE))
def test_an_example_put_in_its_place_is_sound(data: Path, block: str) -> None:
    entry = yaml.safe_load(block)
    path = data / WHERE[named(entry)]
    if isinstance(entry, dict):
        path.write_text(block, "utf-8")
    else:
        others = [one for one in yaml.safe_load(path.read_text("utf-8")) if named([one]) != named(entry)]
        path.write_text(yaml.safe_dump(others, allow_unicode=True) + block, "utf-8")
    lines, sound = report(data, TODAY, every=True)
    assert sound, lines


def test_the_worked_example_becomes_an_entry_of_ones_own(data: Path) -> None:
    """Copied to a name of its own and changed as the guide says, it is sound, and found by its questions."""
    text = BLOCKS[0].replace("gemini-median-prompt-energy", "toaster-slice").replace("[elsworth-2025]", "[jones-2026]")
    text = re.sub(r"name: .*", 'name: {en: "A slice of toast", fr: "Une tranche de pain grillé"}', text)
    text = text[: text.index("questions:")] + TOAST
    (data / "facts/equivalents/toaster-slice.yaml").write_text(text.replace("topic: inference", "topic: equivalents"))
    source = re.sub(r"archive: .*\n", "", BLOCKS[1]).replace("elsworth-2025", "jones-2026")
    (data / "sources/jones-2026.yaml").write_text(source.replace("2508.15734", "2608.15734"), "utf-8")
    lines, sound = report(data, TODAY, every=True)
    assert sound, lines
    assert [line for line in lines if "toaster" in line or "jones" in line] == []
    assert Search(Library.load(data)).find("how much energy does a toaster use")[0].id == "toaster-slice"


def test_every_complaint_that_is_explained_is_one_that_is_made() -> None:
    """The guide's table of complaints speaks the words of the code."""
    told = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "knowledge").glob("*.py")))
    for complaint in re.findall(r"^\| `([^`]+)`", GUIDE.partition("## When the check complains")[2], re.MULTILINE):
        if complaint[0].isupper() or complaint.startswith("name:"):
            continue  # the validator's own words
        longest = max(re.split(r"…|<=", complaint), key=len).strip(" :“”")
        assert longest in told, complaint
