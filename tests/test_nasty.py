"""Whatever is typed gets an answer: no exception, no ``inf`` or ``nan``, no mass mention echoed, no markup."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from nasty import lines

from bot.core import Core
from bot.platforms.plaintext import rendered
from handlers.request import Request

_NO_NUMBER = re.compile(r"\b(?:inf|nan|infinity)\b", re.I)


def test_nasty_lines_get_an_answer_each(core: Core, clock: Any) -> None:
    async def ask() -> list[str]:
        wrong: list[str] = []
        for number, line in enumerate(lines(1500)):
            # A few lines share a conversation, so that follow-ups meet nonsense too.
            answer = await core.answer(Request(line, f"nasty:{number % 50}", "nasty", clock.now()))
            if answer is None or answer.reference is not None:
                wrong.append(f"no answer to {line!r}")
                continue
            text = rendered(answer)
            if not text.strip():
                wrong.append(f"an empty answer to {line!r}")
            if "@everyone" in text or "@here" in text or "<script" in text:
                wrong.append(f"{line!r} is echoed: {text[:200]!r}")
            if _NO_NUMBER.search(text.replace("Inf.", "")):
                wrong.append(f"{line!r}: {text[:200]!r}")
        return wrong

    assert not asyncio.run(ask())
