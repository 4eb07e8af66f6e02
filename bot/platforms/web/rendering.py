"""Lines and answers as HTML: pure, every span escaped. A template arranges; what is a word and what is markup is
decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from bot.charts.drawing import Theme, drawn
from handlers.answer import Answer, Citation, Line, Suggestion, plain
from handlers.encoding import encode
from handlers.phrases import Phrases

TOKEN = 2_000  # characters a button of a form may carry: no platform's limit holds here
_WEB = ("https://", "http://", "/")
# The page's own colours, so that a chart turns dark with it.
_THEME = Theme(
    ground="none", text="var(--ink)", quiet="var(--quiet)", line="var(--rule)", bar="var(--bar)", range="var(--range)"
)


def line(spans: Line) -> Markup:
    """Words, strong words and links; an address that is no web address is left away."""
    return Markup("").join(_span(span.text, span.strong, span.url) for span in spans)


def _span(text: str, strong: bool, url: str | None) -> Markup:
    said = escape(_whole(text))
    if strong:
        said = Markup("<strong>{}</strong>").format(said)
    if url is not None and url.startswith(_WEB) and not url.startswith("//"):
        said = Markup('<a href="{}">{}</a>').format(_whole(url), said)
    return said


def _whole(text: str) -> str:
    """Without halves of characters, which no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: what it says and the Intent it carries."""

    label: str
    token: str


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
    file: tuple[str, str] | None  # name, address with the content in it


def shown(answer: Answer, phrases: Phrases, day: date) -> Shown:
    """The whole of it: a page has room."""
    return Shown(
        language=answer.language,
        tone=answer.tone,
        title=line(answer.title),
        body=tuple(line(spans) for spans in answer.body if plain(spans).strip()),
        figures=tuple((_whole(f.label[:1].upper() + f.label[1:]), _whole(f.value)) for f in answer.figures),
        notes=tuple(line(spans) for spans in answer.notes if plain(spans).strip()),
        chart=_chart(answer, phrases, day),
        citations=tuple(cited for cited in answer.citations if cited.url.startswith(_WEB)),
        offers=tuple(_offers(answer.suggestions)),
        asides=tuple(_offers(answer.asides)),
        file=None,
    )


def told(answer: Shown) -> str:
    return answer.title


def _offers(suggestions: Iterable[Suggestion]) -> Iterable[Offer]:
    for suggestion in suggestions:
        token = encode(suggestion.intent, TOKEN)
        if token is not None:
            yield Offer(_whole(suggestion.label), token)


def _chart(answer: Answer, phrases: Phrases, day: date) -> Markup | None:
    if answer.chart is None:
        return None
    citations: Sequence[Citation] = answer.citations
    # Every word of a picture is escaped where it is drawn.
    return Markup(drawn(answer.chart, phrases, citations, day, _THEME))
