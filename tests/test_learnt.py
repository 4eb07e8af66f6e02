"""What the example sentences taught: the table that ships is one that knows them, and is read the same every time."""

from __future__ import annotations

import math

import pytest

from bot.understanding.learnt import Learnt, features


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return Learnt.load()


SAID = [
    ("what could we change so that our chatbot is less of a hog", "reduce"),
    ("links please", "sources"),
    ("how come it is so wide", "method"),
    ("wipe all of it", "privacy"),
    ("il me faut une recette de cuisine", "decline"),
    ("comment tu arrives à ce chiffre", "method"),
    ("how much is <number> <task> with <model>", "estimate"),
]


@pytest.mark.parametrize(("masked", "command"), SAID)
def test_what_no_phrase_was_written_for(learnt: Learnt, masked: str, command: str) -> None:
    chances = learnt.chances(masked.replace("à", "a"), (), context=True)
    assert max(chances, key=lambda c: chances[c]) == command


@pytest.mark.parametrize("masked", ["", "?", "x" * 5000, "a " * 5000, "\x00\t<", "<model> <model>"])
def test_any_string_has_chances_that_sum_to_one(learnt: Learnt, masked: str) -> None:
    chances = learnt.chances(masked, ("use", "no-such-sign"), context=False)
    assert math.isclose(sum(map(math.exp, chances.values())), 1.0)


def test_numbers_are_alike_and_order_is_kept() -> None:
    assert list(features("20 <task>", ("use",), False)) == list(features("4711 <task>", ("use",), False))
