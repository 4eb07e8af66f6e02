"""Time: how often a use happens, and the span it is summed over."""

from __future__ import annotations

from knowledge.calculator.estimate import Assumption
from knowledge.calculator.use import Period, Use
from knowledge.library import Library


class Spans:
    """Lengths of periods, from ``defaults.yaml``."""

    def __init__(self, library: Library) -> None:
        defaults = library.defaults
        year, month, week = (defaults[f"days.{name}"].value for name in ("year", "month", "week"))
        self._days: dict[Period, float] = {"hour": 1 / 24, "day": 1.0, "week": week, "month": month, "year": year}
        at_work = defaults["workdays.year"].value
        self._workdays: dict[Period, float] = {
            "day": 1.0,
            "week": defaults["workdays.week"].value,
            "month": at_work / 12,
            "year": at_work,
        }

    def convert(self, value: float, period: Period, horizon: Period, workdays: bool = False) -> float:
        """So many per ``period`` as so many per ``horizon``. A workday is a day that the weekend leaves out."""
        days = self._workdays if workdays and {period, horizon} <= self._workdays.keys() else self._days
        return value * days[horizon] / days[period]

    def supposed(self, period: Period, horizon: Period, horizons: float = 1.0) -> list[Assumption]:
        """How many workdays the horizon holds, where they were counted."""
        if not {period, horizon} <= self._workdays.keys() or (period == horizon and horizons == 1.0):
            return []
        return [Assumption("workdays", self._workdays[horizon] * horizons, False)]

    def times(self, use: Use) -> float:
        """By how much the count of one period grows over the horizon."""
        if use.period is None or use.horizon is None:
            return 1.0
        return self.convert(use.horizons or 1.0, use.period, use.horizon, use.workdays)
