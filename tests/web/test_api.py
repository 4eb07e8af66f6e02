"""The interface for programs: the same figures as everywhere, clear refusals, and a description that holds."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from cases import CASES

from bot.assembly import assembled
from bot.platforms.jsonl import told
from bot.storage.memory import memory_ports
from handlers.request import Request

Client = TestClient[Any, Any]
CHOSEN = {case: turns for number, (case, turns) in enumerate(CASES.items()) if number % 9 == 0}


async def get(client: Client, path: str, status: int = 200, **params: Any) -> dict[str, Any]:
    response = await client.get(path, params=params)
    assert response.status == status, await response.text()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return await response.json()


async def test_the_same_answers_as_in_the_terminal(client: Client, clock: Any) -> None:
    assert len(CHOSEN) >= 20
    beside = assembled(memory_ports(clock))
    for case, turns in CHOSEN.items():
        for turn in turns:
            got = await get(client, "/api/answer", q=turn["said"], conversation=f"the-conversation-{case}")
            answer = await beside.answer(Request(turn["said"], f"case:{case}", case, clock.now()))
            assert answer is not None
            if answer.intent == "quiz":  # the question is drawn, and what follows hangs on it
                break
            wanted = told(answer, "").model_dump(mode="json")
            kept = ("intent", "language", "understood", "estimates", "facts", "sources")
            assert {key: got[key] for key in kept} == {key: wanted[key] for key in kept}, turn["said"]


async def test_without_a_conversation_nothing_is_kept(client: Client) -> None:
    await get(client, "/api/answer", q="20 images in Poland")
    assert not (await get(client, "/api/answer", q="and in France?"))["estimates"]
    refused = await get(client, "/api/answer", q="log 20 images in Poland")
    assert "keeps nothing" in refused["text"]


async def test_a_short_name_of_a_conversation_holds_for_one_address_only(served: Any) -> None:
    client = await served(smallprint_proxies=1)

    async def ask(question: str, address: str) -> dict[str, Any]:
        headers = {"X-Forwarded-For": address}
        params = {"q": question, "conversation": "c1"}
        return await (await client.get("/api/answer", params=params, headers=headers)).json()

    await ask("20 images in Poland", "192.0.2.1")
    assert (await ask("and in France?", "192.0.2.1"))["estimates"]
    assert not (await ask("and in Poland?", "192.0.2.2"))["estimates"]


async def test_an_estimate_from_typed_parameters(client: Client) -> None:
    got = await get(client, "/api/estimate", task="image", count=20, region="POL", lang="en")
    said = await get(client, "/api/answer", q="20 images in Poland")
    assert got["estimate"] == said["estimates"][0]
    assert got["understood"]["region"] == "POL"
    assert got["sources"]
    typed = await get(client, "/api/estimate", model="GPT-4o mini", output_tokens=1500, period="day", people=12)
    assert typed["understood"]["model"] == "gpt-4o-mini"
    assert typed["understood"]["people"] == 12


@pytest.mark.parametrize(
    ("path", "params", "status", "detail"),
    [
        ("answer", {}, 422, "« q » est nécessaire."),
        ("answer", {"q": ""}, 422, "« q » est vide."),
        ("answer", {"q": "a" * 4001}, 422, "4000 caractères"),
        ("answer", {"q": "x", "conversation": "a b"}, 422, "« conversation »"),
        ("estimate", {}, 422, "« task » ou « model »"),
        ("estimate", {"task": "poem"}, 422, "« task » est à choisir parmi"),
        ("estimate", {"task": "image", "count": "many"}, 422, "« count » est un nombre"),
        ("estimate", {"task": "image", "count": "nan"}, 422, "« count »"),
        ("estimate", {"task": "image", "count": "-3"}, 422, "« count » vaut"),
        ("estimate", {"task": "image", "colour": "red"}, 422, "pas de paramètre « colour »"),
        ("estimate", {"model": "gtp4o mini turbo max"}, 404, "gtp4o mini turbo max"),
        ("estimate", {"task": "image", "region": "Atlantis-on-Sea"}, 404, "Atlantis-on-Sea"),
    ],
)
async def test_what_cannot_be_used_is_said_in_the_askers_language(
    client: Client, path: str, params: dict[str, str], status: int, detail: str
) -> None:
    got = await get(client, f"/api/{path}", status, **params, lang="fr")
    assert got["status"] == status
    assert detail in got["detail"].replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_parameter_twice_is_refused(client: Client) -> None:
    response = await client.get("/api/answer?q=a&q=b")
    assert response.status == 422
    assert response.content_type == "application/problem+json"


async def test_methods_of_http(client: Client) -> None:
    head = await client.head("/api/answer", params={"q": "20 images"})
    assert (head.status, await head.read()) == (200, b"")
    options = await client.options("/api/answer", headers={"Origin": "https://e.org"})
    assert options.status == 204
    assert "GET" in options.headers["Access-Control-Allow-Methods"]
    for method in ("post", "put", "delete", "patch"):
        refused = await getattr(client, method)("/api/answer")
        assert refused.status == 405
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert refused.content_type == "application/problem+json"
    missing = await client.get("/api/nope")
    assert (missing.status, missing.content_type) == (404, "application/problem+json")
