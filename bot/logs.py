"""What the processes that stay write of themselves: structured lines on standard output, for a terminal as text, for
everything else as JSON.

Three things never stand there. Secrets: whatever of them a library writes is struck out of the finished line. What
people write: an exception is shown by its kind and by where it went through the code, without its message, because
messages quote what could not be read. And noise: libraries speak from WARNING up.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO, cast
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.reference import current

if TYPE_CHECKING:
    from bot.settings import Settings

STRUCK = "***"
SHORTEST = 6  # letters of a secret that can be struck out; shorter ones would take words of ours along
OURS = ("bot", "handlers", "knowledge")
_SPEAKING = ("discord.gateway", "discord.client")  # that connections come and go is worth a line


def configure(settings: Settings, stream: TextIO = sys.stdout) -> None:
    """For the whole process; every logger of the standard library goes through it."""
    text = settings.smallprint_log == "text" or (settings.smallprint_log is None and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(settings.secrets, text, colours=text and stream.isatty()))
    logging.raiseExceptions = False  # a full disk is no reason to write what could not be written somewhere else
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (*OURS, *_SPEAKING):
        logging.getLogger(name).setLevel(logging.INFO)
    # On an update that cannot be read the library would write out the update, words of people included.
    logging.getLogger("telegram.ext.Updater").addFilter(_without_content)
    logging.captureWarnings(True)


def _formatter(secrets: Iterable[str], text: bool, colours: bool) -> logging.Formatter:
    ahead: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request,
        _trace,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0, sort_keys=False)
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    inner = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=ahead, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    )
    return Discreet(inner, secrets)


class Discreet(logging.Formatter):
    """Whatever a line holds: no secret is in it, also not as it stands in an address."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        written = {way(secret) for secret in secrets if len(secret) >= SHORTEST for way in (str, quote, quote_plus)}
        self._secrets = sorted(written, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = self._inner.format(record)
        for secret in self._secrets:
            line = line.replace(secret, STRUCK)
        return line


def _request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    reference = current()
    if reference is not None:
        event.setdefault("request", reference)
    return event


def _trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Where it went through the code, and what kind of fault it was; not what it said."""
    given: Any = event.pop("exc_info", None)
    error: object = (
        sys.exc_info()[1] if given is True else cast("object", given[1] if isinstance(given, tuple) else given)
    )
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        if not isinstance(error, OSError):  # a network that is away is away, wherever in the code it was missed
            frames = traceback.extract_tb(error.__traceback__)
            event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        cause = error.__cause__ or error.__context__
        if cause is not None:
            event["cause"] = type(cause).__name__
    return event


def _without_content(record: logging.LogRecord) -> bool:
    if "Received data was" in str(record.msg):
        record.msg, record.args, record.exc_info = "an update could not be read", (), None
    return True
