"""The scripting surface, driven as the real process: contract, exit codes, a stream that survives bad lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def run(*arguments: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, timeout=60,
    )  # fmt: skip


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_question_gets_a_sourced_answer() -> None:
    done = run("ask", "how", "much", "CO2", "is", "20 images with gpt-image in Poland?")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert "20 images" in first
    assert "CO2e" in first
    assert "https://" in done.stdout


def test_french_is_answered_in_french() -> None:
    done = run("ask", "combien pour 1 000 réponses de Mistral Large ?")
    assert "réponses" in done.stdout.splitlines()[0]
    assert "," in done.stdout


def test_json_holds_the_contract() -> None:
    done = run("ask", "--json", "--lang", "fr", "20 images avec dall-e 3 en Allemagne")
    answer = json.loads(done.stdout)
    assert answer["intent"] == "estimate"
    assert answer["language"] == "fr"
    (item,) = answer["understood"]["items"]
    assert item["task"] == "image"
    assert item["count"] == 20
    assert item["region"] == "DEU"
    (estimate,) = answer["estimates"]
    for measure in ("energy_wh", "co2e_g", "water_ml"):
        assert 0 <= estimate[measure]["low"] <= estimate[measure]["mid"] <= estimate[measure]["high"]
    assert any(source["url"].startswith("http") for source in answer["sources"])


def test_a_bad_line_yields_an_error_and_the_stream_goes_on() -> None:
    said = (
        '{"conversation": "c", "text": "30 dall-e 3 images in Germany?"}\n'
        "this is no JSON\n"
        '{"conversation": "c"}\n'
        "[1, 2]\n"
        '{"conversation": "c", "text": "and in Norway?"}\n'
    )
    first, second, third, fourth, fifth = lines(run("ask", "--jsonl", said=said))
    assert first["intent"] == "estimate"
    assert all("error" in bad for bad in (second, third, fourth))
    assert [second["line"], third["line"], fourth["line"]] == [2, 3, 4]
    assert fifth["understood"]["items"][0]["region"] == "NOR"
    assert fifth["understood"]["items"][0]["count"] == 30


def test_conversations_do_not_leak_into_each_other() -> None:
    said = (
        '{"conversation": "a", "text": "30 dall-e 3 images in Germany?"}\n'
        '{"conversation": "b", "text": "and in Norway?"}\n'
    )
    _, other = lines(run("ask", "--jsonl", said=said))
    assert not any(item["count"] == 30 for item in other["understood"]["items"])


def test_exit_codes_are_for_scripts() -> None:
    assert run("ask", said="").returncode == 2
    assert run("ask", "--nonsense").returncode == 2
    assert run("ask", "20 images with the model gpt-image in Poland").returncode == 0


def test_the_schema_describes_the_answer() -> None:
    schema = json.loads(run("schema").stdout)
    assert {"intent", "language", "text", "understood", "estimates", "facts", "sources", "suggestions"} <= set(
        schema["properties"]
    )


def test_asking_brings_no_platform_along() -> None:
    code = (
        "import sys; from bot.__main__ import main; main(['ask', '20 images with dall-e 3']);"
        "print([m for m in ('discord', 'telegram', 'sqlalchemy', 'prompt_toolkit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m bot ask '20 images' | head -n 1", shell=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
