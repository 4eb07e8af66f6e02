"""The links that add the bot: on Discord to a server with what it needs there and nothing more, or to one's own
account; on Telegram a chat with it. Plain addresses, so that a page can show them without either platform's library.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

# Discord's bits. Seeing and writing where it is asked, in threads too; cards and pictures. Nothing that manages or
# reads back.
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
SEND_MESSAGES_IN_THREADS = 1 << 38
PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | SEND_MESSAGES_IN_THREADS


def application_of(token: str) -> int | None:
    """The application's id as it stands in the first part of a Discord token."""
    first = token.partition(".")[0]
    try:
        id_ = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(id_) if id_.isdecimal() else None


def discord_link(application: int) -> str:
    """Discord itself asks whether a server or an account is meant."""
    asked = {"client_id": application, "scope": "bot applications.commands", "permissions": PERMISSIONS}
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def telegram_link(bot: str) -> str:
    """A chat with the bot of this name, from which it can be added to groups."""
    return f"https://t.me/{bot}"
