"""What the bot says of itself: measured, with its method and its sources, beside an AI's reply, and never nothing."""

from __future__ import annotations

import pytest

from bot.assembly import assembled
from bot.core import Core
from bot.observing import Effort
from bot.storage.memory import memory_ports
from handlers.answer import Answer, plain
from handlers.request import Language, Request
from knowledge.calculator.places import WORLD
from knowledge.calculator.processor import Processor
from knowledge.library import Library
from tests.conftest import StillClock, Talk

ASKED = [
    ("/about", "en"), ("what did this answer cost?", "en"), ("what's your own footprint?", "en"),
    ("how much energy did your reply use?", "en"), ("/apropos", "fr"), ("combien a coûté cette réponse ?", "fr"),
    ("quelle est ta propre empreinte ?", "fr"), ("cette réponse a consommé combien ?", "fr"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "language"), ASKED)
def test_asked_plainly_or_by_command(talk: Talk, said: str, language: Language) -> None:
    answer = talk.say(said, language)
    title = plain(answer.title)
    assert answer.intent == "help"
    assert "mWh" in title or " Wh" in title
    assert ("Not zero" if language == "en" else "Ce n'est pas zéro") in title
    assert any("CO2e" in figure.value for figure in answer.figures)
    assert any(citation.publisher == "Thoughtworks" for citation in answer.citations)
    method = plain(answer.notes[0])
    assert "4 W" in method
    assert ("our own assumption" if language == "en" else "hypothèse propre") in method


async def said(core: Core, text: str, clock: StillClock, language: Language = "en") -> Answer:
    answer = await core.answer(Request(text, "test:1", "c", clock.now(), language=language))
    assert answer is not None
    return answer


async def test_the_figure_is_what_was_measured(clock: StillClock) -> None:
    """A processor clock of ours: each answer takes 9 ms of it, and 9 ms x 4 W x 1.15 are 0.0115 mWh."""
    core = assembled(memory_ports(clock))
    ticks = iter(range(10_000))
    core.effort.__init__(lambda: next(ticks) * 0.009)  # type: ignore[misc]
    for _ in range(3):
        await said(core, "hello", clock)
    answer = await said(core, "/about", clock)
    assert answer.figures[0].value.startswith("0.011 mWh") or answer.figures[0].value.startswith("0.012 mWh")
    assert "4 answers" in plain(answer.notes[0])
    assert "9 ms" in plain(answer.notes[0])


def test_answers_side_by_side_are_not_counted_twice() -> None:
    now = [0.0]
    effort = Effort(lambda: now[0])
    effort.begin()
    now[0] = 1.0
    effort.begin()
    now[0] = 2.0
    effort.end()
    effort.end()
    now[0] = 50.0  # idle: nobody's
    spent = effort.spent()
    assert (spent.answers, spent.seconds) == (2, 2.0)


def test_power_times_time_times_the_building() -> None:
    library = Library.load()
    core = assembled(memory_ports())
    processor = Processor(library)
    energy = processor.footprint(3600.0, core.kit.calculator.grid(WORLD)).energy_wh
    assert energy.mid == pytest.approx(4 * 1.15)
    assert energy.low == pytest.approx(1 * 1.08)
    assert energy.high == pytest.approx(15 * 1.54)
