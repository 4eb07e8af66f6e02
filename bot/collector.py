"""How a process that stays has Python look for rubbish: often and over little, so that nobody waits for it.

What lives long (the fact base, word lists, kept answers) is set aside once it has been looked over, and not walked
again: a look over all of it takes a tenth of a second. What is set aside still goes the moment nothing refers to it;
only rings of objects that died later would stay, so now and then all is looked over again, between two answers.
"""

from __future__ import annotations

import gc
from typing import Literal

# New objects between looks, and looks of one kind between those of the next. A last look is over some six thousand.
LOOKS = (1_000, 2, 1)
OVER_ALL = 200  # last looks between those over everything: some thirty thousand answers, and the rings that they left
AT_MOST = 20  # times as many, after which it is done at once, whoever waits


class Keeping:
    """Told of every look; sets aside what the last kind of look has left."""

    def __init__(self) -> None:
        self._looks = 0

    def __call__(self, phase: Literal["start", "stop"], info: dict[str, int]) -> None:
        if phase == "start" or info["generation"] < len(LOOKS) - 1:
            return
        self._looks += 1
        if self._looks == OVER_ALL * AT_MOST:
            gc.unfreeze()  # all that is kept is part of the next look
        else:
            gc.freeze()
        self._looks %= OVER_ALL * AT_MOST

    @property
    def due(self) -> bool:
        """Whether all should be looked over when nobody waits."""
        return self._looks >= OVER_ALL

    def over_all(self) -> None:
        """Takes a tenth of a second."""
        gc.unfreeze()
        gc.collect()
        self._looks = 0


def settle() -> Keeping:
    """Called once, when all that stays has been read. Stands until the process ends."""
    gc.collect()
    gc.freeze()
    gc.collect()  # over nothing: from now on what is new is held against nothing old
    gc.set_threshold(*LOOKS)
    keeping = Keeping()
    gc.callbacks.append(keeping)
    return keeping
