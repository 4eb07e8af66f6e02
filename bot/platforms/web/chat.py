"""The first page with its chat: a form that works without any script, and the same form in pieces for our own script.

A conversation is a random id that stands in the form and nowhere else: no cookie. A question in an address
(``?q=``, for links) is answered and forgotten; one that is sent by the form can be gone on with.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.platforms.web.costs import costs
from bot.platforms.web.faults import Problem
from bot.platforms.web.rendering import Shown, shown
from bot.platforms.web.site import Site
from bot.platforms.web.words import language_of, preferred
from bot.understanding.text import LONGEST
from handlers.answer import Answer
from handlers.encoding import decode
from handlers.request import Intent, Language, Request

LARGEST = 64 * 1024  # bytes of a form
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")  # long enough that nobody guesses another's


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer as they stand on the page."""

    said: str | None  # what was typed or pressed; None where nothing can be repeated
    answer: Shown


class Chat:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._core = site.core

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.first),
            web.get("/{language:en|fr}", self.home),
            web.post("/{language:en|fr}", self.asked),
            web.post("/{language:en|fr}/say", self.say),
        ]

    @costs("page")
    async def first(self, request: web.Request) -> web.Response:
        """To the language the browser prefers."""
        language = preferred(request.headers.get("Accept-Language", ""))
        query = f"?{request.query_string}" if request.query_string else ""
        return web.Response(status=302, headers={"Location": f"/{language}{query}", "Vary": "Accept-Language"})

    @costs("question")
    async def home(self, request: web.Request) -> web.Response:
        language = _language(request)
        said = asked(request.query.get("q", ""), self._site, language)
        turns: list[Turn] = []
        if said:
            answer = await passing(self._site, said, language)
            turns.append(Turn(said, self._shown(answer)))
        return self._page(language, _new(), turns, said)

    @costs("question")
    async def asked(self, request: web.Request) -> web.Response:
        """The form, sent by the browser itself."""
        form = await self._form(request)
        language = _language(request)
        turn = await self._turn(form, language)
        return self._page(language, form.conversation, [turn] if turn else [], "")

    @costs("question")
    async def say(self, request: web.Request) -> web.Response:
        """The form, sent by our script: only the turn comes back."""
        form = await self._form(request)
        language = _language(request)
        turn = await self._turn(form, language)
        html = self._site.html("turn.html", language, "", turn=turn) if turn else ""
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "private, no-store"})

    def _page(self, language: Language, conversation: str, turns: list[Turn], said: str) -> web.Response:
        return self._site.page(
            "home.html", language, "", turns=turns, said=said, conversation=conversation, update=_new(), longest=LONGEST
        )

    async def _form(self, request: web.Request) -> Form:
        language = _language(request)
        if not _ours(request):
            raise Problem(403, self._site.phrases(language).text("faults.403.detail"))
        sent = await request.post()
        return Form.of(sent, self._site, language)

    async def _turn(self, form: Form, language: Language) -> Turn | None:
        intent: Intent | None = None
        if form.take:
            intent = decode(form.take)
            if intent is None:
                raise Problem(400, self._site.phrases(language).text("faults.400.stale"))
        elif not form.said:
            return None
        request = Request(
            text="" if intent is not None else form.said,
            person=f"web:{form.conversation}",
            channel=f"web:{form.conversation}",
            at=self._core.ports.clock.now(),
            locale=language,
            id=f"web:{form.conversation}:{form.update}",
        )
        answer = await self._core.answer(request, intent)
        if answer is None:
            return None
        return Turn(form.label if intent is not None else form.said, self._shown(answer))

    def _shown(self, answer: Answer) -> Shown:
        return shown(answer, self._core.lexicon[answer.language], self._core.ports.clock.now().date())


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sends, checked."""

    said: str
    take: str  # the token of a button, where one was pressed
    label: str | None  # what stood on it
    conversation: str
    update: str  # of this sending: one that comes twice is written once

    @classmethod
    def of(cls, sent: Mapping[str, Any], site: Site, language: Language) -> Form:
        """An id that is not one of ours is replaced, so that a bad one never joins two people."""

        def field(name: str) -> str:
            value = sent.get(name, "")
            return value if isinstance(value, str) else ""

        def id_(name: str) -> str:
            return field(name) if _ID.fullmatch(field(name)) else _new()

        take, _, label = field("take").partition("\n")
        said = asked(field("q"), site, language)
        return cls(said, take[:4000], label[:200] or None, id_("conversation"), id_("update"))


def asked(text: str, site: Site, language: Language) -> str:
    """A question as it is handed on: whole characters, and no longer than is read."""
    whole = text.encode("utf-8", "replace").decode()
    if len(whole) > LONGEST:
        raise Problem(413, site.phrases(language).text("faults.413.question", most=LONGEST))
    return whole.strip()


async def passing(site: Site, said: str, language: Language) -> Answer:
    """The answer to a question that came in an address: nothing of it is kept, nothing can be changed by it."""
    id_ = f"web:{_new()}"
    now = site.core.ports.clock.now()
    answer = await site.core.answer(Request(said, id_, id_, now, locale=language, passing=True))
    assert answer is not None  # what is addressed is answered
    return answer


def _language(request: web.Request) -> Language:
    return language_of(request.match_info["language"]) or "en"


def _new() -> str:
    return secrets.token_urlsafe(18)


def _ours(request: web.Request) -> bool:
    """Whether a form was sent from our own page: as the browser says it, or where it says nothing, by its origin.

    Our pages send no referrer, and then a browser writes the origin of a plain form as "null".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
