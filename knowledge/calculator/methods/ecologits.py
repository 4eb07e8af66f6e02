"""EcoLogits: language models by their (published or guessed) size on H100 servers, video models by how long they take.

Its impact functions are called, not its high-level ones, and its data files are read here: its own loader drops the
links that it gives for each model, and the electricity table alone does not need the package imported.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from knowledge.calculator.electricity import interval
from knowledge.calculator.estimate import Footprint, MethodResult
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import LANGUAGE, Job
from knowledge.calculator.places import Grid, Zone
from knowledge.library import Library

FRAMES = 24  # a second, as EcoLogits counts them
_KEPT = 1024  # results kept for each kind of model
_OPEN = "huggingface_hub"  # whose building stands for that of a model which anybody may run

Number = float | dict[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """A model's parameters in billions, as EcoLogits has or guesses them."""

    active: Interval
    total: Interval
    published: bool


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A row of its table of models."""

    provider: str
    name: str
    active: tuple[float, float]
    total: tuple[float, float]
    tokens_per_second: float | None
    first_token: float | None
    warnings: tuple[str, ...]
    links: tuple[str, ...]


class EcoLogits:
    """Nothing is read until asked for, and the package is imported by the first model alone."""

    id = "ecologits"
    name = "EcoLogits"

    def __init__(self, library: Library) -> None:
        self._input = interval(library.defaults["input.weight"])
        self._cached = library.defaults["cached.weight"].value
        self._served = interval(library.defaults["doubt.served"])
        self._text = lru_cache(_KEPT)(self._language)
        self._clip = lru_cache(_KEPT)(self._video)

    @cached_property
    def version(self) -> str:
        return version("ecologits")

    @cached_property
    def zones(self) -> Mapping[str, Zone]:
        """The electricity table: grams, litres, megajoules and kilograms of antimony for a kilowatt-hour."""
        return {
            row["name"]: Zone(
                g_per_kwh=row["gwp"] * 1e3,
                water=row["wue"],
                primary=row["pe"],
                adpe=row["adpe"],
                default_water="electricity-mix-wue-world" in (row["warnings"] or ()),
                default_primary="electricity-mix-pe-world" in (row["warnings"] or ()),
            )
            for row in self._read("electricity_mixes.json")["electricity_mixes"]
        }

    @cached_property
    def models(self) -> Mapping[str, LanguageModel]:
        """By "provider/name", aliases included."""
        data = self._read("models.json")
        found = {f"{row['provider']}/{row['name']}": _model(row) for row in data["models"]}
        for row in data["aliases"]:
            target = found.get(f"{row['provider']}/{row['alias']}")
            if target is not None:
                found.setdefault(f"{row['provider']}/{row['name']}", target)
        return found

    @cached_property
    def videos(self) -> Mapping[str, dict[str, Any]]:
        """Video models by "provider/name", each with its hardware and its provider's building joined in."""
        data = self._read("video_models.json")
        return {
            row["model_name"]: row
            | {
                "server": data["hardware_configurations"][row["hardware"]],
                "building": data["provider_configurations"][row["provider"]],
            }
            for row in data["models"]
        }

    def size(self, key: str) -> Size | None:
        """How many parameters it counts for a language model."""
        model = self.models.get(key)
        if model is None:
            return None
        published = "model-arch-not-released" not in model.warnings
        return Size(Interval.spanning(*model.active), Interval.spanning(*model.total), published)

    def work(self, job: Job) -> MethodResult | None:
        """None where it does not know the model."""
        if job.model is None:
            return self._of_size(job)
        if job.task == "video":
            key = job.model.ecologits_video
            if key is None or job.seconds is None or job.pixels is None or key not in self.videos:
                return None
            made = self._clip(key, job.seconds, job.pixels, job.grid)
            if made is None:
                return None
            footprint, warnings, links = made
            return self._result(footprint, "assumes-whole-servers", ("ecologits-2026-video",), links, warnings)
        key = job.model.ecologits
        if key is None or job.output_tokens is None or key not in self.models:
            return None
        return self._reply(self.models[key], job, job.output_tokens)

    def _of_size(self, job: Job) -> MethodResult | None:
        """A dense model that nobody named, of which a person gave the size."""
        if job.params_b is None or job.output_tokens is None or job.task not in LANGUAGE:
            return None
        size = (job.params_b.mid, job.params_b.mid)
        model = LanguageModel(_OPEN, "", size, size, None, None, ("served-anyhow",), ())
        return self._reply(model, job, job.output_tokens, self._served)

    def _reply(self, model: LanguageModel, job: Job, tokens: float, doubt: Interval | None = None) -> MethodResult:
        footprint = self._text(model, tokens, job.grid)
        footprint = footprint * doubt if doubt is not None else footprint
        warnings = [*model.warnings]
        if job.input_counts:
            # It counts output alone: reading is added as a share of writing, by the model's own energy for a token.
            read = job.fresh_tokens + job.cached_tokens * self._cached
            footprint = footprint * _more(read / tokens, self._input)
            warnings.append("input-added")
        else:
            warnings.append("input-not-counted")
        why = "guesses-size" if "model-arch-not-released" in model.warnings else "full-batches"
        return self._result(footprint, why, ("ecologits-2026",), model.links, tuple(warnings))

    def _result(
        self,
        footprint: Footprint,
        why: str,
        sources: tuple[str, ...],
        links: tuple[str, ...],
        warnings: tuple[str, ...],
    ) -> MethodResult:
        return MethodResult(
            id=self.id,
            name=self.name,
            version=self.version,
            kind="model",
            quality="peer-reviewed-model",
            boundary="facility",
            like=True,
            energy_wh=footprint.energy_wh,
            co2e_g=footprint.co2e_g,
            water_ml=footprint.water_ml,
            why=why,
            footprint=footprint,
            sources=sources,
            links=links,
            warnings=warnings,
        )

    @cached_property
    def _buildings(self) -> Mapping[str, Any]:
        from ecologits.tracers.utils import PROVIDER_CONFIG_MAP

        return PROVIDER_CONFIG_MAP

    @cached_property
    def _language_impacts(self) -> Callable[..., dict[str, Any]]:
        from ecologits.impacts.llm import compute_llm_impacts_dag

        return compute_llm_impacts_dag

    @cached_property
    def _video_impacts(self) -> Callable[..., dict[str, Any]]:
        from ecologits.impacts.video import compute_video_impacts_dag

        return compute_video_impacts_dag

    def _language(self, model: LanguageModel, tokens: float, grid: Grid) -> Footprint:
        """Both ends are computed apart with plain numbers: its range type costs more than the arithmetic."""
        building = self._buildings[model.provider]
        pue, wue = _ends(building.datacenter_pue), _ends(building.datacenter_wue)
        ends = [
            self._language_impacts(
                model_active_parameter_count=model.active[i],
                model_total_parameter_count=model.total[i],
                output_token_count=tokens,
                request_latency=math.inf,
                if_electricity_mix_gwp=grid.g_per_kwh * 1e-3,
                if_electricity_mix_adpe=grid.adpe,
                if_electricity_mix_pe=grid.primary,
                if_electricity_mix_wue=grid.water,
                datacenter_pue=pue[i],
                datacenter_wue=wue[i],
                tps=model.tokens_per_second,
                ttft=model.first_token,
            )
            for i in ((0, 1) if _open(model.active, model.total, pue, wue) else (0,))
        ]
        return _footprint(ends[0], ends[-1], "request_it_energy", (wue[0], wue[1]), grid)

    def _video(
        self, key: str, seconds: float, pixels: float, grid: Grid
    ) -> tuple[Footprint, tuple[str, ...], tuple[str, ...]] | None:
        row = self.videos[key]
        server, building = row["server"], row["building"]
        pue, wue = _ends(building["datacenter_pue"]), _ends(building["datacenter_wue"])
        power = (server["server_power"]["p2_5"] / 1e3, server["server_power"]["p97_5"] / 1e3)
        frames = int(seconds * FRAMES + 1)
        ends = [
            self._video_impacts(
                video_width=pixels,  # only the product of width and height enters
                video_height=1,
                video_frames_count=frames,
                request_latency=math.inf,
                server_accelerator_power=power[i],
                if_electricity_mix_gwp=grid.g_per_kwh * 1e-3,
                if_electricity_mix_adpe=grid.adpe,
                if_electricity_mix_pe=grid.primary,
                if_electricity_mix_wue=grid.water,
                datacenter_pue=pue[i],
                datacenter_wue=wue[i],
                accelerator_embodied_gwp=server["accelerator_embodied"]["gwp"],
                accelerator_embodied_adpe=server["accelerator_embodied"]["adpe"],
                accelerator_embodied_pe=server["accelerator_embodied"]["pe"],
                server_embodied_gwp=server["server_embodied"]["gwp"],
                server_embodied_adpe=server["server_embodied"]["adpe"],
                server_embodied_pe=server["server_embodied"]["pe"],
                server_accelerator_count=server["number_of_accelerators"],
                **(row["regression_parameters"] | {"non_audio_weight": 1.0}),
            )
            for i in (0, 1)
        ]
        if ends[0]["request_energy"] <= 0:  # a regression below the sizes it was fitted on
            return None
        able = row["capabilities"]
        fitted = pixels in {width * height for width, height in able["resolutions"]} and (
            min(able["frames_count"]) <= frames <= max(able["frames_count"])
        )
        warnings = ("hardware-assumed",) if fitted else ("hardware-assumed", "beyond-fitted-sizes")
        links = tuple(str(link) for link in row.get("sources") or ())
        return _footprint(ends[0], ends[1], "server_accelerator_energy", (wue[0], wue[1]), grid), warnings, links

    @cached_property
    def _folder(self) -> Path:
        # Found without importing: the package's own start costs more than an answer about images should pay.
        spec = find_spec("ecologits")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("ecologits")
        return Path(spec.submodule_search_locations[0]) / "data"

    def _read(self, file: str) -> dict[str, Any]:
        return json.loads((self._folder / file).read_text("utf-8"))


def _model(row: dict[str, Any]) -> LanguageModel:
    parameters: Any = row["architecture"]["parameters"]
    mixture = isinstance(parameters, dict) and "active" in parameters
    deployment = cast("dict[str, float | None]", row.get("deployment") or {})
    return LanguageModel(
        provider=row["provider"],
        name=row["name"],
        active=_ends(parameters["active"] if mixture else parameters),
        total=_ends(parameters["total"] if mixture else parameters),
        tokens_per_second=deployment.get("tps"),
        first_token=deployment.get("ttft"),
        warnings=tuple(row["warnings"] or ()),
        links=tuple(row["sources"] or ()),
    )


def _ends(value: Any) -> tuple[float, float]:
    """A plain number, a min/max pair of its files, or its range type."""
    if isinstance(value, int | float):
        return float(value), float(value)
    if isinstance(value, dict):
        pair = cast("dict[str, float]", value)
        return float(pair["min"]), float(pair["max"])
    return float(value.min), float(value.max)


def _open(*pairs: tuple[float, float]) -> bool:
    return any(low != high for low, high in pairs)


def _more(share: float, weight: Interval) -> Interval:
    """What to multiply by when reading adds ``share`` tokens for each one written."""
    return Interval(1 + share * weight.low, 1 + share * weight.mid, 1 + share * weight.high)


def _footprint(low: dict[str, Any], high: dict[str, Any], it: str, wue: tuple[float, float], grid: Grid) -> Footprint:
    """Its kilos and litres in grams and millilitres, the geometric mean between the ends; water in its two parts."""

    def between(name: str, scale: float, also: str | None = None) -> Interval:
        ends = [end[name] + (end[also] if also else 0.0) for end in (low, high)]
        return Interval.spanning(ends[0] * scale, ends[1] * scale)

    site = Interval.spanning(low[it] * wue[0] * 1e3, high[it] * wue[1] * 1e3)
    return Footprint(
        energy_wh=between("request_energy", 1e3),
        usage_g=between("request_usage_gwp", 1e3),
        hardware_g=between("request_embodied_gwp", 1e3),
        water_site_ml=site,
        water_plant_ml=between("request_energy", grid.water * 1e3),
        primary_mj=between("request_usage_pe", 1.0, "request_embodied_pe"),
        adpe_mg=between("request_usage_adpe", 1e6, "request_embodied_adpe"),
    )
