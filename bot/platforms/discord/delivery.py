"""Answers on their way out: the picture painted, the card laid out, sent once, in time, and pinging nobody.

An interaction is answered within three seconds or deferred. Whatever Discord refuses ends here: a kind line where
someone still waits, otherwise one line in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

import discord

from bot.charts.drawing import drawn
from bot.charts.painter import Painter
from bot.core import Core
from bot.platforms.discord.escaping import markdown
from bot.platforms.discord.faults import noted, over
from bot.platforms.discord.layout import Sheet, words
from bot.platforms.discord.plans import Plans
from bot.platforms.discord.render import PICTURE, Setting, file_name, filled, pictured, words_alone
from handlers.answer import Answer
from handlers.request import Intent

DEFER_AFTER = 1.5  # of Discord's three seconds: the rest is for the way
NOBODY = discord.AllowedMentions.none()

Making = Awaitable[Answer | None]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A card and the files that it shows."""

    view: Sheet
    files: tuple[discord.File, ...]


class Delivery:
    def __init__(self, core: Core, painter: Painter, today: Callable[[], date]) -> None:
        self._core = core
        self._painter = painter
        self._today = today
        self._plans = Plans()

    async def parcel(self, answer: Answer, setting: Setting, intent: Intent | None = None) -> Parcel:
        """The answer, ready to be sent."""
        files: list[discord.File] = []
        if setting.picture and answer.chart is not None and pictured(answer):
            svg = drawn(answer.chart, self._core.lexicon[answer.language], answer.citations, self._today())
            png = await self._painter.png(svg)
            if png is None:
                setting = replace(setting, picture=False)
            else:
                files.append(discord.File(BytesIO(png), PICTURE, description=answer.chart.alt[:1024]))
        if answer.attachment is not None:
            files.append(discord.File(BytesIO(answer.attachment.data), file_name(answer.attachment.name)))
        phrases = self._core.lexicon[answer.language]
        view = filled(self._plans.of(answer, phrases, setting, intent), phrases, setting)
        return Parcel(view, tuple(files))

    async def respond(
        self,
        interaction: discord.Interaction[Any],
        making: Making,
        placed: Callable[[Answer], Setting],
        *,
        edit: bool = False,
        private: bool = False,
        intent: Intent | None = None,
    ) -> None:
        """Answers an interaction, or edits the message it came from. ``private``: how it is deferred, if it must be."""
        waiting = _Waiting(interaction, edit=edit, private=private)
        try:
            answer = await making
            if answer is None:
                await waiting.over()
                return
            setting = placed(answer)
            parcel = await self.parcel(answer, setting, intent)
            await waiting.over()
            await self._out(interaction, parcel, setting, language=answer.language, edit=edit, deferred_private=private)
        except Exception as error:
            await waiting.over()
            await self.apologise(interaction, error)

    async def _out(
        self,
        interaction: discord.Interaction[Any],
        parcel: Parcel,
        setting: Setting,
        *,
        language: str,
        edit: bool,
        deferred_private: bool,
    ) -> None:
        response, files = interaction.response, list(parcel.files)
        if edit and setting.private and not seen_by_one(interaction):
            # What turned out to be for one pair of eyes does not go where others look.
            if not response.is_done():
                await response.send_message(view=parcel.view, files=files, ephemeral=True, allowed_mentions=NOBODY)
            else:
                await interaction.followup.send(view=parcel.view, files=files, ephemeral=True, allowed_mentions=NOBODY)
        elif edit:
            if response.is_done():
                await interaction.edit_original_response(view=parcel.view, attachments=files, allowed_mentions=NOBODY)
            else:
                await response.edit_message(view=parcel.view, attachments=files, allowed_mentions=NOBODY)
        elif not response.is_done():
            await response.send_message(
                view=parcel.view, files=files, ephemeral=setting.private, allowed_mentions=NOBODY
            )
        elif setting.private and not deferred_private:
            # It was deferred in the open before it showed that it is for one pair of eyes. What was deferred must be
            # filled first: the next message would take its place, and be seen by all.
            phrases = self._core.lexicon[language]
            curtain = Sheet([words(markdown(phrases.line("discord.for-you", person=interaction.user.display_name)))])
            await interaction.edit_original_response(view=curtain, allowed_mentions=NOBODY)
            await interaction.followup.send(view=parcel.view, files=files, ephemeral=True, allowed_mentions=NOBODY)
        else:
            await interaction.edit_original_response(view=parcel.view, attachments=files, allowed_mentions=NOBODY)

    async def say(self, interaction: discord.Interaction[Any], said: str) -> None:
        """One line, for the one who pressed."""
        view = Sheet([words(said)])
        try:
            if interaction.response.is_done():
                await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NOBODY)
            else:
                await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NOBODY)
        except Exception as error:
            noted(error, "a line could not be said")

    async def apologise(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """A kind line with the reference of what the log says, where somebody still waits for it."""
        reference = noted(error, "an interaction could not be answered")
        if over(error):
            return
        language = "fr" if str(interaction.locale).startswith("fr") else "en"
        await self.say(interaction, self._core.lexicon[language].text("errors.unexpected", reference=reference))

    async def post(
        self, channel: discord.abc.Messageable, answer: Answer, setting: Setting, *, to: discord.Message | None = None
    ) -> None:
        """A message of its own, or a reply to one. What Discord refuses is raised, but a card it cannot read: then line
        one goes alone."""
        parcel = await self.parcel(answer, setting)
        reference: Any = to.to_reference(fail_if_not_exists=False) if to is not None else None
        try:
            await channel.send(
                view=parcel.view,
                files=list(parcel.files),
                reference=reference,
                mention_author=False,
                allowed_mentions=NOBODY,
            )
        except discord.HTTPException as error:
            if error.status != 400:
                raise
            noted(error, "a card was refused")
            await channel.send(words_alone(answer), reference=reference, mention_author=False, allowed_mentions=NOBODY)


def seen_by_one(interaction: discord.Interaction[Any]) -> bool:
    """Whether the card that was pressed is seen by its person alone."""
    return interaction.message is not None and interaction.message.flags.ephemeral


class _Waiting:
    """Defers an interaction when its answer takes long. Most are there before the loop turns, and cost no timer; of the
    others nearly none takes that long, and costs no task."""

    def __init__(self, interaction: discord.Interaction[Any], *, edit: bool, private: bool) -> None:
        self._interaction = interaction
        self._edit, self._private = edit, private
        self._deferring: asyncio.Task[None] | None = None
        self._timer: asyncio.Handle = asyncio.get_running_loop().call_soon(self._wait)

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(DEFER_AFTER, self._begin)

    def _begin(self) -> None:
        self._deferring = asyncio.get_running_loop().create_task(self._defer())

    async def _defer(self) -> None:
        try:
            if self._edit:
                await self._interaction.response.defer()
            else:
                await self._interaction.response.defer(ephemeral=self._private, thinking=True)
        except (discord.HTTPException, discord.InteractionResponded) as error:
            noted(error, "an interaction could not be deferred")

    async def over(self) -> None:
        self._timer.cancel()
        if self._deferring is not None:
            await self._deferring
