"""Configuration by environment (and a ``.env`` file), read once and passed on. Secrets never show in a repr."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Misconfigured(ValueError):
    """A variable that cannot be used: said to whoever starts the process. Holds no secret."""


class Settings(BaseSettings):
    """One field a variable; the names are those of the environment."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    smallprint_language: Literal["en", "fr"] | None = None  # language of the terminal where --lang is not given
    database_url: SecretStr | None = None  # postgres://..., sqlite:///file, "memory:"; none: a file in the data folder
    smallprint_key: SecretStr | None = None  # turns people's ids into hashes; none: one made and kept in the database

    discord_token: SecretStr | None = None  # from the developer portal
    discord_shard_count: int | None = Field(
        default=None, ge=1
    )  # over all processes; none: as many as Discord recommends
    discord_shard_ids: Annotated[list[int] | None, NoDecode] = None  # of this process: "0,1" or "0-3"; none: all

    telegram_token: SecretStr | None = None  # from BotFather
    telegram_api_url: str = "https://api.telegram.org"  # a Bot API server of one's own, for methods and for files
    telegram_webhook_url: str | None = None  # the public address updates are sent to; without one they are fetched
    # What the sender of updates must know; none: one that follows from the token
    telegram_webhook_secret: SecretStr | None = None
    telegram_messages_per_second: float = Field(default=30, ge=0)  # over all chats; 0 is no limit of ours at all
    port: int = 8080  # where webhooks are listened for

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _shards(cls, value: object) -> object:
        """ "0,1,4-7": numbers and spans."""
        if not isinstance(value, str):
            return value
        spans = [part.strip().partition("-") for part in value.split(",") if part.strip()]
        return [shard for first, _, last in spans for shard in range(int(first), int(last or first) + 1)]

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _letters_only(cls, secret: SecretStr | None) -> SecretStr | None:
        """Telegram takes these letters alone, and would refuse only when the webhook is set."""
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("TELEGRAM_WEBHOOK_SECRET takes letters, digits, _ and -, 256 at most")
        return secret

    @property
    def address(self) -> str | None:
        """Of the database; None for the default file."""
        return self.database_url.get_secret_value() if self.database_url is not None else None

    @property
    def key(self) -> str | None:
        return self.smallprint_key.get_secret_value() if self.smallprint_key is not None else None
