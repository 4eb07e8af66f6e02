"""The library's Application, put together: ours is the bot, the order of updates, the pace, and the one callback."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ContextTypes, TypeHandler

from bot.charts.painter import Painter
from bot.core import Core
from bot.platforms.telegram.bot import Bot
from bot.platforms.telegram.conversation import Conversation
from bot.platforms.telegram.delivery import Delivery
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.receipts import Receipts
from bot.platforms.telegram.sequence import Sequence
from bot.platforms.telegram.webhook import Webhook
from bot.rounds import Rounds
from bot.settings import Settings
from handlers.answer import Posting

UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.GUEST_MESSAGE,
    Update.POLL_ANSWER,
)
PAINTER = "painter"
ROUNDS = "rounds"
WEBHOOK = "webhook"

Telegram = Application[Any, Any, Any, Any, Any, Any]


class Bare(CallbackContext[Any, Any, Any, Any]):
    """The library would keep a dictionary for every person and chat it ever met; we keep what we keep behind ports."""

    @classmethod
    def from_update(cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]) -> Bare:
        return cls(application)


class NoToken(ValueError):
    """Without TELEGRAM_TOKEN there is no bot to be."""


def webhook_secret(settings: Settings) -> str:
    """The one that is set; else one that every process of this bot finds by itself. There is never none."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    token = settings.telegram_token.get_secret_value() if settings.telegram_token is not None else ""
    return hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()


def build(core: Core, settings: Settings) -> Telegram:
    """Not yet begun: initialize, start, stop and shutdown are whoever runs it to call."""
    if settings.telegram_token is None:
        raise NoToken("TELEGRAM_TOKEN is not set")
    sequence, intake = Sequence(), Intake()
    core.observer.watch("telegram", lambda: sequence.open + intake.qsize())
    bot = Bot(
        settings.telegram_token.get_secret_value(),
        settings.telegram_api_url,
        settings.telegram_messages_per_second,
        sequence,
    )
    painter = Painter()
    delivery = Delivery(bot, core, painter, lambda: core.ports.clock.now().date())
    receipts = Receipts(bot, core.ports, shared=settings.telegram_webhook_url is not None)
    conversation = Conversation(bot, core, delivery, receipts, sequence.forgotten)

    async def post(posting: Posting) -> None:
        await conversation.posted(posting.channel, posting.answer)

    application: Telegram = (
        Application.builder()
        .bot(bot)
        .concurrent_updates(sequence)
        .update_queue(intake)
        .context_types(ContextTypes(context=Bare))
        .build()
    )
    application.bot_data[PAINTER] = painter
    application.bot_data[ROUNDS] = Rounds(core, "telegram", post)
    application.bot_data[WEBHOOK] = Webhook(bot, intake, sequence, webhook_secret(settings))
    application.add_handler(TypeHandler(Update, conversation.update))
    return application
