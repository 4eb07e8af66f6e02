"""People before the server of these tests: they type commands, press buttons, write, and wait for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcord.backend import serializers
from simcord.interactions import base_payload, store_interaction_attachment

if TYPE_CHECKING:
    from discord_server import Server

COMMAND, COMPONENT = 2, 3
MESSAGE_MENU = 3
GROUP = 3  # the kind of a channel among people, and PRIVATE the place of an interaction in one
PRIVATE = 2
MANAGE_GUILD = 1 << 5


class Person:
    def __init__(self, server: Server, user: Any, guild: Any, locale: str) -> None:
        self._server, self._world = server, server.world
        self.user, self.guild, self.locale = user, guild, locale

    @property
    def id(self) -> int:
        return self.user.id

    # What they do: each returns at once

    def writes(self, channel: Any, text: str, *files: tuple[str, bytes], reply_to: Any = None) -> Any:
        reference = None
        if reply_to is not None:
            reference = {"channel_id": str(channel.id), "message_id": str(reply_to.id)}
            reference = self._world.normalize_message_reference(channel.id, reference)
        stored = self._world.store_attachments(channel.id, files)
        return self._world.create_message(channel.id, self.id, text, attachments=stored, reference=reference)

    def types(self, channel: Any, name: str, **options: Any) -> Any:
        """A slash command; the interaction's record is returned. A file is a pair of its name and what is in it."""
        command = next(c for c in self._world.commands[None].values() if c["name"] == name and c.get("type", 1) == 1)
        kinds = {option["name"]: option["type"] for option in command.get("options", ())}
        resolved: dict[str, Any] = {}
        given = [
            {"name": key, "type": kinds[key], "value": self._value(channel, value, resolved)}
            for key, value in options.items()
        ]
        data = {"id": command["id"], "name": name, "type": 1, "options": given, "resolved": resolved}
        return self._interacts(COMMAND, channel, data)

    def presses(self, channel: Any, message: Any, label: str) -> Any:
        (custom_id,) = [b["custom_id"] for b in buttons(message.components) if b["label"] == label]
        data = {"custom_id": custom_id, "component_type": 2}
        shown = {"message": dict(serializers.message_payload(self._world, message))}
        return self._interacts(COMPONENT, channel, data, shown, message.id)

    def looks_at(self, channel: Any, message: Any) -> Any:
        """The menu of a message, with the message as Discord hands it over."""
        command = next(c for c in self._world.commands[None].values() if c.get("type") == MESSAGE_MENU)
        shown = {str(message.id): dict(serializers.message_payload(self._world, message))}
        data = {"id": command["id"], "name": command["name"], "type": MESSAGE_MENU, "target_id": str(message.id)}
        return self._interacts(COMMAND, channel, {**data, "resolved": {"messages": shown}})

    # What they wait for

    async def slash(self, channel: Any, name: str, **options: Any) -> Any:
        """The message that a command was answered with."""
        return await self.answered(self.types(channel, name, **options))

    async def click(self, channel: Any, message: Any, label: str) -> Any:
        return await self.answered(self.presses(channel, message, label))

    async def says(self, channel: Any, text: str, *files: tuple[str, bytes], **more: Any) -> Any:
        """The message that is a reply to what they write."""
        asked = self.writes(channel, text, *files, **more)

        def found() -> Any:
            return next((m for m in self._server.messages(channel) if _replies(m, asked)), None)

        return await self._server.until(found, why=f"a reply to {text!r}")

    async def answered(self, record: Any, seconds: float = 20.0) -> Any:
        def found() -> Any:
            return record.responded and not record.loading

        await self._server.until(found, seconds, why=f"an answer to {record.command_name or 'a press'}")
        number = record.message_id or record.source_message_id
        return self._world.get_message(record.channel_id, number) if number is not None else None

    def _value(self, channel: Any, value: Any, resolved: dict[str, Any]) -> Any:
        if isinstance(value, tuple):
            return store_interaction_attachment(self._world, channel.id, *value, resolved)
        return value

    def _interacts(
        self,
        kind: int,
        channel: Any,
        data: dict[str, Any],
        more: dict[str, Any] | None = None,
        source: int | None = None,
    ) -> Any:
        record, payload = base_payload(
            self._world, type=kind, channel_id=channel.id, guild_id=channel.guild_id, user_id=self.id, data=data
        )
        record.source_message_id = source
        payload.update(more or {}, locale=self.locale)
        if channel.guild_id is not None:
            guild = self._world.get_guild(channel.guild_id)
            payload["guild_locale"] = guild.preferred_locale
            payload["guild"] = {"id": str(guild.id), "locale": guild.preferred_locale, "features": []}
            payload["authorizing_integration_owners"] = {"0": str(guild.id)}
        if channel.id in self._server.gateway.elsewhere or channel.guild_id in self._server.gateway.elsewhere:
            # Nobody there has added the bot: whoever calls it has it on their own account.
            payload["authorizing_integration_owners"] = {"1": str(self.id)}
        if channel.type == GROUP:
            others = [self._world.get_user(n) for n in channel.recipient_ids if n != self.id]
            recipients = [dict(serializers.user_payload(user)) for user in others]
            payload["channel"] = {"id": str(channel.id), "type": GROUP, "name": channel.name, "recipients": recipients}
            payload["context"] = PRIVATE
        self._world.emit("INTERACTION_CREATE", payload)
        return record


def words(message: Any) -> str:
    """Every word of a card, in order."""
    return "\n".join(c["content"] for c in nodes(message.components) if c.get("type") == 10) or message.content


def buttons(components: Any) -> list[dict[str, Any]]:
    return [c for c in nodes(components) if c.get("type") == 2]


def nodes(components: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in components:
        found.append(node)
        found.extend(nodes(node.get("components") or []))
    return found


def _replies(message: Any, asked: Any) -> bool:
    return message.reference is not None and str(message.reference.get("message_id")) == str(asked.id)
