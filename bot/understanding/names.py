"""Models and places named in a message, told apart from the everyday words that look the same.

The index finds names by their letters; here the words around one and the capitals it was typed with decide whether it
is meant: "in Turkey" but not "turkey", "US" but not "us", "the Polish grid" but not "in Polish", "with Haiku" but not
"a haiku". A version that does not exist is handed on as unknown, with near ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
from knowledge.schema import Model
from knowledge.search import fold

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FIRST_SIGN = 0x1F1E6  # the A of flags
_CODE = re.compile(r"(?<![\w.-])[A-Z]{2,3}(?![\w-])")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = ".?!:;\n"
_JOINT = re.compile(r",? ?(?:vs\.?|versus|or|and|ou|et|v|&|/|,|\+|against|contre) (?:the |le |l'|a )?|, ?| ?/ ?")
# Behind a name: what joins, and one word or version that may be the end of another such name.
_ELIDED = re.compile(
    r",? ?(?:vs\.?|versus|or|and|ou|et|v|&|/|,|against|contre|than|que|to|rather than|plutot que) "
    r"(?:the |le |la |de |un |une |a |in )?"
    r"([a-z]{3,8}(?:-[a-z]{3,8})?|\d{1,2}(?:\.\d{1,2})?(?= ?(?:[?!,;]|$)))(?![\w-])"
)
_VERSION = re.compile(r"\d{1,2}(?:\.\d{1,2})?")
_MOST_ELIDED = 3
_SIZE = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d)?b\b")  # of a family: the "8b" of Llama 3.1
_TIER = re.compile(rf"{_SIZE.pattern}|[a-z]{{3,12}}|\d{{1,2}}\.\d{{1,2}}")
_FEW, _SOME = 5, 9  # words of a message that may be no more than a tier, and that may end in one: "switched to Pro"
# The name of several products, and which one is meant in an office and where a line is completed.
_COPILOT, _OFFICE, _INLINE = "copilot", "microsoft-copilot", "github-copilot-completions"
_CODING = "github-copilot"
_ABBREVIATION = 3  # letters up to which a common word must stand in capitals: "US", "EU"
_LOUD = 8  # capitals from which a message may be shouted
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
        self._models = library.models
        # What is meant by a maker alone: its products first, which stand for what it offers today.
        self._makers: dict[str, list[Model]] = {}
        for model in sorted(library.models.values(), key=lambda m: m.stands_for is None):
            for word in fold(model.maker).split()[:1]:
                self._makers.setdefault(word, []).append(model)

    def prepare(self, words: Iterable[str]) -> None:
        """Looks up, ahead of time, words that people will say."""
        self._names.prepare(words)

    def mentions(self, message: Message, language: Language) -> Sequence[Mention]:
        """In the order of the message, none over another."""
        around = _Around(message, self._words)
        around.french = language == "fr"
        hits = self._names.find(message.plain)
        found = [m for hit in hits if (m := self._mention(hit, around)) is not None]
        found = [m for m in found if len(found) > 1 or not self._is_idiom(message, m)]
        if any(m.kind == "model" for m in found):
            found.extend(self._listed(message, hits, found))
            found.extend(self._elided(message, found))
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
            based = around.before(hit) in self._words["companies"] or around.after(hit) in self._words["companies"]
            told = based or around.beside(hit, "electricity") or around.compared(hit) or around.stands_for(hit)
            return _place(hit) if told else None
        if hit.kind == PLACE:
            return _place(hit) if self._is_place(hit, around) else None
        return None

    def _is_idiom(self, message: Message, mention: Mention) -> bool:
        """« Ça consomme que dalle » names nothing; « Midjourney pollue moins que dalle » does."""
        led = message.plain[: mention.start].split()[-1:]
        return bool(led) and f"{led[0]} {message.plain[mention.start : mention.end]}" in self._words["idioms"]

    def _model(self, hit: Hit, around: _Around) -> Mention | None:
        name = key(hit.text)
        # No English article is "le": "le chat, 10 questions a day".
        typed = around.typed_as_name(hit) or (not around.french and hit.text.startswith("le "))
        if name in self._strict or name in self._cautious:
            sure = typed or around.after(hit) in self._words["model_words"]
            before = around.before(hit)
            # « à gemini », typed with its accent or without, is no English article.
            article = before in self._words["determiners"] and not (before == "a" and around.french)
            article = article and before not in self._words["many"]  # « liste les claude »: a name has no plural
            linked = before in self._words["before_model"]
            linked = linked or (before in ("to", "a") and around.before(hit, 2) in self._words["counted"])
            if not sure and (article or (name in self._strict and not linked)):
                return None
        if name == _COPILOT and around.speaks_of("office") and not around.speaks_of("coding"):
            return Mention(hit.start, hit.end, "model", _OFFICE, hit.score)
        if hit.id == _CODING and around.speaks_of("inline"):
            return Mention(hit.start, hit.end, "model", _INLINE, hit.score)
        if hit.bare and hit.bare[0] != hit.id and around.counts(hit):
            end = hit.start + hit.text.rindex(" ")
            return Mention(hit.start, end, "model", hit.bare[0], hit.score)
        return Mention(hit.start, hit.end, "model", hit.id, hit.score)

    def _listed(self, message: Message, hits: Sequence[Hit], found: Sequence[Mention]) -> list[Mention]:
        """A name that is an ordinary word too is meant beside another: "runway, kling or luma"."""
        known = {m.start for m in found}
        models = [(m.start, m.end) for m in found if m.kind == "model"]
        listed: list[Mention] = []
        for hit in hits:
            if hit.kind != MODEL or hit.start in known or len(hit.text) < _ABBREVIATION:
                continue
            behind = any(end <= hit.start and _JOINT.fullmatch(message.plain[end : hit.start]) for _, end in models)
            if behind or any(s >= hit.end and _JOINT.fullmatch(message.plain[hit.end : s]) for s, _ in models):
                listed.append(Mention(hit.start, hit.end, "model", hit.id, hit.score))
                models.append((hit.start, hit.end))
        return listed

    def _elided(self, message: Message, found: Sequence[Mention]) -> list[Mention]:
        """What is left of a name said after its like: "Mistral Large or Small", "gpt-5 mini, nano or full"."""
        taken = [(m.start, m.end) for m in found]
        elided: list[Mention] = []
        for model in (m for m in found if m.kind == "model"):
            name, end = message.plain[model.start : model.end], model.end
            for _ in range(_MOST_ELIDED):
                match = _ELIDED.match(message.plain, end)
                if match is None or any(s < match.end(1) and match.start(1) < e for s, e in taken):
                    break
                id_ = self._like(name, match[1])
                if id_ is None or id_ == model.value:
                    break
                elided.append(Mention(match.start(1), match.end(1), "model", id_, 0.9))
                end = match.end(1)
        return elided

    def adjectives(self, message: Message, taken: Sequence[Mention]) -> list[Mention]:
        """Every place that an adjective names, whatever stands beside it: "and the Spanish one?"."""
        around = _Around(message, self._words)
        hits = (hit for hit in self._names.find(message.plain) if hit.kind == ADJECTIVE)
        hits = (hit for hit in hits if around.before(hit) not in self._words["before_language"])
        return [_place(hit) for hit in hits if not any(m.start < hit.end and hit.start < m.end for m in taken)]

    def continued(self, message: Message, before: str, makers: bool) -> list[Mention]:
        """The tier or version of the model spoken of last: "and small?" after Mistral Large. ``makers``: "and from
        Google?" is what that maker offers of the kind."""
        model = self._models.get(before)
        if model is None or len(message.words) > _SOME:
            return []
        short = len(message.words) <= _FEW
        for match in _TIER.finditer(message.plain):
            said = match.group()
            led = message.plain[: match.start()].split()[-1:] or ["and"]
            if makers and said in self._makers and led[0].rpartition("'")[2] in self._words["from_maker"]:
                same = (m for m in self._makers[said] if m.task == model.task and m.maker != model.maker)
                id_ = next((m.id for m in same), None)
                if id_ is not None:
                    return [Mention(match.start(), match.end(), "model", id_, 0.9)]
            counted = not said[0].isdigit() and led[0].rpartition("'")[2] in self._words["more"]  # « 50 % de plus »
            pointed = short or led[0].rpartition("'")[2] in self._words["to_tier"]
            if not counted and pointed and (said[0].isdigit() or said in self._words["tiers"]):
                names = (fold(name) for name in (model.name, model.id, *model.words))
                id_ = next((found for name in names if (found := self._like(name, said)) not in (None, before)), None)
                if id_ is not None:
                    return [Mention(match.start(), match.end(), "model", id_, 0.9)]
        return []

    def _like(self, name: str, said: str) -> str | None:
        """The model called as ``name`` is, with this tier or version in the place of its own."""
        if said[0].isdigit():
            other = (_SIZE if said.endswith("b") else _VERSION).sub(said, name, count=1)
            found = self._names.exact(other, MODEL) if other != name else ()
            return found[0] if found else None
        words = name.replace("-", " ").split()
        for size in range(len(words), 0, -1):
            begun = " ".join(words[:size])
            if said in self._words["plain_tiers"]:
                found = self._names.exact(begun, MODEL) if size < len(words) else ()
            else:
                found = self._names.exact(f"{begun} {said}", MODEL)
            if found:
                return found[0]
        return None

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
            held = {around.before(hit), around.after(hit)} & {"vs", "versus"}
            return capitals or bool(held) or (around.before(hit) == "the" and name in ("us", "eu"))
        return around.typed_as_name(hit) or around.located(hit) or around.speaks_of("country")

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
        capitals = sum(map(str.isupper, message.clean))
        self.shouted = capitals >= _LOUD and capitals > _SHOUT * sum(map(str.isalpha, message.clean))

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

    def compared(self, hit: Hit) -> bool:
        """« L'électricité polonaise est plus sale que l'irlandaise ? »: the second goes without its noun."""
        led = self.before(hit, 2 if self.before(hit) in self._words["determiners"] else 1)
        if led not in self._words["than"]:
            return False
        return not self._words["electricity"].isdisjoint(_WORD.findall(self.message.plain))

    def stands_for(self, hit: Hit) -> bool:
        """ "A French server or a Polish one", « ou un polonais » : the noun of the first is meant by the second too."""
        led = self.before(hit) in self._words["determiners"] and self.before(hit, 2) in self._words["beside"]
        if self.after(hit) not in self._words["stand_ins"] and not led:
            return False
        return not self._words["electricity"].isdisjoint(_WORD.findall(self.message.plain[: hit.start]))

    def speaks_of(self, words: str) -> bool:
        """Whether any word of the message is one of these."""
        return not self._words[words].isdisjoint(_WORD.findall(self.message.plain))

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
        before = self.before(hit)
        counted = before.isdigit() or before in self._words["numerals"]
        return self.after(hit) in self._words["counted"] and not counted


def _place(hit: Hit) -> Mention:
    return Mention(hit.start, hit.end, "place", hit.id, hit.score)
