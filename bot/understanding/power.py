"""A power that lasts is an amount of electricity: "my GPU is 300 W and ran for 2 hours" is 600 Wh."""

from __future__ import annotations

import re

from bot.understanding.mention import Amount, Mention, Quantity

_WATTS = re.compile(r" ?(k?w|watts?|kilowatts?)(?![\w-])")
_MOST = 1e7  # watts: beyond it nobody speaks of a machine of theirs


def lasting(found: list[Mention], plain: str) -> list[Mention]:
    """The mentions in the order of the sentence, where one power and one length of time are the amount they make."""
    times = [m for m in found if m.kind == "minutes"]
    powers = [(m, match) for m in found if m.kind == "number" and (match := _WATTS.match(plain, m.end))]
    if len(times) != 1 or len(powers) != 1:
        return found
    (number, unit), time = powers[0], times[0]
    watts = number.value.value * (1000.0 if unit[1].startswith("k") else 1.0)
    if number.value.high is not None or not 0 < watts <= _MOST or not isinstance(time.value, Quantity):
        return found
    amount = Mention(number.start, unit.end(), "amount", Amount("energy_wh", watts * time.value.value / 60))
    kept = (m for m in found if m is not number and m is not time)
    return sorted((*kept, amount), key=lambda m: (m.start, -m.end))
