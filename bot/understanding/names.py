"""Models and places named in a message, told apart from the everyday words that look the same.

The index finds names by their letters; here the words around one and the capitals it was typed with decide whether it
is meant: "in Turkey" but not "turkey", "US" but not "us", "the Polish grid" but not "in Polish", "with Haiku" but not
"a haiku". A version that does not exist is handed on as unknown, with near ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import cast

from bot.understanding.mention import Mention
from bot.understanding.text import Message
from handlers.request import Language
from handlers.territories import codes_of
from knowledge import aliases
from knowledge.library import Library
from knowledge.names import ADJECTIVE, MODEL, PLACE, UNKNOWN, Hit, Names, key
from knowledge.parsing import read
from knowledge.search import fold

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FIRST_SIGN = 0x1F1E6  # the A of flags
_CODE = re.compile(r"(?<![\w.-])[A-Z]{2,3}(?![\w-])")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = ".?!:;\n"
_ABBREVIATION = 3  # letters up to which a common word must stand in capitals: "US", "EU"
_SHOUT = 0.7  # share of capitals from which they mean nothing


class NameReader:
    """Built once over the library and its index of names."""

    def __init__(self, library: Library, names: Names) -> None:
        words = cast(
            "Mapping[str, list[str]]", read((files("bot.understanding") / "names.yaml").read_text("utf-8"), "")
        )
        self._words = {name: frozenset(map(fold, listed)) for name, listed in words.items()}
        known = aliases.everyday()
        self._cautious = frozenset(map(key, known["cautious"]))
        self._strict = frozenset(map(key, known["strict"]))
        common = (*(word for place in library.places.values() for word in place.common), *aliases.common_towns())
        self._common = frozenset(map(key, common))
        codes = codes_of(library)
        self._alpha2 = {code: to for code, to in codes.items() if len(code) == 2}
        self._codes = {code: to for code, to in codes.items() if len(code) == 3 or fold(code) in self._words["alpha2"]}
        self._names = names

    def mentions(self, message: Message, language: Language) -> Sequence[Mention]:
        """In the order of the message, none over another."""
        around = _Around(message, self._words)
        around.french = language == "fr"
        found = [m for hit in self._names.find(message.plain) if (m := self._mention(hit, around)) is not None]
        if not around.shouted:
            found.extend(self._coded(message, around, found))
        if not message.plain.isascii():
            found.extend(self._flags(message))
        return sorted(found, key=lambda m: m.start)

    def _mention(self, hit: Hit, around: _Around) -> Mention | None:
        if hit.kind == UNKNOWN:
            return Mention(hit.start, hit.end, "unknown-model", hit.text, near=hit.near)
        if hit.kind == MODEL:
            return self._model(hit, around)
        if hit.kind == ADJECTIVE:
            return _place(hit) if around.beside(hit, "electricity") else None
        if hit.kind == PLACE:
            return _place(hit) if self._is_place(hit, around) else None
        return None

    def _model(self, hit: Hit, around: _Around) -> Mention | None:
        name = key(hit.text)
        typed = around.typed_as_name(hit)
        if name in self._strict or name in self._cautious:
            sure = typed or around.after(hit) in self._words["model_words"]
            before = around.before(hit)
            # « à gemini », typed with its accent or without, is no English article.
            article = before in self._words["determiners"] and not (before == "a" and around.french)
            linked = around.before(hit) in self._words["before_model"]
            if not sure and (article or (name in self._strict and not linked)):
                return None
        if hit.bare and hit.bare[0] != hit.id and around.counts(hit):
            end = hit.start + hit.text.rindex(" ")
            return Mention(hit.start, end, "model", hit.bare[0], hit.score)
        return Mention(hit.start, hit.end, "model", hit.id, hit.score)

    def _is_place(self, hit: Hit, around: _Around) -> bool:
        name = key(hit.text)
        if around.before(hit) in self._words["persons"]:
            return False  # "my mate Jordan"
        if name not in self._common:
            return True
        if around.after(hit) in self._words["of_persons"] and not around.located(hit):
            return False  # "Chad from accounting"
        if around.after(hit) in self._words["electricity"]:
            return True
        if len(name) <= _ABBREVIATION:
            capitals = around.message.shown(hit.start, hit.end).isupper() and not around.shouted
            return capitals or (around.before(hit) == "the" and name in ("us", "eu"))
        return around.typed_as_name(hit) or around.located(hit)

    def _flags(self, message: Message) -> list[Mention]:
        """Flags of countries: two letters of their own alphabet, which spell the code."""
        flags: list[Mention] = []
        for match in _FLAG.finditer(message.plain):
            code = self._alpha2.get("".join(chr(ord(sign) - _FIRST_SIGN + ord("A")) for sign in match.group()))
            if code is not None:
                flags.append(Mention(match.start(), match.end(), "place", code))
        return flags

    def _coded(self, message: Message, around: _Around, found: Sequence[Mention]) -> list[Mention]:
        """Codes of countries in capitals: "FRA vs POL", "in DE"."""
        coded: list[Mention] = []
        if len(message.clean) != len(message.plain):
            return coded  # rare, and a code is worth no second map of positions
        for match in _CODE.finditer(message.clean):
            code = self._codes.get(match.group())
            start, end = match.span()
            if code is None or any(m.start < end and start < m.end for m in found):
                continue
            hit = Hit(start, end, PLACE, (code,), message.plain[start:end])
            if (
                around.located(hit)
                or around.beside(hit, "electricity")
                or (len(match.group()) == 3 and len(found) == 0)
            ):
                coded.append(_place(hit))
        return coded


class _Around:
    """The words about a name, and how it was typed."""

    def __init__(self, message: Message, words: Mapping[str, frozenset[str]]) -> None:
        self.message = message
        self._words = words
        self.french = False
        letters = [c for c in message.clean if c.isalpha()]
        self.shouted = len(letters) > 10 and sum(c.isupper() for c in letters) > _SHOUT * len(letters)

    def before(self, hit: Hit, back: int = 1) -> str:
        """The word before, "" where a sentence or a clause begins."""
        found = _WORD.findall(self.message.plain[max(hit.start - 40, 0) : hit.start])
        return found[-back] if len(found) >= back else ""

    def after(self, hit: Hit) -> str:
        rest = self.message.plain[hit.end : hit.end + 40].removeprefix("'s")
        found = _WORD.search(rest)
        return found.group() if found and rest[: found.start()].strip(" -'") == "" else ""

    def beside(self, hit: Hit, words: str) -> bool:
        """Whether one of these words is among the two before or after."""
        plain = self.message.plain
        near = _WORD.findall(plain[max(hit.start - 40, 0) : hit.start])[-2:]
        near += _WORD.findall(plain[hit.end : hit.end + 40])[:2]
        return any(word in self._words[words] for word in near)

    def located(self, hit: Hit) -> bool:
        """Whether a word for "in" stands before: "en", "from", "à" with its accent, "in the"."""
        word = self.before(hit)
        if word in ("the", "la", "le", "les", "l"):
            word = self.before(hit, 2)
        if word == "a":
            start = self.message.plain.rfind("a", 0, hit.start)
            return self.message.shown(start, start + 1).lower() == "à"
        return word in self._words["before_place"]

    def typed_as_name(self, hit: Hit) -> bool:
        """Whether it has a capital that neither the sentence's beginning nor shouting explains."""
        if self.shouted:
            return False
        starts = [hit.start + m.start() for m in _WORD.finditer(hit.text)]
        if len(starts) > 1 and self.message.capital(starts[-1]):
            return True  # "Le Chat"
        head = self.message.plain[: hit.start].rstrip(" \"'(«*")
        return self.message.capital(hit.start) and head != "" and head[-1] not in _SENTENCE

    def counts(self, hit: Hit) -> bool:
        """Whether the number that ends the name counts what follows, as in "claude 3 prompts"."""
        return self.after(hit) in self._words["counted"] and not self.before(hit).isdigit()


def _place(hit: Hit) -> Mention:
    return Mention(hit.start, hit.end, "place", hit.id, hit.score)
