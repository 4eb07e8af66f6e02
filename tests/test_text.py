"""A message is seen once, by everyone at the same places, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.text import LONGEST, Message
from knowledge.search import fold


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_seen(text: str) -> None:
    message = Message.of(text)
    assert message.plain == fold(message.clean)
    assert len(message.clean) <= LONGEST
    for word, start, end in message.words:
        assert message.plain[start:end] == word
        assert message.shown(start, end)
        message.capital(start)


@given(st.text(st.sampled_from("Œæßéİﬁ²½¹Ⅳaé̀'ǅ ẞ"), max_size=40))
def test_what_is_shown_folds_to_what_was_read(text: str) -> None:
    message = Message.of(text)
    for word in message.words:
        assert word.text in fold(message.shown(word.start, word.end))


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 5000,
        "\ud800" * 5000,
        "ﷺ" * 5000,
        "a" + "\u0301" * 5000,
        "\u202e\u2066abc\u2069",
        "مرحبا " * 900,
        "@" * 5000,
    ],
)
def test_heavy_text_is_cut_and_read(text: str) -> None:
    assert len(Message.of(text).clean) <= LONGEST


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("@CarbonBot 1.5k prompts", "1.5k prompts"),
        ("<@!123> salut <#42> @everyone", "salut"),
        ("@\u200beveryone hi", "hi"),
        ("<:leaf:12345> 3 images", "3 images"),
        ("ask me@x.org", "ask me@x.org"),
        ("C’est l´Électricité\u00a0?", "c'est l'electricite ?"),
        ("1\u202f000 mots", "1 000 mots"),
        ("10–20 images", "10-20 images"),
        ("½ million, 1½ h", "0.5 million, 1.5 h"),
        ("CO₂", "co2"),
        ("Llama™ 3", "llama 3"),
        ("gpt\u20114o", "gpt-4o"),
    ],
)
def test_signs_are_read_as_people_mean_them(said: str, plain: str) -> None:
    assert Message.of(said).plain == plain


def test_capitals_are_found_through_ligatures() -> None:
    message = Message.of("Œuvre de Claude")
    assert [message.capital(word.start) for word in message.words] == [True, False, True]
    assert message.shown(message.words[2].start, message.words[2].end) == "Claude"
