"""From a call's arguments to estimates: settings fill what was not said, and the calculator's refusals become ours.

Shared by every feature that works a use out, so that the same words always give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from handlers.answer import Bar, Chart
from handlers.command import Call
from handlers.errors import CannotAnswer
from handlers.kit import Kit
from handlers.ports import Settings
from knowledge.calculator.errors import CannotEstimate, OutOfBounds, Unknown
from knowledge.calculator.estimate import Estimate, Footprint
from knowledge.calculator.interval import Interval
from knowledge.calculator.use import Use


@dataclass(frozen=True, slots=True)
class Worked:
    """Uses as they were asked, and what each comes to with the settings applied."""

    uses: tuple[Use, ...]
    settled: tuple[Use, ...]
    estimates: tuple[Estimate, ...]

    @property
    def total(self) -> Footprint | None:
        """All of it summed, None where spans differ (a week's images and a day's replies have no common sum)."""
        if len({(e.period, e.use.horizons) for e in self.estimates}) > 1:
            return None
        return reduce(_plus, (e.footprint for e in self.estimates))


@dataclass(frozen=True, slots=True)
class Reckoning:
    kit: Kit

    def uses(self, call: Call) -> tuple[Use, ...]:
        """Those of a sentence or a button as they stand; those of a typed command built from its options."""
        given: tuple[Use, ...] = tuple(call.argument("uses", ()))
        if given:
            return given
        task, model = call.argument("task"), call.argument("model")
        if task is None and model is None:
            return ()
        people = call.argument("people")
        return (
            Use(
                task=task or self.kit.library.models[model].task,
                model=model,
                count=call.argument("count", 1.0),
                period=call.argument("period"),
                people=int(people) if people is not None else None,
                place=call.argument("place"),
                output_tokens=call.argument("tokens"),
                seconds=call.argument("seconds"),
            ),
        )

    async def work(self, call: Call, uses: tuple[Use, ...]) -> Worked:
        """Raises CannotAnswer where a use is unknown, out of bounds or beyond every method."""
        return self.worked(uses, self.settled(call, uses), call.language)

    def settled(self, call: Call, uses: tuple[Use, ...]) -> tuple[Use, ...]:
        """The uses with what the settings say where they say nothing themselves."""
        return tuple(_settled(use, call.settings) for use in uses)

    def worked(self, uses: tuple[Use, ...], settled: tuple[Use, ...], language: str) -> Worked:
        """Raises CannotAnswer as ``work`` does; hangs on nothing but what is given."""
        return Worked(uses, settled, tuple(self.estimate(use, language) for use in settled))

    def estimate(self, use: Use, language: str) -> Estimate:
        measures, describer = self.kit.measures(language), self.kit.describer
        try:
            return self.kit.calculator.estimate(use)
        except OutOfBounds as error:
            if not error.value > error.limit:
                raise CannotAnswer("not-positive", intent="estimate") from error
            raise CannotAnswer("too-many", intent="estimate", limit=measures.count(error.limit)) from error
        except Unknown as error:
            place = error.kind == "place"
            near = ", ".join(describer.place(i, language) if place else describer.model(i) for i in error.near)
            key = f"unknown-{error.kind}" + ("" if near else "-at-all")
            raise CannotAnswer(key, name=error.value, near=near) from error
        except CannotEstimate as error:
            raise CannotAnswer("cannot-estimate", intent="estimate") from error

    def chart(self, call: Call, worked: Worked, measure: str) -> Chart | None:
        """Uses beside one another; for a single use, its methods beside one another. None where there is one bar."""
        describer, measures = self.kit.describer, self.kit.measures(call.language, call.units)
        first = worked.uses[0]
        if len(worked.uses) > 1:
            bars = tuple(
                _bar(describer.use(use, call.language), of(estimate.footprint, measure))
                for use, estimate in zip(worked.uses, worked.estimates, strict=True)
            )
            caption = call.phrases.text("charts.uses", measure=call.phrases.text(f"measures.{measure}"))
            return _chart(bars, measure, call, caption, [measures.range(measure, _back(bar)) for bar in bars])
        methods = [m for estimate in worked.estimates for m in estimate.methods if m.energy_wh is not None]
        if len(methods) < 2:
            return None
        bars = tuple(
            _bar(
                describer.method(method, call.language),
                method.energy_wh,
                None if method.like else call.phrases.text(f"boundaries.{method.boundary}"),
            )
            for method in methods
            if method.energy_wh is not None
        )
        caption = call.phrases.text("charts.methods", use=describer.use(_one(first), call.language))
        return _chart(bars, "energy_wh", call, caption, [measures.range("energy_wh", _back(bar)) for bar in bars])

    def everyday(self, call: Call, measure: str, value: float, place: str) -> str | None:
        """The one everyday thing whose number suits the size: "1.2 km by petrol car"."""
        if value <= 0:
            return None
        found = self.kit.equivalents.pick(measure, value, place)
        return self.counted(call, found[0].id, found[1]) if found is not None else None

    def counted(self, call: Call, equivalent: str, n: float) -> str:
        """So many of a thing, in words and in the units asked for: "1.2 km by petrol car", "0.75 miles"."""
        phrases, measures = call.phrases, self.kit.measures(call.language, call.units)
        thing, tongue = self.kit.library.equivalents[equivalent], "fr" if call.language == "fr" else "en"
        other = thing.elsewhere.get(call.units) if call.units is not None else None
        names = (other or thing).name[tongue]
        shown = n / other.size if other is not None else n
        # The plural of the number as it is shown: 1.004 is shown as 1, and one is no plural.
        form = phrases.plural(float(f"{shown:.2g}"))
        return names["one" if form == "one" else "other"].replace("{n}", measures.number(shown))

    def single(self, call: Call, equivalent: str) -> float:
        """How many of a thing are one of it in the units asked for: 1.609344 where km are told in miles."""
        other = self.kit.library.equivalents[equivalent].elsewhere.get(call.units) if call.units else None
        return other.size if other is not None else 1.0


def of(footprint: Footprint, measure: str) -> Interval:
    """One measure of a footprint: "co2e_g", "energy_wh", "water_ml"."""
    value: Interval = getattr(footprint, measure)
    return value


def _settled(use: Use, settings: Settings) -> Use:
    model = dict(settings.models).get(use.task) if use.model is None else use.model
    place = use.place or settings.place
    return use if model == use.model and place == use.place else replace(use, model=model, place=place)


def _one(use: Use) -> Use:
    return replace(use, count=1.0, count_high=None, period=None, horizon=None, horizons=None, people=None, place=None)


def _plus(one: Footprint, other: Footprint) -> Footprint:
    return Footprint(
        one.energy_wh + other.energy_wh,
        one.usage_g + other.usage_g,
        one.hardware_g + other.hardware_g,
        one.water_site_ml + other.water_site_ml,
        one.water_plant_ml + other.water_plant_ml,
        None if one.primary_mj is None or other.primary_mj is None else add(one.primary_mj, other.primary_mj),
        None if one.adpe_mg is None or other.adpe_mg is None else add(one.adpe_mg, other.adpe_mg),
    )


def _bar(label: str, interval: Interval, note: str | None = None) -> Bar:
    return Bar(label, interval.low, interval.mid, interval.high, note)


def _back(bar: Bar) -> Interval:
    return Interval(bar.low, bar.mid, bar.high)


def _chart(bars: tuple[Bar, ...], unit: str, call: Call, caption: str, shown: list[str]) -> Chart:
    phrases = call.phrases
    said = [phrases.text("charts.bar", label=bar.label, value=value) for bar, value in zip(bars, shown, strict=True)]
    listed = reduce(lambda before, bar: phrases.text("charts.then", before=before, bar=bar), said)
    alt = phrases.text("charts.alt", caption=caption, bars=listed)
    return Chart(bars, unit, caption, alt, call.units)
