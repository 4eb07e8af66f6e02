"""Which places a sentence means, and which of its uses each of them is the place of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.items import MOST_ITEMS, Item
from bot.understanding.mention import Mention
from knowledge.calculator.use import Use

_WORLD = "WOR"
_NAMES_OF_IT = ("world", "global", "mond", "planet")


def settled(plain: str, places: Sequence[Mention]) -> list[Mention]:
    """ "EU average grid" is one place: the average is of what stands right before it."""
    if len(places) < 2:
        return list(places)
    ends = {m.end for m in places}

    def of_the_one_before(mention: Mention) -> bool:
        if mention.value != _WORLD or mention.start - 1 not in ends:
            return False
        said = plain[mention.start : mention.end]
        return not any(word in said for word in _NAMES_OF_IT)

    return [m for m in places if not of_the_one_before(m)]


def placed(uses: Sequence[Use], items: Sequence[Item], places: Sequence[Mention]) -> tuple[tuple[Use, ...], bool]:
    """The uses with their places, and whether one use is held against itself in several of them."""
    codes = tuple(dict.fromkeys(m.value for m in places))
    if len(codes) <= 1 or not uses:
        return (tuple(replace(u, place=codes[0]) for u in uses) if codes else tuple(uses)), False
    if len(uses) == 1:
        return tuple(replace(uses[0], place=code) for code in codes[:MOST_ITEMS]), True
    own: list[str | None] = [None] * len(uses)
    if len(places) == len(items) and all(p.start < i.start for p, i in zip(places, items, strict=True)):
        # "In Poland 20 prompts or in France 40": each place stands before its own.
        return tuple(replace(u, place=p.value) for u, p in zip(uses, places, strict=True)), False
    for mention in places:
        mine = [n for n, i in enumerate(items) if i.start < mention.start]
        n = mine[-1] if mine else 0
        own[n] = own[n] or mention.value
    return tuple(replace(u, place=place or codes[0]) for u, place in zip(uses, own, strict=True)), False
