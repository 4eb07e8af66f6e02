"""Sources as people see them: title, publisher, year, address, and what was read where it was not the publication."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.answer import Citation
from handlers.phrases import Phrases
from knowledge.library import Library
from knowledge.schema import Source


def citations(library: Library, ids: Iterable[str], phrases: Phrases) -> tuple[Citation, ...]:
    """One citation a source, in order, each once. How far an entry's own figure was checked, its answer says itself:
    it is not the same for each of its sources, so nothing of it is said beside them."""
    return tuple(Citation(s.title, s.publisher, s.year, s.url, _read(s, phrases)) for s in library.cite(ids))


def _read(source: Source, phrases: Phrases) -> str | None:
    return phrases.text("read-instead", seen=source.seen.of(phrases.language)) if source.seen else None
