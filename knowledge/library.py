"""Everything an editor wrote, read once into an immutable whole.

``Library.load`` stops at the first file that is wrong and names it, with the entry and the line, rather than leave a
country or a fact out in silence. References between files (sources, related facts, factors, units) are checked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from knowledge.parsing import BrokenFile, line_of, read
from knowledge.schema import (
    Change,
    Chip,
    Claim,
    Concept,
    Default,
    Equivalent,
    Fact,
    Factor,
    Figure,
    Model,
    Place,
    Population,
    Published,
    Question,
    Record,
    Source,
    Text,
    Tip,
)
from knowledge.vocabulary import TwoMeanings, Vocabulary
from knowledge.whereabouts import Whereabouts, yaml_files

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)(?:\.[a-z]+)?\}")

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit code measures and how many of its dimension's base unit it is: kWh is 1000 of Wh."""

    dimension: str
    scale: float = 1.0


class Library:
    """All records by id, each shelf read once and never changed.

    ``load`` reads and checks everything at once: what checks, tests and a process that stays want. ``open`` reads a
    shelf when it is first asked for: a process that answers one question need not read the quiz.
    """

    def __init__(self, root: Traversable | None = None) -> None:
        self.root = root if root is not None else files("knowledge") / "data"

    @classmethod
    def load(cls, root: Traversable | None = None) -> Library:
        """Reads the packaged data, or the folder given. Raises BrokenFile at the first file that is wrong."""
        library = cls(root)
        for shelf in SHELVES:
            getattr(library, shelf)
        for shelf, entry, problem, near in dangling(library):
            file, line = Whereabouts(library.root).find(shelf, entry, near)
            raise BrokenFile(file, problem, entry, line)
        return library

    @classmethod
    def open(cls, root: Traversable | None = None) -> Library:
        """Nothing is read yet. A shelf that is wrong raises BrokenFile when it is reached."""
        return cls(root)

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        text = _text(self.root / "units.yaml")
        return TypeAdapter(dict[str, Unit]).validate_python(read(text, "units.yaml"))

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return _each(Source, self.root, "sources")

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        return _each(Fact, self.root, "facts")

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        return _each(Claim, self.root, "claims")

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        return _each(Concept, self.root, "concepts")

    @cached_property
    def factors(self) -> Mapping[str, Factor]:
        return _lists(Factor, self.root, "factors")

    @cached_property
    def published(self) -> Mapping[str, Published]:
        return _lists(Published, self.root, "published")

    @cached_property
    def defaults(self) -> Mapping[str, Default]:
        return _lists(Default, self.root, "defaults.yaml")

    @cached_property
    def grid_years(self) -> Mapping[str, int]:
        """Zone -> year its carbon factor is probably of."""
        return _years(self.root, "grid-years.yaml")

    @cached_property
    def equivalents(self) -> Mapping[str, Equivalent]:
        return _lists(Equivalent, self.root, "equivalents.yaml")

    @cached_property
    def tips(self) -> Mapping[str, Tip]:
        return _lists(Tip, self.root, "tips.yaml")

    @cached_property
    def quiz(self) -> Mapping[str, Question]:
        return _lists(Question, self.root, "quiz")

    @cached_property
    def places(self) -> Mapping[str, Place]:
        return _lists(Place, self.root, "places")

    @cached_property
    def chips(self) -> Mapping[str, Chip]:
        return _lists(Chip, self.root, "chips.yaml")

    @cached_property
    def populations(self) -> Mapping[str, Population]:
        return _lists(Population, self.root, "populations.yaml")

    @cached_property
    def models(self) -> Mapping[str, Model]:
        return _lists(Model, self.root, "models")

    @cached_property
    def changes(self) -> Mapping[str, Change]:
        return _lists(Change, self.root, "changes.yaml")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Idle words and synonyms, for the search."""
        return _vocabulary(self.root)

    @cached_property
    def pillars(self) -> tuple[str, ...]:
        """Ids of the sources that most figures rest on, cited where no particular one is meant."""
        text = _text(self.root / "pillars.yaml")
        return TypeAdapter(tuple[str, ...]).validate_python(read(text, "pillars.yaml"))

    def holds(self, id_: str) -> bool:
        """Whether there is a fact, a claim or a concept of this id."""
        return id_ in self.facts or id_ in self.claims or id_ in self.concepts

    def cite(self, ids: Iterable[str]) -> tuple[Source, ...]:
        """The sources by id, each once, in order."""
        return tuple(self.sources[i] for i in dict.fromkeys(ids) if i in self.sources)


SHELVES = tuple(name for name, kept in vars(Library).items() if isinstance(kept, cached_property))


def dangling(library: Library) -> Iterator[tuple[str, str, str, str | None]]:
    """(shelf, entry, problem, the wrong word) for every reference that leads nowhere and every ``{figure}`` that is
    none."""
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
        ("populations.yaml", library.populations),
        ("chips.yaml", library.chips),
        ("models", library.models),
        ("changes.yaml", library.changes),
    )
    for file, shelf in shelves:
        for id_, record in shelf.items():
            for source in getattr(record, "sources", ()):
                if source not in library.sources:
                    yield file, id_, f"no source called {source!r}", source
            for other in (*getattr(record, "related", ()), *getattr(record, "replaces", ())):
                if other not in known:
                    yield file, id_, f"no fact, claim or concept called {other!r}", other
            figures: dict[str, Figure] = getattr(record, "figures", {})
            for figure in figures.values():
                if figure.unit not in library.units:
                    yield file, id_, f"no unit called {figure.unit!r}", figure.unit
            if "figures" in type(record).model_fields:
                for text in texts(record):
                    for language in ("en", "fr"):
                        for name in PLACEHOLDER.findall(text.of(language)):
                            if name not in figures and name != "year":
                                yield file, id_, f"{{{name}}} is no figure of this entry", f"{{{name}"
    for id_, default in library.defaults.items():
        if default.unit not in library.units:
            yield "defaults.yaml", id_, f"no unit called {default.unit!r}", default.unit
    for id_, model in library.models.items():
        if model.factor is not None and model.factor not in library.factors:
            yield "models", id_, f"no factor called {model.factor!r}", model.factor
        if model.stands_for is not None and model.stands_for not in library.models:
            yield "models", id_, f"no model called {model.stands_for!r}", model.stands_for
    for id_, question in library.quiz.items():
        if question.fact is not None and question.fact not in known:
            yield "quiz", id_, f"no fact called {question.fact!r}", question.fact
    for id_, change in library.changes.items():
        if change.fact not in known:
            yield "changes.yaml", id_, f"no fact called {change.fact!r}", change.fact
        for figure in (change.old, change.new):
            if figure.unit not in library.units:
                yield "changes.yaml", id_, f"no unit called {figure.unit!r}", figure.unit
    for source in library.pillars:
        if source not in library.sources:
            yield "pillars.yaml", source, "no such source", None
    for id_, place in library.places.items():
        if place.within is not None and place.within not in library.places:
            yield "places", id_, f"no place called {place.within!r}", place.within


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


def _years(root: Traversable, where: str) -> dict[str, int]:
    """Zones listed under the year of their figure, turned round. A zone that stands twice is an error."""
    by_zone: dict[str, int] = {}
    for name, file in yaml_files(root, where):
        listed = TypeAdapter(dict[int, list[str]]).validate_python(read(_text(file), name))
        for year, zones in listed.items():
            for zone in zones:
                if zone in by_zone:
                    raise BrokenFile(name, "stands twice", zone)
                by_zone[zone] = year
    return by_zone


def _vocabulary(root: Traversable) -> Vocabulary:
    """Idle words by kind and language, and groups of synonyms."""
    name = "stopwords.yaml"
    try:
        idle = TypeAdapter(dict[Literal["silent", "faint"], dict[str, list[str]]]).validate_python(
            read(_text(root / name), name)
        )
        silent, faint = ([word for words in idle[kind].values() for word in words] for kind in ("silent", "faint"))
        name = "synonyms.yaml"
        groups = TypeAdapter(list[list[str]]).validate_python(read(_text(root / name), name))
        return Vocabulary.of(silent, faint, groups)
    except (ValidationError, TwoMeanings) as error:
        what = error.errors()[0] if isinstance(error, ValidationError) else None
        problem = f"{what['msg']}: {what['input']!r} (quotation marks make it a word)" if what else str(error)
        raise BrokenFile(name, problem) from error


def _records(kind: type[R], root: Traversable, where: str) -> Iterator[tuple[R, str]]:
    """The records of files that each hold a list."""
    adapter: TypeAdapter[list[R]] = TypeAdapter(list[kind])  # pyright: ignore[reportInvalidTypeForm]
    for name, file in yaml_files(root, where):
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
        for name, file in yaml_files(root, where):
            text = _text(file)
            data = read(text, name)
            try:
                record = kind.model_validate(data)
            except ValidationError as error:
                raise _broken(name, text, data, error) from error
            if name.rsplit("/", 1)[-1] != f"{_id(record)}.yaml":
                problem = f"holds {_id(record)!r}: the file is named for its entry"
                raise BrokenFile(name, problem, line=line_of(text, ("id",)))
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
    entry: str | None = None
    if steps and isinstance(steps[0], int) and isinstance(data, list):
        item = cast("list[Any]", data)[steps[0]]
        entry = str(cast("dict[str, Any]", item).get("id")) if isinstance(item, dict) else None
    line = line_of(text, steps)
    field = ".".join(str(s) for s in steps if isinstance(s, str))
    return BrokenFile(name, f"{field}: {first['msg']}" if field else first["msg"], entry, line)
