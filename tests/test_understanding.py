"""Said -> understood: the sentences of tests/conversations/*/understanding-*.yaml, and what holds for any string.

Every second conversation was held back while rules were written. Failures that are known stand in
known_failures.yaml and must keep failing, so that whoever mends one takes it off the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assembly import assembled
from bot.storage.memory import memory_ports
from bot.understanding.cue import BrokenCue, phrase_pattern
from bot.understanding.cues import Cues
from bot.understanding.grammar import Grammar
from bot.understanding.intents import Weights
from bot.understanding.reading import Reading
from bot.understanding.understanding import Understanding
from handlers.context import Context
from handlers.request import Request
from knowledge.calculator.use import Use
from knowledge.library import Library

FOLDER = Path(__file__).parent / "conversations"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SILENT = frozenset({"smalltalk", "help", "decline", "settings", "privacy"})  # leave the context as it is


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return assembled(memory_ports())._understanding


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


def ask(understanding: Understanding, text: str, context: Context | None = None, **request: Any) -> Reading:
    return understanding.read(Request(text, "tester", "here", NOW, **request), context)


def next_context(context: Context | None, reading: Reading, question: str) -> Context | None:
    """What the features keep of a turn, in short."""
    intent = reading.also[-1] if reading.also else reading.intent
    said = intent.arguments
    if intent.command in SILENT:
        return context
    if intent.command == "log" and "uses" not in said:
        return context
    made = Context(
        intent.command,
        NOW,
        reading.language,
        uses=said.get("uses", ()),
        facts=said.get("facts", ()),
        places=said.get("places", ()),
        amount=said.get("amount") if intent.command == "equivalents" else None,
        question=question if intent.command == "quiz" and "answer" not in said else None,
        waiting=said.get("waiting"),
    )
    if not made.uses and context is not None and intent.command in ("equivalents", "method", "sources", "reduce"):
        made = replace(made, uses=context.uses, facts=made.facts or context.facts)
    earlier = () if context is None else (replace(context, earlier=()), *context.earlier)
    return replace(made, earlier=earlier[:3])


def holds(want: dict[str, Any], use: Use) -> bool:
    for key, value in want.items():
        have = getattr(use, key)
        if key in ("model", "place") and isinstance(value, str):
            if have is None or not re.search(value, have):
                return False
        elif isinstance(value, int | float) and have is not None:
            if abs(have - value) > 0.01 * abs(value):
                return False
        elif have != value:
            return False
    return True


def each_has_its_own(wants: list[dict[str, Any]], uses: list[Use]) -> bool:
    if not wants:
        return True
    return any(
        holds(wants[0], use) and each_has_its_own(wants[1:], uses[:i] + uses[i + 1 :]) for i, use in enumerate(uses)
    )


def plain(value: Any) -> Any:
    return [plain(v) for v in value] if isinstance(value, tuple | list) else value


def shortfalls(turn: dict[str, Any], reading: Reading, language: str) -> list[str]:
    said = reading.intent.arguments
    commands = turn["command"] if isinstance(turn["command"], list) else [turn["command"]]
    out: list[str] = []
    if reading.intent.command not in commands:
        out.append(f"{reading.intent.command}, not {commands}")
    if not each_has_its_own(turn.get("items", []), list(said.get("uses", ()))):
        out.append(f"{said.get('uses', ())} lacks {turn['items']}")
    for key, value in turn.get("args", {}).items():
        have = plain(said.get(key))
        if not (re.search(value, str(have)) if key == "model" else have == value):
            out.append(f"{key} is {have!r}, not {value!r}")
    if "fact" in turn and (said.get("facts") or (None,))[0] != turn["fact"]:
        out.append(f"fact {said.get('facts')}, not {turn['fact']}")
    if [intent.command for intent in reading.also] != turn.get("also", []):
        out.append(f"also {[intent.command for intent in reading.also]}, not {turn.get('also', [])}")
    if reading.sure and reading.language != turn.get("lang", language):
        out.append(f"in {reading.language}")
    return out


def conversations() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for file in sorted(FOLDER.glob("*/understanding-*.yaml")):
        for number, turns in enumerate(yaml.safe_load(file.read_text("utf-8"))):
            yield f"{file.parent.name}/{file.stem}-{number:03d}", file.parent.name, turns


def known_failures() -> frozenset[str]:
    file = FOLDER / "known_failures.yaml"
    listed = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return frozenset((listed or {}).get("understanding", ()))


def failures(
    understanding: Understanding, library: Library, language: str, turns: list[dict[str, Any]]
) -> list[tuple[str, list[str], Reading]]:
    context: Context | None = None
    found: list[tuple[str, list[str], Reading]] = []
    for turn in turns:
        reading = ask(understanding, turn["said"], context)
        short = shortfalls(turn, reading, language)
        if short:
            found.append((turn["said"], short, reading))
        context = next_context(context, reading, next(iter(library.quiz)))
    return found


@pytest.mark.parametrize(("name", "language", "turns"), [pytest.param(*c, id=c[0]) for c in conversations()])
def test_is_understood(
    understanding: Understanding, library: Library, name: str, language: str, turns: list[dict[str, Any]]
) -> None:
    found = failures(understanding, library, language, turns)
    known = known_failures()
    if any(turn["said"] in known for turn in turns):
        assert found, f"{name} is understood now: take it off known_failures.yaml"
        return
    assert not found, "\n".join(f"{said!r}: {'; '.join(short)}\n" + "\n".join(r.trace) for said, short, r in found)


# -- what holds for any string


SCRAPS = """
images gpt-4o 20 2k 1,5 €% vs or et ou per day par jour 'DROP TABLE--' <b> ; $(rm) \u200b \u202e \U0001f600 claude
midjourney France 10-20 1e999 999999999999999999999 NaN -5 0 compare source ? why é ``` @everyone and what about quiz
B the first one yes no in km by car 5 kg CO2 not
"""
NASTY = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(SCRAPS.split()), max_size=40).map(" ".join))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY)
def test_never_raises_and_never_invents_numbers(understanding: Understanding, text: str) -> None:
    context = Context("compare", NOW, "fr", uses=(Use("image", count=3.0), Use("text", "gpt-4o")), waiting="model")
    for before in (None, context, replace(context, command="fact", facts=("pue",), question="nothing")):
        reading = ask(understanding, text, before)
        for use in reading.intent.arguments.get("uses", ()):
            for number in (use.count, use.count_high, use.output_tokens, use.seconds, use.words, use.people):
                assert number is None or (0 <= number < float("inf"))


def test_long_messages_are_read_to_the_end_without_a_fault(understanding: Understanding) -> None:
    for piece in ("a ", "20 images, ", "gpt-4o vs ", "how much ", "et ou par ", "?", "1", "x" * 50 + " "):
        assert ask(understanding, piece * (4000 // len(piece))).intent.command, piece[:20]


def test_an_old_conversation_is_forgotten(understanding: Understanding) -> None:
    old = Context("estimate", NOW - timedelta(hours=2), "en", uses=(Use("image", "midjourney", 30.0),))
    reading = ask(understanding, "and in Norway?", old)
    assert not reading.context_used
    assert not reading.intent.arguments.get("uses")


def test_a_full_question_takes_nothing_over(understanding: Understanding) -> None:
    before = Context("estimate", NOW, "en", uses=(Use("image", "midjourney", 30.0, period="day", place="POL"),))
    reading = ask(understanding, "how much CO2 is 12 replies from gpt-4o?", before)
    (use,) = reading.intent.arguments["uses"]
    assert (use.task, use.count, use.place, use.period) == ("text", 12, None, None)
    assert not reading.context_used


def test_a_command_called_outright_is_not_guessed(understanding: Understanding) -> None:
    reading = understanding.read(Request("20 images midjourney", "p", "c", NOW), None, command="log")
    assert reading.intent.command == "log"
    assert reading.intent.arguments["uses"][0].count == 20


def test_too_open_is_asked_back_with_readings(understanding: Understanding) -> None:
    reading = ask(understanding, "Norway?")
    assert reading.intent.command == "clarify"
    assert 1 <= len(reading.intent.arguments["readings"]) <= 3


def test_yes_confirms_only_where_we_asked(understanding: Understanding) -> None:
    asked = Context("privacy", NOW, "en", waiting="confirm-erase")
    assert ask(understanding, "yes", asked).intent.command == "privacy"
    assert ask(understanding, "yes").intent.command == "smalltalk"
    assert ask(understanding, "no", asked).intent.command == "smalltalk"


# -- the text files


def test_every_example_is_matched_by_its_phrase(understanding: Understanding) -> None:
    from bot.understanding.text import Message

    cues = understanding._cues
    for cue in cues.cues:
        heard = understanding._hear(Message.of(cue.example), cue.language)  # pyright: ignore[reportArgumentType]
        assert any(h.cue is cue or h.cue.says == cue.says for h in cues.hear(heard.masked)), (cue.says, cue.example)


def test_every_cue_speaks_for_a_command() -> None:
    known = set(Weights.load().commands)
    assert {cue.command for cue in Cues.load(fillers=Grammar.load().of("fillers")).cues} <= known


@pytest.mark.parametrize("says", ["", "[only maybe]", "...", "ab*"])
def test_a_phrase_without_a_word_to_look_up_is_refused(says: str) -> None:
    with pytest.raises(BrokenCue):
        phrase_pattern(says)


@pytest.mark.parametrize(
    ("says", "text", "matches"),
    [
        ("how (sure|certain) [are] you", "how certain are you", True),
        ("how (sure|certain) [are] you", "how sure you", True),
        ("c'est quoi", "cest quoi", True),
        ("what ... mean", "what does it mean", True),
        ("what ... mean", "what a very long way round to say something you mean", False),
        ("^ source $", "source ?", True),
        ("^ source $", "the source", False),
        ("calcul*", "calculation", True),
        ("bot", "robot", False),
    ],
)
def test_phrases(says: str, text: str, matches: bool) -> None:
    assert bool(re.search(phrase_pattern(says)[0], text)) is matches
