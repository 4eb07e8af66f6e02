"""Questions of other fields get no figure: neither a fact that happens to share a word with them, nor an estimate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core import Core
from handlers.request import LANGUAGES, Request

FIELDS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "other_fields.yaml").read_text("utf-8"))
ASKED = [(language, said) for language in LANGUAGES for said in FIELDS[language]]


@pytest.mark.parametrize(("language", "said"), ASKED, ids=[said for _, said in ASKED])
def test_a_question_of_another_field_gets_no_figure(language: str, said: str, core: Core, clock: Any) -> None:
    request = Request(said, "person", f"field:{said}", clock.now(), locale="fr" if language == "fr" else "en")
    answer = asyncio.run(core.answer(request))
    assert answer is not None
    told = bool(answer.estimates) or (bool(answer.facts) and bool(answer.citations))
    if said in FIELDS["known"]:
        assert told, "a known failure holds now: take it off the list"
    else:
        assert not told, f"{answer.intent}: {answer.facts}"
