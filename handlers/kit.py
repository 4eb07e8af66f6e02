"""What every feature is given: the knowledge, the words, and the ports. Built once, passed on, never looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.describing import Describer
from handlers.kinds import Named, NumberReader
from handlers.measures import Measures
from handlers.phrases import Lexicon
from handlers.ports import Ports, Spent
from knowledge.calculator.calculator import Calculator
from knowledge.calculator.equivalents import Equivalents
from knowledge.library import Library
from knowledge.schema import Units
from knowledge.search import Search


@dataclass(frozen=True, slots=True)
class Kit:
    library: Library
    calculator: Calculator
    equivalents: Equivalents
    search: Search
    lexicon: Lexicon
    describer: Describer
    models: Named
    places: Named
    number: NumberReader
    ports: Ports
    spent: Callable[[], Spent]
    _measures: dict[tuple[str, Units | None], Measures] = field(
        default_factory=dict[tuple[str, Units | None], Measures], init=False, repr=False
    )

    def measures(self, language: str, units: Units | None = None) -> Measures:
        """The numbers of a language, made on first use: they ask Babel for its signs only once."""
        made = self._measures.get((language, units))
        if made is None:
            made = self._measures[language, units] = Measures(self.lexicon[language], units)
        return made
