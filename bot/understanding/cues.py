"""Cue phrases: what people say when they want a command, one text file a language beside each feature.

A phrase is written so that a translator can read it and is compiled once:

    how (sure|certain) [are] you        words in order; one of several; a word that may be missing
    what ... mean                       up to five words between
    calcul*                             any word that begins so
    figures & (low|high)                both, anywhere, in any order
    (reduce|cut) & !(google|meta)       the first, and none of the second anywhere
    (how|what) & {lessen}               a class of words that many phrases share: bot/understanding/classes
    do you know <model>                 something found: <model> <task> <place> <number> <amount> <thing>
    ^ source $                          nothing before, nothing after (greetings and "please" do not count)

Apostrophes and hyphens may be typed or left out. A message is matched through an index of words, so a thousand
phrases cost as little as a dozen. Known words that are off by one letter are put right first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from rapidfuzz.distance import OSA

from bot.understanding.mention import Mention
from bot.understanding.text import Message
from handlers.request import LANGUAGES
from knowledge.parsing import read
from knowledge.search import fold

_ELEMENT = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\S+)")
_TOKEN = re.compile(r"<[a-z-]+>|[a-z0-9]+")
_BREAK = r"[^a-z0-9<>?!;]+"  # a phrase does not reach over the end of a question
_WORD = r"(?:<[a-z-]+>|[a-z0-9]+)"
_GAP = 5  # words that "..." may stand for
_END = 500  # characters at either end in which phrases are looked for
_MOST = 30  # phrases heard in one message; of people's the fullest hold ten
_TELLING = 3  # letters
_SLOTTED = 300  # of a thousand sentences so many hold a model, a number or a task
_KEPT = 4096  # words of which it is kept what speaks by them
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


class BrokenCue(ValueError):
    """A phrase that cannot be read: where, and why."""


@dataclass(frozen=True)
class Cue:
    """One phrase: what it speaks for, how strongly, and an example that it must match.

    The expression is compiled when a message first holds one of its keys: there are hundreds, and most conversations
    meet a few.
    """

    command: str
    language: str
    says: str
    weight: float
    example: str
    gives: Mapping[str, Any]  # arguments that the phrase itself settles: {"aspect": "sure"}
    pattern: str
    needs: tuple[frozenset[str], ...]  # of each of these sets, one word stands in every text that it matches
    never: str = ""  # what must stand nowhere in the message

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def slotted(self) -> bool:
        """Whether only the text with slots in it can match."""
        return "<" in self.says and " & " not in self.says

    @cached_property
    def barred(self) -> re.Pattern[str] | None:
        return re.compile(self.never) if self.never else None


@dataclass(frozen=True, slots=True)
class Heard:
    """A cue found in a message, and where in the masked text."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A message with its mentions as slots, greetings at both ends off, misspelt known words put right."""

    text: str  # "how much for <number> <task> with <model>"
    plain: str  # the same with the words of the mentions left in
    whole: str  # the same with greetings and courtesies too, which are words of their own in "thanks a lot"
    tokens: frozenset[str]  # words of both


_Spoken = tuple[tuple[Cue, ...], tuple[str, ...]]


@dataclass(slots=True)
class Cues:
    """All phrases, found through their rarest words."""

    cues: tuple[Cue, ...]
    fillers: frozenset[str] = frozenset()
    _index: dict[str, list[Cue]] = field(default_factory=dict[str, list[Cue]])
    _others: dict[int, tuple[frozenset[str], ...]] = field(default_factory=dict[int, "tuple[frozenset[str], ...]"])
    _prefixes: dict[str, list[tuple[str, Cue]]] = field(default_factory=dict[str, "list[tuple[str, Cue]]"])
    _mended: dict[str, str] = field(default_factory=dict[str, str])
    _known: frozenset[str] = frozenset()
    _beginnings: frozenset[str] = frozenset()
    _starred: frozenset[str] = frozenset()
    _spoken: Callable[[str], _Spoken] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        often = Counter(word for cue in self.cues for word in set(_TOKEN.findall(fold(cue.example))))
        begun: Counter[str] = Counter()
        for word, times in often.items():
            for n in range(2, len(word) + 1):
                begun[word[:n]] += times

        def rareness(keys: frozenset[str]) -> tuple[bool, int, float]:
            """Of beginnings of two letters nothing can be looked up; slots stand in no example."""
            times = sum(begun[key[:-1]] if key[-1] == "*" else often[key] for key in keys)
            slots = sum(_SLOTTED for key in keys if key[0] == "<")
            return _rareness(keys) >= 0, -(times + slots), _rareness(keys)

        for cue in self.cues:
            # Looked up by the rarest word that it needs; of the others the rarest rule it out soonest.
            rarest, *others = sorted(cue.needs, key=rareness, reverse=True)
            self._others[id(cue)] = tuple(others)
            for key in rarest:
                if key.endswith("*"):
                    self._prefixes.setdefault(key[:3], []).append((key[:-1], cue))
                else:
                    self._index.setdefault(key, []).append(cue)
        words = {w for cue in self.cues for w in _TOKEN.findall(fold(cue.says)) if not w.startswith("<")}
        words |= {w for cue in self.cues for w in _TOKEN.findall(fold(cue.example))}
        self._starred = frozenset(key for cue in self.cues for need in cue.needs for key in need if key[-1] == "*")
        self._spoken = lru_cache(maxsize=_KEPT)(self._speaks)
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
        cues = cls(tuple(_collect(root, classes)), frozenset(map(fold, fillers)))
        for listed in classes.values():
            cues.learn(word for options in listed.values() for word in _TOKEN.findall(fold(options.replace("*", ""))))
        return cues

    def warming(self) -> Iterator[None]:
        """Compiles all of it, a phrase a step, so that no message which holds one waits: a second's work altogether."""
        for cue in self.cues:
            _ = cue.regex, cue.barred
            yield

    def learn(self, words: Iterable[str]) -> None:
        """More words that are right as they are, and that near misses are mended to."""
        known = {fold(w) for w in words}
        self._known = self._known | known
        for word in sorted(known, key=lambda w: (-len(w), w)):
            if len(word) >= _SHORTEST_MENDED and word.isalpha():
                for cut in _cuts(word):
                    self._mended.setdefault(cut, word)

    def knows(self, word: str) -> bool:
        """Whether any phrase, its example or the words of the field have it."""
        return word in self._known or any(word[:n] in self._beginnings for n in range(4, len(word)))

    def mend(self, word: str) -> str:
        """The known word one letter away that begins alike, or the word itself."""
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
        plain: list[str] = []
        tokens: list[str] = []
        at = 0

        def through(text: str) -> None:
            last = 0
            for found in _TOKEN.finditer(text):
                word = self.mend(found.group())
                tokens.append(word)
                gap = text[last : found.start()]
                masked.append(gap)
                masked.append(word)
                plain.append(gap)
                plain.append(word)
                last = found.end()
            masked.append(text[last:])
            plain.append(text[last:])

        for mention in mentions:
            if mention.start < at:
                continue
            through(message.plain[at : mention.start].replace("<", " ").replace(">", " "))
            slot = f"<{SLOTS.get(mention.kind, mention.kind)}>"
            inside = message.plain[mention.start : mention.end]
            masked.append(slot)
            plain.append(inside)
            tokens.append(slot)
            tokens.extend(_TOKEN.findall(inside))
            at = mention.end
        through(message.plain[at:].replace("<", " ").replace(">", " "))
        whole = "".join(plain).strip()
        return Masked(self._bare("".join(masked)).strip(), self._bare(whole).strip(), whole, frozenset(tokens))

    def _bare(self, text: str) -> str:
        """Without greetings and courtesies at both ends, unless nothing else is there."""
        found = list(_TOKEN.finditer(text))
        first, last = 0, len(found)
        while first < last and found[first].group() in self.fillers:
            first += 1
        while last > first and found[last - 1].group() in self.fillers:
            last -= 1
        if first == last:
            return text
        end = found[last].start() if last < len(found) else len(text)
        return text[found[first].start() : end]

    def hear(self, masked: Masked) -> list[Heard]:
        """Every cue that the message holds."""
        texts = tuple(dict.fromkeys(_ends_of(text) for text in (masked.plain, masked.text, masked.whole)))
        tried: set[int] = set()
        heard: list[Heard] = []
        slotted = (_ends_of(masked.text),)  # the one text with slots in it
        tokens = sorted(masked.tokens)  # a set has another order in every process
        known = [self._spoken(token) for token in tokens]
        there = {*tokens, *(key for _, keys in known for key in keys)}
        missing = there.isdisjoint
        for cues, _ in known:
            for cue in cues:
                place = id(cue)
                if place in tried:
                    continue
                tried.add(place)
                for need in self._others[place]:
                    if missing(need):
                        break
                else:
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
        cues = list(self._index.get(token, ()))
        if len(token) >= 3 and token[0] != "<":
            cues += [cue for beginning, cue in self._prefixes.get(token[:3], ()) if token.startswith(beginning)]
        keys = (f"{token[:n]}*" for n in range(2, len(token) + 1))
        return tuple(cues), tuple(key for key in keys if key in self._starred)


def _ends_of(text: str) -> str:
    """A very long message says what it wants where it begins or where it ends."""
    return text if len(text) <= 2 * _END else f"{text[:_END]} ; {text[-_END:]}"


def _cuts(word: str) -> Iterator[str]:
    """The word with one letter left out, each in turn."""
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]


def _classes(language: str) -> Mapping[str, str]:
    """Words that many phrases share, by the name of their class: "cut|trim|lower*"."""
    file = files("bot.understanding") / "classes" / f"{language}.yaml"
    listed = cast("dict[str, str]", read(file.read_text("utf-8"), file.name))
    return {name: "|".join(option.strip() for option in options.split("|")) for name, options in listed.items()}


def _spelt_out(says: str, classes: Mapping[str, str]) -> str:
    """The phrase with the words of its classes in the place of their names."""
    while found := re.search(r"\{([a-z_]+)\}", says):
        if found[1] not in classes:
            raise BrokenCue(f"{found[0]} is no class of words")
        before = says[: found.start()]
        inside = max(before.rfind("("), before.rfind("[")) > max(before.rfind(")"), before.rfind("]"))
        words = classes[found[1]] if inside else f"({classes[found[1]]})"
        says = before + words + says[found.end() :]
    return says


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


def cue_of(
    command: str, language: str, entry: Mapping[str, Any], file: str = "", classes: Mapping[str, str] | None = None
) -> Cue:
    unknown = set(entry) - {"says", "weight", "example", "gives"}
    if unknown or "says" not in entry:
        raise BrokenCue(f"{file}: {entry.get('says', entry)}: keys are says, weight, example, gives")
    says = str(entry["says"])
    try:
        sides = _spelt_out(says, classes or {}).split(" & ")
        pattern, needs = phrase_pattern(" & ".join(side for side in sides if side[0] != "!"))
        never = "|".join(_side(side[1:])[0] for side in sides if side[0] == "!")
    except BrokenCue as error:
        raise BrokenCue(f"{file}: {says!r}: {error}") from error
    return Cue(
        command,
        language,
        says,
        float(entry.get("weight", 2)),
        str(entry.get("example", "")),
        cast("Mapping[str, Any]", entry.get("gives") or {}),
        pattern,
        needs,
        never,
    )


def phrase_pattern(says: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """The phrase as an expression over folded text, and the sets of words of which one each must be there."""
    sides = says.split(" & ")
    if len(sides) == 1:
        return _side(says)
    both = [_side(side) for side in sides]
    every = "".join(f"(?=.*?{pattern})" for pattern, _ in both)
    return rf"\A{every}", tuple(need for _, needs in both for need in needs)


def _side(says: str) -> tuple[str, tuple[frozenset[str], ...]]:
    parts: list[str] = []
    needs: list[frozenset[str]] = []
    begun = False
    ends = False
    for alternatives, optional, word in _ELEMENT.findall(fold(says)):
        if word == "^":
            parts.append(r"\A[^a-z0-9<]*")
        elif word == "$":
            ends = True
        elif word == "...":
            parts.append(rf"(?:{_BREAK}{_WORD}){{0,{_GAP}}}?" if begun else "")
        elif optional:
            inner = _any_of(optional)
            parts.append(rf"(?:{_BREAK}{inner})?" if begun else rf"(?:{inner}{_BREAK})?")
        else:
            choice = alternatives or word
            if set("()[]|") & set(choice if word else ""):
                raise BrokenCue(f"{word!r}: brackets do not nest, and a choice stands in brackets")
            parts.append((_BREAK if begun else "") + _any_of(choice))
            begun = True
            needs.append(_keys(choice))
    if max(map(_rareness, needs), default=-1) < 0:
        raise BrokenCue("needs a word that must be there")
    body = "".join(parts)
    tail = r"[^a-z0-9<]*\Z" if ends else r"(?![a-z0-9])"
    return rf"(?<![a-z0-9<])(?:{body}){tail}", tuple(needs)  # "<model>" is not the word "model"


def _any_of(choice: str) -> str:
    return "(?:" + "|".join(_BREAK.join(map(_word, option.split())) for option in choice.split("|")) + ")"


def _word(word: str) -> str:
    if word.startswith("<"):
        return re.escape(word)
    open_end = word.endswith("*")
    word = word.rstrip("'")  # "d'" before a slot
    text = "['-]? ?".join(re.escape(piece) for piece in re.split(r"['-]", word.rstrip("*")))
    return text + ("[a-z0-9]*" if open_end else "(?![a-z0-9])")


def _keys(choice: str) -> frozenset[str]:
    keys: set[str] = set()
    for option in choice.split("|"):
        # All of an option's words must be there: the longest tells most. One with a mark in it may be typed as two.
        words = option.split()
        plain = [w for w in words if w[0] != "<" and not set("'-") & set(w)]
        telling = max(plain, key=lambda w: len(w.rstrip("*")), default=words[0])
        telling = telling if len(telling.rstrip("*")) > _TELLING or telling == words[0] else words[0]
        if telling.startswith("<"):
            keys.add(telling)
            continue
        pieces = re.split(r"['-]", telling.rstrip("*"))
        star = "*" if telling.endswith("*") else ""
        keys.add(pieces[0] + (star if len(pieces) == 1 else ""))
        keys.add("".join(pieces) + star)
        if len(pieces) > 1:
            keys.discard("")
    return frozenset(keys)


def _rareness(keys: frozenset[str]) -> float:
    """Long words are rare; a choice is as common as its shortest. Beginnings of two letters cannot be looked up."""
    return min(-1 if key.endswith("*") and len(key) < 4 else len(key) for key in keys)
