"""What may be done with an answer itself, offered apart from the next steps: put the use it speaks of into the ledger,
and say whether it was right. A platform that lacks room leaves these out first.
"""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, Suggestion
from handlers.phrases import Phrases
from handlers.request import Intent

LOGGED = frozenset({"estimate"})  # answers that speak of a use somebody may have had
JUDGED = frozenset({"estimate", "compare", "equivalents", "explain", "fact", "grid", "models", "method"})
VERDICTS = ("right", "wrong", "unclear")


def with_asides(answer: Answer, command: str, phrases: Phrases) -> Answer:
    """The answer with its asides, where it has anything to keep or to judge."""
    if answer.tone != "answer" or answer.asides:
        return answer
    asides: list[Suggestion] = []
    if answer.intent in LOGGED and answer.items:
        asides.append(Suggestion(phrases.text("asides.log"), Intent("log", {"uses": answer.items}, "button")))
    if answer.intent in JUDGED:
        asides.extend(
            Suggestion(
                phrases.text(f"asides.{verdict}"), Intent("feedback", {"about": command, "verdict": verdict}, "button")
            )
            for verdict in VERDICTS
        )
    return replace(answer, asides=tuple(asides)) if asides else answer
