"""Refusals that are answers: expected, kind, in the asker's language."""

from __future__ import annotations

from typing import Any

from handlers.answer import Suggestion


class CannotAnswer(Exception):
    """Raised by a Kind or a feature; Core turns it into an apology.

    ``key`` names a phrase of the vocabulary or of the feature: "unknown-model". ``values`` fill it in.
    """

    def __init__(
        self, key: str, *, suggestions: tuple[Suggestion, ...] = (), intent: str = "clarify", **values: Any
    ) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.suggestions = suggestions
        self.intent = intent
