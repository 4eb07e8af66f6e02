"""What the calculator refuses, and that it refuses with values from which a kind sentence can be made."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.calculator.calculator import Calculator
from knowledge.calculator.equivalents import LEAST, MOST, Equivalents
from knowledge.calculator.errors import CannotEstimate, OutOfBounds, Refusal, Unknown
from knowledge.calculator.use import PERIODS, TASKS, Use
from knowledge.library import Library


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


@pytest.fixture(scope="module")
def calculator(library: Library) -> Calculator:
    return Calculator(library)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, -math.inf, 1e30])
@pytest.mark.parametrize(
    ("task", "field"),
    [
        ("text", "count"),
        ("text", "output_tokens"),
        ("text", "words"),
        ("video", "seconds"),
        ("training", "params_b"),
    ],
)
def test_no_absurd_number_gets_through(calculator, task, field, value):
    with pytest.raises(OutOfBounds) as refused:
        calculator.estimate(Use(task, **{field: value}))
    assert refused.value.limit > 0


def test_limits_stand_where_they_should(calculator):
    calculator.estimate(Use("text", people=1_000_000, count=30, period="day", horizon="year"))
    with pytest.raises(OutOfBounds) as refused:
        calculator.estimate(Use("text", people=20_000_000_000))
    assert refused.value.key == "people"
    with pytest.raises(OutOfBounds):
        calculator.estimate(Use("text", count=1e12, people=1_000_000_000))
    with pytest.raises(OutOfBounds):
        calculator.estimate(Use("image", resolution="99999x99999"))


def test_an_unknown_model_is_met_with_near_ones(calculator):
    with pytest.raises(Unknown) as refused:
        calculator.estimate(Use("text", model="gpt-4oo"))
    assert refused.value.kind == "model"
    assert "gpt-4o" in refused.value.near


def test_an_unknown_place_is_met_with_near_ones(calculator):
    with pytest.raises(Unknown) as refused:
        calculator.estimate(Use("text", place="FRX"))
    assert refused.value.kind == "place"
    assert "FRA" in refused.value.near


def test_an_unknown_resolution_is_refused(calculator):
    with pytest.raises(Unknown) as refused:
        calculator.estimate(Use("image", resolution="enormous"))
    assert refused.value.kind == "resolution"


def test_what_no_method_speaks_of_is_refused(calculator):
    with pytest.raises(CannotEstimate):
        calculator.estimate(Use("training", model="midjourney"))


numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(
    use=st.builds(
        Use,
        task=st.sampled_from(TASKS),
        model=st.none() | st.sampled_from(("gpt-4o", "sora-2-pro", "midjourney", "whisper", "nope")),
        count=numbers,
        count_high=numbers,
        period=st.none() | st.sampled_from(PERIODS),
        workdays=st.booleans(),
        horizon=st.none() | st.sampled_from(PERIODS),
        people=st.none() | st.integers(),
        place=st.none() | st.sampled_from(("FRA", "CAF", "XXX", "USA-CAMX")),
        output_tokens=numbers,
        input_tokens=numbers,
        cached_tokens=numbers,
        words=numbers,
        seconds=numbers,
        resolution=st.none() | st.sampled_from(("720p", "1024x1024", "0x0", "4k", "?")),
        params_b=numbers,
        horizons=numbers,
        input_words=numbers,
    )
)
@settings(deadline=None, max_examples=300)
def test_whatever_is_asked_the_answer_is_finite_or_a_refusal(calculator, use):
    try:
        estimate = calculator.estimate(use)
    except Refusal:
        return
    for measure in ("energy_wh", "co2e_g", "water_ml"):
        value = getattr(estimate.footprint, measure)
        assert 0 <= value.low <= value.mid <= value.high < math.inf


@settings(deadline=None)  # the first reads the library
@given(
    value=st.floats(1e-2, 1e12),  # past this the ladder ends
    measure=st.sampled_from(("co2e_g", "energy_wh", "water_ml")),
    place=st.sampled_from(("FRA", "DEU", "USA", "IND", "WOR", "USA-CAMX")),
)
@example(value=4.7e9, measure="energy_wh", place="IND")  # between a million homes and all data centres
def test_the_ladder_has_a_step_for_every_size(value, measure, place):
    picked = Equivalents(_library()).pick(measure, value, place)
    assert picked is not None
    thing, n = picked
    assert thing.measures == measure
    assert LEAST <= n <= MOST
    if thing.region not in ("WOR", "EUU"):
        assert thing.region == place.split("-")[0] or (thing.region == "FRA" and place == "DEU")


_held: list[Library] = []


def _library() -> Library:
    if not _held:
        _held.append(Library.load())
    return _held[0]
