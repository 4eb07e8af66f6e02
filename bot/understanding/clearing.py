"""What of the things found in a sentence speaks of no use: what is ruled out or taken back, what belongs to an
everyday thing ("an hour of Netflix", "a flight from Paris to New York"), numbers that are years, ages or people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from bot.understanding.batches import multiplied
from bot.understanding.heads import of_whom, seated
from bot.understanding.mention import Mention, Quantity
from bot.understanding.parts import parted
from bot.understanding.recordings import divided, listened
from bot.understanding.sentence import MARKS, Sentence
from bot.understanding.singles import once
from bot.understanding.sums import summed

_BY = frozenset(("en", "by", "in", "avec"))  # between where one goes and what one goes by
_NEAR = 6  # words within which a correction is followed by what is right
_LAST_YEAR = 13  # of a school
_LEADING = 4  # words between a thing and the length of time that belongs to it
_QUANTITIES = frozenset({"number", "minutes", "seconds"})
_SIZED = frozenset({"number", "minutes", "seconds", "tokens", "words", "people"})
_OF_HOURS = {"hour": 60.0, "minute": 1.0, "second": 1 / 60}


@dataclass(slots=True)
class Cleared:
    """What is left, and what was found on the way."""

    kept: list[Mention]
    dropped: tuple[str, ...] = ()
    amounts: dict[int, float] = field(default_factory=dict[int, float])  # by id of a thing's mention: so many of it


def cleared(sentence: Sentence) -> Cleared:
    mentions = [
        m for m in sentence.mentions if not any(is_no_use(sentence, m) for is_no_use in _NO_USE.get(m.kind, ()))
    ]
    mentions = [replace(m, value="text") if _is_written(sentence, m) else m for m in mentions]
    mentions = _unsaid(sentence, once(sentence, mentions))
    mentions, right = _taken_back(sentence, _engines(sentence, mentions))
    mentions, dropped = _ruled_out(sentence, mentions, right)
    mentions = listened(sentence, divided(sentence, parted(sentence, of_whom(sentence, seated(sentence, mentions)))))
    mentions = _persons(sentence, multiplied(sentence, summed(sentence, mentions)))
    result = _without_things_own(sentence, mentions)
    result.dropped = dropped
    return result


def counts(sentence: Sentence, mention: Mention) -> bool:
    """False for years, ranks, ratios, ages and the like."""
    of = sentence.grammar.of
    before, after = sentence.before(mention.start, 1), sentence.after(mention.end, 1)
    value = cast("Quantity", mention.value).value
    if not value > 0:
        return sentence.noun_follows(mention)  # "0 images" is to be refused, "from zero" counts nothing
    if after and (
        (after[0] in of("ratio") and not sentence.noun_follows(mention))
        or after[0] in of("also_ran")
        or after[0] in "$€%"
        or sentence.after(mention.end, 2)[1:] in (("models",), ("modeles",))  # "two open models to compare"
    ):
        return False
    if before and (before[0] in of("ranks") or before[0] in "$€"):
        return False
    grows = after[:1] and after[0] in of("further") and not sentence.noun_follows(mention, skipping=1)
    if grows and any(m.kind == "people" for m in sentence.mentions):
        return False  # "hired two more, so we're 6 now"
    said = sentence.plain[mention.start : mention.end].rpartition(" ")[2]
    if said in of("cards") and not sentence.noun_follows(mention):
        return False  # "on my own 4090"
    claimed = sentence.holds("claimed") and not sentence.noun_follows(mention) and after[:1] not in (("a",), ("per",))
    folded = said in of("fold") or said[-1:] == "x"
    if folded and (claimed or (before and before[0] in of("changed"))):
        return False  # "it dropped 33 times", "Google vs ChatGPT 10x, is it true?"
    each = (
        said in of("fold") and after[:1] != () and after[0] in of("one") and sentence.noun_follows(mention, skipping=1)
    )
    if each and (said, *after) != ("fois", "a"):
        return False  # "30 times a search", but "30 times a day" and « dix fois à Haiku »
    if value <= _LAST_YEAR and before and before[0] in of("school"):
        return False  # "my Year 9 class"
    if value <= 3 and before and before[0] in of("pointing") and not sentence.noun_follows(mention):
        return False  # "which of the two"
    if sentence.grammar.ends("out_of", sentence.before(mention.start, 3)):
        return False  # « une fois sur deux »
    if sentence.grammar.ends("being", sentence.before(mention.start, 2)) and not sentence.noun_follows(mention):
        return False  # "I'm 71"
    is_year = (
        1990 <= value <= 2100
        and value == int(value)
        and re.fullmatch(r"\d{4}", sentence.plain[mention.start : mention.end])
    )
    rounded = value % 50 == 0 and after[:1] != () and after[0].isalpha() and len(after[0]) > 2  # "for 2000 calls a day"
    dated = is_year and not rounded and before and before[0] in of("every_other")
    return not (dated and not sentence.noun_follows(mention))


def _is_age(sentence: Sentence, mention: Mention) -> bool:
    """ "71 years old", « j'ai 58 ans », « ma fille de dix ans »: no span of time to sum over."""
    if mention.kind != "horizon":
        return False
    before = sentence.before(mention.start, 2)
    if len(before) == 2 and before[1] in ("de", "of") and before[0] in sentence.grammar.of("kin"):
        return True
    if not sentence.plain[mention.start : mention.start + 1].isdigit():
        return False
    return sentence.after(mention.end, 1) == ("old",) or sentence.grammar.ends("aged", before)


def _is_made_for(sentence: Sentence, mention: Mention) -> bool:
    """ "Pics for my YouTube thumbnails": nothing is watched."""
    return mention.kind == "thing" and not sentence.grammar.of("made_for").isdisjoint(sentence.after(mention.end, 1))


def _is_machine(sentence: Sentence, mention: Mention) -> bool:
    """ "Run Llama on my laptop": the machine that it runs on."""
    timed = any(m.kind == "minutes" for m in sentence.mentions)
    if timed or sentence.grammar.of("machines").isdisjoint(sentence.tokens(mention.start, mention.end)[-1:]):
        return False
    return sentence.grammar.ends("on_own", sentence.before(mention.start, 3))


def _is_account(sentence: Sentence, mention: Mention) -> bool:
    """ "Show the summary of the month", « le récap du mois »: of what was logged, by nobody's AI."""
    if mention.kind != "task" or sentence.plain[mention.start : mention.end] not in sentence.grammar.of("accounts"):
        return False
    return sentence.grammar.starts("of_a_time", sentence.after(mention.end, 3))


def _is_stuff(sentence: Sentence, mention: Mention) -> bool:
    """ "2 kg of rice", « 3 litres de lait »: of something that is no footprint."""
    domain, made_of = sentence.grammar.of("domain"), sentence.grammar.of("made_of")
    after = sentence.after(mention.end, 2)
    if len(after) < 2 or after[0] not in made_of or after[1] in domain or after[1] in sentence.grammar.of("refers"):
        return False
    said = sentence.tokens(mention.start, mention.end)
    return (
        domain.isdisjoint(said) and len([word for word in said if word.isalpha()]) <= 2
    )  # no « gaz à effet de serre »


def _is_group(sentence: Sentence, mention: Mention) -> bool:
    """ "3 classes of 25 pupils", « 3 classes de 25 élèves »: how many groups there are, and no classifying."""
    groups = sentence.grammar.of("groups")
    if groups.isdisjoint(sentence.words):
        return False
    if mention.kind == "number":
        at = sentence.after(mention.end, 2)
        follows = len(at) == 2 and at[0] in groups and at[1] in ("of", "de", "d")
        return follows and any(m.kind == "people" and m.start >= mention.end for m in sentence.mentions)
    said = sentence.plain[mention.start : mention.end]
    after = sentence.after(mention.end, 1)
    return said in groups and after in (("of",), ("de",), ("d",))


def _is_game(sentence: Sentence, mention: Mention) -> bool:
    """ "A video game", « un jeu vidéo »: no clip."""
    if mention.kind != "task" or mention.value != "video":
        return False
    after, before = sentence.after(mention.end, 1), sentence.before(mention.start, 1)
    return not (sentence.grammar.of("games").isdisjoint(after) and sentence.grammar.of("gaming").isdisjoint(before))


def _is_written(sentence: Sentence, mention: Mention) -> bool:
    """ "Writes our Insta captions": what stands under a picture, not under speech."""
    if mention.kind != "task" or mention.value != "transcription":
        return False
    if sentence.plain[mention.start : mention.end] not in sentence.grammar.of("captions"):
        return False
    beside = (*sentence.before(mention.start, 5), *sentence.after(mention.end, 4))
    if not sentence.grammar.of("written").isdisjoint(beside):
        return True
    # So many of them, and of nothing that is listened to: "40 captions from GPT-4o mini".
    counted = any(m.kind == "number" and m.score == 1 and 0 <= mention.start - m.end <= 1 for m in sentence.mentions)
    heard = any(m.kind in ("minutes", "seconds") for m in sentence.mentions)
    return counted and not heard and sentence.grammar.of("recorded").isdisjoint(sentence.words)


def _is_told(sentence: Sentence, mention: Mention) -> bool:
    """ "Translate that into car km": a footprint is to be told so, nothing is translated."""
    if mention.kind != "task" or sentence.plain[mention.start : mention.end] not in sentence.grammar.of("renders"):
        return False
    things = [m for m in sentence.mentions if m.kind == "thing" and m.start >= mention.end]
    return bool(things) and not sentence.grammar.of("into").isdisjoint(sentence.before(things[0].start, 2))


def _unsaid(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "12 seconds, not 6", « pas 6 mais 12 secondes »: of two numbers the one denied is none."""
    sizes = [m for m in mentions if m.kind in _SIZED]
    denied = [
        m
        for m in sizes
        if m.kind == "number" and sentence.grammar.of("denials").intersection(sentence.before(m.start, 1))
    ]
    if len(sizes) < 2 or len(denied) != 1:
        return mentions
    after = sentence.after(denied[0].end, 1)
    if sentence.noun_follows(denied[0]) or not (
        not after or after[0] in MARKS or after[0] in sentence.grammar.of("but")
    ):
        return mentions
    return [m for m in mentions if m is not denied[0]]


def _engines(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "Google or ChatGPT?": a search engine named beside a chat is a search."""
    if sentence.grammar.of("versus").isdisjoint(sentence.words) and "v" not in sentence.words:
        return mentions
    if not any(m.kind in ("model", "task") for m in mentions) or any(m.value == "search" for m in mentions):
        return mentions
    for word in sentence.grammar.of("engines").intersection(sentence.words):
        found = re.search(rf"(?<![\w-]){word}(?![\w'-])", sentence.plain)
        if found is None or any(m.start < found.end() and found.start() < m.end for m in mentions):
            continue
        beside = (*sentence.before(found.start(), 2), *sentence.after(found.end(), 1))
        if not sentence.grammar.of("versus").isdisjoint(beside) or beside[-1:] == ("v",):
            search = Mention(found.start(), found.end(), "task", "search", 0.9)
            return sorted((*mentions, search), key=lambda m: m.start)
    return mentions


def _taken_back(sentence: Sentence, mentions: list[Mention]) -> tuple[list[Mention], list[Mention]]:
    """ "300 pics on Bing, no wait, it was DALL-E": what stands before a correction gives way to its like behind it."""
    if not sentence.holds("mends"):
        return mentions, []
    lost: set[int] = set()
    right: list[Mention] = []
    for later in mentions:
        if later.kind not in ("model", "place", "number", "period", "people"):
            continue
        earlier = [m for m in mentions if m.kind == later.kind and m.end <= later.start and id(m) not in lost]
        if not earlier and later.kind == "number":  # "5-10x a day, call it 7"
            earlier = [m for m in mentions if m.kind == "period" and m.value.times > 1 and m.end <= later.start]
        if not earlier:
            continue
        between = sentence.tokens(earlier[-1].end, later.start)
        if any(sentence.grammar.starts("mends", between[at:]) for at in range(len(between))[-_NEAR:]):
            lost.add(id(earlier[-1]))
            right.append(later)
    once = [replace(m, value=replace(m.value, times=1.0)) for m in mentions if id(m) in lost and m.kind == "period"]
    kept = [m for m in mentions if id(m) not in lost]
    if once and not any(m.kind == "period" for m in kept):
        kept = sorted((*kept, *once), key=lambda m: m.start)
    return kept, right


def _ruled_out(
    sentence: Sentence, mentions: list[Mention], right: Sequence[Mention]
) -> tuple[list[Mention], tuple[str, ...]]:
    """Leaves out what is named only to be denied, where something else is named in its stead."""
    denies = sentence.holds("negators")  # as few sentences do
    open_to_it = [m for m in mentions if denies and m.kind in ("task", "model", "place", "period")]
    denied = [m for m in open_to_it if not any(m is r for r in right) and _is_denied(sentence, m)]
    if sentence.grammar.starts("swaps", sentence.words):
        models = [m for m in mentions if m.kind == "model"]
        # A verb may be heard as an everyday thing too: "drop".
        beside = [m for m in mentions if m.kind not in ("model", "thing")]
        alone = sentence.grammar.starts("drops", sentence.words)
        if not beside and (len(models) == 2 or (len(models) == 1 and alone)):
            mentions, denied = models, models[:1]  # "swap Sonnet for Opus", "drop Opus"
    if not denied or _both_meant(sentence, mentions):
        return mentions, ()
    kept = [m for m in mentions if m not in denied]
    dropped: list[str] = []
    for mention in denied:
        if any(m.kind == mention.kind for m in kept) or len(denied) == 1:
            dropped.append(str(mention.value))
        else:
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start), tuple(dropped)


def _both_meant(sentence: Sentence, mentions: Sequence[Mention]) -> bool:
    """Whether what stands behind "instead of" is held against the rest rather than ruled out."""
    if sentence.holds("saving"):
        return True  # "what do I save with A instead of B"
    if not sentence.holds("in_place_of"):
        return False
    if len({m.value for m in mentions if m.kind == "place"}) > 1:
        return True  # "would Sweden instead of India help?"
    models = {m.value for m in mentions if m.kind == "model"}
    # "A rather than B for 45 mails"
    return len(models) > 1 and any(m.kind == "number" and m.score == 1 for m in mentions)


def _is_denied(sentence: Sentence, mention: Mention) -> bool:
    tokens = list(sentence.before(mention.start))
    while tokens and tokens[-1] in sentence.grammar.of("article"):
        tokens.pop()
    return sentence.grammar.ends("negators", tuple(tokens))


def _persons(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "200 agents, and every one of them fires 55 requests": who each of them is, whatever they are called."""
    if any(m.kind == "people" for m in mentions):
        return mentions
    each = next((m for m in mentions if m.kind == "each"), None)
    numbers = [m for m in mentions if m.kind == "number" and m.score == 1]
    often = any(m.kind == "period" and m.value is not None and m.value.times > 1 for m in mentions)
    if each is None or len(numbers) < (1 if often else 2):
        return mentions
    first = numbers[0]
    noun, led = sentence.after(first.end, 2), sentence.before(first.start, 2)
    noun = noun[1:] if noun[:1] in (("de",), ("d",)) else noun  # « une centaine de clients »
    if noun and noun[0] in sentence.grammar.of("sessions") and not sentence.noun_follows(first):
        at = sentence.plain.index(noun[0], first.end)  # "100 tickets, 4 replies each"
        return sorted((*mentions, Mention(at, at + len(noun[0]), "task", "text", 0.9)), key=lambda m: m.start)
    if noun and any(noun[0] in sentence.grammar.of(key) for key in ("batches", "packs", "recorded_sound")):
        return mentions  # "12 podcasts of 40 minutes, each": nobody
    plural = bool(noun) and noun[0].endswith("s") and noun[0].isalpha()
    # "Parish council of 9, five prompts each"
    body = len(led) == 2 and led[1] in sentence.grammar.of("bodies") and led[0].isalpha() and not led[0].endswith("s")
    if (
        not (plural or body)
        or sentence.noun_follows(first)
        or first.start > each.start
        or cast("Quantity", first.value).value < 2
    ):
        return mentions
    return [replace(m, kind="people") if m is first else m for m in mentions]


def _without_things_own(sentence: Sentence, mentions: list[Mention]) -> Cleared:
    """ "An hour of Netflix", "10 km by car", "streaming a film for two hours": all that is the thing's own."""
    things = [i for i, m in enumerate(mentions) if m.kind == "thing"]
    if not things:
        return Cleared(mentions)
    lost: set[int] = set()
    result = Cleared(mentions)
    for at in things:
        thing = mentions[at]
        lost.update(_own_places(sentence, mentions, at))
        video = _own_video(sentence, mentions, at)
        if video is not None:
            lost.add(video)
        for near in (at - 1, at + 1 if video != at + 1 else at + 2, at - 2 if video == at - 1 else at - 1):
            if not 0 <= near < len(mentions) or mentions[near].kind not in _QUANTITIES or near in lost:
                continue
            behind = near > at
            gap = (
                sentence.tokens(thing.end, mentions[near].start)
                if behind
                else sentence.tokens(mentions[near].end, thing.start)
            )
            if len(gap) > _LEADING or MARKS & set(gap) or not sentence.grammar.of("versus").isdisjoint(gap):
                continue
            far = sentence.grammar.of("distance").intersection(sentence.after(mentions[near].end, 1))
            if behind and mentions[near].kind != "minutes" and not (far and len(gap) <= 1):
                continue  # but "drive 5 km"
            lost.add(near)
            result.amounts[id(thing)] = _times(thing, mentions[near])
    result.kept = [m for i, m in enumerate(mentions) if i not in lost]
    return result


def _own_places(sentence: Sentence, mentions: Sequence[Mention], at: int) -> list[int]:
    """ "A flight from Paris to New York": where the thing goes is not where the servers are."""
    own: list[int] = []
    start = mentions[at].start
    for i in range(at - 1, -1, -1):  # "London to Edinburgh by train"
        gap = sentence.tokens(mentions[i].end, start)
        if mentions[i].kind != "place" or not (sentence.grammar.of("ways") | _BY).issuperset(gap):
            break
        own.append(i)
        start = mentions[i].start
    if len(own) < 2:
        own = []  # "in France, km by car"
    end = mentions[at].end
    for i in range(at + 1, len(mentions)):
        gap = sentence.tokens(end, mentions[i].start)
        if mentions[i].kind != "place" or not sentence.grammar.of("ways").issuperset(gap):
            break
        own.append(i)
        end = mentions[i].end
    return own


def _own_video(sentence: Sentence, mentions: Sequence[Mention], at: int) -> int | None:
    """ "Streaming a film", « une série en streaming »: what is watched was made by nobody's AI."""
    thing = mentions[at]
    for near in (at + 1, at + 2, at - 1, at - 2):
        if not 0 <= near < len(mentions) or mentions[near].kind != "task" or mentions[near].value != "video":
            continue
        first, second = sorted((thing, mentions[near]), key=lambda m: m.start)
        gap = sentence.tokens(first.end, second.start)
        if len(gap) <= 2 and sentence.grammar.of("watched").issuperset(gap):
            return near
    return None


def _times(thing: Mention, quantity: Mention) -> float:
    value = cast("Quantity", quantity.value).value
    if quantity.kind == "number":
        return value
    minutes = value if quantity.kind == "minutes" else value / 60
    unit = next((n for word, n in _OF_HOURS.items() if f"-{word}" in str(thing.value)), None)
    return minutes / unit if unit is not None else 1.0


# What shows that a mention of a kind speaks of no use.
_NO_USE: Mapping[str, tuple[Callable[[Sentence, Mention], bool], ...]] = {
    "task": (_is_game, _is_told, _is_account, _is_group),
    "number": (_is_group,),
    "thing": (_is_made_for, _is_machine),
    "horizon": (_is_age,),
    "amount": (_is_stuff,),
}
