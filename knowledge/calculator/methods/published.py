"""Printed values: what a vendor, a benchmark or a study wrote for a model or for the task in general.

A value joins the range only where its boundary is the calculator's own, or where its record says by what it was lifted
there; all others are shown beside it. One that does not say how long the reply was cannot be scaled, so it leaves the
range as soon as a person gives a length.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from knowledge.calculator.electricity import Electricity, interval
from knowledge.calculator.estimate import MethodResult
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import Job
from knowledge.calculator.methods.factors import Factors, sizes
from knowledge.library import Library
from knowledge.schema import Figure, Published, Task

_SIZES: dict[Task, dict[str, float]] = {"image": {"pixels": 1.0}, "video": {"seconds": 1.0, "pixels": 1.0}}


class PublishedValues:
    def __init__(self, library: Library, electricity: Electricity, factors: Factors) -> None:
        self._electricity = electricity
        self._factors = factors
        self._units = {code: unit.scale for code, unit in library.units.items()}
        self._input = interval(library.defaults["input.weight"])
        self._cached = library.defaults["cached.weight"].value
        self._by_task: dict[str, tuple[Published, ...]] = {}
        for record in library.published.values():
            self._by_task[record.task] = (*self._by_task.get(record.task, ()), record)

    def work(self, job: Job) -> tuple[MethodResult, ...]:
        """Every value that speaks of this job, like ones and unlike ones."""
        found: list[MethodResult] = []
        seen: set[str] = set()
        for record, own in self._matched(job):
            # One publication speaks once: its word on the very model before its word on the family.
            if record.name in seen:
                continue
            result = self._result(record, job, own)
            if result is not None:
                seen.add(record.name)
                found.append(result)
        return tuple(found)

    def _matched(self, job: Job) -> list[tuple[Published, bool]]:
        """(record, whether it speaks of the model as it was named), those first."""
        records = self._by_task.get(job.task, ())
        if job.asked is None:
            return [(record, False) for record in records if record.general]
        asked, model = job.asked.id, job.model.id if job.model is not None else job.asked.id
        own = [(r, True) for r in records if speaks_of(r, asked)]
        other = [(r, False) for r in records if not speaks_of(r, asked) and speaks_of(r, model)]
        return [*own, *other]

    def _result(self, record: Published, job: Job, own: bool) -> MethodResult | None:
        energy = self._energy(record, job)
        if energy is None and (record.energy_wh is not None or (record.output_tokens is None and job.output_said)):
            return None
        like = energy is not None and not record.aside and (record.boundary == "facility" or record.lift is not None)
        footprint = self._electricity.footprint(energy, job.grid) if energy is not None and like else None
        times = _ratio(record, job)
        carbon = self._figure(record.co2e_g, times) if footprint is None else footprint.co2e_g
        water = self._figure(record.water_ml, times) if footprint is None else footprint.water_ml
        return MethodResult(
            id=f"published:{record.id}",
            name=record.name,
            version=str(record.year),
            kind="published",
            quality="derived" if record.lift is not None and like else record.quality,
            boundary="facility" if like else record.boundary,
            like=like,
            energy_wh=energy,
            co2e_g=carbon,
            water_ml=water,
            why=record.id,
            footprint=footprint,
            exact=record.exact and own,
            sources=record.sources,
        )

    def _energy(self, record: Published, job: Job) -> Interval | None:
        """Watt-hours for this job's size, None where the record cannot be brought to it."""
        printed = self._figure(record.energy_wh, 1.0)
        if printed is None:
            return None
        if job.output_said and record.output_tokens is None and job.output_tokens is not None:
            return None
        energy = printed * (record.lift or 1.0) * _ratio(record, job)
        if record.at:
            energy = energy * self._factors.scale(record.at, _SIZES.get(record.task, {}), sizes(job))
        if job.input_counts and job.output_tokens:
            share = (job.fresh_tokens + job.cached_tokens * self._cached) / job.output_tokens
            weight = self._input
            energy = energy * Interval(1 + share * weight.low, 1 + share * weight.mid, 1 + share * weight.high)
        return energy

    def _figure(self, figure: Figure | None, times: float) -> Interval | None:
        if figure is None:
            return None
        scale = self._units[figure.unit] * times
        low = figure.low if figure.low is not None else figure.mid
        high = figure.high if figure.high is not None else figure.mid
        assert low is not None
        assert high is not None
        if figure.mid is None:
            return Interval.spanning(low * scale, high * scale)
        return Interval(low * scale, figure.mid * scale, high * scale)


def speaks_of(record: Published, id_: str) -> bool:
    """Whether one of the record's patterns is the model's id."""
    return any(fnmatchcase(id_, pattern) for pattern in record.models)


def _ratio(record: Published, job: Job) -> float:
    """How many times the printed reply this one is."""
    if record.output_tokens is None or job.output_tokens is None:
        return 1.0
    return job.output_tokens / record.output_tokens
