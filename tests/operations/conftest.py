"""A PostgreSQL of our own, as the storage tests have it."""

from __future__ import annotations

from tests.storage.conftest import empty_postgres, postgres

__all__ = ["empty_postgres", "postgres"]
