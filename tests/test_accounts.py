"""What is asked of a team's book: over which time, cut which way, and when the weekly message is to come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core import Core
from handlers.context import Context
from handlers.phrases import Lexicon
from handlers.request import Language, Request
from handlers.usage.spans import SPANS, month, span

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def understood(core: Core, text: str, language: Language = "en", context: Context | None = None) -> dict[str, Any]:
    intent = core._read(Request(text, "discord:1", "c", NOW, locale=language), context).intent  # pyright: ignore[reportPrivateUsage]
    return {"command": intent.command, **intent.arguments}


@pytest.mark.parametrize(
    ("english", "french", "asked"),
    [
        ("report by week", "le bilan par semaine", {"by": "week"}),
        ("our usage week by week", "le bilan semaine par semaine", {"by": "week"}),
        ("report per week", "notre consommation par semaine", {"by": "week"}),
        ("report by week this month", "le bilan par semaine ce mois-ci", {"by": "week", "period": "month"}),
        ("this year's report by week", "le bilan de l'année par semaine", {"by": "week", "period": "year"}),
        ("report by week for this year", "bilan par semaine sur l'année", {"by": "week", "period": "year"}),
        ("report by month", "le bilan par mois", {"by": "month"}),
        ("report per model", "le bilan par modèle", {"by": "model"}),
        ("report by model this week", "le bilan par modèle cette semaine", {"by": "model", "period": "week"}),
        ("breakdown by task", "le détail par tâche", {"by": "task"}),
        ("report by person this year", "le bilan par personne cette année", {"by": "who", "period": "year"}),
        ("who used what?", "qui a utilisé quoi ?", {"by": "who"}),
        ("weekly report", "le bilan de la semaine", {"period": "week"}),
        ("report for the year", "le bilan annuel", {"period": "year"}),
        ("last month's report", "le bilan du mois dernier", {"period": "last-month"}),
        ("how much did we use last week?", "combien a-t-on consommé la semaine dernière ?", {"period": "last-week"}),
        ("yesterday's total", "le bilan d'hier", {"period": "last-day"}),
        ("what did we burn through in October?", "qu'est-ce qu'on a cramé en octobre ?", {"month": 10}),
        ("compare this month to last month", "compare ce mois-ci au mois dernier", {"period": "month"}),
        ("recompute this year's report", "recalcule le bilan de l'année", {"figures": "now", "period": "year"}),
        (
            "this month's report with today's methods",
            "le bilan du mois avec les méthodes d'aujourd'hui",
            {"figures": "now", "period": "month"},
        ),
        ("may I see the report?", "notre bilan", {}),
        ("/report by week", "/bilan par semaine", {"by": "week"}),
        ("/report week", "/bilan semaine", {"period": "week"}),
        ("/report this month", "/bilan ce mois-ci", {"period": "month"}),
    ],
)
def test_over_which_time_and_which_way(core: Core, english: str, french: str, asked: dict[str, Any]) -> None:
    for text, language in ((english, "en"), (french, "fr")):
        assert understood(core, text, language) == {"command": "report", **asked}, text  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("english", "french", "asked"),
    [
        ("and by model?", "et par modèle ?", {"by": "model"}),
        ("and last month?", "et le mois dernier ?", {"period": "last-month"}),
        ("what about October", "et en octobre ?", {"month": 10}),
    ],
)
def test_a_report_is_cut_another_way(core: Core, english: str, french: str, asked: dict[str, Any]) -> None:
    for text, language in ((english, "en"), (french, "fr")):
        context = Context("report", NOW, language)
        assert understood(core, text, "en", context) == {"command": "report", **asked}, text


@pytest.mark.parametrize(
    ("english", "french", "asked"),
    [
        ("is there a weekly digest?", "il y a un résumé hebdomadaire ?", {}),
        ("turn on the weekly digest", "active le résumé hebdomadaire", {"state": "on"}),
        (
            "turn on the weekly digest on Fridays at 5 pm",
            "active le résumé hebdomadaire le vendredi à 17h",
            {"state": "on", "weekday": "friday", "hour": 17.0},
        ),
        (
            "the digest on Tuesday at noon",
            "le résumé hebdomadaire le mardi à midi",
            {"weekday": "tuesday", "hour": 12.0},
        ),
        (
            "/digest friday 17 Europe/Brussels",
            "/hebdo vendredi 17 Europe/Brussels",
            {"weekday": "friday", "hour": 17.0, "zone": "Europe/Brussels"},
        ),
        ("pause the digest", "mets le résumé hebdo en pause", {"state": "off"}),
        ("turn off the weekly digest", "/hebdo désactivé", {"state": "off"}),
    ],
)
def test_when_the_weekly_message_comes(core: Core, english: str, french: str, asked: dict[str, Any]) -> None:
    for text, language in ((english, "en"), (french, "fr")):
        assert understood(core, text, language) == {"command": "digest", **asked}, text  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("words", ["note 20 images avec dall-e", "log 20 images with dall-e", "note 5 images"])
def test_a_use_to_be_noted_is_no_answer_to_a_question_of_ours(core: Core, words: str) -> None:
    """Whatever waits: a quiz with "20" among its options, a use whose kind was asked for, three readings."""
    for question in core.kit.library.quiz:  # every question there is
        waits = Context("quiz", NOW, "fr", question=question)
        assert understood(core, words, "fr", waits)["command"] == "log", question
    for waiting in ("task", "what", "model"):
        waits = Context("clarify", NOW, "fr", waiting=waiting)
        assert understood(core, words, "fr", waits)["command"] == "log", waiting


@pytest.mark.parametrize("code", SPANS)
def test_every_span_lies_before_now_and_has_a_name(code: str) -> None:
    for now in (NOW, datetime(2026, 1, 1, tzinfo=UTC), datetime(2024, 2, 29, 23, 59, tzinfo=UTC)):
        over = span(code, now)
        assert over.since < over.until
        assert over.running == (not code.startswith("last-"))
        assert over.until <= now if not over.running else over.since <= now < over.until
        if over.earlier is not None:
            assert over.earlier[0] <= over.earlier[1] <= over.since
        assert {over.said(Lexicon.load()[language])[:1].isupper() for language in ("en", "fr")} == {True}


def test_a_month_by_its_name_is_the_latest_there_was() -> None:
    assert month(11, NOW) == span("month", NOW)
    october, december = month(10, NOW), month(12, NOW)
    assert (october.since, october.until) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    assert (december.since, december.until) == (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert october.said(Lexicon.load()["en"]) == "October 2026"
    assert october.said(Lexicon.load()["fr"]) == "Octobre 2026"
