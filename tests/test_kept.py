"""What is kept of work done before: the same answer, for whoever asks, and never more than so much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.assembly import assembled
from bot.core import Core
from bot.storage.memory import memory_ports
from handlers.answer import Answer
from handlers.errors import CannotAnswer
from handlers.kept import Kept
from handlers.ports import Settings
from handlers.request import Intent, Language, Request
from tests.conftest import START


def test_what_was_longest_unused_goes_first() -> None:
    kept: Kept[int, str] = Kept(2)
    made: list[int] = []

    def make(n: int) -> str:
        made.append(n)
        return str(n)

    for n in (1, 2, 1, 3, 1, 2):
        assert kept.get(n, lambda n=n: make(n)) == str(n)
    assert made == [1, 2, 3, 2]
    assert len(kept) == 2


def test_a_refusal_is_not_kept() -> None:
    kept: Kept[int, str] = Kept(2)

    def refuse() -> str:
        raise CannotAnswer("unknown-model")

    with pytest.raises(CannotAnswer):
        kept.get(1, refuse)
    assert kept.get(1, lambda: "known") == "known"


async def estimated(core: Core, person: str, language: Language = "en", **arguments: object) -> Answer:
    request = Request("", person, f"of {person}", START, language=language)
    answer = await core.answer(request, Intent("estimate", {"task": "image", "count": 20, **arguments}, "slash"))
    assert answer is not None
    return answer


async def test_a_kept_answer_is_the_answer() -> None:
    """Asked by others, in between and again: word for word what a core says that keeps nothing yet."""
    core = assembled(memory_ports())
    for language in ("en", "fr", "en"):
        for person, place in (("one", "POL"), ("two", "FRA"), ("three", "POL")):
            mine = await estimated(core, person, language, place=place)
            fresh = await estimated(assembled(memory_ports()), person, language, place=place)
            assert mine == fresh


async def test_settings_count_although_the_words_are_the_same() -> None:
    core = assembled(memory_ports())
    before = await estimated(core, "one")
    said = {repr(before)}
    for changes in (Settings(place="POL"), Settings(units="imperial"), Settings(place="FRA")):
        fresh = assembled(memory_ports())
        await core.ports.preferences.change("person:one", changes)
        await fresh.ports.preferences.put("person:one", await core.ports.preferences.get("person:one"))
        mine = await estimated(core, "one")
        assert mine == await estimated(fresh, "one")
        said.add(repr(mine.title))
        assert await estimated(core, "two") == replace(before, context=(await estimated(core, "two")).context)
    assert len(said) >= 3


async def test_nothing_of_who_asked_is_kept() -> None:
    core = assembled(memory_ports())
    first, second = await estimated(core, "somebody-7141"), await estimated(core, "nobody-2718")
    assert first.title is second.title
    assert "7141" not in repr(second)
    assert "2718" not in repr(replace(second, context=None))
