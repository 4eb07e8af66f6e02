"""One unit of a use with nothing left open: what every method is asked."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.calculator.interval import Interval
from knowledge.calculator.places import Grid
from knowledge.schema import Chip, Factor, Model, Task

LANGUAGE: frozenset[Task] = frozenset(("text", "reasoning", "code"))  # tasks of a language model


@dataclass(frozen=True, slots=True)
class Job:
    """``asked`` is the model a person named, ``model`` the one it is computed for; both None where none was named."""

    task: Task
    grid: Grid
    asked: Model | None = None
    model: Model | None = None
    output_tokens: float | None = None
    output_said: bool = False
    input_tokens: float = 0.0
    input_counts: bool = False  # True where the input is long enough to matter and every method must count it
    cached_tokens: float = 0.0
    seconds: float | None = None
    pixels: float | None = None
    params_b: Interval | None = None
    machine_wh: Interval | None = None  # what chips that somebody runs are rated at, over the time that they run
    chip: Chip | None = None
    factor: Factor | None = None  # the class of factor that stands in, or stands beside the methods

    @property
    def fresh_tokens(self) -> float:
        """Input that is not read from a cache."""
        return max(self.input_tokens - self.cached_tokens, 0.0)
