"""A card that other pages may show within theirs: one answer or one entry of the base, without any script."""

from __future__ import annotations

from aiohttp import web

from bot.platforms.web.chat import asked, new_id, passing
from bot.platforms.web.costs import costs
from bot.platforms.web.entries import Entries
from bot.platforms.web.faults import language_of
from bot.platforms.web.headers import framed
from bot.platforms.web.rendering import shown
from bot.platforms.web.site import Site
from handlers.request import Intent, Request


class Embed:
    def __init__(self, site: Site, entries: Entries) -> None:
        self._site = site
        self._entries = entries

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{language:en|fr}/embed", self.card)]

    @costs("question")
    async def card(self, request: web.Request) -> web.StreamResponse:
        """``?q=`` a question, or ``?entry=`` the id of a fact, a claim or a concept."""
        language, core = language_of(request), self._site.core
        id_ = request.query.get("entry")
        if id_ is not None:
            if not self._site.kit.library.holds(id_):
                raise web.HTTPNotFound
            person = f"web:{new_id()}"
            asking = Request("", person, person, core.ports.clock.now(), language=language, passing=True)
            answer = await core.answer(asking, Intent("fact", {"facts": (id_,)}, "button"))
            assert answer is not None
            more, said = {"href": f"/{language}{self._entries.path(id_)}"}, ""
        else:
            said = asked(request.query.get("q", ""), self._site, language)
            if not said:
                raise web.HTTPNotFound
            answer, more = await passing(self._site, said, language), {"q": said}
        card = shown(answer, core.lexicon[answer.language], core.ports.clock.now().date())
        return framed(self._site.page("embed.html", language, "/embed", said=said, answer=card, more=more))
