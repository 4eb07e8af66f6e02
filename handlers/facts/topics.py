"""What the base can be asked about, suggested as a person types: by what entries are called, forgiving of spelling and
accents, and by what the words typed so far would find.
"""

from __future__ import annotations

from handlers.kinds import MOST_SUGGESTIONS, alike
from handlers.kit import Kit
from knowledge.search import fold

LIKE = 70  # of a hundred: how like a name must be to what is typed
FOUND = 0.3  # how well the words must fit an entry; less than an answer needs, since more may be typed


class Topics:
    """The names of facts, claims and concepts, folded once a language."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._folded: dict[str, dict[str, str]] = {}

    def __call__(self, typed: str, language: str) -> tuple[tuple[str, str], ...]:
        """(name, id), the likeliest first."""
        names = self._names(language)
        wanted = fold(typed).strip()
        if not wanted:
            chosen = list(names)[:MOST_SUGGESTIONS]
        else:
            begun = [id_ for id_, name in names.items() if any(w.startswith(wanted) for w in (name, *name.split()))]
            hits = [hit.id for hit in self._kit.search.find(typed, 5) if hit.score >= FOUND]
            chosen = list(dict.fromkeys((*begun, *hits, *alike(wanted, names, LIKE))))[:MOST_SUGGESTIONS]
        return tuple((self._name(id_, language), id_) for id_ in chosen)

    def _names(self, language: str) -> dict[str, str]:
        found = self._folded.get(language)
        if found is None:
            library = self._kit.library
            # What words mean first: before anything is typed these are the ones to browse.
            ids = (*library.concepts, *library.claims, *library.facts)
            found = self._folded[language] = {id_: fold(self._name(id_, language)) for id_ in ids}
        return found

    def _name(self, id_: str, language: str) -> str:
        library = self._kit.library
        entry = library.concepts.get(id_) or library.claims.get(id_) or library.facts[id_]
        return entry.name.of(language)
