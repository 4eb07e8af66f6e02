"""Numbers, units, periods and tasks are read back exactly as they were meant, in both languages, and nothing raises."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.mention import Amount, Mention, Per, Quantity
from bot.understanding.quantities import mentions
from bot.understanding.text import Message
from handlers.request import LANGUAGES, Language


def read(text: str, language: Language = "en") -> tuple[Mention, ...]:
    return mentions(Message.of(text), language)


def of_kind(text: str, language: Language, kind: str) -> list[Any]:
    return [m.value for m in read(text, language) if m.kind == kind]


# ------------------------------------------------------------------------------------------- a generator of phrases


@dataclass(frozen=True)
class Phrase:
    text: str
    value: float
    high: float | None = None


def _en_digits(n: int) -> list[str]:
    forms = [str(n), f"{n:,}", f"about {n}", f"{n:,}".replace(",", "\u202f")]
    if n % 1000 == 0:
        forms += [f"{n // 1000}k", f"{n // 1000} thousand", f"{n // 1000}K"]
    if n % 100_000 == 0:
        forms += [f"{n / 1e6:g}M", f"{n / 1e6:g} million", f"{n / 1e6:g} mio"]
    return forms


def _fr_digits(n: int) -> list[str]:
    forms = [
        str(n),
        f"{n:,}".replace(",", " "),
        f"{n:,}".replace(",", "."),
        f"environ {n}",
        f"{n:,}".replace(",", "\u202f"),
    ]
    if n % 1000 == 0:
        forms += [f"{n // 1000}k", f"{n // 1000} mille"]
    if n % 100_000 == 0:
        forms += [f"{n / 1e6:g}".replace(".", ",") + " millions", f"{n / 1e6:g}".replace(".", ",") + "M"]
    return forms


_EN_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_EN_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety"
_FR_UNITS = """zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
dix-sept dix-huit dix-neuf"""
_FR_TENS = "- - vingt trente quarante cinquante soixante"


def word(listed: str, index: int) -> str:
    return listed.split()[index]


def en_words(n: int) -> str:
    if n >= 1000:
        rest = n % 1000
        return f"{en_words(n // 1000)} thousand" + (f" {en_words(rest)}" if rest else "")
    if n >= 100:
        rest = n % 100
        return f"{en_words(n // 100)} hundred" + (f" and {en_words(rest)}" if rest else "")
    if n < 20:
        return word(_EN_UNITS, n)
    return word(_EN_TENS, n // 10) + (f"-{word(_EN_UNITS, n % 10)}" if n % 10 else "")


def fr_words(n: int) -> str:
    if n >= 1000:
        head = "mille" if n < 2000 else f"{fr_words(n // 1000)} mille"
        return head + (f" {fr_words(n % 1000)}" if n % 1000 else "")
    if n >= 100:
        head = "cent" if n < 200 else f"{word(_FR_UNITS, n // 100)} cent" + ("s" if n % 100 == 0 else "")
        return head + (f" {fr_words(n % 100)}" if n % 100 else "")
    if n < 20:
        return word(_FR_UNITS, n)
    if n < 70:
        ten, one = divmod(n, 10)
        return word(_FR_TENS, ten) + ("" if not one else " et un" if one == 1 else f"-{word(_FR_UNITS, one)}")
    if n < 80:
        return "soixante et onze" if n == 71 else f"soixante-{word(_FR_UNITS, n - 60)}"
    return "quatre-vingts" if n == 80 else f"quatre-vingt-{word(_FR_UNITS, n - 80)}"


@st.composite
def numbers(draw: st.DrawFn, language: Language) -> Phrase:
    digits = _en_digits if language == "en" else _fr_digits
    match draw(st.sampled_from(["digits", "round", "words", "range"])):
        case "words":
            n = draw(st.integers(2, 9999))
            return Phrase(en_words(n) if language == "en" else fr_words(n), n)
        case "round":
            n = draw(st.integers(1, 90)) * draw(st.sampled_from([10, 1000, 100_000, 1_000_000]))
            return Phrase(draw(st.sampled_from(digits(n))), n)
        case "range":
            low = draw(st.integers(2, 400))
            high = low + draw(st.integers(1, 400))
            joins = {"en": ["{}-{}", "{} to {}", "between {} and {}"], "fr": ["{}-{}", "{} à {}", "entre {} et {}"]}
            return Phrase(draw(st.sampled_from(joins[language])).format(low, high), low, high)
        case _:
            n = draw(st.integers(2, 3_000_000))
            return Phrase(draw(st.sampled_from(digits(n))), n)


NOUNS: dict[Language, list[tuple[str, str, float]]] = {
    "en": [
        ("prompts", "number", 1),
        ("images", "number", 1),
        ("google searches", "number", 1),
        ("tokens", "tokens", 1),
        ("words", "words", 1),
        ("pages", "words", 500),
        ("seconds", "seconds", 1),
        ("minutes", "minutes", 1),
        ("hours", "minutes", 60),
        ("developers", "people", 1),
    ],
    "fr": [
        ("requêtes", "number", 1),
        ("images", "number", 1),
        ("recherches google", "number", 1),
        ("jetons", "tokens", 1),
        ("mots", "words", 1),
        ("pages", "words", 500),
        ("secondes", "seconds", 1),
        ("minutes", "minutes", 1),
        ("heures", "minutes", 60),
        ("élèves", "people", 1),
    ],
}
PERIODS: dict[Language, list[tuple[str, Per]]] = {
    "en": [
        ("a day", Per("day")),
        ("per month", Per("month")),
        ("every week", Per("week")),
        ("/day", Per("day")),
        ("every workday", Per("day", workdays=True)),
        ("each year", Per("year")),
        ("3 times a week", Per("week", 3)),
        ("2x a day", Per("day", 2)),
        ("twice a month", Per("month", 2)),
        ("every 5 minutes", Per("hour", 12)),
        ("every 6 hours", Per("day", 4)),
        ("monthly", Per("month")),
    ],
    "fr": [
        ("par jour", Per("day")),
        ("par mois", Per("month")),
        ("chaque semaine", Per("week")),
        ("/jour", Per("day")),
        ("chaque jour ouvré", Per("day", workdays=True)),
        ("par an", Per("year")),
        ("3 fois par semaine", Per("week", 3)),
        ("deux fois par jour", Per("day", 2)),
        ("tous les mois", Per("month")),
        ("toutes les 5 minutes", Per("hour", 12)),
        ("toutes les 6 heures", Per("day", 4)),
        ("quotidiennement", Per("day")),
    ],
}


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_phrases_are_read_back(data: st.DataObject, language: Language) -> None:
    number = data.draw(numbers(language))
    noun, kind, factor = data.draw(st.sampled_from(NOUNS[language]))
    period, per = data.draw(st.sampled_from(PERIODS[language]))
    text = f"{number.text} {noun} {period}"
    found = {m.kind: m.value for m in read(text, language)}
    quantity: Quantity = found[kind]
    assert math.isclose(quantity.value, number.value * factor, rel_tol=1e-9), text
    assert (quantity.high is None) == (number.high is None), text
    if number.high is not None and quantity.high is not None:
        assert math.isclose(quantity.high, number.high * factor), text
    rhythm: Per = found["period"]
    assert (rhythm.period, rhythm.workdays) == (per.period, per.workdays), text
    assert math.isclose(rhythm.times, per.times), text


PIECES = """20 2k 1,5 1.000 half a un une demi million et and 10-20 to entre / - x3 h 1h30 4k every toutes les 5 minutes
de of d' images heure hour kg CO2 per kWh @ % $ 2030 quart d'heure team on est zero 9999999999999999999999 ² ½ p b m"""
PIECE = st.sampled_from([*PIECES.split(), "\x01"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECE, max_size=30).map(" ".join), st.lists(PIECE).map("".join)))
def test_never_raises_and_stays_in_the_sentence(text: str) -> None:
    message = Message.of(text)
    for language in LANGUAGES:
        previous = 0
        for mention in mentions(message, language, [(0, 3), (5, 2), (-4, 99999)][: len(text) % 4]):
            assert 0 <= mention.start < mention.end <= len(message.plain)
            assert mention.start >= previous
            previous = mention.start
            if isinstance(mention.value, Quantity | Amount):
                # Below zero where a minus was typed: the calculator refuses that kindly.
                assert math.isfinite(mention.value.value)


@pytest.mark.parametrize(
    ("text", "language", "kind", "expected"),
    [
        ("half a million", "en", "number", [Quantity(500_000)]),
        ("a dozen images", "en", "number", [Quantity(12)]),
        ("a couple of clips", "en", "number", [Quantity(2)]),
        ("a few images", "en", "number", []),
        ("a few hundred images", "en", "number", []),
        ("1.000 images", "en", "number", [Quantity(1)]),
        ("1.000 images", "fr", "number", [Quantity(1000)]),
        ("1,5 million", "en", "number", [Quantity(1_500_000)]),
        ("un million et demi", "fr", "number", [Quantity(1_500_000)]),
        ("un demi-million", "fr", "number", [Quantity(500_000)]),
        ("une centaine d'images", "fr", "number", [Quantity(100)]),
        ("des milliers d'images", "fr", "number", []),
        ("20images", "en", "number", [Quantity(20)]),
        ("images x3", "en", "number", [Quantity(3)]),
        ("10-20k prompts", "en", "number", [Quantity(10_000, 20_000)]),
        ("by 2030", "en", "number", []),
        ("2025 prompts", "en", "number", [Quantity(2025)]),
        ("the 3rd image", "en", "number", []),
        ("100% of it for $20 at 8:30", "en", "number", []),
        ("20 to 30 times more", "en", "number", []),
        ("3 500 word posts", "en", "words", [Quantity(500)]),
        ("2k in / 500 out", "en", "tokens", [Quantity(2000, role="input"), Quantity(500, role="output")]),
        ("400 jetons en sortie", "fr", "tokens", [Quantity(400, role="output")]),
        ("a prompt of 3000 tokens", "en", "tokens", [Quantity(3000, role="input")]),
        ("500 cached tokens", "en", "tokens", [Quantity(500, role="cached")]),
        ("a 10-sec clip", "en", "seconds", [Quantity(10)]),
        ("8s", "en", "seconds", [Quantity(8)]),
        ("1h30", "fr", "minutes", [Quantity(90)]),
        ("half an hour", "en", "minutes", [Quantity(30)]),
        ("une heure et demie", "fr", "minutes", [Quantity(90)]),
        ("trois quarts d'heure", "fr", "minutes", [Quantity(45)]),
        ("40 mn", "fr", "minutes", [Quantity(40)]),
        ("a 4k video", "en", "resolution", ["4k"]),
        ("4k prompts", "en", "resolution", []),
        ("full HD", "en", "resolution", ["1080p"]),
        ("1024 x 1024", "en", "resolution", ["1024x1024"]),
        ("15 of us", "en", "people", [Quantity(15)]),
        ("we're 8", "en", "people", [Quantity(8)]),
        ("une équipe de neuf", "fr", "people", [Quantity(9)]),
        ("nous sommes 8", "fr", "people", [Quantity(8)]),
        ("12 graphic designers", "en", "people", [Quantity(12)]),
        ("a 70B model", "en", "params", [Quantity(70)]),
        ("70 milliards de paramètres", "fr", "params", [Quantity(70)]),
        ("over a year", "en", "horizon", [Per("year")]),
        ("au bout d'un an", "fr", "horizon", [Per("year")]),
        ("20 prompts a day, so what per year?", "en", "horizon", [Per("year")]),
        ("20 images a week and 3 videos a month", "en", "period", [Per("week"), Per("month")]),
        ("5 kg of CO2", "en", "amount", [Amount("co2e_g", 5000)]),
        ("une tonne de CO2", "fr", "amount", [Amount("co2e_g", 1_000_000)]),
        ("3,5 Wh", "fr", "amount", [Amount("energy_wh", 3.5)]),
        ("2,500 kWh", "fr", "amount", [Amount("energy_wh", 2500)]),
        ("2 litres d'eau", "fr", "amount", [Amount("water_ml", 2000)]),
        ("400 gCO2/kWh", "en", "amount", []),
    ],
)
def test_single_forms(text: str, language: Language, kind: str, expected: list[Any]) -> None:
    assert of_kind(text, language, kind) == expected


@pytest.mark.parametrize(
    ("text", "language", "tasks"),
    [
        ("50 imges", "en", ["image"]),
        ("text-to-speech of my sumaries", "en", ["speech", "text"]),
        ("transcibe my meeting", "en", ["transcription"]),
        ("3 deep research reports", "en", ["reasoning"]),
        ("recherches google", "fr", ["search"]),
        ("sous-titrer", "fr", ["transcription"]),
        ("lire à voix haute", "fr", ["speech"]),
        ("what did Google change in the massage", "en", []),
        ("en train à Lyon", "fr", []),
        ("20 footprints of AI", "en", []),
    ],
)
def test_tasks(text: str, language: Language, tasks: list[str]) -> None:
    assert of_kind(text, language, "task") == tasks


def test_names_read_already_are_left_alone() -> None:
    message = Message.of("20 dall-e 3 images")
    found = mentions(message, "en", [(3, 11)])
    assert [(m.kind, m.value) for m in found] == [("number", Quantity(20)), ("task", "image")]


def test_one_is_weak() -> None:
    (one,) = (m for m in read("a 5 second Kling clip") if m.kind == "number")
    assert one.value == Quantity(1)
    assert one.score < 0.6


def test_long_text_is_read_without_a_word() -> None:
    """How long it takes is for the benchmarks to say."""
    for text in (
        "20 images a day " * 250,
        "x " * 2000,
        "un et " * 700,
        "1 000 " * 700,
        "every 5 " * 500,
        "-" * 4000,
        "' " * 2000,
    ):
        assert mentions(Message.of(text), "fr") is not None
