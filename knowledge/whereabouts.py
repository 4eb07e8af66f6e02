"""Where an entry stands: its file, its line, and the line of a word in it.

Only an editor who is told that something is wrong asks for it, so the files are read again when it is asked: what is
right pays nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

_ENTRY = re.compile(r"^(?:- )?\{? ?(?:id|code): *[\"']?([^\"',}\s#]+)")


def yaml_files(root: Traversable, where: str) -> Iterator[tuple[str, Traversable]]:
    """Every YAML file at or below a place, with its name relative to the data folder."""
    place = root / where
    if place.is_file():
        yield where, place
        return
    if not place.is_dir():
        return
    for child in sorted(place.iterdir(), key=lambda c: c.name):
        if child.is_dir():
            yield from yaml_files(root, f"{where}/{child.name}")
        elif child.name.endswith(".yaml"):
            yield f"{where}/{child.name}", child


class Whereabouts:
    """The entries of a data folder by shelf and id. A shelf is read when something on it is looked for."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._shelves: dict[str, dict[str, list[tuple[str, int, list[str]]]]] = {}

    def find(self, shelf: str, id_: str, near: str | None = None) -> tuple[str, int | None]:
        """(file, line) of an entry of "facts" or "equivalents.yaml", or of the first line of it that holds ``near``.

        The shelf itself and no line, where there is no such entry.
        """
        stands = self._shelf(shelf).get(id_)
        if not stands:
            return shelf, None
        file, line, lines = stands[-1]
        found = next((n for n, text in enumerate(lines) if near is not None and near in text), 0)
        return file, line + found

    def _shelf(self, shelf: str) -> dict[str, list[tuple[str, int, list[str]]]]:
        if shelf not in self._shelves:
            known: dict[str, list[tuple[str, int, list[str]]]] = {}
            where = shelf if (self._root / shelf).is_dir() or shelf.endswith(".yaml") else f"{shelf}.yaml"
            for name, file in yaml_files(self._root, where):
                lines = file.read_text("utf-8").splitlines()
                starts = [(n, found[1]) for n, line in enumerate(lines) if (found := _ENTRY.match(line))]
                for (start, id_), (end, _) in zip(starts, [*starts[1:], (len(lines), "")], strict=True):
                    known.setdefault(id_, []).append((name, start + 1, lines[start:end]))
            self._shelves[shelf] = known
        return self._shelves[shelf]
