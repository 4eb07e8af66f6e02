"""Cue phrases: what people say when they want a command, one text file a language beside each feature.

How a phrase is written stands in cue.py. A message is matched through an index of words, so a thousand phrases cost as
little as a dozen. Known words that are off by one letter are put right first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast, get_args

from rapidfuzz.distance import OSA

from bot.understanding.cue import Cue, cue_of, rareness
from bot.understanding.mention import Mention, MentionKind
from bot.understanding.text import Message
from handlers.request import LANGUAGES
from knowledge.parsing import read
from knowledge.search import fold

_TOKEN = re.compile(r"<[a-z-]+>|[a-z0-9]+")
_TOKENS = re.compile(f"({_TOKEN.pattern})")  # for a text in pieces: what is between, a token, what is between ...
_WORDS = re.compile(r"([a-z0-9]+)")
_END = 500  # characters at either end in which phrases are looked for
_MOST = 30  # phrases heard in one message; of people's the fullest hold ten
_SLOTTED = 300  # of a thousand sentences so many hold a model, a number or a task
_KEPT = 8192  # words of which it is kept what speaks by them
_SHORTEST_MENDED = 5  # letters; shorter words are too near to one another

# What a slot is called after the kind of a mention.
SLOTS: Mapping[str, str] = {
    "unknown-model": "model",
    "words": "number",
    "tokens": "number",
    "seconds": "number",
    "minutes": "number",
    "params": "number",
}
_SLOT_OF: Mapping[str, str] = {kind: f"<{SLOTS.get(kind, kind)}>" for kind in get_args(MentionKind)}


@dataclass(slots=True)
class Heard:
    """A cue found in a message, and where in the masked text."""

    cue: Cue
    start: int
    end: int


@dataclass(slots=True)
class Masked:
    """A message with its mentions as slots, greetings at both ends off, misspelt known words put right."""

    text: str  # "how much for <number> <task> with <model>"
    plain: str  # the same with the words of the mentions left in
    whole: str  # the same with greetings and courtesies too, which are words of their own in "thanks a lot"
    tokens: frozenset[str]  # words of both


_Led = tuple[int, Cue, tuple[frozenset[str], ...]]  # a number of its own, the phrase, what else it needs
_Spoken = tuple[tuple[_Led, ...], tuple[str, ...]]


@dataclass(slots=True)
class Cues:
    """All phrases, found through their rarest words."""

    cues: tuple[Cue, ...]
    fillers: frozenset[str] = frozenset()
    _index: dict[str, list[_Led]] = field(default_factory=dict[str, list[_Led]])
    _prefixes: dict[str, list[tuple[str, _Led]]] = field(default_factory=dict[str, "list[tuple[str, _Led]]"])
    _mended: dict[str, str] = field(default_factory=dict[str, str])
    short: Mapping[str, str] = field(default_factory=dict[str, str])  # as people text -> as it is written
    _known: frozenset[str] = frozenset()
    _beginnings: frozenset[str] = frozenset()
    _starred: frozenset[str] = frozenset()
    _spoken: Callable[[str], _Spoken] = field(init=False, repr=False)
    mend: Callable[[str], str] = field(init=False, repr=False)  # see ``_mend``

    def __post_init__(self) -> None:
        often = Counter(word for cue in self.cues for word in set(_TOKEN.findall(fold(cue.example))))
        begun: Counter[str] = Counter()
        for word, times in often.items():
            for n in range(2, len(word) + 1):
                begun[word[:n]] += times

        def rarest_first(keys: frozenset[str]) -> tuple[bool, int, float]:
            """Of beginnings of two letters nothing can be looked up; slots stand in no example."""
            times = sum(begun[key[:-1]] if key[-1] == "*" else often[key] for key in keys)
            slots = sum(_SLOTTED for key in keys if key[0] == "<")
            rare = rareness(keys)
            return rare >= 0, -(times + slots), rare

        for place, cue in enumerate(self.cues):
            # Looked up by the rarest word that it needs; of the others the rarest rule it out soonest.
            rarest, *others = sorted(cue.needs, key=rarest_first, reverse=True)
            led = (place, cue, tuple(others))
            for key in rarest:
                if key.endswith("*"):
                    self._prefixes.setdefault(key[:3], []).append((key[:-1], led))
                else:
                    self._index.setdefault(key, []).append(led)
        words = {w for cue in self.cues for w in _TOKEN.findall(fold(cue.says)) if not w.startswith("<")}
        words |= {w for cue in self.cues for w in _TOKEN.findall(fold(cue.example))}
        self._starred = frozenset(key for cue in self.cues for need in cue.needs for key in need if key[-1] == "*")
        self._spoken = lru_cache(maxsize=_KEPT)(self._speaks)
        self.mend = lru_cache(maxsize=_KEPT)(self._mend)
        # Classes are spelt out in the keys.
        self._beginnings = frozenset(
            key[:-1] for cue in self.cues for need in cue.needs for key in need if len(key) > 4 and key[-1] == "*"
        )
        self.learn(words)

    @classmethod
    def load(cls, root: Traversable | None = None, fillers: Iterable[str] = ()) -> Cues:
        """Every ``cues.<language>.yaml`` of the features."""
        root = root if root is not None else files("handlers")
        classes = {language: _classes(language) for language in LANGUAGES}
        cues = cls(tuple(_collect(root, classes)), frozenset(map(fold, fillers)), short=_short_forms())
        for listed in classes.values():
            cues.learn(word for options in listed.values() for word in _TOKEN.findall(fold(options.replace("*", ""))))
        return cues

    def warming(self) -> Iterator[tuple[str, ...]]:
        """Compiles all of it, a phrase a step, so that no message which holds one waits: a second's work altogether.
        Then looks up the words that people will say, and tells them."""
        for cue in self.cues:
            _ = cue.regex, cue.barred
            yield ()
        for word in sorted(self._known):
            _ = self._spoken(word)
            yield (word,)

    def learn(self, words: Iterable[str]) -> None:
        """More words that are right as they are, and that near misses are mended to."""
        known = {fold(w) for w in words}
        self.mend = lru_cache(maxsize=_KEPT)(self._mend)  # what was put right before may be right now
        self._known = self._known | known
        for word in sorted(known, key=lambda w: (-len(w), w)):
            if len(word) >= _SHORTEST_MENDED and word.isalpha():
                for cut in _cuts(word):
                    self._mended.setdefault(cut, word)

    def knows(self, word: str) -> bool:
        """Whether any phrase, its example or the words of the field have it."""
        return word in self._known or any(word[:n] in self._beginnings for n in range(4, len(word)))

    def _mend(self, word: str) -> str:
        """The word written out, or the known word one letter away that begins alike, or the word itself."""
        if word in self.short:
            return self.short[word]
        if len(word) < _SHORTEST_MENDED or not word.isalpha() or self._is_right(word):
            return word
        for cut in (word, *_cuts(word)):
            near = self._mended.get(cut)
            if near is None or near[0] != word[0] or abs(len(near) - len(word)) > 1:
                continue
            if near.rstrip("sex") != word.rstrip("sex") and OSA.distance(near, word, score_cutoff=1) <= 1:
                return near  # but a plural is no misspelling
        return word

    def _is_right(self, word: str) -> bool:
        """Known, another form of a known word, or one that a phrase knows by its beginning."""
        known = self._known
        if word in known or word[:-1] in known or word[:-2] in known or f"{word}s" in known or f"{word}e" in known:
            return True
        return any(word[:n] in self._beginnings for n in range(4, len(word)))

    def mask(self, message: Message, mentions: Sequence[Mention]) -> Masked:
        masked: list[str] = []
        whole: list[str] = []  # the same with the words of mentions left in
        tokens: set[str] = set()
        text, at = message.plain, 0
        if "<" in text or ">" in text:
            text = text.replace("<", " ").replace(">", " ")
        for mention in mentions:
            if mention.start < at:
                continue
            self._through(text[at : mention.start], masked, whole, tokens)
            inside = message.plain[mention.start : mention.end]
            slot = _SLOT_OF[mention.kind]
            masked.append(slot)
            whole.append(inside)
            tokens.add(slot)
            tokens.update(_TOKEN.findall(inside))
            at = mention.end
        self._through(text[at:], masked, whole, tokens)
        said = "".join(whole).strip()
        return Masked(self._bare("".join(masked)).strip(), self._bare(said).strip(), said, frozenset(tokens))

    def _through(self, text: str, masked: list[str], whole: list[str], tokens: set[str]) -> None:
        """What stands between two mentions, its words mended."""
        parts = _WORDS.split(text)
        if len(parts) > 1:
            parts[1::2] = words = list(map(self.mend, parts[1::2]))
            tokens.update(" ".join(words).split())  # "wanna" is two words written out
        masked += parts
        whole += parts

    def _bare(self, text: str) -> str:
        """Without greetings and courtesies at both ends, unless nothing else is there."""
        parts = _TOKENS.split(text)
        first, last = 1, len(parts) - 2
        while first <= last and parts[first] in self.fillers:
            first += 2
        while last >= first and parts[last] in self.fillers:
            last -= 2
        return "".join(parts[first : last + 2]) if first <= last else text

    def hear(self, masked: Masked) -> list[Heard]:
        """Every cue that the message holds."""
        texts = tuple(dict.fromkeys(_ends_of(text) for text in (masked.plain, masked.text, masked.whole)))
        tried: set[int] = set()
        heard: list[Heard] = []
        slotted = (_ends_of(masked.text),)  # the one text with slots in it
        tokens = sorted(masked.tokens)  # a set has another order in every process
        known = [self._spoken(token) for token in tokens]
        there = set(tokens).union(*[keys for _, keys in known])
        missing = there.isdisjoint
        for led, _ in known:
            for place, cue, needs in led:
                for need in needs:
                    if missing(need):
                        break
                else:
                    if place in tried:
                        continue
                    tried.add(place)
                    for text in slotted if cue.slotted else texts:
                        if found := cue.regex.search(text):
                            if cue.barred is None or not any(map(cue.barred.search, texts)):
                                heard.append(Heard(cue, found.start(), found.end()))
                            break
                if len(heard) == _MOST:
                    return heard
        return heard

    def _speaks(self, token: str) -> _Spoken:
        """The cues that are looked up by a word, and the beginnings by which others know it."""
        led = list(self._index.get(token, ()))
        if len(token) >= 3 and token[0] != "<":
            led += [one for beginning, one in self._prefixes.get(token[:3], ()) if token.startswith(beginning)]
        keys = (f"{token[:n]}*" for n in range(2, len(token) + 1))
        return tuple(led), tuple(key for key in keys if key in self._starred)


def _ends_of(text: str) -> str:
    """A very long message says what it wants where it begins or where it ends."""
    return text if len(text) <= 2 * _END else f"{text[:_END]} ; {text[-_END:]}"


def _cuts(word: str) -> Iterator[str]:
    """The word with one letter left out, each in turn."""
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]


def _short_forms() -> Mapping[str, str]:
    """How people text in either language: "koi" for « quoi », "abt" for "about"."""
    file = files("bot.understanding") / "short.yaml"
    listed = cast("dict[str, dict[str, str]]", read(file.read_text("utf-8"), file.name))
    return {fold(short): fold(full) for table in listed.values() for short, full in table.items()}


def _classes(language: str) -> Mapping[str, str]:
    """Words that many phrases share, by the name of their class: "cut|trim|lower*"."""
    file = files("bot.understanding") / "classes" / f"{language}.yaml"
    listed = cast("dict[str, str]", read(file.read_text("utf-8"), file.name))
    return {name: "|".join(option.strip() for option in options.split("|")) for name, options in listed.items()}


def _collect(root: Traversable, classes: Mapping[str, Mapping[str, str]]) -> Iterator[Cue]:
    for feature in sorted(root.iterdir(), key=lambda f: f.name):
        for language in LANGUAGES:
            file = feature / f"cues.{language}.yaml" if feature.is_dir() else None
            if file is None or not file.is_file():
                continue
            name = f"{feature.name}/cues.{language}.yaml"
            data = cast("dict[str, list[dict[str, Any]]]", read(file.read_text("utf-8"), name) or {})
            for command, entries in data.items():
                for entry in entries:
                    yield cue_of(command, language, entry, name, classes[language])
