"""Discord's gateway over a real WebSocket: hello, identify, heartbeats, events with their numbers, resuming.

A session outlives its connection, as on Discord: what happens while nobody is connected is kept and sent again to who
resumes. Whatever a client does that Discord would close the connection for is closed here with the same code.
"""

from __future__ import annotations

import asyncio
import copy
import json
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord import intents as allowed
from simcord.backend import Backend, serializers

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 3, 6, 7, 9, 10, 11
UNKNOWN_OP, NOT_AUTHENTICATED, WRONG_TOKEN, TWICE, BAD_SEQUENCE, NO_SUCH_SHARD, BAD_VERSION, NOT_ALLOWED = (
    4001, 4003, 4004, 4005, 4007, 4010, 4012, 4014)  # fmt: skip


@dataclass
class Session:
    """One identified shard of one process."""

    id: str
    shard: int
    count: int
    intents: discord.Intents
    history: list[dict[str, Any]] = field(default_factory=list)  # every event with its number: seq is the place
    connection: Connection | None = None
    alive: bool = True

    def hears(self, event: str, payload: Mapping[str, Any]) -> bool:
        guild = payload.get("guild_id")
        if guild is None and event in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"):
            guild = payload.get("id")
        return self.shard == ((int(guild) >> 22) % self.count if guild is not None else 0)


class Connection:
    """One WebSocket: what is to be sent waits in a queue, so that events can be emitted from anywhere."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.closing = False  # by us
        self._transport = request.transport
        self._packed = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._waiting: asyncio.Queue[dict[str, Any] | int] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, op: int, d: Any = None, **more: Any) -> None:
        self._waiting.put_nowait({"op": op, "d": d, "s": None, "t": None, **more})

    def close(self, code: int) -> None:
        """After what was sent before."""
        self.closing = True
        self._waiting.put_nowait(code)

    def cut(self) -> None:
        """As a cable that is pulled: no goodbye."""
        if self._transport is not None:
            self._transport.abort()

    def over(self) -> None:
        self._writer.cancel()

    async def _write(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                if isinstance(message, int):
                    await self.socket.close(code=message)
                    return
                text = json.dumps(message)
                if self._packed is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._packed.compress(text.encode()) + self._packed.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
            except (ConnectionError, RuntimeError):
                return


class Gateway:
    """``sessions`` are in the order they were begun; ``identified`` and ``resumed`` count what clients asked for."""

    def __init__(self, world: Backend, token: Callable[[], str], notify: Callable[[], None]) -> None:
        self._world = world
        self._token = token
        self._notify = notify
        self.url = ""
        self.heartbeat = 41.25  # seconds between two beats that clients are told
        self.identify_every = 5.0  # one shard may identify in so many seconds, over all processes
        self.refuses = False  # connections are refused, as in an outage
        self.sessions: list[Session] = []
        self.identified: list[tuple[int, int]] = []  # (shard, of how many), in order
        self.resumed: list[tuple[int, int]] = []  # (shard, last number it had)
        self.beats = 0
        self.faults: list[str] = []  # what no client should do
        self.elsewhere: set[int] = set()  # servers and groups that the bot is not in: only interactions come from there
        self._last_identify = -60.0
        self._connections: set[Connection] = set()
        world.subscribers.append(self.emitted)

    def live(self, shard: int | None = None) -> list[Session]:
        """Sessions that someone is connected to."""
        return [s for s in self.sessions if s.connection is not None and shard in (None, s.shard)]

    # What may happen to connections

    def cut(self, shard: int | None = None) -> None:
        for session in self.live(shard):
            assert session.connection is not None
            session.connection.cut()

    def close(self, code: int, shard: int | None = None) -> None:
        """With a close code of Discord's: 4000 may be resumed, 4009 begins anew, 4004 is for good."""
        for session in self.live(shard):
            assert session.connection is not None
            session.alive = session.alive and code not in (4007, 4009)
            session.connection.close(code)

    def ask_to_reconnect(self, shard: int | None = None) -> None:
        """As Discord does before it restarts a machine of its own: opcode 7."""
        for session in self.live(shard):
            assert session.connection is not None
            session.connection.send(RECONNECT)

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Opcode 9."""
        for session in self.live(shard):
            assert session.connection is not None
            session.alive = resumable
            session.connection.send(INVALID, resumable)

    def end(self) -> None:
        for connection in list(self._connections):
            connection.cut()

    # Events

    def emitted(self, event: str, payload: Mapping[str, Any]) -> None:
        """To each session it concerns, once, with the next number; kept for who resumes."""
        if event != "INTERACTION_CREATE" and self._is_elsewhere(payload):
            return
        for session in self.sessions:
            if session.alive and session.hears(event, payload):
                self._give(session, event, payload)

    def _is_elsewhere(self, payload: Mapping[str, Any]) -> bool:
        return any(int(payload.get(key) or 0) in self.elsewhere for key in ("guild_id", "channel_id"))

    def _give(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        gate = allowed.required_intent(event, payload)
        if gate is not None and not getattr(session.intents, gate):
            return
        shown = self._shaped(session, event, copy.deepcopy(dict(payload)))
        session.history.append({"t": event, "s": len(session.history) + 1, "d": shown})
        if session.connection is not None:
            session.connection.send(DISPATCH, **session.history[-1])

    def _shaped(self, session: Session, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Without the words and the members that these intents do not show."""
        me = self._world.bot_user.id
        if not session.intents.message_content:
            if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
                allowed.censor_message(payload, me, backend=self._world)
            elif event == "INTERACTION_CREATE" and isinstance(payload.get("message"), dict):
                allowed.censor_message(payload["message"], me, backend=self._world, exempt_root=True)
        if event == "GUILD_CREATE":
            allowed.prune_guild_create(payload, session.intents, me)
        return payload

    # One connection

    async def connected(self, request: web.Request) -> web.StreamResponse:
        if self.refuses:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.add(connection)
        session: Session | None = None
        try:
            if request.query.get("v") != "10" or request.query.get("compress") not in (None, "zlib-stream"):
                connection.close(BAD_VERSION)
            connection.send(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000)})
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                said = json.loads(message.data)
                op, data = said["op"], said.get("d")
                if op == HEARTBEAT:
                    self.beats += 1
                    connection.send(ACK)
                elif op in (IDENTIFY, RESUME):
                    session = self._begun(connection, data, session, resume=op == RESUME)
                elif session is None:
                    self._wrong(connection, NOT_AUTHENTICATED, f"opcode {op} before identifying")
                elif op not in (PRESENCE,):
                    self._wrong(connection, UNKNOWN_OP, f"opcode {op}")
                self._notify()
        finally:
            connection.over()
            self._connections.discard(connection)
            if session is not None and session.connection is connection:
                session.connection = None
                # Who says goodbye in order has ended the session; everyone else may come back to it.
                session.alive = session.alive and (connection.closing or socket.close_code not in (1000, 1001))
            self._notify()
        return socket

    def _wrong(self, connection: Connection, code: int, said: str) -> None:
        self.faults.append(said)
        connection.close(code)

    def _begun(
        self, connection: Connection, data: dict[str, Any], now: Session | None, *, resume: bool
    ) -> Session | None:
        if now is not None:
            self._wrong(connection, TWICE, "identified twice")
            return now
        if data.get("token") != self._token():
            connection.close(WRONG_TOKEN)
            return None
        return self._resumed(connection, data) if resume else self._identified(connection, data)

    def _resumed(self, connection: Connection, data: dict[str, Any]) -> Session | None:
        session = next((s for s in self.sessions if s.id == data["session_id"] and s.alive), None)
        seq = int(data.get("seq") or 0)
        if session is None:
            connection.send(INVALID, False)
            return None
        if seq > len(session.history):
            self._wrong(connection, BAD_SEQUENCE, f"resumed at {seq} of {len(session.history)}")
            return None
        self.resumed.append((session.shard, seq))
        session.connection = connection
        for event in session.history[seq:]:
            connection.send(DISPATCH, **event)
        self._give(session, "RESUMED", {"_trace": []})
        return session

    def _identified(self, connection: Connection, data: dict[str, Any]) -> Session | None:
        shard, count = data.get("shard") or (0, 1)
        wanted = discord.Intents._from_value(int(data["intents"]))  # pyright: ignore[reportPrivateUsage]
        if not 0 <= shard < count:
            self._wrong(connection, NO_SUCH_SHARD, f"shard {shard} of {count}")
            return None
        if allowed.missing_privileged_intents(wanted, discord.Intents.none()):
            self._wrong(connection, NOT_ALLOWED, "privileged intents")
            return None
        now = time.monotonic()
        if now - self._last_identify < self.identify_every:
            connection.send(INVALID, False)
            return None
        self._last_identify = now
        self.identified.append((shard, count))
        session = Session(secrets.token_hex(16), shard, count, wanted, connection=connection)
        self.sessions.append(session)
        here = [guild for guild in self._world.guilds.values() if guild.id not in self.elsewhere]
        mine = [guild for guild in here if session.hears("GUILD_CREATE", {"id": guild.id})]
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(self._world.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [shard, count],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }
        self._give(session, "READY", ready)
        for guild in mine:
            self._give(session, "GUILD_CREATE", dict(serializers.guild_create_payload(self._world, guild)))
        return session
