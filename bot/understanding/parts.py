"""Parts of what is counted, each made by a model of its own: "40 prompts, half with Claude and half with GPT-4o"."""

from __future__ import annotations

from typing import cast

from bot.understanding.mention import Mention, Quantity
from bot.understanding.sentence import MARKS, Sentence

_NEAR = 3  # words between a part and the model that makes it


def parted(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """The mentions with the number of each part in its place, the whole left out."""
    if not sentence.holds("portions"):
        return mentions
    models = [m for m in mentions if m.kind == "model"]
    spans = sentence.spans("portions")
    if len(models) < 2 or len(spans) != len(models):
        return mentions
    over = [m for m in mentions if any(m.start < end and start < m.end for start, end in spans)]
    numbers = [m for m in mentions if m.kind == "number" and m.score == 1 and not any(m is o for o in over)]
    if len(numbers) != 1 or any(m.kind == "model" for m in over) or not sentence.noun_follows(numbers[0]):
        return mentions
    whole = cast("Quantity", numbers[0].value)
    table, parts = sentence.grammar.tables.get("portions_of", {}), list[Mention]()
    left = 1.0
    for (start, end), model in zip(spans, models, strict=True):
        gap = sentence.tokens(end, model.start)
        part = table.get(sentence.plain[start:end].rpartition(" ")[2], left)  # "the rest"
        left -= part
        if start < numbers[0].end or model.start < end or len(gap) > _NEAR or not MARKS.isdisjoint(gap) or part <= 0:
            return mentions
        high = round(whole.high * part, 2) if whole.high is not None else None
        parts.append(Mention(start, end, "number", Quantity(round(whole.value * part, 2), high)))
    gone = (*over, numbers[0])
    return sorted((*(m for m in mentions if not any(m is g for g in gone)), *parts), key=lambda m: (m.start, m.end))
