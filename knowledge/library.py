"""Everything an editor wrote, read once into an immutable whole.

``Library.load`` stops at the first file that is wrong and names it, with the entry and the line, rather than leave a
country or a fact out in silence. References between files (sources, related facts, factors, units) are checked too.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.schema import (
    Change,
    Claim,
    Concept,
    Default,
    Equivalent,
    Fact,
    Factor,
    Figure,
    Model,
    Place,
    Published,
    Question,
    Record,
    Source,
    Text,
    Tip,
)

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)(?:\.[a-z]+)?\}")

R = TypeVar("R", bound=Record)


class BrokenFile(ValueError):
    """A data file that cannot be used: which one, which entry, which line, and why."""

    def __init__(self, file: str, problem: str, entry: str | None = None, line: int | None = None) -> None:
        self.file, self.entry, self.line, self.problem = file, entry, line, problem
        where = file + (f":{line}" if line else "") + (f" ({entry})" if entry else "")
        super().__init__(f"{where}: {problem}")


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice: YAML would keep the last one without a word."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    loader.flatten_mapping(node)
    made: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key: Hashable = loader.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if key in made:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        made[key] = loader.construct_object(value_node, deep=True)  # pyright: ignore[reportUnknownMemberType]
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)  # pyright: ignore[reportUnknownMemberType]


def read(text: str, name: str) -> Any:
    """The file's content as plain data. Raises BrokenFile where it is no YAML."""
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise BrokenFile(name, error.problem or "no YAML", line=line) from error


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit code measures and how many of its dimension's base unit it is: kWh is 1000 of Wh."""

    dimension: str
    scale: float = 1.0


@dataclass(frozen=True)
class Library:
    """All records by id. Nothing here changes after loading."""

    units: Mapping[str, Unit]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    concepts: Mapping[str, Concept]
    factors: Mapping[str, Factor]
    published: Mapping[str, Published]
    defaults: Mapping[str, Default]
    grid_years: Mapping[str, int]  # zone -> year its carbon factor is probably of
    equivalents: Mapping[str, Equivalent]
    tips: Mapping[str, Tip]
    quiz: Mapping[str, Question]
    places: Mapping[str, Place]
    models: Mapping[str, Model]
    changes: tuple[Change, ...]
    pillars: tuple[str, ...]  # ids of the sources that most figures rest on, cited where no particular one is meant

    @classmethod
    def load(cls, root: Traversable | None = None) -> Library:
        """Reads the packaged data, or the folder given. Raises BrokenFile at the first file that is wrong."""
        root = root if root is not None else files("knowledge") / "data"
        units = TypeAdapter(dict[str, Unit]).validate_python(read(_text(root / "units.yaml"), "units.yaml"))
        library = cls(
            units=units,
            sources=_each(Source, root, "sources"),
            facts=_each(Fact, root, "facts"),
            claims=_each(Claim, root, "claims"),
            concepts=_each(Concept, root, "concepts"),
            factors=_lists(Factor, root, "factors"),
            published=_lists(Published, root, "published"),
            defaults=_lists(Default, root, "defaults.yaml"),
            grid_years=_years(root, "grid-years.yaml"),
            equivalents=_lists(Equivalent, root, "equivalents.yaml"),
            tips=_lists(Tip, root, "tips.yaml"),
            quiz=_lists(Question, root, "quiz"),
            places=_lists(Place, root, "places"),
            models=_lists(Model, root, "models"),
            changes=tuple(record for record, _ in _records(Change, root, "changes.yaml")),
            pillars=TypeAdapter(tuple[str, ...]).validate_python(read(_text(root / "pillars.yaml"), "pillars.yaml")),
        )
        for file, entry, problem in dangling(library):
            raise BrokenFile(file, problem, entry)
        return library

    def cite(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources by id, each once, in order."""
        return tuple(self.sources[i] for i in dict.fromkeys(ids) if i in self.sources)


def dangling(library: Library) -> Iterator[tuple[str, str, str]]:
    """(file, entry, problem) for every reference that leads nowhere and every ``{figure}`` that does not exist."""
    known = {*library.facts, *library.claims, *library.concepts}
    shelves: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("facts", library.facts),
        ("claims", library.claims),
        ("concepts", library.concepts),
        ("factors", library.factors),
        ("published", library.published),
        ("defaults.yaml", library.defaults),
        ("equivalents.yaml", library.equivalents),
        ("tips.yaml", library.tips),
        ("quiz", library.quiz),
        ("places", library.places),
        ("models", library.models),
    )
    for file, shelf in shelves:
        for id_, record in shelf.items():
            for source in getattr(record, "sources", ()):
                if source not in library.sources:
                    yield file, id_, f"no source called {source!r}"
            for other in (*getattr(record, "related", ()), *getattr(record, "replaces", ())):
                if other not in known:
                    yield file, id_, f"no fact, claim or concept called {other!r}"
            figures: dict[str, Figure] = getattr(record, "figures", {})
            for figure in figures.values():
                if figure.unit not in library.units:
                    yield file, id_, f"no unit called {figure.unit!r}"
            if "figures" in type(record).model_fields:
                for text in texts(record):
                    for language in ("en", "fr"):
                        for name in PLACEHOLDER.findall(text.of(language)):
                            if name not in figures and name != "year":
                                yield file, id_, f"{{{name}}} is no figure of this entry"
    for id_, default in library.defaults.items():
        if default.unit not in library.units:
            yield "defaults.yaml", id_, f"no unit called {default.unit!r}"
    for id_, model in library.models.items():
        if model.factor is not None and model.factor not in library.factors:
            yield "models", id_, f"no factor called {model.factor!r}"
        if model.stands_for is not None and model.stands_for not in library.models:
            yield "models", id_, f"no model called {model.stands_for!r}"
    for id_, question in library.quiz.items():
        if question.fact is not None and question.fact not in known:
            yield "quiz", id_, f"no fact called {question.fact!r}"
    for source in library.pillars:
        if source not in library.sources:
            yield "pillars.yaml", source, "no such source"
    for id_, place in library.places.items():
        if place.within is not None and place.within not in library.places:
            yield "places", id_, f"no place called {place.within!r}"


def texts(record: Record) -> Iterator[Text]:
    """Every bilingual text of a record that may carry ``{figures}``."""
    for name in type(record).model_fields:
        value: object = getattr(record, name)
        if isinstance(value, Text):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in cast("tuple[object, ...]", value) if isinstance(item, Text))


def _text(file: Traversable) -> str:
    return file.read_text("utf-8")


def _files(root: Traversable, where: str) -> Iterator[tuple[str, Traversable]]:
    """Every YAML file at or below a place, with its name relative to the data folder."""
    place = root / where
    if place.is_file():
        yield where, place
        return
    if not place.is_dir():
        return
    for child in sorted(place.iterdir(), key=lambda c: c.name):
        if child.is_dir():
            yield from _files(root, f"{where}/{child.name}")
        elif child.name.endswith(".yaml"):
            yield f"{where}/{child.name}", child


def _years(root: Traversable, where: str) -> dict[str, int]:
    """Zones listed under the year of their figure, turned round. A zone that stands twice is an error."""
    by_zone: dict[str, int] = {}
    for name, file in _files(root, where):
        listed = TypeAdapter(dict[int, list[str]]).validate_python(read(_text(file), name))
        for year, zones in listed.items():
            for zone in zones:
                if zone in by_zone:
                    raise BrokenFile(name, "stands twice", zone)
                by_zone[zone] = year
    return by_zone


def _records(kind: type[R], root: Traversable, where: str) -> Iterator[tuple[R, str]]:
    """The records of files that each hold a list."""
    adapter: TypeAdapter[list[R]] = TypeAdapter(list[kind])  # pyright: ignore[reportInvalidTypeForm]
    for name, file in _files(root, where):
        text = _text(file)
        data = read(text, name)
        try:
            found = adapter.validate_python(data or [])
        except ValidationError as error:
            raise _broken(name, text, data, error) from error
        yield from ((record, name) for record in found)


def _lists(kind: type[R], root: Traversable, where: str) -> dict[str, R]:
    return _unique(_records(kind, root, where))


def _each(kind: type[R], root: Traversable, where: str) -> dict[str, R]:
    """The records of files that each hold one, under a file name that is its id."""

    def one() -> Iterator[tuple[R, str]]:
        for name, file in _files(root, where):
            text = _text(file)
            data = read(text, name)
            try:
                record = kind.model_validate(data)
            except ValidationError as error:
                raise _broken(name, text, data, error) from error
            if name.rsplit("/", 1)[-1] != f"{_id(record)}.yaml":
                raise BrokenFile(name, f"holds {_id(record)!r}: the file is named for its entry")
            yield record, name

    return _unique(one())


def _unique(found: Iterable[tuple[R, str]]) -> dict[str, R]:
    by_id: dict[str, R] = {}
    for record, name in found:
        id_ = _id(record)
        if id_ in by_id:
            raise BrokenFile(name, "stands twice", id_)
        by_id[id_] = record
    return by_id


def _id(record: Record) -> str:
    return cast("str", getattr(record, "id", None) or getattr(record, "code", ""))


def _broken(name: str, text: str, data: Any, error: ValidationError) -> BrokenFile:
    """The first thing wrong, with the line it stands on (read again with marks, which only an error pays for)."""
    first = error.errors()[0]
    steps = first["loc"]
    node: Any = cast("Any", yaml).compose(text, yaml.CSafeLoader)
    entry: str | None = None
    line = 1
    for step in steps:
        if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
            node = node.value[step]
            if isinstance(data, list) and entry is None:
                item = cast("list[Any]", data)[step]
                entry = str(cast("dict[str, Any]", item).get("id")) if isinstance(item, dict) else None
        elif isinstance(node, yaml.MappingNode):
            value = next((v for k, v in node.value if getattr(k, "value", None) == str(step)), None)
            if value is None:
                break
            node = value
        else:
            break
        line = node.start_mark.line + 1
    field = ".".join(str(s) for s in steps if isinstance(s, str))
    return BrokenFile(name, f"{field}: {first['msg']}" if field else first["msg"], entry, line)
