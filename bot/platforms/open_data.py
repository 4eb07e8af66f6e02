"""The fact base for other people's programs and eyes: the whole of it as one JSON object, or what a few words find.

The object carries its licence, every source with a ready citation, and every text both as an editor wrote it, with
``{figures}`` in place, and as people read it in each language. The same base gives the same object, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from handlers.citing import citations
from handlers.measures import Measures
from handlers.phrases import Lexicon, Phrases
from handlers.request import LANGUAGES, Language
from handlers.telling import fill
from knowledge.library import Library
from knowledge.schema import Claim, Concept, Fact, Figure, Record, Source, Text
from knowledge.search import SURE, Search

LICENCE = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
SHOWN = 8
_NEAR = 0.5 * SURE  # what is further off than this is not worth a line
_SHELVES = (
    "facts", "claims", "concepts", "factors", "published", "defaults", "equivalents", "tips", "quiz", "places",
    "populations", "chips", "models", "changes",
)  # fmt: skip


def exported(library: Library, lexicon: Lexicon) -> dict[str, Any]:
    """The whole base with licence and citations, ready for ``json.dumps``."""
    measures: dict[Language, Measures] = {language: Measures(lexicon[language]) for language in LANGUAGES}
    shelves: dict[str, Mapping[str, Record]] = {name: getattr(library, name) for name in _SHELVES}
    terms = (files("knowledge") / "data" / "LICENCE.md").read_text("utf-8")
    return {
        "name": "Smallprint",
        "version": version("smallprint"),
        "licence": {**LICENCE, "terms": terms},
        "languages": list(LANGUAGES),
        "counts": {"sources": len(library.sources), **{name: len(shelf) for name, shelf in shelves.items()}},
        "units": {code: {"dimension": unit.dimension, "scale": unit.scale} for code, unit in library.units.items()},
        "sources": [_source(source) for source in library.sources.values()],
        "grid_years": dict(library.grid_years),
        **{
            name: [{**_plain(record), "read": dict(_read(record, measures))} for record in shelf.values()]
            for name, shelf in shelves.items()
        },
    }


def _source(source: Source) -> dict[str, Any]:
    """A source with its citation; without a stored copy or a DOI also the place to look for one, named as just that."""
    look = {} if source.archive or source.doi else {"look_for_copies": source.captures}
    return {**_plain(source), "citation": cited(source), **look}


def cited(source: Source) -> str:
    """A reference that can be pasted: "Elsworth et al. (2025). Measuring … Google. https://doi.org/…"."""
    address = f"https://doi.org/{source.doi}" if source.doi else source.url
    publisher = "" if source.publisher == source.authors else f" {source.publisher}."
    return f"{source.authors} ({source.year}). {source.title.rstrip('.')}.{publisher} {address}"


def found(
    library: Library, search: Search, lexicon: Lexicon, query: str, language: Language
) -> tuple[list[dict[str, Any]], bool]:
    """The entries that words find, best first, as data; and whether the best is an answer rather than a neighbour."""
    hits = [hit for hit in search.find(query, SHOWN) if hit.score >= _NEAR]
    measures = Measures(lexicon[language])
    entries: list[dict[str, Any]] = []
    for hit in hits:
        record = library.facts.get(hit.id) or library.claims.get(hit.id) or library.concepts[hit.id]
        entries.append(
            {
                "id": hit.id,
                "score": round(hit.score, 3),
                "text": _said(record, measures, language),
                **_standing(record, lexicon[language]),
                "sources": [
                    {"publisher": c.publisher, "year": c.year, "title": c.title, "url": c.url, "read": c.checked}
                    for c in citations(library, record.sources, lexicon[language])
                ],
            }
        )
    return entries, bool(hits) and hits[0].score >= SURE


def listed(entries: list[dict[str, Any]], sure: bool, lexicon: Lexicon, language: Language) -> Iterator[str]:
    """The lines that a person reads."""
    phrases = lexicon[language]
    if not sure:
        yield "".join(span.text for span in phrases.line("facts.missing"))
        if entries:
            yield "".join(span.text for span in phrases.line("facts.nearest"))
    for index, entry in enumerate(entries):
        if index or not sure:
            yield ""
        yield entry["id"]
        yield f"  {entry['text']}"
        if "standing" in entry:
            yield f"  ({entry['standing']})"
        for source in entry["sources"]:
            read = f" ({source['read']})" if source["read"] else ""
            yield f"  – {source['publisher']}, {source['year']}: {source['title']}{read}. {source['url']}"


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude_none=True)


def _said(record: Fact | Claim | Concept, measures: Measures, language: Language) -> str:
    text = record.claim if isinstance(record, Fact) else record.instead if isinstance(record, Claim) else record.says
    return _filled(record, text, measures, language)


def _standing(record: Fact | Claim | Concept, phrases: Phrases) -> dict[str, str]:
    """Who stands behind it, of when it is and how far it was checked, in words. A concept is not checked."""
    if isinstance(record, Concept):
        return {}
    checked = phrases.text(f"checked.{record.checked}")
    if isinstance(record, Claim):
        return {"standing": phrases.text("facts.checked", checked=checked)}
    quality, year = phrases.text(f"qualities.{record.quality}"), str(record.year) if record.year else "–"
    return {"standing": phrases.text("facts.basis", quality=quality, year=year, checked=checked)}


def _read(record: Record, measures: Mapping[Language, Measures]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a record that holds figures, by its field, as people read it."""
    if "figures" not in type(record).model_fields:
        return
    for name in type(record).model_fields:
        text = getattr(record, name)
        if isinstance(text, Text) and name != "name":
            yield name, {language: _filled(record, text, m, language) for language, m in measures.items()}


def _filled(record: Record, text: Text, measures: Measures, language: Language) -> str:
    figures: dict[str, Figure] = getattr(record, "figures", {})
    year: int | None = getattr(record, "year", None)
    known = {**({"year": Figure(mid=year, unit="year")} if year else {}), **figures}
    return "".join(span.text for span in fill(text, known, measures, language))
