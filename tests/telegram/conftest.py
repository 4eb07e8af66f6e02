"""One server and one run of the bot, shared by the tests that need none of their own; new people for each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from telegram_people import Somebody
from telegram_process import running
from telegram_server import Server
from telegram_world import Chat


@pytest.fixture(scope="session")
def people() -> Callable[..., Somebody]:
    """Somebody new at every call, so that tests can share one run of the bot."""
    ids = itertools.count(5_000_001)

    def somebody(server: Server, language: str | None = "en") -> Somebody:
        return Somebody(server, next(ids), language)

    return somebody


@pytest.fixture(scope="session")
def groups() -> Callable[..., Chat]:
    ids = itertools.count(-1_001_000_000_001, -1)

    def group(server: Server, **more: Any) -> Chat:
        chat = Chat(next(ids), "supergroup", **more)
        server.world.chats[chat.id] = chat
        return chat

    return group


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[Server]:
    """One server and one process for every test that does not need its own."""
    async with Server() as made, running(made):
        yield made
