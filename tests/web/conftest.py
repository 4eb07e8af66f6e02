"""The pages served for real, over loopback, from an application of their own for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.core import Core
from bot.platforms.web.application import build
from bot.settings import Settings

Served = Callable[..., Awaitable["TestClient[Any, Any]"]]
FAST = {"smallprint_questions_per_minute": 0}


@pytest.fixture
async def served(core: Core) -> AsyncIterator[Served]:
    """``await served(smallprint_proxies=1)``: a client of pages with these settings."""
    clients: list[TestClient[Any, Any]] = []

    async def serve(**settings: Any) -> TestClient[Any, Any]:
        application = build(core, Settings(_env_file=None, **{**FAST, **settings}))
        client = TestClient(TestServer(application), cookie_jar=aiohttp.DummyCookieJar())
        await client.start_server()
        clients.append(client)
        return client

    yield serve
    for client in clients:
        await client.close()


@pytest.fixture
async def client(served: Served) -> TestClient[Any, Any]:
    return await served()
