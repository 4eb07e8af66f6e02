"""From electricity alone to a footprint: the place's grid, a share of the hardware's making, and water.

Used for factors and printed values, which say nothing but watt-hours. The constants are those of ``defaults.yaml``.
"""

from __future__ import annotations

from knowledge.calculator.estimate import Footprint
from knowledge.calculator.interval import Interval
from knowledge.calculator.places import Grid
from knowledge.library import Library
from knowledge.schema import Default


def interval(default: Default) -> Interval:
    """A default with its spread; a value without one stands alone."""
    low = default.value if default.low is None else default.low
    high = default.value if default.high is None else default.high
    return Interval(low, default.value, high)


class Electricity:
    def __init__(self, library: Library) -> None:
        defaults = library.defaults
        self.hardware = interval(defaults["hardware.g-per-kwh"])
        self.water = interval(defaults["water.site"])
        self.pue = interval(defaults["pue"])

    def footprint(self, energy_wh: Interval, grid: Grid) -> Footprint:
        """``energy_wh`` is metered at the data centre, building included; WUE counts computing alone, hence the PUE."""
        kwh = energy_wh * 1e-3
        site = Interval(
            kwh.low / self.pue.high * self.water.low,
            kwh.mid / self.pue.mid * self.water.mid,
            kwh.high / self.pue.low * self.water.high,
        )
        return Footprint(
            energy_wh=energy_wh,
            usage_g=kwh * grid.g_per_kwh,
            hardware_g=kwh * self.hardware,
            water_site_ml=site * 1e3,
            water_plant_ml=kwh * (grid.water * 1e3),
            primary_mj=kwh * grid.primary,
        )
