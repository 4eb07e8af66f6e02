"""The one form: a few fields, filled with what holds now. What comes back is read from the event itself, so a form that
was opened before a restart, or by another process, is still understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import discord
from discord import ui

LABEL = 45
TITLE = 45
MOST_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    value: str
    required: bool = False


class Form(ui.Modal):
    """Submitting is heard by the client; the form itself does nothing."""

    def __init__(self, title: str, custom_id: str, fields: list[Field]) -> None:
        super().__init__(title=title[:TITLE], custom_id=custom_id, timeout=600)
        for field in fields[:MOST_FIELDS]:
            entry: ui.TextInput[Form] = ui.TextInput(
                custom_id=field.name, default=field.value[:100], required=field.required, max_length=100
            )
            self.add_item(ui.Label(text=field.label[:LABEL], component=entry))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        return


def submitted(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """The fields of a form that was sent, by their names."""
    data = cast("dict[str, Any]", interaction.data or {})
    found: dict[str, str] = {}
    rows = cast("list[dict[str, Any]]", data.get("components") or ())
    for row in rows:
        inner = cast("dict[str, Any]", row.get("component") or {})
        for field in (inner, *cast("list[dict[str, Any]]", row.get("components") or ())):
            if "custom_id" in field and isinstance(field.get("value"), str):
                found[field["custom_id"]] = field["value"].strip()
    return found
