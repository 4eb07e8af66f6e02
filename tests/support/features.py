"""The book's features as tests/book/features.yaml tells them, played on one platform by the Voice of its people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import yaml

FEATURES: tuple[dict[str, Any], ...] = tuple(
    yaml.load((Path(__file__).parents[1] / "book" / "features.yaml").read_text("utf-8"), yaml.CSafeLoader)
)
LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Seen:
    """All that a person sees after a word of theirs."""

    text: str
    files: tuple[bytes, ...] = ()
    pictures: int = 0  # charts that are pictures
    drawn: bool = field(default=False)  # or lines of text


class Voice(Protocol):
    async def say(self, who: str, where: str, words: str, file: bytes | None = None) -> Seen: ...

    async def tap(self, who: str, where: str, label: str) -> Seen:
        """What the last answer to that person offered under that label."""
        ...


def played_on(platform: str) -> list[dict[str, Any]]:
    return [feature for feature in FEATURES if platform not in feature.get("not", ())]


def listed() -> bytes:
    """A list of uses from last month on: four lines that are sound, two that are not."""
    now = datetime.now(UTC)
    first = now.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return (
        "date;task;model;count;place\n"
        f"{before:%Y-%m-%d};image;dall-e-3;5;FRA\n{first:%Y-%m-%d};image;dall-e-3;20;FRA\n"
        f"{now:%Y-%m-%d};text;gpt-4o;1,5;Poland\n{now:%Y-%m-%d};image;flux;5;\n"
        f"{now:%Y-%m-%d};;nonesuch;3;\n;image;;-3;\n"
    ).encode()


async def play(feature: dict[str, Any], language: str, platform: str, voice: Voice) -> None:
    for turn in feature["turns"]:
        if platform in turn.get("not", ()):
            continue
        who, where = turn.get("who", "ana"), turn.get("where", "team")
        if "tap" in turn:
            said = turn["tap"][language]
            seen = await voice.tap(who, where, said)
        else:
            said = turn["say"][language]
            seen = await voice.say(who, where, said, listed() if turn.get("send") == "list" else None)
        text = seen.text.replace("\u202f", " ").replace("\xa0", " ").replace("\u2060", "").replace("**", "")
        text = " ".join(text.split())
        for words in turn["hears"][language]:
            assert words in text, f"{who}: {said!r} -> {words!r} is not in: {text}"
        for words in turn.get("lacks", {}).get(language, ()):
            assert words not in text, f"{who}: {said!r} -> {words!r} is in: {text}"
        for words in turn.get("file", {}).get(language, ()):
            assert any(words.encode() in file for file in seen.files), f"{who}: {said!r} -> {words!r} in no file"
        if turn.get("chart"):
            assert seen.pictures or seen.drawn, f"{who}: {said!r} -> no chart"
