"""What reading costs: names, quantities, the search and a whole message, long ones too.

Not part of the plain run: ``uv run pytest tests/benchmarks --benchmark-only``. Nothing here fails for being slow.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core import Core
from bot.understanding.quantities import mentions
from bot.understanding.text import Message
from handlers.request import Request
from handlers.territories import names_of
from knowledge.library import Library
from knowledge.search import Search, fold

SENTENCE = (
    "Our team of twelve people in Germany sends around thirty prompts a day each to claude sonnet, "
    "what is the footprint"
)
LONG = {
    "numbers": "20 images a day " * 250,
    "words": "un et " * 700,
    "models": "gpt-4o vs " * 400,
    "signs": "-" * 4000,
}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


def test_names_in_a_sentence(benchmark: Any, library: Library) -> None:
    names, folded = names_of(library), fold(SENTENCE)
    benchmark(lambda: names.find(folded))


def test_quantities_in_a_sentence(benchmark: Any) -> None:
    message = Message.of(SENTENCE)
    benchmark(lambda: mentions(message, "en"))


def test_a_search(benchmark: Any, library: Library) -> None:
    search = Search(library)
    search.warm()
    benchmark(lambda: search.find("how much water does a gemini prompt use"))


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_message(benchmark: Any, core: Core, text: str) -> None:
    understanding = core._understanding
    request = Request(text, "bench", "bench", datetime.now(UTC))
    benchmark(lambda: understanding.read(request))
