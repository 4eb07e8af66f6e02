"""So many times so many: "2 prompts per lesson, 5 lessons a day", "4 issues a year, 15 prompts each", "5 packs of 20".

What the work is done for (a lesson, an issue, a post) is made by nobody's AI unless a verb says so, and is no person.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.understanding.mention import Mention, Quantity
from bot.understanding.sentence import STOPS, Sentence

_PER = re.compile(
    r"(?<![\w-])(?:per|par|(?:for|in|on|with|at) (?:each|every)|(?:pour|dans|sur|a) chaque|chaque|each|every) "
    r"([a-z]{3,})(?![\w'-])"
)
_OF = ("of", "de", "d")
_NEAR = 6  # words between a number and what it is for
_TAKEN = ("period", "horizon", "people", "thing", "place", "model", "amount")


def multiplied(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """The mentions, where one number is the product of the two that were said."""
    numbers = [m for m in mentions if m.kind == "number" and m.score == 1]
    if not numbers or sentence.holds("comparing"):
        return mentions
    if (again := _again(sentence, mentions)) is not None:
        return again
    packed = _packed(sentence, mentions, numbers)
    if packed is not None:
        return packed
    for match in _PER.finditer(sentence.plain):
        found = _per_one(sentence, mentions, numbers, match)
        if found is not None:
            return found
    return _each(sentence, mentions, numbers) or mentions


def _per_one(
    sentence: Sentence, mentions: list[Mention], numbers: list[Mention], match: re.Match[str]
) -> list[Mention] | None:
    """ "2 prompts per lesson, 5 lessons a day", "an image per post, 3 posts a week"."""
    at, stem = match.start(1), _stem(match[1])
    if any((m.kind in _TAKEN or m.kind == "each") and m.start <= at < m.end for m in mentions):
        return None
    outer = next((n for n in numbers if stem in map(_stem, sentence.after(n.end, 2))), None)
    if outer is None:
        return None
    tasks = [m for m in mentions if m.kind == "task" and not m.start <= at < m.end and not _names(sentence, m, stem)]
    led = [n for n in numbers if n is not outer and n.end <= match.start() and _few(sentence, n.end, match.start())]
    behind = [n for n in numbers if n is not outer and n.start >= match.end() and _few(sentence, match.end(), n.start)]
    inner = led[-1] if led else next((n for n in behind if any(t.start >= n.end for t in tasks)), None)
    if inner is None:  # "an image per post"
        single = next((t for t in tasks if t.end <= match.start() and _few(sentence, t.end, match.start())), None)
        if single is None:
            return None
        inner = Mention(single.start, single.start, "number", Quantity(1.0))
        mentions = sorted((*mentions, inner), key=lambda m: (m.start, m.end))
    return _times(sentence, mentions, inner, outer, stem)


def _each(sentence: Sentence, mentions: list[Mention], numbers: list[Mention]) -> list[Mention] | None:
    """ "4 issues a year, each 15 prompts", "12 chapters, 15 prompts each"."""
    each = [m for m in mentions if m.kind == "each"]
    if len(numbers) != 2 or not each or any(m.kind == "people" for m in mentions):
        return None
    outer, inner = numbers
    word = next(iter(sentence.after(outer.end, 1)), "")
    known = word in sentence.grammar.of("batches")
    timed = any(m.kind == "period" and 0 <= m.start - outer.end - len(word) <= 2 for m in mentions)
    over = any(m.kind in _TAKEN and m.start <= outer.end + 1 < m.end for m in mentions)
    named = any(m.kind in ("task", "model") and m.start >= inner.end for m in mentions)
    if over or not named or not (known or (timed and word.endswith(("s", "x")))):
        return None
    mentions = [m for m in mentions if m not in each]
    return _times(sentence, mentions, inner, outer, _stem(word))


def _packed(sentence: Sentence, mentions: list[Mention], numbers: list[Mention]) -> list[Mention] | None:
    """ "5 batches of 20 prompts", « 3 sessions de 20 échanges »."""
    packs = sentence.grammar.of("packs") | sentence.grammar.of("batches") | sentence.grammar.of("sessions")
    for outer, inner in pairwise(numbers):
        between = sentence.tokens(outer.end, inner.start)
        if len(between) != 2 or between[0] not in packs or between[1] not in _OF:
            continue
        talked = any(m.kind == "task" and outer.end <= m.start < inner.start for m in mentions)
        exchanged = not sentence.grammar.of("exchanged").isdisjoint(sentence.after(inner.end, 1))
        if not talked and (exchanged or sentence.noun_follows(inner)):
            return _times(sentence, mentions, inner, outer, _stem(between[0]))
    return None


def _again(sentence: Sentence, mentions: list[Mention]) -> list[Mention] | None:
    """ "10 logos, each redone 5 times", « 3 visuels refaits 4 fois chacun »."""
    if sentence.grammar.of("redone").isdisjoint(sentence.words):
        return None
    numbers = [m for m in mentions if m.kind == "number"]
    for inner, outer in pairwise(numbers):
        said = sentence.plain[outer.start : outer.end].split()[-1:] + list(sentence.after(outer.end, 1))
        redone = not sentence.grammar.of("redone").isdisjoint(sentence.before(outer.start, 3))
        if redone and not sentence.grammar.of("fold").isdisjoint(said) and sentence.noun_follows(inner):
            mentions = [m for m in mentions if m.kind != "each"]
            return _times(sentence, mentions, inner, outer, "")
    return None


def _times(sentence: Sentence, mentions: list[Mention], inner: Mention, outer: Mention, stem: str) -> list[Mention]:
    one, other = inner.value, outer.value
    low, high = one.value * other.value, (one.high or one.value) * (other.high or other.value)
    product = replace(inner, value=Quantity(low, high if high != low else None))
    made = not sentence.grammar.of("making").isdisjoint(sentence.before(outer.start, 2))
    if made and any(_names(sentence, m, stem) for m in mentions if m.kind == "task"):
        return [product if m is inner else m for m in mentions]  # "write 20 articles with 3 images each"
    kept = (m for m in mentions if m is not outer and not (m.kind == "task" and stem and _names(sentence, m, stem)))
    return [product if m is inner else m for m in kept]


def _names(sentence: Sentence, mention: Mention, stem: str) -> bool:
    return _stem(sentence.plain[mention.start : mention.end]) == stem


def _few(sentence: Sentence, start: int, end: int) -> bool:
    between = sentence.tokens(start, end)
    return len(between) <= _NEAR and STOPS.isdisjoint(between)


def _stem(word: str) -> str:
    return word.removesuffix("s").removesuffix("x")
