"""From a use as described to a job with nothing left open, with every input listed as said or supposed.

Bounds are checked here: what comes out is finite and positive, or a refusal says which input is not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from knowledge.calculator.electricity import interval
from knowledge.calculator.errors import CannotEstimate, OutOfBounds, Unknown
from knowledge.calculator.estimate import Assumption
from knowledge.calculator.interval import Interval
from knowledge.calculator.job import LANGUAGE, Job
from knowledge.calculator.methods.ecologits import EcoLogits
from knowledge.calculator.methods.factors import by_size
from knowledge.calculator.methods.nameplate import SHARE, watts
from knowledge.calculator.methods.published import speaks_of
from knowledge.calculator.places import WORLD, Places
from knowledge.calculator.use import Use
from knowledge.library import Library
from knowledge.schema import Factor, Model, Task

_SIDES = re.compile(r"^(\d{2,5})\s*[x×*]\s*(\d{2,5})$")
_LINES = re.compile(r"^(\d{3,4})[pi]?$")

LEAST = 1e-12  # of anything that is counted: what is smaller is a slip of the pen, and breaks sums where it divides

# Tasks that a language model may be put to; for the others it has no figure of its own.
_BY_LANGUAGE_MODEL: frozenset[Task] = frozenset((*LANGUAGE, "classification", "search"))
_MEDIA: frozenset[Task] = frozenset(("image", "video", "speech", "transcription"))
_CLASS: dict[Task, str] = {
    "text": "text-short",
    "reasoning": "reasoning",
    "code": "code-agent",
    "image": "image-1024",
    "video": "video-720p",
    "transcription": "transcription-minute",
    "speech": "speech-minute",
    "embedding": "embedding-document",
    "classification": "classification-item",
    "search": "web-search",
    "training": "training-params",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A job, and what had to be supposed to get there."""

    job: Job
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
    stands_for: bool  # the figures will be of another model or of a class


@dataclass(slots=True)
class _Notes:
    assumptions: list[Assumption] = field(default_factory=list[Assumption])
    warnings: list[str] = field(default_factory=list[str])

    def note(self, key: str, value: float | str, said: bool, unit: str | None = None) -> None:
        self.assumptions.append(Assumption(key, value, said, unit))


class Filling:
    def __init__(self, library: Library, places: Places, ecologits: EcoLogits) -> None:
        self._library = library
        self._places = places
        self._ecologits = ecologits
        self._defaults = library.defaults

    def fill(self, use: Use) -> Filled:
        """Raises OutOfBounds, Unknown or CannotEstimate."""
        notes = _Notes()
        if use.chip is not None:
            return self._machine(use, use.chip, notes)
        asked = self._model(use.model) if use.model is not None else None
        model = self._meant(asked, use.task) if asked is not None else None
        grid = self._places.grid(self._place(use, asked, model, notes))
        if grid.default_water:
            notes.warnings.append("water-of-the-world")
        sized = asked is None and use.params_b is not None and use.task in LANGUAGE
        factor = self._factor(use, asked, model) if not sized else None
        job = Job(task=use.task, grid=grid, asked=asked, model=model, factor=factor)
        if asked is not None and model is not None:
            notes.note("model", model.id, model is asked)
            if not asked.disclosed and use.task in _MEDIA:
                notes.warnings.append("vendor-discloses-nothing")
        fill = {"image": self._image, "video": self._video, "training": self._training}.get(use.task)
        if fill is not None:
            job = fill(use, job, notes)
        elif use.task == "embedding":
            job = self._embedding(use, job, notes)
        elif use.task in LANGUAGE or (model is not None and use.task in _BY_LANGUAGE_MODEL and _is_language(model)):
            job = self._language(use, job, notes)
        if sized and use.params_b is not None:
            notes.note("params_b", self.bounded("params_b", use.params_b, "params"), True, "params_b")
            job = _with(job, params_b=Interval.of(use.params_b))
        covered = model is not None and self._covered(job)
        if job.factor is not None and (asked is None or not covered):
            notes.note("class", job.factor.id, False)
        # A training is reckoned from the model's own size or from what was printed of it.
        own = covered or use.task == "training"
        stands_for = asked is not None and (model is not asked or not own)
        return Filled(job, tuple(notes.assumptions), tuple(notes.warnings), stands_for)

    def _machine(self, use: Use, id_: str, notes: _Notes) -> Filled:
        """Chips that somebody runs themselves, wherever the maker of a model runs its own."""
        chip = self._library.chips.get(id_)
        if chip is None:
            raise Unknown("chip", id_)
        hours = self.bounded("hours", use.hours if use.hours is not None else 1.0, "count")
        chips = self.bounded("chips", use.chips if use.chips is not None else 1.0, "count")
        grid = self._places.grid(self._place(use, None, None, notes))
        power, share = watts(chip), interval(self._defaults[SHARE])
        notes.assumptions.append(Assumption("watts", power.mid, False, "W", power.low, power.high, chip.sources[0]))
        notes.assumptions.append(Assumption("machine_share", share.mid, False, "times", share.low, share.high))
        model = self._model(use.model) if use.model is not None else None
        job = Job(use.task, grid, model, model, machine_wh=power * (hours * chips), chip=chip)
        warnings = ("water-of-the-world",) if grid.default_water else ()
        return Filled(job, tuple(notes.assumptions), warnings, False)

    def near(self, name: str) -> tuple[str, ...]:
        """Ids of models whose id, name or other names look like what was asked."""
        words: dict[str, str] = {}
        for model in self._library.models.values():
            for word in (model.id, model.name.lower(), *model.words):
                words.setdefault(word, model.id)
        hits = process.extract(name.lower(), words.keys(), scorer=fuzz.ratio, limit=8, score_cutoff=60)
        return tuple(dict.fromkeys(words[key] for key, _, _ in hits))[:3]

    def bounded(self, key: str, value: float, limit: str) -> float:
        """The value, more than next to nothing, finite and within a limit of ``defaults.yaml``."""
        top = self._defaults[f"limit.{limit}"].value
        if math.isnan(value) or value < LEAST or value > top:
            raise OutOfBounds(key, value, top)
        return value

    def _model(self, id_: str) -> Model:
        model = self._library.models.get(id_)
        if model is None:
            raise Unknown("model", id_, self.near(id_))
        return model

    def _meant(self, asked: Model, task: Task) -> Model:
        """The model that a product is taken for: for a training only where nothing is known of its own."""
        if task == "training":
            trainings = (record for record in self._library.published.values() if record.task == task)
            if asked.ecologits is not None or any(speaks_of(record, asked.id) for record in trainings):
                return asked
        model, seen = asked, {asked.id}
        while model.stands_for is not None and model.stands_for not in seen:
            model = self._library.models[model.stands_for]
            seen.add(model.id)
        return model

    def _place(self, use: Use, asked: Model | None, model: Model | None, notes: _Notes) -> str:
        known = next((m.place for m in (asked, model) if m is not None and m.place is not None), None)
        code = use.place or known or WORLD
        notes.note("place", code, use.place is not None)
        return code

    def _factor(self, use: Use, asked: Model | None, model: Model | None) -> Factor | None:
        """The class that stands in where no method knows the model, or None where a method does."""
        factors, task = self._library.factors, use.task
        if model is None or asked is None:
            if task == "code" and (use.output_tokens is not None or use.words is not None):
                line = factors["code-completion"]
                inline = (use.output_tokens or math.inf) <= line.at["output_tokens"]
                return line if inline else factors["text-short"]  # so many tokens are a reply, not an agent's task
            return factors[_CLASS[task]]
        if task == "training":
            return factors[_CLASS[task]]
        own = next(
            (factors[m.factor] for m in (asked, model) if m.factor is not None and factors[m.factor].task == task), None
        )
        if own is not None:
            return own
        language = _is_language(model)
        if task in _BY_LANGUAGE_MODEL and language:
            if self._knows(model):
                return None
            return factors[_CLASS["text" if task in ("classification", "search") else task]]
        if task == "image" and language:
            return factors["image-closed"]
        if task == "video" and model.ecologits_video is not None:
            return None
        if model.task == task or language:
            return factors[_CLASS[task]]
        raise CannotEstimate("not-for-this-task", asked.id)

    def _knows(self, model: Model) -> bool:
        return model.ecocost is not None or model.ecologits is not None

    def _covered(self, job: Job) -> bool:
        """Whether a method has figures of the model itself."""
        model = job.model
        if model is None:
            return False
        if job.task == "video":
            return model.ecologits_video is not None
        return job.output_tokens is not None and self._knows(model)

    def _default(self, key: str, default: str, notes: _Notes, said: float | None, limit: str, unit: str) -> float:
        """What was said, within bounds, or what is supposed, noted either way."""
        if said is not None:
            value = self.bounded(key, said, limit)
            notes.note(key, value, True, unit)
            return value
        record = self._defaults[default]
        source = record.sources[0] if record.sources else None
        notes.assumptions.append(Assumption(key, record.value, False, unit, record.low, record.high, source))
        return record.value

    def _language(self, use: Use, job: Job, notes: _Notes) -> Job:
        task = use.task
        said = use.output_tokens
        if said is None and use.words is not None:
            said = self.bounded("output_tokens", self._tokens_of(use.words, "words", notes), "tokens")
        if said is None and job.factor is not None and job.factor.id == "code-agent" and not self._covering(job):
            return job  # a whole task: its length is in the factor
        # A class of its own length (a completion, a long reply) is taken at that length.
        own = job.factor.at.get("output_tokens") if job.factor is not None and not self._covering(job) else None
        if said is None and own is not None and own != self._defaults[f"tokens.{task}"].value:
            notes.note("output_tokens", own, False, "tokens")
            output = own
        else:
            output = self._default("output_tokens", f"tokens.{task}", notes, said, "tokens", "tokens")
        # Nothing read is the same as nothing said of it.
        fresh, cached = use.input_tokens or None, use.cached_tokens or None
        if fresh is None and use.input_words:
            fresh = self._tokens_of(use.input_words, "input_words", notes)
        counts = fresh is not None or cached is not None
        if cached is not None:
            cached = self.bounded("cached_tokens", cached, "tokens")
            notes.note("cached_tokens", cached, True, "tokens")
        if counts:
            # What is read from a cache is part of the input; said alone, it is all of it.
            fresh = self._default("input_tokens", f"input.{task}", notes, fresh or cached, "tokens", "tokens")
        elif job.model is not None and self._knows(job.model):
            fresh = self._default("input_tokens", f"input.{task}", notes, None, "tokens", "tokens")
            if task == "code" and said is None:
                cached = self._default("cached_tokens", "cached.code", notes, None, "tokens", "tokens")
                counts = True
            elif task == "code":
                fresh, cached = self._defaults["input.text"].value, 0.0
                notes.assumptions[-1] = Assumption("input_tokens", fresh, False, "tokens")
            elif task in ("classification", "search"):
                counts = True
        return _with(
            job,
            output_tokens=output,
            output_said=said is not None,
            input_tokens=fresh or 0.0,
            input_counts=counts,
            cached_tokens=min(cached or 0.0, fresh or 0.0),
        )

    def _tokens_of(self, words: float, key: str, notes: _Notes) -> float:
        """Words in tokens, and the rate noted."""
        words = self.bounded(key, words, "tokens")
        rate = self._defaults["tokens.per-word"]
        notes.note(key, words, True)
        notes.assumptions.append(Assumption("tokens_per_word", rate.value, False, "tokens", rate.low, rate.high))
        return words * rate.value

    def _covering(self, job: Job) -> bool:
        return job.model is not None and self._knows(job.model)

    def _embedding(self, use: Use, job: Job, notes: _Notes) -> Job:
        said = use.input_tokens
        if said is None and use.words is not None:
            said = use.words * self._defaults["tokens.per-word"].value
        if said is None:
            return job
        notes.note("input_tokens", self.bounded("input_tokens", said, "tokens"), True, "tokens")
        return _with(job, input_tokens=said)

    def _image(self, use: Use, job: Job, notes: _Notes) -> Job:
        own = job.factor.at.get("pixels") if job.factor is not None else None
        return _with(job, pixels=self._pixels(use, own, "pixels.image", notes))

    def _video(self, use: Use, job: Job, notes: _Notes) -> Job:
        own = job.factor.at.get("pixels") if job.factor is not None and job.asked is not None else None
        pixels = self._pixels(use, own, "pixels.video", notes)
        seconds = self._default("seconds", "seconds.video", notes, use.seconds, "seconds", "seconds")
        factor = by_size(self._library, pixels) if job.factor is not None else None
        return _with(job, pixels=pixels, seconds=seconds, factor=factor)

    def _pixels(self, use: Use, own: float | None, default: str, notes: _Notes) -> float:
        if use.resolution is not None:
            pixels = self.bounded("resolution", self.pixels(use.resolution), "pixels")
            notes.note("resolution", use.resolution, True)
            return pixels
        if own is not None and own != self._defaults[default].value:
            notes.note("pixels", own, False, "pixels")
            return own
        return self._default("pixels", default, notes, None, "pixels", "pixels")

    def pixels(self, resolution: str) -> float:
        """ "720p", "4k", "1024x1024", "512" (a square). Raises Unknown for anything else."""
        text = resolution.strip().lower()
        named = self._defaults.get(f"pixels.{text}")
        if named is not None:
            return named.value
        sides = _SIDES.match(text)
        if sides is not None:
            return float(sides[1]) * float(sides[2])
        lines = _LINES.match(text)
        if lines is None:
            raise Unknown("resolution", resolution, ("720p", "1080p", "1024x1024"))
        named = self._defaults.get(f"pixels.{lines[1]}p")
        return named.value if named is not None else float(lines[1]) ** 2

    def _training(self, use: Use, job: Job, notes: _Notes) -> Job:
        notes.warnings.append("training-from-scratch")
        if use.params_b is not None:
            notes.note("params_b", self.bounded("params_b", use.params_b, "params"), True, "params_b")
            return _with(job, params_b=Interval.of(use.params_b))
        if job.asked is None or job.model is None:
            record = self._defaults["params.training"]
            notes.assumptions.append(Assumption("params_b", record.value, False, "params_b", record.low, record.high))
            return _with(job, params_b=Interval.of(record.value))
        key = job.model.ecologits
        size = self._ecologits.size(key) if key is not None else None
        if size is None:
            return _with(job, factor=None)
        active = size.active
        notes.assumptions.append(
            Assumption("params_b", active.mid, False, "params_b", active.low, active.high, "ecologits-2026")
        )
        if not size.published:
            notes.warnings.append("model-arch-not-released")
        return _with(job, params_b=active)


def _is_language(model: Model) -> bool:
    return model.task in LANGUAGE


def _with(job: Job, **changes: object) -> Job:
    return replace(job, **changes)  # pyright: ignore[reportArgumentType] - names are checked by replace itself
