"""The calculator's front: a use goes in, an estimate comes out, or a refusal that says why not.

Methods are asked one by one for a single unit and put side by side; the whole is that unit times how many there are.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.calculator.combine import Combined, combine
from knowledge.calculator.electricity import Electricity, interval
from knowledge.calculator.errors import CannotEstimate, OutOfBounds, Refusal
from knowledge.calculator.estimate import Assumption, Estimate, MethodResult
from knowledge.calculator.filling import Filled, Filling
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import LANGUAGE, Job
from knowledge.calculator.methods.ecocost import EcoCost
from knowledge.calculator.methods.ecologits import EcoLogits
from knowledge.calculator.methods.factors import Factors
from knowledge.calculator.methods.nameplate import Nameplate
from knowledge.calculator.methods.published import PublishedValues
from knowledge.calculator.places import Grid, Places
from knowledge.calculator.spans import Spans
from knowledge.calculator.use import Use
from knowledge.library import Library

_KEPT = 512  # units: the same use asked in other numbers is worked out but once
_TELLING = (
    "output_tokens",
    "seconds",
    "pixels",
    "params_b",
    "machine_share",
    "watts",
)  # inputs whose supposed spread may drive the result


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a model besides its figures."""

    total_b: Interval | None  # parameters in billions, None where no method has them
    active_b: Interval | None
    size_published: bool
    place: str | None  # where it is thought to run
    methods: tuple[MethodResult, ...]  # those that speak of it, each with its figures for one unit
    sources: tuple[str, ...]
    links: tuple[str, ...]  # addresses that the methods themselves give


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one unit of a use comes to, however many of it are asked for, for how many people and over what span."""

    filled: Filled
    methods: tuple[MethodResult, ...]
    combined: Combined
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    details: dict[str, float]


class Calculator:
    """Holds no state but results it has kept. A method's data are read by the first question that needs them."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ecologits = EcoLogits(library)
        self._ecocost = EcoCost()
        electricity = Electricity(library)
        self._factors = Factors(library, electricity)
        self._published = PublishedValues(library, electricity, self._factors)
        self._nameplate = Nameplate(library, electricity)
        self._spans = Spans(library)
        self._electricity = electricity
        self._places_made: Places | None = None
        self._filling_made: Filling | None = None
        self._unit = lru_cache(_KEPT)(self._worked)

    def warm(self) -> None:
        """For processes that stay: every method reads its data now, so that no question waits for them."""
        models = self._library.models.values()
        text = next((m.id for m in models if m.ecologits and m.ecocost), None)
        video = next((m.id for m in models if m.ecologits_video), None)
        for use in (Use("text", model=text), Use("video", model=video), Use("image")):
            with suppress(Refusal):
                self.estimate(use)

    def estimate(self, use: Use) -> Estimate:
        """Raises OutOfBounds, Unknown or CannotEstimate; never gives inf or nan."""
        unit = self._unit(once(use))
        units, counted = self._units(use)
        filled, each = unit.filled, unit.combined.footprint
        job = filled.job
        return Estimate(
            use=use,
            model=job.model.id if job.model is not None and job.model is not job.asked else None,
            place=job.grid.code,
            units=units.mid,
            footprint=each * units,
            each=each,
            methods=unit.methods,
            boundary="facility",
            agree=unit.combined.agree,
            rule=unit.combined.rule,
            assumptions=(*counted, *unit.assumptions),
            warnings=unit.warnings,
            sources=(*unit.sources, *(a.source for a in counted if a.source is not None)),
            driver=self._driver(use, unit, units),
            stands_for=filled.stands_for,
            period=use.horizon or use.period,
            details=unit.details,
        )

    def _worked(self, use: Use) -> _Unit:
        """Raises as ``estimate`` does."""
        filled = self._filling.fill(use)
        job = filled.job
        methods = self._methods(job)
        combined = combine(methods)
        if combined is None:
            raise CannotEstimate("no-method", job.asked.id if job.asked is not None else use.task)
        each = combined.footprint
        warnings = dict.fromkeys((*filled.warnings, *(w for m in methods if m.like for w in m.warnings)))
        if any(m.exact for m in methods):  # others have measured what the vendor keeps to itself
            warnings.pop("vendor-discloses-nothing", None)
        if each.energy_wh.low == each.energy_wh.high:
            warnings["no-range"] = None
        sources = dict.fromkeys(
            (
                *(s for m in methods if m.exact for s in m.sources),
                *(s for m in methods if m.like for s in m.sources),
                *job.grid.sources,
                *(s for m in methods for s in m.sources),
            )
        )
        return _Unit(
            filled=filled,
            methods=methods,
            combined=combined,
            assumptions=(*filled.assumptions, *self._completed(methods)),
            warnings=tuple(warnings),
            sources=tuple(s for s in sources if s in self._library.sources),
            details=self._details(job.grid),
        )

    def grid(self, code: str) -> Grid:
        """The electricity of a place. Raises Unknown."""
        return self._places.grid(code)

    def ranking(self, dirtiest: bool = False) -> tuple[str, ...]:
        """Countries by their carbon factor, cleanest first unless told otherwise."""
        return self._places.ranking(dirtiest)

    def describe(self, model: str) -> Description:
        """Raises Unknown where there is no such model."""
        asked = self._library.models.get(model)
        filled = self._filling.fill(Use(task=asked.task if asked is not None else "text", model=model))
        job = filled.job
        methods = self._methods(job)
        key = job.model.ecologits if job.model is not None else None
        size = self._ecologits.size(key) if key is not None else None
        return Description(
            total_b=size.total if size is not None else None,
            active_b=size.active if size is not None else None,
            size_published=size is not None and size.published,
            place=asked.place if asked is not None else None,
            methods=methods,
            sources=tuple(dict.fromkeys(s for m in methods for s in m.sources)),
            links=tuple(dict.fromkeys(link for m in methods for link in m.links)),
        )

    @property
    def _places(self) -> Places:
        if self._places_made is None:
            self._places_made = Places(self._library, self._ecologits.zones)
        return self._places_made

    @property
    def _filling(self) -> Filling:
        if self._filling_made is None:
            self._filling_made = Filling(self._library, self._places, self._ecologits)
        return self._filling_made

    def _methods(self, job: Job) -> tuple[MethodResult, ...]:
        """What every method says of one unit, like ones first. Those that speak of another model are not exact."""
        if (rated := self._nameplate.work(job)) is not None:
            return (rated,)
        modelled = [result for method in (self._ecologits, self._ecocost) if (result := method.work(job)) is not None]
        # Of a model known by its size alone no vendor speaks.
        printed = self._published.work(job) if job.params_b is None or job.task not in LANGUAGE else ()
        factor = self._factors.work(job)
        found = [*modelled, *printed, *([factor] if factor is not None else [])]
        return tuple(sorted(found, key=lambda m: (not m.like, not m.exact)))

    def _units(self, use: Use) -> tuple[Interval, list[Assumption]]:
        """How many units are summed, and how they were counted."""
        bounded = self._filling.bounded
        noted: list[Assumption] = []
        asked = bounded("count", use.count, "count") if use.count is not None else 1.0
        if use.task in LANGUAGE and use.seconds is not None:
            # Time spent, of which nobody knows how many replies it holds.
            hourly = self._library.defaults[f"hourly.{use.task}"]
            hours = bounded("seconds", use.seconds, "count") / 3600 * asked
            low, high = hourly.low or hourly.value, hourly.high or hourly.value
            count = Interval(low, hourly.value, high) * hours
            noted.append(Assumption(f"hourly.{use.task}", hourly.value, False, hourly.unit, low, high))
        elif use.task == "speech" and use.words is not None:
            pace = interval(self._library.defaults["words.per-minute"])
            spoken = bounded("words", use.words, "tokens") * asked
            count = Interval(spoken / pace.high, spoken / pace.mid, spoken / pace.low)
            noted.append(Assumption("words_per_minute", pace.mid, False, "words", pace.low, pace.high))
        else:
            high = bounded("count", use.count_high, "count") if use.count_high is not None else asked
            low, high = min(asked, high), max(asked, high)
            count = Interval(low, (low + high) / 2, high)
            spread = (low, high) if high > low else (None, None)
            noted.append(Assumption("count", count.mid, use.count is not None, None, *spread))
        if use.horizons is not None:
            bounded("horizons", use.horizons, "count")
        times = self._spans.times(use)
        if use.people is not None:
            times *= bounded("people", float(use.people), "people")
            noted.append(Assumption("people", float(use.people), use.populace is None))
            lived = self._library.populations.get(use.populace) if use.populace is not None else None
            if lived is not None:
                noted.append(Assumption("populace", lived.code, False, source=lived.sources[0]))
        if use.period is not None:
            noted.append(Assumption("period", use.period, True))
        if use.horizon is not None:
            noted.append(Assumption("horizon", use.horizon, True))
            if use.workdays and use.period is not None:
                noted.extend(self._spans.supposed(use.period, use.horizon, use.horizons or 1.0))
        units = count * times
        bounded("units", units.high, "units")
        if units.low <= 0:
            raise OutOfBounds("units", units.low, self._library.defaults["limit.units"].value)
        return units, noted

    def _completed(self, methods: tuple[MethodResult, ...]) -> list[Assumption]:
        """What electricity alone was completed with, where a method gave no more than that."""
        if not any(m.like and m.kind in ("factor", "published") for m in methods):
            return []
        completion = self._electricity
        return [
            Assumption(key, value.mid, False, unit, value.low, value.high)
            for key, value, unit in (
                ("hardware_g_per_kwh", completion.hardware, "gCO2e/kWh"),
                ("water_site_l_per_kwh", completion.water, "L/kWh"),
                ("pue", completion.pue, "pue"),
            )
        ]

    def _driver(self, use: Use, unit: _Unit, units: Interval) -> str:
        """The input that would move the result most if it were known better."""
        spreads = {"method": unit.combined.footprint.energy_wh.spread}
        for assumption in unit.filled.assumptions:
            low, high = assumption.low, assumption.high
            if not assumption.said and assumption.key in _TELLING and low and high:
                spreads[assumption.key] = high / low
        if units.high > units.low:
            spreads["count"] = units.spread
        if use.place is None:
            spreads["place"] = self._library.defaults["place.spread"].value
        return max(spreads, key=lambda key: spreads[key])

    def _details(self, grid: Grid) -> dict[str, float]:
        """Constants as used, for whoever wants to check the arithmetic."""
        return {
            "grid_g_per_kwh": grid.g_per_kwh,
            "grid_water_l_per_kwh": grid.water,
            "pue": self._electricity.pue.mid,
            "water_site_l_per_kwh": self._electricity.water.mid,
            "hardware_g_per_kwh": self._electricity.hardware.mid,
        }


def once(use: Use) -> Use:
    """One unit of a use, wherever and with whatever it was described."""
    return replace(
        use,
        count=1.0,
        count_high=None,
        period=None,
        horizon=None,
        horizons=None,
        people=None,
        populace=None,
        workdays=False,
    )
