"""Lines and answers as HTML: pure, every span escaped. A template arranges; what is a word and what is markup is
decided here and nowhere else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from bot.charts.drawing import COLUMN, Theme, drawn
from handlers.answer import Answer, Attachment, Citation, Line, Suggestion, plain
from handlers.encoding import encode
from handlers.phrases import Phrases

TOKEN = 2_000  # characters a button of a form may carry: no platform's limit holds here
_UNIT = re.compile(r"(?<=\d) (?=(?:[µmkMG]?g|[kM]?t|[mkMGT]?Wh|[mM]?L|c?m|km) ?(?:CO2|\W|$))")
_WEB = ("https://", "http://")
# The page's own colours, so that a chart turns dark with it.
_THEME = Theme(
    ground="none", text="var(--ink)", quiet="var(--quiet)", line="var(--rule)", bar="var(--bar)", range="var(--range)"
)


def line(spans: Line) -> Markup:
    """Words, strong words and links; an address that is neither of the web nor of this site is left away."""
    return Markup("").join(_span(span.text, span.strong, span.url) for span in spans)


def glued(text: str) -> str:
    """With every number on the line of its unit."""
    return _UNIT.sub("\u00a0", text)


def _span(text: str, strong: bool, url: str | None) -> Markup:
    said = escape(glued(whole(text)))
    if strong:
        said = Markup("<strong>{}</strong>").format(said)
    if url is not None and (url.startswith(_WEB) or (url.startswith("/") and not url.startswith("//"))):
        said = Markup('<a href="{}">{}</a>').format(whole(url), said)
    return said


def whole(text: str) -> str:
    """Without halves of characters, which no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: what it says and the Intent it carries."""

    label: str
    token: str


@dataclass(frozen=True, slots=True)
class File:
    """What a link hands out without asking us again: the content stands in its address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a template needs it; every Markup in it is finished."""

    language: str
    tone: str
    title: Markup
    body: tuple[Markup, ...]
    figures: tuple[tuple[str, str], ...]
    notes: tuple[Markup, ...]
    chart: Markup | None
    citations: tuple[Citation, ...]
    offers: tuple[Offer, ...]
    asides: tuple[Offer, ...]
    facts: tuple[str, ...]
    file: File | None


def shown(answer: Answer, phrases: Phrases, day: date) -> Shown:
    """The whole of it: a page has room. ``phrases``: the core's words in the answer's language."""
    return Shown(
        language=answer.language,
        tone=answer.tone,
        title=line(answer.title),
        body=tuple(line(spans) for spans in answer.body if plain(spans).strip()),
        figures=tuple((_capital(whole(figure.label)), glued(whole(figure.value))) for figure in answer.figures),
        notes=tuple(line(spans) for spans in answer.notes if plain(spans).strip()),
        chart=_chart(answer, phrases, day),
        citations=tuple(cited for cited in answer.citations if cited.url.startswith(_WEB)),
        offers=tuple(_offers(answer.suggestions)),
        asides=tuple(_offers(answer.asides)),
        facts=answer.facts,
        file=_file(answer.attachment) if answer.attachment is not None else None,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _offers(suggestions: Iterable[Suggestion]) -> Iterable[Offer]:
    for suggestion in suggestions:
        token = encode(suggestion.intent, TOKEN)
        if token is not None:
            yield Offer(whole(suggestion.label), token)


def _chart(answer: Answer, phrases: Phrases, day: date) -> Markup | None:
    if answer.chart is None:
        return None
    # Every word of a picture is escaped where it is drawn.
    return Markup(drawn(answer.chart, phrases, answer.citations, day, _THEME, sheet=COLUMN))


def _file(attachment: Attachment) -> File:
    content = b64encode(attachment.data).decode("ascii")
    return File(attachment.name, f"data:{attachment.media_type};base64,{content}")
