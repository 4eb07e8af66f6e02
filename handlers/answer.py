"""What goes out: meaning, not layout. Each platform renders it; none adds to it.

Texts are spans. Markup exists only in text files and is parsed before values are filled in, so nothing that a person
or a model's maker wrote can become markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.context import Context
from handlers.request import Intent
from knowledge.calculator.estimate import Estimate
from knowledge.calculator.use import Use
from knowledge.schema import Units


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    strong: bool = False
    url: str | None = None


Line = tuple[Span, ...]


def plain(line: Line) -> str:
    """The line's words without its markup."""
    return "".join(span.text for span in line)


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A label and its value, both ready to be shown: "CO2e", "0.26 g (0.10-0.60 g)"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Citation:
    title: str
    publisher: str
    year: int
    url: str
    checked: str | None = None  # what was read where it was not the publication: "read: a press article at …"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A next step, one tap away. ``label`` is short enough for a button; the Intent is complete."""

    label: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    low: float
    mid: float
    high: float
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with their ranges. ``unit`` is a measure ("co2e_g": values in grams, shown in the unit that suits) or a code
    of units.yaml ("gCO2e/kWh")."""

    bars: tuple[Bar, ...]
    unit: str
    caption: str
    alt: str  # required: what a person hears who cannot see it
    units: Units | None = None  # asked for; None: as is usual


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an answer or came with a message: an export, a list to be imported."""

    name: str
    media_type: str  # "text/csv", "application/json"
    data: bytes


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with one right option and why it is right, for platforms that can ask it in a form of their own."""

    question: str
    options: tuple[str, ...]
    right: int
    explanation: Line
    citations: tuple[Citation, ...]
    name: str = ""  # of the question: what an answer that comes back refers to
    counted: bool = False  # the asker keeps a score


Tone = Literal["answer", "question", "apology"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply. ``title`` is line one and answers; everything after it may be cut by a small platform, in order."""

    intent: str  # one of the intents of the scripting contract: "estimate", "explain", ...
    language: str
    title: Line
    body: tuple[Line, ...] = ()
    figures: tuple[FigureLine, ...] = ()
    notes: tuple[Line, ...] = ()  # assumptions, methods side by side, boundary: small print
    chart: Chart | None = None
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()  # three at most
    asides: tuple[
        Suggestion, ...
    ] = ()  # what to do with the answer itself (log it, judge it); the first thing left out
    attachment: Attachment | None = None
    poll: Poll | None = None  # the same question as the body and the suggestions ask
    tone: Tone = "answer"
    items: tuple[Use, ...] = ()  # what was understood
    topics: tuple[str, ...] = ()  # other things compared: places, facts
    estimates: tuple[Estimate, ...] = ()  # in the order of ``items``
    facts: tuple[str, ...] = ()  # ids
    context: Context | None = None  # what the next message leans on; None leaves it as it was
    private: bool = False  # a person would want this unseen by others
    for_all: bool = False  # concerns everybody there, although the command's other answers are for one person's eyes
    reference: str | None = None  # of a logged error
    asked: Intent | None = None  # what it answers, where only one person is to see it and may have to open it


@dataclass(frozen=True, slots=True)
class Posting:
    """An answer to nobody's question of just now: a digest on its day. The platform sends it to the channel, once."""

    team: str
    channel: str
    answer: Answer
