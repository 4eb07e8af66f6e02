"""From things found in a sentence to what is used: which number counts which noun, made by which model.

The sentence is walked once, from left to right. Nouns of tasks and names of models are anchors; quantities wait for
the anchor they stand before, or belong to the one they stand behind. Commas, "and", "or", "vs" part one item from the
next. What was said once for several items (a place, a period, one count for a list of models) is shared at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from bot.understanding.clearing import cleared, counts
from bot.understanding.grammar import Grammar
from bot.understanding.heads import heads, heads_each
from bot.understanding.items import MOST_ITEMS, RANK, Found, Item, Sharing, said_of, summed_over, unlike
from bot.understanding.located import placed, settled
from bot.understanding.means import governs, has_its_own, is_done_to_each, is_means, is_read, is_tool, searching
from bot.understanding.mention import Mention, Per, Quantity
from bot.understanding.multiples import Multiples
from bot.understanding.recordings import counts_recordings
from bot.understanding.sentence import STOPS, Sentence
from bot.understanding.singles import is_asked, is_held_against, is_single, is_weak, told_in
from bot.understanding.text import Message
from knowledge.schema import Model, Task

_PARTS = ("image", "speech", "transcription")  # what may be made for a film
_LENGTHS = ("seconds", "minutes", "tokens", "words")
_SIZES = ("tokens", "input", "cached", "words", "read", "seconds", "minutes", "resolution")


class Uses:
    """Puts uses together. Built once over the models; never raises on any mentions."""

    def __init__(self, models: Mapping[str, Model], grammar: Grammar) -> None:
        self._models = models
        self._grammar = grammar
        self._multiples = Multiples(grammar)

    def assemble(self, message: Message, mentions: Sequence[Mention], things: Sequence[Mention] = ()) -> Found:
        """``things`` are all everyday things heard, those too whose words are better read as a use."""
        return _Walk(Sentence(message.plain, mentions, self._grammar), self._models, things, self._multiples).found()


class _Walk:
    """One message."""

    def __init__(
        self, sentence: Sentence, models: Mapping[str, Model], things: Sequence[Mention], multiples: Multiples
    ) -> None:
        self.sentence = sentence
        self.multiples = multiples
        self.sharing = Sharing(models)
        self.models = models
        self.things = things
        self.grammar = sentence.grammar
        self.items: list[Item] = []
        self.waiting: dict[str, Any] = {}  # quantities met and not yet taken
        self.waiting_from: int | None = None
        self.number: Mention | None = None  # the mention behind the number that waits
        self.stale: Quantity | None = None  # a number that a sentence's end has parted from what follows
        self.others: list[tuple[str, Any]] = []  # further values of a size that has one: "100 tokens or 3000 tokens"
        self.last: Item | None = None  # the item that what follows may belong to
        self.versus = False
        self.seen = False  # whether anything to hold against something was met yet
        self.parted_off = False  # a comma or an "and" stood between the last item and what waits
        self.set_against = False  # a "vs" or an "or" did
        self.asks = sentence.holds("how_many") or any(m.kind == "amount" for m in sentence.mentions)
        self.comparing = sentence.holds("comparing") and not sentence.holds("by_hand")

    # -- the walk

    def found(self) -> Found:
        clear = cleared(self.sentence)
        kept = searching(self.sentence, self.sharing.task_of, told_in(self.sentence, clear.kept, self.things))
        at = 0
        previous: Mention | None = None
        for index, mention in enumerate(kept):
            gap = self.sentence.tokens(at, mention.start)
            kind = mention.kind
            if kind in ("task", "model", "unknown-model"):
                self._anchor(mention, gap, self._alike(previous, mention))
            elif kind in ("number", "tokens", "words", "seconds", "minutes", "resolution"):
                following = kept[index + 1] if index + 1 < len(kept) else None
                if not self._quantity(mention, gap, following, self._alike(previous, mention)):
                    continue
            elif kind in ("thing", "amount"):
                self._note_versus(gap, alike=True)
                self.seen = True
                previous = mention
                continue
            else:
                continue
            at = mention.end
            previous = mention
        if self.stale is not None and not any(i.number is not None or i.single for i in self.items):
            self.waiting.setdefault("number", self.stale)
        if not self.items and self._only_lengths():
            self._open(Mention(self.waiting_from or 0, at, "task", "text", 0.5)).task = "text"  # "200 tokens or 2000?"
        if previous is not None and self.items:
            self._repeat()
            self._give(self.items[-1])
        return self._finish(kept, clear.dropped, clear.amounts)

    def _alike(self, previous: Mention | None, mention: Mention) -> bool:
        """Whether two mentions in a row are of one kind, so that "compare ... with ..." may hold them against each
        other; a number is of the kind of the noun that follows."""
        if previous is None:
            return False
        kind = "task" if mention.kind == "number" and self.sentence.noun_follows(mention) else mention.kind
        return previous.kind in (kind, "thing") or (kind == "number" and previous.kind in _SIZES)

    def _note_versus(self, gap: tuple[str, ...], alike: bool) -> bool:
        found = self.sentence.opposes(gap) or gap == ("v",) or gap.count("as") > 1
        if self.comparing and self.seen and alike and STOPS.isdisjoint(gap):
            found = found or not self.grammar.of("against").isdisjoint(gap)
        self.versus = self.versus or (found and self.seen)
        return found

    def _quantity(self, mention: Mention, gap: tuple[str, ...], following: Mention | None, alike: bool) -> bool:
        """False where the number counts nothing and is passed over."""
        key = mention.kind
        value = mention.value
        if key == "number":
            if not counts(self.sentence, mention) or is_weak(mention):
                return False  # "a", "une": seen again at the noun
        elif key == "tokens":
            role = cast("Quantity", value).role
            key = role if role in ("input", "cached") else "tokens"
        elif key == "words" and is_read(self.sentence, mention):
            key = "read"
        self._part_with_stale(gap)
        parted = self._parts(gap)
        versus = self._note_versus(gap, alike)
        item = self.last
        taken = item is None or (item.number is not None if key == "number" else key in item.sizes)
        if item is not None and not parted and not versus and not taken and not self.waiting:
            leads = (
                key == "number"
                and item.task is not None
                and following is not None
                and following.kind in ("task", "model")
                and len(self.sentence.tokens(mention.end, following.start)) <= 1
                and following.value != item.task
            )
            if not leads:
                self._set(item, key, value)
                item.end = mention.end
                return True
        self.parted_off = self.parted_off or parted
        self.set_against = self.set_against or versus
        waits = [k for k in _LENGTHS if k in self.waiting]
        if key == "number" and versus and item is None and len(waits) == 1 and not self.sentence.noun_follows(mention):
            key = waits[0]  # "500 words or 2000 with GPT-5"
        if key in self.waiting and self.items:
            self._give(self.items[-1])
        if key not in self.waiting:
            self.waiting[key] = value
            self.number = mention if key == "number" else self.number
            if self.waiting_from is None:
                self.waiting_from = mention.start
        elif key != "number":
            self.others.append((key, value))
            self.seen = True
        elif self.number is not None and self._tells(mention) and not self._tells(self.number):
            self.waiting[key], self.number = value, mention
        if key != "number":
            self.seen = True
        return True

    def _tells(self, mention: Mention) -> bool:
        """Whether a number stands where a count stands: before its noun or its rhythm, beside "each"."""
        for other in self.sentence.mentions:
            if other.kind not in ("task", "model", "period", "each"):
                continue
            behind = other.start >= mention.end
            if not behind and (other.kind != "each" or other.end > mention.start):
                continue
            gap = (mention.end, other.start) if behind else (other.end, mention.start)
            if self.sentence.few(*gap):
                return True
        return False

    def _part_with_stale(self, gap: tuple[str, ...]) -> None:
        if "number" in self.waiting and not STOPS.isdisjoint(gap):
            self.stale = self.stale or self.waiting.pop("number")
            self.number = None
            if not self.waiting:
                self.waiting_from = None

    def _repeat(self) -> None:
        """One use with another size: "a 3 second clip against a 12 second one", "10 images or 20"."""
        last = self.items[-1]
        lengths = [k for k in _LENGTHS if k in last.sizes]
        if "number" in self.waiting and self.set_against and len(lengths) == 1 and last.number is None:
            self.waiting[lengths[0]] = self.waiting.pop("number")  # "a clip of 4 seconds or one of 8"
        again = [(k, v) for k, v in self.waiting.items() if k in last.sizes]
        begun = self.waiting_from if self.waiting_from is not None else last.start
        alone = bool(again) and not self.grammar.of("one").isdisjoint(self.sentence.before(self.waiting_from or 0, 2))
        if "number" in self.waiting and last.number is not None and self.set_against:
            again.append(("number", self.waiting["number"]))
        if not (self.parted_off or self.set_against or self.comparing):
            again = []
        for key, _ in again:
            del self.waiting[key]
        self._give(last)
        for key, value in (*again, *self.others):
            if len(self.items) == MOST_ITEMS:
                break
            item = replace(last, start=begun, sizes=dict(last.sizes))
            if alone:
                item.number, item.single = None, True  # "3 clips of 10 s or one 30 second one"
            self._set(item, key, value)
            self.items.append(item)
            self.versus = self.versus or self.set_against or self.comparing

    def _split_range(self, item: Item) -> None:
        """ "The difference between 10 and 1000 pictures" is no range."""
        number = cast("Quantity", item.number)
        if number.high is not None:
            item.number = Quantity(number.value)
            self.items.append(replace(item, number=Quantity(number.high), sizes=dict(item.sizes)))
            self.versus = True

    def _parts(self, gap: tuple[str, ...]) -> bool:
        joins = self.grammar.of("joins")
        return any(t in joins or t in STOPS for t in gap)

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

    def _anchor(self, mention: Mention, gap: tuple[str, ...], alike: bool) -> None:
        self._part_with_stale(gap)
        parted = self._parts(gap) or self.parted_off
        versus = self._note_versus(gap, alike) or self.set_against
        self.parted_off = self.set_against = False
        self.seen = True
        item = self.last
        asked = self.asks and is_asked(self.sentence, mention)
        if mention.kind == "task":
            task = cast("Task", mention.value)
            if item is not None and is_held_against(
                self.sentence, item, task, mention, asked, "number" in self.waiting
            ):
                self.versus = True
                self._open(mention).task = task
                return
            joined = item is not None and self._joins_task(item, task, gap, parted, versus, mention)
            if joined and item is not None:
                self.set_against = versus and item.task == task  # "image 4k vs image 1080p": its size is to come
                if item.task is None or RANK[task] > RANK[item.task]:
                    item.task = task
                item.reasoning, item.asked = item.reasoning or task == "reasoning", item.asked or asked
                self._take(item, mention)
                return
            if joined is None:
                return
            opened = self._open(mention)
            opened.task, opened.asked = task, asked
            return
        model = str(mention.value) if mention.kind == "model" else None
        if item is not None and self._joins_model(item, model, gap, parted, versus):
            if item.model is None or self.sharing.is_product(item.model):
                item.model = model
            self._take(item, mention)
            return
        opened = self._open(mention)
        opened.model, opened.asked = model, asked

    def _open(self, mention: Mention) -> Item:
        start = self.waiting_from if self.waiting_from is not None else mention.start
        item = Item(start, mention.end)
        self.versus = self.versus or (self.last is not None and self.last.asked)
        if len(self.items) < MOST_ITEMS:
            self.items.append(item)
        self.last = item
        self._take(item, mention)
        return item

    def _take(self, item: Item, mention: Mention) -> None:
        start = min(self.waiting_from if self.waiting_from is not None else mention.start, mention.start)
        self._give(item)
        item.end = mention.end
        item.single = item.single or is_single(self.sentence, start, mention)

    def _joins_task(
        self, item: Item, task: Task, gap: tuple[str, ...], parted: bool, versus: bool, mention: Mention
    ) -> bool | None:
        """True: the same item; False: a new one; None: neither, only what the item serves."""
        single = is_single(self.sentence, self.waiting_from or mention.start, mention)
        if is_means(self.sentence, item, task, gap, "number" in self.waiting) or (
            "number" not in self.waiting and is_done_to_each(self.sentence, item, task, mention)
        ):
            return True
        new_size = any(key in item.sizes for key in self.waiting if key != "number")
        if item.task is None:
            if versus and (self.waiting or single):
                return False
            return self.sharing.suits(item.model, task) or (not parted and not versus and item.model is None)
        stopped = not STOPS.isdisjoint(gap)
        counted = "number" in self.waiting
        if item.task == task or {item.task, task} <= {"text", "reasoning"}:
            if (counted and item.number is not None) or new_size:
                return False
            if parted and item.sizes and (counted or single):
                return False
            return not (versus and (self.waiting or single))
        if counted and parted and is_tool(self.sentence, item, task):
            return True
        if counted and (item.number is not None or parted or versus):
            return False
        if versus:
            return False
        if counted and governs(item.task):
            return True
        if counted or (parted and (self.waiting or single)):
            return False
        if parted and governs(task) and has_its_own(self.sentence, mention):
            return False  # "3 clips, and transcribed 50 minutes"
        if stopped or parted:
            return None if item.number is not None and not single else (None if stopped else False)
        serves = task == "video" and item.task in _PARTS and not self.grammar.of("purpose").isdisjoint(gap[:1])
        if serves or (self.sharing.suits(item.model, item.task) and not self.sharing.suits(item.model, task)):
            return None  # "images for our TikTok"
        return True if RANK[task] > RANK[item.task] or item.number is None else None

    def _joins_model(self, item: Item, model: str | None, gap: tuple[str, ...], parted: bool, versus: bool) -> bool:
        if item.asked and item.task is not None and not self.sharing.suits(model, item.task):
            return False  # "how many prompts is one Sora video?"
        if item.model is None:
            if versus and (item.number is not None or item.single or item.sizes or item.task == "search"):
                return False
            if "number" in self.waiting and item.number is not None:
                return False
            return not (parted and item.task is not None and not self.sharing.suits(model, item.task))
        if model == item.model:
            return not (self.waiting and versus)
        if parted or versus or model is None or not gap:
            return False
        links, mine, its = self.grammar.of("links"), self.models.get(item.model), self.models.get(model)
        same_maker = mine is not None and its is not None and mine.maker == its.maker
        product = self.sharing.is_product(item.model) or self.sharing.task_of(model) == "code"  # "Sonnet in Cursor"
        return all(t in links for t in gap) and (same_maker or product)

    # -- sharing and finishing

    def _finish(self, kept: Sequence[Mention], dropped: tuple[str, ...], amounts: Mapping[int, float]) -> Found:
        if len(self.items) == 1 and self.comparing and self.items[0].number is not None:
            self._split_range(self.items[0])
        kept = self.sharing.portray(self.sentence, self.items, kept)
        if lengths := self.sharing.lengths(self.sentence, self.items):
            self.items, self.versus = lengths, True
        if not self.versus:
            self.items = self.sharing.sessions(self.sentence, self.sharing.without_echoes(self.items))
        items = self.items = self.sharing.divided(self.items)
        self.sharing.shared(self.sentence, items)
        unnumbered = [i for i in items if i.number is None]
        if len(unnumbered) == 1 and self.sentence.holds("just_one"):
            unnumbered[0].single = True
        listed = self.sharing.share_counts(items)
        self.sharing.share_models(items)
        periods = [m for m in kept if m.kind == "period"]
        places = settled(self.sentence.plain, [m for m in kept if m.kind == "place"])
        self.sharing.spread_periods(items, periods, self.versus)
        uses, split = placed([self.sharing.inline(self.sentence, self.sharing.use(i), i) for i in items], items, places)
        self.versus = self.versus or split
        groups = [m for m in kept if m.kind == "people"]
        people, own = heads(self.sentence, groups), heads_each(groups, items)
        if people is None and not items and "number" in self.waiting and self.sentence.holds("likewise"):
            people = max(1, round(self.waiting.pop("number").value))  # "and if all 45 do the same?"
        scaled = self.multiples.read(self.sentence.words, self.sentence.plain)
        if scaled is None and not items and self.multiples.asks_for_ways(self.sentence.words):
            self.waiting.pop("number", None)  # "how can we divide that by ten?"
        if scaled is not None and scaled.numbered and not items:
            self.waiting.pop("number", None)
        params = next((m.value for m in kept if m.kind == "params"), None)
        horizon, horizons = summed_over(kept)
        size = float(params.value) if isinstance(params, Quantity) else None
        period = cast("Per", periods[0].value) if periods else None
        if people is not None or horizon is not None or size is not None:
            whose = own if own is not None and len(own) == len(uses) else (people,) * len(uses)
            populace = groups[0].value.role if len(groups) == 1 else None
            uses = tuple(
                replace(u, people=n, populace=populace, horizon=horizon, horizons=horizons, params_b=size)
                for u, n in zip(uses, whose, strict=True)
            )
        sizes = [m.value.value for m in kept if m.kind == "params"]
        against = self.versus or self.comparing or not self.grammar.of("versus").isdisjoint(self.sentence.words)
        if len(sizes) > 1 and len(uses) == 1 and against:
            uses, self.versus = tuple(replace(uses[0], params_b=size) for size in sizes), True  # "a 7b or a 70b model"
        things = {m.value: amounts.get(id(m), 1.0) for m in reversed(kept) if m.kind == "thing"}
        if self.versus:
            uses, things = unlike(uses, items, things, self.things)
        return Found(
            uses=uses,
            said=said_of(items, kept, "number" in self.waiting),
            things=tuple(reversed(things)),
            amounts=tuple(reversed(things.values())),
            places=tuple(dict.fromkeys(m.value for m in places)),
            amount=next((m.value for m in kept if m.kind == "amount"), None),
            measure=self.sentence.measure(),
            unknown=tuple(m for m in kept if m.kind == "unknown-model"),
            dropped=dropped,
            versus=self.versus,
            listed=listed,
            asked=any(i.asked for i in items),
            counted=any(i.number is not None or i.single or i.sizes for i in items),
            loose=self._loose(),
            period=period,
            horizon=horizon,
            horizons=horizons,
            people=people,
            params=size,
            multiple=scaled,
            each=any(m.kind == "each" for m in kept),
            of_them=self.sentence.holds("of_them") or counts_recordings(self.sentence, self.number, self.items),
        )

    def _only_lengths(self) -> bool:
        """ "200 tokens or 2000?", "energy for 1000 tokens", "2k in and 500 out": nothing else is said of a reply."""
        if self.others and (self.set_against or self.comparing):
            return True
        sized = self.waiting.keys() & {"tokens", "input"}
        told = len(sized) == 2 or self.sentence.holds("costs")
        return bool(sized) and told and self.waiting.keys() <= {"tokens", "input", "cached", "number"}

    def _loose(self) -> dict[str, Any]:
        if not self.items and "number" not in self.waiting and self.sentence.holds("just_one"):
            return {**self.waiting, "number": Quantity(1)}  # "and just one of them?"
        return dict(self.waiting)
