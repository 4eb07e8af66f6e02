"""Answers for a chat we are not in: up to five articles while a person types, and one for a guest's question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from telegram import InlineKeyboardMarkup, InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from bot.core import Core
from bot.platforms.telegram.delivery import markup
from bot.platforms.telegram.render import cut, keyboard, single
from handlers.answer import Answer, Line, plain
from handlers.request import Intent, Request
from knowledge.calculator.use import Use

MOST = 5
TITLE, DESCRIPTION = 64, 200
CACHE = 10  # seconds: the answer is the person's own and follows their settings


def article(answer: Answer, title: str | None = None) -> InlineQueryResultArticle:
    """What is sent when it is chosen holds the sources as links."""
    text = single(answer)
    said, buttons = plain(answer.title), markup(keyboard(answer))
    return InlineQueryResultArticle(
        sha256(text.encode()).hexdigest()[:32],
        cut(title or said, TITLE),
        InputTextMessageContent(text, parse_mode=ParseMode.HTML),
        reply_markup=InlineKeyboardMarkup.de_json(buttons, None) if buttons is not None else None,
        description=cut(said if title else _second(answer), DESCRIPTION) or None,
    )


async def articles(core: Core, request: Request) -> list[InlineQueryResultArticle]:
    """The estimate, in everyday terms, beside a search, over a year, the fact; or what the words ask for otherwise."""
    first = await core.answer(request)
    if first is None:
        return []
    phrases = core.lexicon[first.language]
    if first.intent != "estimate" or not first.items:
        offered = [article(first)]
        for suggestion in first.suggestions:
            further = await core.answer(request, suggestion.intent)
            if further is not None and further.tone == "answer":
                offered.append(article(further, suggestion.label))
        return _different(offered)
    uses = first.items
    asked = replace(request, language="fr" if first.language == "fr" else "en")
    wanted = (
        (phrases.text("telegram.inline.everyday"), Intent("equivalents", {"uses": uses}, "button")),
        (
            phrases.text("telegram.inline.search"),
            Intent("compare", {"uses": (*uses, Use("search", count=1))}, "button"),
        ),
        (phrases.text("telegram.inline.year"), Intent("estimate", {"uses": _yearly(uses)}, "button")),
    )
    # About what was asked; where nothing is known of that, about uses of its kind.
    queries = (request.text, phrases.text(f"tasks.{uses[0].task}"))
    facts = [Intent("fact", {"query": query}, "button") for query in queries]
    offered = [article(first, phrases.text("telegram.inline.estimate"))]
    for title, intent in wanted:
        answer = await core.answer(asked, intent)
        if answer is not None and answer.tone == "answer":
            offered.append(article(answer, title))
    for intent in facts:
        answer = await core.answer(asked, intent)
        if answer is not None and answer.tone == "answer":
            offered.append(article(answer, phrases.text("telegram.inline.fact")))
            break
    return _different(offered)


def _yearly(uses: Sequence[Use]) -> tuple[Use, ...]:
    """A use that says how often, over a year; one that does not, as if it were every day."""
    return tuple(replace(use, period=use.period or "day", horizon="year") for use in uses)


def _second(answer: Answer) -> str:
    lines: list[Line] = [line for line in answer.body if plain(line).strip()]
    return plain(lines[0]) if lines else ""


def _different(offered: Sequence[InlineQueryResultArticle]) -> list[InlineQueryResultArticle]:
    """Telegram wants every result once."""
    return list({one.id: one for one in offered}.values())[:MOST]
