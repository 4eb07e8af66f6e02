"""The real client in SimCord: discord.py runs as it does live, only the network is a model of Discord in this process.

A scene is a server with a channel and people; ``localise`` gives people the locale of their client, which the model
leaves at American English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import simcord
import simcord.interactions as interactions
from simcord.backend import serializers

from bot.assembly import assembled
from bot.core import Core
from bot.platforms.discord.client import Smallprint, build
from bot.settings import Settings
from bot.storage.memory import memory_ports

LOCALES = pytest.mark.parametrize("locale", ["en-US", "fr"])
SHARE = {"en-US": "Share here", "fr": "Partager ici"}
SHOWN = {"en-US": "Electricity", "fr": "Électricité"}  # in every estimate
SETTINGS = Settings(_env_file=None, discord_shard_count=1)


@pytest.fixture(scope="session", autouse=True)
def brisk() -> Iterator[None]:
    """The model looks every two milliseconds whether the bot has come to rest, not every fifty."""
    defaults = simcord.Env._settle_internal.__kwdefaults__
    before, defaults["idle"] = defaults["idle"], 0.002
    yield
    defaults["idle"] = before


class Fresh:
    """Ports that are emptied between tests: the core is read once for all, and holds on to the ports it was given."""

    def __init__(self) -> None:
        self.now = memory_ports()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


@pytest.fixture(scope="session")
def fresh() -> Fresh:
    return Fresh()


@pytest.fixture(scope="session")
def shared(fresh: Fresh) -> Core:
    return assembled(fresh)  # type: ignore[arg-type]


@pytest.fixture
def made(shared: Core, fresh: Fresh) -> Core:
    fresh.now = memory_ports()
    return shared


def texts(components: Any) -> str:
    """Every word of a card, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if node.get("type") == 10:
                found.append(node["content"])
            walk(node.get("components") or [])
            if "accessory" in node:
                walk(node["accessory"])

    walk(components)
    return "\n".join(found)


def flat(components: Any) -> list[dict[str, Any]]:
    """Every component, however deep."""
    found: list[dict[str, Any]] = []
    for node in components if isinstance(components, list) else [components]:
        found.append(node)
        found.extend(flat(node.get("components") or []))
    return found


def labels(components: Any) -> list[str]:
    return [c["label"] for c in flat(components) if c.get("type") == 2]


@dataclass
class Scene:
    env: simcord.Env
    bot: Smallprint
    core: Core
    guild: Any
    channel: Any
    locales: dict[int, str] = field(default_factory=dict)
    own_account: set[int] = field(default_factory=set)  # people who added the bot to themselves, not to the server
    people: dict[str, Any] = field(default_factory=dict)

    def person(self, name: str = "alice", locale: str = "en-GB", *, roles: Any = ()) -> Any:
        user = self.env.create_user(name)
        member = self.guild.add_member(user, roles=list(roles)) if roles else self.guild.add_member(user)
        self.locales[user.id] = locale
        return member

    @property
    def mention(self) -> str:
        assert self.bot.user is not None
        return f"<@{self.bot.user.id}>"

    @property
    def last(self) -> Any:
        return self.channel.last_message

    def said(self, message: Any = None) -> str:
        """The words of a card in the channel."""
        message = message if message is not None else self.last
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return texts(stored.components)

    def shown(self, message: Any = None) -> list[str]:
        message = message if message is not None else self.last
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return labels(stored.components)

    def sent(self) -> list[Any]:
        """What went out over HTTP."""
        return [r for r in self.env.http_requests if r.method in ("POST", "PATCH") and "/commands" not in r.path]

    def invited(self) -> None:
        """The server adds the bot now: the model does not tell on its own."""
        payload = dict(serializers.guild_create_payload(self.env.backend, self.env.backend.get_guild(self.guild.id)))
        self.env.backend.emit("GUILD_DELETE", {"id": str(self.guild.id)})
        payload.pop("unavailable", None)
        self.env.backend.emit("GUILD_CREATE", payload)


@pytest.fixture
def localise(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[int, str], set[int]], None]:
    original = interactions.base_payload

    def begin(locales: dict[int, str], own_account: set[int]) -> None:
        def base(backend: Any, **given: Any) -> Any:
            record, payload = original(backend, **given)
            payload["locale"] = locales.get(given["user_id"], "en-US")
            if given["guild_id"]:
                payload["guild_locale"] = backend.get_guild(given["guild_id"]).preferred_locale
            mine = given["user_id"] in own_account
            payload["authorizing_integration_owners"] = (
                {"1": str(given["user_id"])} if mine else {"0": str(given["guild_id"] or 0)}
            )
            return record, payload

        monkeypatch.setattr(interactions, "base_payload", base)

    return begin


@pytest.fixture
def simcord_bot(made: Core) -> Smallprint:
    return build(made, SETTINGS)


@pytest.fixture
def scene(simcord_env: simcord.Env, simcord_bot: Smallprint, made: Core, localise: Any) -> Iterator[Scene]:
    guild = simcord_env.create_guild("Team")
    it = Scene(simcord_env, simcord_bot, made, guild, guild.create_text_channel("general"))
    localise(it.locales, it.own_account)
    yield it
    # Whatever a test made it say: it pinged nobody.
    for request in it.sent():
        body = (request.json or {}).get("data", request.json) or {}
        if "title" not in body and {"components", "content"} & set(body):
            assert body["allowed_mentions"].get("parse") == []
            assert not body["allowed_mentions"].get("replied_user")
