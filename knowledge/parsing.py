"""YAML text to plain data, refusing a key that stands twice; each text is parsed once on a machine.

Parsing a megabyte of YAML takes longer than answering a hundred questions, so what a text says is kept in the user's
cache folder by the text's own digest. A text that changed has another digest, so nothing kept can be out of date; a
folder that cannot be written, or a file that cannot be read, costs the parsing and nothing else.
"""

from __future__ import annotations

import atexit
import marshal
import os
import sys
from collections.abc import Hashable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

_MOST = 5_000  # texts; beyond it old editions have piled up and the file is begun anew


class BrokenFile(ValueError):
    """A data file that cannot be used: which one, which entry, which line, and why."""

    def __init__(self, file: str, problem: str, entry: str | None = None, line: int | None = None) -> None:
        self.file, self.entry, self.line, self.problem = file, entry, line, problem
        where = file + (f":{line}" if line else "") + (f" ({entry})" if entry else "")
        super().__init__(f"{where}: {problem}")


def read(text: str, name: str) -> Any:
    """The text's content as plain data; dates stay text. Raises BrokenFile where it is no YAML."""
    kept = _kept()
    digest = blake2b(text.encode(), digest_size=16).digest()
    found = kept.get(digest)
    if found is None:
        data = _parsed(text, name)
        _added[digest] = kept[digest] = marshal.dumps(data)
        return data
    return marshal.loads(found)


def _parsed(text: str, name: str) -> Any:
    import yaml  # not at the top: where every text is known already, it is not needed

    try:
        return yaml.load(text, _loader())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BrokenFile(name, error.problem or "no YAML", line=line) from error


def line_of(text: str, steps: Sequence[int | str]) -> int:
    """The line on which the value at this path begins, or the nearest thing around it that exists."""
    import yaml

    node: Any = yaml.compose(text, yaml.CSafeLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    line = 1
    for step in steps:
        if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            value = next((v for k, v in node.value if getattr(k, "value", None) == str(step)), None)
            if value is None:
                break
            node = value
        else:
            break
        line = int(node.start_mark.line) + 1
    return line


_added: dict[bytes, bytes] = {}
_texts: dict[bytes, bytes] = {}
_loaders: list[Any] = []


def _kept() -> dict[bytes, bytes]:
    if not _texts:
        atexit.register(_keep)
        try:
            _texts.update(marshal.loads(_file().read_bytes()))
        except (OSError, EOFError, ValueError, TypeError, RuntimeError):
            _texts[b""] = b""  # none kept, or not readable: begun anew
    return _texts


def _file() -> Path:
    """RuntimeError where there is no home."""
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "smallprint" / f"parsed.{sys.implementation.cache_tag}.marshal"


def _keep() -> None:
    """Writes what was parsed for the first time, whole or not at all."""
    if not _added:
        return
    try:
        file = _file()
        beside = file.with_suffix(f".{os.getpid()}")
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(marshal.dumps(_texts if len(_texts) < _MOST else _added))
        beside.replace(file)
    except (OSError, RuntimeError):
        return  # no folder of ours to write in: parsed again next time


def _loader() -> Any:
    if not _loaders:
        _loaders.append(_made_loader())
    return _loaders[0]


def _made_loader() -> Any:
    import yaml

    class Loader(yaml.CSafeLoader):
        """Refuses a key that stands twice, where YAML would keep the last one without a word; leaves dates as text."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - how PyYAML declares them
            first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
            for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    def mapping(loader: Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
        loader.flatten_mapping(node)
        made: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key: Hashable = loader.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if key in made:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            made[key] = loader.construct_object(value_node, deep=True)  # pyright: ignore[reportUnknownMemberType]
        return made

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)  # pyright: ignore[reportUnknownMemberType]
    return Loader
