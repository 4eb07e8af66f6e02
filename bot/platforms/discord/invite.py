"""The link that adds the bot: to a server with what it needs there and nothing more, or to one's own account."""

from __future__ import annotations

import base64
import binascii

import discord

# Seeing and writing where it is asked, in threads too; cards and pictures. Nothing that manages or reads back.
PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, embed_links=True, attach_files=True
)


def application_of(token: str) -> int | None:
    """The application's id as it stands in the token's first part."""
    first = token.partition(".")[0]
    try:
        id_ = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(id_) if id_.isdecimal() else None


def link(application: int) -> str:
    """Discord itself asks whether a server or an account is meant."""
    return discord.utils.oauth_url(application, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
