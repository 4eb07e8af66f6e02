"""What the processes of a test run wrote, and what secrets they were given: at the end each is searched for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

_LOGS: list[str] = []
_SECRETS: set[str] = set()
SHORTEST = 8  # letters; shorter ones stand in other words


def note(environment: Mapping[str, str], log: str) -> None:
    """A process has ended: its log is kept, and what of its environment nobody may see."""
    _LOGS.append(log)
    for name, value in environment.items():
        if name.endswith(("_TOKEN", "_SECRET", "_KEY")):
            _SECRETS.add(value)
        elif name == "DATABASE_URL":
            _SECRETS.add(urlsplit(value).password or "")


def noted() -> tuple[list[str], list[str]]:
    """All of it, as one of several workers hands it on."""
    return _LOGS, sorted(_SECRETS)


def note_all(logs: Iterable[str], secrets: Iterable[str]) -> None:
    """What another worker has noted: its logs are searched for everybody's secrets, and everybody's for its own."""
    _LOGS.extend(logs)
    _SECRETS.update(secrets)


def found() -> Iterator[str]:
    """Every line that holds a secret, the secret struck out."""
    for secret in sorted(secret for secret in _SECRETS if len(secret) >= SHORTEST):
        for log in _LOGS:
            yield from (line.replace(secret, "***")[:300] for line in log.splitlines() if secret in line)


def searched() -> str:
    return f"{len(_LOGS)} logs of processes searched for {len(_SECRETS)} secrets"
