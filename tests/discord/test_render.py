"""Cards: whatever an answer holds, its words stay words and Discord's limits hold."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import discord
from bot.platforms.discord import layout
from bot.platforms.discord.escaping import escaped, link, markdown
from bot.platforms.discord.plans import Plans
from bot.platforms.discord.render import MOST_COMPONENTS, MOST_TEXT, Setting, card, filled
from bot.platforms.discord.tokens import MOST, read, written
from discord.components import _component_factory
from handlers.answer import Answer, Attachment, Bar, Chart, Citation, FigureLine, Span, Suggestion
from handlers.phrases import Lexicon
from handlers.request import Intent
from knowledge.calculator.use import Use

LEXICON = Lexicon.load()
CITED = Citation("A *report*", "Ember", 2026, "https://example.org/a_(b)", "read")


def laid(answer: Answer, **setting: Any) -> list[dict[str, Any]]:
    view = card(answer, LEXICON[answer.language], Setting(owner=42, **setting))
    return view.to_components()


def everything(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in components:
        found.append(node)
        found.extend(everything(node.get("components") or []))
    return found


def words(components: list[dict[str, Any]]) -> str:
    return "\n".join(c["content"] for c in everything(components) if c["type"] == 10)


def line(text: str, **form: Any) -> tuple[Span, ...]:
    return (Span(text, **form),)


@pytest.mark.parametrize(
    "hostile",
    [
        "**bold** __under__ ~~no~~ `code` ||spoiler||",
        "[free money](https://evil.example)",
        "<@123> <@&456> <#789> <:smile:1> <t:0:R> </estimate:1>",
        "@everyone @here",
        "https://evil.example/path",
        "# heading",
        "> quote\n- item\n1. one\n-# small",
        "a\r\n\u2028b\x00c",
        "\u202eright to left\u2066",
        "back\\slash\\",
    ],
)
def test_words_stay_words(hostile: str) -> None:
    shown = markdown(line(hostile))
    assert "\n" not in shown
    assert "\u202e" not in shown
    assert "@everyone" not in shown
    assert "https://" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[\]]", shown)
    assert not re.match(r"\s*(#|>|-|\+|-#|\d+\.) ", shown)


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_whatever_is_written_is_escaped(text: str) -> None:
    shown = escaped(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]]", shown)
    assert "\n" not in shown


def test_strong_hugs_its_words_and_neighbours_join() -> None:
    assert markdown((Span("a "), Span(" b", strong=True), Span("c ", strong=True), Span("d"))) == "a  **bc** d"


def test_only_web_addresses_are_links() -> None:
    assert link("x", "javascript:alert(1)") == "x"
    assert link("x", "https://e.org/a_(b)") == "[x](https://e.org/a_%28b%29)"


def big(language: str = "en") -> Answer:
    long = "word " * 300
    return Answer(
        "estimate",
        language,
        line("The answer"),
        body=tuple(line(f"body {n} {long}") for n in range(4)),
        figures=tuple(FigureLine(f"figure {n}", "1 g") for n in range(5)),
        notes=tuple(line(f"note {n} {long}") for n in range(4)),
        citations=(CITED,) * 5,
        chart=Chart((Bar("a", 1, 2, 3), Bar("b", 1, 2, 3)), "co2e_g", "c", "x" * 2000),
        suggestions=tuple(Suggestion(f"next {n}", Intent("grid", {"place": f"A{n}"}, "button")) for n in range(6)),
        asides=tuple(Suggestion(f"aside {n}", Intent("fact", {"query": f"{n}"}, "button")) for n in range(9)),
        items=(Use("image", count=1), Use("video", count=1)),
    )


def test_a_large_answer_fits_and_keeps_its_figures_and_sources() -> None:
    laid_out = laid(replace(big(), items=()))
    assert len(everything(laid_out)) <= MOST_COMPONENTS
    said = words(laid_out)
    assert len(said) <= MOST_TEXT
    assert "The answer" in said
    for n in range(5):
        assert f"Figure {n}" in said
    assert said.count("Ember, 2026") == 5
    assert "note 3" not in said


def test_one_endless_line_is_cut() -> None:
    assert len(words(laid(Answer("fact", "fr", line("é" * 9000))))) <= MOST_TEXT


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=5000), st.lists(st.text(max_size=900), max_size=12), st.lists(st.text(max_size=300), max_size=30)
)
def test_no_answer_breaks_a_card(title: str, body: list[str], figures: list[str]) -> None:
    answer = replace(
        big(), title=line(title), body=tuple(line(b) for b in body), figures=tuple(FigureLine(f, f) for f in figures)
    )
    laid_out = laid(answer)
    nodes = everything(laid_out)
    assert len(nodes) <= MOST_COMPONENTS
    assert sum(len(c["content"].encode("utf-16-le")) // 2 for c in nodes if c["type"] == 10) <= MOST_TEXT
    ids = [c["custom_id"] for c in nodes if "custom_id" in c]
    assert len(ids) == len(set(ids))
    assert all(len(i) <= MOST for i in ids)
    assert all(len(c["components"]) <= 5 for c in nodes if c["type"] == 1)
    assert all(1 <= len(c["label"]) <= 80 for c in nodes if c["type"] == 2)


def test_a_picture_has_its_words() -> None:
    (gallery,) = [c for c in everything(laid(big())) if c["type"] == 12]
    assert gallery["items"][0]["description"] == "x" * 1024
    assert not [c for c in everything(laid(big(), picture=False)) if c["type"] == 12]


def test_one_estimate_alone_is_told_in_words() -> None:
    alone = replace(big(), items=(Use("image", count=1),))
    assert not [c for c in everything(laid(alone)) if c["type"] == 12]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sources_stand_behind_a_button_or_in_the_card_never_nowhere(language: str) -> None:
    behind = replace(big(language), items=(Use("image", count=1),))
    assert "Ember" not in words(laid(behind))
    assert [c for c in everything(laid(behind)) if c.get("label") == "Sources"]
    within = replace(big(language), items=())
    assert "Ember" in words(laid(within))


def test_private_cards_can_be_shared_public_ones_need_not() -> None:
    answer = replace(big("fr"), items=(Use("image", count=1),))
    assert [c for c in everything(laid(answer, private=True)) if c.get("label") == "Partager ici"]
    assert not [c for c in everything(laid(answer)) if c.get("label") == "Partager ici"]
    assert not [c for c in everything(laid(answer, private=True, shareable=False)) if c.get("label") == "Partager ici"]


def test_tokens_come_back_as_they_went() -> None:
    intent = Intent("estimate", {"uses": (Use("image", model="dall-e-3", count=20.0, place="POL"),)}, "button")
    custom_id = written("i", "fr", 2**63, intent)
    assert custom_id is not None
    found = read(custom_id)
    assert found is not None
    assert (found.what, found.language, found.owner, found.intent) == ("i", "fr", 2**63, intent)


@pytest.mark.parametrize("custom_id", ["", "s", "s0ie:1h", "s2ie1:1h", "s1xe:", "s1ie:nonsense", "s1ie:0e", "x" * 100])
def test_what_cannot_be_read_is_old(custom_id: str) -> None:
    assert read(custom_id) is None


def test_what_is_too_long_for_a_button_has_none() -> None:
    uses = tuple(Use("text", model="m" * 40, count=n) for n in range(9))
    assert written("i", "en", 1, Intent("compare", {"uses": uses}, "button")) is None


def test_colours_are_never_black() -> None:
    """The library drops an accent of zero."""
    for tone in ("answer", "question", "apology"):
        (container,) = laid(replace(big(), tone=tone))
        assert container["accent_color"]
        assert isinstance(discord.Colour(container["accent_color"]), discord.Colour)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_library_reads_what_is_laid_out_as_its_own(language: str) -> None:
    """Each component, read by the library and written again, says the same."""
    row = layout.menu("which", "s1oe:", [("one", "1"), ("two", "2")])
    file = Attachment("a.csv", "text/csv", b"x")
    answers = [big(language), replace(big(language), items=(), attachment=file), Answer("help", language, line("hi"))]
    for answer in answers:
        for extra in ((), (row,)):
            for ours in laid(answer, private=True, extra=extra):
                read = _component_factory(ours)
                assert read is not None
                assert_within(ours, read.to_dict())


def assert_within(ours: Any, theirs: Any) -> None:
    """All that we say, the library says too; it may add what it takes for granted."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            assert_within(value, theirs[key])
    elif isinstance(ours, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_within(one, other)
    else:
        assert ours == theirs


def test_a_card_planned_before_is_the_same_card_with_its_own_owner() -> None:
    plans = Plans()
    answer = replace(big(), intent="estimate", items=(Use("image", count=1),))
    for owner in (1, 2**63, 1):
        for setting in (Setting(owner=owner), Setting(owner=owner, private=True), Setting(owner=owner, picture=False)):
            for told in (answer, replace(answer, title=line("other"))):
                kept = filled(plans.of(told, LEXICON["en"], setting, None), LEXICON["en"], setting)
                assert kept.to_components() == card(told, LEXICON["en"], setting).to_components()


def test_what_is_one_persons_is_not_kept() -> None:
    plans = Plans()
    for answer in (replace(big(), private=True), replace(big(), intent="report"), replace(big(), intent="settings")):
        plans.of(answer, LEXICON["en"], Setting(owner=1), None)
    assert not len(plans)
