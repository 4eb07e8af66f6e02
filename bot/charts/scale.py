"""Where a value stands between the left and the right edge: linear from zero, logarithmic only beyond thirtyfold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.answer import Bar

LOG_BEYOND = 30.0  # a wider spread would leave the small bars without any visible length
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    bottom: float
    top: float
    logarithmic: bool
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """0 at the left edge, 1 at the right; what lies outside stays at the edge."""
        if self.logarithmic:
            place = math.log(max(value, self.bottom) / self.bottom) / math.log(self.top / self.bottom)
        else:
            place = value / self.top
        return min(max(place, 0.0), 1.0)


def scale(bars: Sequence[Bar]) -> Scale:
    """The scale that shows every bar with its whole range."""
    values = [value for bar in bars for value in (bar.low, bar.mid, bar.high) if value > 0 and math.isfinite(value)]
    top, bottom = max(values, default=1.0), min(values, default=1.0)
    if top / bottom > LOG_BEYOND:
        return _logarithmic(bottom, top)
    return _linear(top)


def _linear(top: float) -> Scale:
    size = 10.0 ** math.floor(math.log10(top / (MOST_TICKS - 1)))
    step = next(size * s for s in STEPS if top / (size * s) <= MOST_TICKS - 1)
    count = math.ceil(round(top / step, 9))
    return Scale(0.0, step * count, False, tuple(step * i for i in range(count + 1)))


def _logarithmic(bottom: float, top: float) -> Scale:
    first, last = math.floor(math.log10(bottom) + 1e-9), math.ceil(math.log10(top) - 1e-9)
    jump = math.ceil((last - first) / (MOST_TICKS - 1))
    ticks = tuple(10.0**power for power in range(first, last + 1, jump))
    return Scale(10.0**first, 10.0**last, True, ticks)
