"""The description of the interface, held against the interface itself by schemathesis: in process, a few examples."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.core import Core
from bot.listening import hosted
from bot.platforms.web.application import build
from bot.settings import Settings

load_all_checks()


@pytest.fixture(scope="module")
def address(core: Core) -> Iterator[str]:
    """The real server in a thread of its own: schemathesis calls it as anybody would, and waits for it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        runner = hosted(build(core, Settings(_env_file=None, smallprint_questions_per_minute=0)))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", ["/api/answer", "/api/estimate"])
def test_the_interface_is_as_it_is_described(path: str, mode: GenerationMode, address: str) -> None:
    operation = schemathesis.openapi.from_url(f"{address}/api/openapi.json")[path]["GET"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def holds(case: Case) -> None:
        # Not every text is the name of a model: that one is unknown is a right answer to a rightly formed question.
        case.call_and_validate(base_url=address, excluded_checks=[positive_data_acceptance])

    holds()


def test_the_description_is_valid_openapi_and_names_every_path(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    assert sorted(schema) == ["/api/answer", "/api/estimate"]
