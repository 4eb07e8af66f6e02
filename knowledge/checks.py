"""What an editor is told about the fact base: what is wrong, by file and entry and line, and what deserves a look.

Errors stop a release: a file that does not load, a number typed into a sentence, languages that disagree. Warnings do
not: a review date gone by, a source without an archived copy, a fact that its own questions do not find.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from knowledge.library import PLACEHOLDER, BrokenFile, Library, texts
from knowledge.schema import Handle, Record
from knowledge.search import Search
from knowledge.whereabouts import Whereabouts

_PLACEHOLDER_FULL = re.compile(r"\{[a-z0-9_]+(?:\.[a-z]+)?\}")
_CHEMISTRY = re.compile(r"\bCO2e?\b|\bm3\b")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
SHOWN = 5  # entries named for each kind of warning, unless all are asked for
FINDS_WITHIN = 3  # an entry's own questions must find it among so many


@dataclass(frozen=True, slots=True)
class Problem:
    """``kind`` groups warnings of one sort; an error stands for itself."""

    shelf: str
    id: str
    what: str
    error: bool
    kind: str
    near: str | None = None  # words of the line that is meant


def report(root: Traversable | None = None, today: date | None = None, every: bool = False) -> tuple[list[str], bool]:
    """Lines for an editor to read, and whether the base is sound."""
    try:
        library = Library.load(root)
    except BrokenFile as error:
        return [f"error   {error}"], False
    found = list(problems(library, today or date.today()))  # noqa: DTZ011 - an editor's own day is meant
    errors = [p for p in found if p.error]
    stands = Whereabouts(library.root)

    def told(problem: Problem) -> str:
        file, line = stands.find(problem.shelf, problem.id, problem.near)
        return str(BrokenFile(file, problem.what, problem.id, line))

    lines = [f"error   {told(p)}" for p in errors]
    grouped: dict[str, list[Problem]] = defaultdict(list)
    for problem in found:
        if not problem.error:
            grouped[problem.kind].append(problem)
    for kind, group in grouped.items():
        lines.append(f"warning {kind}: {len(group)}")
        shown = group if every else group[:SHOWN]
        lines.extend(f"          {told(p)}" for p in shown)
        if len(group) > len(shown):
            lines.append(f"          and {len(group) - len(shown)} more (smallprint check --all)")
    lines.append(
        f"{len(library.facts)} facts, {len(library.claims)} claims, {len(library.concepts)} concepts, "
        f"{len(library.sources)} sources, {len(library.quiz)} questions, {len(library.equivalents)} equivalents, "
        f"{len(library.tips)} tips, {len(library.models)} models, {len(library.places)} places: "
        + ("sound" if not errors else f"{len(errors)} errors")
    )
    return lines, not errors


def problems(library: Library, today: date) -> Iterator[Problem]:
    """Everything worth telling about a base that loads."""
    for shelf, records in _shelves(library).items():
        for id_, record in records.items():
            yield from _texts(shelf, id_, record)
            review: date | None = getattr(record, "review", None)
            if review is not None and review < today:
                what = f"was to be looked at again by {review}"
                yield Problem(shelf, id_, what, error=False, kind="review date past", near="review:")
    yield from _sources(library)
    yield from _found(library)


def _shelves(library: Library) -> dict[str, Mapping[str, Record]]:
    return {
        "facts": library.facts,
        "claims": library.claims,
        "concepts": library.concepts,
        "factors": library.factors,
        "published": library.published,
        "equivalents": library.equivalents,
        "tips": library.tips,
        "quiz": library.quiz,
        "models": library.models,
        "changes": library.changes,
    }


def _texts(shelf: str, id_: str, record: Record) -> Iterator[Problem]:
    """Numbers come from fields alone, and both languages carry the same ones."""
    if "figures" not in type(record).model_fields:
        return
    terms: tuple[str, ...] = getattr(record, "terms", ())
    options: tuple[Any, ...] = getattr(record, "options", ())
    for text in texts(record):
        english, french = (sorted(set(PLACEHOLDER.findall(t))) for t in (text.en, text.fr))
        if english != french:
            what = f"figures differ: en {english}, fr {french}"
            yield Problem(shelf, id_, what, error=True, kind="languages", near=text.en[:40])
        if text in options or "asks" in type(record).model_fields:
            continue  # a quiz question offers numbers that are wrong on purpose
        for language in ("en", "fr"):
            bare = _PLACEHOLDER_FULL.sub("", text.of(language))
            for term in sorted(terms, key=len, reverse=True):
                bare = bare.replace(term, "")
            if isinstance(text, Handle):
                bare = _YEAR.sub("", bare)  # a handle has no figures to name, and may tell editions apart
            if _DIGIT.search(_CHEMISTRY.sub("", bare)):
                what = f"a number is typed into the {language} text: {bare[:60]}"
                yield Problem(shelf, id_, what, error=True, kind="typed number", near=text.of(language)[:40])
    for name in getattr(record, "figures", {}):
        if not any(name in PLACEHOLDER.findall(t.en) for t in texts(record)):
            what = f"figure {name} is not shown in any text"
            yield Problem(shelf, id_, what, error=False, kind="figure unused", near=f"{name}:")


def _sources(library: Library) -> Iterator[Problem]:
    used = {s for records in _shelves(library).values() for r in records.values() for s in getattr(r, "sources", ())}
    used |= {s for place in library.places.values() for s in place.sources}
    used |= {s for population in library.populations.values() for s in population.sources}
    used |= {s for chip in library.chips.values() for s in chip.sources}
    used |= {s for default in library.defaults.values() for s in default.sources}
    used |= set(library.pillars)
    seen: dict[str, str] = {}
    for id_, source in library.sources.items():
        if id_ not in used:
            yield Problem("sources", id_, "no entry cites it", error=True, kind="source unused")
        if source.url in seen:
            what = f"same address as {seen[source.url]}"
            yield Problem("sources", id_, what, error=False, kind="address stands twice", near="url:")
        seen[source.url] = id_
        if source.archive is None and source.doi is None:
            what = f"no archived copy and no DOI; copies may be listed at {source.captures}"
            yield Problem("sources", id_, what, error=False, kind="no archive link", near="url:")


def _found(library: Library) -> Iterator[Problem]:
    """Every entry is found by each of its own questions, in both languages."""
    search = Search(library)
    for shelf, records in (("facts", library.facts), ("claims", library.claims), ("concepts", library.concepts)):
        for id_, record in records.items():
            for language in ("en", "fr"):
                for question in record.questions.of(language):
                    if id_ not in [hit.id for hit in search.find(question, FINDS_WITHIN)]:
                        what = f"not found by “{question}”"
                        yield Problem(shelf, id_, what, error=False, kind="question finds another", near=question)
