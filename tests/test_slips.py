"""Misspelt words are found as if every word had been held against them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from knowledge.slips import Slips

ALIKE = st.text("abcd", min_size=1, max_size=12)  # so few letters that many of them are near one another


@settings(max_examples=200)
@given(st.lists(ALIKE, max_size=60), ALIKE, st.integers(1, 2))
def test_no_near_word_is_missed(words: list[str], word: str, slips: int) -> None:
    wanted = {w for w in words if OSA.distance(w, word) <= slips}
    found = dict(Slips(words).near(word, slips))
    assert found == {w: OSA.distance(w, word) for w in found}
    assert found.keys() <= wanted
    # Two slips in a word of less than seven letters leave too little of it.
    assert {w for w in wanted if len(w) >= 7 or OSA.distance(w, word) <= 1} <= found.keys()


def test_the_shorter_comes_first_and_then_the_one_given_first() -> None:
    near = Slips(["mistrals", "mistral", "mistrel"]).near("mistral", 1)
    assert near == [("mistral", 0), ("mistrel", 1), ("mistrals", 1)]
    assert Slips(["gpt", "get"]).near("gtp", 1) == [("gpt", 1)]
