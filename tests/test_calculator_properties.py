"""What must hold for any use: the calculator is linear where the world is, monotone in size, and never makes a range
narrower than the methods it stands on."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.calculator.calculator import Calculator
from knowledge.calculator.combine import agree, covering
from knowledge.calculator.errors import CannotEstimate
from knowledge.calculator.estimate import Footprint
from knowledge.calculator.interval import Interval
from knowledge.calculator.spans import Spans
from knowledge.calculator.use import PERIODS, TASKS, Use
from knowledge.library import Library

MEASURES = ("energy_wh", "usage_g", "hardware_g", "co2e_g", "water_site_ml", "water_plant_ml", "water_ml")
LANGUAGE_MODELS = ("gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", "mistral-large-2512", "llama-3.1-405b", "chatgpt")


@cache
def library() -> Library:
    return Library.load()


@cache
def calculator() -> Calculator:
    return Calculator(library())


def of(footprint: Footprint, measure: str) -> Interval:
    value: Interval = getattr(footprint, measure)
    return value


def close(one: Interval, other: Interval) -> bool:
    pairs = ((one.low, other.low), (one.mid, other.mid), (one.high, other.high))
    return all(math.isclose(a, b, rel_tol=1e-9) for a, b in pairs)


def at_least(one: Interval, other: Interval) -> bool:
    pairs = ((one.low, other.low), (one.mid, other.mid), (one.high, other.high))
    return all(a >= b * (1 - 1e-9) for a, b in pairs)


tasks = st.sampled_from(TASKS)
counts = st.floats(1e-3, 1e6)
tokens = st.floats(1, 1e6)
places = st.sampled_from(("FRA", "USA", "POL", "WOR", "EUU", "USA-CAMX", "IND", "SWE"))
intervals = st.lists(st.floats(1e-9, 1e9), min_size=3, max_size=3).map(lambda v: Interval(*sorted(v)))


@given(task=tasks, count=counts, factor=st.floats(0.01, 100))
@settings(deadline=None)
def test_a_footprint_is_linear_in_count(task, count, factor):
    one = calculator().estimate(Use(task, count=count))
    many = calculator().estimate(Use(task, count=count * factor))
    for measure in MEASURES:
        assert close(of(one.footprint, measure) * factor, of(many.footprint, measure))


@given(task=tasks, people=st.integers(1, 1_000_000))
@settings(deadline=None)
def test_a_footprint_is_linear_in_people(task, people):
    one = calculator().estimate(Use(task, count=3, period="day"))
    many = calculator().estimate(Use(task, count=3, period="day", people=people))
    for measure in MEASURES:
        assert close(of(one.footprint, measure) * people, of(many.footprint, measure))


@given(model=st.sampled_from((None, *LANGUAGE_MODELS)), task=st.sampled_from(("text", "reasoning")), a=tokens, b=tokens)
@settings(deadline=None)
def test_more_output_tokens_never_cost_less(model, task, a, b):
    less, more = sorted((a, b))
    one = calculator().estimate(Use(task, model=model, output_tokens=less))
    two = calculator().estimate(Use(task, model=model, output_tokens=more))
    for measure in MEASURES:
        assert at_least(of(two.footprint, measure), of(one.footprint, measure))


@given(model=st.sampled_from((None, *LANGUAGE_MODELS)), a=tokens, b=tokens)
@settings(deadline=None)
def test_more_input_tokens_never_cost_less(model, a, b):
    less, more = sorted((a, b))
    one = calculator().estimate(Use("text", model=model, output_tokens=300, input_tokens=less))
    two = calculator().estimate(Use("text", model=model, output_tokens=300, input_tokens=more))
    for measure in MEASURES:
        assert at_least(of(two.footprint, measure), of(one.footprint, measure))


@given(
    model=st.sampled_from((None, "sora-2-pro", "veo-3", "kling-2.6", "wan-2.1", "cogvideox", "hunyuanvideo-1.0")),
    resolution=st.sampled_from(("480p", "720p", "1080p")),
    a=st.floats(1, 600),
    b=st.floats(1, 600),
)
@settings(deadline=None)
def test_more_seconds_never_cost_less(model, resolution, a, b):
    model = model if model in library().models else None
    less, more = sorted((a, b))
    one = calculator().estimate(Use("video", model=model, seconds=less, resolution=resolution))
    two = calculator().estimate(Use("video", model=model, seconds=more, resolution=resolution))
    for measure in MEASURES:
        assert at_least(of(two.footprint, measure), of(one.footprint, measure))


@given(task=tasks, one=places, other=places, model=st.sampled_from((None, "gpt-4o", "claude-sonnet-4-5")))
@settings(deadline=None)
def test_the_place_changes_carbon_and_not_energy(task, one, other, model):
    model = model if task in ("text", "reasoning", "code") else None
    here = calculator().estimate(Use(task, model=model, place=one))
    there = calculator().estimate(Use(task, model=model, place=other))
    assert close(here.footprint.energy_wh, there.footprint.energy_wh)
    assert close(here.footprint.hardware_g, there.footprint.hardware_g)
    ratio = calculator().grid(other).g_per_kwh / calculator().grid(one).g_per_kwh
    assert close(here.footprint.usage_g * ratio, there.footprint.usage_g)


@pytest.mark.parametrize("id_", sorted(library().models))
def test_every_model_has_an_ordered_finite_estimate(id_):
    model = library().models[id_]
    estimate = calculator().estimate(Use(model.task, model=id_))
    for measure in MEASURES:
        value = of(estimate.footprint, measure)
        assert 0 <= value.low <= value.mid <= value.high < math.inf
    assert estimate.footprint.energy_wh.low > 0
    assert estimate.sources
    assert set(estimate.sources) <= set(library().sources)
    assert any(m.like for m in estimate.methods)
    for method in estimate.methods:
        if method.footprint is not None:
            for measure in MEASURES:
                assert of(estimate.each, measure).covers(of(method.footprint, measure))


@given(st.lists(intervals, min_size=1, max_size=5), intervals)
def test_combining_never_narrows_a_range(ranges, another):
    before, after = covering(ranges, ranges), covering([*ranges, another], [*ranges, another])
    assert after.covers(before)
    assert all(after.covers(r) for r in (*ranges, another))
    assert after.low <= after.mid <= after.high


@given(intervals, intervals)
def test_agreement_does_not_depend_on_order(one, other):
    assert agree([one, other]) == agree([other, one])


@given(value=st.floats(1e-6, 1e9), one=st.sampled_from(PERIODS), other=st.sampled_from(PERIODS), workdays=st.booleans())
def test_periods_convert_there_and_back(value, one, other, workdays):
    spans = Spans(library())
    there = spans.convert(value, one, other, workdays)
    assert math.isclose(spans.convert(there, other, one, workdays), value, rel_tol=1e-12)


@given(value=st.floats(1e-9, 1e12), data=st.data())
def test_units_convert_there_and_back(value, data):
    units = library().units
    code = data.draw(st.sampled_from(sorted(units)))
    other = data.draw(st.sampled_from(sorted(c for c in units if units[c].dimension == units[code].dimension)))
    there = value * units[code].scale / units[other].scale
    assert math.isclose(there * units[other].scale / units[code].scale, value, rel_tol=1e-12)


def test_a_year_of_workdays_is_what_the_defaults_say():
    a_day = calculator().estimate(Use("text", count=30, period="day", people=12))
    a_year = calculator().estimate(Use("text", count=30, period="day", people=12, horizon="year", workdays=True))
    days = library().defaults["workdays.year"].value
    assert a_year.units == pytest.approx(30 * 12 * days)
    assert (a_day.period, a_year.period) == ("day", "year")
    assert a_year.footprint.energy_wh.mid == pytest.approx(a_day.footprint.energy_wh.mid * days)


def test_a_range_of_counts_spans_both_ends():
    estimate = calculator().estimate(Use("image", count=10, count_high=20))
    assert estimate.footprint.energy_wh.low == pytest.approx(estimate.each.energy_wh.low * 10)
    assert estimate.footprint.energy_wh.high == pytest.approx(estimate.each.energy_wh.high * 20)
    assert estimate.units == 15


@given(use=st.builds(Use, task=tasks, count=counts, place=places))
@settings(deadline=None)
def test_every_supposition_is_listed(use):
    assumptions = {a.key: a for a in calculator().estimate(use).assumptions}
    assert assumptions["place"].said
    assert assumptions["count"].said
    free = calculator().estimate(replace(use, place=None, count=None))
    assert not next(a for a in free.assumptions if a.key == "place").said


def test_a_model_for_another_task_is_refused_and_not_guessed():
    with pytest.raises(CannotEstimate):
        calculator().estimate(Use("text", model="dall-e-3"))
