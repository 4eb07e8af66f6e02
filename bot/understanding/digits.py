"""A number in digits with its marks, as each language writes them: "1,500", « 1 500 », « 1.500 », « 1,5 »."""

from __future__ import annotations

import re

from handlers.request import Language

LARGEST = 1e15  # beyond it a number is a joke; reading stops there, so that no figure overflows


def value_of(text: str, language: Language, measured: bool) -> float | None:
    """Of a number in digits; None where it is none.

    ``measured``: a unit of electricity, carbon or water follows, so that « 1,500 kWh » has a fraction in French.
    """
    if not text.isascii():
        text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    if "e" in text:
        return min(float(text), LARGEST)  # "1e6"
    for mark in " '":
        if mark in text:
            return float(text.replace(mark, "").replace(",", "."))
    marks = [c for c in text if c in ".,"]
    if not marks:
        return min(float(text[:400]), LARGEST) if len(text) < 300 else LARGEST
    groups = re.split(r"[.,]", text[:60])
    threes = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and groups[0] not in {"0", "00"}
    if len(marks) > 1:
        if len(set(marks)) == 1:
            return float("".join(groups)) if threes else None
        inner = groups[1:-1]
        if len(set(marks[:-1])) == 1 and marks[-1] != marks[0] and all(len(group) == 3 for group in inner):
            return float("".join(groups[:-1]) + "." + groups[-1])
        return None
    if len(text) > 60:
        return None
    if threes:
        if marks[0] == "," and (language == "en" or not measured):
            return float("".join(groups))
        if marks[0] == "." and language == "fr":
            return float("".join(groups))
    return float(".".join(groups))
