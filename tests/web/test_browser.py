"""The pages as people meet them: real Chromium, both languages, a telephone and a desk, both themes, keyboard alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from bot.core import Core
from bot.platforms.web.application import build
from bot.settings import Settings

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESK = (390, 844), (1280, 800)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (apt-get install chromium)"),
]

Opened = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(core: Core) -> AsyncIterator[str]:
    settings = Settings(
        _env_file=None, smallprint_questions_per_minute=0, discord_application_id=42, telegram_bot_name="small_bot"
    )
    server = TestServer(build(core, settings))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    # The browser is the only program that is started: nothing of a person's own environment reaches it.
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=kept)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser,
    site: str,
    path: str,
    size: tuple[int, int] = DESK,
    theme: Any = "light",
    quiet: bool = True,
    **more: Any,
) -> AsyncIterator[Page]:
    """A page of a fresh visitor. Whatever the browser complains about, and whatever it fetches elsewhere, fails."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce", **more
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith((site, "data:")) else complaints.append(asked.url))
    page.set_default_timeout(15_000)
    await page.goto(site + path)
    yield page
    assert await context.cookies() == []
    await context.close()
    assert not (complaints and quiet), complaints


async def accessible(page: Page) -> None:
    """No violation of what axe can see, and nothing to scroll sideways for."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide, room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room, f"{wide} pixels wide on {room}"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("size", "theme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
async def test_one_screen_says_what_it_is_and_offers_the_chat(
    browser: Browser, site: str, language: str, size: tuple[int, int], theme: str
) -> None:
    async with opened(browser, site, f"/{language}", size, theme) as page:
        await accessible(page)
        for shown in ("h1", ".lede", "#question", ".examples li:nth-child(3)"):
            box = await page.locator(shown).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size[1], f"{shown} is below the first screen"
        shifts = await page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries().length))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"
        )
        assert shifts == 0


async def test_a_conversation_by_keyboard_alone(browser: Browser, site: str) -> None:
    async with opened(browser, site, "/en", PHONE) as page:
        await page.keyboard.press("Tab")
        assert await focused(page) == "Skip to the content"
        await page.keyboard.press("Enter")
        while await page.evaluate("document.activeElement.id") != "question":
            await page.keyboard.press("Tab")
        await page.keyboard.type("20 images in Poland")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn .answer")
        assert "20 images, Poland" in await page.locator("[role=log] .turn .lead").inner_text()
        assert await page.evaluate("document.activeElement.id") == "question", "the focus stays where one types"
        assert await page.input_value("#question") == ""
        await page.keyboard.type("and in France?")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn:nth-child(2) .answer")
        assert await page.locator(".turn").count() == 2, "what was said before is still there"
        await accessible(page)
        # Backwards from the field: the buttons of the last answer.
        while await focused(page) != "Why this range?":
            await page.keyboard.press("Shift+Tab")
        ring = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid", "one sees where the focus is"
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn:nth-child(3) .answer")
        assert "A range, because" in await page.locator(".turn:nth-child(3) .lead").inner_text()
        assert await focused(page) == "Why this range?"


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.textContent")).strip()


async def test_an_example_is_asked_and_the_conversation_goes_on(browser: Browser, site: str) -> None:
    async with opened(browser, site, "/fr", PHONE, "dark") as page:
        await page.locator(".examples button").nth(1).click()
        await page.wait_for_selector(".turn .answer")
        await page.fill("#question", "et en France ?")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn:nth-child(2) .answer")
        assert "France" in await page.locator(".turn:nth-child(2) .lead").inner_text()
        await accessible(page)


async def test_the_chat_works_without_a_script(browser: Browser, site: str) -> None:
    async with opened(browser, site, "/en", java_script_enabled=False) as page:
        await page.fill("#question", "20 images in Poland")
        await page.press("#question", "Enter")
        await page.wait_for_selector("#latest .answer")
        await page.fill("#question", "and in France?")
        await page.press("#question", "Enter")
        await page.wait_for_selector(".earlier")
        assert "20 images, France" in await page.locator("#latest .lead").inner_text()
        await page.get_by_role("button", name="Why this range?").click()
        await page.wait_for_selector("text=A range, because")


async def test_a_question_that_does_not_arrive_is_not_lost(browser: Browser, site: str) -> None:
    async with opened(browser, site, "/en", quiet=False) as page:
        await page.context.set_offline(True)
        await page.fill("#question", "20 images in Poland")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".apology:has-text('The answer did not arrive')")
        assert await page.input_value("#question") == "20 images in Poland"
        await page.context.set_offline(False)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn:nth-child(2) .answer:has-text('20 images, Poland')")


async def test_who_asks_too_much_at_once_is_told_when_to_come_back(browser: Browser, core: Core) -> None:
    server = TestServer(build(core, Settings(_env_file=None, smallprint_questions_per_minute=2)))
    await server.start_server()
    async with opened(browser, str(server.make_url("")).rstrip("/"), "/fr", quiet=False) as page:
        for _ in range(2):
            await page.fill("#question", "20 images en Pologne")
            await page.keyboard.press("Enter")
        await page.wait_for_selector(".apology:has-text('La page revient dans')")
        assert await page.input_value("#question") == "20 images en Pologne"
    await server.close()


PAGES = (
    "/en/facts", "/fr/facts?q=eau", "/en/claims/bottle-of-water-per-prompt", "/fr/concepts/pue", "/fr/methods",
    "/en/methods/published", "/fr/methods/combining", "/en/sources/elsworth-2025", "/fr/privacy", "/en/terms",
    "/fr/api",
    "/en/embed?q=20+images+in+Poland", "/fr?q=1000+r%C3%A9ponses+de+gpt-4o-mini",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_every_kind_of_page_is_accessible(browser: Browser, site: str, path: str) -> None:
    number = PAGES.index(path)
    size, theme = (PHONE, DESK)[number % 2], ("light", "dark")[number // 2 % 2]
    async with opened(browser, site, path, size, theme) as page:
        await accessible(page)


async def test_hostile_words_stay_words(browser: Browser, site: str) -> None:
    words = "<img src=x onerror=alert(1)><script>alert(2)</script> 20 images </title><svg onload=alert(3)>"
    async with opened(browser, site, "/en") as page:
        await page.fill("#question", words)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".turn .answer")
        assert words in await page.locator(".said").inner_text()
        assert await page.locator(".turn img, .turn script").count() == 0


async def test_a_card_shows_on_another_page_and_the_chat_does_not(browser: Browser, site: str) -> None:
    async def other(request: web.Request) -> web.Response:
        frames = "".join(f'<iframe src="{site}{path}"></iframe>' for path in ("/en/embed?entry=pue", "/en"))
        return web.Response(text=f"<!doctype html><title>x</title>{frames}", content_type="text/html")

    application = web.Application()
    application.add_routes([web.get("/", other)])
    elsewhere = TestServer(application)
    await elsewhere.start_server()
    page = await browser.new_page()
    await page.goto(str(elsewhere.make_url("/")))
    card, chat = page.frames[1], page.frames[2]
    assert await card.locator("h1").count() == 1
    assert chat.url.startswith("chrome-error:"), "the browser refuses to frame it"
    await page.close()
    await elsewhere.close()
