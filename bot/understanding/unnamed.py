"""What was counted without a word on what it is: "5 minutes a day", "300 a week"."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from bot.understanding.items import Found
from knowledge.calculator.use import Period, Use


def unnamed(found: Found) -> tuple[Use, ...]:
    """Of "5 minutes a day" all but what it is, so that the answer to our question completes it."""
    number, minutes, seconds = (found.loose.get(k) for k in ("number", "minutes", "seconds"))
    if minutes is not None:
        use = Use("transcription", count=minutes.value * (number.value if number is not None else 1))
    elif number is not None or seconds is not None:
        count = number.value if number is not None else 1.0
        use = Use("text" if seconds is None else "video", count=count, seconds=getattr(seconds, "value", None))
    else:
        return ()
    place = found.places[0] if found.places else None
    period = cast("Period | None", found.period.period) if found.period is not None else None
    return (
        replace(use, period=period, people=found.people, place=place, horizon=found.horizon, horizons=found.horizons),
    )
