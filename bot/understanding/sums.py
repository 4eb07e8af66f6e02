"""What was done at several times is summed: "7 images yesterday and 9 today", "6 on weekdays and 20 at the weekend"."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.mention import Mention, Per, Quantity
from bot.understanding.sentence import Sentence

_ONCE = 0.5  # score of "today", "this morning": when it was, not how often
_WORKDAYS = 5  # of a week


def summed(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """The mentions, where the numbers of one and the same thing are one sum."""
    numbers = [m for m in mentions if m.kind == "number" and m.score == 1]
    mentions = _worked(mentions) if len(numbers) == 1 else mentions
    if len(numbers) < 2 or not _alike(sentence, mentions):
        return mentions
    weekly = _weekly(sentence, mentions, numbers)
    if weekly is not None:
        return weekly
    if not (sentence.holds("moments") and _each_timed(sentence, numbers)):
        return mentions
    low = sum(n.value.value for n in numbers)
    high = sum(n.value.high or n.value.value for n in numbers)
    total = replace(numbers[0], value=Quantity(low, high if high > low else None))
    gone = [m for m in mentions if m.kind == "period" and m.score <= _ONCE]
    return [total if m is numbers[0] else m for m in mentions if m not in numbers[1:] and m not in gone]


def _worked(mentions: list[Mention]) -> list[Mention]:
    """ "10 a day on weekdays": which days are meant is said by the second of the two rhythms."""
    rhythms = [m for m in mentions if m.kind == "period" and m.score > _ONCE and m.value.period == "day"]
    if len(rhythms) != 2 or sum(m.value.workdays for m in rhythms) != 1:
        return mentions
    daily, worked = sorted(rhythms, key=lambda m: m.value.workdays)
    whole = replace(daily, value=replace(daily.value, workdays=True))
    return [whole if m is daily else m for m in mentions if m is not worked]


def _alike(sentence: Sentence, mentions: list[Mention]) -> bool:
    """Whether all that is counted is one thing, and nothing is held against anything."""
    tasks = {m.value for m in mentions if m.kind == "task"}
    models = [m for m in mentions if m.kind in ("model", "unknown-model")]
    places = {m.value for m in mentions if m.kind == "place"}
    if len(tasks) > 1 or len(models) > 1 or len(places) > 1 or not (tasks or models):
        return False
    grammar = sentence.grammar
    return grammar.of("versus").isdisjoint(sentence.words) and grammar.of("weighed").isdisjoint(sentence.words)


def _each_timed(sentence: Sentence, numbers: list[Mention]) -> bool:
    """Whether a moment stands behind each number, or before each."""
    starts = [*(n.start for n in numbers), len(sentence.plain)]
    ends = [0, *(n.end for n in numbers)]
    behind = all(_timed(sentence, n.end, starts[i + 1]) for i, n in enumerate(numbers))
    return behind or all(_timed(sentence, ends[i], n.start) for i, n in enumerate(numbers))


def _timed(sentence: Sentence, start: int, end: int) -> bool:
    return sentence.grammar.holds("moments", sentence.tokens(start, end))


def _weekly(sentence: Sentence, mentions: list[Mention], numbers: list[Mention]) -> list[Mention] | None:
    """Five working days of the one and a weekend of the other."""
    if len(numbers) != 2 or not (sentence.holds("on_weekdays") and sentence.holds("on_weekends")):
        return None
    first, second = numbers
    grammar = sentence.grammar
    behind = sentence.tokens(first.end, second.start), sentence.tokens(second.end, len(sentence.plain))
    ahead = sentence.tokens(0, first.start), sentence.tokens(first.end, second.start)
    for of_first, of_second in (behind, ahead):
        if grammar.holds("on_weekdays", of_first) and grammar.holds("on_weekends", of_second):
            days, ends = first.value.value, second.value.value
        elif grammar.holds("on_weekends", of_first) and grammar.holds("on_weekdays", of_second):
            days, ends = second.value.value, first.value.value
        else:
            continue
        total = replace(first, value=Quantity(_WORKDAYS * days + ends))
        rhythm = Mention(second.start, second.start, "period", Per("week"))
        kept = [m for m in mentions if m is not second and m.kind != "period"]
        return sorted((*(total if m is first else m for m in kept), rhythm), key=lambda m: (m.start, m.end))
    return None
