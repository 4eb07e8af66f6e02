"""One thing found in a sentence: where, what kind, and its value. The common coin of everything that reads text.

Positions are indexes into ``Message.plain`` (see text.py): lower case, without accents. What is made anew for every
message is not frozen, for freezing costs a call a field; nobody changes it all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

MentionKind = Literal[
    "number",  # Quantity: a count with no unit of its own ("200", "a dozen", "10-20")
    "tokens",  # Quantity of tokens, with role "output" | "input" | "cached" | None
    "words",  # Quantity of words or pages (pages already turned into words)
    "seconds",  # Quantity: length of a clip
    "minutes",  # Quantity: length of audio (hours already turned into minutes)
    "resolution",  # "720p", "1080p", "4k", "1024x1024"
    "people",  # Quantity of persons
    "params",  # Quantity: billions of parameters
    "period",  # Period: "a day", "per month", "par semaine", "every workday", "3x a day"
    "horizon",  # Period: "over a year", "sur un an", "annual total"
    "amount",  # Amount: a footprint named as such ("5 kg of CO2", "1 kWh", "2 litres of water")
    "task",  # knowledge.schema.Task, from a noun or verb ("images", "transcribe", "questions")
    "model",  # id of a Model
    "unknown-model",  # a name shaped like a model that is not known ("gpt-9", "claude 12"): value is the text
    "place",  # code of a Place
    "thing",  # id of an Equivalent ("km by car", "phone charges", "streaming")
    "each",  # "each", "chacun", "per person"
]


@dataclass(slots=True)
class Quantity:
    value: float
    high: float | None = None  # upper end of "10-20"
    role: str | None = None  # "output", "input", "cached" for tokens


@dataclass(frozen=True, slots=True)
class Per:
    """A period. "3 times a day" is Per("day", 3); "every 5 minutes" is Per("hour", 12)."""

    period: str
    times: float = 1.0
    workdays: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    measure: Literal["co2e_g", "energy_wh", "water_ml"]
    value: float


@dataclass(slots=True)
class Mention:
    start: int
    end: int
    kind: MentionKind
    value: Any
    score: float = 1.0  # below 1 where a name was matched in spite of its spelling
    near: tuple[str, ...] = ()  # for an unknown model: ids of near ones
