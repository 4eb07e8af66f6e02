"""The client: the library's own, with three intents, no cache of messages or members, and every event handed to the
conversation. It holds the core; it is none.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Coroutine
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.charts.painter import Painter
from bot.core import Core
from bot.platforms.discord.buttons import Button
from bot.platforms.discord.commands import CONTEXTS, INSTALLS, project
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.delivery import NOBODY, Delivery
from bot.platforms.discord.faults import noted
from bot.platforms.discord.hearing import PLATFORM
from bot.platforms.discord.payload import Refused, registered
from bot.platforms.discord.render import Setting
from bot.platforms.discord.servers import Servers
from bot.platforms.discord.words import Words, language_of
from bot.rounds import Rounds
from bot.settings import Settings
from handlers.answer import Posting

logger = logging.getLogger(__name__)
PATIENCE = 8.0  # seconds that answers under way are given when we stop: platforms kill after ten to thirty


def intents() -> discord.Intents:
    """None of them privileged: we hear what is addressed to us and nothing else."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


def build(core: Core, settings: Settings) -> Smallprint:
    """Not yet connected."""
    # The library warns that voice is not installed; nobody speaks here.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return Smallprint(core, settings.discord_shard_ids, settings.discord_shard_count)


class Tree(app_commands.CommandTree[Any]):
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """What the conversation could not catch: a command that Discord still shows and we no longer have."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            client = cast("Smallprint", interaction.client)
            await client.out_of_date(interaction)
        else:
            noted(cause, "a command could not be read")


class Smallprint(commands.AutoShardedBot):
    """``pressed`` and the events are the library's; everything else is the conversation's."""

    def __init__(self, core: Core, shard_ids: list[int] | None = None, shard_count: int | None = None) -> None:
        super().__init__(
            commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(),
            shard_ids=cast("list[int]", shard_ids),
            shard_count=shard_count,
            allowed_mentions=NOBODY,
            allowed_contexts=CONTEXTS,
            allowed_installs=INSTALLS,
            # Nothing said is kept, not even for a moment: answers need the event alone.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            # Waiting for long would hold an answer beyond what its token lives.
            max_ratelimit_timeout=30.0,
        )
        self.core = core
        self._painter = Painter()
        self._delivery = Delivery(core, self._painter, lambda: core.ports.clock.now().date())
        self._servers = Servers(core, self._delivery)
        self.conversation = Conversation(core, self._delivery, self._servers)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._rounds: asyncio.Task[None] | None = None
        self._closing = False
        core.observer.watch(PLATFORM, lambda: len(self._under_way))
        project(core, self.tree, self._typed, self._looked)
        self.add_dynamic_items(Button)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Words(self.core.lexicon))
        try:
            await self.register()
        except (Refused, discord.HTTPException) as error:
            # Those registered before still work, and the next start tries again.
            noted(error, "commands could not be registered")
        # In a context of its own: it outlives whatever began the client, and is on nobody's behalf.
        rounds = Rounds(self.core, PLATFORM, self._post).run()
        self._rounds = contextvars.Context().run(asyncio.create_task, rounds)

    async def _post(self, posting: Posting) -> None:
        """A digest into the channel it was ordered in. Any process may: sending needs no gateway."""
        number, now = int(posting.channel.rpartition(":")[2]), self.core.ports.clock.now()
        if self.conversation.silences.hold(number, now):
            return
        try:
            channel = self.get_partial_messageable(number)
            await self._delivery.post(channel, posting.answer, Setting(owner=None, shareable=False))
        except discord.Forbidden as error:
            self.conversation.silences.begin(number, now)
            noted(error, "a channel refuses its digest")
        except discord.HTTPException as error:
            noted(error, "a digest could not be sent")

    async def register(self) -> bool:
        """Sends the commands if they have changed; whether they were sent."""
        return await registered(self.tree, self.core.ports.marks, self.application_id or 0)

    # ------------------------------------------------------------------ events

    async def on_ready(self) -> None:
        logger.info("discord: ready as %s, shards %s", self.user, ", ".join(map(str, sorted(self.shards))))

    async def on_message(self, message: discord.Message, /) -> None:
        if self.user is not None and not message.author.bot:
            await self._seen_through(self.conversation.message(message, self.user))

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Of interactions only forms are heard as an event: commands and buttons have their own ways in, and a task for
        each that would do nothing costs a twentieth of an answer."""
        if event_name != "interaction" or args[0].type is discord.InteractionType.modal_submit:
            super().dispatch(event_name, *args, **kwargs)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        custom_id = str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", ""))
        await self._seen_through(self.conversation.submitted(interaction, custom_id), interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._seen_through(self._servers.joined(guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._seen_through(self._servers.left(guild))

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        self.conversation.silences.end(after.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            self.conversation.silences.end(*(channel.id for channel in after.guild.channels))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        logger.error("event %s failed", event_method, exc_info=sys.exc_info())

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> None:
        await self._seen_through(self.conversation.pressed(interaction, custom_id, values), interaction)

    async def _typed(self, interaction: discord.Interaction[Any], command: Any, values: Any) -> None:
        await self._seen_through(self.conversation.command(interaction, command, values), interaction)

    async def _looked(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await self._seen_through(self.conversation.look(interaction, message), interaction)

    async def out_of_date(self, interaction: discord.Interaction[Any]) -> None:
        """A command from an older registration."""
        if interaction.type is discord.InteractionType.application_command:
            words = self.core.lexicon[language_of(interaction.locale) or "en"]
            await self._delivery.say(interaction, words.text("discord.old"))

    # ------------------------------------------------------------------ the end

    async def _seen_through(
        self, answering: Coroutine[Any, Any, None], interaction: discord.Interaction[Any] | None = None
    ) -> None:
        """Counted, so that stopping can wait for it. No answer is begun once we stop."""
        if self._closing:
            answering.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await answering
        except Exception as error:
            # The conversation catches its own; this is the net under it.
            if interaction is not None:
                await self._delivery.apologise(interaction, error)
            else:
                noted(error, "an event")
        finally:
            self._under_way.discard(task)

    async def close(self) -> None:
        """Lets answers under way finish, then leaves. Safe to call twice and before anything was begun."""
        if self._closing:
            return
        self._closing = True
        if self._rounds is not None:
            self._rounds.cancel()
        rest = {*self._under_way, *([self._rounds] if self._rounds is not None else [])} - {asyncio.current_task()}
        if rest:
            await asyncio.wait(rest, timeout=PATIENCE)
        self._painter.close()
        try:
            await super().close()
        except AttributeError:
            # Before the first shard the library has nothing to close and trips over it.
            await self.http.close()
