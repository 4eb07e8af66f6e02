"""How a process that stays has Python look for rubbish: often and over little, so that nobody waits for it.

What lives long (the fact base, word lists, kept answers) is set aside once it has been looked over, and not walked
again: a look over all of it takes some fifty milliseconds. What is set aside still goes the moment nothing refers to
it; only rings of objects that died later would stay, so once in a long while all is looked over again.
"""

from __future__ import annotations

import gc
from typing import Literal

# New objects between looks, and looks of one kind between those of the next. A last look is over some six thousand.
LOOKS = (1_000, 2, 1)
OVER_ALL = 200  # last looks between those over everything: some thirty thousand answers, and the rings that they left


def settle() -> None:
    """Called once, when all that stays has been read. Stands until the process ends."""
    gc.collect()
    gc.freeze()
    gc.collect()  # over nothing: from now on what is new is held against nothing old
    gc.set_threshold(*LOOKS)
    gc.callbacks.append(_Keeping())


class _Keeping:
    """Told of every look; sets aside what the last kind of look has left."""

    def __init__(self) -> None:
        self._looks = 0

    def __call__(self, phase: Literal["start", "stop"], info: dict[str, int]) -> None:
        if phase == "start" or info["generation"] < len(LOOKS) - 1:
            return
        self._looks += 1
        if self._looks % OVER_ALL == 0:
            gc.unfreeze()  # all that is kept is part of the next look
        else:
            gc.freeze()
