"""ecocost: a second opinion for the language models it knows, which counts input and cached tokens; EcoLogits does not.

All its records are drafts, and every result says so. Its regions are few, so its energy and hardware are taken and the
place's own grid is put in; its likely range is kept as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import Any, cast

from knowledge.calculator.estimate import Footprint, MethodResult
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import Job
from knowledge.calculator.places import Grid
from knowledge.parsing import read

_KEPT = 1024


@dataclass(frozen=True, slots=True)
class _Record:
    """A model as it resolves: its own record, or that of a sibling made wider."""

    model: Any
    provider: Any
    links: tuple[str, ...]
    sibling: bool
    open_weights: bool


class EcoCost:
    """Its data are read by the first model that asks for it."""

    id = "ecocost"
    name = "ecocost"

    def __init__(self) -> None:
        self._record = lru_cache(_KEPT)(self._resolved)
        self._kept = lru_cache(_KEPT)(self._computed)

    @cached_property
    def version(self) -> str:
        return version("ecocost")

    @cached_property
    def _base(self) -> Any:
        import ecocost.loader as loader

        slow = cast("Any", loader)._read

        def fast(name: str) -> Any:
            # The same files through our reader, which is written in C: the package's own takes ten times as long.
            return read((loader.DATA_DIR / name).read_text("utf-8"), name) or {}

        cast("Any", loader)._read = fast
        try:
            return loader.KnowledgeBase.load()
        finally:
            cast("Any", loader)._read = slow

    def work(self, job: Job) -> MethodResult | None:
        """None where it does not know the model."""
        if job.model is None or job.model.ecocost is None or job.output_tokens is None:
            return None
        record = self._record(job.model.ecocost)
        if record is None:
            return None
        tokens = (_whole(job.input_tokens), _whole(job.output_tokens), _whole(job.cached_tokens))
        footprint = self._kept(job.model.ecocost, tokens, job.grid)
        warnings = ("draft-records", "sibling-model") if record.sibling else ("draft-records",)
        return MethodResult(
            id=self.id,
            name=self.name,
            version=self.version,
            kind="second-opinion",
            quality="estimate",
            boundary="facility",
            like=True,
            energy_wh=footprint.energy_wh,
            co2e_g=footprint.co2e_g,
            water_ml=footprint.water_ml,
            why="draft-records",
            footprint=footprint,
            sources=("ecocost-2026",),
            links=record.links,
            warnings=warnings,
        )

    def _resolved(self, id_: str) -> _Record | None:
        from ecocost import calc
        from ecocost.errors import UnknownModelError

        sibling = False
        try:
            model: Any = self._base.resolve_model(id_)
        except UnknownModelError:
            hit = self._base.resolve_proxy(id_)
            if hit is None:
                return None
            model, sibling = calc.as_proxy(hit[0]), True
        provider, _ = self._base.resolve_provider(None, model=model)
        links = tuple(str(link) for link in cast("Iterable[object]", model.provenance.sources))
        return _Record(model, provider, links, sibling, bool(model.open_weights))

    def _computed(self, id_: str, tokens: tuple[int, int, int], grid: Grid) -> Footprint:
        from ecocost import calc

        record = self._record(id_)
        assert record is not None
        base, provider = self._base, record.provider
        made = calc.estimate(
            record.model,
            provider,
            base.regions[provider.region],
            base.hardware[provider.hardware],
            base.hardware[calc.REFERENCE_HARDWARE_ID],
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            cached_input_tokens=tokens[2],
            candidate_hardware=[(base.hardware[id_], weight) for id_, weight in provider.hardware_candidates],
        )
        energy = _likely(made.energy_wh)
        kwh = energy * 1e-3
        return Footprint(
            energy_wh=energy,
            usage_g=kwh * grid.g_per_kwh,
            hardware_g=_likely(made.carbon_embodied_g),
            water_site_ml=_likely(made.water_data_center_ml),
            water_plant_ml=kwh * (grid.water * 1e3),
            primary_mj=kwh * grid.primary,
        )


def _likely(value: Any) -> Interval:
    """Its likely range, not its worst case."""
    return Interval(float(value.lo), float(value.mid), float(value.hi))


def _whole(tokens: float) -> int:
    return max(1, round(tokens)) if tokens > 0 else 0
