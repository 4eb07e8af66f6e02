"""Everything that goes wrong, said kindly: a page to people, problem+json (RFC 9457) to programs, in their language.

One middleware for it all: what a handler refuses, what aiohttp refuses, and what nobody expected, which is logged with
a reference and without a word of what was asked.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.platforms.web import words
from bot.platforms.web.headers import secured, shared
from bot.platforms.web.site import Site
from bot.platforms.web.visitors import Cost, Visitors
from bot.reference import begin, given
from handlers.request import Language

logger = logging.getLogger(__name__)

API = "/api/"
DATA = "/data.json"
_SAID = frozenset((400, 403, 404, 405, 408, 413, 422, 429, 500))  # those that have words of their own


class Problem(Exception):
    """A refusal with words that were made for it. ``detail`` is in the asker's language already."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(status)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more


def guarded(site: Site, visitors: Visitors) -> Middleware:
    """Around every handler: first the pace, then the answer, then the headers."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        begin()
        try:
            response = _late(site, request, visitors) or await handler(request)
        except Problem as problem:
            response = said(site, request, problem)
        except web.HTTPException as refusal:
            response = _refused(site, request, refusal)
        except ConnectionError:
            raise  # whoever asked has gone
        except TimeoutError:
            response = said(site, request, Problem(408, site.phrases(language_of(request)).text("faults.408.detail")))
        except Exception:
            reference = given()
            logger.exception("page failed")
            detail = site.phrases(language_of(request)).text("faults.500.reference", reference=reference)
            response = said(site, request, Problem(500, detail))
        if _open(request):
            shared(response)
        secured(response, https=site.https)
        return response

    return middleware


def _open(request: web.Request) -> bool:
    """Whether pages of others may read it: what programs are given, which is the same for everybody."""
    return request.path.startswith(API) or request.path == DATA


def language_of(request: web.Request) -> Language:
    """The page's, else what a program asked for, else what the browser prefers."""
    for code in (request.path[1:].partition("/")[0], request.query.get("lang")):
        known = words.language_of(code)
        if known is not None:
            return known
    return words.preferred(request.headers.get("Accept-Language", ""))


def said(site: Site, request: web.Request, problem: Problem) -> web.Response:
    """As a page, or as an object where a program asked."""
    language, phrases = language_of(request), site.phrases(language_of(request))
    title = phrases.text(f"faults.{problem.status}.title")
    if request.path.startswith(API) or request.path.endswith("/say"):
        body = {
            "type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail, **problem.more,
        }  # fmt: skip
        return web.Response(
            text=json.dumps(body, ensure_ascii=False),
            status=problem.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", "Content-Language": language, **problem.headers},
        )
    return site.page(
        "fault.html",
        language,
        "",
        status=problem.status,
        headers=problem.headers,
        heading=title,
        detail=problem.detail,
    )


def _late(site: Site, request: web.Request, visitors: Visitors) -> web.Response | None:
    """What is said to who asks too often; None to everybody else."""
    cost: Cost | None = getattr(request.match_info.handler, "cost", None)
    if cost is None:
        return None
    wait = visitors.wait(request, cost)
    if wait <= 0:
        return None
    seconds = math.ceil(wait)
    phrases = site.phrases(language_of(request))
    detail = phrases.text("faults.429.detail", n=seconds, seconds=seconds)
    return said(site, request, Problem(429, detail, {"Retry-After": str(seconds)}))


def _refused(site: Site, request: web.Request, refusal: web.HTTPException) -> web.StreamResponse:
    if refusal.status < HTTPStatus.BAD_REQUEST:
        return refusal
    headers = {name: refusal.headers[name] for name in ("Allow", "Retry-After") if name in refusal.headers}
    if isinstance(refusal, web.HTTPMethodNotAllowed):
        headers["Allow"] = ", ".join(sorted({*refusal.allowed_methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return _options(request, headers)
    status = refusal.status if refusal.status in _SAID else 400
    return said(
        site, request, Problem(status, site.phrases(language_of(request)).text(f"faults.{status}.detail"), headers)
    )


def _options(request: web.Request, headers: dict[str, str]) -> web.Response:
    if _open(request):
        headers |= {
            "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
            "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
            "Access-Control-Max-Age": "86400",
        }
    return web.Response(status=204, headers=headers)
