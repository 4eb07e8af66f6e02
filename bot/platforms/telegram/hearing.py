"""From Telegram's messages to Requests: what was said, by whom, where, and whether it was said to us.

In private everything is. In a group it is a command, a reply to us, or a mention; all else is not ours to hear.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import Chat, Document, Message, MessageEntity, User
from telegram.constants import ChatType

from bot.platforms.telegram.menu import Commands
from handlers.encoding import decode, encode
from handlers.request import Intent, Language, Request

PLATFORM = "telegram"
PAYLOAD = 64  # letters of a deep link
LARGEST_FILE = 2_000_000  # bytes; five thousand lines with all their columns are smaller
LISTS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer goes: the chat, the topic, and the message it replies to."""

    chat: int
    topic: int | None = None
    reply_to: int | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    request: Request
    spot: Spot
    intent: Intent | None = None  # where it is complete already: a deep link
    start: bool = False  # "/start" and nothing after it
    document: Document | None = None  # a list that came with it


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are, as Telegram knows us."""

    id: int
    username: str


def locale_of(user: User | None) -> Language | None:
    code = (user.language_code or "").partition("-")[0].lower() if user is not None else ""
    return "fr" if code == "fr" else "en" if code == "en" else None


def person_of(user: User | None, sender: Chat | None) -> str:
    """Administrators may speak in the name of their group; then it is the group that speaks."""
    if sender is not None:
        return f"telegram:{sender.id}"
    return f"telegram:{user.id}" if user is not None else "telegram:0"


def name_of(user: User | None, sender: Chat | None) -> str | None:
    """What the others there call them."""
    if sender is not None:
        return sender.title
    return user.full_name if user is not None else None


def is_group(chat: Chat) -> bool:
    return chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)


def moved(message: Message) -> tuple[int, int] | None:
    """From which id to which, where a group became a supergroup. Telegram says it in both, in any order."""
    if message.migrate_to_chat_id is not None:
        return message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        return message.migrate_from_chat_id, message.chat.id
    return None


def team_of(chat: Chat) -> str | None:
    return f"telegram:{chat.id}" if is_group(chat) else None


def topic_of(message: Message) -> int | None:
    """Only where there are topics: elsewhere the number names a thread of replies and Telegram refuses it."""
    return message.message_thread_id if message.is_topic_message else None


def channel_of(chat: int, topic: int | None) -> str:
    return f"telegram:{chat}" if topic is None else f"telegram:{chat}:{topic}"


def spot_of(channel: str) -> Spot:
    """Back from ``channel_of``: where a digest of a group goes."""
    _, chat, *topic = channel.split(":")
    return Spot(int(chat), int(topic[0]) if topic else None, group=True)


def heard(message: Message, me: Self, commands: Commands, now: datetime) -> Heard | None:
    """What to answer, or None where it was not said to us."""
    user, group = message.from_user, is_group(message.chat)
    if message.chat.type == ChatType.CHANNEL or message.via_bot is not None or message.is_automatic_forward:
        return None
    if user is not None and user.is_bot and message.sender_chat is None:
        return None
    text = message.text or message.caption or ""
    said = _said(message, text, me, commands, group=group)
    if said is None or not _content(message, text):
        return None
    topic = topic_of(message)
    spot = Spot(message.chat.id, topic, message.message_id if group else None, group)
    sender = message.sender_chat if message.sender_chat is not None else None
    request = Request(
        text=said,
        person=person_of(user, sender),
        channel=channel_of(message.chat.id, topic),
        at=now,
        locale=locale_of(user),
        team=team_of(message.chat),
        admin=not group or (sender is not None and sender.id == message.chat.id),
        id=f"telegram:{message.chat.id}:{message.message_id}",
        name=name_of(user, sender),
    )
    return _opened(Heard(request, spot, document=_document(message)))


def _content(message: Message, text: str) -> bool:
    """Something a person said or sent: not a pin, a join, a new title."""
    return bool(text) or message.effective_attachment is not None


def _document(message: Message) -> Document | None:
    """A file that may be a list; a picture or a song is none."""
    document = message.document
    if document is None:
        return None
    listed = (document.file_name or "").lower().endswith(LISTS) or (document.mime_type or "").startswith("text/")
    return document if listed else None


def _said(message: Message, text: str, me: Self, commands: Commands, *, group: bool) -> str | None:
    """The words meant for us, a command as "/name rest"; None where they are not meant for us."""
    entities = message.entities or message.caption_entities
    first = entities[0] if entities else None
    if first is not None and first.type == MessageEntity.BOT_COMMAND and first.offset == 0:
        called, _, whom = text[1 : first.length].partition("@")
        if whom and whom.lower() != me.username.lower():
            return None
        rest = _without_mention(message, text, text[first.length :], me).strip()
        if called == "start":
            return f"/start {rest}".strip()
        command = commands.find(called)
        if command is not None:
            return f"/{command.name} {rest}".strip()
        # In a group a command that we do not know is another bot's, unless it names us.
        return None if group and not whom else f"{called.replace('_', ' ')} {rest}".strip()
    if not group or _mentioned(message, me) or _replied(message, me):
        return _without_mention(message, text, text, me).strip()
    return None


def _replied(message: Message, me: Self) -> bool:
    before = message.reply_to_message
    return (
        before is not None
        and before.from_user is not None
        and before.from_user.id == me.id
        and before.forum_topic_created is None  # in a topic, everything is a reply to the topic's beginning
    )


def _mentions(message: Message, me: Self) -> list[str]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    parsed = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return [
        said
        for entity, said in parsed.items()
        if (entity.user is not None and entity.user.id == me.id) or said.lower() == f"@{me.username}".lower()
    ]


def _mentioned(message: Message, me: Self) -> bool:
    return bool(_mentions(message, me))


def _without_mention(message: Message, text: str, part: str, me: Self) -> str:
    for said in _mentions(message, me) if text else ():
        part = part.replace(said, " ", 1)
    return part


def guest_text(message: Message, me: Self) -> str:
    """What a guest asks: the words beside the mention, or the message that they replied to."""
    text = message.text or message.caption or ""
    said = _without_mention(message, text, text, me).strip()
    before = message.reply_to_message
    if not said and before is not None:
        return before.text or before.caption or ""
    return said


def _opened(one: Heard) -> Heard:
    """A deep link: its payload is a question of ours, or words with underscores between them."""
    text = one.request.text
    if text.partition(" ")[0] != "/start":
        return one
    payload = text.partition(" ")[2].strip()
    intent = unpacked(payload)
    words = payload.replace("_", " ").strip()
    request = one.request
    return Heard(replace(request, text=words), one.spot, intent, start=intent is None and len(words) < 3)


def packed(intent: Intent) -> str | None:
    """A question as a deep link's payload."""
    token = encode(intent, PAYLOAD * 3 // 4)
    return urlsafe_b64encode(token.encode()).decode().rstrip("=") if token is not None else None


def unpacked(payload: str) -> Intent | None:
    try:
        token = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return decode(token)
