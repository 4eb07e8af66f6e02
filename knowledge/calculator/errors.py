"""What the calculator refuses, and with what: plain values from which a kind sentence can be made elsewhere."""

from __future__ import annotations


class Refusal(ValueError):
    """Any of the three below."""


class OutOfBounds(Refusal):
    """An input that is not positive, not a number, or past a limit of ``defaults.yaml``."""

    def __init__(self, key: str, value: float, limit: float) -> None:
        self.key, self.value, self.limit = key, value, limit
        super().__init__(f"{key} = {value} (limit {limit})")


class Unknown(Refusal):
    """A model or a place that is not known. ``near`` holds ids of those that look like it, best first."""

    def __init__(self, kind: str, value: str, near: tuple[str, ...] = ()) -> None:
        self.kind, self.value, self.near = kind, value, near
        super().__init__(f"no {kind} called {value!r}")


class CannotEstimate(Refusal):
    """All inputs are known, yet no method speaks of them together. ``reason`` is a code: "not-for-this-task"."""

    def __init__(self, reason: str, value: str = "") -> None:
        self.reason, self.value = reason, value
        super().__init__(f"{reason}: {value}" if value else reason)
