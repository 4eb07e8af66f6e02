"""The one module that knows everyone: knowledge, words, features, understanding and ports, put together in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.core import Core
from bot.pace import Pace
from bot.storage.memory import memory_ports
from bot.understanding.understanding import Understanding
from handlers.catalogue import catalogue
from handlers.describing import Describer
from handlers.kit import Kit
from handlers.phrases import Lexicon
from handlers.ports import Ports
from knowledge.calculator.calculator import Calculator
from knowledge.calculator.equivalents import Equivalents
from knowledge.library import Library
from knowledge.search import Search


@asynccontextmanager
async def assemble(ports: Ports | None = None, pace: Pace | None = None) -> AsyncIterator[Core]:
    """The core, ready to answer, for as long as the context is open."""
    yield assembled(ports or memory_ports(), pace)


def assembled(ports: Ports, pace: Pace | None = None) -> Core:
    """Everything made once, each from what it depends on."""
    library = Library.load()
