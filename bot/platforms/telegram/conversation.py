"""One update at a time: heard, answered by the core, delivered. It decides nothing about what is said.

Whatever goes wrong on the way is caught here: a person gets a kind line where that is possible, the log one line with a
reference, and the next update is dealt with as if nothing had been.
"""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    InlineQuery,
    InlineQueryResultArticle,
    Message,
    PollAnswer,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.core import Core
from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.delivery import Delivery, Placed, refused
from bot.platforms.telegram.hearing import (
    LARGEST_FILE,
    PLATFORM,
    Heard,
    Self,
    Spot,
    channel_of,
    guest_text,
    heard,
    is_group,
    locale_of,
    moved,
    name_of,
    packed,
    person_of,
    spot_of,
    team_of,
    topic_of,
)
from bot.platforms.telegram.inline import CACHE, article, articles
from bot.platforms.telegram.menu import Commands
from bot.platforms.telegram.receipts import Receipts
from bot.platforms.telegram.render import Button
from bot.platforms.telegram.waiting import Waiting
from bot.reference import given
from handlers.answer import Answer
from handlers.encoding import decode
from handlers.errors import CannotAnswer
from handlers.request import Intent, Language, Request

logger = logging.getLogger(__name__)

MOST_KEPT = 5_000  # groups whose administrators are known
ADMINS_KEPT = timedelta(minutes=5)
GREETED = timedelta(minutes=1)
LEFT = timedelta(days=30)  # what a group leaves behind is kept as long as it may come back

_MEMBERS = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
_LANGUAGES: dict[str, Language] = {"e": "en", "f": "fr"}

Context = ContextTypes.DEFAULT_TYPE


class Conversation:
    def __init__(
        self, bot: Bot, core: Core, delivery: Delivery, receipts: Receipts, refuse: Callable[[int], None]
    ) -> None:
        self._bot = bot
        self._core = core
        self._delivery = delivery
        self._receipts = receipts
        self._refuse = refuse  # an update that another process is at
        self._commands = Commands(core)
        self._clock = core.ports.clock
        self._admins: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    async def update(self, update: Update, context: Context) -> None:
        """Every update comes through here."""
        acting = self._acting(update)
        if acting is None:
            return
        if update.inline_query is not None:
            # Nothing is kept of what a person types on their way to a question.
            await self._tried(update, acting)
            return
        standing = await self._receipts.begin(update)
        if standing == "ours":
            await self._receipts.finish(update, await self._tried(update, acting))
            return
        acting.close()
        if standing == "held":
            self._refuse(update.update_id)

    def _acting(self, update: Update) -> Coroutine[Any, Any, Placed | None] | None:
        """What is to be done about it; None where it is not for us."""
        message = update.message or update.edited_message
        if message is not None:
            ids = moved(message)
            if ids is not None:
                return self._moved(*ids)
            one = heard(message, self._me(), self._commands, self._clock.now())
            edited = update.edited_message is not None
            return self._message(message, one, edited=edited) if one is not None else None
        if update.callback_query is not None:
            return self._tapped(update.callback_query)
        if update.inline_query is not None:
            return self._typed(update.inline_query)
        if update.guest_message is not None:
            return self._guest(update.guest_message)
        if update.my_chat_member is not None:
            return self._membership(update.my_chat_member)
        if update.poll_answer is not None:
            return self._voted(update.poll_answer)
        return None

    async def _tried(self, update: Update, acting: Coroutine[Any, Any, Placed | None]) -> Placed | None:
        """Where the answer stands. Whatever goes wrong is dealt with, so that nothing is tried for ever."""
        try:
            return await acting
        except Forbidden as error:
            logger.info("update %s: not welcome: %s", update.update_id, error.message)
        except BadRequest as error:
            if refused(error):
                logger.info("update %s: refused: %s", update.update_id, error.message)
            else:
                await self._failed(update, error)
        except NetworkError as error:
            logger.warning("update %s: not delivered: %s", update.update_id, error.message)
        except Exception as error:
            await self._failed(update, error)
        return None

    async def _message(self, message: Message, one: Heard, *, edited: bool) -> Placed | None:
        one = await self._completed(one)
        waiting = Waiting(self._delivery, self._core, one.spot)
        if one.start and one.spot.group and not await self._greets(one.spot.chat):
            return None  # the link that adds us to a group says so twice: by adding us, and by this
        if one.start:
            answer: Answer | None = await self._welcome(one.request)
        else:
            answer = await self._core.answer(one.request, one.intent, waiting.told)
        if answer is None:
            return None
        if one.document is not None and one.request.file is None:
            answer = self._too_large(one.request, answer)
        if one.spot.group and answer.private:
            user = message.from_user if message.sender_chat is None else None
            return await self._aside(one.spot, answer, user, waiting.placed)
        before = await self._receipts.placed(message) if edited else None
        if before is None and waiting.placed is not None:
            before = waiting.placed
        if before is not None:
            placed = await self._delivery.replace(before, one.spot, answer)
        else:
            try:
                placed = await self._delivery.send(one.spot, answer)
            except ChatMigrated as error:
                await self._moved(one.spot.chat, error.new_chat_id)
                placed = await self._delivery.send(replace(one.spot, chat=error.new_chat_id, reply_to=None), answer)
        if edited:
            await self._receipts.place(message, placed)
        return placed

    async def _moved(self, chat: int, to: int) -> None:
        """A group became a supergroup, which has another id: what is kept of it follows."""
        self._admins.pop(chat, None)
        await self._core.ports.records.move(f"{PLATFORM}:{chat}", f"{PLATFORM}:{to}")

    async def posted(self, channel: str, answer: Answer) -> None:
        """What goes out unasked, to where the group is now."""
        spot = spot_of(channel)
        try:
            await self._delivery.send(spot, answer)
        except ChatMigrated as error:
            await self._moved(spot.chat, error.new_chat_id)
            await self._delivery.send(replace(spot, chat=error.new_chat_id), answer)

    def _too_large(self, request: Request, answer: Answer) -> Answer:
        """Said instead of an answer to nothing but the file; before one to the words that came with it."""
        line = self._core.lexicon[answer.language].line("errors.too-large", limit=LARGEST_FILE // 1_000_000)
        if not request.text or answer.intent == "import":
            return Answer("clarify", answer.language, line, tone="apology")
        return replace(answer, body=(line, *answer.body))

    async def _completed(self, one: Heard) -> Heard:
        """With what takes a call to know: whether the person administers the group, and the file that came along."""
        request = one.request
        if one.spot.group and not request.admin:
            admins = await self._admins_of(one.spot.chat)
            request = replace(request, admin=any(request.person == f"telegram:{admin}" for admin in admins))
        if one.document is not None and (one.document.file_size or 0) <= LARGEST_FILE:
            file = await self._bot.get_file(one.document)
            request = replace(request, file=bytes(await file.download_as_bytearray()))
        return replace(one, request=request)

    async def _admins_of(self, chat: int) -> frozenset[int]:
        now = self._clock.now().timestamp()
        until, admins = self._admins.get(chat, (0.0, frozenset[int]()))
        if until > now:
            return admins
        try:
            admins = frozenset(member.user.id for member in await self._bot.get_chat_administrators(chat))
        except TelegramError as error:
            logger.info("administrators unknown: %s", error.message)
        self._admins[chat] = (now + ADMINS_KEPT.total_seconds(), admins)
        if len(self._admins) > MOST_KEPT:
            self._admins.popitem(last=False)
        return admins

    async def _welcome(self, request: Request) -> Answer | None:
        """The first words, with what to try from the help."""
        help_ = await self._core.answer(request, Intent("help", {}, "button"))
        if help_ is None:
            return None
        phrases = self._core.lexicon[help_.language]
        body = (phrases.line("telegram.welcome"), phrases.line("help.honest"))
        return replace(help_, body=body, context=None)

    async def _aside(self, spot: Spot, answer: Answer, user: User | None, before: Placed | None = None) -> Placed:
        """What is for one person's eyes is not said before a group: it goes to our own chat, or a link leads there."""
        phrases = self._core.lexicon[answer.language]
        key, link = "telegram.private", f"https://t.me/{self._bot.username}"
        try:
            if user is None:
                raise Forbidden("nobody of their own")
            await self._delivery.send(Spot(user.id), answer)
            key = "telegram.sent-private"
        except (Forbidden, BadRequest):
            # Nobody is written to who never wrote to us. What changes nothing is asked again by opening the link.
            command = next((c for c in self._core.catalogue if c.intent == answer.intent), None)
            payload = packed(Intent(command.name, {}, "button")) if command is not None else None
            link = f"{link}?start={payload or ''}"
        line = Answer(answer.intent, answer.language, phrases.line(key))
        extra = ((Button(phrases.text("telegram.open"), url=link),),)
        if before is not None:
            return await self._delivery.replace(before, spot, line, extra)
        return await self._delivery.send(spot, line, extra)

    async def _tapped(self, query: CallbackQuery) -> Placed | None:
        """The button stops turning first; then what it stands on is replaced."""
        data = query.data or ""
        intent = decode(data[1:]) if data[:1] in _LANGUAGES else None
        if intent is None:
            phrases = self._core.lexicon[locale_of(query.from_user) or "en"]
            await self._answered(query, phrases.text("telegram.stale"))
            return None
        await self._answered(query)
        message = query.message
        person = person_of(query.from_user, None)
        topic = topic_of(message) if isinstance(message, Message) else None
        request = Request(
            text="",
            person=person,
            channel=channel_of(message.chat.id, topic) if message is not None else f"inline:{person}",
            at=self._clock.now(),
            language=_LANGUAGES[data[:1]],
            locale=locale_of(query.from_user),
            team=team_of(message.chat) if message is not None else None,
            admin=message is not None
            and await self._is_admin(message.chat.id, query.from_user.id, team_of(message.chat)),
            id=f"telegram:tap:{query.id}",
            name=name_of(query.from_user, None),
        )
        spot = Spot(message.chat.id, topic, None, is_group(message.chat)) if message is not None else None
        waiting = Waiting(self._delivery, self._core, spot, _standing(message, self._bot.id)) if spot else None
        answer = await self._core.answer(request, intent, waiting.told if waiting is not None else None)
        if answer is None:
            return None
        if spot is None or waiting is None or waiting.placed is None:
            if query.inline_message_id is not None:
                await self._delivery.replace_inline(query.inline_message_id, answer)
            return None
        if spot.group and answer.private:
            return await self._aside(spot, answer, query.from_user)
        return await self._delivery.replace(waiting.placed, spot, answer)

    async def _is_admin(self, chat: int, person: int, team: str | None) -> bool:
        return team is None or person in await self._admins_of(chat)

    async def _answered(self, query: CallbackQuery, text: str | None = None) -> None:
        with contextlib.suppress(BadRequest):  # too old by now: nothing turns any more
            await query.answer(text)

    async def _typed(self, query: InlineQuery) -> Placed | None:
        request = Request(
            text=query.query,
            person=person_of(query.from_user, None),
            channel=f"telegram:inline:{query.from_user.id}",
            at=self._clock.now(),
            locale=locale_of(query.from_user),
            id=f"telegram:inline:{query.id}",
        )
        if query.query.strip():
            offered = await articles(self._core, request)
        else:
            offered = await self._examples(request)
        with contextlib.suppress(BadRequest):  # the person types on: this query is too old already
            await query.answer(offered, cache_time=CACHE, is_personal=True)
        return None

    async def _examples(self, request: Request) -> list[InlineQueryResultArticle]:
        """Before anything is typed: what could be."""
        welcome = await self._core.answer(request, Intent("help", {}, "button"))
        offered: list[InlineQueryResultArticle] = []
        for suggestion in welcome.suggestions if welcome is not None else ():
            answer = await self._core.answer(request, suggestion.intent)
            if answer is not None:
                offered.append(article(answer, suggestion.label))
        return offered

    async def _guest(self, message: Message) -> Placed | None:
        """A question in a chat we are not in: one answer, and nothing kept of the place."""
        query = message.guest_query_id
        user = message.from_user or message.guest_bot_caller_user
        if query is None or user is None or user.is_bot:
            return None
        text = guest_text(message, self._me())
        called, _, rest = text.lstrip("/").partition(" ") if text.startswith("/") else ("", "", "")
        command = self._commands.find(called.partition("@")[0]) if called else None
        request = Request(
            text=f"/{command.name} {rest}" if command is not None else text,
            person=person_of(user, None),
            channel=f"telegram:guest:{message.chat.id}",
            at=self._clock.now(),
            locale=locale_of(user),
            id=f"telegram:guest:{query}",
        )
        answer = await self._core.answer(request)
        if answer is None:
            return None
        if answer.private:
            phrases = self._core.lexicon[answer.language]
            answer = Answer(answer.intent, answer.language, phrases.line("telegram.private"))
        await self._bot.answer_guest_query(query, article(answer))
        return None

    async def _voted(self, vote: PollAnswer) -> Placed | None:
        """Only polls in our own chat with those who keep a score tell who voted; the answer is counted, once."""
        user = vote.user
        asked = await self._receipts.asked(vote.poll_id)
        if user is None or asked is None or not vote.option_ids:
            return None
        request = Request(
            text="",
            person=person_of(user, None),
            channel=channel_of(user.id, None),
            at=self._clock.now(),
            language=_LANGUAGES[asked.language[:1]],
            id=f"telegram:poll:{vote.poll_id}",
        )
        said = {"question": asked.question, "answer": vote.option_ids[0], "voted": True}
        answer = await self._core.answer(request, Intent("quiz", said, "button"))
        return await self._delivery.send(Spot(user.id), answer) if answer is not None else None

    async def _membership(self, change: ChatMemberUpdated) -> Placed | None:
        """Greets once where we were added; where we were removed, what is kept begins to run out."""
        chat, records = change.chat, self._core.ports.records
        team = team_of(chat)
        if team is None:
            return None
        was = _is_member(change.old_chat_member.status, getattr(change.old_chat_member, "is_member", False))
        now = _is_member(change.new_chat_member.status, getattr(change.new_chat_member, "is_member", False))
        if was and not now:
            self._admins.pop(chat.id, None)
            await records.leave(team, self._clock.now() + LEFT)
        elif now and not was:
            await records.rejoin(team)
            if not await self._greets(chat.id):
                return None
            phrases = self._core.lexicon[locale_of(change.from_user) or "en"]
            estimate = self._commands.name(self._core.catalogue["estimate"], phrases)
            line = phrases.line("telegram.greeting", command=f"/{estimate}@{self._bot.username}")
            body = (phrases.line("telegram.how", bot=f"@{self._bot.username}"),)
            return await self._delivery.send(
                Spot(chat.id, group=True), Answer("help", phrases.language, line, body=body)
            )
        return None

    async def _greets(self, chat: int) -> bool:
        """Whether a group is still to be greeted; by one process, and not again at once."""
        try:
            return await self._core.ports.once.claim(f"{PLATFORM}:greeting:{chat}", self._clock.now() + GREETED)
        except CannotAnswer:
            return True

    def _me(self) -> Self:
        return Self(self._bot.id, self._bot.username)

    async def _failed(self, update: Update, error: Exception) -> None:
        """Our own fault: logged with its reference, which the person is told where there is a place to."""
        reference = given()
        logger.error("update %s failed", update.update_id, exc_info=error, extra={"request": reference})
        message = update.message
        user = message.from_user if message is not None else None
        if message is None or user is None:
            return
        language = locale_of(user) or "en"
        line = self._core.lexicon[language].line("errors.unexpected", reference=reference)
        spot = Spot(message.chat.id, topic_of(message), None, is_group(message.chat))
        with contextlib.suppress(TelegramError):
            await self._delivery.send(spot, Answer("clarify", language, line, tone="apology", reference=reference))


def _is_member(status: str, restricted_member: bool) -> bool:
    return status in _MEMBERS or (status == ChatMemberStatus.RESTRICTED and restricted_member)


def _standing(message: object, me: int) -> Placed:
    """What the tapped message is: a picture, a text below a picture of ours, a text, a poll."""
    if not isinstance(message, Message):
        return Placed(text=getattr(message, "message_id", None))
    if message.poll is not None:
        return Placed(text=message.message_id, poll=True)
    if message.photo:
        return Placed(photo=message.message_id)
    above = message.reply_to_message
    ours = above is not None and above.from_user is not None and above.from_user.id == me and bool(above.photo)
    return Placed(above.message_id if above is not None and ours else None, message.message_id)
