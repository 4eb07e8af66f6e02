"""Who asks, as far as it must be known to keep one flood from everybody else: a hash of an address, in memory only,
that ends with the process. Addresses are never logged and never stored.
"""

from __future__ import annotations

import hashlib
import os
from ipaddress import IPv6Address, ip_address
from typing import Literal

from aiohttp import web

from bot.core import Core
from bot.pace import Pace

PAGES = 10.0  # how many pages may be read in the time of one question
_NETWORK = 64  # bits: what one household or machine has of IPv6

Cost = Literal["question", "page"]


class Visitors:
    """``proxies`` of ours stand before us, each of which adds the address it was called from to X-Forwarded-For; what
    stands further left was written by whoever calls, and is not believed."""

    def __init__(self, core: Core, proxies: int, questions_per_minute: int) -> None:
        self._clock = core.ports.clock
        self._proxies = proxies
        self._key = os.urandom(32)
        seconds = 60 / questions_per_minute if questions_per_minute else 1.0
        burst = questions_per_minute
        self._paces: dict[Cost, Pace] = {
            "question": Pace(burst=burst, seconds=seconds),
            "page": Pace(burst=int(burst * PAGES), seconds=seconds / PAGES),
        }

    def wait(self, request: web.Request, cost: Cost) -> float:
        """Seconds until this visitor may come again; 0 counts this visit."""
        return self._paces[cost].wait(self.name(request), self._clock.now())

    def name(self, request: web.Request) -> str:
        """The same for the same address, and nothing that leads back to it."""
        return hashlib.blake2b(self._network(request), key=self._key, digest_size=12).hexdigest()

    def _network(self, request: web.Request) -> bytes:
        said = request.remote or ""
        if self._proxies:
            forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
            if len(forwarded) >= self._proxies:
                said = forwarded[-self._proxies].strip() or said
        if said.count(":") == 1 or said.startswith("["):
            said = said.rpartition(":")[0] if not said.endswith("]") else said  # some proxies write the port too
            said = said.strip("[]")
        try:
            address = ip_address(said.partition("%")[0])
        except ValueError:
            return said[:64].encode("utf-8", "replace")
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped is not None:
                return address.ipv4_mapped.packed
            return address.packed[: _NETWORK // 8]
        return address.packed
