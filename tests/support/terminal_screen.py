"""The chat behind a pseudo-terminal: what is typed, and what then stands on the screen."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


class Screen:
    """The chat behind a pseudo-terminal."""

    def __init__(self, *arguments: str, cwd: Path = ROOT, **more: str) -> None:
        self._mine, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "PROMPT_TOOLKIT_NO_CPR": "1", **more}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self._mine, text.encode())

    def wait_for(self, words: str, seconds: float = 20) -> str:
        """What stands on the screen since the last wait, up to and with these words."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if words in self.seen:
                end_of = self.seen.index(words) + len(words)
                seen, self.seen = self.seen[:end_of], self.seen[end_of:]
                return seen
            ready, _, _ = select.select([self._mine], [], [], 0.2)
            if ready:
                try:
                    read = os.read(self._mine, 65536)
                except OSError:
                    break
                self.seen += _CODES.sub("", read.decode(errors="replace"))
        raise AssertionError(f"{words!r} never came; seen: {self.seen[-2000:]}")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._mine)
