"""People at a Bot API server: they write, tap, edit, type inline; the bot is brought what Telegram would bring it."""

from __future__ import annotations

import itertools
import re
import time
from typing import Any

from telegram_server import Server
from telegram_world import BOT, ME, RIGHTS, Chat, Person, Sent

_IDS = itertools.count(100_000)
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]+(?:@[A-Za-z0-9_]+)?")
_MENTION = re.compile(r"(?<!\S)@[A-Za-z0-9_]{4,}")


def entities(text: str) -> list[dict[str, Any]]:
    """Commands and mentions, where Telegram sees them, counted as it counts."""

    def at(found: re.Match[str], kind: str) -> dict[str, Any]:
        before, said = text[: found.start()], found[0]
        return {"type": kind, "offset": len(before.encode("utf-16-le")) // 2, "length": len(said)}

    made = [at(f, "bot_command") for f in _COMMAND.finditer(text)]
    made += [at(f, "mention") for f in _MENTION.finditer(text)]
    return sorted(made, key=lambda e: e["offset"])


class Somebody:
    """One person at one server."""

    def __init__(self, server: Server, id_: int, language: str | None = "en") -> None:
        self.server = server
        self.person = server.world.people.setdefault(id_, Person(id_, language))
        self.person.language = language
        self.private = server.world.chats.setdefault(id_, Chat(id_))

    def message(self, text: str, chat: Chat | None = None, *, reply: Sent | None = None, topic: int | None = None,
                **more: Any) -> dict[str, Any]:  # fmt: skip
        where = chat or self.private
        made: dict[str, Any] = {
            "message_id": self.server.world.next_id(), "date": int(time.time()), "chat": where.chat,
            "from": self.person.user, "text": text, **more,
        }  # fmt: skip
        if found := entities(text):
            made["entities"] = found
        if topic is not None:
            made |= {"message_thread_id": topic, "is_topic_message": True}
        if reply is not None:
            made["reply_to_message"] = self.server.world.message(reply)
        return made

    def delivered(self, message: dict[str, Any], chat: Chat) -> bool:
        """Privacy mode: commands for us, bare ones if we spoke last, replies to us."""
        if chat.kind == "private":
            return True
        text: str = message.get("text", "")
        said = _COMMAND.match(text)
        reply = message.get("reply_to_message", {}).get("from", {}).get("id") == BOT["id"]
        if said:
            _, _, whom = said[0].partition("@")
            return whom.lower() == str(BOT["username"]).lower() or (not whom and chat.spoke_last) or reply
        return reply

    def says(self, text: str, chat: Chat | None = None, *, always: bool = False, **more: Any) -> dict[str, Any]:
        """Writes; ``always`` delivers it in spite of privacy mode, as for a bot that is an administrator."""
        where = chat or self.private
        if where is self.private:
            self.person.started = True
        message = self.message(text, where, **more)
        self.server.world.told[where.id, message["message_id"]] = message
        if always or self.delivered(message, where):
            self.server.push(message=message)
        where.spoke_last = False
        return message

    def sends(self, data: bytes, name: str, caption: str = "", chat: Chat | None = None, **more: Any) -> None:
        """A file, with a few words under it."""
        where = chat or self.private
        id_ = f"file{next(_IDS)}"
        self.server.world.files[id_] = data
        document = {"file_id": id_, "file_unique_id": id_, "file_name": name, "file_size": len(data), **more}
        message = self.message(caption, where, document=document)
        del message["text"]
        if caption:
            message["caption"] = caption
        if found := message.pop("entities", None):
            message["caption_entities"] = found
        self.server.world.told[where.id, message["message_id"]] = message
        self.server.push(message=message)

    def votes(self, poll: Sent, option: int) -> bool:
        """In a poll; whether the bot is told of it."""
        asked = poll.params["poll"]
        if asked["is_anonymous"]:
            return False
        self.server.push(
            poll_answer={
                "poll_id": asked["id"],
                "user": self.person.user,
                "option_ids": [option],
                "option_persistent_ids": [str(option)],
            }
        )
        return True

    def edits(self, message: dict[str, Any], text: str) -> None:
        changed = {k: v for k, v in message.items() if k != "entities"} | {"text": text, "edit_date": int(time.time())}
        if found := entities(text):
            changed["entities"] = found
        self.server.push(edited_message=changed)

    def taps(self, sent: Sent, label: str) -> str:
        """Taps the button whose label holds these words."""
        (button, *_) = [b for b in sent.buttons if label.casefold() in b["text"].casefold()]
        return self.taps_data(sent, button["callback_data"])

    def taps_data(self, sent: Sent, data: str) -> str:
        id_ = str(next(_IDS))
        self.server.world.callbacks[id_] = False
        message = self.server.world.message(sent)
        self.server.push(
            callback_query={
                "id": id_,
                "from": self.person.user,
                "message": message,
                "chat_instance": "1",
                "data": data,
            }
        )
        return id_

    def types(self, query: str) -> str:
        id_ = str(next(_IDS))
        self.server.world.inline[id_] = None
        self.server.push(inline_query={"id": id_, "from": self.person.user, "query": query, "offset": ""})
        return id_

    def taps_inline(self, message: str, data: str) -> str:
        id_ = str(next(_IDS))
        self.server.world.callbacks[id_] = False
        self.server.push(
            callback_query={
                "id": id_,
                "from": self.person.user,
                "inline_message_id": message,
                "chat_instance": "1",
                "data": data,
            }
        )
        return id_

    def asks_as_guest(self, text: str, chat: Chat, reply_text: str | None = None) -> str:
        id_ = f"guest{next(_IDS)}"
        self.server.world.guests[id_] = None
        message = self.message(text, chat, guest_query_id=id_)
        if reply_text is not None:
            message["reply_to_message"] = self.message(reply_text, chat)
        self.server.push(guest_message=message)
        return id_

    def moves_bot(self, chat: Chat, before: str, after: str) -> None:
        """Adds the bot to a group or removes it."""

        def member(status: str) -> dict[str, Any]:
            made: dict[str, Any] = {"status": status, "user": ME}
            return {
                **made,
                **({"until_date": 0} if status == "kicked" else RIGHTS if status == "administrator" else {}),
            }

        self.server.push(
            my_chat_member={
                "chat": chat.chat,
                "from": self.person.user,
                "date": int(time.time()),
                "old_chat_member": member(before),
                "new_chat_member": member(after),
            }
        )

    # What came back

    def answers(self, chat: Chat | None = None) -> list[Sent]:
        where = (chat or self.private).id
        return [sent for sent in self.server.world.order if sent.chat == where]

    async def answer(self, count: int = 1, chat: Chat | None = None, seconds: float = 15) -> Sent:
        """The latest message, once there are so many in the chat."""
        await self.server.until(lambda: len(self.answers(chat)) >= count, seconds, f"{count} messages")
        return self.answers(chat)[-1]

    async def asks(self, text: str, chat: Chat | None = None, **more: Any) -> Sent:
        """Writes and waits for the first answer after it."""
        before = len(self.answers(chat))
        self.says(text, chat, **more)
        return await self.answer(before + 1, chat)
