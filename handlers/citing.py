"""Sources as people see them: title, publisher, year, address, and how far each was checked."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.answer import Citation
from handlers.phrases import Phrases
from knowledge.library import Library


def citations(
    library: Library, ids: Iterable[str], phrases: Phrases, checked: str | None = None
) -> tuple[Citation, ...]:
    """One citation a source, in order, each once. ``checked`` is a code of knowledge.schema.Checked."""
    note = phrases.text(f"checked.{checked}") if checked else None
    return tuple(Citation(s.title, s.publisher, s.year, s.url, note or s.seen) for s in library.cite(ids))
