"""Which places' electricity is asked for: those named now, those spoken of before, or all of them in an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.understanding.grammar import Grammar
from bot.understanding.recall import EVERYWHERE
from bot.understanding.state import State
from handlers.request import Intent
from knowledge.calculator.equivalents import EU

_EUROPE = "EUU"
_MANY = 3  # places from which those listed before were a ranking


def grid(state: State, gives: Mapping[str, Any], grammar: Grammar) -> Intent:
    """The question after the electricity of the places named now, or spoken of before."""
    found, context = state.heard.found, state.context
    places = found.places
    words = tuple(word.text for word in state.heard.message.words)
    there = grammar.holds("yonder", words)
    if not places and context is not None and there:
        places = tuple(p for p in (*context.places, *(u.place for u in context.uses)) if p)[:1]
    points = state.heard.lean.refers or found.uses or grammar.starts("apart", words) or grammar.holds("choice", words)
    if not places and context is not None and points:
        turns = (context, *context.earlier)
        spoken = (p for t in turns for p in (*t.places, *(use.place for use in t.uses)) if p)
        places = tuple(dict.fromkeys(spoken))
    if found.uses and len(places) > 1:
        return Intent("compare", {"uses": tuple(replace(found.uses[0], place=p) for p in places)})
    order = next((key for key in ("dirtiest", "cleanest") if grammar.holds(key, words)), gives.get("order"))
    listed = context.places if context is not None else ()
    if not places and order and len(listed) > _MANY and EU.issuperset(listed):
        places = (_EUROPE,)  # "the dirtiest grids in Europe" - "and the cleanest?"
    if not places and order is None and grammar.holds("averaged", words):
        places = (EVERYWHERE[0],)  # "the carbon intensity of the average kWh worldwide"
    ranked = not places or places == (_EUROPE,)
    order = (order or (None if places else "cleanest")) if ranked else None
    year = next((int(w) for w in words if len(w) == 4 and w.isdecimal() and w[:2] in ("19", "20")), None)
    return Intent("grid", {"places": places, "order": order, "uses": found.uses, "year": year})
