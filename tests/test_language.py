"""The language is told where the sentence tells it, and not where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.language import detect, foreign
from bot.understanding.text import Message


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("c koi le bilan d'une image", "fr"),
        ("stp", "fr"),
        ("jsuis en belgique, ca pollue cb une video", "fr"),
        ("merci bcp", "fr"),
        ("c'est quoi le footprint de 10 prompts?", "fr"),
        ("et pour 20 images ?", "fr"),
        ("combien ?", "fr"),
        ("l'eau", "fr"),
        ("et en Norvège ?", "fr"),
        ("budget de 5 kg par mois svp", "fr"),
        ("whats the footprint", "en"),
        ("u ok?", "en"),
        ("pls", "en"),
        ("and what about Norway", "en"),
        ("how much for 20?", "en"),
        ("can you transcribe the réunion", "en"),
        ("thanks!", "en"),
        ("in Germany?", "en"),
    ],
)
def test_clear_sentences(text: str, language: str) -> None:
    assert detect(Message.of(text))[0] == language


@pytest.mark.parametrize(
    "text", ["gpt-4o", "20 images", "Midjourney", "Claude Sonnet", "", "👋", "Québec", "320 Wh", "budget"]
)
def test_names_and_numbers_do_not_flip_a_conversation(text: str) -> None:
    assert detect(Message.of(text))[0] is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿cuánta energía usa una imagen?", "es"),
        ("wie viel Strom verbraucht eine Anfrage", "de"),
        ("quanta energia consuma una immagine", "it"),
        ("сколько энергии тратит один запрос", "ru"),
        ("日本の電力はどれくらいですか", "ja"),
    ],
)
def test_other_languages_are_told(text: str, language: str) -> None:
    message = Message.of(text)
    assert detect(message)[0] is None
    assert foreign(message) == language


@pytest.mark.parametrize(
    "text",
    ["how much for 20 images", "combien pour 20 images", "mixtral 8x7b 20 prompts", "footprint gpt-4o claude 20"],
)
def test_ours_are_never_foreign(text: str) -> None:
    assert foreign(Message.of(text)) is None


@settings(deadline=None)  # the first of the longer ones loads the model
@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    message = Message.of(text)
    language, confidence = detect(message)
    assert language in {"en", "fr", None}
    assert 0 <= confidence <= 1
    foreign(message)
