"""The shapes of everything an editor may write under ``knowledge/data``.

Each field says what belongs in it, with a good and, where it helps, a bad example: this file is the guide as well
as the guard. Unknown keys are refused, so a misspelt field is an error at load time and not a fact gone missing.
Texts for people stand in English and French side by side; a figure is a field and is named in a text as ``{figure}``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]

Topic = Literal[
    "inference",
    "search",
    "media",
    "training",
    "data-centres",
    "grids",
    "water",
    "hardware",
    "companies",
    "equivalents",
    "levers",
    "policy",
    "context",
    "myths",
]

Task = Literal[
    "text",
    "reasoning",
    "code",
    "image",
    "video",
    "transcription",
    "speech",
    "embedding",
    "classification",
    "search",
    "training",
]

Boundary = Literal[
    "accelerator",  # the chips alone
    "node",  # the whole server, no building
    "facility",  # servers, idle share and the building's overhead (PUE): what the calculator speaks in
    "life-cycle",  # facility plus making the hardware
    "device-included",  # life cycle plus network and the person's own device
    "on-site",  # water evaporated at the building
    "site-and-power-plant",  # water on site and at the power stations
    "making",  # manufacture only, cradle to gate
    "combustion",  # what leaves the chimney or the tailpipe
    "organisation",  # a whole company or country
    "undisclosed",
    "not-applicable",
]

Accounting = Literal["location-based", "market-based", "both", "undisclosed", "not-applicable"]

Quality = Literal[
    "measured",
    "vendor-reported",
    "peer-reviewed-model",
    "institutional-model",
    "estimate",
    "journalistic",
    "derived",  # our own arithmetic over the cited figures, and labelled as ours
    "official-text",  # a law or a standard
    "opinion",
]

Checked = Literal["primary", "secondary", "computed", "unverified"]

Verdict = Literal[
    "accurate", "imprecise", "outdated", "understated", "overstated", "translation-error", "opinion", "false", "mixed"
]


class Record(BaseModel):
    """Frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Record):
    """The same sentence in both languages. Good: both say the same and carry the same ``{figures}``. Bad: a
    word-for-word translation, or a number typed into one of them."""

    en: str = Field(min_length=1)
    fr: str = Field(min_length=1)

    def of(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class Handle(Text):
    """Two to five words for a button, in sentence case and without a full stop. Good: "Median Gemini prompt". Bad: a
    question, or a figure that may change. A year may be typed ("Search: Google's 2009 figure"), and names with digits
    that stand among the ``terms`` ("Training GPT-3")."""

    en: str = Field(min_length=1, max_length=36)
    fr: str = Field(min_length=1, max_length=36)


class Words(Record):
    """Lists of phrases in both languages: what people type to get here."""

    en: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()

    def of(self, language: str) -> tuple[str, ...]:
        return self.fr if language == "fr" else self.en


class Source(Record):
    """One publication, one file. The id is author or publisher, and year: ``elsworth-2025``, ``iea-2026-energyai``."""

    id: Id
    title: str  # as printed, in its own language
    authors: str  # "Elsworth et al." Not "various"
    publisher: str  # who stands behind it: "Google", "IEA", "arXiv"
    year: int = Field(ge=1900, le=2100)
    url: str = Field(pattern=r"^https?://\S+$")  # the publication's own address, not the page that quotes it
    doi: str | None = None  # without the https://doi.org/
    archive: str | None = Field(default=None, pattern=r"^https?://\S+$")  # a stored copy that was opened
    seen: Text | None = None  # what was actually read when the primary was not: "a press summary at particle.news"
    licence: str | None = None  # where figures are carried over in bulk: "CC BY 4.0"

    @property
    def captures(self) -> str:
        """Where the Internet Archive lists the copies it holds of this address, if any: a place to look, no proof."""
        return f"https://web.archive.org/web/*/{self.url}"


class Figure(Record):
    """A number with its unit. Give ``mid`` for a single value, ``low`` and ``high`` for a range, all three if known."""

    low: float | None = None
    mid: float | None = None
    high: float | None = None
    unit: str  # a code of units.yaml: "Wh", "gCO2e", "mL", "%", "times", "year", "count"
    boundary: Boundary | None = None  # where it differs from the fact's own
    accounting: Accounting | None = None
    year: int | None = None  # where it differs from the fact's own
    about: bool = False  # true where the source itself says "about"

    @model_validator(mode="after")
    def _some_value_and_in_order(self) -> Figure:
        values = [v for v in (self.low, self.mid, self.high) if v is not None]
        if not values:
            raise ValueError("a figure needs mid, or low and high")
        if values != sorted(values):
            raise ValueError("low <= mid <= high does not hold")
        return self


class Fact(Record):
    """One thing known, said in one or two sentences of which the first answers.

    Good claim: "Half of Gemini's text prompts used less than {energy} in May {year}, building overhead included."
    Bad claim: "AI uses about 0.24 Wh." (a typed number, no who, no when, no boundary)
    """

    id: Id
    topic: Topic
    name: Handle  # what a button to it says, unlike any other entry's: "Training BLOOM", « Entraînement de BLOOM »
    claim: Text
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()  # proper names with digits in the claim: "Llama 3.1 405B", "GPT-4", "ISO 14067"
    year: int | None = None  # the year the data are of, not the year of publication
    boundary: Boundary
    accounting: Accounting = "not-applicable"
    sources: tuple[Id, ...] = Field(min_length=1)
    quality: Quality
    checked: Checked
    caveat: Text | None = None  # what a careful reader must know before quoting it; figures as {fields} here too
    review: date  # look again by then: a year for a vendor's figure, six months for a forecast
    related: tuple[Id, ...] = ()
    questions: Words  # three or more ways a person would ask for this, in each language
    replaces: tuple[Id, ...] = ()  # older facts on the same question that this one is shown before, see ``why``
    why: Text | None = None  # why this one is shown by default where sources conflict


class Claim(Record):
    """A claim people meet (in the article, in the press, among friends), checked against its primary source."""

    id: Id
    kind: Literal["article", "myth"]
    name: Text  # a handle of a few words: "30 times a search"
    says: Text  # the claim in paraphrase, never in the article's own words
    finds: Text  # what the primary source says
    verdict: Verdict
    instead: Text  # the sentence to use in its place, with numbers
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()
    said_by: Text | None = None  # who says it, and their interest
    year: int | None = None  # when the claim was made
    sources: tuple[Id, ...] = Field(min_length=1)
    checked: Checked
    review: date
    related: tuple[Id, ...] = ()
    questions: Words


class Concept(Record):
    """A term of the field in two or three sentences: what it is, why it matters, a number if one helps."""

    id: Id
    name: Text
    says: Text
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()
    sources: tuple[Id, ...] = Field(min_length=1)
    review: date
    related: tuple[Id, ...] = ()
    questions: Words


class Factor(Record):
    """Electricity for one unit of a task at the data centre, for tasks or services that no model covers.

    ``derivation`` tells how the three numbers follow from the sources. Good: "SANA 0.11 Wh on the chip x 1.72."
    """

    id: Id
    task: Task
    name: Text  # "one 1024 x 1024 image", « une image de 1024 x 1024 »
    low: float = Field(gt=0)  # Wh at the data centre for one unit
    mid: float = Field(gt=0)
    high: float = Field(gt=0)
    per: Literal["reply", "task", "image", "clip", "minute", "document", "item", "search", "run"]
    at: dict[str, float] = {}  # the size this holds for: {"pixels": 1048576} or {"seconds": 5, "pixels": 921600}
    scaling: dict[str, float] = {}  # exponent by which energy grows with each size: {"seconds": 2, "pixels": 2}
    boundary: Boundary = "facility"
    year: int
    derivation: Text
    quality: Quality
    sources: tuple[Id, ...] = ()
    review: date

    @model_validator(mode="after")
    def _in_order(self) -> Factor:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low <= mid <= high does not hold")
        return self


class Published(Record):
    """A value that a vendor or an independent benchmark printed for one model or class, per unit of its task.

    It joins the calculator's range only where its boundary is ``facility``; others are shown beside it, marked.
    """

    id: Id
    name: str  # who and of what, in proper names alone since it is shown in both languages: "Google (Gemini Apps)"
    models: tuple[str, ...] = ()  # patterns of model ids it speaks of, "gemini-*"
    exact: bool = False  # true where it was measured on that very model
    general: bool = False  # true where it also speaks of the task when no model is named: "an average chat answer"
    aside: bool = False  # true where it is shown beside the range although its boundary is alike; ``differs`` says why
    task: Task
    output_tokens: float | None = None  # what one unit held, where known
    at: dict[str, float] = {}  # the size of one image or clip: {"seconds": 5, "pixels": 921600}
    lift: float | None = None  # brings a chips-only or server-only value to ``facility``; ``differs`` says so
    energy_wh: Figure | None = None
    co2e_g: Figure | None = None
    water_ml: Figure | None = None
    boundary: Boundary
    accounting: Accounting = "not-applicable"
    year: int
    quality: Quality
    differs: Text  # a clause: why it is not the same as the models' figures
    sources: tuple[Id, ...] = Field(min_length=1)
    review: date


class Default(Record):
    """A number that the calculator supposes where a person gives none, or a limit that it keeps.

    Good why: "About 300 words, the length Mistral calls one page." Bad why: "Seems reasonable."
    """

    id: Id  # "tokens.text", "limit.people"
    value: float
    low: float | None = None  # the usual spread of it
    high: float | None = None
    unit: str  # a code of units.yaml
    why: Text
    sources: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Default:
        if not (self.value if self.low is None else self.low) <= self.value <= (self.high or self.value):
            raise ValueError("low <= value <= high does not hold")
        return self


Units = Literal["metric", "imperial"]


class Elsewhere(Record):
    """The same thing in other units. ``size`` is how many of the thing ONE of these is: a mile is 1.609344 km."""

    size: float = Field(gt=0)
    name: dict[Literal["en", "fr"], dict[Literal["one", "other"], str]]


class Equivalent(Record):
    """An everyday thing to hold a footprint against. ``factor`` is how much ONE of the thing is, in ``unit``."""

    id: Id
    name: dict[Literal["en", "fr"], dict[Literal["one", "other"], str]]  # with {n}: "{n} km by petrol car"
    elsewhere: dict[Units, Elsewhere] = {}  # for people who think in other units than the name's
    measures: Literal["co2e_g", "energy_wh", "water_ml"]
    factor: float = Field(gt=0)
    low: float | None = None
    high: float | None = None
    region: str = "WOR"  # ISO alpha-3, EUU or WOR: where it holds
    boundary: Boundary
    year: int
    sources: tuple[Id, ...] = Field(min_length=1)
    checked: Checked
    review: date
    ladder: bool = True  # false: only shown when asked for by name
    words: Words  # how people ask for it: "car", "driving", "voiture"
    caveat: Text | None = None


class Tip(Record):
    """A way to use less, with its effect and its source. ``saves`` is the share of energy or carbon saved, 0 to 1."""

    id: Id
    tasks: tuple[Task, ...]  # empty: any
    says: Text
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()
    saves: float = Field(ge=0, le=1)  # typical share saved, for ordering only
    measures: Literal["energy", "carbon", "both"] = "energy"
    whose: Literal["person", "builder", "provider"] = "person"
    sources: tuple[Id, ...] = Field(min_length=1)
    quality: Quality
    checked: Checked
    review: date
    questions: Words = Words()


class Question(Record):
    """A quiz question. Bad: one whose wording or whose only precise option gives the answer away."""

    id: Id
    asks: Text
    options: tuple[Text, ...] = Field(min_length=2, max_length=4)
    right: int = Field(ge=0)  # index into options
    explains: Text
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()
    fact: Id | None = None
    sources: tuple[Id, ...] = Field(min_length=1)
    topic: Topic

    @model_validator(mode="after")
    def _right_exists(self) -> Question:
        if self.right >= len(self.options):
            raise ValueError("right points past the options")
        return self


class Place(Record):
    """A place with electricity of its own. Names of countries come from Babel; here stand the others."""

    code: str = Field(
        pattern=r"^[A-Z]{3}$|^[A-Z]{3}-[A-Z0-9]{2,5}$"
    )  # ISO alpha-3, EUU, WOR; a sub-region after a dash
    name: Text | None = None  # only where Babel has none or its form is not the usual one
    words: Words = Words()  # nicknames, adjectives, cities, cloud regions: "états-unis", "québec", "eu-west-3"
    common: tuple[str, ...] = ()  # those of ``words`` that are also everyday words: "turkey", "nice"
    adjectives: Words = Words()  # "polish", "polonaise": the place only beside a word for electricity or machines
    g_per_kwh: float | None = None  # only where EcoLogits has no such zone, or on another basis
    year: int | None = None
    basis: str | None = None  # "life cycle, generation", "direct combustion"
    sources: tuple[Id, ...] = ()
    within: str | None = None  # a sub-region's country


class Chip(Record):
    """What people run AI on themselves."""

    id: Id
    name: Text
    watts: float = Field(gt=0)  # rated
    low: float | None = None  # where the kind is not told
    high: float | None = None
    year: int  # of the source
    words: tuple[str, ...]
    sources: tuple[Id, ...] = Field(min_length=1)


class Population(Record):
    """How many people live in a place."""

    code: str = Field(pattern=r"^[A-Z]{3}$")
    people: float = Field(gt=0)  # rounded: tables differ in the third digit
    year: int
    sources: tuple[Id, ...] = Field(min_length=1)


class Model(Record):
    """A model, a service or a family that people name."""

    id: Id  # lower case, as printed by its maker where possible: "gpt-4o-mini", "dall-e-3", "midjourney"
    name: str  # as printed: "GPT-4o mini"
    maker: str  # "OpenAI"
    task: Task  # what one "use" of it is by default
    words: tuple[str, ...] = ()  # other names: "chatgpt", "4o", "le chat"
    family: str | None = None  # "gpt-4o"; asking for the family means its ``default``
    default: bool = False  # the one meant by the family's name alone
    stands_for: Id | None = None  # the model a product is taken for, said among the assumptions
    since: date | None = None  # when that assumption was last true
    ecologits: str | None = None  # "provider/name" there
    ecologits_video: str | None = None
    ecocost: str | None = None
    factor: Id | None = None  # the class of factor that stands in where no method knows it
    place: str | None = None  # where it runs as far as known, ISO alpha-3
    disclosed: bool = False  # whether the maker publishes an energy figure for it
    note: Text | None = None
    sources: tuple[Id, ...] = ()


class Change(Record):
    """A default figure that changed: answers "why did the number change?"."""

    id: Id
    since: date  # when the new figure was published; its month is shown
    month: bool = True  # false where only the year is known
    what: Text  # what the figure is of: "A chat answer", « Une réponse de chat »
    old: Figure
    new: Figure
    why: Text  # what is behind it: the world, a method, an edition. Good: "A year on, and more AI." Bad: "An update."
    figures: dict[str, Figure] = {}
    terms: tuple[str, ...] = ()
    fact: Id  # the entry that shows the new figure
    sources: tuple[Id, ...] = Field(min_length=1)
    words: Words  # what people call it: "data centres", "ecologits"
