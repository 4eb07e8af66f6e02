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
    if (again := _again(sentence, mentions) or _tried(sentence, mentions, numbers)) is not None:
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
    known = known or (timed and word.endswith(("s", "x"))) or _holds(sentence, mentions, outer, inner)
    if over or not named or not known:
        return None
    mentions = [m for m in mentions if m not in each]
    task = next((m for m in mentions if m.kind == "task" and outer.end <= m.start < inner.start), None)
    other = next((m for m in mentions if m.kind == "task" and m.start >= inner.end), task)
    held = not sentence.grammar.of("having").isdisjoint(sentence.tokens(outer.end, inner.start))
    if held and task is not None and other is not None and task.value != other.value:
        return _times(sentence, mentions, inner, outer, "", both=True)  # "20 e-mails with 3 images each"
    return _times(sentence, mentions, inner, outer, _stem(word))


def _holds(sentence: Sentence, mentions: list[Mention], outer: Mention, inner: Mention) -> bool:
    """Whether uses hold others: "20 e-mails with 3 images each"."""
    if sentence.grammar.of("having").isdisjoint(sentence.tokens(outer.end, inner.start)):
        return False
    tasks = [m for m in mentions if m.kind == "task"]
    one = next((m.value for m in tasks if outer.end <= m.start < inner.start), None)
    other = next((m.value for m in tasks if m.start >= inner.end), None)
    return None not in (one, other) and one != other


def _packed(sentence: Sentence, mentions: list[Mention], numbers: list[Mention]) -> list[Mention] | None:
    """ "5 batches of 20 prompts", « 3 sessions de 20 échanges »."""
    packs = sentence.grammar.of("packs") | sentence.grammar.of("batches") | sentence.grammar.of("sessions")
    for outer, inner in pairwise(numbers):
        between = sentence.tokens(outer.end, inner.start)
        if len(between) == 2 and between[1] in _OF and (talked := _talked(sentence, mentions, outer, inner)):
            return talked
        if len(between) != 2 or between[0] not in packs or between[1] not in _OF:
            continue
        talked = any(m.kind == "task" and outer.end <= m.start < inner.start for m in mentions)
        exchanged = not sentence.grammar.of("exchanged").isdisjoint(sentence.after(inner.end, 1))
        if not talked and (exchanged or sentence.noun_follows(inner)):
            return _times(sentence, mentions, inner, outer, _stem(between[0]))
    return None


def _talked(sentence: Sentence, mentions: list[Mention], outer: Mention, inner: Mention) -> list[Mention] | None:
    """ "2 conversations of 15 exchanges a day": words for a talk and for its turns that may be a task each."""
    held = noun(sentence, outer.end)
    turn = noun(sentence, inner.end)
    if held is None or turn is None or held[0] not in sentence.grammar.of("sessions"):
        return None
    if turn[0] not in sentence.grammar.of("exchanged"):
        return None
    inside = [m for m in mentions if m.start < turn[2] and outer.end < m.end and m is not inner]
    if any(m.kind != "task" or m.value not in ("text", "reasoning") for m in inside):
        return None  # "3 coding sessions of 20 prompts"
    left = [m for m in mentions if not any(m is i for i in inside)]
    left.append(Mention(turn[1], turn[2], "task", "text"))
    return sorted(_times(sentence, left, inner, outer, ""), key=lambda m: (m.start, m.end))


def _tried(sentence: Sentence, mentions: list[Mention], numbers: list[Mention]) -> list[Mention] | None:
    """ "10 images, 5 tries each", "3 attempts per image, 10 images"."""
    attempts = sentence.grammar.of("attempts")
    if attempts.isdisjoint(sentence.words) or len(numbers) != 2:
        return None
    tries = next((n for n in numbers if not attempts.isdisjoint(sentence.after(n.end, 1))), None)
    if tries is None:
        return None
    many = numbers[1] if tries is numbers[0] else numbers[0]
    after = noun(sentence, tries.end) or ("", tries.end, tries.end)
    made = [m for m in mentions if m.kind == "task" and m.start >= many.end and _few(sentence, many.end, m.start)]
    each = [m for m in mentions if m.kind == "each"]
    per = _PER.match(sentence.plain, after[2] + 1)
    if not made or not (each or per):
        return None
    again = [m for m in mentions if m.kind == "task" and m is not made[0] and m.start >= tries.end]
    if any(m.value not in (made[0].value, "classification") for m in again):
        return None
    gone = (*each, *again)
    return _times(sentence, [m for m in mentions if not any(m is g for g in gone)], many, tries, "")


def noun(sentence: Sentence, start: int) -> tuple[str, int, int] | None:
    """The word right behind this place, and where it stands."""
    after = sentence.after(start, 1)
    if not after or not after[0].isalpha():
        return None
    at = sentence.plain.index(after[0], start)
    return after[0], at, at + len(after[0])


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


def _times(
    sentence: Sentence, mentions: list[Mention], inner: Mention, outer: Mention, stem: str, both: bool = False
) -> list[Mention]:
    """``both``: what holds the uses is a use too."""
    one, other = inner.value, outer.value
    low, high = one.value * other.value, (one.high or one.value) * (other.high or other.value)
    product = replace(inner, value=Quantity(low, high if high != low else None))
    if both:
        return [product if m is inner else m for m in mentions]
    made = not sentence.grammar.of("making").isdisjoint(sentence.before(outer.start, 2))
    if made and any(_names(sentence, m, stem) for m in mentions if m.kind == "task"):
        return [product if m is inner else m for m in mentions]  # "draft 20 newsletters with 3 images each"
    shown = any(m.kind == "task" and m.value != "text" and m.start >= inner.end for m in mentions)
    written = noun(sentence, outer.end) if made and shown and stem else None
    if written is not None and _stem(written[0]) == stem:  # "write 20 articles with 3 images each"
        text = Mention(written[1], written[2], "task", "text")
        return sorted((*(product if m is inner else m for m in mentions), text), key=lambda m: (m.start, m.end))
    kept = (m for m in mentions if m is not outer and not (m.kind == "task" and stem and _names(sentence, m, stem)))
    return [product if m is inner else m for m in kept]


def _names(sentence: Sentence, mention: Mention, stem: str) -> bool:
    return _stem(sentence.plain[mention.start : mention.end]) == stem


def _few(sentence: Sentence, start: int, end: int) -> bool:
    between = sentence.tokens(start, end)
    return len(between) <= _NEAR and STOPS.isdisjoint(between)


def _stem(word: str) -> str:
    return word.removesuffix("s").removesuffix("x")
