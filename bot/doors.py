"""Addresses at which others' servers call on us. A platform opens one; who listens on the port brings what is posted
there. So neither needs to know the other, and several share a port.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

CLOSED = 503  # come again: not open yet, or not any more

Caller = Callable[[Mapping[str, str], bytes], Awaitable[int]]


class Doors:
    """``paths``: where there may be one."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths
        self._open: dict[str, Caller] = {}

    def open(self, path: str, caller: Caller) -> None:
        """From now on what is posted to ``path`` goes to ``caller``: its headers and body; back comes a status."""
        assert path in self.paths
        self._open[path] = caller

    def close(self, path: str) -> None:
        self._open.pop(path, None)

    async def knock(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        caller = self._open.get(path)
        return CLOSED if caller is None else await caller(headers, body)
