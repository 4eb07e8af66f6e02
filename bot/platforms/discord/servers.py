"""Servers: one welcome where it is allowed, language and place for those who run it, and what happens when we go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.core import Core
from bot.platforms.discord import layout
from bot.platforms.discord.delivery import Delivery
from bot.platforms.discord.escaping import escaped, markdown
from bot.platforms.discord.faults import noted
from bot.platforms.discord.hearing import PLATFORM, team_of
from bot.platforms.discord.modals import Field, Form
from bot.platforms.discord.render import Setting
from bot.platforms.discord.tokens import Pressed, written
from bot.platforms.discord.words import language_of
from handlers.errors import CannotAnswer
from handlers.request import LANGUAGES, Intent, Language, Request

LEFT = timedelta(days=30)  # what a server leaves behind is kept as long as it may come back
WELCOMED = timedelta(days=1)  # one welcome, however often a server comes and goes in a day

Interaction = discord.Interaction[Any]


class Servers:
    def __init__(self, core: Core, delivery: Delivery) -> None:
        self._core = core
        self._delivery = delivery

    async def joined(self, guild: discord.Guild) -> None:
        """One welcome in the system channel if we may speak there, else nothing."""
        now = self._core.ports.clock.now()
        try:
            await self._core.ports.records.rejoin(team_of(guild.id))
            channel = guild.system_channel
            if channel is None or not channel.permissions_for(guild.me).send_messages:
                return
            if not await self._core.ports.once.claim(f"{PLATFORM}:welcome:{guild.id}", now + WELCOMED):
                return
            language = language_of(guild.preferred_locale) or "en"
            request = Request("", f"{PLATFORM}:server:{guild.id}", f"{PLATFORM}:{channel.id}", now, locale=language,
                              team=team_of(guild.id))  # fmt: skip
            answer = await self._core.answer(request, Intent("help", {"aspect": "who"}, "button"))
            if answer is not None:
                how = self._core.lexicon[answer.language].line("discord.welcome.here")
                answer = replace(answer, body=(*answer.body, how), context=None)
                setting = Setting(owner=None, shareable=False, extra=(self._choices(answer.language),))
                await self._delivery.post(channel, answer, setting)
        except Exception as error:
            noted(error, "a server could not be welcomed")

    async def left(self, guild: discord.Guild) -> None:
        """Its data go after a while."""
        try:
            await self._core.ports.records.leave(team_of(guild.id), self._core.ports.clock.now() + LEFT)
        except Exception as error:
            noted(error, "a server's leaving could not be kept")

    def _choices(self, language: str) -> layout.Component:
        made: list[layout.Component] = []
        for tongue in LANGUAGES:
            name = self._core.lexicon[tongue].text(f"settings.languages.{tongue}")
            custom_id = written("l", tongue, None, None)
            assert custom_id is not None
            made.append(layout.button(name[:1].upper() + name[1:], custom_id))
        custom_id = written("p", language, None, None)
        assert custom_id is not None
        made.append(layout.button(self._core.lexicon[language].text("discord.welcome.place"), custom_id))
        return layout.row(made)

    async def pressed(self, interaction: Interaction, found: Pressed) -> None:
        """The two things that whoever runs a server sets once."""
        if not await self._manages(interaction):
            return
        phrases = self._core.lexicon[found.language]
        if found.what == "p":
            home = self._core.catalogue.home("settings")
            label = phrases.text(f"{home}.parameters.place.description")
            custom_id = written("p", found.language, None, None)
            assert custom_id is not None
            form = Form(phrases.text("discord.welcome.place-title"), custom_id, [Field("place", label, "", True)])
            try:
                await interaction.response.send_modal(form)
            except Exception as error:
                noted(error, "a form could not be shown")
            return
        await self._set(interaction, language=found.language)
        await self._delivery.say(interaction, markdown(phrases.line("discord.welcome.language-set")))

    async def place(self, interaction: Interaction, found: Pressed, fields: Mapping[str, str]) -> None:
        """The form with the place has come back."""
        if not await self._manages(interaction):
            return
        phrases = self._core.lexicon[found.language]
        kind = next(p.kind for p in self._core.catalogue["settings"].parameters if p.name == "place")
        try:
            place = kind.parse(fields.get("place", ""), found.language)
        except CannotAnswer as refusal:
            await self._delivery.say(interaction, escaped(phrases.text(f"errors.{refusal.key}", **refusal.values)))
            return
        await self._set(interaction, place=place)
        line = phrases.line("discord.welcome.place-set", place=kind.show(place, found.language))
        await self._delivery.say(interaction, markdown(line))

    async def _manages(self, interaction: Interaction) -> bool:
        if interaction.guild_id is not None and interaction.permissions.manage_guild:
            return True
        language = language_of(interaction.locale) or "en"
        await self._delivery.say(interaction, self._core.lexicon[language].text("discord.only-managers"))
        return False

    async def _set(self, interaction: Interaction, language: Language | None = None, place: str | None = None) -> None:
        assert interaction.guild_id is not None
        owner = f"team:{team_of(interaction.guild_id)}"
        preferences = self._core.ports.preferences
        kept = await preferences.get(owner)
        await preferences.put(owner, replace(kept, language=language or kept.language, place=place or kept.place))
