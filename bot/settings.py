"""Configuration by environment (and a ``.env`` file), read once and passed on. Secrets never show in a repr.

What is wrong is said all at once, a line a variable, before anything starts; no line repeats a value, because the value
may be a token pasted into the wrong place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATABASES = ("postgres", "postgresql", "sqlite")
# Hosting platforms whose disk is new at every start, by a variable that they set themselves.
HOSTS = {
    "DYNO": "Heroku",
    "RENDER": "Render",
    "FLY_APP_NAME": "Fly.io",
    "RAILWAY_ENVIRONMENT": "Railway",
    "K_SERVICE": "Cloud Run",
}
MEMORY = "memory:"  # a DATABASE_URL that asks for nothing to be kept


class Misconfigured(ValueError):
    """Variables that cannot be used: said to whoever starts the process, a line each. Holds no secret."""


class Settings(BaseSettings):
    """One field a variable; the names are those of the environment."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    smallprint_language: Literal["en", "fr"] | None = None  # language of the terminal where --lang is not given
    database_url: SecretStr | None = None  # postgres://..., sqlite:///file, "memory:"; none: a file in the data folder
    smallprint_key: SecretStr | None = None  # turns people's ids into hashes; none: one made and kept in the database
    # "lasting" says that this disk outlives a deployment: SQLite may stand there
    smallprint_disk: Literal["lasting"] | None = None
    smallprint_log: Literal["text", "json"] | None = None  # none: text for a terminal, JSON for everything else

    # Questions a second of one person, over all processes; a minute's worth may come at once. 0 is no limit of ours
    smallprint_pace: float = Field(default=10, ge=0)

    discord_token: SecretStr | None = None  # from the developer portal
    # Over all processes; none: as many as Discord recommends
    discord_shard_count: int | None = Field(default=None, ge=1)
    discord_shard_ids: Annotated[list[int] | None, NoDecode] = None  # of this process: "0,1" or "0-3"; none: all
    discord_api_url: str | None = None  # a proxy of one's own, version included: https://proxy.example/api/v10
    discord_application_id: int | None = Field(default=None, ge=1)  # for the page's button; none: DISCORD_TOKEN's

    telegram_token: SecretStr | None = None  # from BotFather
    telegram_api_url: str = "https://api.telegram.org"  # a Bot API server of one's own, for methods and for files
    telegram_webhook_url: str | None = None  # the public address updates are sent to; without one they are fetched
    # What the sender of updates must know; none: one that follows from the token
    telegram_webhook_secret: SecretStr | None = None
    telegram_messages_per_second: float = Field(default=30, ge=0)  # over all chats; 0 is no limit of ours at all
    # The name of the bot on Telegram, for the page's button
    telegram_bot_name: str | None = Field(default=None, pattern=r"^@?[A-Za-z0-9_]{4,64}$")
    port: int = Field(default=8080, ge=0, le=65535)  # where pages, webhooks, health and metrics are listened for
    # Another port for health and metrics alone, of processes that have no other; none: not there
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    metrics_token: SecretStr | None = None  # what a reader of /metrics must show; none: only neighbours may read them

    # The page's own public address: https://smallprint.example
    smallprint_public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#@]+/?$")
    # How many proxies of ours stand before the page: who asks is read in X-Forwarded-For, so many from its end
    smallprint_proxies: int = Field(default=0, ge=0, le=9)
    smallprint_questions_per_minute: int = Field(default=60, ge=0)  # on the page, of one address; 0 is no limit

    @classmethod
    def load(cls, *needed: str, lasting: bool = False) -> Settings:
        """All of it, or ``Misconfigured`` with a line for everything that is wrong. ``needed``: fields that must be
        set; ``lasting``: what people keep must be somewhere that outlives a deployment, or nowhere."""
        broken: dict[str, str] = {}
        try:
            settings = cls()
        except ValidationError as error:
            broken = {str(fault["loc"][0]): _said(fault["msg"]) for fault in error.errors(include_input=False)}
            # The rest is still looked at: whoever mends one line should not meet the next one only then.
            settings = cls(**{name: cls.model_fields[name].default for name in broken})  # pyright: ignore[reportArgumentType]
        for name, fault in settings._at_odds(needed, lasting):
            broken.setdefault(name, fault)
        if broken:
            raise Misconfigured("\n".join(f"{name.upper()} {fault}" for name, fault in broken.items()))
        return settings

    def _at_odds(self, needed: tuple[str, ...], lasting: bool) -> Iterator[tuple[str, str]]:
        """What is wrong although each value by itself is not."""
        for name in needed:
            if getattr(self, name) is None:
                yield name, "is not set"
        host = self.forgetful() if lasting else None
        if host is not None:
            yield (
                "database_url",
                f"must name a database that lasts: on {host} the disk is new at every start. Set postgres://..., "
                "memory: to keep nothing, or SMALLPRINT_DISK=lasting where the file is on a volume",
            )
        if self.discord_shard_ids is not None:
            if self.discord_shard_count is None:
                yield "discord_shard_count", "is not set: DISCORD_SHARD_IDS are some of how many?"
            elif max(self.discord_shard_ids) >= self.discord_shard_count:
                yield "discord_shard_ids", "names a shard that DISCORD_SHARD_COUNT does not have; the first is 0"

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _shards(cls, value: object) -> object:
        """ "0,1,4-7": numbers and spans."""
        if not isinstance(value, str):
            return value
        if not re.fullmatch(r"\s*\d{1,5}(\s*-\s*\d{1,5})?(\s*,\s*\d{1,5}(\s*-\s*\d{1,5})?)*\s*,?\s*", value):
            raise ValueError("takes numbers and spans, as in 0,1 or 0-3")
        spans = [part.strip().partition("-") for part in value.split(",") if part.strip()]
        shards = [shard for first, _, last in spans for shard in range(int(first), int(last or first) + 1)]
        if not shards:
            raise ValueError("has a span that ends before it begins")
        return sorted(set(shards))

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _letters_only(cls, secret: SecretStr | None) -> SecretStr | None:
        """Telegram takes these letters alone, and would refuse only when the webhook is set."""
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("takes letters, digits, _ and -, 256 at most")
        return secret

    @field_validator("discord_token", "telegram_token", "metrics_token")
    @classmethod
    def _one_word(cls, secret: SecretStr | None) -> SecretStr | None:
        """A line break copied along would be met only as a refusal, or as a broken request."""
        if secret is None:
            return None
        bare = secret.get_secret_value().strip()
        if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
            raise ValueError("takes one word, without spaces or line breaks")
        return SecretStr(bare)

    @field_validator("discord_api_url")
    @classmethod
    def _without_end(cls, address: str | None) -> str | None:
        """Paths are set behind it as they are."""
        return address.rstrip("/") if address is not None else None

    @field_validator("discord_api_url", "telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _addresses(cls, address: str | None) -> str | None:
        if address is None:
            return None
        try:
            parts = urlsplit(address)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            raise ValueError("takes an address that begins with https://")
        return address

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, address: SecretStr | None) -> SecretStr | None:
        if address is None:
            return None
        scheme, colon, _ = address.get_secret_value().strip().partition(":")
        if f"{scheme}{colon}" == MEMORY or (colon and scheme.partition("+")[0] in DATABASES):
            return address
        raise ValueError(f"takes postgres://..., sqlite:///file or {MEMORY}")

    @property
    def address(self) -> str | None:
        """Of the database; None for the default file."""
        return self.database_url.get_secret_value().strip() if self.database_url is not None else None

    @property
    def key(self) -> str | None:
        return self.smallprint_key.get_secret_value() if self.smallprint_key is not None else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that no log may hold."""
        kept = [value.get_secret_value() for value in dict(self).values() if isinstance(value, SecretStr)]
        # The address of a database is no secret as a whole, and "memory:" none at all: its password is.
        address = self.address
        if address is not None:
            kept.remove(self.database_url.get_secret_value() if self.database_url is not None else "")
            try:
                kept.append(urlsplit(address).password or "")
            except ValueError:
                kept.append(address)
        return tuple(secret for secret in kept if secret)

    def forgetful(self, environment: Mapping[str, str] = os.environ) -> str | None:
        """The hosting platform, where this process would keep people's data in a file on a disk that does not last."""
        address = self.address
        if self.smallprint_disk == "lasting" or (address is not None and not address.startswith("sqlite")):
            return None
        file = re.sub(r"^sqlite(\+\w+)?:///", "", address or "")
        volume = environment.get("RAILWAY_VOLUME_MOUNT_PATH")
        if volume and file.startswith(volume):
            return None  # Railway says itself where its disk lasts
        return next((name for variable, name in HOSTS.items() if environment.get(variable)), None)


def _said(message: str) -> str:
    """pydantic's words, without its manner; they hold no value that was given."""
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return message.replace("should be", "must be").partition(", unable to parse")[0]
