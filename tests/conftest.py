"""One core for the whole run: it is immutable but for its ports, and every conversation has a channel of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import written

from bot.assembly import assembled
from bot.core import Core
from bot.storage.memory import memory_ports
from handlers.answer import Answer
from handlers.request import Language, Request

# Nothing that a test starts, a process either, keeps anything in this machine's data folder.
os.environ["DATABASE_URL"] = "memory:"

WRITTEN = "written"  # under which a worker hands on what its processes wrote
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class StillClock:
    """Time moves only when told to."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture(scope="session")
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def core(clock: StillClock) -> Core:
    return assembled(memory_ports(clock))


class Talk:
    """One person in one channel: say a line, get the answer."""

    def __init__(self, core: Core, clock: StillClock, name: str) -> None:
        self._core, self._clock, self._name = core, clock, name
        self.last: Answer | None = None

    def say(self, text: str, language: Language | None = None, team: str | None = None) -> Answer:
        request = Request(text, f"test:{self._name}", self._name, self._clock.now(), language=language, team=team)
        return self._told(self._core.answer(request))

    def tap(self, label: str) -> Answer:
        """Takes the suggestion of the last answer whose label contains these words."""
        assert self.last is not None
        (chosen, *_) = [s for s in self.last.suggestions if label.casefold() in s.label.casefold()]
        request = Request("", f"test:{self._name}", self._name, self._clock.now())
        return self._told(self._core.answer(request, chosen.intent))

    def _told(self, answering: Awaitable[Answer | None]) -> Answer:
        async def wait() -> Answer | None:
            return await answering

        answer = asyncio.run(wait())
        assert answer is not None
        self.last = answer
        return answer


@pytest.fixture
def talk(core: Core, clock: StillClock, request: pytest.FixtureRequest) -> Talk:
    return Talk(core, clock, request.node.nodeid)


@pytest.fixture
def talks(core: Core, clock: StillClock) -> Callable[[str], Talk]:
    """Several people, by name."""
    return lambda name: Talk(core, clock, name)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker, where several share the tests, has ended."""
    written.note_all(*getattr(node, "workeroutput", {}).get(WRITTEN, ((), ())))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whatever the tests asked: no process of this run wrote a secret anywhere."""
    handed_on = getattr(session.config, "workeroutput", None)
    if handed_on is not None:
        handed_on[WRITTEN] = written.noted()
    elif any(written.found()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = list(written.found())
    terminalreporter.write_line(f"{written.searched()}: {len(lines)} found")
    for line in lines:
        terminalreporter.write_line(f"  {line}")
