"""The list of features, written out: what is not here does not exist. Nothing registers itself."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.command import Command, Feature
from handlers.comparing.commands import feature as comparing
from handlers.equating.commands import feature as equating
from handlers.estimating.commands import feature as estimating
from handlers.explaining.commands import feature as explaining
from handlers.facts.commands import feature as facts
from handlers.feedback.commands import feature as feedback
from handlers.grids.commands import feature as grids
from handlers.help.commands import feature as helping
from handlers.kit import Kit
from handlers.models.commands import feature as models
from handlers.phrases import Lexicon
from handlers.privacy.commands import feature as privacy
from handlers.quiz.commands import feature as quiz
from handlers.reducing.commands import feature as reducing
from handlers.request import LANGUAGES
from handlers.settings.commands import feature as settings
from handlers.smalltalk.commands import feature as smalltalk
from handlers.usage.commands import feature as usage
from knowledge.search import fold


class Catalogue:
    """Every command by its key, and by what people call it in any language."""

    def __init__(self, features: tuple[Feature, ...], lexicon: Lexicon) -> None:
        self.features = features
        self._commands = {command.name: command for feature in features for command in feature.commands}
        self._home = {command.name: feature.name for feature in features for command in feature.commands}
        self._called: dict[str, Command] = {}
        for name, command in self._commands.items():
            self._called.setdefault(name, command)
            for language in LANGUAGES:
                self._called.setdefault(fold(lexicon[language].text(f"{self.home(name)}.name")), command)

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def find(self, called: str) -> Command | None:
        """The command that goes by this name in English or French, without its slash."""
        return self._called.get(fold(called.strip().lstrip("/")))

    def home(self, name: str) -> str:
        """Where a command's words stand in the text files: "estimating.commands.estimate"."""
        return f"{self._home[name]}.commands.{name}"

    def listed(self) -> tuple[Command, ...]:
        """Those shown in menus and help, in the order of the features."""
        return tuple(command for command in self if not command.hidden)


def catalogue(kit: Kit) -> Catalogue:
    """All features over one kit."""
    made: list[Catalogue] = []
    features = (
        estimating(kit),
        comparing(kit),
        equating(kit),
        explaining(kit),
        facts(kit),
        grids(kit),
        models(kit),
        reducing(kit),
        quiz(kit),
        usage(kit),
        settings(kit),
        privacy(kit),
        feedback(kit),
        helping(kit, lambda: made[0].listed()),
        smalltalk(kit),
    )
    made.append(Catalogue(features, kit.lexicon))
    return made[0]
