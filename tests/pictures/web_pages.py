"""Draws the pictures of the pages for the README, from the real pages in a real browser:

python -m tests.pictures.web_pages FOLDER        needs /usr/bin/chromium
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from bot.assembly import assembled
from bot.platforms.web.application import build
from bot.settings import Settings
from bot.storage.memory import SystemClock, memory_ports

SIZE = {"width": 1280, "height": 800}


async def draw(folder: Path) -> None:
    settings = Settings(_env_file=None, discord_application_id=1, telegram_bot_name="smallprint_bot")
    server = TestServer(build(assembled(memory_ports(SystemClock())), settings))
    await server.start_server()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for language, theme in (("en", "light"), ("fr", "dark")):
            page = await browser.new_page(viewport=SIZE, color_scheme=theme)
            await page.goto(str(server.make_url(f"/{language}")))
            await page.screenshot(path=folder / f"web-home-{language}.png")
        await browser.close()
    await server.close()


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
