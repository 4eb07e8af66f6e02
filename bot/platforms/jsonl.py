"""The scripting surface: one JSON object a line in, one out, in the same order, streaming.

A line that cannot be read yields an error object and the stream goes on. Turns with the same ``conversation`` belong to
one person in one channel.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core import Core
from bot.platforms.plaintext import rendered
from handlers.answer import Answer
from handlers.ports import Clock
from handlers.request import Request
from knowledge.calculator.estimate import Estimate
from knowledge.calculator.interval import Interval
from knowledge.calculator.use import Use


class Asked(BaseModel):
    """A line of input."""

    model_config = ConfigDict(extra="ignore")

    text: str
    conversation: str = "default"
    lang: Literal["en", "fr"] | None = None


class Range(BaseModel):
    low: float
    mid: float
    high: float


class Item(BaseModel):
    """One use as it was understood; what was not said is null."""

    task: str
    model: str | None
    count: float | None
    period: str | None
    people: int | None
    region: str | None = Field(description="ISO 3166-1 alpha-3, WOR, EUU, or null where no place was said")
    output_tokens: float | None
    input_tokens: float | None
    words: float | None
    seconds: float | None
    resolution: str | None


class Understood(BaseModel):
    items: list[Item]
    topics: list[str]


class Figures(BaseModel):
    """Of one item, all its units, people and span included."""

    energy_wh: Range
    co2e_g: Range
    water_ml: Range
    usage_co2e_g: Range
    hardware_co2e_g: Range
    water_site_ml: Range
    water_plant_ml: Range
    primary_mj: Range | None
    adpe_mg: Range | None
    place: str
    model: str | None
    boundary: str
    accounting: str
    methods: list[dict[str, Any]]
    assumptions: list[dict[str, Any]]
    warnings: list[str]


class Cited(BaseModel):
    title: str
    publisher: str
    year: int
    url: str


class Told(BaseModel):
    """A line of output."""

    conversation: str
    intent: str
    language: str
    text: str
    understood: Understood
    estimates: list[Figures]
    facts: list[str]
    sources: list[Cited]
    suggestions: list[str]


class Failed(BaseModel):
    """What a line that could not be read yields."""

    error: str
    line: int


def told(answer: Answer, conversation: str) -> Told:
    """The answer as the scripting contract has it."""
    return Told(
        conversation=conversation,
        intent=answer.intent,
        language=answer.language,
        text=rendered(answer),
        understood=Understood(items=[_item(use) for use in answer.items], topics=list(answer.topics)),
        estimates=[_figures(estimate) for estimate in answer.estimates],
        facts=list(answer.facts),
        sources=[Cited(title=c.title, publisher=c.publisher, year=c.year, url=c.url) for c in answer.citations],
        suggestions=[suggestion.label for suggestion in answer.suggestions],
    )


async def respond(core: Core, clock: Clock, line: str, number: int) -> str:
    """One line of output for one line of input."""
    try:
        asked = Asked.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        problem = "no JSON object" if not isinstance(error, ValidationError) else error.errors()[0]["msg"]
        return Failed(error=problem, line=number).model_dump_json()
    request = Request(
        text=asked.text,
        person=f"jsonl:{asked.conversation}",
        channel=asked.conversation,
        at=clock.now(),
        language=asked.lang,
    )
    answer = await core.answer(request)
    if answer is None:
        return Failed(error="not addressed", line=number).model_dump_json()
    return told(answer, asked.conversation).model_dump_json()


async def stream(core: Core, clock: Clock, lines: AsyncIterator[str]) -> AsyncIterator[str]:
    """Answers as the questions arrive. Empty lines are passed over."""
    number = 0
    async for line in lines:
        number += 1
        if line.strip():
            yield await respond(core, clock, line, number)


def _item(use: Use) -> Item:
    return Item(
        task=use.task,
        model=use.model,
        count=use.count,
        period=use.period,
        people=use.people,
        region=use.place.partition("-")[0] if use.place else None,
        output_tokens=use.output_tokens,
        input_tokens=use.input_tokens,
        words=use.words,
        seconds=use.seconds,
        resolution=use.resolution,
    )


def _range(interval: Interval) -> Range:
    return Range(low=interval.low, mid=interval.mid, high=interval.high)


def _figures(estimate: Estimate) -> Figures:
    whole = estimate.footprint
    return Figures(
        energy_wh=_range(whole.energy_wh),
        co2e_g=_range(whole.co2e_g),
        water_ml=_range(whole.water_ml),
        usage_co2e_g=_range(whole.usage_g),
        hardware_co2e_g=_range(whole.hardware_g),
        water_site_ml=_range(whole.water_site_ml),
        water_plant_ml=_range(whole.water_plant_ml),
        primary_mj=_range(whole.primary_mj) if whole.primary_mj else None,
        adpe_mg=_range(whole.adpe_mg) if whole.adpe_mg else None,
        place=estimate.place,
        model=estimate.model,
        boundary=estimate.boundary,
        accounting="location-based",
        methods=[
            {
                "id": method.id,
                "name": method.name,
                "version": method.version,
                "boundary": method.boundary,
                "like": method.like,
                "energy_wh": _range(method.energy_wh).model_dump() if method.energy_wh else None,
                "co2e_g": _range(method.co2e_g).model_dump() if method.co2e_g else None,
                "water_ml": _range(method.water_ml).model_dump() if method.water_ml else None,
            }
            for method in estimate.methods
        ],
        assumptions=[{"key": a.key, "value": a.value, "unit": a.unit, "said": a.said} for a in estimate.assumptions],
        warnings=list(estimate.warnings),
    )
