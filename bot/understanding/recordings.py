"""Lengths of sound: what is listened to, what is spoken, and what was said to be the length of all together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from bot.understanding.mention import Mention, Quantity
from bot.understanding.sentence import Sentence

_OF = re.compile(
    r" (?:of |d'|d |de |in |en )?(?:my |our |the |a |an |un |une |mode )?([a-z]+(?: (?:mode|vocal|calls?))?)"
)
_AUDIO = ("transcription", "speech")
_SHARED = ("minutes", "seconds", "words")


def listened(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "Summarise 45 minutes of audio": what is heard is transcribed; "10 minutes of voice mode" are spoken; of
    "3 podcasts, 45 minutes in total" the number counts nothing more."""
    lengths = [m for m in mentions if m.kind == "minutes"]
    if not lengths:
        return mentions
    mentions = _whole(sentence, mentions, lengths)
    if any(m.kind == "task" and m.value in (*_AUDIO, "video") for m in mentions):
        return mentions
    reads = not sentence.grammar.of("reading").isdisjoint(sentence.words)
    named = any(m.kind == "model" for m in mentions)  # "10 minutes of voice mode with ChatGPT" are a conversation
    for length in lengths:
        match = _OF.match(sentence.plain, length.end)
        if match is None:
            continue
        words = match[1].split()
        voiced = not named and ("voice" in words or "vocal" in sentence.tokens(length.end, match.end()))
        if voiced or (reads and words[0] in sentence.grammar.of("recorded_sound")):
            found = Mention(match.start(1), match.end(1), "task", "speech" if voiced else "transcription", 0.9)
            free = [
                m
                for m in mentions
                if not (m.kind == "task" and (voiced or (m.start < found.end and found.start < m.end)))
            ]
            kept = [m for m in free if m.kind != "task" or m.value != "text"]
            return sorted((*kept, found), key=lambda m: m.start)
    return mentions


def divided(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """ "3 clips, 30 seconds in total": ten seconds each; sound is counted by its length alone."""
    if not sentence.holds("in_all") or any(m.kind == "task" and m.value in _AUDIO for m in mentions):
        return mentions
    lengths = [m for m in mentions if m.kind in _SHARED]
    numbers = [m for m in mentions if m.kind == "number" and m.score == 1]
    if len(lengths) != 1 or len(numbers) != 1 or not any(m.kind == "task" for m in mentions):
        return mentions
    length, many = cast("Quantity", lengths[0].value), cast("Quantity", numbers[0].value).value
    if many <= 1 or not sentence.grammar.starts("in_all", sentence.after(lengths[0].end, 3)):
        return mentions
    each = replace(length, value=length.value / many, high=length.high / many if length.high is not None else None)
    return [replace(m, value=each) if m is lengths[0] else m for m in mentions]


def counts_recordings(sentence: Sentence, number: Mention | None, items: Sequence[object]) -> bool:
    """ "And 3 episodes a month?": so many of the recording that was spoken of before."""
    after = sentence.after(number.end, 2) if number is not None and not items else ()
    return not sentence.grammar.of("recorded_sound").isdisjoint(after)


def _whole(sentence: Sentence, mentions: list[Mention], lengths: list[Mention]) -> list[Mention]:
    for length in lengths:
        if not sentence.grammar.starts("in_all", sentence.after(length.end, 3)):
            continue
        before = [m for m in mentions if m.end <= length.start and m.kind in ("number", "minutes", "people")]
        if before and before[-1].kind == "number" and len(sentence.tokens(before[-1].end, length.start)) <= 3:
            return [m for m in mentions if m is not before[-1]]
    return mentions
