"""Stretches of time that a book is summed over, each with the one before it that it may be held against: the running
week against the same days of the last, the last month against the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date

from handlers.phrases import Phrases

RUNNING = ("day", "week", "month", "year")
LAST = tuple(f"last-{period}" for period in RUNNING)
SPANS = ("hour", *RUNNING, *LAST)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` up to before ``until``; ``earlier`` is what it is held against, None where that would say nothing:
    for an hour or a day, where chance is all there is."""

    code: str  # one of SPANS, or "calendar": a month called by its name
    since: datetime
    until: datetime
    earlier: tuple[datetime, datetime] | None

    @property
    def running(self) -> bool:
        return self.code in RUNNING or self.code == "hour"

    def said(self, phrases: Phrases) -> str:
        """ "This month", "October 2026", with a capital: it begins a line."""
        if self.code != "calendar":
            return phrases.text(f"usage.spans.{self.code}")
        name = format_date(self.since, "LLLL y", locale=phrases.language)
        return name[:1].upper() + name[1:]


def span(code: str, now: datetime) -> Span:
    """One of SPANS, as it lies at that moment."""
    period = code.removeprefix("last-")
    start = start_of(period, now)
    before = start_of(period, start - timedelta(seconds=1))
    held = period in ("week", "month", "year")
    if code.startswith("last-"):
        still = start_of(period, before - timedelta(seconds=1))
        return Span(code, before, start, (still, before) if held else None)
    # Until the 12th at noon, against the last month until its 12th at noon.
    earlier = (before, min(before + (now - start), start))
    return Span(code, start, now + timedelta(seconds=1), earlier if held else None)


def month(number: int, now: datetime) -> Span:
    """The latest such month that has begun: in November, "October" is last month's and "December" last year's."""
    start = start_of("month", now)
    if number == start.month:
        return span("month", now)
    since = start.replace(year=start.year - (number > start.month), month=number)
    until = (since + timedelta(days=32)).replace(day=1)
    return Span("calendar", since, until, (start_of("month", since - timedelta(seconds=1)), since))


def start_of(period: str, now: datetime) -> datetime:
    """The beginning of the calendar month or year, the last Monday, or midnight."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        return day.replace(day=1)
    if period == "year":
        return day.replace(month=1, day=1)
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day if period == "day" else now - timedelta(hours=1)
