"""A chat in a terminal: sentences, /commands with completion, and "2" for the second suggestion.

Works over a pipe too: where nobody is watching, lines are answered in plain text. Ends quietly on Ctrl-C, Ctrl-D or a
pipe that closes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.core import Core, Watch
from bot.platforms.plaintext import rendered
from handlers.answer import Answer, Attachment, Suggestion
from handlers.measures import Measures
from handlers.phrases import Phrases
from handlers.ports import Clock
from handlers.request import Language, Request

if TYPE_CHECKING:
    from rich.console import Console

PERSON = "terminal:me"
FILES = (".csv", ".tsv")  # what a message may end with to hand a file over
LARGEST = 5_000_000  # bytes
SOON, AGAIN = 0.7, 1.5  # seconds until it is said how far long work has come, and between two such lines


class Chat:
    """One conversation of one person."""

    def __init__(self, core: Core, clock: Clock, language: Language | None) -> None:
        self._core = core
        self._clock = clock
        self._language: Language | None = language
        self._offered: tuple[Suggestion, ...] = ()
        self._said = 0

    async def say(self, text: str, watch: Watch | None = None) -> Answer | None:
        """The answer to a line; a lone number takes that suggestion of the last answer."""
        self._said += 1
        request = Request(
            text=text,
            person=PERSON,
            channel="terminal",
            at=self._clock.now(),
            locale=self._language,
            admin=True,
            name="me",
            file=self._file(text),
            id=f"terminal:{self._clock.now().timestamp()}:{self._said}",
        )
        chosen = self._chosen(text)
        answer = await self._core.answer(request, chosen.intent if chosen else None, watch)
        if answer is not None and (answer.suggestions or answer.asides):
            self._offered = (*answer.suggestions, *answer.asides)
        if answer is not None and answer.attachment is not None:
            answer = self._saved(answer, answer.attachment)
        if answer is not None:
            self._language = "fr" if answer.language == "fr" else "en"
        return answer

    def _saved(self, answer: Answer, attachment: Attachment) -> Answer:
        """The file written where the chat was started, never over another; where none can be, it stays text."""
        stem, dot, ending = attachment.name.rpartition(".")
        for number in range(1, 1000):
            path = Path.cwd() / (attachment.name if number == 1 else f"{stem}-{number}{dot}{ending}")
            try:
                with path.open("xb") as file:
                    file.write(attachment.data)
            except FileExistsError:
                continue
            except OSError:
                break
            line = self._core.lexicon[answer.language].line("terminal.saved", path=str(path))
            return replace(answer, body=(*answer.body, line), attachment=None)
        return answer

    def _file(self, text: str) -> bytes | None:
        """What stands in the file that a message ends with: "import uses.csv"."""
        _, _, name = text.strip().partition(" ")
        path = Path(name.strip().strip("\"'")).expanduser() if name.strip().endswith(FILES) else None
        try:
            return path.read_bytes() if path is not None and path.stat().st_size < LARGEST else None
        except OSError:
            return None

    def _chosen(self, text: str) -> Suggestion | None:
        number = text.strip()
        if number.isdecimal() and len(number) < 3 and 1 <= int(number) <= len(self._offered):
            return self._offered[int(number) - 1]
        return None


async def chat(core: Core, clock: Clock, language: Language | None) -> None:
    """Reads lines until the end of input."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        await _watched(core, clock, language)
    else:
        await _piped(core, clock, language, sys.stdin, sys.stdout)


async def _piped(core: Core, clock: Clock, language: Language | None, incoming: TextIO, outgoing: TextIO) -> None:
    talk = Chat(core, clock, language)
    for line in incoming:
        if line.strip():
            answer = await talk.say(line)
            if answer is not None:
                outgoing.write(rendered(answer) + "\n\n")
                outgoing.flush()


async def _watched(core: Core, clock: Clock, language: Language | None) -> None:
    # Imported here: a quarter of a second that `ask` need not pay.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout
    from rich.console import Console

    from bot.platforms.cards import card

    console = Console(highlight=False)
    shown: Language = language or "en"
    phrases = core.lexicon[shown]
    console.print(phrases.text("terminal.welcome"), style="bold")
    console.print(phrases.text("terminal.how", example=_example(core, phrases)), style="dim")
    talk = Chat(core, clock, language)
    session: PromptSession[str] = PromptSession(completer=_completer(core, lambda: shown))
    while True:
        try:
            with patch_stdout():
                line = await session.prompt_async("› ")
        except (EOFError, KeyboardInterrupt):
            console.print(core.lexicon[shown].text("terminal.bye"), style="dim")
            return
        if not line.strip():
            continue
        answer = await talk.say(line, _progress(core, console))
        if answer is not None:
            shown = "fr" if answer.language == "fr" else "en"
            words = core.lexicon[shown]
            console.print(card(answer, Measures(words), words.text("charts.logarithmic")))


def _progress(core: Core, console: Console) -> Watch:
    """A line now and then while long work goes on: what is quick needs none."""
    due = time.monotonic() + SOON

    async def told(language: str, share: float) -> None:
        nonlocal due
        if time.monotonic() >= due:
            console.print(core.lexicon[language].text("progress", share=f"{100 * share:.0f}"), style="dim")
            due = time.monotonic() + AGAIN

    return told


def _example(core: Core, phrases: Phrases) -> str:
    return str(phrases.raw(f"{core.catalogue.home('estimate')}.examples")[0])


def _completer(core: Core, language: Callable[[], Language]) -> Any:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class Commands(Completer):
        """The commands' names after a slash, with their descriptions."""

        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
            typed = document.text_before_cursor
            if not typed.startswith("/") or " " in typed:
                return
            phrases = core.lexicon[language()]
            for command in core.catalogue.listed():
                home = core.catalogue.home(command.name)
                name = phrases.text(f"{home}.name")
                if name.startswith(typed[1:].lower()):
                    yield Completion(
                        "/" + name, start_position=-len(typed), display_meta=phrases.text(f"{home}.description")
                    )

    return Commands()


async def lines(incoming: TextIO) -> AsyncIterator[str]:
    """The lines of a stream, as they come."""
    for line in incoming:
        yield line
