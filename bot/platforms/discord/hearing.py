"""From Discord's events to Requests: who asks, where, in which language, and whether it was meant for us at all."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import discord

from bot.platforms.discord.words import language_of
from handlers.request import Language, Request

PLATFORM = "discord"
_HEARD = frozenset({discord.MessageType.default, discord.MessageType.reply})


def team_of(guild_id: int) -> str:
    return f"{PLATFORM}:{guild_id}"


def from_interaction(
    interaction: discord.Interaction[Any], at: datetime, text: str = "", language: Language | None = None
) -> Request:
    """``language``: of the card that was pressed; the client's own is only a guess beside it."""
    guild = guild_of(interaction)
    return Request(
        text=text,
        person=f"{PLATFORM}:{interaction.user.id}",
        channel=f"{PLATFORM}:{interaction.channel_id}",
        at=at,
        language=language,
        locale=language_of(interaction.locale),
        team=team_of(guild) if guild is not None else None,
        admin=guild is None or interaction.permissions.manage_guild,
        id=f"{PLATFORM}:{interaction.id}",
    )


def guild_of(interaction: discord.Interaction[Any]) -> int | None:
    """The server that added us. Where only the person did, its ledger and settings are none of our business."""
    if interaction.guild_id is None:
        return None
    return (
        None if interaction.is_user_integration() and not interaction.is_guild_integration() else interaction.guild_id
    )


def from_message(message: discord.Message, me: discord.abc.User, at: datetime) -> Request | None:
    """None where the message does not speak to us: a bot, a webhook, a notice, or talk among others."""
    author = message.author
    if author.bot or message.webhook_id is not None or message.type not in _HEARD:
        return None
    if message.guild is not None and me not in message.mentions:
        return None
    text = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
    if message.guild is not None and not text and f"<@{me.id}>" not in message.content.replace("!", ""):
        return None  # a reply that pings us without a word: a sticker, a picture
    admin = message.guild is None or (isinstance(author, discord.Member) and author.guild_permissions.manage_guild)
    return Request(
        text=" ".join(text.split(" ")),
        person=f"{PLATFORM}:{author.id}",
        channel=f"{PLATFORM}:{message.channel.id}",
        at=at,
        locale=_of_server(message.guild),
        team=team_of(message.guild.id) if message.guild is not None else None,
        admin=admin,
        id=f"{PLATFORM}:{message.id}",
    )


def _of_server(guild: discord.Guild | None) -> Language | None:
    """A server's language is a sign only where somebody chose it: English is what nobody chose."""
    return "fr" if guild is not None and language_of(guild.preferred_locale) == "fr" else None


def public_language(interaction: discord.Interaction[Any]) -> Language | None:
    """For what is posted for all."""
    return language_of(interaction.guild_locale)
