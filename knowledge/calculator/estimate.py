"""What the calculator answers: figures with everything needed to judge them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from knowledge.calculator.interval import Interval
from knowledge.calculator.use import Use
from knowledge.schema import Boundary, Quality


@dataclass(frozen=True, slots=True)
class Footprint:
    """Impacts of one use. Electricity at the data centre, location-based; making the hardware kept apart."""

    energy_wh: Interval
    usage_g: Interval  # g CO2e of the electricity
    hardware_g: Interval  # g CO2e of making the hardware, its share
    water_site_ml: Interval  # evaporated at the data centre
    water_plant_ml: Interval  # consumed by the power plants
    primary_mj: Interval | None = None
    adpe_mg: Interval | None = None  # mg Sb-eq of minerals and metals

    @property
    def co2e_g(self) -> Interval:
        return self.usage_g + self.hardware_g

    @property
    def water_ml(self) -> Interval:
        return self.water_site_ml + self.water_plant_ml

    def __mul__(self, factor: float | Interval) -> Footprint:
        return Footprint(
            self.energy_wh * factor,
            self.usage_g * factor,
            self.hardware_g * factor,
            self.water_site_ml * factor,
            self.water_plant_ml * factor,
            None if self.primary_mj is None else self.primary_mj * factor,
            None if self.adpe_mg is None else self.adpe_mg * factor,
        )


MethodKind = Literal["model", "second-opinion", "published", "factor"]


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method's view of the same use. A figure the method does not speak of is None."""

    id: str  # "ecologits", "ecocost", "published:google-gemini-median", "factor:image-1024"
    name: str  # "EcoLogits"
    version: str  # of the method or the year of the publication
    kind: MethodKind
    quality: Quality
    boundary: Boundary
    like: bool  # within the calculator's own boundary, and so part of the combined range
    energy_wh: Interval | None
    co2e_g: Interval | None
    water_ml: Interval | None
    why: str  # key of a clause that says why it differs: "assumes-full-servers", "draft-records", ...
    footprint: Footprint | None = None  # the whole, where the method gives it
    exact: bool = False  # a measurement of that very model
    sources: tuple[str, ...] = ()  # ids of knowledge.schema.Source
    links: tuple[str, ...] = ()  # addresses the method itself names for this model, kept as they stand
    warnings: tuple[str, ...] = ()  # codes: "model-arch-not-released", ...


@dataclass(frozen=True, slots=True)
class Assumption:
    """One input, and whether it was said or supposed. ``key`` names it: "output_tokens", "place", "model", "count"."""

    key: str
    value: float | str
    said: bool
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The combined result for a whole use (count, people, period, horizon included)."""

    use: Use  # as asked, with nothing filled in
    model: str | None  # the model it was taken for, where it differs or was supposed
    place: str  # the place whose electricity was used
    units: float  # how many units of the task were summed
    footprint: Footprint  # of all of it
    each: Footprint  # of one unit
    methods: tuple[MethodResult, ...]  # for one unit, like ones first
    boundary: Boundary
    agree: bool  # False where two like methods' ranges do not overlap
    rule: str  # key of the rule by which the mid was chosen: "measured-itself", "geometric-mean", "single"
    assumptions: tuple[Assumption, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # ids, most telling first
    driver: str | None = None  # the input that widens the range most: "output_tokens", "method", "place"
    stands_for: bool = False  # True where the figures are of another model or a class
    period: str | None = None  # the span that ``footprint`` is for, None where once
    details: dict[str, float] = field(default_factory=dict[str, float])  # grid g/kWh, PUE, WUE, as used
