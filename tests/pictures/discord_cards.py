"""Pictures of the real bot, drawn by SimCord's preview with a local Chromium: for the README, and to look at.

python -m tests.pictures.discord_cards FOLDER        needs simcord[preview,screenshot] and /usr/bin/chromium
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import simcord
import simcord.interactions as interactions
from PIL import Image
from playwright.async_api import BrowserType

from bot.assembly import assembled
from bot.platforms.discord.client import build
from bot.settings import Settings
from bot.storage.memory import memory_ports

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

_launch = BrowserType.launch


async def _local(self: Any, **given: Any) -> Any:
    """SimCord asks for a downloaded browser; the system's does."""
    given.setdefault("executable_path", CHROMIUM)
    given["args"] = [*QUIET, "--disable-dev-shm-usage", *(given.get("args") or [])]
    return await _launch(self, **given)


SCENES: dict[str, dict[str, Any]] = {
    "en": {
        "locale": "en-GB",
        "estimate": {"task": "image", "count": 20, "place": "POL"},
        "mention": "compare 100 replies from gpt-4o and 100 from claude opus",
        "why": "Why this range?",
        "fact": "is it true that a prompt drinks a bottle of water?",
        "sources": "Sources",
        "settings": {},
    },
    "fr": {
        "locale": "fr",
        "estimate": {"task": "text", "model": "mistral-large", "count": 1000, "place": "FRA"},
        "mention": "comparer 100 réponses de gpt-4o et 100 de claude opus",
        "why": "Pourquoi cette fourchette\u202f?",
        "fact": "est-il vrai qu'une requête consomme une bouteille d'eau ?",
        "sources": "Sources",
        "settings": {},
    },
}


async def draw(folder: Path) -> None:
    BrowserType.launch = _local  # type: ignore[method-assign]
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs
    for language, scene in SCENES.items():
        core = assembled(memory_ports())
        original = interactions.base_payload

        def base(backend: Any, _scene: Any = scene, _original: Any = original, **given: Any) -> Any:
            record, payload = _original(backend, **given)
            payload["locale"] = _scene["locale"]
            return record, payload

        interactions.base_payload = base
        try:
            await _scene(core, language, scene, folder)
        finally:
            interactions.base_payload = original


async def _scene(core: Any, language: str, scene: dict[str, Any], folder: Path) -> None:
    async with simcord.run(build(core, Settings(_env_file=None, discord_shard_count=1))) as env:
        guild = env.create_guild("Team", preferred_locale="fr" if language == "fr" else "en-US")
        channel = guild.create_text_channel("general")
        ada = guild.add_member(env.create_user("ada"))
        me = f"<@{env.bot.user.id}>"
        async with env.preview(channel, viewers=[ada], width=640, height=1100) as preview:

            async def shot(name: str, message: Any) -> None:
                await preview.show(message)
                done = await preview.screenshot(str(folder / f"{name}-{language}.png"), viewer=ada)
                assert done.ready
                assert done.complete
                _smaller(folder / f"{name}-{language}.png")

            card = (await ada.slash(channel, "estimate", **scene["estimate"])).response
            await shot("estimate", card.message)
            why = await ada.click(card.message, label=scene["why"])
            await shot("why", why.response.message)
            await ada.send(channel, f"{me} {scene['mention']}")
            await shot("compare", channel.last_message)
            await ada.send(channel, f"{me} {scene['fact']}")
            await shot("fact", channel.last_message)
            text = await ada.send(channel, "word " * 120, attachments=[("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)])
            menu = await ada.context_menu(channel, "AI footprint", text)
            await shot("menu", menu.response.message)
            private = await ada.slash(channel, "settings", **scene["settings"])
            await shot("settings", private.response.message)


def _smaller(file: Path) -> None:
    """A palette of its own: a third of the size, and nothing that an eye would miss."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(200, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            file, optimize=True
        )


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
