"""The one module that knows everyone: knowledge, words, features, understanding and ports, put together in order."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import Core
from bot.observing import Effort, Observer
from bot.pace import CREDIT, Limit, SharedPace
from bot.rounds import swept
from bot.storage.memory import memory_ports
from bot.understanding.mention import Quantity
from bot.understanding.names import NameReader
from bot.understanding.quantities import Quantities
from bot.understanding.text import Message
from bot.understanding.things import Named, Things
from bot.understanding.understanding import Understanding
from handlers.catalogue import Catalogue, catalogue
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

if TYPE_CHECKING:
    from bot.settings import Settings

logger = logging.getLogger(__name__)

MINUTE = 60


@asynccontextmanager
async def assemble(
    settings: Settings | None = None,
    *,
    ports: Ports | None = None,
    questions_per_second: float = 0,
    observing: Callable[[Catalogue, Effort], Observer] | None = None,
    once: bool = False,
) -> AsyncGenerator[Core]:
    """The core, ready to answer, for as long as the context is open. ``questions_per_second``: of one person, for long;
    a minute's worth may come at once. 0 is no limit.

    With settings, what people ask to be kept is kept where they say; without, only while this process lives.
    """
    async with AsyncExitStack() as stack:
        if ports is None:
            ports = await _kept(settings, stack)
        if ports.lasting:
            await stack.enter_async_context(swept(ports))
        pace = None
        if questions_per_second > 0:
            pace = SharedPace(ports.paces, max(int(MINUTE * questions_per_second), CREDIT), 1 / questions_per_second)
        yield assembled(ports, pace, observing, once=once)


async def _kept(settings: Settings | None, stack: AsyncExitStack) -> Ports:
    if settings is None:
        return memory_ports()
    # Imported here: half a second and thirty megabytes that `ask` need not pay.
    from bot.settings import MEMORY, Misconfigured

    if settings.address == MEMORY:
        return memory_ports()
    from bot.storage.store import stored_ports

    try:
        return await stack.enter_async_context(stored_ports(settings.address, secret=settings.key))
    except Misconfigured:
        raise
    except Exception as error:
        # A disk that is full or not ours must not keep the bot from answering; answers say that nothing is kept.
        logger.error("no database could be opened, nothing will be kept: %s", type(error).__name__)
        return replace(memory_ports(), reachable=_never)


async def _never() -> bool:
    return False


def assembled(
    ports: Ports,
    pace: Limit | None = None,
    observing: Callable[[Catalogue, Effort], Observer] | None = None,
    *,
    once: bool = False,
) -> Core:
    """Everything made once, each from what it depends on. ``once``: for a single answer, so that only what it needs is
    read; otherwise all of the fact base is read and checked before the first question."""
    library = Library.open() if once else Library.load()
    calculator, equivalents, search = Calculator(library), Equivalents(library), Search(library)
    lexicon, names = Lexicon.load(), names_of(library)
    quantities, effort = Quantities(), Effort()
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
        spent=effort.spent,
    )
    understanding = Understanding(library, Named(NameReader(library, names), Things(library.equivalents)), search)
    features = catalogue(kit)
    observer = observing(features, effort) if observing is not None else None
    return Core(features, understanding, kit, pace, observer, effort)


def number_reader(quantities: Quantities) -> NumberReader:
    """The number that a form's field says: the first quantity read in it."""

    def read(text: str, language: str) -> float | None:
        found = quantities.mentions(Message.of(text), "fr" if language == "fr" else "en")
        values = [m.value.value for m in found if isinstance(m.value, Quantity)]
        return float(values[0]) if values else None

    return read
