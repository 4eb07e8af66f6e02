"""What stands before several processes in a deployment: each request to the next one that takes it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web


class Balancer:
    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.served: Counter[int] = Counter()
        self._turn = itertools.count()

    async def passed(self, request: web.Request) -> web.Response:
        body = await request.read()
        kept = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "content-length")}
        kept["X-Forwarded-For"] = "203.0.113.9"
        for _ in self.ports:
            port = self.ports[next(self._turn) % len(self.ports)]
            try:
                async with (
                    aiohttp.ClientSession() as session,
                    session.request(
                        request.method, f"http://127.0.0.1:{port}{request.path_qs}", data=body, headers=kept,
                        allow_redirects=False,
                    ) as response,
                ):  # fmt: skip
                    self.served[port] += 1
                    return web.Response(
                        body=await response.read(), status=response.status, content_type=response.content_type
                    )
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break  # it had been handed over: to hand it to another could be to do it twice
        return web.Response(status=502)


@asynccontextmanager
async def balanced(port: int, ports: Sequence[int]) -> AsyncIterator[Balancer]:
    balancer = Balancer(ports)
    app = web.Application(client_max_size=5_000_000)
    app.router.add_route("*", "/{path:.*}", balancer.passed)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield balancer
    finally:
        await runner.cleanup()
