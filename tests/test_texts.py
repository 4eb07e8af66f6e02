"""The words of the bot: both languages carry the same keys and the same placeholders, none missing, none unused, and no
words for people stand in Python."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.web import words
from handlers.phrases import Lexicon

ROOT = Path(__file__).parents[1]
LEXICON = Lexicon.load()
EN, FR = LEXICON["en"], LEXICON["fr"]
PAGES = words.load()  # the web has words of its own
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
# Keys that are made from a code at run time: a unit, a task, a boundary, a verdict ... Their families are listed here.
_MADE = re.compile(
    r"^(units|numbers|measures|uses|tasks|periods|boundaries|accounting|qualities|checked|errors)\."
    r"|^smallprint\.(units|rules|warnings|why|assumptions)\."
    r"|^facts\.(verdicts|boundaries)\.|^grids\.(orders|bases|cleanest|dirtiest|below|above|same)|^models\.kinds\.|^reducing\.(tasks|whose)\."
    r"|^asides\.|^feedback\.verdicts\.|^quiz\.keep\.|^usage\.(spans|kept|states|formats|figures|by|days|before|than|as|see-by)\."
    r"|^settings\.(languages|labels|origins|lasting|passing|whose|visible|units|shown)|^settings\.units-|^privacy\.(aspects|kept|settings|ledger|context|never"
    r"|lasting|passing)|^help\.(aspects|readings|waiting|decline|what|how|who|self)|^smalltalk\.|^explaining\.(\w+)\.(title|body)$"
    r"|^explaining\.(drivers|tasks)\.|^comparing\.(apart|overlap|same|thing-less|thing-more)$|\.commands\."
)


def forms(text: Any) -> list[str]:
    if isinstance(text, dict):
        return [str(v) for v in text.values()]
    return [str(v) for v in text] if isinstance(text, list) else [str(text)]


def test_both_languages_have_the_same_keys() -> None:
    assert set(EN.keys()) == set(FR.keys())
    assert set(PAGES["en"].keys()) == set(PAGES["fr"].keys())


@pytest.mark.parametrize("key", sorted(EN.keys()))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    if key.endswith(".examples"):
        return
    english = {name for form in forms(EN.raw(key)) for name in _PLACEHOLDER.findall(form)}
    french = {name for form in forms(FR.raw(key)) for name in _PLACEHOLDER.findall(form)}
    assert english - {"n"} == french - {"n"}


def sources() -> list[Path]:
    return [p for package in ("bot", "handlers") for p in (ROOT / package).rglob("*.py")]


def test_no_key_is_unused() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sources())
    unused = [
        key for key in sorted(EN.keys()) if not _MADE.match(key) and f'"{key}"' not in code and not _MADE.search(key)
    ]
    assert not unused


def test_every_key_in_the_code_exists() -> None:
    wanted: set[str] = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("line", "text", "raw")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and "." in node.args[0].value
            ):
                wanted.add(node.args[0].value)
    assert not {key for key in wanted if key not in EN and key not in PAGES["en"]}


def docstrings(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for child in node.body:
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    found.add(id(child.value))
    return found


@pytest.mark.parametrize("path", [p for p in sources() if "handlers" in p.parts], ids=str)
def test_no_words_for_people_stand_in_python(path: Path) -> None:
    """Four words in a row in a string of a feature are a sentence, and sentences live in the text files."""
    tree = ast.parse(path.read_text("utf-8"))
    # What an exception says to its programmer is not shown to people.
    raised = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    skip = docstrings(tree) | raised
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            assert not re.search(r"[A-Za-zÀ-ÿ]{2,} [A-Za-zÀ-ÿ]+ [A-Za-zÀ-ÿ]+ [A-Za-zÀ-ÿ]+", node.value), node.value
