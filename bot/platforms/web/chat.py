"""The first page with its chat: a form that works without any script, and the same form in pieces for our own script.

A conversation is a random id that stands in the form and nowhere else: no cookie. A question in an address
(``?q=``, for links) is answered and forgotten; one that is sent by the form can be gone on with.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiMapping

from bot.platforms.web.costs import costs
from bot.platforms.web.entries import Entries, Named
from bot.platforms.web.faults import Problem, language_of
from bot.platforms.web.keeping import put_off
from bot.platforms.web.rendering import Shown, shown, whole
from bot.platforms.web.site import NEVER, Site
from bot.platforms.web.words import preferred
from bot.understanding.text import LONGEST
from handlers.answer import Answer
from handlers.encoding import decode
from handlers.request import Intent, Language, Request

LARGEST = 64 * 1024  # bytes of a form
LARGEST_FILE = 1_000_000  # bytes of a list that is sent along: five thousand lines have room
SECONDS = 20.0  # that a form may take to arrive
EARLIER = 6  # questions of this conversation that stay in sight without a script
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")  # long enough that nobody guesses another's


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer as they stand on the page."""

    said: str  # what was typed, or what stood on the button
    answer: Shown
    entries: tuple[Named, ...] = ()  # the pages of what was told
    link: str | None = None  # an address that asks the same; none for what leans on earlier questions


class Chat:
    def __init__(self, site: Site, entries: Entries) -> None:
        self._site = site
        self._core = site.core
        self._entries = entries
        self._samples: dict[Language, Shown] = {}

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
        query = f"?{request.rel_url.raw_query_string}" if request.query_string else ""
        headers = {"Location": f"/{language}{query}", "Vary": "Accept-Language", "Cache-Control": NEVER}
        return web.Response(status=302, headers=headers)

    @costs("question")
    async def home(self, request: web.Request) -> web.Response:
        language = language_of(request)
        said = asked(request.query.get("q", ""), self._site, language)
        turns: list[Turn] = []
        if said:
            turns.append(self._turned(said, await passing(self._site, said, language), language, linked=True))
        return await self._page(language, new_id(), turns, (), linked=said)

    @costs("question")
    async def asked(self, request: web.Request) -> web.Response:
        """The form, sent by the browser itself."""
        language = language_of(request)
        form = await self._form(request, language)
        turn = await self._turn(form, language)
        return await self._page(language, form.conversation, [turn] if turn else [], form.earlier)

    @costs("question")
    async def say(self, request: web.Request) -> web.Response:
        """The form, sent by our script: only the turn comes back."""
        language = language_of(request)
        turn = await self._turn(await self._form(request, language), language)
        html = self._site.html("turn.html", language, "", turn=turn, latest=False) if turn else ""
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": NEVER})

    async def _sample(self, language: Language) -> Shown:
        """The answer to the first of the examples, worked out once: the base does not change while we run."""
        made = self._samples.get(language)
        if made is None:
            question = str(self._site.phrases(language).raw("chat.examples")[0])
            answer = await passing(self._site, question, language)
            made = self._samples[language] = shown(answer, self._core.lexicon[answer.language], self._today())
        return made

    def _today(self) -> date:
        return self._core.ports.clock.now().date()

    async def _page(
        self, language: Language, conversation: str, turns: list[Turn], earlier: tuple[str, ...], linked: str = ""
    ) -> web.Response:
        now = [turn.said for turn in turns]
        return self._site.page(
            "home.html",
            language,
            "",
            turns=turns,
            sample=None if turns else await self._sample(language),
            earlier=earlier,
            said=[*earlier, *now][-EARLIER:],
            linked=linked,
            conversation=conversation,
            update=new_id(),
            longest=LONGEST,
        )

    async def _form(self, request: web.Request, language: Language) -> Form:
        if not _ours(request, self._site.origin):
            raise Problem(403, self._site.phrases(language).text("faults.403.detail"))
        async with asyncio.timeout(SECONDS):
            form = Form.of(await request.clone(client_max_size=LARGEST_FILE + LARGEST).post(), self._site, language)
        if form.file is None and (request.content_length or 0) > LARGEST:
            raise Problem(413, self._site.phrases(language).text("faults.413.detail"))
        return form

    async def _turn(self, form: Form, language: Language) -> Turn | None:
        intent: Intent | None = None
        if form.token:
            intent = decode(form.token)
            if intent is None:
                raise Problem(400, self._site.phrases(language).text("faults.400.stale"))
        elif not form.said and form.file is None:
            return None
        person = f"web:{form.conversation}"
        if form.linked:
            # The page was opened by a link that held a question, of which nothing was kept then.
            context = (await passing(self._site, form.linked, language)).context
            if context is not None:
                await self._core.ports.conversations.remember(person, person, context)
        request = Request(
            text="" if intent is not None else form.said,
            person=person,
            channel=person,
            at=self._core.ports.clock.now(),
            locale=language,
            id=f"{person}:{form.update}",
            file=form.file,
        )
        answer = await self._core.answer(request, intent)
        if answer is None:
            return None
        await put_off(self._core, person, answer)
        return self._turned(form.said, answer, language, linked=intent is None and not form.earlier)

    def _turned(self, said: str, answer: Answer, language: Language, *, linked: bool) -> Turn:
        card = shown(answer, self._core.lexicon[answer.language], self._today())
        told: Language = "fr" if answer.language == "fr" else "en"
        linked = linked and not answer.private and answer.tone == "answer"
        return Turn(said, card, self._entries.named(answer.facts, told), said if linked else None)


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sends, checked."""

    said: str  # typed; or what stood on the button
    token: str  # of the button that was pressed
    conversation: str
    update: str  # of this sending: one that comes twice is written once
    linked: str  # the question that the page was opened with, until something is said
    file: bytes | None  # a list to be imported
    earlier: tuple[str, ...]  # questions before this one, as the page itself carries them

    @classmethod
    def of(cls, sent: MultiMapping[Any], site: Site, language: Language) -> Form:
        """An id that is not one of ours is replaced, so that a bad one never joins two people."""

        def fields(name: str) -> list[str]:
            return [whole(value) for value in sent.getall(name, ()) if isinstance(value, str)]

        def field(name: str) -> str:
            return next(iter(fields(name)), "")

        def id_(name: str) -> str:
            return field(name) if _ID.fullmatch(field(name)) else new_id()

        token, _, label = field("take").partition(" ")
        said = label[:200] if token else asked(field("q"), site, language)
        sent_along = sent.get("file")
        file: bytes | None = None
        if isinstance(sent_along, web.FileField) and sent_along.filename:
            file = sent_along.file.read(LARGEST_FILE + 1)
            if len(file) > LARGEST_FILE:
                raise Problem(413, site.phrases(language).text("faults.413.detail"))
            said = said or whole(sent_along.filename)[:200]
        earlier = tuple(question[:200] for question in fields("earlier") if question)[-EARLIER:]
        return cls(said, token[:4000], id_("conversation"), id_("update"), field("linked")[:LONGEST], file, earlier)


def asked(text: str, site: Site, language: Language) -> str:
    """A question as it is handed on: whole characters, and no longer than is read."""
    said = whole(text)
    if len(said) > LONGEST:
        raise Problem(413, site.phrases(language).text("faults.413.question", most=LONGEST))
    return said.strip()


async def passing(site: Site, said: str, language: Language) -> Answer:
    """The answer to a question that came in an address: nothing of it is kept, nothing can be changed by it."""
    person = f"web:{new_id()}"
    now = site.core.ports.clock.now()
    answer = await site.core.answer(Request(said, person, person, now, locale=language, passing=True))
    assert answer is not None  # what is addressed is answered
    return answer


def new_id() -> str:
    """Of a conversation, a message, a person who is not to be known again."""
    return secrets.token_urlsafe(18)


def _ours(request: web.Request, own: str) -> bool:
    """Whether a form was sent from our own page: as the browser says it, or where it says nothing, by its origin.

    ``own``: our public address where it is set, since a proxy may write another name into a request. Our pages send no
    referrer, and a browser then writes the origin of a plain form as "null", which is anybody's.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin == own or urlsplit(origin).netloc == request.host
