"""The last few results of work that always comes to the same: exact, bounded, and of nobody in particular. What goes in
as a key must be all that the result hangs on, and nothing of a person.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most so many; what was longest unused goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What was made for this key, or is made now. What ``make`` raises is raised, and not kept."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = make()
            if len(self._made) > self._most:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(key)
        return found

    def __len__(self) -> int:
        return len(self._made)
