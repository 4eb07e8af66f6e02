"""What is used: one line of what a person describes, before anything is supposed about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from knowledge.schema import Task

Period = Literal["hour", "day", "week", "month", "year"]
TASKS: tuple[Task, ...] = get_args(Task)
PERIODS: tuple[Period, ...] = get_args(Period)


@dataclass(frozen=True, slots=True)
class Use:
    """None means "not said"; what is then supposed stands among the estimate's assumptions.

    ``count`` counts units of the task: replies, agent tasks, images, clips, minutes of audio (transcription, speech),
    documents, items, searches, training runs. "12 people, 30 prompts a day each" is count 30, period day, people 12.
    """

    task: Task
    model: str | None = None  # id of a knowledge.schema.Model
    count: float | None = None
    count_high: float | None = None  # upper end where a range was said ("10-20 images"); ``count`` is the lower end
    period: Period | None = None
    workdays: bool = False  # "every workday": a day counts 5 a week, 220 a year
    horizon: Period | None = None  # "... over a year": the span to sum over
    people: int | None = None
    place: str | None = None  # ISO alpha-3, EUU, WOR, or a sub-region of knowledge.schema.Place
    output_tokens: float | None = None
    input_tokens: float | None = None
    cached_tokens: float | None = None
    words: float | None = None  # length of one reply in words, where said so
    seconds: float | None = None  # length of a clip; of a chat or of work with an agent, where no replies were counted
    resolution: str | None = None  # "720p", "1080p", "4k", "1024x1024"
    params_b: float | None = None  # size of a model in billions of parameters, where a person gives only that
    input_words: float | None = None  # length of what is read for it, in words, where said so
    horizons: float | None = None  # "... over 10 weeks": so many of ``horizon``; None: one
    populace: str | None = None  # the place whose whole population ``people`` are: "everyone in France"
    chip: str | None = None  # id of a knowledge.schema.Chip that somebody runs themselves; then ``hours`` is said too
    chips: float | None = None  # how many of them; None: one
    hours: float | None = None  # that each of them runs
