"""Configuration by environment (and a ``.env`` file), read once and passed on. Secrets never show in a repr."""

from __future__ import annotations

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One field a variable; the names are those of the environment."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    smallprint_language: Literal["en", "fr"] | None = None  # language of the terminal where --lang is not given
