"""Discord on loopback: its REST interface and its gateway over real sockets, for the real process and the real client.

What is kept and what is refused is SimCord's model of Discord; the wire is ours: tokens, rate limits with their
headers, faults on demand, connections that break. ``async with Server() as server``: ``server.api`` is what
DISCORD_API_URL is to be, ``server.token`` what DISCORD_TOKEN.
"""

from __future__ import annotations

import asyncio
import base64
import fnmatch
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from discord_gateway import Gateway
from discord_people import GROUP, Person
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.cdn import CDN_BASE, CdnStore
from simcord.backend.errors import BackendError
from simcord.http import router, routes

assert routes  # importing them is what makes them known to the router
API = "/api/v10"
VIA = {"Via": "1.1 google"}  # without it a 429 comes from who bans addresses


class WallClock(Clock):
    """The hour that the process sees too."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Fault:
    """What goes wrong with requests that fit: a status, a connection cut, or a wait."""

    method: str
    path: str  # with * for what may be anything: "/channels/*/messages"
    times: int = 1
    status: int = 0
    code: int = 0
    retry_after: float = 1.0  # of a 429
    scope: str = "user"  # of a 429: user, shared or global
    wait: float = 0.0  # seconds before anything happens
    cut: bool = False  # the connection breaks
    done: bool = False  # it takes effect all the same, only the answer is lost


@dataclass
class Limit:
    """A bucket, one for each channel or webhook: so many requests in so many seconds."""

    method: str
    path: str
    most: int
    seconds: float
    spent: dict[str, list[float]] = field(default_factory=dict)


@dataclass
class Call:
    """One request as it came in, and how it was answered."""

    method: str
    path: str
    json: Any
    files: list[str]
    status: int = 0
    at: float = field(default_factory=time.monotonic)


@dataclass
class _File:
    """A part of a form, as the model's routes read it."""

    fp: Any
    filename: str
    description: str | None


class _Store(CdnStore):
    """Files whose addresses lead here."""

    def __init__(self, base: Callable[[], str]) -> None:
        super().__init__()
        self._base = base

    def store_attachment(self, *given: Any, **more: Any) -> dict[str, Any]:
        stored = super().store_attachment(*given, **more)
        here = stored["url"].replace(CDN_BASE, self._base())
        return {**stored, "url": here, "proxy_url": here}


class Server:
    def __init__(self, *, shards: int = 1) -> None:
        self.shards = shards
        self.world = Backend(clock=WallClock())
        self.world.cdn = _Store(lambda: self.root)
        self.port = 0
        self.calls: list[Call] = []
        self.plan: list[Fault] = []
        self.limits: list[Limit] = []
        self.faults: list[str] = []  # what no client should do: requests before their time, routes there are none of
        self.gateway = Gateway(self.world, lambda: self.token, self._notify)
        self._globally_until = 0.0
        self._spoken = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._noting: set[asyncio.Task[None]] = set()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return self.root + API

    @property
    def token(self) -> str:
        """As Discord's are made: the first part is the application's number."""
        first = base64.urlsafe_b64encode(str(self.world.bot_user.id).encode()).decode().rstrip("=")
        return f"{first}.GtEsTs.only-for-tests-0123456789abcdefghijkl"

    @property
    def mention(self) -> str:
        return f"<@{self.world.bot_user.id}>"

    async def __aenter__(self) -> Server:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Listens; again on the same port after ``close``, as a network that comes back."""
        app = web.Application(client_max_size=30_000_000)
        app.router.add_get("/gateway", self.gateway.connected)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._file)
        app.router.add_route("*", API + "/{path:.*}", self._called)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/gateway"

    async def close(self) -> None:
        self.gateway.end()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # The world

    def guild(self, name: str = "Team", *, shard: int = 0, **more: Any) -> Any:
        """A server that has added the bot, on a shard of ``self.shards``."""
        return self.world.create_guild(name, shard_id=shard, shard_count=self.shards, **more)

    def elsewhere(self, name: str = "Elsewhere", **more: Any) -> Any:
        """A server that has not added the bot."""
        self.world.subscribers.remove(self.gateway.emitted)
        guild = self.world.create_guild(name, shard_id=0, shard_count=self.shards, **more)
        self.world.subscribers.append(self.gateway.emitted)
        self.gateway.elsewhere.add(guild.id)
        return guild

    def group(self, *people: Person) -> Any:
        """A talk among people that the bot is no part of."""
        channel = self.world.create_channel(None, "friends", type=GROUP)
        channel.recipient_ids = [person.id for person in people]
        self.gateway.elsewhere.add(channel.id)
        return channel

    def channel(self, guild: Any, name: str = "general", **more: Any) -> Any:
        return self.world.create_channel(guild.id, name, **more)

    def person(self, name: str, guild: Any = None, *, locale: str = "en-GB", permissions: int = 0) -> Person:
        user = self.world.make_user(name)
        if guild is not None:
            roles = [self.world.create_role(guild.id, f"of {name}", permissions=permissions).id] if permissions else []
            self.world.add_member(guild.id, user.id, roles=roles)
        return Person(self, user, guild, locale)

    def invite(self, guild: Any) -> None:
        """The server adds the bot now: without the mark of one that was only away."""
        payload = dict(serializers.guild_create_payload(self.world, guild))
        payload.pop("unavailable", None)
        self.world.emit("GUILD_CREATE", payload)

    def messages(self, channel: Any) -> list[Any]:
        return list(self.world.messages[channel.id].values())

    # Waiting

    def _notify(self) -> None:
        async def say() -> None:
            async with self._spoken:
                self._spoken.notify_all()

        task = asyncio.ensure_future(say())
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def until(self, true: Callable[[], Any], seconds: float = 20.0, why: str = "") -> Any:
        """Returns what ``true`` says once it says anything."""
        try:
            async with asyncio.timeout(seconds), self._spoken:
                while not (said := true()):
                    await self._spoken.wait()
                return said
        except TimeoutError:
            last = [f"{c.method} {c.path} {c.status}" for c in self.calls[-8:]]
            raise AssertionError(f"never came: {why}; calls {last}, gateway {self.gateway.faults}") from None

    async def connected(self, *shards: int, seconds: float = 40.0) -> None:
        """Until these shards (all, without any) have someone who listens."""
        wanted = set(shards or range(self.shards))
        await self.until(lambda: wanted <= {s.shard for s in self.gateway.live()}, seconds, f"shards {wanted}")

    def made(self, method: str, path: str) -> list[Call]:
        return [call for call in self.calls if call.method == method and fnmatch.fnmatchcase(call.path, path)]

    # Requests

    async def _called(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body, files = await _read(request)
        call = Call(request.method, path, body, [file.filename for file in files])
        self.calls.append(call)
        try:
            response = await self._answered(request, call, files)
        finally:
            self._notify()
        call.status = response.status
        return response

    async def _answered(self, request: web.Request, call: Call, files: list[_File]) -> web.StreamResponse:
        by_token = call.path.startswith(("/interactions/", "/webhooks/"))
        if not by_token and request.headers.get("Authorization") != f"Bot {self.token}":
            return _said(401, {"message": "401: Unauthorized", "code": 0})
        if not by_token and time.monotonic() < self._globally_until:
            self.faults.append(f"{call.method} {call.path} before the end of a global limit")
            return self._too_many(self._globally_until - time.monotonic(), "global")
        fault = self._fault(call)
        if fault is not None:
            if fault.wait:
                await asyncio.sleep(fault.wait)
            if not fault.done and (fault.cut or fault.status):
                return self._broken(request, fault)
        headers = self._spent(call)
        if "Retry-After" in headers:
            return self._too_many(float(headers["Retry-After"]), "user", headers)
        response = self._worked(request, call, files, headers)
        if fault is not None and fault.done:
            return self._broken(request, fault)
        return response

    def _worked(
        self, request: web.Request, call: Call, files: list[_File], headers: dict[str, str]
    ) -> web.StreamResponse:
        if call.path in ("/gateway", "/gateway/bot"):
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
            return _said(200, {"url": self.gateway.url, "shards": self.shards, "session_start_limit": limit})
        try:
            made = router.dispatch(
                self.world, call.method, call.path, json=call.json, params=dict(request.query), files=files,
                reason=request.headers.get("X-Audit-Log-Reason"), message_content_access=False,
            )  # fmt: skip
        except (router.RouteNotImplemented, router.UnsupportedField) as error:
            self.faults.append(str(error))
            return _said(404, {"message": "404: Not Found", "code": 0})
        except BackendError as error:
            return _said(error.status, error.to_json(), headers)
        return web.Response(status=204, headers=headers) if made is None else _said(200, made, headers)

    def _fault(self, call: Call) -> Fault | None:
        for fault in self.plan:
            fits = fault.method in (call.method, "*") and fnmatch.fnmatchcase(call.path, fault.path)
            if fits and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _broken(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=499)
        if fault.status == 429:
            return self._too_many(fault.retry_after, fault.scope)
        return _said(fault.status, {"message": "Fault", "code": fault.code})

    def _too_many(self, seconds: float, scope: str, headers: dict[str, str] | None = None) -> web.StreamResponse:
        if scope == "global":
            self._globally_until = time.monotonic() + seconds
        more = {"X-RateLimit-Global": "true"} if scope == "global" else {}
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
        told = {**VIA, "Retry-After": f"{seconds:.3f}", "X-RateLimit-Scope": scope, **more, **(headers or {})}
        return _said(429, body, told)

    def _spent(self, call: Call) -> dict[str, str]:
        """What a bucket says of itself; with Retry-After where it is empty."""
        for limit in self.limits:
            if limit.method != call.method or not fnmatch.fnmatchcase(call.path, limit.path):
                continue
            now = time.monotonic()
            spent = limit.spent.setdefault(call.path, [])
            if spent and now - spent[0] >= limit.seconds:
                spent.clear()  # the window does not slide: it ends, and all is there again
            over = len(spent) >= limit.most
            if over:
                self.faults.append(f"{call.method} {call.path} with its bucket empty")
            else:
                spent.append(now)
            left = max(0.0, spent[0] + limit.seconds - now)
            told = {
                "X-RateLimit-Bucket": f"bucket-{self.limits.index(limit)}",
                "X-RateLimit-Limit": str(limit.most),
                "X-RateLimit-Remaining": str(limit.most - len(spent)),
                "X-RateLimit-Reset": f"{time.time() + left:.3f}",
                "X-RateLimit-Reset-After": f"{left:.3f}",
            }
            return {**told, "Retry-After": f"{left:.3f}"} if over else told
        return {}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        blob = self.world.cdn.get(CDN_BASE + request.path)
        return web.Response(body=blob) if blob is not None else web.Response(status=404)


async def _read(request: web.Request) -> tuple[Any, list[_File]]:
    """The body, whichever of Discord's two forms it has, and the files with what is said of them."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), []
    form = await request.post()
    payload = json.loads(str(form["payload_json"])) if "payload_json" in form else None
    inner = (payload or {}).get("data") or payload or {}
    told = {str(a.get("id")): a.get("description") for a in inner.get("attachments") or ()}
    files = [
        _File(value.file, value.filename, told.get(name[6:-1]))
        for name, value in form.items()
        if isinstance(value, web.FileField)
    ]
    return payload, files


def _said(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    # Without a charset: the library reads as JSON only what says exactly this.
    told = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=told)


__all__ = ["Call", "Fault", "Limit", "Person", "Server"]
