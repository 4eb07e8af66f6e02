"""How a process that stays is told to stop. Installed before anything that takes long is read, so that from its first
instant on it ends quietly.
"""

from __future__ import annotations

import asyncio
import os
import signal


class End:
    """Told once or many times, before the loop runs, while it does, and after it."""

    def __init__(self) -> None:
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)

    def begin(self) -> asyncio.Event:
        """The event that is set when the end has come, in the loop that runs now."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        return self._stop

    @staticmethod
    def over() -> None:
        """All is closed. From here on the interpreter would hand the signals back to the system, which kills."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    def _told(self, number: int, frame: object) -> None:
        if self._loop is None or self._stop is None:
            # Nothing has begun, nothing need be closed. Not an exception: within an import it may be swallowed.
            os._exit(0)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
