"""The one module that knows everyone: knowledge, words, features, understanding and ports, put together in order."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.core import Core
from bot.pace import Pace
from bot.storage.memory import memory_ports
from bot.understanding.mention import Quantity
from bot.understanding.names import NameReader
from bot.understanding.quantities import Quantities
from bot.understanding.text import Message
from bot.understanding.things import Named, Things
from bot.understanding.understanding import Understanding
from handlers.catalogue import catalogue
from handlers.describing import Describer
from handlers.kinds import NumberReader
from handlers.kit import Kit
from handlers.phrases import Lexicon
from handlers.ports import Ports
from handlers.territories import ModelNames, PlaceNames, names_of
from knowledge.calculator.calculator import Calculator
from knowledge.calculator.equivalents import Equivalents
from knowledge.library import Library
from knowledge.search import Search


@asynccontextmanager
async def assemble(ports: Ports | None = None, pace: Pace | None = None, *, once: bool = False) -> AsyncGenerator[Core]:
    """The core, ready to answer, for as long as the context is open."""
    yield assembled(ports or memory_ports(), pace, once=once)


def assembled(ports: Ports, pace: Pace | None = None, *, once: bool = False) -> Core:
    """Everything made once, each from what it depends on. ``once``: for a single answer, so that only what it needs is
    read; otherwise all of the fact base is read and checked before the first question."""
    library = Library.open() if once else Library.load()
    calculator, equivalents, search = Calculator(library), Equivalents(library), Search(library)
    lexicon, names = Lexicon.load(), names_of(library)
    quantities = Quantities()
    kit = Kit(
        library=library,
        calculator=calculator,
        equivalents=equivalents,
        search=search,
        lexicon=lexicon,
        describer=Describer(library, lexicon),
        models=ModelNames(library, names),
        places=PlaceNames(library, names),
        number=number_reader(quantities),
        ports=ports,
    )
    understanding = Understanding(library, Named(NameReader(library, names), Things(library.equivalents)), search)
    return Core(catalogue(kit), understanding, ports, lexicon, pace)


def number_reader(quantities: Quantities) -> NumberReader:
    """The number that a form's field says: the first quantity read in it."""

    def read(text: str, language: str) -> float | None:
        found = quantities.mentions(Message.of(text), "fr" if language == "fr" else "en")
        values = [m.value.value for m in found if isinstance(m.value, Quantity)]
        return float(values[0]) if values else None

    return read
