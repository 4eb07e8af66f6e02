"""One of a thing: "an image", "my cover letter", and so many of another that one is held against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.items import Item
from bot.understanding.means import governs
from bot.understanding.mention import Mention, Quantity
from bot.understanding.sentence import MARKS, Sentence
from knowledge.schema import Task

_MADE: frozenset[Task] = frozenset({"text", "image", "video"})  # things one can own one of
_VERSUS = frozenset(("vs", "versus", "contre"))
_OF = ("of", "de", "d")  # between "how many minutes" and what they are of


def is_weak(mention: Mention) -> bool:
    """Whether a number is but an article, which is seen again at its noun."""
    return mention.score < 1 and isinstance(mention.value, Quantity) and mention.value.value == 1


def is_single(sentence: Sentence, start: int, mention: Mention) -> bool:
    """Whether "a", "une", "per" stands before, with an adjective between at most."""
    word = sentence.plain[mention.start : mention.end]
    if mention.kind == "task" and word.endswith(("s", "x")) and not word.endswith("ss"):
        return False
    tokens = sentence.before(start, 3)
    if mention.kind == "task" and mention.value in _MADE and tokens and tokens[-1] in sentence.grammar.of("mine"):
        return True  # "my cover letter"
    if any(m.kind in ("horizon", "period") and start - 4 <= m.end <= start for m in sentence.mentions):
        return False  # "a year of ChatGPT"
    one, article = sentence.grammar.of("one"), sentence.grammar.of("article")
    for back, token in enumerate(reversed(tokens)):
        led = tokens[-back - 2] if len(tokens) > back + 1 else ""
        if token == "a" and mention.kind == "model" and led.isalpha() and led not in sentence.grammar.of("idle"):
            return False  # « passait à Mistral », whose accent is gone
        if token in one:
            return True
        far = back and token not in article
        if token in MARKS or (far and not (back == 1 and tokens[0] in sentence.grammar.of("exactly"))):
            return False  # "one hard maths question": two words between, but not behind an article
    return False


def is_asked(sentence: Sentence, mention: Mention) -> bool:
    """Whether it is asked how many: "how many clips?", "how many minutes of transcription?", "5 kg in replies"."""
    led, of = sentence.before(mention.start, 5), sentence.grammar.of
    told = mention.value != "image" and led[-1:] and led[-1] in of("into")  # « mettre en images » tells nothing
    if told and any(m.kind == "amount" for m in sentence.mentions):
        return True
    while led and not sentence.grammar.ends("how_many", led):
        if not (led[-1] in of("lengths") or led[-1] in _OF or led[-1].isdecimal()):
            return False
        led = led[:-1]
    return bool(led)


def told_in(sentence: Sentence, mentions: list[Mention], things: Sequence[Mention]) -> list[Mention]:
    """ "How many e-mails is 300 prompts?", "300 prompts in e-mails": where a use is to be told in an everyday thing,
    the words that may stand for it are that thing."""
    if not things:
        return mentions
    told: list[Mention] = []
    for mention in mentions:
        same = next((t for t in things if mention.kind == "task" and t.start == mention.start), None)
        other = same is not None and any(m.kind in ("task", "model") and m is not mention for m in mentions)
        into = sentence.before(mention.start, 1)
        links = sentence.grammar.of("into") | _VERSUS
        against = same is not None and same.end == mention.end and into and into[0] in links
        if other and (is_asked(sentence, mention) or against):
            told.append(replace(mention, kind="thing", value=same.value if same is not None else None))
        else:
            told.append(mention)
    return told


def is_held_against(sentence: Sentence, item: Item, task: Task, mention: Mention, asked: bool, counted: bool) -> bool:
    """Whether so many of one thing are held against one of another: "a clip is how many images?". ``asked``: the number
    of the mention's noun is asked for; ``counted``: a number waits for it."""
    if item.task in (None, task) or not (asked or item.asked) or governs(task) or governs(item.task):
        return False
    if asked:
        return item.single or item.number is not None
    return counted or is_single(sentence, mention.start, mention)


def once(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "Opus once or Haiku twenty times": where so many times of one are held against so many of another."""
    if sentence.grammar.of("versus").isdisjoint(sentence.words):
        return mentions
    fold = sentence.grammar.of("fold")
    found = [
        Mention(match.start(), match.end(), "number", Quantity(times))
        for said, times in sentence.grammar.tables.get("often", {}).items()
        if said.split()[0] in sentence.words
        for match in re.finditer(rf"(?<![\w-]){said}(?![\w-])", sentence.plain)
    ]
    found = [f for f in found if not any(m.start < f.end and f.start < m.end for m in mentions)]
    told = [m for m in mentions if m.kind == "number" and sentence.plain[m.start : m.end].rpartition(" ")[2] in fold]
    return sorted((*mentions, *found), key=lambda m: m.start) if found and len(found) + len(told) > 1 else mentions
