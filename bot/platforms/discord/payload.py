"""What is sent to Discord when commands are registered, held against Discord's limits first: offline nothing else would
tell, and online a single fault refuses them all. Sent only when it has changed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from handlers.ports import Marks

logger = logging.getLogger(__name__)

CHAT, USER, MESSAGE = 1, 2, 3
MOST = {CHAT: 100, USER: 15, MESSAGE: 5}  # of messages Discord takes fifteen, the library five
OPTIONS = CHOICES = 25
LETTERS = 8000  # names, descriptions and choices of one command, the longest language counted
STRING, INTEGER, NUMBER = 3, 4, 10
_NAME = re.compile(r"[-_'\w]{1,32}\Z")
_LOCALES = frozenset(locale.value for locale in discord.Locale)

Payload = Mapping[str, Any]


class Refused(ValueError):
    """Commands that Discord would not take: every fault in one message."""


async def payload(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """The commands as they would be sent."""
    translator = tree.translator
    assert translator is not None
    commands = tree._get_all_commands(guild=None)  # pyright: ignore[reportPrivateUsage]
    return [await command.get_translated_payload(tree, translator) for command in commands]


def fingerprint(commands: Sequence[Payload]) -> str:
    """The same for the same commands, whatever the order they were added in."""
    ordered = sorted(commands, key=lambda c: (c["type"], c["name"]))
    return hashlib.sha256(json.dumps(ordered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def registered(tree: app_commands.CommandTree[Any], marks: Marks, application: int) -> bool:
    """Sends the commands where they differ from those sent last; whether they were sent. Raises Refused before that."""
    commands = await payload(tree)
    if found := list(faults(commands)):
        raise Refused("; ".join(found))
    mark, name = fingerprint(commands), f"discord:commands:{application}"
    if await marks.get(name) == mark and await _standing(tree, commands):
        return False
    await tree.sync()
    await marks.put(name, mark)
    logger.info("%d commands registered", len(commands))
    return True


async def _standing(tree: app_commands.CommandTree[Any], commands: Sequence[Payload]) -> bool:
    """Whether Discord still has them all: an application can be emptied by other hands. Asking costs nothing."""
    there = {(command.type.value, command.name) for command in await tree.fetch_commands()}
    return there == {(command["type"], command["name"]) for command in commands}


def faults(commands: Sequence[Payload]) -> Iterable[str]:
    """What Discord would object to."""
    for kind, most in MOST.items():
        mine = [c for c in commands if c.get("type", CHAT) == kind]
        if len(mine) > most:
            yield f"{len(mine)} commands of type {kind}, at most {most}"
        yield from _doubles(mine, f"commands of type {kind}")
    for command in commands:
        where = f"/{command['name']}"
        if command.get("type", CHAT) == CHAT:
            yield from _named(command, where, small=True)
            yield from _described(command, where)
            yield from _options(command.get("options", ()), where)
            if _letters(command) > LETTERS:
                yield f"{where}: {_letters(command)} letters"
        else:
            yield from _named(command, where, small=False)
        if not command.get("contexts") or not command.get("integration_types"):
            yield f"{where}: no context or no installation"


def _options(options: Sequence[Payload], where: str) -> Iterable[str]:
    if len(options) > OPTIONS:
        yield f"{where}: {len(options)} options"
    yield from _doubles(options, f"{where} options")
    optional = False
    for option in options:
        here = f"{where} {option['name']}"
        yield from _named(option, here, small=True)
        yield from _described(option, here)
        if option.get("required") and optional:
            yield f"{here}: required after an optional one"
        optional = optional or not option.get("required")
        choices = option.get("choices") or ()
        if len(choices) > CHOICES:
            yield f"{here}: {len(choices)} choices"
        yield from _doubles(choices, f"{here} choices")
        for choice in choices:
            for said in _tongues(choice, "name").values():
                if not 1 <= len(said) <= 100:
                    yield f"{here}: choice {said!r}"
            if isinstance(choice["value"], str) and not 1 <= len(choice["value"]) <= 100:
                yield f"{here}: value {choice['value']!r}"
        if choices and option.get("autocomplete"):
            yield f"{here}: choices and autocomplete"
        if option["type"] in (INTEGER, NUMBER):
            for bound in ("min_value", "max_value"):
                if abs(option.get(bound) or 0) > 2**53:
                    yield f"{here}: {bound}"
        if option["type"] == STRING and not 0 <= option.get("max_length", 6000) <= 6000:
            yield f"{here}: max_length"


def _named(thing: Payload, where: str, *, small: bool) -> Iterable[str]:
    for locale, name in _tongues(thing, "name").items():
        if locale and locale not in _LOCALES:
            yield f"{where}: unknown locale {locale}"
        if small and (not _NAME.match(name) or name != name.lower()):
            yield f"{where}: name {name!r}"
        if not small and not 1 <= len(name) <= 32:
            yield f"{where}: name {name!r}"


def _described(thing: Payload, where: str) -> Iterable[str]:
    for said in _tongues(thing, "description").values():
        if not 1 <= len(said) <= 100:
            yield f"{where}: description of {len(said)} letters"


def _tongues(thing: Payload, field: str) -> dict[str, str]:
    return {"": thing.get(field, ""), **(thing.get(f"{field}_localizations") or {})}


def _doubles(things: Sequence[Payload], where: str) -> Iterable[str]:
    """Names must differ in every language a client may show them in."""
    locales = {locale for thing in things for locale in _tongues(thing, "name")}
    for locale in sorted(locales):
        names = [_tongues(t, "name").get(locale, t.get("name")) for t in things]
        if len(set(names)) < len(names):
            yield f"{where}: the same name twice in {locale or 'the default'}"


def _letters(command: Payload) -> int:
    own = sum(max(len(v) for v in _tongues(command, f).values()) for f in ("name", "description"))
    own += sum(len(c["value"]) for c in command.get("choices") or () if isinstance(c.get("value"), str))
    return own + sum(_letters(part) for part in (*(command.get("options") or ()), *(command.get("choices") or ())))
