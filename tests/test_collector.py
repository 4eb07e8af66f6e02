"""A process that stays looks for rubbish over little: what has lasted is set aside, what is thrown away still goes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot import collector
from bot.collector import settle


class Thing:
    ring: Thing | None = None


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    looks, told = gc.get_threshold(), list(gc.callbacks)
    yield
    gc.set_threshold(*looks)
    gc.callbacks[:] = told
    gc.unfreeze()


def test_what_lasts_is_set_aside_and_what_nobody_has_any_more_goes() -> None:
    settle()
    lasting, ring = Thing(), Thing()
    ring.ring = ring
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is None
    assert all(thing is not lasting for thing in gc.get_objects())  # set aside
    seen = weakref.ref(lasting)
    del lasting
    assert seen() is None


def kept_ring() -> weakref.ref[Thing]:
    """A ring that lasts, is set aside, and is referred to by nobody any more."""
    ring = Thing()
    ring.ring = ring
    gc.collect()
    return weakref.ref(ring)


def test_at_leisure_all_is_looked_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "OVER_ALL", 3)
    keeping = settle()
    gone = kept_ring()
    assert not keeping.due
    gc.collect()
    gc.collect()
    assert gone() is not None
    assert keeping.due
    keeping.over_all()
    assert gone() is None
    assert not keeping.due


def test_where_nobody_is_ever_at_leisure_it_is_done_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "OVER_ALL", 1)
    monkeypatch.setattr(collector, "AT_MOST", 3)
    settle()
    gone = kept_ring()
    for _ in range(4):
        gc.collect()
    assert gone() is None
