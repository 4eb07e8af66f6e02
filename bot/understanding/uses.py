"""From things found in a sentence to what is used: which number counts which noun, made by which model.

The sentence is walked once, from left to right. Nouns of tasks and names of models are anchors; quantities wait for
the anchor they stand before, or belong to the one they stand behind. Commas, "and", "or", "vs" part one item from the
next. What was said once for several items (a place, a period, one count for a list of models) is shared at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bot.understanding.grammar import Grammar
from bot.understanding.items import Found, Item, Sharing
from bot.understanding.mention import Mention, Per, Quantity
from bot.understanding.text import Message
from knowledge.calculator.use import Use
from knowledge.schema import Model, Task

_TOKEN = re.compile(r"[a-z0-9]+|[,;:+&=%$€.?!≈()/]")
_MARKS = frozenset(",;:+&=%$€.?!≈()/")
_STOPS = frozenset(".?!")

# Which of two tasks named for one and the same thing is meant: "classify e-mails" is classification.
_RANK: Mapping[Task, int] = {
    "training": 9,
    "embedding": 8,
    "classification": 8,
    "transcription": 7,
    "speech": 7,
    "code": 6,
    "video": 5,
    "image": 4,
    "reasoning": 3,
    "search": 2,
    "text": 1,
}
_SIZES = ("tokens", "input", "cached", "words", "seconds", "minutes", "resolution")
_MOST_ITEMS = 8  # nobody lists more in one message, and an answer could not show them


class Uses:
    """Puts uses together. Built once over the models; never raises on any mentions."""

    def __init__(self, models: Mapping[str, Model], grammar: Grammar) -> None:
        self._models = models
        self._grammar = grammar

    def assemble(self, message: Message, mentions: Sequence[Mention]) -> Found:
        return _Walk(message.plain, mentions, self._models, self._grammar).found()


class _Walk:
    """One message."""

    def __init__(self, plain: str, mentions: Sequence[Mention], models: Mapping[str, Model], grammar: Grammar) -> None:
        self.plain = plain
        self.sharing = Sharing(models)
        self.models = models
        self.grammar = grammar
        self.mentions = sorted(mentions, key=lambda m: (m.start, m.end))
        self.items: list[Item] = []
        self.waiting: dict[str, Any] = {}  # quantities met and not yet taken
        self.waiting_from: int | None = None
        self.last: Item | None = None  # the item that what follows may belong to
        self.dropped: list[str] = []
        self.versus = False
        self.seen = False  # whether anything to hold against something was met yet
        self.parted_off = False  # a comma or an "and" stood between the last item and what waits
        self.set_against = False  # a "vs" or an "or" did
        self.swallowed: set[int] = set()  # quantities that belong to an everyday thing

    # -- gaps

    def tokens(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(_TOKEN.findall(self.plain[start:end])) if start < end else ()

    def before(self, start: int, most: int = 4) -> tuple[str, ...]:
        return self.tokens(max(0, start - 40), start)[-most:]

    def after(self, end: int, most: int = 3) -> tuple[str, ...]:
        return self.tokens(end, end + 30)[:most]

    # -- the walk

    def found(self) -> Found:
        kept = self._without_ruled_out()
        self._swallow_things(kept)
        at = 0
        previous: Mention | None = None
        for index, mention in enumerate(kept):
            gap = self.tokens(at, mention.start)
            kind = mention.kind
            if kind in ("task", "model", "unknown-model"):
                self._anchor(mention, gap)
            elif kind in ("number", "tokens", "words", "seconds", "minutes", "resolution"):
                if index in self.swallowed:
                    continue
                if not self._quantity(mention, gap, kept[index + 1] if index + 1 < len(kept) else None):
                    continue
            elif kind in ("thing", "amount"):
                self._note_versus(gap)
                self.seen = True
                continue
            else:
                continue
            at = mention.end
            previous = mention
        if previous is not None and self.waiting and self.items:
            self._give(self.items[-1])
        return self._finish(kept)

    def _without_ruled_out(self) -> list[Mention]:
        """Leaves out what is named only to be denied, where something else is named in its stead."""
        denied = [m for m in self.mentions if m.kind in ("task", "model", "place", "period") and self._is_denied(m)]
        kept = [m for m in self.mentions if m not in denied]
        for mention in denied:
            if any(m.kind == mention.kind for m in kept) or len(denied) == 1:
                self.dropped.append(str(mention.value))
            else:
                kept.append(mention)
        return sorted(kept, key=lambda m: m.start)

    def _is_denied(self, mention: Mention) -> bool:
        tokens = list(self.before(mention.start))
        while tokens and tokens[-1] in self.grammar.of("article"):
            tokens.pop()
        return self.grammar.ends("negators", tuple(tokens))

    def _swallow_things(self, kept: Sequence[Mention]) -> None:
        """ "An hour of Netflix", "10 km by car": the quantity is the thing's, not a use's."""
        for i, mention in enumerate(kept):
            if mention.kind == "thing" and i and kept[i - 1].kind in ("number", "minutes", "seconds"):
                gap = self.tokens(kept[i - 1].end, mention.start)
                if len(gap) <= 3 and not (_MARKS & set(gap)):
                    self.swallowed.add(i - 1)
            if mention.kind == "thing" and i + 1 < len(kept) and kept[i + 1].kind == "minutes":
                gap = self.tokens(mention.end, kept[i + 1].start)
                if len(gap) <= 2 and not (_MARKS & set(gap)):
                    self.swallowed.add(i + 1)

    def _note_versus(self, gap: tuple[str, ...]) -> bool:
        found = not self.grammar.of("versus").isdisjoint(gap)
        self.versus = self.versus or (found and self.seen)
        return found

    def _quantity(self, mention: Mention, gap: tuple[str, ...], following: Mention | None) -> bool:
        """False where the number counts nothing and is passed over."""
        key = mention.kind
        value = mention.value
        if key == "number":
            if not self._counts(mention) or self._is_weak(mention):
                return False  # "a", "une": seen again at the noun
        elif key == "tokens":
            role = cast("Quantity", value).role
            key = role if role in ("input", "cached") else "tokens"
        parted = self._parts(gap)
        versus = self._note_versus(gap)
        item = self.last
        taken = item is None or (item.number is not None if key == "number" else key in item.sizes)
        if item is not None and not parted and not versus and not taken and not self.waiting:
            leads = (
                key == "number"
                and item.task is not None
                and following is not None
                and following.kind in ("task", "model")
                and len(self.tokens(mention.end, following.start)) <= 1
                and following.value != item.task
            )
            if not leads:
                self._set(item, key, value)
                item.end = mention.end
                return True
        self.parted_off = self.parted_off or parted
        self.set_against = self.set_against or versus
        if key in self.waiting and self.items:
            self._give(self.items[-1])
        if key not in self.waiting:
            self.waiting[key] = value
            if self.waiting_from is None:
                self.waiting_from = mention.start
        return True

    def _noun_follows(self, mention: Mention) -> bool:
        return any(m.kind in ("task", "model") and 0 <= m.start - mention.end <= 2 for m in self.mentions)

    @staticmethod
    def _is_weak(mention: Mention) -> bool:
        return mention.score < 1 and cast("Quantity", mention.value).value == 1

    def _counts(self, mention: Mention) -> bool:
        """False for years, ranks, ratios and the like."""
        before, after = self.before(mention.start, 1), self.after(mention.end, 1)
        value = cast("Quantity", mention.value).value
        if not value > 0:
            return False
        if after and (after[0] in self.grammar.of("ratio") or after[0] in self.grammar.of("also_ran")):
            return False
        if after and after[0] in "$€%":
            return False
        if before and (before[0] in self.grammar.of("ranks") or before[0] in "$€"):
            return False
        if value <= 3 and before and before[0] in self.grammar.of("pointing") and not self._noun_follows(mention):
            return False  # "which of the two"
        is_year = (
            1990 <= value <= 2100
            and value == int(value)
            and re.fullmatch(r"\d{4}", self.plain[mention.start : mention.end])
        )
        return not (is_year and before and before[0] in self.grammar.of("every_other"))

    def _parts(self, gap: tuple[str, ...]) -> bool:
        joins = self.grammar.of("joins")
        return any(t in joins or t in _STOPS for t in gap)

    @staticmethod
    def _set(item: Item, key: str, value: Any) -> None:
        if key == "number":
            item.number = value
        else:
            item.sizes[key] = value

    def _give(self, item: Item) -> None:
        """Hands what waits to an item that lacks it."""
        for key in list(self.waiting):
            if (item.number is None) if key == "number" else (key not in item.sizes):
                self._set(item, key, self.waiting.pop(key))
        if not self.waiting:
            self.waiting_from = None

    # -- anchors

    def _anchor(self, mention: Mention, gap: tuple[str, ...]) -> None:
        parted = self._parts(gap) or self.parted_off
        versus = self._note_versus(gap) or self.set_against
        self.parted_off = self.set_against = False
        self.seen = True
        item = self.last
        if mention.kind == "task":
            task = cast("Task", mention.value)
            joined = item is not None and self._joins_task(item, task, gap, parted, versus, mention)
            if joined and item is not None:
                if item.task is None or _RANK[task] > _RANK[item.task]:
                    item.task = task
                item.reasoning = item.reasoning or task == "reasoning"
                self._take(item, mention)
                return
            if joined is None:
                return
            self._open(mention).task = task
            return
        model = str(mention.value) if mention.kind == "model" else None
        if item is not None and self._joins_model(item, model, gap, parted, versus):
            if item.model is None or self.sharing.is_product(item.model):
                item.model = model
            self._take(item, mention)
            return
        self._open(mention).model = model

    def _open(self, mention: Mention) -> Item:
        start = self.waiting_from if self.waiting_from is not None else mention.start
        item = Item(start, mention.end)
        if len(self.items) < _MOST_ITEMS:
            self.items.append(item)
        self.last = item
        self._take(item, mention)
        return item

    def _take(self, item: Item, mention: Mention) -> None:
        start = min(self.waiting_from if self.waiting_from is not None else mention.start, mention.start)
        self._give(item)
        item.end = mention.end
        item.single = item.single or self._is_single(start, mention)

    def _is_single(self, start: int, mention: Mention) -> bool:
        """Whether "a", "une", "per" stands before, with an adjective between at most."""
        word = self.plain[mention.start : mention.end]
        if mention.kind == "task" and word.endswith(("s", "x")) and not word.endswith("ss"):
            return False
        tokens = self.before(start, 3)
        one, article = self.grammar.of("one"), self.grammar.of("article")
        for back, token in enumerate(reversed(tokens)):
            if token in one:
                return True
            if token in _MARKS or (back and token not in article):
                return False
        return False

    def _joins_task(
        self, item: Item, task: Task, gap: tuple[str, ...], parted: bool, versus: bool, mention: Mention
    ) -> bool | None:
        """True: the same item; False: a new one; None: neither, only what the item serves."""
        single = self._is_single(self.waiting_from or mention.start, mention)
        new_size = any(key in item.sizes for key in self.waiting if key != "number")
        if item.task is None:
            if versus and (self.waiting or single):
                return False
            return self.sharing.suits(item.model, task) or (not parted and not versus and item.model is None)
        stopped = not _STOPS.isdisjoint(gap)
        counted = "number" in self.waiting
        if item.task == task or {item.task, task} <= {"text", "reasoning"}:
            if (counted and item.number is not None) or new_size:
                return False
            if parted and item.sizes and (counted or single):
                return False
            return not (versus and (self.waiting or single))
        if counted and (item.number is not None or parted or versus):
            return False
        if versus:
            return False
        if counted and self._governs(item.task):
            return True
        if counted or (parted and (self.waiting or single)):
            return False
        if stopped or parted:
            return None if item.number is not None and not single else (None if stopped else False)
        return True if _RANK[task] > _RANK[item.task] or item.number is None else None

    @staticmethod
    def _governs(task: Task) -> bool:
        """Tasks named by a verb, whose object is a noun of another: "classify 300 e-mails"."""
        return task in ("classification", "embedding", "transcription", "speech", "code")

    def _joins_model(self, item: Item, model: str | None, gap: tuple[str, ...], parted: bool, versus: bool) -> bool:
        if item.model is None:
            if versus and (item.number is not None or item.single or item.sizes):
                return False
            if "number" in self.waiting and item.number is not None:
                return False
            return not (parted and item.task is not None and not self.sharing.suits(model, item.task))
        if model == item.model:
            return not (self.waiting and versus)
        if parted or versus or model is None or not gap:
            return False
        links = self.grammar.of("links")
        mine, its = self.models.get(item.model), self.models.get(model)
        same_maker = mine is not None and its is not None and mine.maker == its.maker
        return all(t in links for t in gap) and (same_maker or self.sharing.is_product(item.model))

    # -- sharing and finishing

    def _finish(self, kept: Sequence[Mention]) -> Found:
        items = self.items
        listed = self.sharing.share_counts(items)
        self.sharing.share_models(items)
        periods = [m for m in kept if m.kind == "period"]
        places = [m for m in kept if m.kind == "place"]
        self.sharing.spread_periods(items, periods)
        uses = self._places(items, places)
        multiples = self.grammar.tables.get("multiples", {})
        people = next((m.value for m in kept if m.kind == "people"), None)
        params = next((m.value for m in kept if m.kind == "params"), None)
        horizon = next((m.value.period for m in kept if m.kind == "horizon"), None)
        if isinstance(people, Quantity):
            people = max(1, round(people.value)) if people.value < 1e10 else None
        size = float(params.value) if isinstance(params, Quantity) else None
        period = cast("Per", periods[0].value) if periods else None
        uses = tuple(replace(u, people=people, horizon=horizon, params_b=size) for u in uses)
        return Found(
            uses=uses,
            said=self._said(items, kept),
            things=tuple(dict.fromkeys(m.value for m in kept if m.kind == "thing")),
            places=tuple(dict.fromkeys(m.value for m in places)),
            amount=next((m.value for m in kept if m.kind == "amount"), None),
            measure=self._measure(),
            unknown=tuple(m for m in kept if m.kind == "unknown-model"),
            dropped=tuple(self.dropped),
            versus=self.versus,
            listed=listed,
            counted=any(i.number is not None or i.single or i.sizes for i in items),
            loose=dict(self.waiting),
            period=period,
            horizon=horizon,
            people=people,
            params=size,
            multiple=next((multiples[t] for t in self.tokens(0, len(self.plain)) if t in multiples), None),
        )

    def _said(self, items: Sequence[Item], kept: Sequence[Mention]) -> frozenset[str]:
        said = {m.kind if m.kind != "number" else "count" for m in kept}
        said.discard("count")
        if any(i.number is not None for i in items) or "number" in self.waiting:
            said.add("count")
        if any(i.single for i in items):
            said.add("single")
        return frozenset(said)

    def _places(self, items: Sequence[Item], places: Sequence[Mention]) -> tuple[Use, ...]:
        codes = tuple(dict.fromkeys(m.value for m in places))
        made = [self.sharing.use(i) for i in items]
        if len(codes) <= 1 or not made:
            return tuple(replace(u, place=codes[0] if codes else None) for u in made)
        if len(made) == 1:
            self.versus = True
            return tuple(replace(made[0], place=code) for code in codes[:_MOST_ITEMS])
        own: list[str | None] = [None] * len(made)
        for mention in places:
            mine = [n for n, i in enumerate(items) if i.start < mention.start]
            n = mine[-1] if mine else 0
            own[n] = own[n] or mention.value
        return tuple(replace(u, place=place or codes[0]) for u, place in zip(made, own, strict=True))

    def _measure(self) -> str | None:
        tokens = frozenset(self.tokens(0, len(self.plain)))
        for key, measure in (("water", "water_ml"), ("carbon", "co2e_g"), ("energy", "energy_wh")):
            if not self.grammar.of(key).isdisjoint(tokens):
                return measure
        return None
