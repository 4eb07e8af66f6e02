"""Answers put before people: sent, or put in the place of an earlier one. What Telegram refuses for good is let go of
with a line in the log; what it refuses in one form is sent in a plainer one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from telegram import InputFile, InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.charts.drawing import drawn
from bot.charts.painter import Painter
from bot.core import Core
from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.hearing import Spot
from bot.platforms.telegram.polls import quiz
from bot.platforms.telegram.render import Button, Post, keyboard, plainly, post, single
from handlers.answer import Answer, Chart

logger = logging.getLogger(__name__)

HTML = ParseMode.HTML
BARE = {"is_disabled": True}  # a source's own picture would push the answer away
PAINTING = 1.0  # seconds an answer waits for its picture; its figures stand in the words too
MOST_PAINTINGS = 8  # waited for at the same time, before answers go without
MOST_PICTURES = 512  # ids of pictures that Telegram has already
_SAME = "message is not modified"
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message",
)
_MARKUP = ("can't parse entities", "unsupported start tag", "entity")
_REFUSED = (
    "not enough rights", "have no rights", "need administrator rights", "forbidden", "topic_closed", "topic_deleted",
    "message thread not found", "chat not found", "chat_restricted", "was kicked", "group chat was deactivated",
    "peer_id_invalid", "user_is_blocked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ballot:
    """A poll whose votes are counted: which question it asked, in which language."""

    poll: str
    question: str
    language: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an answer stands, so that it can be replaced."""

    photo: int | None = None
    text: int | None = None
    poll: bool = False
    ballot: Ballot | None = None

    def note(self) -> str:
        """As it is kept: "12,13," or ",14,poll"."""
        return f"{self.photo or ''},{self.text or ''},{'poll' if self.poll else ''}"

    @classmethod
    def of(cls, note: str) -> Placed:
        photo, text, poll = note.split(",")
        return cls(int(photo) if photo else None, int(text) if text else None, poll == "poll")


def refused(error: BadRequest) -> bool:
    """Nothing we could say would be taken there."""
    said = error.message.lower()
    return any(reason in said for reason in _REFUSED)


def _says(error: BadRequest, *reasons: str) -> bool:
    said = error.message.lower()
    return any(reason in said for reason in reasons)


def markup(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any] | None:
    if not rows:
        return None
    return {"inline_keyboard": [[_key(button) for button in row] for row in rows]}


def _key(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.token or ""}


class Delivery:
    def __init__(self, bot: Bot, core: Core, painter: Painter, today: Callable[[], date]) -> None:
        self._bot = bot
        self._core = core
        self._painter = painter
        self._today = today
        self._pictures: OrderedDict[tuple[Chart, str], str] = OrderedDict()
        self._painting = 0

    async def send(self, spot: Spot, answer: Answer, extra: tuple[tuple[Button, ...], ...] = ()) -> Placed:
        """A new message, or several where one does not hold it."""
        if answer.poll is not None and (placed := await self._ask(spot, answer)) is not None:
            return placed
        picture = await self._picture(answer)
        made = post(answer, picture=picture is not None)
        photo: int | None = None
        if picture is not None:
            photo = await self._photo(spot, answer, made, picture)
            if photo is None:
                made = post(answer, picture=False)
        if extra:
            made = Post(made.caption, made.texts, (*made.buttons, *extra))
        text = await self._texts(spot, answer, made, photo)
        if answer.attachment is not None:
            file = InputFile(answer.attachment.data, answer.attachment.name)
            await self._bot.say("sendDocument", **_place(spot), document=file, disable_notification=True)
        return Placed(photo, text)

    async def replace(
        self, placed: Placed, spot: Spot, answer: Answer, extra: tuple[tuple[Button, ...], ...] = ()
    ) -> Placed:
        """In the place of an earlier answer, where Telegram can: a poll stays, and a picture cannot become words."""
        if placed.poll or answer.poll is not None or answer.attachment is not None:
            return await self.send(spot, answer, extra)
        picture = await self._picture(answer)
        made = post(answer, picture=picture is not None)
        made = Post(made.caption, made.texts, (*made.buttons, *extra))
        try:
            if picture is not None and made.caption is not None:
                return await self._replace_picture(placed, spot, answer, made, picture)
            if placed.text is None:
                return await self.send(spot, answer)
            return await self._replace_text(placed, spot, made)
        except BadRequest as error:
            if _says(error, *_GONE):
                return await self.send(spot, answer)
            if _says(error, *_MARKUP) and placed.text is not None:
                logger.exception("markup refused")
                await self._edit(plainly(answer), None, chat_id=spot.chat, message_id=placed.text, parse_mode=None)
                return placed
            raise

    async def replace_inline(self, message: str, answer: Answer) -> None:
        """A message that was sent through us into a chat we are not in: one text, no upload."""
        await self._edit(single(answer), keyboard(answer), inline_message_id=message)

    async def _replace_text(self, placed: Placed, spot: Spot, made: Post) -> Placed:
        first, *others = made.texts
        last = not others
        await self._edit(first, made.buttons if last else (), chat_id=spot.chat, message_id=placed.text)
        if last:
            return placed
        rest = Post(None, tuple(others), made.buttons)
        return Placed(placed.photo, await self._texts(spot, None, rest, None))

    async def _replace_picture(
        self, placed: Placed, spot: Spot, answer: Answer, made: Post, picture: str | bytes
    ) -> Placed:
        """Of picture and text the picture is replaced, and the text below it; a lone text takes the picture in."""
        target = placed.photo if placed.photo is not None else placed.text
        if target is None:
            return await self.send(spot, answer)
        media = InputMediaPhoto(picture, caption=made.caption, parse_mode=HTML)
        edited = await self._unless_same(
            self._bot.say(
                "editMessageMedia",
                chat_id=spot.chat,
                message_id=target,
                media=media,
                reply_markup=None if made.texts else markup(made.buttons),
            )
        )
        self._learn(answer, edited)
        if not made.texts:
            return Placed(target, placed.text if placed.photo is not None else None)
        if placed.photo is None or placed.text is None or len(made.texts) > 1:
            below = await self._texts(spot, answer, made, target)
            return Placed(target, below)
        await self._edit("".join(made.texts), made.buttons, chat_id=spot.chat, message_id=placed.text)
        return placed

    async def _edit(self, text: str, buttons: tuple[tuple[Button, ...], ...] | None, **where: Any) -> None:
        words = {"text": text, "parse_mode": HTML, "link_preview_options": BARE, "reply_markup": markup(buttons or ())}
        await self._unless_same(self._bot.say("editMessageText", **{**words, **where}))

    async def _photo(self, spot: Spot, answer: Answer, made: Post, picture: str | bytes) -> int | None:
        """The id of the picture's message; None where no picture is taken there."""
        try:
            sent = await self._bot.say(
                "sendPhoto",
                **_place(spot),
                photo=InputFile(picture, "chart.png") if isinstance(picture, bytes) else picture,
                caption=made.caption,
                parse_mode=HTML,
                reply_markup=None if made.texts else markup(made.buttons),
            )
        except BadRequest as error:
            logger.info("no picture: %s", error.message)
            if answer.chart is not None:
                self._pictures.pop((answer.chart, answer.language), None)
            return None
        self._learn(answer, sent)
        return _id(sent)

    async def _texts(self, spot: Spot, answer: Answer | None, made: Post, photo: int | None) -> int | None:
        """The parts one after another, the first as the reply, the buttons under the last."""
        placed: int | None = None
        for number, text in enumerate(made.texts):
            last = number == len(made.texts) - 1
            above = photo if photo is not None else placed  # what is below names what is above it
            words: dict[str, Any] = {
                **_place(spot, above),
                "text": text,
                "parse_mode": HTML,
                "link_preview_options": BARE,
                "disable_notification": True if above is not None else None,
                "reply_markup": markup(made.buttons) if last else None,
            }
            try:
                sent = await self._bot.say("sendMessage", **words)
            except BadRequest as error:
                if answer is None or not _says(error, *_MARKUP):
                    raise
                logger.exception("markup refused")
                return _id(await self._bot.say("sendMessage", **{**words, "text": plainly(answer), "parse_mode": None}))
            placed = _id(sent)
        return placed

    async def _ask(self, spot: Spot, answer: Answer) -> Placed | None:
        """A quiz as Telegram's own kind of poll; None where it does not fit or is not allowed."""
        asked = quiz(answer, self._core.lexicon[answer.language])
        if asked is None:
            return None
        # Who votes stays unseen where others would see it; alone with us, a score is counted where one is kept.
        counted = answer.poll is not None and answer.poll.counted and not spot.group
        try:
            sent = await self._bot.say(
                "sendPoll",
                **_place(spot),
                question=asked.question,
                options=[{"text": option} for option in asked.options],
                type="quiz",
                correct_option_ids=[asked.right],
                is_anonymous=not counted,
                explanation=asked.explanation,
                explanation_parse_mode=HTML,
                reply_markup=markup(asked.buttons),
            )
        except BadRequest as error:
            logger.info("no poll: %s", error.message)
            return None
        ballot: Ballot | None = None
        if counted and answer.poll is not None:
            ballot = Ballot(str(sent["poll"]["id"]), answer.poll.name, answer.language)
        return Placed(text=_id(sent), poll=True, ballot=ballot)

    async def _picture(self, answer: Answer) -> str | bytes | None:
        """What Telegram has already by its id, anything else painted."""
        if answer.chart is None:
            return None
        known = self._pictures.get((answer.chart, answer.language))
        if known is not None:
            self._pictures.move_to_end((answer.chart, answer.language))
            return known
        if self._painting >= MOST_PAINTINGS:
            return None
        svg = drawn(answer.chart, self._core.lexicon[answer.language], answer.citations, self._today())
        self._painting += 1
        try:
            return await asyncio.wait_for(self._painter.png(svg), PAINTING)
        except TimeoutError:
            return None
        finally:
            self._painting -= 1

    def _learn(self, answer: Answer, sent: dict[str, Any]) -> None:
        sizes = sent.get("photo")
        if sizes and answer.chart is not None:
            self._pictures[answer.chart, answer.language] = str(sizes[-1]["file_id"])
            if len(self._pictures) > MOST_PICTURES:
                self._pictures.popitem(last=False)

    async def _unless_same(self, editing: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        try:
            return await editing
        except BadRequest as error:
            if _SAME in error.message.lower():
                return {}
            raise


def _place(spot: Spot, above: int | None = None) -> dict[str, Any]:
    """Where a message goes: under what stands above it, else under the question where it replies to one."""
    reply = above if above is not None else spot.reply_to
    return {
        "chat_id": spot.chat,
        "message_thread_id": spot.topic,
        "reply_parameters": None if reply is None else {"message_id": reply, "allow_sending_without_reply": True},
    }


def _id(sent: dict[str, Any]) -> int | None:
    number = sent.get("message_id")
    return int(number) if number is not None else None
