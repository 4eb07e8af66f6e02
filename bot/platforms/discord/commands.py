"""The catalogue as Discord's application commands: names, options, choices, bounds and autocomplete all come from the
one declaration. A typed value stays as Discord typed it until the command's own kind parses it in the core.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import discord
from discord import AppCommandOptionType, app_commands
from discord.app_commands import Choice as Offered
from discord.app_commands import Transformer, locale_str

from bot.core import Core
from bot.platforms.discord.words import language_of, text
from handlers.command import Command, Parameter
from handlers.kinds import Asked, Choice, File, Given, Kind, Name, Number, Words
from handlers.phrases import Lexicon

FREE = "text"  # the option that takes a sentence, where a command's values cannot be typed one by one
MOST_CHOICES = 25
WIDEST = 2.0**53  # beyond this a number is no longer exact, and Discord refuses the bound

Run = Callable[[discord.Interaction, Command, Mapping[str, Any]], Awaitable[None]]
Look = Callable[[discord.Interaction, discord.Message], Awaitable[None]]

CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Typed(Transformer[Any]):
    """One option. What it takes is the kind's; what it hands on is what Discord handed over."""

    def __init__(self, kind: Kind[Any], lexicon: Lexicon) -> None:
        self.kind = kind
        self._choices = _choices(kind, lexicon) if isinstance(kind, Choice) else None

    @property
    def type(self) -> AppCommandOptionType:
        if isinstance(self.kind, File):
            return AppCommandOptionType.attachment
        return AppCommandOptionType.number if isinstance(self.kind, Number) else AppCommandOptionType.string

    @property
    def min_value(self) -> float | None:
        return self.kind.low if isinstance(self.kind, Number) else None

    @property
    def max_value(self) -> float | None:
        if isinstance(self.kind, Words):
            return self.kind.longest
        return min(self.kind.high, WIDEST) if isinstance(self.kind, Number) else None

    @property
    def choices(self) -> list[Offered[str | int | float]] | None:
        return self._choices

    async def transform(self, interaction: discord.Interaction, value: Any, /) -> Any:
        return value


class Suggested(Typed):
    """An option with suggestions as a person types, in the language of their client."""

    async def autocomplete(self, interaction: discord.Interaction, value: Any, /) -> list[Offered[str | int | float]]:
        language = language_of(interaction.locale) or "en"
        found = self.kind.suggest(str(value), language)[:MOST_CHOICES]
        return [Offered(name=name[:100], value=id_[:100]) for name, id_ in found]


def _choices(kind: Choice, lexicon: Lexicon) -> list[Offered[str | int | float]]:
    # A code that is for buttons alone ("erase-now") has no words of its own in a menu.
    return [Offered(name=text(lexicon, f"{kind.key}.{code}"), value=code) for code in kind.codes[:MOST_CHOICES]]


def visible(command: Command) -> tuple[Parameter, ...]:
    """The options that can be typed. None where the command wants values of our own making: it takes a sentence."""
    if sentence(command):
        return (Parameter(FREE, Words()),)
    return tuple(p for p in command.parameters if _typed(p))


def sentence(command: Command) -> bool:
    """Whether the command is typed as a sentence: some value is ours to make, and none but words can be typed."""
    typed = [p for p in command.parameters if _typed(p)]
    return len(typed) < len(command.parameters) and all(isinstance(p.kind, Words) for p in typed)


def _typed(parameter: Parameter) -> bool:
    """Whether a person can give it: what only a button carries is no option."""
    return isinstance(parameter.kind, File) or not isinstance(parameter.kind, Given)


def project(core: Core, tree: app_commands.CommandTree[Any], run: Run, look: Look) -> None:
    """Every listed command and the message menu, onto the tree."""
    lexicon = core.lexicon
    for command in core.catalogue.listed():
        tree.add_command(_command(core, command, run))
    menu = app_commands.ContextMenu(
        name=text(lexicon, "discord.menu.name"),
        callback=cast("Any", _looking(look)),
        allowed_contexts=CONTEXTS,
        allowed_installs=INSTALLS,
    )
    tree.add_command(menu)


def _looking(look: Look) -> Callable[[discord.Interaction, discord.Message], Awaitable[None]]:
    async def on_message(interaction: discord.Interaction, message: discord.Message) -> None:
        await look(interaction, message)

    return on_message


def _command(core: Core, command: Command, run: Run) -> app_commands.Command[Any, ..., None]:
    home, lexicon = core.catalogue.home(command.name), core.lexicon
    parameters = visible(command)

    async def callback(interaction: discord.Interaction, /, **values: Any) -> None:
        await run(interaction, command, {name: value for name, value in values.items() if value is not None})

    # The library reads a callback's signature to learn its options: ours is written from the declaration.
    callback.__signature__ = inspect.Signature(  # pyright: ignore[reportFunctionMemberAccess]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction),
            *(_parameter(p, lexicon) for p in parameters),
        ]
    )
    names: dict[str, str | locale_str] = {}
    descriptions: dict[str, str | locale_str] = {}
    for parameter in parameters:
        if parameter.name == FREE:
            names[FREE] = text(lexicon, "discord.free.name")
            descriptions[FREE] = text(lexicon, "discord.free.description", example=f"{home}.examples")
        else:
            names[parameter.name] = text(lexicon, f"{home}.parameters.{parameter.name}.name")
            descriptions[parameter.name] = text(lexicon, f"{home}.parameters.{parameter.name}.description")
    app_commands.rename(**names)(callback)
    app_commands.describe(**descriptions)(callback)
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=text(lexicon, f"{home}.name"),
        description=text(lexicon, f"{home}.description"),
        callback=callback,
        allowed_contexts=CONTEXTS,
        allowed_installs=INSTALLS,
    )
    return made


def _parameter(parameter: Parameter, lexicon: Lexicon) -> inspect.Parameter:
    kind = Suggested if isinstance(parameter.kind, Name | Asked) else Typed
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if parameter.required else None,
        annotation=kind(parameter.kind, lexicon),
    )
