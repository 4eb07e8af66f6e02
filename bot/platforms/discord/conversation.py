"""What people do with us on Discord, each brought to ``Core.answer`` and its answer to a card: commands, messages,
buttons, the message menu, forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.core import Core
from bot.platforms.discord import layout
from bot.platforms.discord.commands import FREE, sentence
from bot.platforms.discord.delivery import Delivery, seen_by_one
from bot.platforms.discord.faults import Silences, noted
from bot.platforms.discord.hearing import (
    LARGEST_FILE,
    TooLarge,
    among_others,
    from_interaction,
    from_message,
    listed,
    opened,
    public_language,
)
from bot.platforms.discord.modals import Field, Form, submitted
from bot.platforms.discord.render import Setting, own_intent, sources_only
from bot.platforms.discord.servers import Servers
from bot.platforms.discord.tokens import Pressed, read, written
from bot.platforms.discord.words import language_of
from handlers.answer import Answer
from handlers.command import Command
from handlers.errors import CannotAnswer
from handlers.phrases import Phrases
from handlers.request import Intent, Language, Request
from knowledge.calculator.use import Use

Interaction = discord.Interaction[Any]
# A message comes twice where two processes overlap for a moment. What this process alone remembers cannot tell.
ONCE = timedelta(hours=1)
NEVER_SHARED = frozenset({"settings", "privacy"})
_WRITTEN = ("log", "import")  # what is written when it is said
_OWN = frozenset({"report", "log", "budget"})  # where no team is meant, these are one person's book
_FIELDS = {"model": "model", "place": "place", "count": "count", "tokens": "output_tokens", "seconds": "seconds"}


class Conversation:
    def __init__(self, core: Core, delivery: Delivery, servers: Servers) -> None:
        self._core = core
        self._delivery = delivery
        self._servers = servers
        self.silences = Silences()

    # ------------------------------------------------------------------ typed commands

    async def command(self, interaction: Interaction, command: Command, values: Mapping[str, Any]) -> None:
        if sentence(command):
            request = self._request(interaction, f"/{command.name} {values.get(FREE, '')}".strip())
            intent = None
        else:
            request, intent = self._request(interaction), Intent(command.name, _arguments(values), "slash")
        file = next((value for value in values.values() if isinstance(value, discord.Attachment)), None)

        await self._delivery.respond(
            interaction,
            self._answered(request, intent, file),
            lambda answer: self._placed(interaction, request, answer, shareable=not command.private),
            private=command.private or command.name == "sources" or (command.name in _OWN and request.team is None),
            intent=intent,
        )

    def _request(self, interaction: Interaction, text: str = "", language: Language | None = None) -> Request:
        return from_interaction(interaction, self._core.ports.clock.now(), text, language)

    def _placed(
        self,
        interaction: Interaction,
        request: Request,
        answer: Answer,
        *,
        private: bool = False,
        shareable: bool = True,
    ) -> Setting:
        others = among_others(interaction)
        hushed = answer.private or answer.intent == "sources" or (answer.intent in _OWN and request.team is None)
        return Setting(
            owner=interaction.user.id,
            private=others and (private or hushed),
            shareable=others and shareable and answer.intent not in NEVER_SHARED,
            picture=interaction.guild_id is None or interaction.app_permissions.attach_files,
        )

    # ------------------------------------------------------------------ messages

    async def message(self, message: discord.Message, me: discord.abc.User) -> None:
        """Answers where we are spoken to; silence otherwise, and wherever we may not write."""
        now = self._core.ports.clock.now()
        request = from_message(message, me, now)
        if request is None or self.silences.hold(message.channel.id, now):
            return
        allowed = _may(message)
        if not allowed[0]:
            return
        try:
            if self._core.ports.lasting and not await self._core.ports.once.claim(f"{request.id}", now + ONCE):
                return
            file = listed(message.attachments)
            # Called by name and nothing said: who calls wants to know who we are.
            intent = None if request.text or file is not None else Intent("help", {"aspect": "who"}, "button")
            answer = await self._answered(request, intent, file)
            if answer is None:
                return
            setting = Setting(owner=message.author.id, picture=allowed[1])
            if answer.private and message.guild is not None:
                answer, setting = self._curtain(answer, message.author, setting)
            await self._delivery.post(message.channel, answer, setting, to=message)
        except discord.Forbidden as error:
            self.silences.begin(message.channel.id, now)
            noted(error, "a channel refuses us")
        except Exception as error:
            noted(error, "a message could not be answered")

    async def _answered(
        self, request: Request, intent: Intent | None, file: discord.Attachment | None
    ) -> Answer | None:
        """With the file that came along, if it is one that can be read."""
        if file is None:
            return await self._core.answer(request, intent)
        try:
            return await self._core.answer(replace(request, file=await opened(file)), intent)
        except TooLarge:
            # In the language that the answer without it is in.
            answer = await self._core.answer(request, intent)
            language = answer.language if answer is not None else "en"
            line = self._core.lexicon[language].line("errors.too-large", limit=LARGEST_FILE // 1_000_000)
            return Answer("clarify", language, line, tone="apology")

    def _curtain(self, answer: Answer, person: discord.abc.User, setting: Setting) -> tuple[Answer, Setting]:
        """In the open only that there is an answer; a button shows it to its person alone."""
        phrases = self._core.lexicon[answer.language]
        shown = _shown_again(answer)
        custom_id = written("a", answer.language, person.id, shown)
        row: tuple[Any, ...] = ()
        if custom_id is not None:
            row = (layout.row([layout.button(phrases.text("discord.show"), custom_id, layout.PRIMARY)]),)
        title = phrases.line("discord.for-you", person=person.display_name)
        return Answer(answer.intent, answer.language, title), replace(setting, extra=row)

    # ------------------------------------------------------------------ buttons and menus

    async def pressed(self, interaction: Interaction, custom_id: str, values: list[str]) -> None:
        found = read(custom_id)
        if found is None:
            language = language_of(interaction.locale) or "en"
            await self._delivery.say(interaction, self._core.lexicon[language].text("discord.old"))
        elif found.what == "o":
            # A menu within a menu there is none: what is chosen is a button's token, or old.
            chosen = values[0] if values and not values[0].startswith(custom_id[:3]) else ""
            await self.pressed(interaction, chosen, [])
        elif found.what in "lp":
            await self._servers.pressed(interaction, found)
        elif found.what == "m":
            await self._ask_what_to_change(interaction, found)
        elif found.what == "g":
            await self._generated(interaction, found, values)
        elif found.intent is not None:
            await self._intended(interaction, found, found.intent)
        else:
            await self._delivery.say(interaction, self._core.lexicon[found.language].text("discord.old"))

    async def _intended(self, interaction: Interaction, found: Pressed, intent: Intent) -> None:
        mine = found.owner is None or found.owner == interaction.user.id
        if found.what == "a" and not mine:
            phrases = self._core.lexicon[language_of(interaction.locale) or "en"]
            await self._delivery.say(interaction, phrases.text("discord.only-asker"))
            return
        # What is one person's own is never posted, whatever a button says.
        share = found.what == "h" and not self._core.catalogue[intent.command].private
        tongue: Language = (public_language(interaction) or found.language) if share else found.language
        if not mine:
            tongue = language_of(interaction.locale) or found.language
        request = self._request(interaction, language=tongue)
        if share and interaction.guild_id is not None and not interaction.app_permissions.send_messages:
            phrases = self._core.lexicon[language_of(interaction.locale) or "en"]
            await self._delivery.say(interaction, phrases.text("discord.cannot-share"))
            return
        # Whoever asked turns the card over where it lies; others, and what is private, get a card of their own.
        edit = found.what == "i" and found.owner is not None and mine
        here_private = seen_by_one(interaction)

        def placed(answer: Answer) -> Setting:
            setting = self._placed(interaction, request, answer, private=not share and (here_private or not edit))
            return replace(setting, private=False, shareable=False) if share else setting

        async def making() -> Answer | None:
            answer = await self._core.answer(request, intent)
            if answer is not None and found.what == "c":
                return sources_only(answer, self._core.lexicon[answer.language])
            return answer

        await self._delivery.respond(
            interaction,
            making(),
            placed,
            edit=edit,
            private=not share and not edit and among_others(interaction),
            intent=None if found.what == "c" else intent,
        )

    # ------------------------------------------------------------------ what was supposed, changed in a form

    async def _ask_what_to_change(self, interaction: Interaction, found: Pressed) -> None:
        use = _only(found.intent)
        custom_id = written("m", found.language, found.owner, found.intent)
        phrases = self._core.lexicon[found.language]
        if use is None or custom_id is None:
            await self._delivery.say(interaction, phrases.text("discord.old"))
            return
        home = f"{self._core.catalogue.home('estimate')}.parameters"
        length = {"video": "seconds"}.get(use.task, "tokens" if use.task in ("text", "reasoning") else None)
        fields = [
            Field(name, phrases.text(f"{home}.{name}.description"), self._shown(name, use, found.language))
            for name in ("place", "model", "count", length)
            if name is not None
        ]
        try:
            await interaction.response.send_modal(Form(phrases.text("discord.change-title"), custom_id, fields))
        except Exception as error:
            noted(error, "a form could not be shown")

    def _shown(self, name: str, use: Use, language: str) -> str:
        value = getattr(use, _FIELDS[name])
        kind = next(p.kind for p in self._core.catalogue["estimate"].parameters if p.name == name)
        return kind.show(value, language) if value is not None else ""

    async def submitted(self, interaction: Interaction, custom_id: str) -> None:
        """A form has come back."""
        found = read(custom_id)
        if found is not None and found.what == "p":
            await self._servers.place(interaction, found, submitted(interaction))
            return
        use = _only(found.intent) if found is not None else None
        if found is None or use is None:
            language = language_of(interaction.locale) or "en"
            await self._delivery.say(interaction, self._core.lexicon[language].text("discord.old"))
            return
        intent = self._changed(use, submitted(interaction), found.language)
        mine = found.owner == interaction.user.id
        edit = mine and interaction.message is not None
        request = self._request(interaction, language=found.language)
        seen = seen_by_one(interaction)
        await self._delivery.respond(
            interaction,
            self._core.answer(request, intent),
            lambda answer: self._placed(interaction, request, answer, private=not mine or seen),
            edit=edit,
            private=not mine and among_others(interaction),
            intent=intent,
        )

    def _changed(self, use: Use, fields: Mapping[str, str], language: str) -> Intent:
        """The use with what was written. A value that its kind cannot read is handed on as it is: the core says why."""
        kinds = {p.name: p.kind for p in self._core.catalogue["estimate"].parameters}
        changes: dict[str, Any] = {}
        for name, value in fields.items():
            if name not in _FIELDS or value == self._shown(name, use, language):
                continue
            try:
                changes[_FIELDS[name]] = kinds[name].parse(value, language) if value else None
            except CannotAnswer:
                return Intent("estimate", {"task": use.task, name: value}, "button")
        if changes.get("model"):
            # Another model may be of another kind: what was said of a text says nothing of a clip.
            return self._with_model(use, changes)
        return Intent("estimate", {"uses": (replace(use, **changes),)}, "button")

    def _with_model(self, use: Use, changes: dict[str, Any]) -> Intent:
        changed = replace(use, **changes)
        return Intent("estimate", {"uses": (changed,)}, "button")

    # ------------------------------------------------------------------ the message menu

    async def look(self, interaction: Interaction, message: discord.Message) -> None:
        """What this message would have cost, had an AI written it; its pictures only if someone says they are of AI."""
        images = sum((a.content_type or "").startswith("image/") for a in message.attachments)
        words = word_count(message.content)
        language = language_of(interaction.locale) or "en"
        phrases = self._core.lexicon[language]
        if not words and not images:
            await self._delivery.say(interaction, phrases.text("discord.menu.nothing"))
            return
        uses = (Use("text", count=1, words=words),) if words else ()
        await self._counted(interaction, uses, images, edit=False)

    async def _generated(self, interaction: Interaction, found: Pressed, values: list[str]) -> None:
        said: tuple[Use, ...] = tuple((found.intent.arguments.get("uses") or ()) if found.intent is not None else ())
        texts = tuple(use for use in said if use.task == "text")
        most = next((int(use.count or 0) for use in said if use.task == "image"), 0)
        chosen = min(int(values[0]), most) if values and values[0].isdecimal() else 0
        uses = (*texts, Use("image", count=chosen)) if chosen else texts
        await self._counted(interaction, uses, most, edit=True, chosen=chosen)

    async def _counted(
        self, interaction: Interaction, uses: tuple[Use, ...], images: int, *, edit: bool, chosen: int | None = None
    ) -> None:
        request = self._request(interaction)
        intent = Intent("estimate", {"uses": uses}, "button")

        async def making() -> Answer | None:
            if uses:
                return await self._core.answer(request, intent)
            language = await self._language(request)
            title = self._core.lexicon[language].line("discord.menu.generated", n=images)
            return Answer("clarify", language, title, tone="question")

        def placed(answer: Answer) -> Setting:
            setting = self._placed(interaction, request, answer, private=True)
            texts = tuple(use for use in uses if use.task == "text")
            row = self._how_many(answer.language, interaction.user.id, texts, images, chosen)
            return replace(setting, extra=row)

        await self._delivery.respond(interaction, making(), placed, edit=edit, private=True, intent=intent)

    async def _language(self, request: Request) -> str:
        own = await self._core.ports.preferences.get(f"person:{request.person}")
        return own.language or request.locale or "en"

    def _how_many(
        self, language: str, owner: int, texts: tuple[Use, ...], images: int, chosen: int | None
    ) -> tuple[Any, ...]:
        if not images:
            return ()
        phrases: Phrases = self._core.lexicon[language]
        carried = Intent("estimate", {"uses": (*texts, Use("image", count=images))}, "button")
        custom_id = written("g", language, owner, carried)
        if custom_id is None:
            return ()
        options = [(phrases.text("discord.menu.none"), "0")]
        options.extend((phrases.text("discord.menu.some", n=n), str(n)) for n in range(1, min(images, 24) + 1))
        asked = options[chosen][0] if chosen is not None else phrases.text("discord.menu.generated", n=images)
        return (layout.menu(asked, custom_id, options),)


def word_count(text: str) -> int:
    """Words as they are written; writing without spaces counts by its length."""
    dense = sum(1 for letter in text if "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af")
    return len(text.split()) + dense // 2


def _arguments(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; a file goes its own way."""
    return {name: value for name, value in values.items() if not isinstance(value, discord.Attachment)}


def _only(intent: Intent | None) -> Use | None:
    uses: tuple[Use, ...] = tuple((intent.arguments.get("uses") or ()) if intent is not None else ())
    return uses[0] if len(uses) == 1 else None


def _shown_again(answer: Answer) -> Intent:
    """What opens an answer to its person: the question itself, but nothing that would be written a second time."""
    if answer.asked is not None and answer.asked.command in _WRITTEN:
        return Intent("report", {}, "button")
    return own_intent(answer, answer.asked) or Intent(_command_of(answer), {}, "button")


def _command_of(answer: Answer) -> str:
    if answer.context is not None:
        return answer.context.command
    return answer.asked.command if answer.asked is not None else "help"


def _may(message: discord.Message) -> tuple[bool, bool]:
    """Whether we may write there, and whether we may attach a picture."""
    channel, guild = message.channel, message.guild
    if guild is None or isinstance(channel, discord.PartialMessageable | discord.DMChannel | discord.GroupChannel):
        return True, True
    allowed = channel.permissions_for(guild.me)
    writes = allowed.send_messages_in_threads if isinstance(channel, discord.Thread) else allowed.send_messages
    return allowed.view_channel and writes, allowed.attach_files
