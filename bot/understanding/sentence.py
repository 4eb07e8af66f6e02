"""One sentence with what was found in it: the words between two places, and whether a phrase stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.grammar import Grammar
from bot.understanding.mention import Mention

_TOKEN = re.compile(r"[a-z0-9]+|[,;:+&=%$€.?!≈()/]")
MARKS = frozenset(",;:+&=%$€.?!≈()/")
STOPS = frozenset(".?!")
_LOOK_BACK, _LOOK_AHEAD = 40, 30  # characters
_RELATIVE = frozenset(("que", "qu"))
_NEAR = 80  # characters that two words may take; in more nothing is counted


_MEASURES = (
    ("minerals", "adpe_mg"),
    ("primary", "primary_mj"),
    ("water", "water_ml"),
    ("carbon", "co2e_g"),
    ("energy", "energy_wh"),
)


class Sentence:
    """``plain`` is folded text; mentions stand in its order."""

    def __init__(self, plain: str, mentions: Sequence[Mention], grammar: Grammar) -> None:
        self.plain = plain
        self.mentions = sorted(mentions, key=lambda m: (m.start, m.end))
        self.grammar = grammar
        self.words = self.tokens(0, len(plain))

    def tokens(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(_TOKEN.findall(self.plain[start:end])) if start < end else ()

    def few(self, start: int, end: int) -> bool:
        """Whether no more than two words or marks stand between."""
        return end - start <= _NEAR and len(self.tokens(start, end)) <= 2

    def before(self, start: int, most: int = 4) -> tuple[str, ...]:
        return self.tokens(max(0, start - _LOOK_BACK), start)[-most:]

    def after(self, end: int, most: int = 3) -> tuple[str, ...]:
        return self.tokens(end, end + _LOOK_AHEAD)[:most]

    def holds(self, key: str) -> bool:
        """Whether a word or phrase of this list of the grammar stands anywhere."""
        return self.grammar.holds(key, self.words)

    def spans(self, key: str) -> list[tuple[int, int]]:
        """Where words or phrases of this list stand, none over another."""
        found: list[tuple[int, int]] = []
        said = [m.span() for m in _TOKEN.finditer(self.plain)]
        at = 0
        while at < len(said):
            length = self.grammar.length(key, self.words[at:])
            if length:
                found.append((said[at][0], said[at + length - 1][1]))
            at += length or 1
        return found

    def opposes(self, gap: tuple[str, ...]) -> bool:
        """Whether such a word as "vs" stands among these; the "que" of « ce que j'ai fait » is none."""
        versus, whose = self.grammar.of("versus"), self.grammar.of("relating")
        if versus.isdisjoint(gap):
            return False
        said = [at for at, word in enumerate(gap) if word in versus]
        return not all(gap[at] in _RELATIVE and not whose.isdisjoint(gap[at + 1 : at + 2]) for at in said)

    def noun_follows(self, mention: Mention, skipping: int = 0) -> bool:
        """Whether a task or a model stands right behind, so many words in between."""
        return any(
            m.kind in ("task", "model")
            and 0 <= m.start - mention.end <= 2 + 5 * skipping
            and len(self.tokens(mention.end, m.start)) == skipping
            for m in self.mentions
        )

    def measure(self) -> str | None:
        """What is asked for: minerals and primary energy where named, else water, carbon or electricity."""
        for key, measure in _MEASURES:
            if not self.grammar.of(key).isdisjoint(self.words):
                return measure
        return None
