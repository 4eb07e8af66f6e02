"""Everyday things that a footprint may be held against, found by the words of equivalents.yaml in either language:
"km by car", « recharges de téléphone », "an hour of Netflix". Plurals are read by their stems.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.understanding.mention import Mention
from bot.understanding.names import NameReader
from bot.understanding.text import Message
from handlers.request import Language
from knowledge.schema import Equivalent
from knowledge.search import fold

_WORD = re.compile(r"[a-z0-9]+")
_STOP = re.compile(r"[.?!] ")
_SKIPPED = frozenset(("a", "an", "the", "of", "de", "du", "des", "d", "la", "le", "les", "l", "en", "un", "une"))


class Things:
    """Built once. The longest phrase wins; small words between its words may be left out or put in."""

    def __init__(self, equivalents: Mapping[str, Equivalent]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        seen: set[tuple[str, ...]] = set()
        for thing in equivalents.values():
            for phrase in (*thing.words.en, *thing.words.fr):
                stems = _stems(fold(phrase))
                # The same words may stand for a thing in several regions: any of them leads to the others.
                if stems and stems not in seen:
                    seen.add(stems)
                    self._phrases[stems[0]].append((stems, thing.id))
        for listed in self._phrases.values():
            listed.sort(key=lambda pair: -len(pair[0]))
        # Every form of a word that a phrase begins with: in most messages there is none.
        self._beginnings = frozenset(form for stem in self._phrases for form in (stem, f"{stem}s", f"{stem}x"))

    def mentions(self, message: Message) -> list[Mention]:
        if self._beginnings.isdisjoint([word.text for word in message.words]):
            return []
        words = [(m[0], *m.span()) for m in _WORD.finditer(message.plain)]
        words = [(_stem(text), start, end) for text, start, end in words if text not in _SKIPPED]
        found: list[Mention] = []
        at = 0
        while at < len(words):
            for stems, id_ in self._phrases.get(words[at][0], ()):
                if tuple(word[0] for word in words[at : at + len(stems)]) == stems:
                    start, end = words[at][1], words[at + len(stems) - 1][2]
                    if _STOP.search(message.plain, start, end):
                        continue  # "instead of a human. Footprint?"
                    found.append(Mention(start, end, "thing", id_))
                    at += len(stems) - 1
                    break
            at += 1
        return found


class Named:
    """Models and places, and the things that do not lie over a model's name."""

    def __init__(self, names: NameReader, things: Things) -> None:
        self._names = names
        self._things = things

    def continued(self, message: Message, before: str, makers: bool) -> Sequence[Mention]:
        return self._names.continued(message, before, makers)

    def adjectives(self, message: Message, taken: Sequence[Mention]) -> Sequence[Mention]:
        return self._names.adjectives(message, taken)

    def prepare(self, words: Iterable[str]) -> None:
        self._names.prepare(words)

    def mentions(self, message: Message, language: Language) -> Sequence[Mention]:
        named = self._names.mentions(message, language)
        models = [m for m in named if m.kind in ("model", "unknown-model")]
        clear = (
            t for t in self._things.mentions(message) if not any(t.start < m.end and m.start < t.end for m in models)
        )
        return sorted((*named, *clear), key=lambda m: m.start)


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(_stem(word) for word in _WORD.findall(phrase) if word not in _SKIPPED)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
