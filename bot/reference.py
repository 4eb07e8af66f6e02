"""The reference of the question being answered: every line of the log that is written on its behalf carries it, and
whoever is shown an apology is shown the same six signs.
"""

from __future__ import annotations

import os
from contextvars import ContextVar

_CURRENT: ContextVar[str | None] = ContextVar("reference", default=None)


def begin() -> str:
    """A new one, for what this task does from here on."""
    reference = os.urandom(3).hex()
    _CURRENT.set(reference)
    return reference


def current() -> str | None:
    return _CURRENT.get()


def given() -> str:
    """The one under way, or a new one where none is."""
    return current() or begin()
