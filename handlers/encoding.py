"""An Intent as a short token that a button carries: complete, versioned, and needing no memory on our side.

"1e~i,dall-e-3,20,,,POL" is version 1, the estimate of 20 DALL·E 3 images in Poland. Telegram gives a button 64 bytes,
so names are cut to letters and empty ends are left away. What does not fit in the space given has no token, and the
button is left out. A token that cannot be read, or is of another version, decodes to None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from handlers.request import Intent
from knowledge.calculator.use import PERIODS, TASKS, Use

VERSION = "1"
ROOM = 64  # bytes, Telegram's; Discord's hundred hold it too

# Letters are given once and never reused: old buttons stay readable as long as their version does.
COMMANDS: Mapping[str, str] = {
    "estimate": "e", "compare": "c", "equivalents": "q", "method": "m", "sources": "s", "fact": "f", "grid": "g",
    "models": "o", "reduce": "r", "quiz": "z", "log": "l", "report": "p", "budget": "b", "settings": "t",
    "privacy": "v", "help": "h", "smalltalk": "y", "clarify": "k", "decline": "x",
    "export": "E", "import": "I", "digest": "D", "feedback": "F", "named": "N",
}  # fmt: skip
_TASKS: Mapping[str, str] = dict(zip(TASKS, "trcivpsebwg", strict=True))
_PERIODS: Mapping[str, str] = dict(zip(PERIODS, "hdwmy", strict=True))
KEYS: Mapping[str, str] = {
    "uses": "u", "measure": "m", "thing": "t", "facts": "f", "places": "p", "place": "P", "order": "o", "model": "M",
    "maker": "k", "task": "T", "aspect": "a", "answer": "n", "question": "q", "undo": "x", "period": "d", "amount": "A",
    "clear": "c", "language": "l", "query": "Q", "topic": "i", "by": "b", "figures": "G", "format": "F", "state": "S",
    "weekday": "w", "hour": "h", "zone": "z", "about": "j", "verdict": "v", "whose": "W", "visible": "V", "keep": "K",
    "confirm": "C", "month": "Y",
}  # fmt: skip
# The order of a use's fields on the wire; new ones go at the end.
_FIELDS = (
    "task", "model", "count", "period", "people", "place", "output_tokens", "seconds", "resolution", "input_tokens",
    "words", "cached_tokens", "count_high", "horizon", "workdays", "params_b",
    "horizons",
    "input_words",
    "populace", "chip", "chips", "hours",
)  # fmt: skip
assert set(_FIELDS) == {field.name for field in fields(Use)}
_MEASURES = frozenset(("co2e_g", "energy_wh", "water_ml", "primary_mj", "adpe_mg"))
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+-]*")  # most names: nothing in them is to be escaped
_WHOLE = ("people",)
_NUMBERS = (
    "count",
    "output_tokens",
    "seconds",
    "input_tokens",
    "words",
    "cached_tokens",
    "count_high",
    "params_b",
    "horizons",
    "input_words",
    "chips",
    "hours",
)


def encode(intent: Intent, room: int = ROOM) -> str | None:
    """The token, or None where it does not fit or holds what no button should carry."""
    letter = COMMANDS.get(intent.command)
    if letter is None:
        return None
    parts: list[str] = []
    for name, value in intent.arguments.items():
        key = KEYS.get(name)
        if key is None:
            return None
        if value is None or value == () or value is False:
            continue
        parts.append(key + _value(name, value))
    token = VERSION + letter + "".join("~" + part for part in parts)
    return token if len(token.encode()) <= room else None


def decode(token: str) -> Intent | None:
    """The Intent of a token, or None where it is not one of ours or of a version no longer read."""
    if not token.startswith(VERSION) or len(token) < 2 or not token.isascii():
        return None
    command = _back(COMMANDS, token[1])
    if command is None:
        return None
    arguments: dict[str, Any] = {}
    try:
        for part in filter(None, token[2:].split("~")):
            name = _back(KEYS, part[0])
            if name is None:
                return None
            arguments[name] = _parsed(name, part[1:])
    except (ValueError, IndexError, KeyError):
        return None
    return Intent(command, arguments, "button")


def _value(name: str, value: Any) -> str:
    if name == "uses":
        return "|".join(_use(use) for use in value)
    if name in ("facts", "places"):
        return ",".join(_safe(item) for item in value)
    if name == "amount":
        measure, amount = value
        return f"{measure[0]}{_number(amount)}"
    if value is True:
        return "1"
    return _safe(str(value))


def _parsed(name: str, text: str) -> Any:
    if name == "uses":
        return tuple(_unuse(item) for item in text.split("|"))
    if name in ("facts", "places"):
        return tuple(unquote(item) for item in text.split(","))
    if name == "amount":
        measure = {"c": "co2e_g", "e": "energy_wh", "w": "water_ml"}[text[0]]
        return measure, _finite(text[1:])
    if name in ("undo", "clear", "confirm"):
        return text == "1"
    if name == "answer":
        return int(text)
    if name == "measure" and text not in _MEASURES:
        raise ValueError(text)
    return unquote(text)


@lru_cache(maxsize=512)  # an answer's buttons carry the same few uses over and over
def _use(use: Use) -> str:
    written = [_field(name, getattr(use, name)) for name in _FIELDS]
    while written and not written[-1]:
        written.pop()
    return ",".join(written)


def _field(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if name == "task":
        return _TASKS[value]
    if name in ("period", "horizon"):
        return _PERIODS[value]
    if name == "workdays":
        return "1"
    if name in _NUMBERS or name in _WHOLE:
        return _number(value)
    return _safe(str(value))


def _unuse(text: str) -> Use:
    values: dict[str, Any] = {}
    for name, written in zip(_FIELDS, text.split(","), strict=False):
        if not written:
            continue
        if name == "task":
            values[name] = _back(_TASKS, written)
        elif name in ("period", "horizon"):
            values[name] = _back(_PERIODS, written)
        elif name == "workdays":
            values[name] = True
        elif name in _WHOLE:
            values[name] = int(_finite(written))
        elif name in _NUMBERS:
            values[name] = _finite(written)
        else:
            values[name] = unquote(written)
    if values.get("task") is None:
        raise ValueError("a use needs a task")
    return Use(**values)


def _finite(text: str) -> float:
    """A button may come from anywhere, and no use is infinite. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _number(value: float) -> str:
    """The shortest form that reads back the same: 1000000 -> "1e6"."""
    plain = repr(float(value)).removesuffix(".0")
    short = f"{value:.12g}".replace("e+0", "e").replace("e+", "e")
    return min((plain, short), key=len) if float(short) == float(value) else plain


def _safe(text: str) -> str:
    """Nothing that the token's own marks could be taken for."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe="/:+ ").replace("~", "%7E").replace(" ", "%20")


def _back(table: Mapping[str, str], letter: str) -> str | None:
    return next((name for name, known in table.items() if known == letter), None)
