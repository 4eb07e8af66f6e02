"""Chips that somebody runs: their rated power, times the hours, times what a machine draws for each rated watt, times
what the building adds. For whoever knows the machine, and nothing of replies or tokens.
"""

from __future__ import annotations

from knowledge.calculator.electricity import Electricity, interval
from knowledge.calculator.estimate import MethodResult
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import Job
from knowledge.library import Library
from knowledge.schema import Chip

SHARE = "machine.share"


class Nameplate:
    def __init__(self, library: Library, electricity: Electricity) -> None:
        self._electricity = electricity
        self._share: Interval = interval(library.defaults[SHARE])
        self._sources = library.defaults[SHARE].sources

    def work(self, job: Job) -> MethodResult | None:
        """None where no chips were named."""
        if job.machine_wh is None or job.chip is None:
            return None
        energy = job.machine_wh * self._share * self._electricity.pue
        footprint = self._electricity.footprint(energy, job.grid)
        return MethodResult(
            id=f"nameplate:{job.chip.id}",
            name=job.chip.name.en,
            version=str(job.chip.year),
            kind="factor",
            quality="derived",
            boundary="facility",
            like=True,
            energy_wh=footprint.energy_wh,
            co2e_g=footprint.co2e_g,
            water_ml=footprint.water_ml,
            why="rated-power",
            footprint=footprint,
            sources=tuple(dict.fromkeys((*job.chip.sources, *self._sources))),
            warnings=("rated-power",),
        )


def watts(chip: Chip) -> Interval:
    """As rated; a range where the kind is not told."""
    return Interval(chip.low or chip.watts, chip.watts, chip.high or chip.watts)
