"""What it costs to understand sentences never heard before, and what understanding keeps in memory.

    uv run python tests/benchmarks/hearing.py [FILE.jsonl ...]

A process set up as one that stays reads each turn of the files (of tests/conversations, where none is named) once, and
then all of them again. Printed are milliseconds of processor time for each language, and megabytes: resident memory
that names and understanding add to the library, before and after warming and after all sentences.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.assembly import assembled
from bot.collector import settle
from bot.storage.memory import memory_ports
from bot.understanding.names import NameReader
from bot.understanding.things import Named, Things
from bot.understanding.understanding import Understanding
from handlers.request import LANGUAGES, Request
from handlers.territories import names_of
from knowledge.library import SHELVES, Library
from knowledge.search import Search

CONVERSATIONS = Path(__file__).parents[1] / "conversations"


def cases(files: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(language, a conversation)."""
    for name in files:
        for line in Path(name).read_text("utf-8").splitlines():
            case = json.loads(line)
            yield case["lang"], case
    for path in () if files else sorted(CONVERSATIONS.glob("*/asked-*.yaml")):
        for case in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader):
            yield path.parent.name, case


def sentences(files: list[str]) -> dict[str, list[str]]:
    """Each once, by the language of its conversation."""
    found: dict[str, dict[str, None]] = {language: {} for language in LANGUAGES}
    for language, case in cases(files):
        for turn in case["turns"]:
            text = turn.get("said") or turn.get("text")
            if text and language in found and all(text not in known for known in found.values()):
                found[language][text] = None
    return {language: list(texts) for language, texts in found.items()}


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def memory() -> None:
    """Of names and understanding alone; the library they read is there before."""
    library = Library.load()
    _ = [getattr(library, shelf) for shelf in SHELVES]
    before = megabytes()
    names = Named(NameReader(library, names_of(library)), Things(library.equivalents))
    understanding = Understanding(library, names, Search(library))
    made = megabytes()
    for _ in understanding.warming():
        pass
    print(f"memory: {made - before:.0f} MB made, {megabytes() - made:.0f} MB more warmed")


def main(files: list[str]) -> None:
    if files[:1] == ["--memory"]:
        return memory()
    said = sentences(files)
    core = assembled(memory_ports())
    core.warm()
    settle()
    before, now = megabytes(), datetime.now(UTC)
    spent: dict[tuple[str, str], list[float]] = {}
    for time_ in ("first", "again"):
        # The languages by turns, as people write.
        pairs = [(language, text) for language in LANGUAGES for text in said[language]]
        pairs.sort(key=lambda pair: said[pair[0]].index(pair[1]))
        for language, text in pairs:
            request = Request(text, "hearing", "hearing", now)
            begun = time.process_time()
            core._understanding.read(request)
            spent.setdefault((time_, language), []).append(1000 * (time.process_time() - begun))
    for (time_, language), all_ in spent.items():
        all_.sort()
        print(f"{time_} {language}: {len(all_)} sentences, median {all_[len(all_) // 2]:.2f} ms, "
              f"99th percentile {all_[int(len(all_) * 0.99)]:.2f} ms, slowest {all_[-1]:.1f} ms")  # fmt: skip
    print(f"memory: {megabytes() - before:.0f} MB more after all of them")


if __name__ == "__main__":
    main(sys.argv[1:])
