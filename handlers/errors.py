"""Refusals that are answers: expected, kind, in the asker's language."""

from __future__ import annotations

from typing import Any

from handlers.answer import Suggestion
from handlers.quoting import quoted


class CannotAnswer(Exception):
    """Raised by a Kind or a feature; Core turns it into an apology.

    ``key`` names a phrase of the vocabulary or of the feature: "unknown-model". ``values`` fill it in; ``name`` is what
    the person wrote, and is shown as a quotation.
    """

    def __init__(
        self, key: str, *, suggestions: tuple[Suggestion, ...] = (), intent: str = "clarify", **values: Any
    ) -> None:
        super().__init__(key)
        self.key = key
        self.values: dict[str, Any] = values
        if "name" in values:
            values["name"] = quoted(str(values["name"]))
        self.suggestions = suggestions
        self.intent = intent
