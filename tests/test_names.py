"""Names in what people type: exact, inside sentences, misspelt, of versions that do not exist, and everyday words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from bot.understanding.language import detect
from bot.understanding.names import NameReader
from bot.understanding.text import Message
from handlers.territories import ModelNames, PlaceNames, names_of
from knowledge.library import Library
from knowledge.names import MODEL, Names, key
from knowledge.search import fold

HERE = Path(__file__).parent


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text("utf-8"))


MISSPELT = [
    (kind.removesuffix("s"), meant, typed)
    for kind, wanted in cast("dict[str, dict[str, list[str]]]", _read("misspellings.yaml")).items()
    for meant, forms in wanted.items()
    for typed in forms
]
EVERYDAY = cast("list[str]", _read("everyday.yaml"))


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


@pytest.fixture(scope="module")
def names(library: Library) -> Names:
    return names_of(library)


@pytest.fixture(scope="module")
def reader(library: Library, names: Names) -> NameReader:
    return NameReader(library, names)


def _found(reader: NameReader, text: str) -> list[tuple[str, Any]]:
    message = Message.of(text)
    return [(m.kind, m.value) for m in reader.mentions(message, detect(message)[0] or "en")]


def test_the_lists_are_long_enough() -> None:
    assert len(MISSPELT) >= 120
    assert len(EVERYDAY) >= 120


@pytest.mark.parametrize(("kind", "meant", "typed"), MISSPELT)
def test_a_misspelt_name_is_understood_alone_and_in_a_sentence(
    reader: NameReader, kind: str, meant: str, typed: str
) -> None:
    assert _found(reader, typed) == [(kind, meant)]
    sentence = f"how much for 20 of them with {typed} please" if kind == "model" else f"20 images in {typed}?"
    assert _found(reader, sentence) == [(kind, meant)]


@pytest.mark.parametrize("sentence", EVERYDAY)
def test_everyday_words_name_nothing(reader: NameReader, sentence: str) -> None:
    assert _found(reader, sentence) == []
    assert _found(reader, sentence.capitalize() + ".") == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("gpt-9", "gpt-6"),
        ("gpt 9 replies", "gpt-6"),
        ("claude 12 opus", "claude-opus"),
        ("claude opus 12", "claude-opus"),
        ("gemini 7", "gemini"),
        ("gemini-7-flash", "gemini"),
        ("gpt-4.9", "gpt-"),
        ("gpt-4 mini", "gpt-4.1-mini"),
        ("gpt-4o-2024-01-01", "gpt-4o"),
        ("llama 9", "llama"),
        ("mistral large 9", "mistral-large"),
        ("dall-e 7", "dall-e"),
        ("sora-9", "sora"),
        ("gtp-9", "gpt-6"),
        ("cluade 12 opus", "claude-opus"),
    ],
)
def test_a_version_that_does_not_exist_is_unknown_with_near_ones(reader: NameReader, typed: str, near: str) -> None:
    (mention,) = reader.mentions(Message.of(f"20 images or texts, {typed}"), "en")
    assert mention.kind == "unknown-model"
    assert mention.near
    assert mention.near[0].startswith(near)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gpt-4o vs gpt-4o-mini", [("model", "gpt-4o"), ("model", "gpt-4o-mini")]),
        ("claude 3 prompts", [("model", "claude")]),
        ("claude 30 prompts a day", [("model", "claude")]),
        ("gpt-5 2 times", [("model", "gpt-5")]),
        ("veo 3 8 second clip", [("model", "veo-3")]),
        ("30 dall-e 3 images", [("model", "dall-e-3")]),
        ("Le Chat de Mistral", [("model", "mistral-le-chat")]),
        ("et Haiku ?", [("model", "claude-haiku-5-5")]),
        ("in the US", [("place", "USA")]),
        ("the us electricity", [("place", "USA")]),
        ("Turkey's grid", [("place", "TUR")]),
        ("serveurs à Nice", [("place", "FRA")]),
        ("the French grid", [("place", "FRA")]),
        ("électricité belge", [("place", "BEL")]),
        ("en Suisse", [("place", "CHE")]),
        ("à La Réunion", [("place", "REU")]),
        ("FRA vs POL", [("place", "FRA"), ("place", "POL")]),
        ("hosted in eu-west-3", [("place", "FRA")]),
        ("in Texas and in Québec", [("place", "USA"), ("place", "CAN")]),
        ("l'électricité européenne", [("place", "EUU")]),
        ("HOW BAD IS CHATGPT IN GERMANY", [("model", "chatgpt"), ("place", "DEU")]),
    ],
)
def test_the_words_around_a_name_decide(reader: NameReader, text: str, found: list[tuple[str, str]]) -> None:
    assert _found(reader, text) == found


def test_keys_keep_versions_apart() -> None:
    assert key("GPT 4o") == key("gpt-4o") == key("gpt4o")
    assert key("Claude Opus 4.5") == key("claude-opus-4-5")
    assert len({key(v) for v in ("gpt-4", "gpt-4o", "gpt-4.1", "gpt-41")}) == 4


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Claude Sonnet", "claude-sonnet-5-5"),
        ("gpt-5", "gpt-5"),
        ("gpt-4", "gpt-4"),
        ("mistral large", "mistral-large-4"),
        ("gpt-image", "gpt-image-1"),
        ("dall-e", "dall-e-3"),
        ("sora", "sora-2"),
        ("kling", "kling-v3"),
        ("runway", "runway-gen-4.5"),
        ("veo 3", "veo-3"),
        ("flux", "flux-dev"),
        ("Le Chat", "mistral-le-chat"),
        ("copilot", "github-copilot"),
        ("microsoft copilot", "microsoft-copilot"),
        ("misral small", "mistral-small-2603"),
        ("gpt-9", None),
        ("claude 12 opus", None),
        ("gemini 7", None),
    ],
)
def test_a_form_takes_names_of_models(library: Library, names: Names, typed: str, meant: str | None) -> None:
    assert ModelNames(library, names).resolve(typed, "en") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("FR", "FRA"), ("de", "DEU"), ("us", "USA"), ("les États-Unis", "USA"), ("the Netherlands", "NLD"), ("EU", "EUU")],
)
def test_a_form_takes_names_of_places(library: Library, names: Names, typed: str, meant: str) -> None:
    assert PlaceNames(library, names).resolve(typed, "fr") == meant


@pytest.mark.parametrize("text", ["", " ", "-", "....", "4", "gpt" * 3000, "1 2 3 " * 500, "claude-" * 400, "é" * 4000])
def test_nothing_typed_breaks_it(names: Names, reader: NameReader, text: str) -> None:
    names.find(fold(text))
    reader.mentions(Message.of(text), "fr")
    names.resolve(text, MODEL)
