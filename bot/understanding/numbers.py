"""Numbers as people write them in two languages: "2k", "1 500", "2,5 millions", "vingt-cinq", "half a dozen", "10-20".

Number words are read by text2num; here is what it leaves: digits, magnitudes, nouns of number, halves and ranges. What
only looks like a number (a version, a year, a rank, a price) is found too and marked, so that nobody counts with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from text_to_num import text2num  # pyright: ignore[reportUnknownVariableType]

from bot.understanding.digits import LARGEST, value_of
from bot.understanding.lexicon import Lexicon
from bot.understanding.tokens import Token, tokens_of
from handlers.request import Language

MOST_WORDS = 14  # of one number: "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf" has eleven

_TENTHS = re.compile(r"(k)(\d|\d{3})")
MASK = "\x01"  # stands for what was read already; no message contains it


class Number(NamedTuple):
    first: int  # tokens first..after-1
    after: int
    start: int
    end: int
    value: float
    high: float | None = None
    counts: bool = True  # False: a year, a rank, a version, a price
    words: bool = False  # written out: "of" may stand before its unit
    suffix: str = ""  # letters glued to digits that may mean several things: "m", "b"


class Numbers:
    """Reads numbers at a place in a list of tokens."""

    def __init__(self, lexicon: Lexicon, other: Lexicon, nouns: frozenset[str] = frozenset()) -> None:
        """``nouns`` may be glued to digits ("20images", "8s"); any other letters make a name of it ("4o", "3d")."""
        self._nouns, self._counted = nouns, nouns - lexicon.set("language.function")
        self._language: Language = lexicon.language
        own, foreign = lexicon.own_set("numbers.cardinals"), other.own_set("numbers.cardinals")
        self._cardinals: dict[str, Language] = dict.fromkeys(foreign - _ELSEWHERE, other.language)
        self._cardinals.update(dict.fromkeys(own, lexicon.language))
        self._respell = lexicon.map("numbers.respell")
        self._joins = lexicon.set("numbers.join")
        self._collective: dict[str, float | None] = lexicon.map("numbers.collective")
        self._bakers = lexicon.set("numbers.bakers")
        self._half = lexicon.set("numbers.half")
        self._parts: dict[str, int] = lexicon.map("numbers.parts")
        self._of = lexicon.set("numbers.of")
        self._magnitudes = {word: float(value) for word, value in lexicon.map("numbers.magnitudes").items()}
        self._vague = lexicon.set("numbers.vague")
        own_articles = lexicon.own_set("numbers.article")
        foreign_articles = other.own_set("numbers.article")
        # "a" and "an" are articles in English alone: in French they are "has", "to" and a year.
        self._articles = own_articles | foreign_articles if self._language == "en" else own_articles
        self._single = self._articles | {"one"}
        # Words that a number may begin with; every other word is passed over at once.
        self.openers = frozenset({*self._single, *self._half, *self._parts, *self._collective, *self._cardinals})
        self._ranges: dict[str, str] = lexicon.map("numbers.range")
        self._to = {"en": {"to", "through"}, "fr": {"a", "to"}}[lexicon.language]
        self._alternatives = lexicon.set("numbers.alternatives")
        self._labels, self._named = lexicon.set("numbers.labels"), lexicon.set("numbers.named")
        self._ish = lexicon.set("numbers.ish")
        self._years, self._moves = lexicon.set("numbers.years"), lexicon.set("numbers.moves")
        self._times, self._than = lexicon.set("numbers.times"), lexicon.set("numbers.than")
        self._adjectives = lexicon.set("units.adjectives")
        self._drop = lexicon.set("numbers.drop")
        self._tokens = lexicon.set("units.tokens") | frozenset(lexicon.map("units.words"))
        self._amounts = frozenset(unit for units in lexicon.map("units.amounts").values() for unit in units)

    def tokens(self, text: str) -> list[Token]:
        """The text in pieces. "3 500 word posts" is three posts, "1 500 words" fifteen hundred words."""
        tokens = tokens_of(text)
        if self._language == "en":
            for at in range(len(tokens) - 2, -1, -1):
                token = tokens[at]
                if token.kind == "number" and token.text[1:2] == " " and len(token.text) == 5:
                    after = at + 2 if tokens[at + 1].text == "-" else at + 1
                    if after < len(tokens) and tokens[after].text in self._adjectives:
                        cut = token.start + 2
                        tokens[at : at + 1] = [
                            Token("number", token.text[0], token.start, token.start + 1, token.glued),
                            Token("number", token.text[2:], cut, token.end, False),
                        ]
        return tokens

    def at(self, tokens: Sequence[Token], index: int) -> Number | None:
        """The number that begins at this token, ranges and magnitudes included."""
        found = self._single_at(tokens, index)
        if found is None or not found.counts:
            return found
        return self._range(tokens, found)

    # ------------------------------------------------------------------------------------------------ one number

    def _single_at(self, tokens: Sequence[Token], index: int) -> Number | None:
        token = tokens[index]
        if token.kind == "number":
            return self._digits(tokens, index)
        if token.kind != "word":
            return None
        if token.text not in self.openers and token.text[0] != "x":
            return None
        if token.text[0] == "x" and token.text[1:].isdecimal() and token.text[1:].isascii():
            return Number(index, index + 1, token.start, token.end, min(float(token.text[1:]), LARGEST))
        return self._spelt(tokens, index)

    def _digits(self, tokens: Sequence[Token], index: int) -> Number | None:
        token = tokens[index]
        before = tokens[index - 1] if index else None
        after = index + 1
        following = tokens[after] if after < len(tokens) else None
        value = value_of(token.text, self._language, self._measured(following))
        end = token.end
        spent = Number(index, after, token.start, end, 0.0, counts=False)
        if value is None:
            return spent
        if before is not None and self._is_label(tokens, index, before, token):
            return spent
        if before is not None and token.glued and not before.glued and before.text.endswith("-"):
            value = -value  # "-5 images": to be refused kindly, not to be read as five
        if following is None:
            return self._whole(tokens, Number(index, after, token.start, end, value))
        suffix = ""
        if following.glued and following.kind == "word":
            word = following.text
            if word in {"m", "b", "k"} or (word in self._magnitudes and word not in {"cent", "mille"}):
                value *= {"m": 1e6, "b": 1e9}.get(word, 0) or self._magnitudes[word]
                suffix = word if word in {"m", "b"} else "+"
                after, end = after + 1, following.end
            elif (part := _TENTHS.fullmatch(word)) is not None:  # "1k2"
                value = (value + int(part[2]) / 10 ** len(part[2])) * self._magnitudes[part[1]]
                suffix, after, end = "+", after + 1, following.end
            elif word in self._ish:
                after, end = after + 1, following.end
            elif word not in self._nouns and word not in self._times:
                return spent._replace(after=after + 1, end=following.end)
        elif (parts := self._parts_of(tokens, index, after, value)) is not None:
            return parts
        elif following.kind == "word" and (self._collective.get(following.text) or 0) > 2:
            return self._gathered(tokens, index, after, value, known=True)  # "3 dozen"
        elif following.kind == "word" and following.text in self._magnitudes and not following.glued:
            value *= self._magnitudes[following.text]
            suffix, after, end = "+", after + 1, following.end
        found = Number(index, after, token.start, end, value, words=suffix == "+", suffix=suffix.strip("+"))
        if suffix:
            found = self._and_half(tokens, found, self._magnitudes.get(tokens[after - 1].text, 1.0))
        return self._whole(tokens, found)

    def _whole(self, tokens: Sequence[Token], found: Number) -> Number:
        """Marks what is no count after all: a share, a price, a date, a year, a comparison."""
        following = tokens[found.after] if found.after < len(tokens) else None
        spent = found._replace(counts=False, value=min(found.value, LARGEST))
        if following is not None:
            if following.kind == "sign" and following.text[0] in "%€$£°‰":
                return spent._replace(after=found.after + 1, end=following.start + 1)
            if following.kind == "sign" and following.glued and following.text in {"/", ":"}:
                beyond = tokens[found.after + 1] if found.after + 1 < len(tokens) else None
                if beyond is not None and beyond.glued and beyond.kind in {"number", "clock"}:
                    return spent
            if following.kind == "word":
                if following.text in self._drop:
                    return spent._replace(after=found.after + 1, end=following.end)
                pair = tokens[found.after + 1] if found.after + 1 < len(tokens) else None
                if following.text in {"pour", "per"} and pair is not None and pair.text in {"cent", "cents"}:
                    return spent._replace(after=found.after + 2, end=pair.end)
                if following.text in self._times and pair is not None and pair.text in self._than:
                    return spent._replace(after=found.after + 1, end=following.end)
        if self._is_year(tokens, found):
            return spent
        return found._replace(value=min(found.value, LARGEST))

    def _is_label(self, tokens: Sequence[Token], index: int, before: Token, token: Token) -> bool:
        if token.glued and before.kind == "word":
            return True  # "gpt4": the tokenizer keeps these together, but not after an underscore
        if before.kind == "sign":
            last = before.text[-1]
            if token.glued and last in "$€£#_":
                return True
            two = tokens[index - 2] if index > 1 else None
            if token.glued and before.glued and two is not None:
                if last in "-.'" and two.kind in {"word", "masked"}:
                    return True  # "llama-3", "v.2"
                if last in "/:" and two.kind in {"number", "clock"}:
                    return True  # a date, an hour, a fraction
        if before.kind != "word":
            return False
        if before.text in self._named:  # but "each issue 15 prompts"
            return index + 1 >= len(tokens) or tokens[index + 1].text not in self._counted
        return before.text in self._labels and float(_plain(token.text)) < 100

    def _is_year(self, tokens: Sequence[Token], found: Number) -> bool:
        token = tokens[found.first]
        if found.after != found.first + 1 or len(token.text) != 4 or not 1900 <= found.value <= 2100:
            return False
        before = tokens[found.first - 1].text if found.first else ""
        following = tokens[found.after] if found.after < len(tokens) else None
        counted = following is not None and (following.kind in {"word", "masked"} or following.text == "-")
        if before in self._years and (not counted or following is None or found.value % 50):
            led = tokens[found.first - 2].text if found.first > 1 else ""
            return led not in self._moves or bool(found.value % 50)  # "go up to 2000" counts, "go back to 1998" dates
        return not counted and found.value != 2000 and found.value >= 1950

    def _measured(self, following: Token | None) -> bool:
        return following is not None and following.text in self._amounts

    # ------------------------------------------------------------------------------------------------ number words

    def _spelt(self, tokens: Sequence[Token], index: int) -> Number | None:
        token = tokens[index]
        text = token.text
        if text in self._half:
            return self._halved(tokens, index)
        if text in self._parts:
            return self._part(tokens, index, index)
        start = index
        count: float = 1.0
        known = False
        if text in self._articles or text == "one":
            if index + 1 >= len(tokens):
                return None
            following = tokens[index + 1]
            if following.text in self._half and following.kind == "word":
                return self._halved(tokens, index + 1, first=index)
            if following.text in self._parts and (part := self._part(tokens, index, index + 1)) is not None:
                return part
            if following.text in self._collective:
                return self._gathered(tokens, index, index + 1, 1.0, known=True)
            if text in self._articles and text not in self._cardinals:
                if following.text in self._magnitudes and following.text in self._cardinals:
                    index += 1
                    text = following.text
                else:
                    return None
        elif text in self._collective:
            return self._gathered(tokens, index, index, 1.0, known=False)
        if text not in self._cardinals:
            return None
        if text in _NOTHING:
            return Number(start, index + 1, token.start, token.end, 0.0, counts=False)  # "from zero"
        if start and tokens[start - 1].text in self._vague and text in self._magnitudes:
            return Number(start, index + 1, token.start, tokens[index].end, 0.0, counts=False)
        run = self._run(tokens, index)
        value, after = self._converted(tokens, run)
        if value is None:
            return None
        words = [tokens[i].text for i in run if i < after]
        if len(words) == 1 and start == index:
            if words[0] in self._single:
                found = Number(start, after, token.start, token.end, 1.0, words=True)
                halved = self._and_half(tokens, found, 1.0)
                return halved if halved is not found else None  # an article or a pronoun, unless a task follows
            if words[0] in self._magnitudes and words[0].endswith("s"):
                return Number(start, after, token.start, tokens[after - 1].end, 0.0, counts=False)  # "millions of"
        count, known = value, True
        if after < len(tokens) and (parts := self._parts_of(tokens, start, after, count)) is not None:
            return parts
        if after < len(tokens) and tokens[after].text in self._collective and known:
            return self._gathered(tokens, start, after, count, known=True)
        found = Number(start, after, token.start, tokens[after - 1].end, count, words=True)
        found = self._and_half(tokens, found, self._magnitudes.get(words[-1], 1.0))
        return self._whole(tokens, found)

    def _run(self, tokens: Sequence[Token], index: int) -> list[int]:
        """Indexes of the words from here on that may make one number together."""
        language = self._cardinals[tokens[index].text]
        run = [index]
        at = index + 1
        while at < len(tokens) and len(run) < MOST_WORDS:
            token = tokens[at]
            if token.kind == "sign" and token.text == "-" and token.glued:
                at += 1
                continue
            if token.kind != "word":
                break
            if self._cardinals.get(token.text) == language:
                run.append(at)
            elif token.text in self._joins and at + 1 < len(tokens):
                beyond = tokens[at + 1].text
                joined = beyond in _JOINED_FR if language == "fr" else tokens[run[-1]].text in _JOINING_EN
                if not joined or self._cardinals.get(beyond) != language:
                    break
                run.append(at)
            else:
                break
            at += 1
        return run

    def _converted(self, tokens: Sequence[Token], run: list[int]) -> tuple[float | None, int]:
        language = self._cardinals[tokens[run[0]].text]
        for length in range(len(run), 0, -1):
            words = [str(self._respell.get(tokens[i].text, tokens[i].text)) for i in run[:length]]
            if words[-1] in self._joins:
                continue
            try:
                value = float(text2num(" ".join(words), language))  # pyright: ignore[reportUnknownArgumentType]
            except (ValueError, OverflowError):
                continue
            return value, run[length - 1] + 1
        return None, run[0] + 1

    def _gathered(self, tokens: Sequence[Token], start: int, index: int, count: float, known: bool) -> Number | None:
        """A noun of number: "a dozen", "deux centaines", "a couple of hundred"."""
        size = self._collective[tokens[index].text]
        after = index + 1
        vague = size is None or (not known and tokens[index].text.endswith("s"))
        if start and not known and tokens[start - 1].text in self._vague:
            vague = True
        if vague or size is None:
            return Number(start, after, tokens[start].start, tokens[index].end, 0.0, counts=False)
        if (
            index
            and size == 12
            and not self._bakers.isdisjoint(token.text for token in tokens[max(index - 3, 0) : index])
        ):
            size = 13.0
        value = count * size
        if size == 2 and after < len(tokens):
            if tokens[after].text in {"of", "de"} and after + 1 < len(tokens):
                beyond = after + 1
                text = tokens[beyond].text if tokens[beyond].kind == "word" else ""
                if text in self._magnitudes or (self._collective.get(text) or 0) > 2:
                    after = beyond
            if tokens[after].kind == "word" and tokens[after].text in self._magnitudes:
                value *= self._magnitudes[tokens[after].text]
                after += 1
            elif (more := self._collective.get(tokens[after].text)) and more > 2:
                value, after = value * more, after + 1  # "a couple dozen"
            elif not known and tokens[after].text not in {"of", "de"}:
                return None
        elif size == 2 and not known:
            return None
        found = Number(start, after, tokens[start].start, tokens[after - 1].end, value, words=True)
        return self._and_half(tokens, found, size) if size > 2 else found

    def _parts_of(self, tokens: Sequence[Token], start: int, word: int, count: float) -> Number | None:
        """ "Three quarters of a million", « deux tiers de million »: so many of such parts."""
        said = tokens[word].text
        if said not in self._parts and said.removesuffix("s") not in self._parts:
            return None
        part = self._part(tokens, start, word)
        return part._replace(value=part.value * count) if part is not None else None

    def _part(self, tokens: Sequence[Token], index: int, word: int) -> Number | None:
        """ "A quarter of a million", "quarter of a million", « un quart de million »: ``word`` is the quarter."""
        at, between = word + 1, self._of | self._articles | {"'"}
        while at < len(tokens) and tokens[at].text in between:
            at += 1
        size = self._magnitudes.get(tokens[at].text) if at < len(tokens) else None
        if not size:
            return None
        said = tokens[word].text
        value = size / self._parts[said if said in self._parts else said.removesuffix("s")]
        return Number(index, at + 1, tokens[index].start, tokens[at].end, value, words=True)

    def _halved(self, tokens: Sequence[Token], index: int, first: int | None = None) -> Number | None:
        """Half of what follows: "half a million", "un demi-million". A half of a unit is left to the units."""
        at = index + 1
        while at < len(tokens) and (tokens[at].text in self._articles or tokens[at].text == "-"):
            at += 1
        if at >= len(tokens) or tokens[at].kind != "word":
            return None
        start = index if first is None else first
        text = tokens[at].text
        size = self._magnitudes.get(text) or self._collective.get(text)
        if size and len(text) > 1:
            end = tokens[at].end
            return Number(start, at + 1, tokens[start].start, end, size / 2, words=True)
        return Number(start, at, tokens[start].start, tokens[at - 1].end, 0.5, words=True)

    def _and_half(self, tokens: Sequence[Token], found: Number, size: float) -> Number:
        """ "un million et demi", "two and a half million"."""
        texts = [token.text for token in tokens[found.after : found.after + 4]]
        length = 0
        if len(texts) > 1 and texts[0] in self._joins:
            if texts[1] in self._half:
                length = 2
            elif len(texts) > 2 and texts[1] in self._articles and texts[2] in self._half:
                length = 3
        if not length:
            return found
        after = found.after + length
        value = found.value + size / 2
        if (
            after < len(tokens)
            and size == 1
            and tokens[after].kind == "word"
            and tokens[after].text in self._magnitudes
        ):
            value *= self._magnitudes[tokens[after].text]
            after += 1
        return found._replace(value=value, after=after, end=tokens[after - 1].end)

    # ------------------------------------------------------------------------------------------------ ranges

    def _range(self, tokens: Sequence[Token], low: Number) -> Number:
        at = low.after
        if at + 1 >= len(tokens):
            return low
        token = tokens[at]
        before = tokens[low.first - 1].text if low.first else ""
        if token.kind == "sign" and token.text == "-":
            linked, wide = True, True
        elif token.kind == "word":
            between = self._ranges.get(before) == token.text
            linked = between or token.text in self._to or token.text in self._alternatives
            wide = between or token.text in self._to
        else:
            return low
        if not linked:
            return low
        high = self._single_at(tokens, at + 1)
        if high is None:
            return low
        if not high.counts:  # "20 to 30 times the energy", "10-20 %"
            return low._replace(counts=False, after=high.after, end=high.end) if wide else low
        value = low.value
        if high.value > 0 and low.after == low.first + 1 and high.after - high.first > 1:
            scale = 1e6 if high.suffix == "m" else 1e9 if high.suffix == "b" else 0
            scale = scale or self._magnitudes.get(tokens[high.after - 1].text, 1.0)
            if value < high.value / scale:
                value *= scale  # "10-20k" is ten thousand to twenty thousand
        if not value < high.value or (not wide and high.value > 1.6 * value):
            return low
        return low._replace(after=high.after, end=high.end, value=value, high=high.value, suffix=high.suffix)


# Number words of one language that are something else in the other.
_ELSEWHERE = frozenset({"one", "un", "une", "cent", "cents", "seize", "mille", "ten", "neuf", "sept", "four"})
_NOTHING = frozenset({"zero"})
_JOINED_FR = frozenset({"un", "une", "onze"})
_JOINING_EN = frozenset({"hundred", "thousand", "million", "billion"})


def _plain(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    return digits[:20] or "0"
