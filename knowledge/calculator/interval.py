"""Low, mid, high: the only kind of number the calculator hands out.

A range spans services and methods; it is no confidence interval. All values are non-negative and finite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """low <= mid <= high, finite, not negative. Raises ValueError otherwise."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not (0 <= self.low <= self.mid <= self.high and math.isfinite(self.high)):
            raise ValueError(f"no range: {self.low}, {self.mid}, {self.high}")

    @classmethod
    def of(cls, value: float) -> Interval:
        return cls(value, value, value)

    @classmethod
    def spanning(cls, low: float, high: float) -> Interval:
        """Bounds alone are known: the geometric mean stands in the middle, the arithmetic one where low is zero."""
        mid = math.sqrt(low * high) if low > 0 else (low + high) / 2
        return cls(low, min(max(mid, low), high), high)

    def __add__(self, other: Interval) -> Interval:
        """Fully correlated, the honest choice where the same unknowns drive both."""
        return Interval(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def __mul__(self, factor: float | Interval) -> Interval:
        if isinstance(factor, Interval):
            return Interval(self.low * factor.low, self.mid * factor.mid, self.high * factor.high)
        return Interval(self.low * factor, self.mid * factor, self.high * factor)

    __rmul__ = __mul__

    def covers(self, other: Interval) -> bool:
        return self.low <= other.low and other.high <= self.high

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high

    @property
    def spread(self) -> float:
        """high over low; infinite where low is zero."""
        return self.high / self.low if self.low > 0 else math.inf


ZERO = Interval(0.0, 0.0, 0.0)
