"""Charts: the picture says what the chart holds, in both languages, whatever the labels try."""

from __future__ import annotations

import asyncio
import os
import struct
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest

from bot.charts.drawing import DARK, LIGHT, MOST_BARS, Theme, drawn
from bot.charts.font import FILES, width, wrapped
from bot.charts.painter import MOST_KEPT, Painter
from bot.charts.scale import scale
from handlers.answer import Bar, Chart, Citation
from handlers.phrases import Lexicon

LEXICON = Lexicon.load()
DAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).parent / "golden"
CITED = (Citation("A report", "Ember", 2026, "https://example.org"),)
BARS = (
    Bar("1 réponse à l’œuvre", 0.1, 0.26, 0.6),
    Bar("5 images, Pologne", 0.4, 0.9, 2.5, "serveur entier"),
)


def chart(bars: tuple[Bar, ...] = BARS, unit: str = "co2e_g", caption: str = "carbone, du bas au haut") -> Chart:
    return Chart(bars, unit, caption, "carbone : 0,26 g contre 0,9 g")


def svg(what: Chart, language: str = "fr", theme: Theme = DARK) -> str:
    return drawn(what, LEXICON[language], CITED, DAY, theme)


def words(picture: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(picture).iter(f"{SVG}text")]


def test_golden_picture() -> None:
    """Written anew with SMALLPRINT_GOLDEN=1, then looked at."""
    file = GOLDEN / "chart.svg"
    if os.environ.get("SMALLPRINT_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(svg(chart()), "utf-8")
    assert svg(chart()) == file.read_text("utf-8")


def test_unit_range_sources_and_date_are_burned_in() -> None:
    said = " | ".join(words(svg(chart()))).replace("\u00a0", " ")
    assert "0,26 g CO2e (0,1–0,6)" in said
    assert "Sources : Ember 2026" in said
    assert "22 novembre 2026" in said
    assert "22 November 2026" in " | ".join(words(svg(chart(), "en")))


def test_alt_text_travels_with_the_picture() -> None:
    assert ET.fromstring(svg(chart())).findtext(f"{SVG}desc") == "carbone : 0,26 g contre 0,9 g"


@pytest.mark.parametrize(
    ("bars", "logarithmic"),
    [
        ((Bar("a", 1, 1, 1), Bar("b", 30, 30, 30)), False),
        ((Bar("a", 1, 1, 1), Bar("b", 31, 31, 31)), True),
        ((Bar("a", 0, 0, 0), Bar("b", 5, 5, 5)), False),
        ((Bar("a", 0, 0, 0),), False),
        ((Bar("a", 1e-9, 1, 1e9),), True),
    ],
)
def test_logarithmic_only_beyond_thirtyfold_and_said(bars: tuple[Bar, ...], logarithmic: bool) -> None:
    assert scale(bars).logarithmic is logarithmic
    for language, said in (("en", "Logarithmic scale"), ("fr", "Échelle logarithmique")):
        assert (said in svg(chart(bars), language)) is logarithmic


@pytest.mark.parametrize("top", [3e-7, 0.04, 1.0, 2.5, 7.0, 19.9, 1e6, 3.3e12])
def test_a_linear_scale_holds_every_value_and_few_ticks(top: float) -> None:
    found = scale((Bar("a", top, top, top),))
    assert found.top >= top * 0.999999
    assert 3 <= len(found.ticks) <= 6
    assert 0.6 <= found.share(top) <= 1


@pytest.mark.parametrize(
    "label",
    [
        "</text><script>alert(1)</script>",
        "a & b \"quoted\" 'too' <b>",
        "]]> <!-- -->",
        "nul\x00 bell\x07 \ud800 rtl\u202e zero\u200b",
        "模型 🌍 " * 40,
        "x" * 5000,
        "",
    ],
)
def test_hostile_labels_stay_words(label: str) -> None:
    bars = (Bar(label, 1, 2, 3, label), Bar("b", 1, 2, 3))
    picture = svg(Chart(bars, "co2e_g", label, label))
    tree = ET.fromstring(picture.encode())
    assert {node.tag.removeprefix(SVG) for node in tree.iter()} <= {
        "svg", "title", "desc", "rect", "path", "circle", "text",
    }  # fmt: skip


def test_nothing_leaves_the_picture() -> None:
    label = "une réponse très longue d’un modèle au nom plus long encore, en Bosnie-Herzégovine, par semaine"
    picture = ET.fromstring(svg(chart((Bar(label, 1, 2, 3, label), Bar(label, 0.1, 0.2, 0.3)))))
    for node in picture.iter(f"{SVG}text"):
        wide = width("".join(node.itertext()), float(node.get("font-size", 0)), int(node.get("font-weight", 400)))
        start = float(node.get("x", 0)) - (wide if node.get("text-anchor") == "end" else 0)
        assert start >= 31, "".join(node.itertext())
        assert start + wide <= 689, "".join(node.itertext())


def test_more_bars_than_a_phone_shows_are_counted() -> None:
    bars = tuple(Bar(f"bar {n}", n, n, n) for n in range(1, MOST_BARS + 4))
    assert "and 3 more" in words(svg(chart(bars), "en"))


def test_wrapping_keeps_numbers_with_their_units() -> None:
    assert all(not line.endswith("12") for line in wrapped("about 12\u00a0g of it and more", 90, 20))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_words_and_marks_stand_out_from_their_ground(theme: Theme) -> None:
    """WCAG: 4.5 for text, 3 for marks."""
    for colour, least in ((theme.text, 7.0), (theme.quiet, 4.5), (theme.bar, 3.0), (theme.range, 3.0)):
        a, b = sorted((_luminance(colour), _luminance(theme.ground)))
        assert (b + 0.05) / (a + 0.05) >= least, colour


def test_the_font_has_every_letter_that_the_words_use() -> None:
    from bot.charts.font import _advances

    said = set(
        "".join(str(LEXICON[tongue].raw(key)) for tongue in ("en", "fr") for key in tuple(LEXICON[tongue].keys()))
    )
    for weight in FILES:
        missing = {c for c in said | set("CO₂e œŒéàçÉ«»–…≈·\u00a0\u202f") if ord(c) not in _advances(weight)[0]}
        assert not {c for c in missing if c.isalnum()}, missing


async def test_a_picture_is_painted_once_and_kept() -> None:
    async with Painter() as painter:
        first, again, other = await asyncio.gather(
            painter.png(svg(chart())), painter.png(svg(chart())), painter.png(svg(chart(), "en"))
        )
        assert first is not None
        assert first is again
        assert first != other
        assert first[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", first[16:20])[0] == 1440
        assert len(first) < 150_000
        assert await painter.png(svg(chart())) is first


async def test_a_painting_process_that_dies_is_started_again() -> None:
    async with Painter() as painter:
        assert await painter.png(svg(chart()))
        assert painter._easel is not None
        painter._easel.kill()
        painter._easel.wait()
        assert await painter.png(svg(chart(), "en"))


async def test_what_cannot_be_painted_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    async with Painter() as painter:
        assert await painter.png("<no svg") is None
        assert await painter.png(svg(chart()))
    assert "could not be painted" in caplog.text


async def test_only_so_many_pictures_are_kept() -> None:
    async with Painter() as painter:
        for n in range(MOST_KEPT):
            painter._kept[str(n)] = b""
        await painter.png(svg(chart()))
        assert len(painter._kept) == MOST_KEPT
