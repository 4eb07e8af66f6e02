"""Buttons and selects that need no memory: whatever was sent is found again by what its custom_id carries."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any, Protocol, Self, cast

import discord
from discord import ui

TEMPLATE = r"s.[\s\S]*"


class Presses(Protocol):
    """The client: takes what was pressed or chosen."""

    def pressed(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> Awaitable[None]: ...


class Button(ui.DynamicItem[ui.Button[Any]], template=TEMPLATE):
    """Any button or select of ours, of whatever version."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast("ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        data = cast("dict[str, Any]", interaction.data or {})
        client = cast("Presses", interaction.client)
        await client.pressed(interaction, str(data.get("custom_id", "")), list(data.get("values") or ()))


def button(label: str, custom_id: str, style: discord.ButtonStyle) -> ui.Item[ui.LayoutView]:
    made: Any = Button(ui.Button(label=label, custom_id=custom_id, style=style))
    return made


def select(placeholder: str, custom_id: str, options: list[tuple[str, str]]) -> ui.ActionRow[ui.LayoutView]:
    """A row with one menu: labels and values."""
    choices = [discord.SelectOption(label=label[:100], value=value) for label, value in options[:25]]
    menu: Any = Button(cast("Any", ui.Select(custom_id=custom_id, placeholder=placeholder[:150], options=choices)))
    return ui.ActionRow(menu)
