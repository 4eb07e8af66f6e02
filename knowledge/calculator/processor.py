"""What processor time comes to: the time that was measured, times a stated power, times what the building adds.

For programs like this bot itself, whose work is timed but not metered. The power and the building are those of
``defaults.yaml``, with their sources; network, disks and the asker's own device are left out.
"""

from __future__ import annotations

from knowledge.calculator.electricity import Electricity, interval
from knowledge.calculator.estimate import Footprint
from knowledge.calculator.interval import Interval
from knowledge.calculator.places import Grid
from knowledge.library import Library

SECONDS_AN_HOUR = 3600
WATTS = "watts.core"
BUILDING = "pue"


class Processor:
    def __init__(self, library: Library) -> None:
        self.watts: Interval = interval(library.defaults[WATTS])
        self.building: Interval = interval(library.defaults[BUILDING])
        self.sources: tuple[str, ...] = (*library.defaults[WATTS].sources, *library.defaults[BUILDING].sources)
        self._electricity = Electricity(library)

    def footprint(self, seconds: float, grid: Grid) -> Footprint:
        """Of so many seconds of one processor, on this electricity."""
        energy_wh = self.watts * self.building * (seconds / SECONDS_AN_HOUR)
        return self._electricity.footprint(energy_wh, grid)
