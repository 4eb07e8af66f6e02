"""Values as text and back: uses and contexts as JSON. What an older or newer version wrote and this one cannot read is
no context; a line of the ledger is always readable, because fields of a use are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from handlers.context import Context
from handlers.ports import Entry
from knowledge.calculator.use import Use

_FIELDS = frozenset(field.name for field in fields(Use))


@cache
def _contexts() -> TypeAdapter[Context]:
    return TypeAdapter(Context)


@cache
def _uses() -> TypeAdapter[Use]:
    return TypeAdapter(Use)


def use_text(use: Use) -> str:
    """Only what was said: {"task": "image", "count": 20}."""
    said = {key: value for key, value in asdict(use).items() if value is not None and value is not False}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def use_of(text: str) -> Use:
    values: dict[str, Any] = json.loads(text)
    return _uses().validate_python({key: value for key, value in values.items() if key in _FIELDS})


def lines_text(entries: Sequence[Entry]) -> str:
    """Lines of one person in one book, without saying whose."""
    rows = [
        [e.id, e.batch, e.at.isoformat(), use_text(e.use), e.energy_wh, e.co2e_g, e.water_ml, e.method] for e in entries
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def lines_of(text: str, person: str, book: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=id_,
            batch=batch,
            book=book,
            person=person,
            at=datetime.fromisoformat(at),
            use=use_of(use),
            energy_wh=tuple(energy),
            co2e_g=tuple(carbon),
            water_ml=tuple(water),
            method=method,
        )
        for id_, batch, at, use, energy, carbon, water, method in json.loads(text)
    )


def context_text(context: Context) -> str:
    return _contexts().dump_json(context, exclude_defaults=True).decode()


def context_of(text: str) -> Context | None:
    try:
        return _contexts().validate_json(text)
    except ValidationError:
        return None
