"""How the C library shares out memory in a process that stays: few pools, and large blocks given back at once.

As it comes, glibc opens a pool for nearly every thread, here one a database connection, and keeps in each what that
thread once needed; and it learns from each large block that is freed to keep such blocks too. Both grow for hours under
load without anything being held.
"""

from __future__ import annotations

import ctypes
import sys

# mallopt's own numbers, from malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
POOLS = 2  # one for the loop's thread, one for all others: they hardly ever run at the same time
LARGE = 256 * 1024  # bytes from which a block is the system's own, and goes back when it is freed
IDLE = 1024 * 1024  # bytes at the end of the loop's pool that may lie unused


def settle() -> bool:
    """Before any thread is started; whether there was something to settle. Other C libraries have no such habits."""
    if sys.platform != "linux":
        return False
    try:
        set_one = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    settled = True
    for number, value in ((_ARENA_MAX, POOLS), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, IDLE)):
        settled = set_one(number, value) == 1 and settled
    return settled
