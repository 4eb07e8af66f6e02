"""The interface for programs: the answer that `ask --jsonl` gives, and an estimate from typed parameters.

Every refusal is a problem object in the asker's language that names the parameter. What it may be asked and what it
returns is described at ``/api/openapi.json``, made from the same classes that check and write.
"""

from __future__ import annotations

import asyncio
import json
from typing import Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.platforms.jsonl import Cited, Figures, Item, told
from bot.platforms.open_data import exported
from bot.platforms.web.chat import new_id
from bot.platforms.web.costs import costs
from bot.platforms.web.faults import Problem, language_of
from bot.platforms.web.keeping import put_off
from bot.platforms.web.openapi import described
from bot.platforms.web.rendering import whole
from bot.platforms.web.site import Site
from bot.platforms.web.visitors import Visitors
from bot.understanding.text import LONGEST
from handlers.answer import plain
from handlers.request import Intent, Request
from knowledge.calculator.use import Period
from knowledge.schema import Task

GUESSED = 16  # characters below which a conversation's name may be another's too

Q = TypeVar("Q", bound=BaseModel)


class Asking(BaseModel):
    """GET /api/answer"""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        min_length=1, max_length=LONGEST, description="The question, in English or French",
        examples=["20 images in Poland", "combien pour 1 000 réponses de Mistral Large ?"],
    )  # fmt: skip
    lang: Literal["en", "fr"] | None = Field(default=None, description="Language of the answer; none: the question's")
    conversation: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_.:-]{1,64}$",
        description="A name for the conversation, so that follow-ups are understood; none: nothing is kept. Whoever "
        "knows it can go on with it, so make it random; below 16 characters it holds for the caller's address alone.",
        examples=["9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"],
    )  # fmt: skip


class Estimating(BaseModel):
    """GET /api/estimate"""

    model_config = ConfigDict(extra="forbid")

    task: Task | None = Field(default=None, description="What is done; none: what the model is for", examples=["image"])
    model: str | None = Field(
        default=None, min_length=1, max_length=100, description="A model by its id or name", examples=["gpt-4o-mini"]
    )
    count: float = Field(default=1, ge=1e-6, le=1e9, description="Replies, images, clips, minutes, documents, searches")
    period: Period | None = Field(default=None, description="The count is for each of these")
    people: int | None = Field(default=None, ge=1, le=1_000_000, description="The count is for each of so many")
    region: str | None = Field(
        default=None, min_length=1, max_length=100, description="Where the electricity is from: an ISO code or a name",
        examples=["POL", "France"],
    )  # fmt: skip
    output_tokens: float | None = Field(default=None, ge=1, le=1e6, description="Length of one reply")
    seconds: float | None = Field(default=None, ge=0.1, le=3600, description="Length of one clip")
    lang: Literal["en", "fr"] | None = Field(default=None, description="Language of the texts")

    @model_validator(mode="after")
    def _something(self) -> Estimating:
        if self.task is None and self.model is None:
            raise ValueError("task")
        return self


class Estimated(BaseModel):
    """An estimate of one use."""

    language: str
    text: str = Field(description="The first line of the answer")
    understood: Item
    estimate: Figures
    sources: list[Cited]


class Api:
    def __init__(self, site: Site, visitors: Visitors) -> None:
        self._site = site
        self._core = site.core
        self._visitors = visitors

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/answer", self.answer),
            web.get("/api/estimate", self.estimate),
            web.get("/api/openapi.json", self.description),
            web.get("/data.json", self.data),
            web.get("/{language:en|fr}/api", self.page),
        ]

    @costs("question")
    async def answer(self, request: web.Request) -> web.Response:
        asked = self._read(request, Asking)
        name = asked.conversation
        person = f"web:{new_id()}" if name is None else f"web:{name}"
        if name is not None and len(name) < GUESSED:
            person = f"web:{self._visitors.name(request)}:{name}"
        answer = await self._core.answer(
            Request(
                text=whole(asked.q),
                person=person,
                channel=person,
                at=self._core.ports.clock.now(),
                language=asked.lang,
                # A program that prefers no language is answered in the question's own.
                locale=language_of(request) if "Accept-Language" in request.headers else None,
                passing=name is None,
                id=f"web:{new_id()}",
            )
        )
        assert answer is not None  # what is addressed is answered
        if name is not None:
            await put_off(self._core, person, answer)
        return _object(told(answer, name or ""), answer.language)

    @costs("question")
    async def estimate(self, request: web.Request) -> web.Response:
        asked = self._read(request, Estimating)
        arguments = {
            "task": asked.task, "model": asked.model, "count": asked.count, "period": asked.period,
            "people": asked.people, "place": asked.region, "tokens": asked.output_tokens, "seconds": asked.seconds,
        }  # fmt: skip
        given = {name: whole(value) if isinstance(value, str) else value for name, value in arguments.items() if value}
        person = f"web:{new_id()}"
        answer = await self._core.answer(
            Request(
                text="", person=person, channel=person, at=self._core.ports.clock.now(), language=language_of(request),
                passing=True,
            ),
            Intent("estimate", given, "slash"),
        )  # fmt: skip
        assert answer is not None
        if answer.reference is not None:
            raise Problem(500, plain(answer.title))
        if not answer.estimates:
            # A name that is not known, or a use that no method covers: said as the core says it everywhere.
            raise Problem(404 if answer.intent == "clarify" else 422, plain(answer.title))
        full = told(answer, "")
        return _object(
            Estimated(
                language=full.language, text=plain(answer.title), understood=full.understood.items[0],
                estimate=full.estimates[0], sources=full.sources,
            ),
            answer.language,
        )  # fmt: skip

    async def description(self, request: web.Request) -> web.StreamResponse:
        return self._site.kept(
            request, "/api/openapi.json",
            lambda: json.dumps(described(self._site.origin, self._site.version, Asking, Estimating, Estimated)),
            content_type="application/json",
        )  # fmt: skip

    @costs("page")
    async def data(self, request: web.Request) -> web.StreamResponse:
        """The whole base."""
        kit = self._site.kit
        # Writing it all down and packing it takes a fifth of a second the first time: not on the loop.
        return await asyncio.to_thread(
            self._site.kept, request, "/data.json",
            lambda: json.dumps(exported(kit.library, kit.lexicon), indent=1, ensure_ascii=False),
            content_type="application/json",
        )  # fmt: skip

    @costs("page")
    async def page(self, request: web.Request) -> web.Response:
        """What there is, for those who read before they call."""
        base = self._site.origin or f"{request.scheme}://{request.host}"
        return self._site.page("api.html", language_of(request), "/api", base=base)

    def _read(self, request: web.Request, kind: type[Q]) -> Q:
        """The parameters, each once and each right."""
        say = self._site.phrases(language_of(request))
        twice = [name for name in request.query if len(request.query.getall(name)) > 1]
        if twice:
            fault = {"parameter": twice[0][:40], "detail": say.text("api.faults.twice", name=twice[0][:40])}
            raise Problem(422, fault["detail"], errors=[fault])
        try:
            return kind.model_validate(dict(request.query))
        except ValidationError as error:
            faults: list[dict[str, str]] = []
            for found in error.errors(include_url=False, include_input=False):
                name = str(found["loc"][0])[:40] if found["loc"] else "task"
                key = f"api.faults.{found['type']}"
                values = {k: str(v)[:400] for k, v in found.get("ctx", {}).items()}
                known = key if key in say else "api.faults.unusable"
                faults.append({"parameter": name, "detail": say.text(known, **{**values, "name": name})})
            raise Problem(422, " ".join(fault["detail"] for fault in faults[:5]), errors=faults[:20]) from error


def _object(model: BaseModel, language: str) -> web.Response:
    headers = {"Cache-Control": "no-store", "Content-Language": language}
    return web.Response(text=model.model_dump_json(), content_type="application/json", headers=headers)
