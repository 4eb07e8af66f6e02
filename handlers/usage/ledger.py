"""Lines of the ledger: made from uses, summed with their ranges, reckoned anew where someone asks for today's figures.

A line keeps its inputs and the figures as they were computed then. Ranges are summed end to end: the same unknowns
drive every line, so errors do not cancel out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.answer import Line
from handlers.command import Call, Progress
from handlers.errors import CannotAnswer
from handlers.kit import Kit
from handlers.ports import Entry
from handlers.request import Request
from handlers.usage.spans import span
from knowledge.calculator.errors import CannotEstimate, OutOfBounds, Unknown
from knowledge.calculator.estimate import Estimate
from knowledge.calculator.interval import ZERO, Interval
from knowledge.calculator.use import Use

MEASURES = ("co2e_g", "energy_wh", "water_ml")


def book(request: Request) -> str:
    """Whose ledger a line belongs to: the team's where there is one, the person's own otherwise."""
    return f"team:{request.team}" if request.team else f"person:{request.person}"


def allowed(request: Request) -> bool:
    """What holds for a whole team is changed by those who run it; in private everyone runs their own."""
    return request.team is None or request.admin


def once(use: Use) -> Use:
    """What was done, done once: "15 a day" noted today is 15, so the period goes and the count stays."""
    return replace(use, period=None, horizon=None, horizons=None, workdays=False)


def entry(request: Request, batch: str, index: int, use: Use, estimate: Estimate, at: datetime | None = None) -> Entry:
    footprint = estimate.footprint
    return Entry(
        id=f"{batch}:{index}",
        batch=batch,
        book=book(request),
        person=request.person,
        at=at or request.at,
        use=use,
        energy_wh=_triple(footprint.energy_wh),
        co2e_g=_triple(footprint.co2e_g),
        water_ml=_triple(footprint.water_ml),
        method=", ".join(f"{m.id} {m.version}" for m in estimate.methods if m.like),
    )


def total(entries: Sequence[Entry], measure: str) -> Interval:
    sum_ = ZERO
    for line in entries:
        sum_ += Interval(*getattr(line, measure))
    return sum_


async def entries_of(kit: Kit, whose: str, period: str, now: datetime) -> Sequence[Entry]:
    over = span(period, now)
    return await kit.ports.ledger.entries(whose, over.since, over.until)


async def recomputed(kit: Kit, entries: Sequence[Entry], progress: Progress) -> tuple[list[Entry], int]:
    """The same lines with today's methods, and how many no longer can be computed and keep their old figures."""
    known: dict[Use, Estimate | None] = {}
    fresh: list[Entry] = []
    for done, line in enumerate(entries):
        if line.use not in known:
            if len(known) % 20 == 19:
                await asyncio.sleep(0)  # others are answered meanwhile
                await progress(done / len(entries))
            try:
                known[line.use] = kit.calculator.estimate(line.use)
            except (OutOfBounds, Unknown, CannotEstimate):
                known[line.use] = None
        estimate = known[line.use]
        if estimate is None:
            fresh.append(line)
            continue
        footprint = estimate.footprint
        fresh.append(
            replace(
                line,
                energy_wh=_triple(footprint.energy_wh),
                co2e_g=_triple(footprint.co2e_g),
                water_ml=_triple(footprint.water_ml),
            )
        )
    return fresh, sum(known[line.use] is None for line in entries)


def keeping(kit: Kit, call: Call) -> Line:
    """Where the lines are, and for how long."""
    whose = "team" if call.request.team else "own"
    kept = "lasting" if kit.ports.lasting else "passing"
    return call.phrases.line(f"usage.kept.{whose}-{kept}")


def refuse_others(call: Call, intent: str) -> None:
    if not allowed(call.request):
        raise CannotAnswer("usage.admins-only", intent=intent)


def _triple(interval: Interval) -> tuple[float, float, float]:
    return interval.low, interval.mid, interval.high
