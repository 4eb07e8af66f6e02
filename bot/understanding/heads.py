"""How many people a sentence speaks of: "12 devs and 5 designers", "5 colleagues and me, so 6 people"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

from bot.understanding.items import Item
from bot.understanding.mention import Mention, Quantity
from bot.understanding.sentence import Sentence

_ONE_OF = re.compile(
    r"(?<!\w)(1|one|un|une|\d{1,2}|two|three|deux|trois|quatre|neuf|nine)(?: [a-z]+)? (?:in|out of|sur) "
    r"(\d{1,2}|[a-z]+)(?!\w)"
)
_MOST = 1e10
_LINKS = (("of",), ("de",), ("d",))
_PERCENT = ("%", "percent", "pourcent")
_WHOM = (("dont",), ("of", "whom"), ("of", "which"), (",", "dont"), (",", "of", "whom"), ("and",), ("where",))
_OURS = frozenset(("of", "our", "the", "my", "de", "des", "d", "nos", "mes", "les", "its", "their", "ses", "leurs"))
_AND_ME = frozenset((("and", "me"), ("and", "i"), ("plus", "me"), ("et", "moi"), ("plus", "moi")))
_JOINTS = frozenset(("and", "et", ",", "plus", "+"))


def heads(sentence: Sentence, groups: Sequence[Mention]) -> int | None:
    """Of mentions of people. None where nobody is counted, or where they do a thing together."""
    if not groups:
        return None
    of = sentence.grammar.of
    total = 0.0
    if len(groups) == 1 and (_is_one_body(sentence, groups[0]) or _pooled(sentence)):
        return None
    for at, group in enumerate(groups):
        number = cast("Quantity", group.value)
        before = sentence.before(group.start, 2)
        grown = number.high is not None and not of("growing").isdisjoint(before)
        size = number.high if grown and number.high is not None else number.value
        after = sentence.after(group.end, 5)
        size *= _share(sentence.before(group.start, 6), after) * _of_them(sentence, group)
        if sentence.after(group.end, 2) in _AND_ME:
            size += 1
        joint = sentence.tokens(groups[at - 1].end, group.start) if at else ()
        if at and not of("summing").isdisjoint(before):
            total = size
        elif not at or not _JOINTS.isdisjoint(joint[-1:]):
            total += size
    total *= _part(sentence)[1]
    return max(1, round(total)) if groups and total < _MOST else None


def seated(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "50 Copilot users", « 50 licences Copilot »: how many have it, and no number of what they do with it."""
    seats = sentence.grammar.of("seats")
    if seats.isdisjoint(sentence.words):
        return mentions
    for number, model in pairwise(mentions):
        beside = number.kind == "number" and model.kind == "model" and sentence.tokens(number.end, model.start) == ()
        if beside and sentence.after(model.end, 1)[:1] and sentence.after(model.end, 1)[0] in seats:
            return [replace(m, kind="people") if m is number else m for m in mentions]
    return mentions


def of_whom(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "1 in 5 of our 2,000 students": neither of the two numbers counts anything by itself."""
    span, ratio = _part(sentence)
    inside = [m for m in mentions if span[0] <= m.start < span[1] and m.kind in ("number", "people")]
    if ratio < 1:
        # « un élève sur cinq parmi 200 »: who they are was said before, unless the number counts something else.
        among = [m for m in mentions if m.kind == "number" and m.start >= span[1] and _is_among(sentence, m)]
        mentions = [replace(m, kind="people") if m in among[:1] else m for m in mentions]
    others = any(m.kind == "people" and m not in inside for m in mentions)
    return [m for m in mentions if m not in inside] if ratio < 1 and others else mentions


def _is_among(sentence: Sentence, number: Mention) -> bool:
    before = sentence.before(number.start, 2)
    return not sentence.grammar.of("among").isdisjoint(before) and not sentence.noun_follows(number)


def _part(sentence: Sentence) -> tuple[tuple[int, int], float]:
    """Where "1 in 5", « un élève sur cinq » stands, and the part of them that it is; 1 where it is not said."""
    if sentence.grammar.of("one_in").isdisjoint(sentence.words):
        return (0, 0), 1.0
    match = _ONE_OF.search(sentence.plain)
    if match is None:
        return (0, 0), 1.0
    tally = sentence.grammar.tables.get("tally", {})
    few, many = (float(said) if said.isdecimal() else tally.get(said, 0.0) for said in match.groups())
    few = few or 1.0  # "one", « un »
    return (match.span(), few / many) if few < many else ((0, 0), 1.0)


def heads_each(groups: Sequence[Mention], items: Sequence[Item]) -> tuple[int, ...] | None:
    """ "Our 6 devs run 15 tasks each and our 2 designers make 40 images each": whose each use is, where each has people
    of its own before it. None where the same people do it all."""
    if not len(groups) == len(items) > 1:
        return None
    for at, (group, item) in enumerate(zip(groups, items, strict=True)):
        if group.start >= item.end or (at and group.start < items[at - 1].end):
            return None
    return tuple(max(1, round(min(cast("Quantity", group.value).value, _MOST))) for group in groups)


def _share(before: tuple[str, ...], after: tuple[str, ...]) -> float:
    """ "80 % of our 500 staff", « 2 500 salariés dont 30 % »: the part of them that is meant; 1 where none is said."""
    words = [w for w in before if w not in _OURS]
    said = words[-2:] if words[-1:] and words[-1] in _PERCENT else ()
    for whom in _WHOM:
        if after[: len(whom)] == whom and after[len(whom) + 1 : len(whom) + 2] and after[len(whom) + 1] in _PERCENT:
            said = after[len(whom) : len(whom) + 2]
    if len(said) == 2 and said[0].isdecimal() and 0 < int(said[0]) < 100:
        return int(said[0]) / 100
    return 1.0


def _of_them(sentence: Sentence, group: Mention) -> float:
    """ "3 classes of 25 pupils": how many such groups there are; 1 where no number says."""
    said = (m for m in sentence.mentions if m.kind == "number" and m.score == 1 and m.end <= group.start)
    for number in said:
        between = sentence.tokens(number.end, group.end)
        named = between[:1] and between[0] in sentence.grammar.of("groups") and between[1:2] in _LINKS
        if named and sentence.tokens(number.end, group.start) in ((), between[:2]):
            return cast("Quantity", number.value).value
    return 1.0


def _pooled(sentence: Sentence) -> bool:
    """ "Between the four of us", "80 prompts a day in total": what is counted is everybody's already."""
    if sentence.holds("pooled"):
        return True
    rhythms = [m for m in sentence.mentions if m.kind == "period"]
    return any(sentence.grammar.starts("in_all", sentence.after(m.end, 2)) for m in rhythms)


def _is_one_body(sentence: Sentence, group: Mention) -> bool:
    """ "My startup of 9 generates 3 videos a week": all of them together, unless each is said to."""
    if any(m.kind == "each" for m in sentence.mentions):
        return False
    led = sentence.tokens(group.start, group.end)
    named = led[1:2] in (("of",), ("de",), ("d",))
    return named and not sentence.grammar.of("together").isdisjoint(sentence.after(group.end, 2))
