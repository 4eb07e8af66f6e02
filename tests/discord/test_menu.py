"""The message menu: what this message would have cost, had an AI written it."""

from __future__ import annotations

import pytest

from bot.platforms.discord.conversation import word_count
from tests.discord.conftest import LOCALES, Scene, flat, labels, texts

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.mark.parametrize(
    ("locale", "share", "counted"),
    [
        ("en-US", "Share here", "300 words, about 400 tokens, 1.333 (1.2–1.7) tokens a word"),
        ("fr", "Partager ici", "300 mots, environ 400 tokens, 1,333 (1,2–1,7) token par mot"),
    ],
)
async def test_a_text_is_estimated_for_the_asker_alone(scene: Scene, locale: str, share: str, counted: str) -> None:
    message = await scene.person("bob").send(scene.channel, "word " * 300)
    asker = scene.person("ada", locale)
    done = await asker.context_menu(scene.channel, "AI footprint", message)
    assert done.response.ephemeral
    said = texts(done.response.components)
    assert "CO2e" in said
    # How words became tokens is said, with its factor.
    assert counted in said
    assert share in labels(done.response.components)
    shared = await asker.click(done.response.message, label=share)
    assert not shared.response.ephemeral


@LOCALES
async def test_a_longer_text_costs_more(scene: Scene, locale: str) -> None:
    bob, ada = scene.person("bob"), scene.person("ada", locale)
    short = await bob.send(scene.channel, "word " * 20)
    long = await bob.send(scene.channel, "mot " * 450)
    one = await ada.context_menu(scene.channel, "AI footprint", short)
    two = await ada.context_menu(scene.channel, "AI footprint", long)
    assert texts(one.response.components) != texts(two.response.components)


@pytest.mark.parametrize(("locale", "asked"), [("en-US", "How many of the 2 images"), ("fr", "Combien des 2 images")])
async def test_images_count_only_if_someone_says_so(scene: Scene, locale: str, asked: str) -> None:
    pictures = [("a.png", PNG), ("b.png", PNG), ("notes.txt", b"x")]
    message = await scene.person("bob").send(scene.channel, "two pictures of my holidays", attachments=pictures)
    asker = scene.person("ada", locale)
    done = await asker.context_menu(scene.channel, "AI footprint", message)
    said = texts(done.response.components)
    assert "image" not in said.split("\n")[0]
    (menu,) = [c for c in flat(done.response.components) if c["type"] == 3 and asked in c["placeholder"]]
    assert [o["value"] for o in menu["options"]] == ["0", "1", "2"]
    chosen = await asker.select(done.response.message, ["2"], custom_id=menu["custom_id"])
    assert chosen.response.id == done.response.id
    assert "2 images" in texts(chosen.response.components)
    again = await asker.select(chosen.response.message, ["0"], custom_id=menu["custom_id"])
    assert "2 images" not in texts(again.response.components)


@pytest.mark.parametrize(("locale", "asked"), [("en-US", "the image"), ("fr", "L'image")])
async def test_images_alone(scene: Scene, locale: str, asked: str) -> None:
    message = await scene.person("bob").send(scene.channel, "", attachments=[("a.png", PNG)])
    ada = scene.person("ada", locale)
    done = await ada.context_menu(scene.channel, "AI footprint", message)
    assert asked in texts(done.response.components)
    (menu,) = [c for c in flat(done.response.components) if c["type"] == 3]
    chosen = await ada.select(done.response.message, ["1"], custom_id=menu["custom_id"])
    assert "1 image" in texts(chosen.response.components)
    none = await ada.select(chosen.response.message, ["0"], custom_id=menu["custom_id"])
    assert asked in texts(none.response.components)


@pytest.mark.parametrize(("locale", "said"), [("en-US", "no text and no image"), ("fr", "ni texte ni image")])
async def test_nothing_to_estimate_is_said(scene: Scene, locale: str, said: str) -> None:
    message = await scene.person("bob").send(scene.channel, "", attachments=[("a.txt", b"x")])
    done = await scene.person("ada", locale).context_menu(scene.channel, "AI footprint", message)
    assert done.response.ephemeral
    assert said in texts(done.response.components)


def test_words() -> None:
    assert word_count("") == 0
    assert word_count("three plain words") == 3
    assert word_count("模型消耗多少能源") == 1 + 4
