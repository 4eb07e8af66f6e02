"""From Discord's events to Requests: who asks, where, in which language, and whether it was meant for us at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import discord

from bot.platforms.discord.words import language_of
from handlers.request import Language, Request

PLATFORM = "discord"
LARGEST_FILE = 2_000_000  # bytes; five thousand lines with all their columns are smaller
LISTS = (".csv", ".tsv")
_HEARD = frozenset({discord.MessageType.default, discord.MessageType.reply})


class TooLarge(ValueError):
    """A file that no honest list is as large as."""


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
        name=interaction.user.display_name,
    )


def guild_of(interaction: discord.Interaction[Any]) -> int | None:
    """The server that added us. Where only the person did, its ledger and settings are none of our business."""
    if interaction.guild_id is None:
        return None
    return (
        None if interaction.is_user_integration() and not interaction.is_guild_integration() else interaction.guild_id
    )


def among_others(interaction: discord.Interaction[Any]) -> bool:
    """Whether what is answered in the open is read by more than who asked: in servers, in groups and in talks that we
    are not part of, where who asked has us on their own account; not in a talk with us alone."""
    return interaction.guild_id is not None or interaction.context.private_channel


def from_message(message: discord.Message, me: discord.abc.User, at: datetime) -> Request | None:
    """None where the message does not speak to us: a bot, a webhook, a notice, or talk among others."""
    author = message.author
    if author.bot or message.webhook_id is not None or message.type not in _HEARD:
        return None
    if message.guild is not None and me not in message.mentions:
        return None
    text = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
    bare = not text and f"<@{me.id}>" not in message.content.replace("!", "")
    if message.guild is not None and bare and listed(message.attachments) is None:
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
        name=author.display_name,
    )


def listed(attachments: Iterable[discord.Attachment]) -> discord.Attachment | None:
    """The list among what came with a message: a file of text to be imported. Pictures and all else are left alone."""
    return next((a for a in attachments if a.filename.lower().endswith(LISTS)), None)


async def opened(attachment: discord.Attachment) -> bytes:
    """What is in a file. Raises TooLarge before anything is fetched."""
    if attachment.size > LARGEST_FILE:
        raise TooLarge
    return await attachment.read()


def _of_server(guild: discord.Guild | None) -> Language | None:
    """A server's language is a sign only where somebody chose it: English is what nobody chose."""
    return "fr" if guild is not None and language_of(guild.preferred_locale) == "fr" else None


def public_language(interaction: discord.Interaction[Any]) -> Language | None:
    """For what is posted for all."""
    return language_of(interaction.guild_locale)
