"""What nobody means well by, on every surface: it is refused or it is words, and the page stands as it stood."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient
from nasty import BITS, lines
from reading import Page

from bot.core import Core
from handlers.encoding import decode, encode
from handlers.request import Intent

Client = TestClient[Any, Any]
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>"
WORDS = (
    MARKUP, "\x00", "\r\nSet-Cookie: a=b", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%s%n", "{{7*7}}",
    "\u202eevil", "a" * 3000,
)  # fmt: skip
POST = b"POST /en HTTP/1.1\r\nHost: a\r\nContent-Type: "
SAFE = (
    "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
)  # fmt: skip


def sound(html: str) -> Page:
    """A page whose tags close in order, with no script but our own and no handler in an attribute."""
    page = Page(html)
    for script in page.all("script"):
        assert script.get("src", "").startswith("/static/") or script.get("type") == "application/ld+json"
    return page


async def test_nasty_lines_are_answered_with_words(client: Client) -> None:
    for line in (*lines(120, seed=8), *BITS, MARKUP):
        response = await client.post("/en/say", data={"q": line.encode("utf-8", "replace").decode()})
        assert response.status in (200, 413), line
        if response.status == 200:
            sound(await response.text())


@pytest.mark.parametrize(
    "path",
    ["/en?q={}", "/fr/facts?q={}", "/en/embed?q={}", "/api/answer?q={}", "/api/estimate?model={}&lang={}", "/en/{}",
     "/en/facts/{}", "/{}", "/en/embed?entry={}", "/en/methods/{}", "/static/{}", "/?q={}"],
)  # fmt: skip
async def test_hostile_words_in_an_address(client: Client, path: str) -> None:
    for words in WORDS:
        response = await client.get(path.replace("{}", quote(words, safe="")), allow_redirects=False)
        assert response.status in (200, 302, 400, 404, 413, 422), (path, words, response.status)
        assert "Set-Cookie" not in response.headers
        text = await response.text()
        assert "alert(1)>" not in text or response.content_type != "text/html"
        assert "49" not in text or "7*7" not in words
        if response.content_type == "text/html":
            sound(text)
        for name in SAFE:
            assert name in response.headers, (path, name)


@pytest.mark.parametrize("raw", [
    b"GET /%ff%fe?q=%ed%a0%80%c0%af HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /en HTTP/1.1\r\nHost: \"><script>alert(1)</script>\r\n\r\n",
    b"GET /sitemap.xml HTTP/1.1\r\nHost: \"><script>alert(1)</script>\r\n\r\n",
    b"GET /fr/api HTTP/1.1\r\nHost: \"><script>alert(1)</script>\r\n\r\n",
    b"GET /en HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: <script>, ::ffff:1.2.3.4%25eth0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Language: ;;;q=nan,fr;q=9\r\n\r\n",
    b"GET /en HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0, *\r\nIf-None-Match: \"\r\n\r\n",
    POST + b"multipart/form-data; boundary=x\r\nContent-Length: 9\r\n\r\n--x\r\nfoo\r",
    POST + b"application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nq=%ff%0",
    POST + b"text/plain; charset=nope\r\nContent-Length: 3\r\n\r\nq=1",
    b"POST /en HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /en HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
])  # fmt: skip
async def test_what_no_browser_sends(client: Client, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(raw)
    writer.write_eof()
    async with asyncio.timeout(10):
        answered = (await reader.read()).decode("utf-8", "replace")
    writer.close()
    status = int(answered.split(" ")[1]) if answered.startswith("HTTP/") else 0
    assert status < 500, answered[:300]
    assert "<script>alert(1)" not in answered
    assert "root:" not in answered
    assert (await client.get("/healthz")).status == 200


async def test_bodies_that_are_too_large_or_of_another_kind(client: Client) -> None:
    large = await client.post("/en", data={"q": "a" * 200_000})
    assert large.status == 413
    assert "Too much at once" in (await large.text())
    long = await client.post("/fr/say", data={"q": "a" * 5_000})
    assert (long.status, (await long.json())["title"]) == (413, "Trop à la fois")
    form = FormData()
    form.add_field("q", b"\x00\x01" * 500, filename="x.csv", content_type="text/csv")
    assert (await client.post("/en", data=form)).status == 200
    assert (await client.post("/en", json={"q": "20 images"})).status in (200, 400, 415)
    many = "&".join(f"a{n}=1" for n in range(9_000))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/en", data=many, headers=kind)).status < 500


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_a_form_of_another_site_does_nothing(client: Client, headers: dict[str, str], status: int) -> None:
    for path in ("/en", "/en/say"):
        assert (await client.post(path, data={"q": "20 images"}, headers=headers)).status == status


async def test_buttons_that_nobody_made(client: Client, core: Core) -> None:
    made = ("1f~fnope", "1g~pXXX,FRA", "1e~ut,../../x,1e300", "1e~ui,,-5", "1m~ut,,nan", "1v~aerase~C1", "1z~qnope~n99",
            "1E~Fexe", "1I~C1", "1t~lxx", "1b~Ac1e999", "1l~x1", "1D~w9~h99", "1N~kx")  # fmt: skip
    for token in made:
        intent = decode(token)
        response = await client.post("/en/say", data={"take": f"{token} <b>label</b>"})
        assert response.status == (200 if intent is not None else 400), token
        if response.status == 200:
            text = sound(await response.text()).text
            assert "Reference" not in text, f"{token}: {text}"
            assert "<b>label</b>" in text, "what is said to stand on a button stays words"
    for token in ("", "2e", "1", "1?", "\x00", "1e~u", "x" * 5_000):
        assert (await client.post("/en/say", data={"take": f"{token} x"})).status in (200, 400)
    honest = encode(Intent("fact", {"facts": ("pue",)}))
    assert (await client.post("/en/say", data={"take": f"{honest} PUE"})).status == 200


async def test_a_bad_conversation_is_nobodys(client: Client) -> None:
    for name in ("", "1", "a" * 65, "../x", "c c c c c c c c c", "\x00" * 20):
        await client.post("/en", data={"q": "20 images in Poland", "conversation": name})
        after = await client.post("/en/say", data={"q": "and in France?", "conversation": name})
        assert "20 images" not in await after.text()


async def test_a_flood_of_one_address_is_its_own(served: Any) -> None:
    client = await served(smallprint_questions_per_minute=3, smallprint_proxies=1)

    async def ask(address: str, path: str = "/fr?q=20+images") -> Any:
        return await client.get(path, headers={"X-Forwarded-For": f"9.9.9.9, {address}"})

    assert [(await ask("192.0.2.1")).status for _ in range(4)] == [200, 200, 200, 429]
    late = await ask("192.0.2.1")
    assert int(late.headers["Retry-After"]) > 0
    assert "Un instant" in await late.text()
    assert (await (await ask("192.0.2.1", "/api/answer?q=x&lang=fr")).json())["status"] == 429
    assert (await ask("192.0.2.2")).status == 200
    assert [(await ask(f"2001:db8:1:2::{n}")).status for n in range(4)] == [200, 200, 200, 429], "one household"
    assert (await ask("2001:db8:1:3::1")).status == 200
    assert [(await ask(f"192.0.2.3:{port}")).status for port in range(4)] == [200, 200, 200, 429], (
        "a port is no address"
    )
    assert [(await ask(f"[2001:db8:9::1]:{port}")).status for port in range(4)] == [200, 200, 200, 429]
    assert (await client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"})).status == 200


async def test_who_asks_is_not_believed_without_a_proxy_of_ours(served: Any) -> None:
    client = await served(smallprint_questions_per_minute=3)
    asked = [await client.get("/en?q=x", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)]
    assert [response.status for response in asked] == [200, 200, 200, 429]
