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
