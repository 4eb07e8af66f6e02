"""The process: started, asked, told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_the_process_answers_and_ends_well_when_told_to() -> None:
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "memory:", "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "web",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        log = b""
        async with asyncio.timeout(60):
            while b"ready on port" not in log:
                line = await process.stdout.readline()
                assert line, log
                log += line
            async with aiohttp.ClientSession() as session:
                url = f"http://127.0.0.1:{port}"
                async with session.get(f"{url}/healthz") as response:
                    assert response.status == 200
                visitor = {"X-Forwarded-For": "192.0.2.77"}
                for path in ("/en", "/api/answer", "/en/facts", "/secret"):
                    asked = {"q": "a secret question on 20 images"}
                    async with session.get(f"{url}{path}", params=asked, headers=visitor) as response:
                        assert await response.text()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /en?q=secret HTTP/1.1\r\nHost: a\r\nX: " + b"secret" * 5_000 + b"\r\n\r\n")
            await reader.read()
            writer.close()
            process.send_signal(signal.SIGTERM)
            log += await process.stdout.read()
            assert await process.wait() == 0, log
        assert b"secret" not in log
        assert b"127.0.0.1" not in log
        assert b"192.0.2.77" not in log
    finally:
        if process.returncode is None:
            process.kill()


async def test_the_first_page_is_in_the_language_the_browser_prefers(client: TestClient[Any, Any]) -> None:
    for accepted, language in (
        ("fr-CH, en;q=0.8", "fr"),
        ("de, en;q=0.5, fr;q=0.4", "en"),
        ("", "en"),
        (";;q=,", "en"),
    ):
        response = await client.get("/", headers={"Accept-Language": accepted}, allow_redirects=False)
        assert response.headers["Location"] == f"/{language}"
