"""What the bot can do, what it is and costs itself, and what it does when a question is open or outside its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice, Given
from handlers.kit import Kit
from handlers.reckoning import of
from handlers.request import Intent
from knowledge.calculator.places import WORLD
from knowledge.calculator.processor import Processor
from knowledge.calculator.use import Use

ASPECTS = ("what", "how", "who", "self")
_TRIES: tuple[Use, ...] = (Use("image", count=20), Use("text", count=1000), Use("video", count=1, seconds=8))

Listed = Callable[[], tuple[Command, ...]]  # the commands of the whole catalogue, known only when it is complete


def feature(kit: Kit, listed: Listed) -> Feature:
    help_ = Help(kit, listed)
    aspect = Parameter("aspect", Choice(ASPECTS, "help.aspects", kit.lexicon))
    return Feature(
        "help",
        (
            Command("help", "help", help_.show, (aspect,)),
            Command("about", "help", help_.about),
            Command("clarify", "clarify", help_.clarify, (Parameter("waiting", Given()),), hidden=True),
            Command("decline", "out_of_scope", help_.decline, (Parameter("reason", Given()),), hidden=True),
        ),
    )


class Help:
    def __init__(self, kit: Kit, listed: Listed) -> None:
        self._kit = kit
        self._listed = listed

    async def show(self, call: Call) -> Answer:
        aspect = call.argument("aspect", "what")
        if aspect == "self":
            return await self.about(call)
        phrases = call.phrases
        body: list[Line] = [phrases.line("help.honest")]
        if aspect in ("what", "how"):
            for command in self._listed():
                home = f"{self._home(call, command.name)}.commands.{command.name}"
                body.append(
                    phrases.line(
                        "help.command",
                        name=phrases.text(f"{home}.name"),
                        description=phrases.text(f"{home}.description"),
                        example=str(phrases.raw(f"{home}.examples")[0]),
                    )
                )
        return Answer(
            "help",
            call.language,
            phrases.line(f"help.{aspect}"),
            body=tuple(body),
            suggestions=self._tries(call),
        )

    async def about(self, call: Call) -> Answer:
        """What an answer of ours costs, from the processor time that was measured, beside one of a language model."""
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        spent, processor = self._kit.spent(), Processor(self._kit.library)
        place = call.settings.place or WORLD
        grid = self._kit.calculator.grid(place)
        own = processor.footprint(spent.seconds / max(spent.answers, 1), grid)
        whole = processor.footprint(spent.all_seconds / max(spent.answers, 1), grid)
        reply = self._kit.calculator.estimate(Use("text", count=1.0, place=call.settings.place))
        times = reply.footprint.energy_wh.mid / own.energy_wh.mid if own.energy_wh.mid > 0 else 0.0
        figures = [
            FigureLine(phrases.text(f"measures.{measure}"), measures.range(measure, of(own, measure)))
            for measure in ("energy_wh", "co2e_g", "water_ml")
        ]
        figures.append(
            FigureLine(phrases.text("help.own.reply"), measures.range("energy_wh", reply.footprint.energy_wh))
        )
        figures.append(FigureLine(phrases.text("help.own.whole"), measures.range("energy_wh", whole.energy_wh)))
        method = phrases.line(
            "help.own.method",
            milliseconds=measures.number(1000 * spent.seconds / max(spent.answers, 1)),
            n=spent.answers,
            answers=measures.count(spent.answers),
            watts=measures.span(processor.watts.low, processor.watts.high),
            watt=measures.number(processor.watts.mid),
            building=measures.span(processor.building.low, processor.building.high, digits=3),
            place=self._kit.describer.place(place, call.language),
        )
        sources = dict.fromkeys((*processor.sources, *grid.sources[:1], *reply.sources[:2]))
        return Answer(
            "help",
            call.language,
            phrases.line(
                "help.own.title",
                energy=measures.amount("energy_wh", own.energy_wh.mid),
                times=measures.number(times),
                n=times,
            ),
            body=(phrases.line("help.self"),),
            figures=tuple(figures),
            notes=(method, phrases.line("help.own.boundary")),
            citations=citations(self._kit.library, sources, phrases),
            suggestions=self._tries(call),
        )

    async def clarify(self, call: Call) -> Answer:
        """Asks back: up to three readings, one tap each, or what is still missing."""
        phrases = call.phrases
        readings: tuple[Intent, ...] = tuple(call.argument("readings", ()))[:3]
        waiting: str = call.argument("waiting", "what")
        unknown: str | None = call.argument("unknown")
        near: tuple[str, ...] = tuple(call.argument("near", ()))[:3]
        uses: tuple[Use, ...] = tuple(call.argument("uses", ()))
        context = Context("clarify", call.request.at, call.language, uses=uses, waiting=waiting)
        if unknown is not None:
            shown = ", ".join(self._kit.describer.model(i) for i in near)
            key = "errors.unknown-model" if near else "errors.unknown-model-at-all"
            offers = tuple(Suggestion(self._kit.describer.model(i)[:34], self._with_model(i, uses)) for i in near)
            title = phrases.line(key, name=unknown[:80], near=shown)
        elif readings:
            title = phrases.line("help.which")
            offers = tuple(Suggestion(self.label(call, reading)[:60], reading) for reading in readings)
        else:
            key = f"help.waiting.{waiting}"
            title = phrases.line(key if key in phrases else "help.waiting.what")
            offers = self._tries(call)
        return Answer("clarify", call.language, title, suggestions=offers, tone="question", items=uses, context=context)

    async def decline(self, call: Call) -> Answer:
        reason = call.argument("reason", "field")
        phrases = call.phrases
        return Answer(
            "out_of_scope",
            call.language,
            phrases.line(f"help.decline.{reason}"),
            body=(phrases.line("help.decline.instead"),) if reason == "field" else (),
            suggestions=self._tries(call),
        )

    def label(self, call: Call, reading: Intent) -> str:
        """A reading in a few words, for a button."""
        phrases = call.phrases
        uses: tuple[Use, ...] = tuple(reading.arguments.get("uses", ()))
        key = f"help.readings.{reading.command}"
        if uses and key in phrases:
            said = ", ".join(self._kit.describer.use(use, call.language) for use in uses[:2])
            return phrases.text(key, what=said)
        return phrases.text(f"{self._home(call, reading.command)}.commands.{reading.command}.description")

    def _home(self, call: Call, command: str) -> str:
        """The feature whose text files hold the command."""
        suffix = f".commands.{command}.name"
        return next(key[: -len(suffix)] for key in call.phrases.keys() if key.endswith(suffix))  # noqa: SIM118

    def _with_model(self, model: str, uses: tuple[Use, ...]) -> Intent:
        task = self._kit.library.models[model].task
        filled = tuple(replace(use, model=model) for use in uses) or (Use(task, model=model, count=1),)
        return Intent("estimate", {"uses": filled}, "button")

    def _tries(self, call: Call) -> tuple[Suggestion, ...]:
        return tuple(
            Suggestion(self._kit.describer.use(use, call.language), Intent("estimate", {"uses": (use,)}, "button"))
            for use in _TRIES
        )
