"""What goes to Telegram, before it goes: within its limits, valid to a reader of our own, every value escaped."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_markup import read
from telegram_markup import units as counted

from bot.platforms.telegram.hearing import packed, unpacked
from bot.platforms.telegram.menu import ascii_name
from bot.platforms.telegram.polls import quiz
from bot.platforms.telegram.render import CAPTION, TEXT, cut, keyboard, post, single, units
from bot.platforms.telegram.sequence import lane_of
from handlers.answer import Answer, Chart, Citation, FigureLine, Line, Poll, Span, Suggestion, plain
from handlers.phrases import Lexicon
from handlers.request import Intent
from knowledge.calculator.use import Use

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)
LONG = st.builds(lambda word, times: (word + " ") * times, WORDS, st.integers(1, 120))
SPAN = st.builds(Span, LONG, st.booleans(), st.sampled_from([None, 'https://example.org/?a="b"&c=<d>']))
LINE = st.lists(SPAN, min_size=1, max_size=3).map(tuple)
LINES = st.lists(LINE, max_size=6).map(tuple)
CITATION = st.builds(
    Citation, WORDS, WORDS, st.integers(1990, 2030), st.just("https://example.org/s?x=1&y=2"), st.none()
)
ANSWERS = st.builds(
    Answer, st.just("estimate"), st.sampled_from(["en", "fr"]), LINE, LINES,
    st.lists(st.builds(FigureLine, WORDS, WORDS), max_size=4).map(tuple), LINES,
    citations=st.lists(CITATION, max_size=6).map(tuple),
)  # fmt: skip
ONE = Answer("estimate", "en", (Span("20 images: "), Span("25 g", strong=True)))


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.booleans())
def test_every_part_is_valid_and_fits(answer: Answer, picture: bool) -> None:
    made = post(answer, picture=picture)
    texts = [read(text) for text in made.texts]
    assert all(counted(text) <= TEXT and entities <= 100 for text, entities in texts)
    assert all(text.strip() for text, _ in texts)
    caption = read(made.caption)[0] if made.caption is not None else ""
    assert counted(caption) <= CAPTION
    assert (made.caption is not None) == picture
    everything = "".join((caption + "".join(text for text, _ in texts)).split())
    for line in (*answer.body, *answer.notes):
        assert "".join(plain(line).split()) in everything or len(plain(line)) > 1000


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.sampled_from([CAPTION, TEXT]))
def test_one_message_is_shortened_to_fit(answer: Answer, room: int) -> None:
    text, _ = read(single(answer, room))
    assert counted(text) <= room
    assert text.strip()


def test_what_is_shortened_goes_in_order() -> None:
    many = tuple((Span("n" * 100),) for _ in range(50))
    answer = replace(
        ONE, body=many, notes=many, figures=(FigureLine("carbon", "25 g"),),
        citations=(Citation("A title", "Publisher", 2026, "https://example.org"),),
    )  # fmt: skip
    text = single(answer)
    assert "Carbon" in text
    assert "Publisher, 2026" in text
    assert "25 g" in text
    assert text.count("n" * 100) < 50, "notes and body made room"


def test_values_never_become_markup() -> None:
    hostile = '<b>x</b> & "q" <a href="tg://user?id=1">'
    answer = replace(ONE, title=(Span(hostile),), figures=(FigureLine(hostile, hostile),), notes=((Span(hostile),),))
    text, _ = read(post(answer, picture=False).texts[0])
    assert text.count(hostile) == 4


def test_length_is_counted_as_telegram_counts() -> None:
    assert units("aé₂") == 3
    assert units("🌍") == 2
    assert counted(cut("🌍 " * 100, 50)) <= 50
    long: Line = (Span("🌍" * 3000),)
    assert all(counted(read(t)[0]) <= TEXT for t in post(replace(ONE, title=long), picture=False).texts)


def test_a_caption_leads_and_the_rest_stands_below() -> None:
    answer = replace(ONE, notes=((Span("small print"),),), chart=Chart((), "co2e_g", "c", "alt"))
    made = post(answer, picture=True)
    assert made.caption is not None
    assert "20 images" in made.caption
    assert "small print" not in made.caption
    assert "small print" in made.texts[0]


def test_buttons_carry_whole_questions_in_64_bytes() -> None:
    fits = Suggestion("Poland", Intent("estimate", {"uses": (Use("image", "dall-e-3", 20, place="POL"),)}))
    too_long = Suggestion("x", Intent("fact", {"query": "y" * 80}))
    rows = keyboard(replace(ONE, suggestions=(fits, too_long)))
    assert [button.label for row in rows for button in row] == ["Poland"]
    assert all(len((button.token or "").encode()) <= 64 for row in rows for button in row)


def test_a_deep_link_holds_a_question() -> None:
    intent = Intent("estimate", {"uses": (Use("image", "dall-e-3", 20, place="POL"),)}, "button")
    payload = packed(intent)
    assert payload is not None
    assert len(payload) <= 64
    assert unpacked(payload) == intent
    assert unpacked("20_images") is None
    assert unpacked("é") is None


def test_command_names_are_ascii() -> None:
    assert ascii_name("modèles") == "modeles"
    assert ascii_name("au quotidien") == "au_quotidien"
    assert ascii_name("cœur") == "coeur"


def test_a_quiz_fits_a_poll_or_is_asked_in_words() -> None:
    phrases = Lexicon.load()["en"]
    poll = Poll(
        "Which?", ("a", "b"), 1, (Span("because <" + "x " * 200),), (Citation("T", "P&Q", 2025, "https://e.org"),)
    )
    asked = quiz(replace(ONE, poll=poll), phrases)
    assert asked is not None
    why, _ = read(asked.explanation)
    assert counted(why) <= 200
    assert why.endswith("P&Q, 2025")
    assert why.count("\n") <= 2
    assert quiz(replace(ONE, poll=replace(poll, options=("a", "b" * 101))), phrases) is None


def test_what_has_no_chat_keeps_nobody_waiting() -> None:
    assert lane_of(object()) != lane_of(object())
