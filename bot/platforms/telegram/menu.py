"""What Telegram shows about the bot before anything is said: commands by scope and language, name, descriptions. All of
it is projected from the catalogue and the text files; what already stands as it should is not set again.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.core import Core
from bot.platforms.telegram.render import cut
from handlers.catalogue import Catalogue
from handlers.command import Command
from handlers.phrases import Phrases
from handlers.request import LANGUAGES

logger = logging.getLogger(__name__)

DESCRIPTION, SHORT_DESCRIPTION, NAME, COMMAND_DESCRIPTION = 512, 120, 64, 256
_MARKS = re.compile(r"[^a-z0-9_]+")


def ascii_name(name: str) -> str:
    """A command's name as Telegram takes it: "modèles" -> "modeles"."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return _MARKS.sub("_", letters).strip("_")[:32]


class Commands:
    """Every command by the names Telegram knows it by, in both languages."""

    def __init__(self, core: Core) -> None:
        self._catalogue: Catalogue = core.catalogue
        self._lexicon = core.lexicon
        self._called: dict[str, str] = {}
        for command in core.catalogue:
            for language in LANGUAGES:
                self._called.setdefault(self.name(command, core.lexicon[language]), command.name)

    def find(self, called: str) -> Command | None:
        name = self._called.get(called.lower())
        return self._catalogue[name] if name is not None else self._catalogue.find(called)

    def name(self, command: Command, phrases: Phrases) -> str:
        return ascii_name(phrases.text(f"{self._catalogue.home(command.name)}.name"))

    def menu(self, language: str, *, group: bool) -> tuple[BotCommand, ...]:
        """In a group nothing is offered whose answer is for one person's eyes."""
        phrases = self._lexicon[language]
        listed = (c for c in self._catalogue.listed() if not (group and c.private))
        return tuple(
            BotCommand(
                self.name(c, phrases),
                cut(phrases.text(f"{self._catalogue.home(c.name)}.description"), COMMAND_DESCRIPTION),
            )
            for c in listed
        )


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    about: str  # on the profile page and when the bot is shared
    description: str  # in the empty chat, before the first message


def profile(phrases: Phrases) -> Profile:
    return Profile(
        cut(phrases.text("telegram.name"), NAME),
        cut(phrases.text("telegram.about"), SHORT_DESCRIPTION),
        cut(phrases.text("telegram.description"), DESCRIPTION),
    )


async def release(bot: Bot, core: Core) -> int:
    """Sets what differs from what Telegram holds, and says how many things that were."""
    commands = Commands(core)
    changed = 0
    # No language code is for everybody whose language we do not speak.
    for code, language in ((None, "en"), ("fr", "fr")):
        scopes: tuple[tuple[BotCommandScope, bool], ...] = (
            (BotCommandScopeDefault(), False),
            (BotCommandScopeAllPrivateChats(), False),
            (BotCommandScopeAllGroupChats(), True),
        )
        for scope, group in scopes:
            wanted = commands.menu(language, group=group)
            if tuple(await bot.get_my_commands(scope, code)) != wanted:
                await bot.set_my_commands(wanted, scope, code)
                changed += 1
        shown = profile(core.lexicon[language])
        if (await bot.get_my_name(code)).name != shown.name:
            await bot.set_my_name(shown.name, code)
            changed += 1
        if (await bot.get_my_short_description(code)).short_description != shown.about:
            await bot.set_my_short_description(shown.about, code)
            changed += 1
        if (await bot.get_my_description(code)).description != shown.description:
            await bot.set_my_description(shown.description, code)
            changed += 1
    logger.info("menus and profile: %d set", changed)
    return changed
