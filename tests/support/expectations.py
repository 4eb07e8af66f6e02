"""What a conversation file may expect of an answer, and where an answer falls short of it.

Keys: ``intent`` (one or several), ``items`` (each matches a use of its own; ``model`` is a pattern, a list means any of
its values, null means not said), ``things`` (at least so many compared), ``language``, ``says`` (all patterns),
``says_any``, ``never``, ``sourced``, ``co2e_g``/``energy_wh``/``water_ml`` (the first estimate's middle lies within),
``ordered`` (every range is one).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.platforms.jsonl import told
from handlers.answer import Answer, plain

# How an answer on what the process itself takes begins: measured anew each time, it differs from process to process.
_MEASURED = ("An answer of mine takes", "Une de mes réponses prend")


def shortfalls(expect: Mapping[str, Any], answer: Answer) -> list[str]:
    """Every expectation that does not hold, in words."""
    got = told(answer, "test").model_dump()
    text: str = got["text"]
    short: list[str] = []
    intents = expect.get("intent")
    if intents is not None and got["intent"] not in _several(intents):
        short.append(f"intent {got['intent']}, not {intents}")
    if not _matched(expect.get("items", ()), got["understood"]["items"]):
        short.append(f"items {got['understood']['items']} lack {expect['items']}")
    if "things" in expect:
        things = max(len(got["understood"]["items"]), len(got["understood"]["topics"]))
        if things < expect["things"]:
            short.append(f"{things} things compared, not {expect['things']}")
    if expect.get("language", got["language"]) != got["language"]:
        short.append(f"language {got['language']}")
    short += [f"does not say /{p}/" for p in expect.get("says", ()) if not re.search(p, text, re.I)]
    any_of = expect.get("says_any")
    if any_of and not any(re.search(p, text, re.I) for p in any_of):
        short.append(f"says none of {any_of}")
    short += [f"says /{p}/" for p in expect.get("never", ()) if re.search(p, text, re.I)]
    if expect.get("sourced") and not any(source["url"] for source in got["sources"]):
        short.append("no source")
    estimates = got["estimates"]
    for measure in ("co2e_g", "energy_wh", "water_ml"):
        if measure in expect:
            low, high = expect[measure]
            mid = estimates[0][measure]["mid"] if estimates else None
            if mid is None or not low <= mid <= high:
                short.append(f"{measure} {mid} not within {low} and {high}")
    if expect.get("ordered"):
        for estimate in estimates:
            for measure in ("co2e_g", "energy_wh", "water_ml"):
                values = [estimate[measure][end] for end in ("low", "mid", "high")]
                if values != sorted(values) or values[0] < 0 or not all(map(math.isfinite, values)):
                    short.append(f"{measure} {values} is no range")
        if not estimates:
            short.append("no estimate")
    return short


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _matched(wanted: Sequence[Mapping[str, Any]], got: Sequence[Mapping[str, Any]]) -> bool:
    """Each wanted use has one of its own."""
    if not wanted:
        return True
    return any(
        _matches(wanted[0], one) and _matched(wanted[1:], [*got[:i], *got[i + 1 :]]) for i, one in enumerate(got)
    )


def _matches(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    for key, value in wanted.items():
        have = got.get(key)
        if key == "model" and value is not None:
            if not isinstance(have, str) or not re.search(value, have, re.I):
                return False
        elif not any(_alike(one, have) for one in _several(value)):
            return False
    return True


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=0.01)
    return one == other


def measured(answer: Answer) -> bool:
    """Whether the figures are those that the process has measured of itself."""
    return plain(answer.title).startswith(_MEASURED)
