"""Factors: electricity for one unit of a task, where no model of the service is known. Scaled by size; away from the
size a factor holds for, its range opens by as much as the exponent is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.calculator.electricity import Electricity, interval
from knowledge.calculator.estimate import MethodResult
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import Job
from knowledge.library import Library
from knowledge.schema import Factor


class Factors:
    def __init__(self, library: Library, electricity: Electricity) -> None:
        self._electricity = electricity
        self._input = interval(library.defaults["input.weight"])
        self._cached = library.defaults["cached.weight"].value
        self._doubt = {
            "seconds": library.defaults["doubt.seconds"].value,
            "pixels": library.defaults["doubt.pixels"].value,
            "params_b": library.defaults["doubt.params-b"].value,
        }

    def work(self, job: Job) -> MethodResult | None:
        """None where no class of factor was chosen."""
        factor = job.factor
        if factor is None:
            return None
        energy = Interval(factor.low, factor.mid, factor.high)
        energy = energy * self.scale(factor.at, factor.scaling, sizes(job))
        warnings: list[str] = []
        if job.input_counts and job.output_tokens and "output_tokens" in factor.scaling:
            share = (job.fresh_tokens + job.cached_tokens * self._cached) / job.output_tokens
            energy = Interval(
                energy.low * (1 + share * self._input.low),
                energy.mid * (1 + share * self._input.mid),
                energy.high * (1 + share * self._input.high),
            )
            warnings.append("input-added")
        if factor.quality == "estimate":
            warnings.append("own-estimate")
        footprint = self._electricity.footprint(energy, job.grid)
        return MethodResult(
            id=f"factor:{factor.id}",
            name=factor.name.en,
            version=str(factor.year),
            kind="factor",
            quality=factor.quality,
            boundary=factor.boundary,
            like=True,
            energy_wh=footprint.energy_wh,
            co2e_g=footprint.co2e_g,
            water_ml=footprint.water_ml,
            why="class-of-services",
            footprint=footprint,
            sources=factor.sources,
            warnings=tuple(warnings),
        )

    def scale(
        self, at: Mapping[str, float], exponents: Mapping[str, float], to: Mapping[str, Interval | float | None]
    ) -> Interval:
        """By how much energy grows from the size ``at`` to the size ``to``, with the doubt about each exponent."""
        low = mid = high = 1.0
        for key, exponent in exponents.items():
            size = to.get(key)
            if size is None or key not in at:
                continue
            ends = size if isinstance(size, Interval) else Interval.of(size)
            doubt = min(self._doubt.get(key, 0.0), exponent)
            middle = (ends.mid / at[key]) ** exponent
            low *= min(_extrapolated(ends.low / at[key], exponent, -doubt), middle)
            mid *= middle
            high *= max(_extrapolated(ends.high / at[key], exponent, doubt), middle)
        return Interval(low, mid, high)


def _extrapolated(ratio: float, exponent: float, doubt: float) -> float:
    """The lower way to extrapolate with a negative doubt, the upper with a positive one, on either side of the size the
    factor holds for. Monotone, since the doubt never exceeds the exponent."""
    return ratio ** (exponent + doubt if ratio > 1 else exponent - doubt)


def sizes(job: Job) -> dict[str, Interval | float | None]:
    """What a factor or a printed value may be scaled by."""
    return {
        "output_tokens": job.output_tokens,
        "input_tokens": job.input_tokens or None,
        "seconds": job.seconds,
        "pixels": job.pixels,
        "params_b": job.params_b,
    }


def by_size(library: Library, pixels: float) -> Factor | None:
    """The class of clips whose size is nearest in proportion."""
    clips = [f for f in library.factors.values() if f.task == "video" and "pixels" in f.at]
    return min(clips, key=lambda f: max(f.at["pixels"] / pixels, pixels / f.at["pixels"]), default=None)
