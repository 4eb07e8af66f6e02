"""Makes bot/understanding/learnt.tsv from every labelled sentence of the repository.

    python tests/support/teaching.py              teach and write
    python tests/support/teaching.py --without c  teach without the files asked-c.yaml, score those (--write: and write)

Sentences: the conversations here, the examples of the cue phrases, the questions of the fact base and of other
fields. Plain Python, in a fixed order, so that the same sentences make the same table.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.assembly import assembled
from bot.core import Core
from bot.storage.memory import memory_ports
from bot.understanding.learnt import NONE, UNIT, features
from bot.understanding.reading import Reading
from bot.understanding.state import Heard
from handlers.context import Context
from handlers.request import LANGUAGES, Request

HERE = Path(__file__).parents[1] / "conversations"
OTHERS = Path(__file__).parents[1] / "other_fields.yaml"
TABLE = Path(__file__).parents[2] / "bot" / "understanding" / "learnt.tsv"
COMMANDS = {"explain": "fact", "out_of_scope": "decline", "clarify": NONE}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROUNDS, RATE, RIDGE = 24, 0.3, 2e-4
RARE = 2  # sentences that a word or a pair must stand in
SHARE = {"question": 0.06, "cue": 0.7}  # of a sentence's weight: questions of the base are many and all of one kind


class Clock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True)
class Sentence:
    said: str
    commands: tuple[str, ...]  # any of these is right
    features: tuple[str, ...]
    weight: float
    file: str


class Listener:
    """Says sentences to a real core and keeps what the understanding heard."""

    def __init__(self) -> None:
        self.core: Core = assembled(memory_ports(Clock()))
        self._heard: list[tuple[Heard, Context | None, Reading]] = []
        understanding: Any = self.core._understanding
        decide = understanding._decide

        def noted(heard: Heard, request: Request, context: Context | None, *rest: Any) -> Reading:
            reading = decide(heard, request, context, *rest)
            self._heard.append((heard, context, reading))
            return reading

        understanding._decide = noted

    def hear(self, said: str, person: str) -> tuple[str, ...] | None:
        """The features of the message."""
        self._heard.clear()
        asyncio.run(self.core.answer(Request(said, person, person, NOW)))
        if not self._heard:
            return None
        heard, context, reading = self._heard[-1]
        signs = next((line[6:].split() for line in reading.trace if line.startswith("signs ")), [])
        return tuple(dict.fromkeys(features(heard.masked.text, signs, context is not None)))


def told(path: Path) -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    """The conversations of a file: what is said, and the commands it may mean."""
    for case in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader):
        turns = case["turns"] if isinstance(case, dict) else case
        conversation: list[tuple[str, tuple[str, ...]]] = []
        for turn in turns:
            wanted = turn.get("intent", turn.get("command", ()))
            names = wanted if isinstance(wanted, list) else [wanted]
            conversation.append((turn["said"], tuple(COMMANDS.get(name, name) for name in names if name)))
        yield conversation


def sentences(listener: Listener) -> list[Sentence]:
    found: list[Sentence] = []

    def add(said: str, commands: tuple[str, ...], person: str, kind: str, file: str) -> None:
        heard = listener.hear(said, person)
        if heard is not None and commands:
            found.append(Sentence(said, commands, heard, SHARE.get(kind, 1.0), file))

    for path in sorted(HERE.glob("*/*.yaml")):
        for number, conversation in enumerate(told(path)):
            for said, commands in conversation:
                add(said, commands, f"{path.parent.name}/{path.stem}/{number}", "told", path.stem)
    fields: dict[str, list[str]] = yaml.load(OTHERS.read_text("utf-8"), yaml.CSafeLoader)
    for language in LANGUAGES:
        for said in fields[language]:
            add(said, ("decline",), f"field/{said}", "told", "other_fields")
    understanding: Any = listener.core._understanding
    for cue in understanding._cues.cues:
        if cue.example:
            add(cue.example, (cue.command,), f"cue/{cue.says}", "cue", "cues")
    library = understanding._library
    for entry in (*library.facts.values(), *library.claims.values(), *library.concepts.values()):
        for question in (*entry.questions.en, *entry.questions.fr):
            add(question, ("fact",), f"question/{question}", "question", "questions")
    return found


class Table:
    """Weights of each feature for each command, fitted by AdaGrad."""

    def __init__(self, taught: Sequence[Sentence]) -> None:
        often = Counter(feature for sentence in taught for feature in sentence.features)
        self.commands = sorted({command for sentence in taught for command in sentence.commands})
        self.known = {feature for feature, times in often.items() if times >= RARE}
        width = len(self.commands)
        self.weights: dict[str, list[float]] = {feature: [0.0] * width for feature in sorted(self.known)}
        self.bias = [0.0] * width

    def chances(self, found: Sequence[str]) -> list[float]:
        rows = [self.weights[feature] for feature in found if feature in self.weights]
        sums = [sum(column) for column in zip(self.bias, *rows, strict=True)]
        top = max(sums)
        shares = [math.exp(value - top) for value in sums]
        total = sum(shares)
        return [share / total for share in shares]

    def fit(self, taught: Sequence[Sentence]) -> None:
        index = {command: i for i, command in enumerate(self.commands)}
        squares: dict[str, list[float]] = {feature: [1e-2] * len(index) for feature in self.weights}
        squares["bias"] = [1e-2] * len(index)
        examples = [
            ([f for f in s.features if f in self.weights], [index[c] for c in s.commands], s.weight) for s in taught
        ]
        order = random.Random(1)
        for _ in range(ROUNDS):
            order.shuffle(examples)
            for found, right, weight in examples:
                steps = self.chances(found)
                # Where several are right, each is as right as it is likely now.
                sure = sum(steps[i] for i in right)
                for i in right:
                    steps[i] -= steps[i] / sure if sure > 0 else 1 / len(right)
                for i, step in enumerate(steps):
                    if abs(step) < 2e-3:
                        continue
                    for name in found:
                        row = self.weights[name]
                        slope = weight * step + RIDGE * row[i]
                        squares[name][i] += slope * slope
                        row[i] -= RATE * slope / math.sqrt(squares[name][i]) / 3
                    slope = weight * step
                    squares["bias"][i] += slope * slope
                    self.bias[i] -= RATE * slope / math.sqrt(squares["bias"][i]) / 3

    def best(self, found: Sequence[str]) -> str:
        chances = self.chances(found)
        return self.commands[chances.index(max(chances))]

    def text(self) -> str:
        lines = ["\t".join(self.commands), "\t".join(str(round(value / UNIT)) for value in self.bias)]
        for feature, row in self.weights.items():
            cells = [f"{i}:{n}" for i, value in enumerate(row) if abs(n := round(value / UNIT)) > 1]
            if cells:
                lines.append(f"{feature}\t{' '.join(cells)}")
        return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--without", default="", help="the letters of the asked sets to leave out and score")
    parser.add_argument("--write", action="store_true", help="write the table in spite of what was left out")
    arguments = parser.parse_args()
    left_out = {f"asked-{letter}" for letter in arguments.without}
    every = sentences(Listener())
    taught = [sentence for sentence in every if sentence.file not in left_out]
    table = Table(taught)
    table.fit(taught)
    for file in sorted({sentence.file for sentence in every}):
        mine = [sentence for sentence in every if sentence.file == file]
        right = sum(table.best(sentence.features) in sentence.commands for sentence in mine)
        print(f"{file}: {right}/{len(mine)}{' (not taught)' if file in left_out else ''}")
    if arguments.write or not left_out:
        TABLE.write_text(table.text(), "utf-8")
        print(f"{TABLE}: {len(table.text()) // 1024} kB")


if __name__ == "__main__":
    main()
