"""The quiz, held to what makes it one: nothing of its wording, its places or its numbers gives the answer away."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from handlers.request import LANGUAGES
from knowledge.library import Library

LIBRARY = Library.load()
ENTRIES = {**LIBRARY.facts, **LIBRARY.claims, **LIBRARY.concepts}


def test_right_answers_are_spread_over_the_positions() -> None:
    places = Counter(question.right for question in LIBRARY.quiz.values())
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 1.3 * len(LIBRARY.quiz) / 4
    assert min(places.values()) >= 0.7 * len(LIBRARY.quiz) / 4


def test_the_wording_does_not_give_the_answer_away() -> None:
    """The right option is not, over the whole quiz, the longest one."""
    for language in LANGUAGES:
        longest = sum(
            len(q.options[q.right].of(language)) == max(len(o.of(language)) for o in q.options)
            and sum(len(o.of(language)) == len(q.options[q.right].of(language)) for o in q.options) == 1
            for q in LIBRARY.quiz.values()
        )
        assert longest <= 0.4 * len(LIBRARY.quiz), language


def test_the_size_of_a_number_does_not_give_the_answer_away() -> None:
    """Where four numbers are offered, the right one is by turns the smallest, the largest or between."""
    ranks: Counter[int] = Counter()
    for question in LIBRARY.quiz.values():
        sizes = [_size(option.en) for option in question.options]
        if None not in sizes and len(set(sizes)) == 4:
            ranks[sorted(s or 0 for s in sizes).index(sizes[question.right] or 0)] += 1
    assert sum(ranks.values()) >= 35
    assert max(ranks.values()) <= 0.4 * sum(ranks.values()), ranks
    assert min(ranks[rank] for rank in range(4)) >= 0.12 * sum(ranks.values()), ranks


def _size(option: str) -> float | None:
    """The number of an option in the unit of its fellows."""
    found = re.search(r"\d[\d,]*\.?\d*", option)
    if found is None:
        return None
    scales = {"kWh": 1e3, "MW": 1e3, "minute": 60, "hour": 3600, "million": 1e6, "billion": 1e9}
    scale = next((factor for word, factor in scales.items() if word in option), 1.0)
    return float(found[0].replace(",", "")) * scale


@pytest.mark.parametrize("id_", LIBRARY.quiz)
def test_a_quiz_question_leads_to_its_fact_and_has_options_of_its_own(id_: str) -> None:
    question = LIBRARY.quiz[id_]
    for language in LANGUAGES:
        assert len({option.of(language) for option in question.options}) == len(question.options)
    if question.fact:
        assert question.fact in ENTRIES
