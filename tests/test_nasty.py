"""Whatever is typed gets an answer: no exception, no ``inf`` or ``nan``, no mass mention echoed, no markup."""

from __future__ import annotations

import asyncio
import re
from random import Random
from typing import Any

import pytest
from nasty import FOLLOWS, lines, table, token, word

from bot.core import Core
from bot.platforms.jsonl import told
from bot.platforms.plaintext import rendered
from handlers.answer import Answer
from handlers.encoding import COMMANDS, decode
from handlers.errors import CannotAnswer
from handlers.kinds import Given
from handlers.quoting import quoted
from handlers.request import LANGUAGES, Intent, Language, Request
from knowledge.calculator.use import Use

_NO_NUMBER = re.compile(r"\b(?:inf|nan|infinity)\b", re.I)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»")
_DISPLAYED = re.compile(r"(?:shown as|sous le nom) .*")  # what somebody wants to be called


def wrong_with(answer: Answer | None) -> str | None:
    """What a person must not see, None where all is well."""
    if answer is None or answer.reference is not None:
        return "no answer"
    text = rendered(answer)
    told(answer, "nasty").model_dump_json()
    if not text.strip():
        return "an empty answer"
    if "@everyone" in text or "@here" in text or "<script" in text:
        return f"echoed: {text[:200]!r}"
    figures = _DISPLAYED.sub("", _QUOTED.sub("", text)).replace("Inf.", "")
    return f"no figure: {text[:200]!r}" if _NO_NUMBER.search(figures) else None


def test_nasty_lines_get_an_answer_each(core: Core, clock: Any) -> None:
    async def ask() -> list[str]:
        wrong: list[str] = []
        for number, line in enumerate(lines(1500)):
            # A few lines share a conversation, so that follow-ups meet nonsense too.
            found = wrong_with(await core.answer(Request(line, f"nasty:{number % 50}", "nasty", clock.now())))
            if found is not None:
                wrong.append(f"{line!r}: {found}")
        return wrong

    assert not asyncio.run(ask())


def test_nonsense_followed_up_is_answered(core: Core, clock: Any) -> None:
    random = Random(3)

    async def ask() -> list[str]:
        wrong: list[str] = []
        for number, line in enumerate(lines(300, seed=3)):
            said = [line, *random.choices(FOLLOWS, k=3), word(random)]
            for text in said:
                found = wrong_with(await core.answer(Request(text, f"follows:{number}", "nasty", clock.now())))
                if found is not None:
                    wrong.append(f"{said!r}: {text!r}: {found}")
        return wrong

    assert not asyncio.run(ask())


def test_buttons_that_nobody_gave_are_answered_or_not_read(core: Core, clock: Any) -> None:
    random = Random(5)
    models, places = sorted(core.kit.library.models), sorted(core.kit.library.places)

    async def press() -> list[str]:
        wrong: list[str] = []
        for number in range(600):
            pressed = token(random, models, places)
            intent = decode(pressed)
            if intent is None:
                continue
            request = Request("", f"buttons:{number % 30}", "nasty", clock.now(), team="t", admin=random.random() < 0.5)
            found = wrong_with(await core.answer(request, intent))
            if found is not None:
                wrong.append(f"{pressed!r}: {found}")
        return wrong

    assert not asyncio.run(press())


def test_forms_filled_in_with_nonsense_are_answered(core: Core, clock: Any) -> None:
    """Of every command, the settings among them."""
    random = Random(6)
    commands = [command for feature in core.catalogue.features for command in feature.commands]

    async def fill() -> list[str]:
        wrong: list[str] = []
        for number in range(600):
            command = random.choice(commands)
            fields = [p.name for p in command.parameters if not isinstance(p.kind, Given) and random.random() < 0.6]
            intent = Intent(command.name, {name: word(random) for name in fields}, "slash")
            request = Request("", f"forms:{number % 30}", "nasty", clock.now(), team="t", admin=random.random() < 0.5)
            found = wrong_with(await core.answer(request, intent))
            if found is not None:
                wrong.append(f"{intent!r}: {found}")
        return wrong

    assert not asyncio.run(fill())


def test_files_that_are_no_ledger_are_answered_and_so_is_the_yes(core: Core, clock: Any) -> None:
    random = Random(7)
    models = sorted(core.kit.library.models)

    async def send() -> list[str]:
        wrong: list[str] = []
        for number in range(250):
            file = table(random, models)
            person = f"files:{number % 20}"
            for request, intent in (
                (Request(word(random), person, "nasty", clock.now(), file=file), None),
                (Request("", person, "nasty", clock.now()), Intent("import", {"confirm": True}, "button")),
                (Request("report", person, "nasty", clock.now()), None),
            ):
                found = wrong_with(await core.answer(request, intent))
                if found is not None:
                    wrong.append(f"{file!r}: {found}")
        return wrong

    assert not asyncio.run(send())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("@everyone", "everyone"),
        ("<@123> <script>", "123 script"),
        ("\u202egpj\u200b\x1b[31m\ud800", "gpj[31m"),
        ("  a\n\tb  ", "a b"),
        ("\u200b", "…"),
        ("é" * 200, "é" * 80),
    ],
)
def test_a_persons_words_are_shown_as_words(typed: str, shown: str) -> None:
    assert quoted(typed) == shown
    assert CannotAnswer("unknown-model", name=typed).values == {"name": shown}


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_command_may_be_offered_as_a_reading(core: Core, clock: Any, language: Language) -> None:
    """Whatever a message may have meant, with uses in it or without, has a name for its button."""
    for command in COMMANDS:
        for arguments in ({}, {"uses": (Use("text", count=20.0),)}):
            asked = Intent("clarify", {"readings": (Intent(command, arguments),)})
            answer = asyncio.run(core.answer(Request("?", "readings", command, clock.now(), language=language), asked))
            assert answer is not None
            assert answer.reference is None, command
