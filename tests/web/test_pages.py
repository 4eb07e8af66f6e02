"""The base as pages: every one of them opens, says where it comes from, and is the same tomorrow."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from reading import Page

from bot.core import Core

Client = TestClient[Any, Any]
_LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


async def read(client: Client, path: str, status: int = 200) -> Page:
    response = await client.get(path)
    assert response.status == status, path
    return Page(await response.text())


async def linked(client: Client, path: str) -> dict[str, Any]:
    found = _LINKED.search(await (await client.get(path)).text())
    assert found is not None
    return json.loads(found[1])


async def test_every_page_that_is_listed_opens_in_both_languages(client: Client) -> None:
    listed = re.findall(r"<loc>([^<]+)</loc>", await (await client.get("/sitemap.xml")).text())
    assert len(listed) > 800
    for address in listed[::7]:
        page = await read(client, address[address.index("/", 8) :])
        assert len(page.all("h1")) == 1, address
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(b <= a + 1 for a, b in pairwise(levels)), (address, levels)


async def test_every_link_within_the_site_leads_somewhere(client: Client) -> None:
    pages = ("", "/facts", "/methods", "/methods/factors", "/sources", "/privacy", "/terms", "/api",
             "/claims/bottle-of-water-per-prompt")  # fmt: skip
    seen: set[str] = set()
    for path in pages:
        for language in ("en", "fr"):
            page = await read(client, f"/{language}{path}")
            seen |= {a["href"].partition("#")[0] for a in page.all("a") if a["href"].startswith("/")}
    for path in sorted(seen)[::5]:
        assert (await client.get(path)).status == 200, path


async def test_a_claim_is_a_claim_review(client: Client) -> None:
    page = await read(client, "/fr/claims/bottle-of-water-per-prompt")
    for words in ("Exagéré", "À la source", "500 mL", "Pour citer", "lu dans une source secondaire"):
        assert words in page.text.replace("\u00a0", " ")
    review = await linked(client, "/en/claims/bottle-of-water-per-prompt")
    assert review["@type"] == "ClaimReview"
    assert review["reviewRating"]["alternateName"] == "Overstated"
    assert review["itemReviewed"]["citation"]


async def test_a_fact_is_a_dataset_with_its_figures_and_its_citation(client: Client, core: Core) -> None:
    fact = next(f for f in core.kit.library.facts.values() if any(x.mid is not None for x in f.figures.values()))
    data = await linked(client, f"/en/facts/{fact.id}")
    assert data["@type"] == "Dataset"
    (name, figure), *_ = [(n, f) for n, f in fact.figures.items() if f.mid is not None and f.unit != "year"]
    assert next(v for v in data["variableMeasured"] if v["name"] == name)["value"] == figure.mid
    assert len(data["citation"]) == len(fact.sources)
    base = await linked(client, "/en/facts")
    assert base["distribution"]["contentUrl"].endswith("/data.json")


async def test_the_whole_base_can_be_taken_away(client: Client, core: Core) -> None:
    response = await client.get("/data.json")
    data = await response.json()
    assert len(data["facts"]) == len(core.kit.library.facts)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


async def test_facts_are_found_by_words_and_by_topic(client: Client) -> None:
    page = await read(client, "/fr/facts?q=bouteille+d'eau")
    assert any(a["href"] == "/fr/claims/bottle-of-water-per-prompt" for a in page.all("a"))
    assert "Rien là-dessus" in (await read(client, "/fr/facts?q=qsdfghjklm")).text
    assert "Centres de données" in (await read(client, "/fr/facts")).text


async def test_pages_know_each_other_across_languages(served: Any) -> None:
    client = await served(smallprint_public_url="https://smallprint.example/")
    page = await read(client, "/en/methods/ecologits")
    assert page.all("link", rel="canonical")[0]["href"] == "https://smallprint.example/en/methods/ecologits"
    others = {a["hreflang"]: a["href"] for a in page.all("link", rel="alternate")}
    assert others["fr"] == "https://smallprint.example/fr/methods/ecologits"
    assert "Sitemap: https://smallprint.example/sitemap.xml" in await (await client.get("/robots.txt")).text()
    assert "https://smallprint.example/fr/facts" in await (await client.get("/sitemap.xml")).text()
    assert (await client.get("/en")).headers["Strict-Transport-Security"]


async def test_methods_show_their_version_and_every_row_its_source(client: Client, core: Core) -> None:
    from importlib.metadata import version

    assert version("ecologits") in (await read(client, "/en/methods/ecologits")).text
    page = await read(client, "/en/methods/factors")
    assert len(page.all("th", scope="row")) == len(core.kit.library.factors)
    page = await read(client, "/fr/methods/published")
    assert len(page.all("th", scope="row")) == len(core.kit.library.published)
    assert "Pologne" in (await read(client, "/fr/methods/electricity")).text


async def test_privacy_and_terms_are_the_projects_own(client: Client) -> None:
    page = await read(client, "/en/privacy")
    assert page.all("h1")
    assert "30 minutes" in page.text
    assert not [a for a in page.all("a") if a["href"].endswith(".md")]
    assert "licence MIT" in (await read(client, "/fr/terms")).text


async def test_a_page_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = await client.get("/en/facts")
    again = await client.get("/en/facts", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["Content-Security-Policy"]
    style = Page(await first.text()).all("link", rel="stylesheet")[0]["href"]
    assert "immutable" in (await client.get(style)).headers["Cache-Control"]


async def test_what_is_not_there_is_said_in_the_pages_language(client: Client) -> None:
    assert "Introuvable" in (await read(client, "/fr/facts/nope", 404)).text
    assert "Introuvable" in (await read(client, "/fr/nope", 404)).text
    assert "Not found" in (await read(client, "/../../etc/passwd", 404)).text


@pytest.mark.parametrize("query", ["q=20+images+in+Poland", "entry=bottle-of-water-per-prompt"])
async def test_a_card_may_be_framed_and_runs_nothing(client: Client, query: str) -> None:
    response = await client.get(f"/en/embed?{query}")
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "X-Frame-Options" not in response.headers
    page = Page(await response.text())
    assert not page.all("script")
    assert len(page.all("h1")) == 1
    assert (await client.get("/en/embed?entry=nope")).status == 404
