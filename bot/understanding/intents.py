"""Which command is meant: a sum of signs and cue phrases for each, the highest wins.

Not a chain of ifs: every command is weighed on every message, and two that come out level are offered as a choice.
Weights stand in weights.yaml, cue phrases beside the features.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from bot.understanding.cues import Heard
from bot.understanding.reading import Candidate
from knowledge.parsing import read

_DECISIVE = 5.0  # weight of a phrase from which facts found by search count half
_HOPELESS = 5.0  # minus the logarithm of a probability that counts for nothing
_ABROAD = 0.6  # what phrases of the other language count in a message whose language is sure


@dataclass(frozen=True)
class Weights:
    floor: float
    margin: float
    search_floor: float
    strange_floor: float
    search_weight: float
    search_sure: float
    search_more: float
    learnt_weight: float
    learnt_floor: float
    commands: Mapping[str, Mapping[str, float]]
    continues: Mapping[str, tuple[tuple[str, str], ...]]
    beyond_most: frozenset[str] = frozenset()  # signs that count in full, whatever the others add

    @cached_property
    def by_sign(self) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """What each sign speaks for, and how much."""
        found: dict[str, list[tuple[str, float]]] = {}
        for command, table in self.commands.items():
            for sign, weight in table.items():
                if sign not in ("most", "most_cues"):
                    found.setdefault(sign, []).append((command, weight))
        return {sign: tuple(pairs) for sign, pairs in found.items()}

    @classmethod
    def load(cls, file: Traversable | None = None) -> Weights:
        file = file if file is not None else files("bot.understanding") / "weights.yaml"
        data = cast("dict[str, Any]", read(file.read_text("utf-8"), file.name))
        return cls(
            float(data["floor"]),
            float(data["margin"]),
            float(data["search"]["floor"]),
            float(data["search"]["strange"]),
            float(data["search"]["weight"]),
            float(data["search"]["sure"]),
            float(data["search"]["more"]),
            float(data["learnt"]["weight"]),
            float(data["learnt"]["floor"]),
            data["commands"],
            {name: tuple((a, b) for a, b in steps) for name, steps in data["continues"].items()},
            frozenset(data["beyond_most"]),
        )


@dataclass(slots=True)
class Scores:
    """The sums, and what went into each for those who want to know."""

    weights: Weights
    sums: dict[str, float] = field(default_factory=dict[str, float])
    gives: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    steps: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])  # command, how much, why
    decided: bool = False  # a phrase was heard that hardly means anything else
    learnt: Mapping[str, float] = field(default_factory=dict[str, float])  # logarithms of probabilities
    _likely: dict[str, float] = field(default_factory=dict[str, float])  # and what they add to the sums

    def add_signs(self, signs: Iterable[str]) -> None:
        totals: dict[str, float] = {}
        beyond: dict[str, float] = {}
        by_sign = self.weights.by_sign
        for sign in sorted(by_sign.keys() & signs):  # floats are summed in one order, whatever the set's
            sums = beyond if sign in self.weights.beyond_most or sign.startswith("continues.") else totals
            for command, weight in by_sign[sign]:
                sums[command] = sums.get(command, 0.0) + weight
        for command in {**totals, **beyond}:
            total = totals.get(command, 0.0)
            total = min(total, self.weights.commands[command].get("most", total)) + beyond.get(command, 0.0)
            self.sums[command] = self.sums.get(command, 0.0) + total
            self.steps.append((command, total, "signs"))

    def add_cues(self, heard: Sequence[Heard], language: str | None = None) -> None:
        """The strongest phrase of a command counts in full, each further one by half of the one before.

        Phrases overlap ("how sure", "how sure are you"), and saying a thing twice is not meaning it twice.
        """
        by_command: dict[str, list[Heard]] = {}
        for item in heard:
            by_command.setdefault(item.cue.command, []).append(item)
            self.decided = self.decided or (item.cue.weight >= _DECISIVE and item.cue.command != "fact")
        for command, items in by_command.items():
            items = list({item.cue.says: item for item in items}.values())
            own = {id(item): item.cue.weight * self._trust(item, language) for item in items}
            # Nothing may hang on the order of a set: what weighs alike is taken as it was said.
            items.sort(key=lambda h: (-own[id(h)], h.start, h.cue.says))
            total, share = 0.0, 1.0
            gives: dict[str, Any] = {}
            for item in items:
                total += own[id(item)] * share
                share /= 2
                for key, value in item.cue.gives.items():
                    gives.setdefault(key, value)
            total = min(total, self.weights.commands.get(command, {}).get("most_cues", total))
            self.sums[command] = self.sums.get(command, 0.0) + total
            self.gives[command] = gives
            self.steps.append((command, total, items))

    @staticmethod
    def _trust(item: Heard, language: str | None) -> float:
        """Phrases of the other language are heard too, for sentences that mix, but mean less."""
        return 1.0 if language is None or item.cue.language == language else _ABROAD

    def add_learnt(self, chances: Mapping[str, float]) -> None:
        """What the example sentences say; kept apart, for whether anything was understood at all is told without."""
        self.learnt = chances
        weight = self.weights.learnt_weight
        self._likely = {
            command: weight * (chance + _HOPELESS) for command, chance in chances.items() if chance > -_HOPELESS
        }

    def trace(self) -> Iterator[str]:
        """Every step in words."""
        for command, weight, why in self.steps:
            said = why if isinstance(why, str) else "cue " + "; ".join(item.cue.says[:60] for item in why[:3])
            yield f"{command} {weight:+.1f}: {said}"
        likely = sorted(self.learnt.items(), key=lambda item: -item[1])[:3]
        yield "learnt: " + ", ".join(f"{command} {math.exp(chance):.2f}" for command, chance in likely)

    def chance(self, command: str) -> float:
        """Its probability by the example sentences."""
        return math.exp(self.learnt.get(command, -_HOPELESS))

    def total(self, command: str) -> float:
        """What speaks for a command in all."""
        return self.sums.get(command, 0.0) + self._likely.get(command, 0.0)

    def add(self, command: str, weight: float, why: str) -> None:
        self.sums[command] = self.sums.get(command, 0.0) + weight
        self.steps.append((command, weight, why))

    def open_to(self, command: str, most: float) -> bool:
        """Whether so much more could still make this command one of those that matter."""
        likely = self._likely
        best = max([total + likely.get(one, 0.0) for one, total in self.sums.items()], default=0.0)
        return self.total(command) + most > best - self.weights.margin

    def ranked(self) -> tuple[Candidate, ...]:
        sums, likely = self.sums, self._likely  # nothing else can lift a command above nought
        totals = [(sums.get(command, 0.0) + likely.get(command, 0.0), command) for command in {**sums, **likely}]
        return tuple(
            Candidate(command, round(total, 3), sums.get(command, 0.0), self.chance(command))
            for total, command in sorted([pair for pair in totals if pair[0] > 0], key=_highest_first)
        )


def _highest_first(pair: tuple[float, str]) -> tuple[float, str]:
    return -pair[0], pair[1]
