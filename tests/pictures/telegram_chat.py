"""Draws the picture of the Telegram chat for the README: what the real process sent to the server of the tests, its
marks, pictures and buttons as they went over the wire, on a plain page in a real browser:

PYTHONPATH=tests/telegram:tests/support python -m tests.pictures.telegram_chat FOLDER        needs /usr/bin/chromium
"""

from __future__ import annotations

import asyncio
import html
import sys
from base64 import b64encode
from pathlib import Path

from playwright.async_api import async_playwright
from telegram_people import Somebody
from telegram_process import running
from telegram_server import Server
from telegram_world import Sent

WIDTH = 480
SAID = {
    "en": ("compare gpt-4o, claude opus 4 and mistral large",),
    "fr": ("compare gpt-4o, claude opus 4 et mistral large",),
}
STYLE = """
body { margin: 0; background: #d5e3d0; font: 13px/1.4 system-ui, "DejaVu Sans", sans-serif }
main { display: flex; flex-direction: column; gap: 6px; padding: 14px }
section { max-width: 84% }
.asked { align-self: flex-end; background: #effdde }
.asked, .words { padding: 7px 11px; border-radius: 12px; white-space: pre-wrap }
.words { background: #fff; overflow: hidden }
img { display: block; width: 100%; border-radius: 12px 12px 0 0 }
.row { display: flex; gap: 3px; margin-top: 3px }
.row span { flex: 1; padding: 6px; border-radius: 8px; background: #7a9a78; color: #fff; text-align: center }
blockquote { margin: 4px 0; padding: 3px 9px; border-left: 3px solid #3a95d5; background: #eef6fb; border-radius: 4px;
  overflow: hidden; max-height: 4.2em }
a { color: #2481cc; text-decoration: none }
"""


def shown(sent: Sent, files: dict[str, bytes]) -> str:
    """One message as it was sent: the marks in its text are HTML already."""
    picture = ""
    if sent.kind == "photo":
        drawn = b64encode(files[sent.params["file_id"]]).decode()
        picture = f'<img src="data:image/png;base64,{drawn}">'
    words = sent.params.get("caption" if sent.kind == "photo" else "text", "")
    keyboard = (sent.params.get("reply_markup") or {}).get("inline_keyboard", [])
    labels = [[f"<span>{html.escape(key['text'])}</span>" for key in row] for row in keyboard]
    rows = "".join(f'<div class="row">{"".join(row)}</div>' for row in labels)
    return f'<section>{picture}<div class="words">{words}</div>{rows}</section>'


async def chat(server: Server, language: str, number: int) -> str:
    person = Somebody(server, 7_000_000 + number, language)
    parts: list[str] = []
    for said in SAID[language]:
        before = len(person.answers())
        await person.asks(said)
        await asyncio.sleep(1.5)  # for what follows a picture
        parts.append(f'<section class="asked">{html.escape(said)}</section>')
        parts += [shown(sent, server.world.files) for sent in person.answers()[before:]]
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><main>{"".join(parts)}</main>'


async def draw(folder: Path) -> None:
    async with Server() as server, running(server):
        pages = {language: await chat(server, language, n) for n, language in enumerate(SAID)}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            # Letters in shades of grey: half the size of those in shades of colour.
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-lcd-text"],
        )
        for language, page_ in pages.items():
            page = await browser.new_page(viewport={"width": WIDTH, "height": 400})
            await page.set_content(page_)
            await page.screenshot(path=folder / f"telegram-{language}.png", full_page=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
