"""What a Bot API server knows: people, chats with their rights and topics, messages, and what it would refuse.

Written from Telegram's documents and an independent code base's models (aiogram), not from the library that the bot
uses. Whatever a call does that Telegram would not take is refused as Telegram would, and noted as a fault of ours.
"""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Any

from telegram_markup import BadMarkup, read, units

BOT = {"id": 4242, "is_bot": True, "first_name": "Smallprint", "username": "smallprint_bot", "can_join_groups": True,
       "can_read_all_group_messages": False, "supports_inline_queries": True, "supports_guest_queries": True,
       "can_connect_to_business": False, "has_main_web_app": False, "has_topics_enabled": False,
       "allows_users_to_create_topics": False, "can_manage_bots": False}  # fmt: skip
ME = {key: BOT[key] for key in ("id", "is_bot", "first_name", "username")}

RIGHTS = dict.fromkeys(
    ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
     "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
     "can_edit_stories", "can_delete_stories", "can_send_welcome_messages"), False)  # fmt: skip


class Refusal(Exception):
    def __init__(self, code: int, said: str, **parameters: int) -> None:
        super().__init__(said)
        self.code, self.said, self.parameters = code, said, parameters


def bad(said: str) -> Refusal:
    return Refusal(400, f"Bad Request: {said}")


@dataclass
class Person:
    id: int
    language: str | None = "en"
    started: bool = True

    @property
    def user(self) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": f"P{self.id}"}
        if self.language is not None:
            made["language_code"] = self.language
        return made


@dataclass
class Chat:
    id: int
    kind: str = "private"
    forum: bool = False
    topics: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    blocked: bool = False  # by the person, or the bot thrown out
    mute: bool = False  # the bot may not write
    photos: bool = True
    polls: bool = True
    admins: set[int] = field(default_factory=set)
    spoke_last: bool = False
    moved_to: int | None = None

    @property
    def chat(self) -> dict[str, Any]:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": f"P{self.id}"}
        made: dict[str, Any] = {"id": self.id, "type": self.kind, "title": f"Group {self.id}"}
        return {**made, "is_forum": True} if self.forum else made


@dataclass
class Sent:
    """Something the bot put somewhere, as it stands now."""

    chat: int
    id: int
    kind: str  # text, photo, poll, document
    params: dict[str, Any]
    text: str = ""  # what is read, without tags
    edits: int = 0
    at: float = field(default_factory=time.monotonic)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        rows = (self.params.get("reply_markup") or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


class World:
    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.sent: dict[tuple[int, int], Sent] = {}
        self.order: list[Sent] = []
        self.told: dict[tuple[int, int], dict[str, Any]] = {}  # messages of people
        self.callbacks: dict[str, bool] = {}
        self.inline: dict[str, list[dict[str, Any]] | None] = {}
        self.guests: dict[str, dict[str, Any] | None] = {}
        self.inline_messages: dict[str, dict[str, Any]] = {}
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.faults: list[str] = []
        self.files: dict[str, bytes] = {}
        self._ids = itertools.count(1000)

    def next_id(self) -> int:
        return next(self._ids)

    # What is put before people

    def message(self, sent: Sent) -> dict[str, Any]:
        chat = self.chats[sent.chat]
        made: dict[str, Any] = {"message_id": sent.id, "date": int(time.time()), "chat": chat.chat, "from": ME}
        topic = sent.params.get("message_thread_id")
        if topic is not None:
            made |= {"message_thread_id": topic, "is_topic_message": True}
        reply = (sent.params.get("reply_parameters") or {}).get("message_id")
        if reply is not None:
            if (sent.chat, reply) in self.sent:
                above = self.sent[sent.chat, reply]
                made["reply_to_message"] = {k: v for k, v in self.message(above).items() if k != "reply_to_message"}
            elif (sent.chat, reply) in self.told:
                made["reply_to_message"] = self.told[sent.chat, reply]
        if sent.kind == "photo":
            made |= {"photo": [{"file_id": sent.params["file_id"], "file_unique_id": sent.params["file_id"][:8],
                                "width": 1600, "height": 900}], "caption": sent.text}  # fmt: skip
        elif sent.kind == "poll":
            made["poll"] = sent.params["poll"]
        elif sent.kind == "document":
            made["document"] = {"file_id": "doc", "file_unique_id": "doc"}
        else:
            made["text"] = sent.text
        if sent.params.get("reply_markup"):
            made["reply_markup"] = sent.params["reply_markup"]
        return made

    def may_send(self, params: dict[str, Any]) -> Chat:
        chat = self.chats.get(params["chat_id"])
        if chat is None:
            self.faults.append(f"a message to an unknown chat {params['chat_id']}")
            raise bad("chat not found")
        if chat.moved_to is not None:
            raise Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.blocked:
            why = (
                "bot was blocked by the user" if chat.kind == "private" else f"bot was kicked from the {chat.kind} chat"
            )
            raise Refusal(403, f"Forbidden: {why}")
        if chat.kind == "private" and chat.id in self.people and not self.people[chat.id].started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.mute:
            raise bad("not enough rights to send text messages to the chat")
        topic = params.get("message_thread_id")
        if topic is not None and topic not in chat.topics:
            self.faults.append(f"thread {topic} in a chat that has none of that number")
            raise bad("message thread not found")
        if topic in chat.closed:
            raise bad("TOPIC_CLOSED")
        reply = params.get("reply_parameters") or {}
        wanted = reply.get("message_id")
        known = (chat.id, wanted) in self.sent or (chat.id, wanted) in self.told
        if wanted is not None and not known and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return chat

    def written(self, params: dict[str, Any], name: str, limit: int, mode: str = "parse_mode") -> str:
        """The text once read; refused where Telegram would."""
        text = params.get(name) or ""
        if params.get(mode) == "HTML":
            try:
                text, entities = read(text)
            except BadMarkup as error:
                self.faults.append(f"markup: {error} in {params.get(name)!r}")
                raise bad(f"can't parse entities: {error}") from error
            if entities > 100:
                self.faults.append(f"{entities} entities")
        if units(text.strip()) > limit:
            self.faults.append(f"{name} of {units(text)} units")
            raise bad("message caption is too long" if name == "caption" else "message is too long")
        if name == "text" and not text.strip():
            self.faults.append("an empty text")
            raise bad("message text is empty")
        return text

    def keyboard(self, params: dict[str, Any]) -> None:
        rows = (params.get("reply_markup") or {}).get("inline_keyboard", [])
        buttons = [button for row in rows for button in row]
        wrong = [
            button for button in buttons
            if not button.get("text") or not (1 <= len(button.get("callback_data", "x").encode()) <= 64)
            or ("callback_data" in button) == ("url" in button)
        ]  # fmt: skip
        if wrong or len(buttons) > 100 or any(len(row) > 8 for row in rows):
            self.faults.append(f"keyboard: {wrong or rows}")
            raise bad("BUTTON_DATA_INVALID")

    def put(self, kind: str, params: dict[str, Any], text: str) -> dict[str, Any]:
        sent = Sent(params["chat_id"], self.next_id(), kind, params, text)
        self.sent[sent.chat, sent.id] = sent
        self.order.append(sent)
        self.chats[sent.chat].spoke_last = True
        return self.message(sent)

    def send_message(self, params: dict[str, Any]) -> Any:
        self.may_send(params)
        self.keyboard(params)
        return self.put("text", params, self.written(params, "text", 4096))

    def send_photo(self, params: dict[str, Any]) -> Any:
        chat = self.may_send(params)
        if not chat.photos:
            raise bad("not enough rights to send photos to the chat")
        self.keyboard(params)
        params["file_id"] = self.picture(params["photo"])
        return self.put("photo", params, self.written(params, "caption", 1024))

    def picture(self, given: Any) -> str:
        """The id of what was uploaded, or of what was there."""
        if isinstance(given, bytes):
            if not given.startswith(b"\x89PNG"):
                self.faults.append("a photo that is none")
                raise bad("IMAGE_PROCESS_FAILED")
            name = f"photo{self.next_id()}"
            self.files[name] = given
            return name
        if given not in self.files:
            self.faults.append(f"unknown picture {given}")
            raise bad("wrong file identifier/HTTP URL specified")
        return given

    def send_document(self, params: dict[str, Any]) -> Any:
        self.may_send(params)
        if not isinstance(params["document"], bytes) or not 0 < len(params["document"]) <= 50_000_000:
            self.faults.append("a document that is none")
            raise bad("file must be non-empty")
        return self.put("document", params, "")

    def get_file(self, params: dict[str, Any]) -> Any:
        data = self.files.get(params["file_id"])
        if data is None or len(data) > 20_000_000:
            raise bad("file is too big" if data is not None else "wrong file_id or the file is temporarily unavailable")
        return {"file_id": params["file_id"], "file_unique_id": "u", "file_size": len(data),
                "file_path": f"documents/{params['file_id']}"}  # fmt: skip

    def send_poll(self, params: dict[str, Any]) -> Any:
        chat = self.may_send(params)
        if not chat.polls:
            raise bad("not enough rights to send polls to the chat")
        self.keyboard(params)
        options = [option["text"] for option in params["options"]]
        why, _ = read(params.get("explanation", ""))
        right = params.get("correct_option_ids") or []
        if (
            not 1 <= units(params["question"]) <= 300 or not 2 <= len(options) <= 12
            or any(not 1 <= units(option) <= 100 for option in options)
            or units(why) > 200 or why.count("\n") > 2
            or (params.get("type") == "quiz" and not all(0 <= i < len(options) for i in right or [-1]))
        ):  # fmt: skip
            self.faults.append(f"poll: {params}")
            raise bad("POLL_INVALID")
        params["poll"] = {
            "id": str(self.next_id()), "question": params["question"], "total_voter_count": 0, "is_closed": False,
            "options": [{"persistent_id": str(i), "text": text, "voter_count": 0} for i, text in enumerate(options)],
            "is_anonymous": params.get("is_anonymous", True), "type": params.get("type", "regular"),
            "allows_multiple_answers": False, "allows_revoting": False, "members_only": False, "explanation": why,
            "correct_option_ids": right,
        }  # fmt: skip
        return self.put("poll", params, params["question"])

    # Edits

    def standing(self, params: dict[str, Any]) -> Sent:
        sent = self.sent.get((params.get("chat_id"), params.get("message_id")))  # type: ignore[arg-type]
        if sent is None:
            raise bad("message to edit not found")
        chat = self.chats[sent.chat]
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return sent

    def edit_text(self, params: dict[str, Any]) -> Any:
        self.keyboard(params)
        text = self.written(params, "text", 4096)
        inline = params.get("inline_message_id")
        if inline is not None:
            if inline not in self.inline_messages:
                raise bad("MESSAGE_ID_INVALID")
            self.inline_messages[inline] = params
            return True
        sent = self.standing(params)
        if sent.kind != "text":
            self.faults.append("text edited into a message without text")
            raise bad("there is no text in the message to edit")
        self.changed(sent, text, params)
        sent.text = text
        sent.params = {**sent.params, **params, "reply_markup": params.get("reply_markup")}
        return self.message(sent)

    def edit_media(self, params: dict[str, Any]) -> Any:
        self.keyboard(params)
        sent, media = self.standing(params), params["media"]
        if sent.kind not in ("photo", "text"):
            raise bad("message can't be edited")
        text = self.written(media, "caption", 1024)
        picture = self.picture(media["media"])
        if sent.kind == "photo" and sent.params["file_id"] == picture:
            self.changed(sent, text, params)
        sent.edits += 1
        sent.kind, sent.text = "photo", text
        sent.params = {**sent.params, **params, "file_id": picture, "reply_markup": params.get("reply_markup")}
        return self.message(sent)

    def changed(self, sent: Sent, text: str, params: dict[str, Any]) -> None:
        same_words = sent.text == text and sent.params.get("text") == params.get("text", sent.params.get("text"))
        if same_words and (sent.params.get("reply_markup") or None) == (params.get("reply_markup") or None):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        sent.edits += 1

    # Queries

    def answer_callback(self, params: dict[str, Any]) -> Any:
        if self.callbacks.get(params["callback_query_id"]) is not False:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if units(params.get("text") or "") > 200:
            self.faults.append("an alert of more than 200 letters")
        self.callbacks[params["callback_query_id"]] = True
        return True

    def results(self, results: list[dict[str, Any]]) -> None:
        ids = [one["id"] for one in results]
        if len(ids) > 50 or len(set(ids)) != len(ids) or any(not 1 <= len(i.encode()) <= 64 for i in ids):
            self.faults.append(f"result ids: {ids}")
            raise bad("RESULT_ID_DUPLICATE")
        for one in results:
            content = one["input_message_content"]
            self.written({"text": content["message_text"], **content}, "text", 4096)
            self.keyboard(one)

    def answer_inline(self, params: dict[str, Any]) -> Any:
        if self.inline.get(params["inline_query_id"], 1) is not None:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.results(params["results"])
        if not params.get("is_personal"):
            self.faults.append("an inline answer that others would be shown")
        self.inline[params["inline_query_id"]] = [*params["results"]]
        return True

    def answer_guest(self, params: dict[str, Any]) -> Any:
        if self.guests.get(params["guest_query_id"], 1) is not None:
            self.faults.append("a guest query answered twice")
            raise bad("QUERY_ID_INVALID")
        self.results([params["result"]])
        self.guests[params["guest_query_id"]] = params["result"]
        return {"inline_message_id": f"guest{self.next_id()}"}

    # What the bot says about itself

    def set_commands(self, params: dict[str, Any]) -> Any:
        commands = params["commands"]
        wrong = [
            c for c in commands
            if not re.fullmatch(r"[a-z0-9_]{1,32}", c["command"]) or not 1 <= len(c["description"]) <= 256
        ]  # fmt: skip
        if wrong or len(commands) > 100 or len({c["command"] for c in commands}) != len(commands):
            self.faults.append(f"commands: {wrong or commands}")
            raise bad("BOT_COMMAND_INVALID")
        self.commands[_scope(params)] = commands
        return True

    def get_commands(self, params: dict[str, Any]) -> Any:
        return self.commands.get(_scope(params), [])

    def told_about(self, name: str, limit: int, params: dict[str, Any]) -> Any:
        if units(params.get(name) or "") > limit:
            self.faults.append(f"{name} too long")
            raise bad("too long")
        self.profile[name, params.get("language_code") or ""] = params.get(name) or ""
        return True

    def known_about(self, name: str, params: dict[str, Any]) -> Any:
        return {name: self.profile.get((name, params.get("language_code") or ""), "")}

    def administrators(self, params: dict[str, Any]) -> Any:
        chat = self.chats[params["chat_id"]]
        return [{"status": "administrator", "user": self.people[i].user, **RIGHTS} for i in chat.admins]


def _scope(params: dict[str, Any]) -> tuple[str, str]:
    return (params.get("scope") or {"type": "default"})["type"], params.get("language_code") or ""
