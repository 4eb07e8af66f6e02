"""Methods side by side made into one answer, by the rule of RULE.md: the range covers every like method, the middle is
a measurement of that very model where there is one, else the geometric mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.calculator.estimate import Footprint, MethodResult
from knowledge.calculator.interval import Interval


@dataclass(frozen=True, slots=True)
class Combined:
    footprint: Footprint
    rule: str  # "measured-itself", "geometric-mean", "single"
    agree: bool  # False where two ranges have nothing in common


def combine(methods: Sequence[MethodResult]) -> Combined | None:
    """None where no method of the calculator's own boundary is among them."""
    like = [m for m in methods if m.like and m.footprint is not None]
    if not like:
        return None
    measured = [m for m in like if m.exact]
    rule = "single" if len(like) == 1 else "measured-itself" if measured else "geometric-mean"
    every = [m.footprint for m in like if m.footprint is not None]
    leading = [m.footprint for m in (measured or like) if m.footprint is not None]

    def over(of: Callable[[Footprint], Interval]) -> Interval:
        return covering([of(f) for f in every], [of(f) for f in leading])

    def over_known(of: Callable[[Footprint], Interval | None]) -> Interval | None:
        known = [value for f in every if (value := of(f)) is not None]
        lead = [value for f in leading if (value := of(f)) is not None]
        return covering(known, lead or known) if known else None

    footprint = Footprint(
        energy_wh=over(lambda f: f.energy_wh),
        usage_g=over(lambda f: f.usage_g),
        hardware_g=over(lambda f: f.hardware_g),
        water_site_ml=over(lambda f: f.water_site_ml),
        water_plant_ml=over(lambda f: f.water_plant_ml),
        primary_mj=over_known(lambda f: f.primary_mj),
        adpe_mg=over_known(lambda f: f.adpe_mg),
    )
    return Combined(footprint, rule, agree([m.energy_wh for m in like if m.energy_wh is not None]))


def covering(every: Sequence[Interval], leading: Sequence[Interval]) -> Interval:
    """From the lowest low to the highest high, with the geometric mean of the leading middles."""
    low, high = min(i.low for i in every), max(i.high for i in every)
    mids = [i.mid for i in leading]
    if min(mids) <= 0:
        mid = sum(mids) / len(mids)
    elif len(mids) == 1:
        mid = mids[0]
    else:
        mid = math.exp(math.fsum(math.log(m) for m in mids) / len(mids))
    return Interval(low, min(max(mid, low), high), high)


def agree(ranges: Sequence[Interval]) -> bool:
    """Whether every two ranges share something. Two single values carry no range, so they are not held against
    each other."""
    return all(
        one.overlaps(other) or (one.low == one.high and other.low == other.high)
        for i, one in enumerate(ranges)
        for other in ranges[i + 1 :]
    )
