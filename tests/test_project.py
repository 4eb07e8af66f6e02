"""The files around the code: requirements pinned as declared, no address of a registry, a README that holds."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from handlers.phrases import Lexicon

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_requirements_pin_everything_declared() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert all("==" in line for line in lines)
    pinned = {_normal(line.split("==")[0]) for line in lines}
    for declared in PROJECT["project"]["dependencies"]:
        name = _NAME.match(declared)
        assert name is not None
        assert _normal(name[0]) in pinned, declared


def test_no_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in listed or ["README.md", "pyproject.toml", "requirements.txt"]:
        path = ROOT / name
        if path.suffix in (".ttf", ".png", ".webp") or not path.is_file() or name == "tests/test_project.py":
            continue
        text = path.read_text("utf-8", errors="replace")
        for word in ("pypi.org/simple", "files.pythonhosted", "registry.npmjs", "/root/", "/home/"):
            assert word not in text, f"{name} names {word}"


def test_the_lock_file_stays_out() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text("utf-8").split()


def test_the_readme_shows_the_two_commands_and_every_way_in() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "pip install uv && uv run smallprint" in readme
    assert "pip install uv && uv run pytest" in readme
    for way in ("ask", "--jsonl", "schema", "explain", "facts", "check", "discord", "telegram"):
        assert way in readme, way


def test_every_command_has_examples_in_both_languages() -> None:
    lexicon = Lexicon.load()
    for language in ("en", "fr"):
        for key in lexicon[language]:
            if re.search(r"\.commands\.\w+\.name$", key):
                assert lexicon[language].raw(key.removesuffix("name") + "examples")
