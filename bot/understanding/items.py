"""One use while it is being put together, what several of them share, and the Use that each becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, cast

from bot.understanding.mention import Amount, Mention, Per, Quantity
from bot.understanding.multiples import Multiple
from bot.understanding.sentence import MARKS, Sentence
from knowledge.calculator.use import Period, Use
from knowledge.schema import Model, Task

_TEXTUAL: frozenset[Task] = frozenset({"text", "reasoning", "code", "classification"})
_AUDIO: frozenset[Task] = frozenset({"transcription", "speech"})
_ONCE: frozenset[Task | None] = frozenset({"embedding", "training"})
_SHORT, _LONG = 150.0, 1500.0  # tokens: the range that is supposed of a reply whose length nobody said
# Which of two tasks named for one and the same thing is meant: "classify e-mails" is classification.
RANK: Mapping[Task, int] = {
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
_PART = re.compile(r"(?<![\d.,])(\d{1,2}) ?% (?:of|d'entre|de) ?(?:them|those|these|eux|elles|ceux|celles)(?!\w)")
_LONG_RUNS = "deep-research"  # ends the id of models that reason long, whatever they are asked for
MOST_ITEMS = 8  # nobody lists more in one message, and an answer could not show them
_MOST_TRAINED = 100  # models that anybody trains
_WORD = re.compile(r"[a-z]+")
_LED = ((),)
_ARTICLES = (("a",), ("one",), ("un",), ("une",))
_PAGE = 500.0  # words, as pages are turned into
_COMPLETION = 255.0  # tokens of an inline completion as ML.ENERGY measured them: factor code-completion
_NEAR = 4  # words between a picture and those who are in it


@dataclass(slots=True)
class Item:
    """One use while it is being put together."""

    start: int
    end: int
    task: Task | None = None
    model: str | None = None
    number: Quantity | None = None
    asked: bool = False  # "how many images": the number is what is asked for
    single: bool = False  # "an image": one, unless a number says otherwise
    sizes: dict[str, Any] = field(default_factory=dict[str, Any])
    period: Per | None = None
    place: str | None = None
    reasoning: bool = False

    @property
    def bare(self) -> bool:
        """Nothing but the name of a model."""
        return self.task is None and self.number is None and not self.sizes


@dataclass(slots=True)
class Found:
    """What a message says of uses, before anything of an earlier one is added."""

    uses: tuple[Use, ...] = ()
    said: frozenset[str] = frozenset()  # which of task model count period people place tokens seconds ... were said
    things: tuple[str, ...] = ()
    amounts: tuple[float, ...] = ()  # so many of each thing: 2 for "two hours of Netflix"
    places: tuple[str, ...] = ()
    amount: Amount | None = None
    measure: str | None = None
    unknown: tuple[Mention, ...] = ()
    dropped: tuple[str, ...] = ()  # named only to be ruled out: "not images"
    versus: bool = False  # the items are held against each other
    listed: bool = False  # several models share what was said of one
    asked: bool = False  # how many it is that is asked for: "how many images?"
    counted: bool = False  # a count, an article or a size was said
    loose: Mapping[str, Any] = field(default_factory=dict[str, Any])  # quantities that no noun took: "and 300?"
    period: Per | None = None
    horizon: Period | None = None
    horizons: float | None = None
    people: int | None = None
    params: float | None = None
    chip: str | None = None  # that somebody runs, where no time was said with it
    each: bool = False  # "per person", "each"
    of_them: bool = False  # "5 of them": so many of what was said before
    multiple: Multiple | None = None  # "twice as many": so many times what was said before


_OF = (("of",), ("de",), ("d",))
_TIMED = (*_AUDIO, "video")
_TALKS: frozenset[Task] = frozenset(("text", "reasoning", "code"))


class Sharing:
    """What was said once and holds for several items; which model suits which task."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self._models = models

    def is_product(self, id_: str) -> bool:
        model = self._models.get(id_)
        return model is not None and model.stands_for is not None

    def suits(self, id_: str | None, task: Task) -> bool:
        """Whether such a model does such a task: chat models do all that is text, and images and code besides."""
        model = self._models.get(id_) if id_ is not None else None
        if model is None or model.task == task:
            return True
        if model.task in _TEXTUAL:
            return task in _TEXTUAL or task in ("search", "training")
        return False

    def without_echoes(self, items: Sequence[Item]) -> list[Item]:
        """ "I coded all weekend, 120 prompts to Claude Code": what is said of a use in passing is no use of its own."""

        def echoes(item: Item) -> bool:
            if item.number is not None or item.model is not None or item.sizes or item.single:
                return False
            return any(
                other is not item
                and other.number is not None
                and (other.task == item.task or self.task_of(other.model) == item.task)
                for other in items
            )

        return [item for item in items if not echoes(item)]

    @staticmethod
    def shared(sentence: Sentence, items: Sequence[Item]) -> None:
        """ "300 tickets a day, with an AI reply to 70 % of them": the part of those counted that is meant."""
        found = _PART.search(sentence.plain) if len(items) == 1 and "%" in sentence.plain else None
        number = items[0].number if found is not None else None
        if found is not None and number is not None and not items[0].sizes:
            part = int(found[1]) / 100
            items[0].number = Quantity(number.value * part, number.high * part if number.high is not None else None)

    def divided(self, items: Sequence[Item]) -> list[Item]:
        """ "3 posters and a clip with Firefly and Runway": each named model makes what it can make."""
        bare = [i for i in items if i.bare and i.model is not None]
        lacking = [i for i in items if not i.bare and i.model is None and i.task is not None]
        if not bare or len(lacking) < 2 or len(lacking) + len(bare) < len(items):
            return list(items)
        pairs = [(model, [i for i in lacking if i.task == self.task_of(model.model)]) for model in bare]
        if len({self.task_of(model.model) for model in bare}) < len(bare) or any(len(own) != 1 for _, own in pairs):
            return list(items)
        for model, own in pairs:
            own[0].model = model.model
        return [i for i in items if not (i.bare and i.model is not None)]

    def share_counts(self, items: Sequence[Item]) -> bool:
        """One count for a list of models: "A, B and C for 500 replies"."""
        if len(items) < 2:
            return False
        listed = self._modes(items)
        donors = [i for i in items if not i.bare]
        for item in items:
            if not (item.bare and item.model is not None):
                continue
            near = sorted(donors, key=lambda d: abs(d.start - item.start))
            for donor in near:
                task = donor.task or self.task_of(donor.model)
                if task is not None and task != "search" and self.suits(item.model, task):
                    item.task, item.number = donor.task, donor.number
                    listed = True
                    item.single, item.sizes, item.reasoning = donor.single, dict(donor.sizes), donor.reasoning
                    break
        return listed

    @staticmethod
    def _modes(items: Sequence[Item]) -> bool:
        """ "Thinking mode or normal, for 20 questions": as many of the one as of the other."""
        if len(items) != 2 or {item.task for item in items} != {"text", "reasoning"}:
            return False
        told = [item for item in items if item.number is not None]
        if len(told) != 1 or any(item.single or item.sizes or item.asked for item in items):
            return False
        for item in items:
            item.number = told[0].number
        return True

    @staticmethod
    def sessions(sentence: Sentence, items: Sequence[Item]) -> list[Item]:
        """ "200 conversations of 10 messages", "50 chats a day, 8 prompts each": so many times so many."""
        of = sentence.grammar.of
        kept: list[Item] = []
        for item in items:
            last = kept[-1] if kept else None
            if last is None or item.number is None or not {last.task, item.task} <= {"text", "reasoning", None}:
                kept.append(item)
                continue
            inner = sentence.tokens(item.start, item.end)
            led = sentence.before(item.start, 4)
            each = any(m.kind == "each" and m.start >= item.start for m in sentence.mentions)
            apart = each or not of("on_average").isdisjoint((*led, *inner, *sentence.after(item.end, 3)))
            joined = (apart or led[-1:] in _OF) and not of("sessions").isdisjoint(sentence.tokens(last.start, last.end))
            if not joined or of("exchanged").isdisjoint(inner) or (last.number is None and not last.single):
                kept.append(item)
                continue
            times = last.number.value if last.number is not None else 1.0
            high = item.number.high * times if item.number.high is not None else None
            last.number, last.model = Quantity(item.number.value * times, high), last.model or item.model
            last.sizes, last.end = {**last.sizes, **item.sizes}, item.end
        return kept

    def share_models(self, items: Sequence[Item]) -> None:
        """One model for several lengths: "a short answer or a long one from Claude"."""
        if len(items) < 2:
            return
        named = {i.model for i in items if i.model is not None}
        if len(named) != 1:
            return
        (model,) = named
        tasks = {i.task or self.task_of(model) for i in items if i.model == model}
        for item in items:
            if item.model is None and item.task in tasks:
                item.model = model

    def portray(self, sentence: Sentence, items: Sequence[Item], kept: Sequence[Mention]) -> Sequence[Mention]:
        """ "Headshots of all 60 staff": one picture of each, whoever they are; the people are then no users."""
        persons = [m for m in kept if m.kind == "people"]
        if len(persons) != 1 or any(m.kind in ("each", "period") for m in kept):
            return kept
        for shown in (m for m in kept if m.kind == "task" and m.value in ("image", "video")):
            gap = sentence.tokens(shown.end, persons[0].start)
            led = bool(gap) and len(gap) <= _NEAR and gap[0] in sentence.grammar.of("purpose")
            item = next((i for i in items if i.start <= shown.start < i.end), None)
            if led and MARKS.isdisjoint(gap) and item is not None and item.number is None and not item.single:
                item.number = cast("Quantity", persons[0].value)
                return [m for m in kept if m is not persons[0]]
        return kept

    @staticmethod
    def lengths(sentence: Sentence, items: Sequence[Item]) -> list[Item]:
        """ "A short answer versus a long one": the ends of what is supposed of a reply, held against each other."""
        if not 0 < len(items) <= 2 or sentence.grammar.of("versus").isdisjoint(sentence.words):
            return []
        if not (sentence.holds("short") and sentence.holds("long")):
            return []
        if items[0].task != "text" or any(i.task not in ("text", None) or i.sizes for i in items):
            return []
        ends = sorted((_ends(sentence, "short", _SHORT), _ends(sentence, "long", _LONG)))
        apart = len(sentence.tokens(ends[0][0], ends[1][0])) > 2  # not "20 short or long answers"
        counted = apart and any(number is not None for _, _, number in ends)
        one = replace(items[0], model=next((i.model for i in items if i.model is not None), None))
        return [
            replace(one, number=own if counted else items[0].number, single=True, sizes={"tokens": Quantity(n)})
            for _, n, own in ends
        ]

    def spread_periods(self, items: Sequence[Item], periods: Sequence[Mention], versus: bool) -> None:
        if not periods:
            return
        worked = [m for m in periods if m.value.workdays]
        if worked and len(worked) < len(periods):  # "30 a day, 220 days a year": on so many of the days
            daily = (m for m in periods if m not in worked)
            periods = [replace(m, value=replace(m.value, workdays=m.value.period == "day")) for m in daily]
        if len(periods) == 1:
            said = periods[0]
            for item in items:
                # "One clip or 5 questions a day": the clip is made once, and documents are indexed once.
                alone = (versus and item.single) or item.task in _ONCE
                once = alone and any(item.end <= i.start < said.start for i in items)
                item.period = None if once else said.value
            return
        for mention in sorted(periods, key=lambda m: -m.score):
            mine = [i for i in items if i.start < mention.start]
            if mine and mine[-1].period is None:
                mine[-1].period = mention.value
        for item in items[:1]:
            if item.period is None and periods:
                item.period = periods[0].value

    def task_of(self, id_: str | None) -> Task | None:
        model = self._models.get(id_) if id_ is not None else None
        return model.task if model is not None else None

    def _task(self, item: Item) -> Task:
        task = self.task_of(item.model)
        if item.task == "search" and task in _TEXTUAL:
            return "text"  # asking a chat model is no search engine's work
        if item.task == "text" and task in ("classification", "embedding"):
            return task  # "40,000 emails with BERT"
        if item.task in ("text", None) and str(item.model).endswith(_LONG_RUNS):
            return "reasoning"
        if item.task == "text" and task in ("code", "image", "video"):
            return task  # a prompt sets a coding agent to work, and makes an image or a clip where that is all it can
        if item.task is not None:
            return item.task
        if task is not None:
            return "text" if task == "reasoning" and not item.reasoning else task
        return "video" if "seconds" in item.sizes else "text"

    @staticmethod
    def inline(sentence: Sentence, use: Use, item: Item) -> Use:
        """ "1,000 code completions": lines that are completed, and no tasks of an agent."""
        if use.task != "code" or use.model is not None or use.output_tokens is not None:
            return use
        told = not sentence.grammar.of("completing").isdisjoint(sentence.tokens(item.start, item.end))
        return replace(use, output_tokens=_COMPLETION) if told else use

    def use(self, item: Item) -> Use:
        task = self._task(item)
        sizes = item.sizes
        count, high = (max(item.number.value, 0.0), item.number.high) if item.number is not None else (None, None)
        seconds = _value(sizes.get("seconds"))
        minutes = _value(sizes.get("minutes"))
        if task == "video" and count is None and seconds and minutes:
            count = float(ceil(minutes * 60 / seconds))  # "a 3-minute film out of 8-second clips"
        if task in _AUDIO:
            length = minutes if minutes is not None else (seconds / 60 if seconds is not None else None)
            if length is not None:
                count, high = length * (count or 1), None
            seconds = None
        elif task == "video" and seconds is None and minutes is not None:
            seconds = minutes * 60
        elif task != "video":
            # "An hour of chatting": how many replies that holds is supposed, and said so.
            alone = count is None and sizes.keys() == {"minutes"}
            seconds = minutes * 60 if minutes is not None and alone and task in _TALKS else None
        if task == "embedding" and count is None and _value(sizes.get("words")) is not None:
            count = (_value(sizes.get("words")) or 0.0) / _PAGE  # "our wiki: 8,000 pages" are so many texts
        sized = any(k in sizes for k in ("tokens", "words", "input", "read")) or (
            seconds is not None and task == "video"
        )
        if count is None and (item.single or sized) and not (task in _AUDIO and not item.single):
            count = 1.0
        if task == "training" and count is not None and count > _MOST_TRAINED:
            count = high = None  # "fine-tuning on 10k examples": what it is trained on counts no training
        if item.period is not None and item.period.times != 1:
            count = (count if count is not None else 1.0) * item.period.times
            high = high * item.period.times if high is not None else None
        words = _value(sizes.get("words"))
        if task == "speech" and words is None:
            words = _value(sizes.get("read"))  # "read a 300 page book aloud"
        return Use(
            task=task,
            model=item.model,
            count=count,
            count_high=high,
            period=cast("Period", item.period.period) if item.period is not None else None,
            workdays=item.period.workdays if item.period is not None else False,
            output_tokens=_value(sizes.get("tokens")),
            input_tokens=_value(sizes.get("input")),
            cached_tokens=_value(sizes.get("cached")),
            words=words if task in _TEXTUAL or (task == "speech" and minutes is None) else None,
            input_words=_value(sizes.get("read")) if task in _TEXTUAL else None,
            seconds=seconds,
            resolution=sizes.get("resolution") if task in ("image", "video") else None,
        )


def _ends(sentence: Sentence, key: str, tokens: float) -> tuple[int, float, Quantity | None]:
    """Where a word of the list stands, the length that it means, and the number right before it."""
    match = next(m for m in _WORD.finditer(sentence.plain) if m[0] in sentence.grammar.of(key))
    beside = (m for m in sentence.mentions if m.kind == "number" and m.score == 1)
    number = next((m for m in beside if sentence.tokens(m.end, match.start()) in _LED and m.end <= match.start()), None)
    behind = number is None and sentence.before(match.start(), 1) not in _ARTICLES
    if behind:  # « 10 réponses courtes »
        number = next((m for m in sentence.mentions if m.kind == "number" and _leads(sentence, m, match.start())), None)
    return match.start(), tokens, number.value if number is not None else None


def _leads(sentence: Sentence, number: Mention, at: int) -> bool:
    return number.end < at and len(sentence.tokens(number.end, at)) == 1 and sentence.noun_follows(number)


def summed_over(kept: Sequence[Mention]) -> tuple[Period | None, float | None]:
    """What a sentence sums over, and how many of it where not one: "over 10 weeks"."""
    span: Per | None = None
    hourly, length, audio, longer = False, None, False, False
    for m in kept:
        if m.kind == "horizon" and span is None:
            span = m.value
        hourly = hourly or (m.kind == "period" and m.value.period == "hour")
        longer = longer or (m.kind == "period" and m.value.period in ("week", "month", "year"))
        if m.kind == "minutes" and length is None:
            length = m.value
        audio = audio or (m.kind == "task" and m.value in _TIMED)
    if span is not None and span.period == "day" and span.times == 1 and longer:
        return None, None  # "all day long, a month": how long each day is sums over nothing
    if span is None:
        return ("hour", length.value / 60) if hourly and isinstance(length, Quantity) and not audio else (None, None)
    return cast("Period", span.period), span.times if span.times != 1 else None


def said_of(items: Sequence[Item], kept: Sequence[Mention], waits: bool) -> frozenset[str]:
    """Which of task, model, count, period ... were said; ``waits``: a number that no noun took."""
    said: set[str] = {m.kind for m in kept if m.kind != "number"}
    often = any(m.kind == "period" and m.value.times > 1 for m in kept)  # "60 times a day"
    if waits or often or any(item.number is not None for item in items):
        said.add("count")
    if any(item.single for item in items):
        said.add("single")
    return frozenset(said)


def unlike(
    uses: tuple[Use, ...], items: Sequence[Item], things: dict[str, float], heard: Sequence[Mention]
) -> tuple[tuple[Use, ...], dict[str, float]]:
    """ "Does an answer emit more than an e-mail?": where a use is held against its like, the everyday thing is meant
    that the same words may stand for."""
    if len(uses) != 2 or uses[0] != uses[1] or len(items) != 2:
        return uses, things
    for item, other in ((items[1], uses[0]), (items[0], uses[1])):
        thing = next((t for t in heard if item.start <= t.start and t.end <= item.end), None)
        if thing is not None:
            return (other,), {thing.value: 1.0, **things}
    return uses, things


def _value(quantity: Any) -> float | None:
    return float(quantity.value) if isinstance(quantity, Quantity) else None
