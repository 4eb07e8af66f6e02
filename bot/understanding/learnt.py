"""What the example sentences teach of the commands: how likely each is, by the words of a message and its signs.

Phrases (cues.py) say what they were written to say; people put things otherwise. A multinomial logistic model over
words, stems, pairs of neighbours and the signs of signs.py, fitted to every labelled sentence of the repository, speaks
where no phrase does. It is a table of small whole numbers, made by tests/support/teaching.py; nothing is learnt from
anybody's messages.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

_TOKEN = re.compile(r"<[a-z-]+>|[a-z0-9]+|\?")
_MOST = 60  # words that are looked at
_LONG = 6  # letters from which a word is also known by its beginning
_STEM = 5
_PAIRED = 6  # letters of each of two neighbours
_A_STEP = 200
UNIT = 0.05  # what one of the table's whole numbers is worth
_LANE = 32  # bits for the sum of a command: far more than all the features of a message come to
_MIDDLE = 1 << (_LANE - 1)  # added to each lane, so that none is below zero
NONE = "none"  # no command of its own: to be asked back


def features(masked: str, signs: Iterable[str], context: bool) -> list[str]:
    """Of a message with its mentions as slots, in a fixed order; each may come more than once."""
    found: list[str] = []
    before = "^"
    for said in _TOKEN.findall(masked)[:_MOST]:
        word = "0" if said.isdecimal() else said
        found.append(word)
        short = word
        if len(word) >= _LONG and word[0] != "<":
            found.append(f"{word[:_STEM]}*")
            short = word[:_PAIRED]
        found.append(f"{before} {short}")
        before = short
    found.append(f"{before} $")
    found.extend([f"#{sign}" for sign in signs])
    found.append("#after" if context else "#first")
    return found


@dataclass(slots=True)
class Learnt:
    """The table, and the rows of it that were looked at. Read-only but for that memory, which threads may share."""

    commands: tuple[str, ...]
    bias: tuple[int, ...]
    _rows: Mapping[str, str]
    _read: dict[str, int] = field(default_factory=dict[str, int])
    _none: int = 0  # what a message without any features comes to

    def __post_init__(self) -> None:
        self._none = _packed([_MIDDLE + weight for weight in self.bias])

    @classmethod
    def load(cls, file: Traversable | None = None) -> Learnt:
        file = file if file is not None else files("bot.understanding") / "learnt.tsv"
        head, bias, *lines = file.read_text("utf-8").splitlines()
        rows = dict(line.split("\t", 1) for line in lines)
        return cls(tuple(head.split("\t")), tuple(map(int, bias.split("\t"))), rows)

    def warming(self) -> Iterator[None]:
        """Reads every row, a few hundred a step."""
        for at, feature in enumerate(self._rows):
            self._row(feature)
            if at % _A_STEP == 0:
                yield

    def chances(self, masked: str, signs: Iterable[str], context: bool) -> dict[str, float]:
        """The natural logarithm of each command's probability."""
        read, rows, packed = self._read, self._rows, self._none
        for feature in dict.fromkeys(features(masked, signs, context)):
            if (row := read.get(feature)) is not None:
                packed += row
            elif feature in rows:
                packed += self._row(feature)
        size = len(self.commands)
        sums = struct.unpack(f"<{size}I", packed.to_bytes(_LANE // 8 * size, "little"))
        top = max(sums)
        parts = [(value - top) * UNIT for value in sums]
        total = math.log(sum(map(math.exp, parts)))
        return dict(zip(self.commands, [part - total for part in parts], strict=True))

    def _row(self, feature: str) -> int:
        """Rows stay text until a message needs them: most never are."""
        row = 0
        for pair in self._rows[feature].split():
            index, weight = pair.split(":")
            row += int(weight) << (_LANE * int(index))
        return self._read.setdefault(feature, row)


def _packed(row: Sequence[int]) -> int:
    """A row as one number: adding such numbers adds all their lanes at once."""
    return sum(weight << (_LANE * index) for index, weight in enumerate(row))
