"""Every feature of the book over the real process and real HTTP, in both languages: in groups and in private chats."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from features import LANGUAGES, Seen, play, played_on
from telegram_people import Somebody
from telegram_process import running
from telegram_server import Server
from telegram_world import Chat, Sent

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = "@smallprint_bot"
NUMBERS = itertools.count(84_000_000, 10)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    file = tmp_path_factory.mktemp("book") / "book.db"
    async with Server() as server, running(server, DATABASE_URL=f"sqlite:///{file}"):
        yield server


class OnTelegram:
    """Voices of three people in one group, each with a chat of their own with the bot."""

    def __init__(self, server: Server, language: str) -> None:
        self.server, number = server, next(NUMBERS)
        self.people = {name: Somebody(server, number + i, language) for i, name in enumerate(("ana", "bob", "boss"))}
        for person in self.people.values():
            person.person.started = True
        self.group = Chat(-1_004_000_000_000 - number, "supergroup", admins={number + 2})
        server.world.chats[self.group.id] = self.group
        self.last: dict[tuple[str, str], Sent] = {}

    async def say(self, who: str, where: str, words: str, file: bytes | None = None) -> Seen:
        person, chat = self.people[who], self.group if where == "team" else None
        before = len(self.server.world.order)
        said = f"{BOT} {words}" if chat is not None else words
        if file is not None:
            person.sends(file, "list.csv", said, chat, mime_type="text/csv")
        else:
            person.says(said, chat, always=True)
        await self.server.until(lambda: self._came(who, before), 15, "an answer")
        return await self._seen(who, where, before)

    async def tap(self, who: str, where: str, label: str) -> Seen:
        sent, before = self.last[who, where], len(self.server.world.order)
        edits = sent.edits
        tap = self.people[who].taps(sent, label)
        await self.server.until(lambda: self.server.world.callbacks[tap], 15, "an answer to the tap")
        await self.server.until(lambda: sent.edits > edits or self._came(who, before), 15, "what was tapped for")
        return await self._seen(who, where, before, sent)

    def _since(self, who: str, before: int) -> list[Sent]:
        here = (self.group.id, self.people[who].person.id)
        return [sent for sent in self.server.world.order[before:] if sent.chat in here]

    def _came(self, who: str, before: int) -> bool:
        return bool(self._since(who, before))

    async def _seen(self, who: str, where: str, before: int, edited: Sent | None = None) -> Seen:
        """With the details that follow a picture: what is asked later in the same chat waits until all of it is out."""
        chat = self.group.id if where == "team" else self.people[who].person.id
        there = self.server.world.order
        await self.server.until(lambda: any(sent.chat == chat for sent in there), 15, "a message")
        stale = self.people[who].taps_data(next(sent for sent in there if sent.chat == chat), "0x~what")
        await self.server.until(lambda: self.server.world.callbacks[stale], 15, "an answer to an old button")
        sent = [*([edited] if edited is not None else ()), *self._since(who, before)]
        offering = [one for one in sent if any("callback_data" in button for button in one.buttons)]
        if offering:
            self.last[who, where] = offering[-1]
        files = tuple(one.params["document"] for one in sent if one.kind == "document")
        pictures = sum(one.kind == "photo" for one in sent)
        # A machine that is too busy to paint in time sends the words alone: test_telegram_team.py looks at pictures.
        return Seen("\n".join(one.text for one in sent), files, pictures, drawn=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feature", played_on("telegram"), ids=lambda f: f["feature"].replace(" ", "-")[:40])
async def test_a_feature_of_the_book(kept: Server, feature: dict[str, Any], language: str) -> None:
    await play(feature, language, "telegram", OnTelegram(kept, language))
