"""Cards that were planned before. An answer that says the same is made of the same parts (the estimate keeps its own),
so a card is known again by the parts themselves; the owner is no part of it, and what is one person's is never kept.
"""

from __future__ import annotations

from bot.platforms.discord.render import Plan, Setting, own_intent, plan
from handlers.answer import Answer
from handlers.encoding import encode
from handlers.kept import Kept
from handlers.phrases import Phrases
from handlers.request import Intent

MOST_KEPT = 256
_KEPT = frozenset({"estimate"})  # answers whose parts are kept by who makes them

Parts = tuple[object, ...]


class Plans:
    """The last few, by what they were made of."""

    def __init__(self) -> None:
        self._made: Kept[tuple[object, ...], tuple[Parts, Plan]] = Kept(MOST_KEPT)

    def of(self, answer: Answer, phrases: Phrases, setting: Setting, intent: Intent | None) -> Plan:
        again = own_intent(answer, intent)
        if answer.intent not in _KEPT or answer.private or setting.extra:
            return plan(answer, phrases, setting, again)
        parts = _parts(answer)
        key = (*map(id, parts), answer.language, answer.tone, _known(again, intent),
               setting.private, setting.shareable, setting.picture)  # fmt: skip
        # The parts are held with the plan: as long as they live, no others are known by their names.
        return self._made.get(key, lambda: (parts, plan(answer, phrases, setting, again)))[1]

    def __len__(self) -> int:
        return len(self._made)


def _parts(answer: Answer) -> Parts:
    """All that a plan is made of, each the same object where it says the same."""
    return (
        answer.title, answer.body, answer.figures, answer.notes, answer.chart, answer.citations, answer.suggestions,
        answer.asides, answer.items, answer.facts, answer.topics, answer.attachment,
    )  # fmt: skip


def _known(again: Intent | None, intent: Intent | None) -> str | None:
    """What the buttons lead back to. Where it was made from the answer's own parts, those say the rest."""
    if again is None:
        return None
    return encode(again) if again is intent else again.command
