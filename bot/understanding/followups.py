"""What a message takes from the turns before it: "and in France?", "make it 20", "same with Haiku", "B".

Only short messages that say so, or that are too short to stand alone, lean on the last turn. A full new question
takes nothing over, so a place or a count never leaks into another topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

from bot.understanding.grammar import Grammar
from bot.understanding.items import Found
from bot.understanding.mention import Per, Quantity
from bot.understanding.periods import HOURS
from handlers.context import Context
from knowledge.calculator.use import Period, Use
from knowledge.schema import Model, Task

_TEXTUAL: frozenset[Task] = frozenset({"text", "reasoning", "code", "classification"})
_AUDIO: frozenset[Task] = frozenset({"transcription", "speech"})
_ASIDE = ("carbon", "energy", "water", "idle", "follow", "article", "fillers", "refers", "links", "using")
_LINES = frozenset((240.0, 360.0, 480.0, 720.0, 1080.0, 1440.0, 2160.0))  # of a picture
FEW = 5  # words beside what was recognised: a message of no more is a fragment


@dataclass(slots=True)
class Leaning:
    """Whether and how a message leans on the turn before."""

    marked: bool = False  # "and ...", "what about ...", "instead"
    fragment: bool = False  # too short to be a question of its own
    refers: bool = False  # "that", "it", « ça »
    corrects: bool = False  # "no, I meant ..."
    full: bool = False  # a use described well enough to stand alone
    returns: bool = False  # "back to my 60 prompts"
    asks: bool = False  # nothing but a measure: "what's the water?"

    @property
    def leans(self) -> bool:
        if self.returns:
            return True
        return (self.marked or self.fragment or self.corrects) and not (self.full and not self.marked)


def leaning(tokens: tuple[str, ...], begun: tuple[str, ...], found: Found, beside: int, grammar: Grammar) -> Leaning:
    """``tokens`` are the message without greetings, ``begun`` its first ones with them; ``beside`` of the tokens
    belong to nothing recognised."""
    marked = grammar.starts("follow", tokens) or grammar.holds("inside", tokens)
    # "Sorry, 5 images" mends; "sorry, how much for 5 images?" is polite.
    corrects = grammar.starts("correction", tokens)
    if not corrects and beside <= FEW and grammar.starts("correction", begun):
        corrects = beside <= 1 or grammar.holds("it_was", tokens)  # "sorry, that was 15"
    named = "task" in found.said or "model" in found.said
    full = "task" in found.said and ("count" in found.said or ("model" in found.said and found.counted))
    if len(found.uses) >= 2:
        full = True
    full = full or (named and "count" in found.said and beside > FEW)
    # "Nah, only 4 clips" mends a count; a correction that names a model too is a use of its own.
    if corrects and len(found.uses) == 1 and "model" not in found.said and beside <= FEW:
        marked = True
    words = frozenset(tokens)
    asks = found.measure is not None and not found.uses and not found.places and found.amount is None
    asks = asks and all(any(w in grammar.of(key) for key in _ASIDE) for w in words) and len(words) <= 2 * FEW
    return Leaning(
        returns=grammar.holds("earlier", tokens),
        asks=asks,
        marked=marked and beside <= 2 * FEW and not (full and beside > FEW + 3),
        fragment=beside <= FEW,
        refers=not grammar.of("refers").isdisjoint(tokens),
        corrects=corrects,
        full=full,
    )


class FollowUps:
    """Merges what was said now with what was said before."""

    def __init__(self, models: Mapping[str, Model], grammar: Grammar, lengths: Mapping[str, float]) -> None:
        """``lengths``: by task, the tokens of a reply or the seconds of a clip that are supposed."""
        self._models = models
        self._grammar = grammar
        self._lengths = lengths

    def pointed(self, context: Context | None, tokens: tuple[str, ...], lean: Leaning) -> tuple[Use, ...]:
        """The uses whose model is meant: "save that as our usual model"."""
        meant = lean.refers and self._grammar.holds("model_itself", tokens)
        return context.uses if context is not None and meant else ()

    def base(self, context: Context, found: Found, tokens: tuple[str, ...]) -> Context:
        """The turn that is meant: the last one, or an earlier one that the message goes back to."""
        wanted: set[Any] = {u.task for u in found.uses} | {u.model for u in found.uses if u.model}
        if self._grammar.holds("earlier", tokens) and wanted:
            turns = [
                turn
                for turn in (context, *context.earlier)
                if any(u.task in wanted or u.model in wanted for u in turn.uses)
            ]
            counts = {u.count for u in found.uses if u.count is not None}
            for turn in turns:
                if any(u.count in counts for u in turn.uses):
                    return turn
            if turns:
                return turns[0]
        if not context.uses and not context.facts and not context.places and context.amount is None:
            for turn in context.earlier[:1]:
                if turn.uses:
                    return turn
        return context

    def merge(
        self,
        found: Found,
        base: tuple[Use, ...],
        adding: bool,
        waiting: bool = False,
        corrects: bool = False,
        only: bool = False,
    ) -> tuple[Use, ...]:
        """The uses of before with what is new. ``adding``: a further thing joins a comparison; ``waiting``: we asked
        what it is that was counted; ``corrects``: what was said before was wrong; ``only``: the rest is left out."""
        if not base:
            return found.uses
        exchanged = self._exchanged(base, found)
        if exchanged:
            return exchanged
        if not found.uses:
            return self._varied(base, found, corrects)
        said_task = "task" in found.said
        same = [u for u in base if any(self._same(u, new, said_task) for new in found.uses)]
        new, *others = found.uses
        if others:
            return tuple(self._inherit(use, self._nearest(use, base)) for use in found.uses)
        if same and only and len(same) < len(base) and new.count is None:
            return tuple(same)  # "just the clips"
        if not same and (waiting or (corrects and len(base) == 1 and new.count is None)):
            # "5 minutes a day" - of what? - "of transcription"; "40 images" - "sorry, I meant videos"
            return (self._framed(new, base[0]),)
        if not same:  # another kind of thing
            fresh = replace(new, place=new.place or base[0].place)
            return (*base, fresh) if adding else (fresh,)
        if adding and new.model is not None and all(new.model != u.model for u in base) and not found.dropped:
            return (*base, self._overlay(same[0], new, found))
        if new.model is None:
            return tuple(self._overlay(u, new, found) if self._same(u, new, said_task) else u for u in base)
        if len(base) > 1 and "count" in found.said and any(u.model == new.model for u in base):
            return tuple(self._overlay(u, new, found) if u.model == new.model else u for u in base)
        if len(same) > 1 and len({replace(u, place=None) for u in same}) == 1 and not found.places:
            return tuple(self._overlay(u, new, found) for u in same)  # one use in several places
        return (self._overlay(self._nearest(new, tuple(same)), new, found),)

    def added(self, found: Found, base: tuple[Use, ...], tokens: tuple[str, ...]) -> tuple[Use, ...]:
        """What was there and so much more beside: "plus 10 images". Empty where nothing is added."""
        more = _quantity(found.loose.get("number"))
        told = self._grammar.starts("on_top", tokens) or self._grammar.ends("on_top", tokens)
        further = self._grammar.of("further")
        told = told or any(a.isdecimal() and b in further for a, b in pairwise(tokens))  # "and 5 more prompts"
        if not told or not base or found.versus or len(found.uses) > 1:
            return ()
        if not found.uses:
            if more is None:
                return ()
            last = base[-1]
            if self._grammar.holds("many_people", tokens) and last.people is not None:
                return tuple(replace(use, people=round((use.people or 0) + more.value)) for use in base)
            return (*base[:-1], replace(last, count=(last.count or 1.0) + more.value, count_high=None))
        new = found.uses[0]
        if new.count is None:
            return ()
        for at, use in enumerate(base):
            if use.task == new.task and new.model in (None, use.model) and use.count is not None:
                return (*base[:at], replace(use, count=use.count + new.count, count_high=None), *base[at + 1 :])
        old = base[-1]
        fresh = replace(new, period=new.period or old.period, people=new.people or old.people)
        return (*base, replace(fresh, place=new.place or old.place))

    @staticmethod
    def _exchanged(base: tuple[Use, ...], found: Found) -> tuple[Use, ...]:
        """Of several held against each other one is left out, or another takes its place: "drop Opus, put Haiku"."""
        gone = [use.model in found.dropped or (len(base) > 1 and use.task in found.dropped) for use in base]
        if all(gone) or not any(gone) or len(found.uses) > 1:
            return ()
        model = found.uses[0].model if found.uses else None
        if found.uses and model is None:
            return ()
        kept = (replace(use, model=model) if out else use for use, out in zip(base, gone, strict=True))
        return tuple(use for use, out in zip(kept, gone, strict=True) if model is not None or not out)

    def _same(self, old: Use, new: Use, said_task: bool) -> bool:
        """Whether the new words can speak of the old use."""
        if old.task == new.task:
            return True
        if said_task:
            return {old.task, new.task} <= {"text", "reasoning"} or {old.task, new.task} <= _AUDIO
        model = self._models.get(new.model) if new.model is not None else None
        return model is not None and model.task in _TEXTUAL and old.task in _TEXTUAL

    @staticmethod
    def _framed(new: Use, old: Use) -> Use:
        """What was asked for, as many of it as were said before."""
        return replace(
            new,
            count=new.count if new.count is not None else old.count,
            period=new.period or old.period,
            people=new.people or old.people,
            place=new.place or old.place,
            seconds=new.seconds or (old.seconds if new.task == "video" else None),
        )

    def _nearest(self, new: Use, base: tuple[Use, ...]) -> Use:
        by_model = (use for use in base if use.model == new.model)
        by_task = (use for use in base if use.task == new.task)
        return next(by_model, None) or next(by_task, None) or base[0]

    def _inherit(self, new: Use, old: Use) -> Use:
        """A list of new things keeps the frame of before."""
        keep: dict[str, Any] = {"place": new.place or old.place}
        if new.task == old.task and new.count is None:
            keep["count"], keep["period"], keep["people"] = (
                old.count,
                new.period or old.period,
                new.people or old.people,
            )
        if new.task == old.task:
            for name in ("output_tokens", "input_tokens", "input_words", "words", "seconds", "resolution"):
                if getattr(new, name) is None:
                    keep[name] = getattr(old, name)
        return replace(new, **keep)

    def _overlay(self, old: Use, new: Use, found: Found) -> Use:
        """The old use with every field that was said now."""
        changes: dict[str, Any] = {}
        if "task" in found.said and new.task != old.task and {new.task, old.task} <= {"text", "reasoning"}:
            changes["task"] = new.task
        if new.task != old.task and {new.task, old.task} <= _AUDIO:
            changes["task"], changes["model"] = new.task, None  # the same minutes, by another kind of model
        for name in (
            "model",
            "period",
            "place",
            "people",
            "horizon",
            "input_tokens",
            "input_words",
            "cached_tokens",
            "seconds",
            "resolution",
            "params_b",
        ):
            value = getattr(new, name)
            if value is not None:
                changes[name] = value
        if new.horizon is not None:
            changes["horizons"] = new.horizons
        timed = new.task == old.task != "video" and (new.seconds is None) != (old.seconds is None)
        if timed and (new.count is not None or new.seconds is not None):
            # "An hour of chatting" - "and 40 replies?", or the other way round: either time or a number.
            changes["seconds"], changes["count"] = new.seconds, new.count
        if new.output_tokens is not None:
            changes["output_tokens"], changes["words"] = new.output_tokens, None
        if new.words is not None:
            changes["words"], changes["output_tokens"] = new.words, None
        minutes_said = new.task in _AUDIO and "minutes" in found.said
        only_size = new.seconds is not None or new.output_tokens is not None or new.words is not None
        if "count" in found.said or minutes_said:
            changes["count"], changes["count_high"] = new.count, new.count_high
        elif "single" in found.said and new.count is not None and not only_size and "model" not in found.said:
            changes["count"], changes["count_high"] = new.count, None
        switched = found.multiple is not None and found.multiple.factor < 1 and new.model not in (None, old.model)
        of_people = found.multiple is not None and (found.multiple.of_people or switched)
        if found.multiple is not None and of_people and old.people is not None and new.people is None:
            changes["people"] = max(1, round(old.people * found.multiple.factor))  # "if half of them used Mistral?"
        elif found.multiple is not None and new.count is None and old.count is not None:
            changes["count"] = old.count * found.multiple.factor  # "double the number of pics"
        if new.period is not None:
            changes["workdays"] = new.workdays
        return replace(old, **changes)

    def _varied(self, base: tuple[Use, ...], found: Found, corrects: bool) -> tuple[Use, ...]:
        """Quantities, places and periods alone: they change what they can in every use."""
        if len(found.places) > 1:
            return tuple(replace(base[0], place=place) for place in found.places)
        if found.each and not found.loose and found.people is None:
            base = tuple(replace(use, people=None) for use in base)  # "and per person?"
        return tuple(self._vary(use, found, corrects) for use in base)

    def _vary(self, use: Use, found: Found, corrects: bool) -> Use:
        loose = found.loose
        if use.chip is not None:
            return _rerun(use, found)
        changes: dict[str, Any] = {}
        number = _quantity(loose.get("number"))
        minutes, seconds = _quantity(loose.get("minutes")), _quantity(loose.get("seconds"))
        if use.task in _AUDIO and (minutes is not None or seconds is not None):
            length = minutes.value if minutes is not None else cast("Quantity", seconds).value / 60
            changes["count"], changes["count_high"] = length * (number.value if number is not None else 1), None
            changes["words"], number = None, None
        elif use.task == "speech" and "words" in loose:
            changes.update(words=cast("Quantity", loose["words"]).value, count=None, count_high=None)
        elif use.task == "video":
            if seconds is not None:
                changes["seconds"] = seconds.value
            elif minutes is not None:
                changes["seconds"] = minutes.value * 60
        elif use.seconds is not None and minutes is not None:
            changes["seconds"] = minutes.value * 60  # "an hour of chatting" - "and two hours?"
        if number is not None:
            # An hour of recording was said: "5 of them" are five hours.
            whole = use.count if found.of_them and use.task in _AUDIO and use.count is not None else 1.0
            changes["count"] = number.value * whole
            changes["count_high"] = number.high * whole if number.high is not None else None
        if use.task in _TEXTUAL:
            tokens, words = _quantity(loose.get("tokens")), _quantity(loose.get("words"))
            if tokens is not None:
                changes["output_tokens"], changes["words"] = tokens.value, None
            if words is not None and use.input_words is not None and use.words is None:
                changes["input_words"] = words.value  # "summarise 20 pages" - "and 50 pages?"
            elif words is not None:
                changes["words"], changes["output_tokens"] = words.value, None
            if (read := _quantity(loose.get("read"))) is not None:
                changes["input_words"] = read.value
            for key, name in (("input", "input_tokens"), ("cached", "cached_tokens")):
                size = _quantity(loose.get(key))
                if size is not None:
                    changes[name] = size.value
        elif "resolution" in loose:
            changes["resolution"] = loose["resolution"]
        elif use.resolution is not None and number is not None and number.value in _LINES and found.period is None:
            changes["resolution"], number = f"{number.value:.0f}p", None  # "at 1080p" - "what about 720?"
            changes.pop("count", None)
            changes.pop("count_high", None)
        if found.multiple is not None and number is None:
            if found.multiple.of_people and use.people is not None:
                changes["people"] = max(1, round(use.people * found.multiple.factor))
            elif found.multiple.of_length and (lengths := _lengthened(use, found.multiple.factor, self._lengths)):
                changes.update(lengths)
            else:
                changes["count"] = (use.count if use.count is not None else 1.0) * found.multiple.factor
                changes["count_high"] = use.count_high * found.multiple.factor if use.count_high is not None else None
        if found.places:
            changes["place"] = found.places[0]
        if found.people is not None:
            changes["people"] = found.people
        if found.horizon is not None:
            changes.update(horizon=found.horizon, horizons=found.horizons)
        if found.period is not None and found.period.workdays and use.period == "day":
            changes["workdays"] = True  # "25 a day" - "only on workdays"
        elif found.period is not None:
            summed = use.horizon is not None if corrects else use.period is not None
            if summed and found.period.times == 1 and "count" not in changes:
                changes.update(horizon=cast("Period", found.period.period), horizons=None)  # "50 a day" - "per year?"
            else:
                changes.update(_per(found.period, use, "count" in changes))
        if found.params is not None:
            changes["params_b"] = found.params
        return replace(use, **changes)


def _rerun(use: Use, found: Found) -> Use:
    """Other chips, more of them, or for longer: "and on A100s?", "what if 16 of them", "and for 20 hours?"."""
    changes: dict[str, Any] = {"chip": found.chip or use.chip}
    number, minutes = _quantity(found.loose.get("number")), _quantity(found.loose.get("minutes"))
    if number is not None:
        changes["chips"] = number.value
    if minutes is not None:
        changes["hours"] = minutes.value / 60
    if found.places:
        changes["place"] = found.places[0]
    if found.horizon is not None and use.period is not None:
        changes.update(horizon=found.horizon, horizons=found.horizons)
    elif found.horizon is not None:
        changes["hours"] = HOURS[found.horizon] * (found.horizons or 1.0)
    elif found.period is not None:
        changes.update(_per(found.period, use, counted=True))
    if found.multiple is not None and found.multiple.of_length:
        changes["hours"] = (use.hours or 1.0) * found.multiple.factor
    elif found.multiple is not None and number is None:
        changes["chips"] = (use.chips or 1.0) * found.multiple.factor
    return replace(use, **changes)


def _lengthened(use: Use, factor: float, supposed: Mapping[str, float]) -> dict[str, Any]:
    """How long each is, so many times as long; of what is supposed where no length was said."""
    said = {name: getattr(use, name) for name in ("seconds", "output_tokens", "words")}
    told = {name: value * factor for name, value in said.items() if value is not None}
    name = "seconds" if use.task == "video" else "output_tokens"
    return told or ({name: supposed[use.task] * factor} if use.task in supposed else {})


def _per(per: Per, use: Use, counted: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {"period": cast("Period", per.period), "workdays": per.workdays}
    if per.times != 1 and not counted:
        changes["count"] = per.times
    return changes


def _quantity(value: Any) -> Quantity | None:
    return value if isinstance(value, Quantity) else None
