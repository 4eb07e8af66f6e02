"""The chat as it works without any script: forms, buttons, links, a file to take away."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from cases import CASES
from reading import Page

from bot.assembly import assembled
from bot.platforms.web.application import build
from bot.settings import Settings
from bot.storage.memory import memory_ports
from handlers.answer import plain
from handlers.request import Request

Client = TestClient[Any, Any]


class Talk:
    """One person at the page: what is sent is what the form on the last page held."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self._client, self._language, self._page = client, language, None

    async def open(self, question: str = "") -> Page:
        params = {"q": question} if question else {}
        return await self._read(await self._client.get(f"/{self._language}", params=params))

    async def say(self, question: str) -> Page:
        return await self._send({"q": question})

    async def press(self, label: str) -> Page:
        assert self._page is not None
        return await self._send({"take": self._page.buttons()[label]})

    async def send_file(self, name: str, content: bytes) -> Page:
        if self._page is None:
            await self.open()
        assert self._page is not None
        form = FormData({a["name"]: a["value"] for a in self._page.all("input", type="hidden")})
        form.add_field("file", content, filename=name, content_type="text/csv")
        return await self._read(await self._client.post(f"/{self._language}", data=form))

    async def _send(self, what: dict[str, str]) -> Page:
        if self._page is None:
            await self.open()
        assert self._page is not None
        carried = [(a["name"], a["value"]) for a in self._page.all("input", type="hidden")]
        response = await self._client.post(f"/{self._language}", data=[*carried, *what.items()])
        return await self._read(response)

    async def _read(self, response: Any) -> Page:
        assert response.status == 200
        self._page = Page(await response.text())
        return self._page


async def test_the_first_page_says_what_it_is_and_offers_three_questions(client: Client) -> None:
    for language, name in (("en", "electricity, carbon and water"), ("fr", "l'électricité, le carbone et l'eau")):
        page = Page(await (await client.get(f"/{language}")).text())
        assert page.all("html", lang=language)
        assert name in page.text
        assert len(page.all("button", name="q")) == 3
        assert not page.all("a", rel="noopener"), "no button to a platform without its setting"


async def test_buttons_lead_to_the_platforms_that_are_set(served: Any) -> None:
    client = await served(discord_application_id=42, telegram_bot_name="@small_bot")
    links = [a["href"] for a in Page(await (await client.get("/en")).text()).all("a", rel="noopener")]
    assert links[0].startswith("https://discord.com/oauth2/authorize?client_id=42&scope=bot")
    assert links[1] == "https://t.me/small_bot"


async def test_a_conversation_goes_on_by_typing_and_by_pressing(client: Client) -> None:
    talk = Talk(client)
    assert "20 images, Poland: 25 g CO2e" in (await talk.say("20 images in Poland")).text.replace("\u00a0", " ")
    assert "20 images, France" in (await talk.say("and in France?")).text
    page = await talk.press("Why this range?")
    assert "A range, because" in page.text
    assert "and in France?" in page.text, "what was asked before stays in sight"


async def test_two_people_never_share_a_conversation(client: Client) -> None:
    one, other = Talk(client), Talk(client)
    await one.say("20 images in Poland")
    assert "20 images" not in (await other.say("and in France?")).text.partition("For example")[0].replace(
        "20 images a day", ""
    )


async def test_a_link_holds_a_question_and_the_conversation_goes_on_from_it(client: Client) -> None:
    talk = Talk(client, "fr")
    page = await talk.open("20 images en Pologne")
    assert "20 images, Pologne" in page.text
    assert "20 images, France" in (await talk.say("et en France ?")).text


async def test_a_link_changes_nothing(client: Client) -> None:
    talk = Talk(client)
    page = await talk.open("log 20 images in Poland")
    assert "a question in a link keeps nothing" in page.text
    assert "One tap" in page.text
    page = await talk.press("Keep it here")
    assert "20 images" in page.text
    assert "keeps nothing" not in page.text


async def test_a_message_sent_twice_is_written_once(client: Client) -> None:
    talk = Talk(client)
    await talk.open()
    same = {"conversation": "c" * 24, "update": "u" * 24, "q": "log 20 images in Poland"}
    for _ in range(2):
        assert (await client.post("/en/say", data=same)).status == 200
    response = await client.post("/en/say", data={**same, "update": "v" * 24, "q": "/export json"})
    page = Page(await response.text())
    (link,) = [a for a in page.all("a") if "download" in a]
    kind, _, content = link["href"].partition(";base64,")
    assert kind == "data:application/json"
    assert len(json.loads(base64.b64decode(content))) == 1


async def test_what_is_kept_of_a_conversation_can_be_taken_away_as_a_file(client: Client) -> None:
    talk = Talk(client)
    await talk.say("log 20 images in Poland")
    page = await talk.say("/privacy export")
    (link,) = [a for a in page.all("a") if "download" in a]
    assert link["download"].endswith(".json")
    assert link["href"].startswith("data:application/json;base64,")


async def test_a_list_is_checked_first_and_then_imported(client: Client) -> None:
    talk = Talk(client)
    rows = b"date,task,model,count\n2026-11-02,image,dall-e-3,20\n2026-11-03,text,gpt-4o,nope\n"
    page = await talk.send_file("uses.csv", rows)
    assert "Nothing is written yet" in page.text
    assert "nope" in page.text, "what is wrong is shown"
    page = await talk.press("Import 1 line")
    assert "1 line imported" in page.text
    too_large = await client.post("/en/say", data={"file": io.BytesIO(b"a" * 1_100_000)})
    assert too_large.status == 413


async def test_a_chart_stands_in_the_page_with_its_words(client: Client) -> None:
    html = await (await client.get("/en", params={"q": "1000 replies of gpt-4o-mini"})).text()
    page = Page(html)
    assert page.all("svg", role="img")
    assert "<desc>Electricity of 1 reply" in html


async def test_the_question_is_answered_in_its_own_language_and_marked_so(client: Client) -> None:
    page = await Talk(client, "en").open("combien coûte une réponse de ChatGPT ?")
    assert page.all("html", lang="en")
    assert page.all("div", lang="fr")


async def test_nothing_is_kept_on_the_visitors_side(client: Client) -> None:
    for path in ("/en", "/en?q=20+images", "/en/facts", "/api/answer?q=20+images", "/nope"):
        response = await client.get(path)
        assert "Set-Cookie" not in response.headers
    script = await (await client.get(Page(await (await client.get("/en")).text()).all("script")[0]["src"])).text()
    assert not any(word in script for word in ("cookie", "localStorage", "sessionStorage", "indexedDB"))


async def test_the_same_figures_as_in_the_terminal(client: Client, clock: Any) -> None:
    beside = assembled(memory_ports(clock))
    chosen = {case: turns for number, (case, turns) in enumerate(CASES.items()) if number % 23 == 0}
    assert len(chosen) >= 10
    for case, turns in chosen.items():
        talk = Talk(client)
        for turn in turns:
            answer = await beside.answer(Request(turn["said"], f"case:{case}", case, clock.now(), locale="en"))
            assert answer is not None
            read = (await talk.say(turn["said"])).text
            if answer.intent in ("quiz", "smalltalk", "help"):  # drawn, or measured each time
                break
            for words in (plain(answer.title), *(figure.value for figure in answer.figures)):
                assert " ".join(words.split()) in read, turn["said"]


async def test_what_was_kept_goes_by_itself_after_a_month(clock: Any) -> None:
    own = type(clock)()
    core = assembled(memory_ports(own))
    async with TestClient(TestServer(build(core, Settings(_env_file=None)))) as client:
        talk = Talk(client)
        await talk.say("log 20 images in Poland")
        own.advance(days=20)
        assert "20 images" in (await talk.say("/report month")).text, "looking at it puts it off"
        own.advance(days=29)
        await core.ports.records.sweep(own.now())
        assert "Download" in (await talk.say("/export csv")).text
        own.advance(days=31)
        await core.ports.records.sweep(own.now())
        assert "Download" not in (await talk.say("/export csv")).text
