"""A Bot API server on loopback: methods over HTTP, updates by long polling or webhook, faults on demand.

Each call is held against aiogram's class of that method: a parameter that it does not have, or a value it cannot read,
is a fault of ours. Each update handed out is built there first, so that what we invent is what Telegram could send.
"""

from __future__ import annotations

import asyncio
import fnmatch
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiogram.methods
import aiohttp
from aiogram.types import Update
from aiohttp import web
from pydantic import BaseModel, ValidationError
from telegram_world import BOT, Refusal, World, bad

TOKEN = "4242:AAfakeTokenForTestsOnly0123456789abcdef"
METHODS = {name.lower(): getattr(aiogram.methods, name) for name in aiogram.methods.__all__}


@dataclass
class Fault:
    """What goes wrong with calls whose method fits: a code, a connection cut, or a wait."""

    method: str
    times: int = 1
    code: int = 0
    said: str = "Bad Gateway"
    retry_after: int | None = None
    cut: bool = False
    wait: float = 0.0
    done: bool = False  # the call takes effect all the same, only its answer is lost
    chat: int | None = None


@dataclass
class Call:
    method: str
    params: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class Server:
    """``async with Server() as server``: ``server.url`` is what TELEGRAM_API_URL is to be."""

    def __init__(self, *, strict: bool = True) -> None:
        self.strict = strict  # False where only speed counts
        self.world = World()
        self.calls: list[Call] = []
        self.plan: list[Fault] = []
        self.webhook: dict[str, Any] = {}
        self.pending: list[dict[str, Any]] = []
        self.updates = 0
        self.confirmed = 0  # the last update whose arrival the bot has confirmed
        self.carried: dict[int, dict[str, Any]] = {}  # on their way to the webhook
        self.refused = 0  # how often an update was not taken
        self._polls = 0  # fetches so far; the last one alone is let wait
        self._arrived = asyncio.Event()
        self._spoken = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._pusher: asyncio.Task[None] | None = None
        self.port = 0
        world = self.world
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getme": lambda _: BOT,
            "sendmessage": world.send_message,
            "sendphoto": world.send_photo,
            "sendpoll": world.send_poll,
            "senddocument": world.send_document,
            "editmessagetext": world.edit_text,
            "editmessagemedia": world.edit_media,
            "answercallbackquery": world.answer_callback,
            "answerinlinequery": world.answer_inline,
            "answerguestquery": world.answer_guest,
            "setmycommands": world.set_commands,
            "getmycommands": world.get_commands,
            "setmyname": lambda p: world.told_about("name", 64, p),
            "setmydescription": lambda p: world.told_about("description", 512, p),
            "setmyshortdescription": lambda p: world.told_about("short_description", 120, p),
            "getmyname": lambda p: world.known_about("name", p),
            "getmydescription": lambda p: world.known_about("description", p),
            "getmyshortdescription": lambda p: world.known_about("short_description", p),
            "getchatadministrators": world.administrators,
            "getfile": world.get_file,
            "deletewebhook": self._delete_webhook,
            "setwebhook": self._set_webhook,
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Server:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        if self._pusher is not None:
            self._pusher.cancel()

    async def open(self) -> None:
        """Listens; again on the same port after ``close``, as a network that comes back."""
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/documents/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # Updates

    def push(self, **content: Any) -> int:
        """An update for the bot; returns its number."""
        self.updates += 1
        update = {"update_id": self.updates, **content}
        built = Update.model_validate(update)
        unknown = list(extras(built))
        assert not unknown, f"Telegram sends no such thing: {unknown}"
        self.pending.append(update)
        self._arrived.set()
        return self.updates

    def push_raw(self, update: dict[str, Any]) -> None:
        """Something that is no update."""
        self.updates += 1
        self.pending.append({"update_id": self.updates, **update})
        self._arrived.set()

    async def _get_updates(self, params: dict[str, Any]) -> Any:
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._polls += 1
        mine = self._polls
        self._arrived.set()  # an earlier fetch that still waits is ended by this one
        offset = params.get("offset") or 0
        if offset:
            self.confirmed = max(self.confirmed, offset - 1)
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        limit, end = params.get("limit") or 100, time.monotonic() + (params.get("timeout") or 0)
        while not self.pending and time.monotonic() < end:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), max(end - time.monotonic(), 0))
            except TimeoutError:
                break
            if self._polls != mine:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return self.pending[:limit]

    def _delete_webhook(self, params: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def _set_webhook(self, params: dict[str, Any]) -> bool:
        self.webhook = params
        if self._pusher is None:
            self._pusher = asyncio.create_task(self._deliver())
        return True

    async def _deliver(self) -> None:
        """As Telegram does: over so many connections at a time, each update until it is taken."""
        carried: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            while True:
                while not self.pending or len(carried) >= self.webhook.get("max_connections", 40):
                    self._arrived.clear()
                    await self._arrived.wait()
                task = asyncio.create_task(self._carried(session, self.pending.pop(0)))
                carried.add(task)
                task.add_done_callback(carried.discard)
                task.add_done_callback(lambda _: self._arrived.set())

    async def _carried(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        self.carried[update["update_id"]] = update
        taken = await self._posted(session, update)
        if not taken:
            self.refused += 1
            await asyncio.sleep(0.1)
        del self.carried[update["update_id"]]
        if not taken:
            self.pending.append(update)
            self.pending.sort(key=lambda one: one["update_id"])
        async with self._spoken:
            self._spoken.notify_all()

    async def _posted(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        try:
            async with session.post(self.webhook["url"], json=update, headers=headers) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    # Calls

    async def _called(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        params = await _params(request)
        fault = self._fault(method, params)
        if fault is not None:
            if fault.wait:
                await asyncio.sleep(fault.wait)
            if not fault.done and (fault.cut or fault.code):
                return self._broken(request, fault)
        response = await self._worked(method, params)
        if fault is not None and fault.done:
            return self._broken(request, fault)
        return response

    async def _worked(self, method: str, raw: dict[str, Any]) -> web.Response:
        try:
            params = self._checked(method, raw)
            self.calls.append(Call(method, params))
            if method.lower() == "getupdates":
                result = await self._get_updates(params)
            else:
                result = self._methods[method.lower()](params)
        except Refusal as refusal:
            body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.said}
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return _answer(refusal.code, body)
        async with self._spoken:
            self._spoken.notify_all()
        return _answer(200, {"ok": True, "result": result})

    def _checked(self, method: str, raw: dict[str, Any]) -> dict[str, Any]:
        model = METHODS.get(method.lower())
        if model is None or (method.lower() not in self._methods and method.lower() != "getupdates"):
            self.world.faults.append(f"no such method: {method}")
            raise Refusal(404, "Not Found: method not found")
        files = {name: value for name, value in raw.items() if isinstance(value, bytes)}
        plain = {name: f"attach://{name}" if name in files else value for name, value in raw.items()}
        attached = {name for name in files if f"attach://{name}" in json.dumps(plain | {name: None})}
        plain = {name: value for name, value in plain.items() if name not in attached}
        if not self.strict:
            return {name: _uploaded(value, files) for name, value in plain.items()}
        unknown = set(plain) - set(model.model_fields)
        try:
            unknown |= set(extras(model.model_validate(plain)))
        except ValidationError as error:
            self.world.faults.append(f"{method}: {error}")
            raise bad("wrong parameters") from error
        if unknown:
            self.world.faults.append(f"{method} has no {sorted(unknown)}")
            raise bad(f"unknown parameters {sorted(unknown)}")
        return {name: _uploaded(value, files) for name, value in plain.items()}

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        for fault in self.plan:
            fits = fnmatch.fnmatch(method.lower(), fault.method.lower())
            if fits and fault.times > 0 and fault.chat in (None, params.get("chat_id")):
                fault.times -= 1
                return fault
        return None

    def _broken(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        body: dict[str, Any] = {"ok": False, "error_code": fault.code, "description": fault.said}
        if fault.retry_after is not None:
            body["parameters"] = {"retry_after": fault.retry_after}
        return _answer(fault.code, body)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.Response(body=self.world.files[name]) if name in self.world.files else web.Response(status=404)

    # Waiting

    async def until(self, true: Callable[[], Any], seconds: float = 10.0, why: str = "") -> Any:
        """Returns what ``true`` says once it says anything."""
        try:
            async with asyncio.timeout(seconds), self._spoken:
                while not (said := true()):
                    await self._spoken.wait()
                return said
        except TimeoutError:
            raise AssertionError(f"never came: {why}; calls {[c.method for c in self.calls[-8:]]}") from None

    def made(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method.lower() == method.lower()]


def extras(built: BaseModel) -> Any:
    """Whatever a model was given that it has no field for, however deep."""
    if built.model_extra:
        yield from built.model_extra
    for name in built.model_fields_set:
        value = getattr(built, name, None)
        for one in value if isinstance(value, list | tuple) else (value,):
            for inner in one if isinstance(one, list) else (one,):
                if isinstance(inner, BaseModel):
                    yield from extras(inner)


async def _params(request: web.Request) -> dict[str, Any]:
    """Form, multipart or JSON, each value as what it stands for."""
    if request.content_type == "application/json":
        return await request.json()
    raw: dict[str, Any] = {}
    form = await request.post()
    for name, value in form.items():
        raw[name] = value.file.read() if isinstance(value, web.FileField) else _value(name, value)
    return raw


_WORDS = ("text", "caption", "question", "explanation", "callback_query_id", "inline_query_id", "guest_query_id",
          "inline_message_id", "file_id", "name", "description", "short_description", "url", "photo",
          "secret_token")  # fmt: skip


def _value(name: str, value: Any) -> Any:
    if name in _WORDS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _uploaded(value: Any, files: dict[str, bytes]) -> Any:
    """What was sent along, in the place that refers to it."""
    if isinstance(value, str) and value.startswith("attach://"):
        return files.get(value.removeprefix("attach://"), value)
    return {k: _uploaded(v, files) for k, v in value.items()} if isinstance(value, dict) else value


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=status)
