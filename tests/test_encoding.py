"""Buttons carry their whole meaning: what is encoded reads back the same, and what cannot be read is refused."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from handlers.encoding import ROOM, VERSION, decode, encode
from handlers.request import Intent
from knowledge.calculator.use import PERIODS, TASKS, Use

ids = st.text(string.ascii_lowercase + string.digits + ".-/~,| é", min_size=1, max_size=20)
amounts = st.floats(1e-6, 1e12, allow_nan=False)
uses = st.builds(
    Use,
    task=st.sampled_from(TASKS),
    model=st.none() | ids,
    count=st.none() | amounts,
    period=st.none() | st.sampled_from(PERIODS),
    people=st.none() | st.integers(1, 10**9),
    place=st.none() | st.sampled_from(("FRA", "USA", "USA-SRVC", "EUU")),
    output_tokens=st.none() | amounts,
    seconds=st.none() | amounts,
    resolution=st.none() | st.sampled_from(("720p", "1024x1024")),
    horizon=st.none() | st.sampled_from(PERIODS),
    workdays=st.booleans(),
)


@given(st.lists(uses, min_size=1, max_size=3))
def test_uses_read_back_the_same(some: list[Use]) -> None:
    intent = Intent("compare", {"uses": tuple(some)}, "button")
    token = encode(intent, room=10_000)
    assert token is not None
    assert decode(token) == intent


@given(st.lists(ids, min_size=1, max_size=3), ids)
def test_names_read_back_the_same(facts: list[str], thing: str) -> None:
    for intent in (
        Intent("fact", {"facts": tuple(facts)}, "button"),
        Intent("equivalents", {"thing": thing, "amount": ("energy_wh", 1500.0)}, "button"),
    ):
        token = encode(intent, room=10_000)
        assert token is not None
        assert decode(token) == intent


@given(st.text(max_size=80))
def test_any_text_decodes_to_an_intent_or_nothing(text: str) -> None:
    assert decode(text) is None or isinstance(decode(text), Intent)
    assert decode(VERSION + text) is None or isinstance(decode(VERSION + text), Intent)


def test_the_usual_fits_a_small_button() -> None:
    use = Use("text", model="claude-sonnet-4-5", count=30, period="day", people=12, place="FRA", output_tokens=1500)
    token = encode(Intent("estimate", {"uses": (use,)}, "button"))
    assert token is not None
    assert len(token.encode()) <= ROOM


def test_what_does_not_fit_has_no_token() -> None:
    many = tuple(Use("text", model=f"some-rather-long-model-name-{i}", count=1000) for i in range(5))
    assert encode(Intent("compare", {"uses": many}, "button")) is None


def test_another_version_is_not_read() -> None:
    assert decode("0e~ui,dall-e-3,20") is None


def test_a_measure_that_nobody_knows_and_letters_that_no_button_has_are_refused() -> None:
    assert decode("1e~ui~mco2e_g") is not None
    for token in ("1e~ui~m__class__", "1e~ui~musage", "1e~ui,d\ud800lle", "1e~ui,é"):
        assert decode(token) is None
