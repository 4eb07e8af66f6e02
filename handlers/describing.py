"""A use in words: "30 replies with Claude Sonnet 4.5 a day for each of 12 people, Germany"."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from babel.dates import format_skeleton

from handlers.measures import Measures
from handlers.phrases import Lexicon, Phrases
from handlers.territories import place_name
from knowledge.calculator.estimate import MethodResult
from knowledge.calculator.job import LANGUAGE
from knowledge.calculator.use import Use
from knowledge.library import Library

_LINE = "code-completion"  # the factor
_CLOCK = (("hours", 1.0), ("minutes", 60.0), ("seconds", 3600.0))  # by how many make an hour


@dataclass(frozen=True, slots=True)
class Describer:
    """Names what a person asked about, with nothing supposed added."""

    library: Library
    lexicon: Lexicon
    _measures: dict[str, Measures] = field(default_factory=dict[str, Measures], init=False, repr=False)

    def model(self, id_: str) -> str:
        model = self.library.models.get(id_)
        return model.name if model else id_

    def method(self, method: MethodResult, language: str) -> str:
        """A method by its name; a class of services by what the language calls it."""
        factor = self.library.factors.get(method.id.removeprefix("factor:"))
        return factor.name.of(language) if factor is not None else method.name

    def taken_for(self, asked: str, model: str, language: str) -> str:
        """ "ChatGPT taken for chat-latest (as of October 2026)": with the month where a product's model may change."""
        phrases = self.lexicon[language]
        said = phrases.text("smallprint.taken-for", asked=self.model(asked), model=self.model(model))
        since = self.library.models[asked].since if asked in self.library.models else None
        if since is None:
            return said
        month = format_skeleton("yMMMM", since, locale=phrases.locale)
        return phrases.text("smallprint.as-of", said=said, month=month)

    def place(self, code: str, language: str) -> str:
        return place_name(code, language, self.library)

    def _machine(self, use: Use, chip: str, phrases: Phrases, measures: Measures) -> str:
        """Chips that somebody runs: "8 × NVIDIA H100 for 72 hours"."""
        known = self.library.chips.get(chip)
        hours = use.hours if use.hours is not None else 1.0
        unit, n = next(((u, hours * n) for u, n in _CLOCK if hours * n >= 1), ("seconds", hours * 3600))
        return phrases.text(
            "uses.machine_for",
            n=use.chips or 1.0,
            count=measures.count(use.chips or 1.0),
            chip=known.name.of(phrases.language) if known is not None else chip,
            length=phrases.text(f"uses.{unit}", n=n, count=measures.count(n)),
        )

    def _noun(self, use: Use) -> str:
        """A line of code that is completed is no task of an agent, whichever of the two a model is for."""
        if use.task != "code":
            return use.task
        model = self.library.models.get(use.model or "")
        line = self.library.factors[_LINE]
        own = model.factor == _LINE if model is not None else (use.output_tokens or inf) <= line.at["output_tokens"]
        return "completion" if own else use.task

    @staticmethod
    def _time_with(use: Use, phrases: Phrases, measures: Measures) -> str:
        """Time spent, of which nobody counted the replies: "2 hours of chat"."""
        minutes = (use.seconds or 0.0) / 60
        unit, n = ("hours", minutes / 60) if minutes >= 60 else ("minutes", minutes)
        length = phrases.text(f"uses.{unit}", n=n, count=measures.number(n))
        return phrases.text("uses.work_of" if use.task == "code" else "uses.talk_of", length=length)

    def horizon(self, use: Use, language: str) -> str:
        """What is summed over: "over a year", "over 10 weeks"."""
        phrases = self.lexicon[language]
        if use.horizons is None:
            return phrases.text(f"periods.over_{use.horizon}")
        return phrases.text(
            f"periods.over_more.{use.horizon}", n=use.horizons, count=Measures(phrases).count(use.horizons)
        )

    def use(self, use: Use, language: str, *, place: bool = True, model: bool = True, horizon: bool = True) -> str:
        """What, how many, with which model, where, how often, for how many."""
        phrases = self.lexicon[language]
        measures = self._measures.get(language)
        if measures is None:
            measures = self._measures[language] = Measures(phrases)
        count = use.count if use.count is not None else 1.0
        shown = measures.count(count)
        if use.count_high is not None:
            shown = f"{shown}–{measures.count(use.count_high)}"
        top = use.count_high or count
        if use.chip is not None:
            said = self._machine(use, use.chip, phrases, measures)
            if use.count is not None:  # "20 images, each RTX 3080 for 30 seconds"
                made = phrases.text(f"uses.{use.task}", n=top, count=shown)
                said = phrases.text("uses.each_on", use=made, machine=said)
        elif use.task == "video" and use.seconds is not None:
            said = phrases.text("uses.video_of", n=top, count=shown, seconds=measures.count(use.seconds))
        elif use.task in LANGUAGE and use.seconds is not None:
            said = self._time_with(use, phrases, measures)
        elif use.task == "speech" and use.words is not None:
            said = phrases.text("uses.speech_of", n=top * use.words, words=measures.count(top * use.words))
        else:
            said = phrases.text(f"uses.{self._noun(use)}", n=top, count=shown)
        if model and use.model is not None:
            # A training run is of a model, not with it.
            joint = "uses.by_model" if use.task in ("training", "search") or use.chip is not None else "uses.with_model"
            said = phrases.text(joint, use=said, model=self.model(use.model))
        elif use.params_b is not None and use.task in LANGUAGE:
            said = phrases.text("uses.of_size", n=use.params_b, use=said, size=measures.count(use.params_b))
        if use.period is not None:
            period = "workday" if use.workdays and use.period == "day" else use.period
            said = phrases.text("uses.per", use=said, period=phrases.text(f"periods.{period}"))
        if use.people is not None and use.people != 1:
            people = measures.count(use.people)
            many = any(map(str.isalpha, people))  # « 68 millions de personnes », where a smaller number needs no « de »
            said = phrases.text("uses.each_of_many" if many else "uses.each_of", n=use.people, use=said, people=people)
        if horizon and use.period is not None and use.horizon is not None:
            said = phrases.text("uses.per", use=said, period=self.horizon(use, language))
        if place and use.place is not None:
            said = phrases.text("uses.in_place", use=said, place=self.place(use.place, language))
        return said
