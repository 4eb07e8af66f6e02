"""Everything about one person or one team across the ports of this process's own memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.storage.memory import (
        MemoryBudgets,
        MemoryConversations,
        MemoryDigests,
        MemoryDrafts,
        MemoryLedger,
        MemoryOnce,
        MemoryPreferences,
    )
    from bot.storage.memory_people import MemoryConsents, MemoryFeedbacks, MemoryScores


class MemoryRecords:
    """Looks through the other ports of the same memory."""

    def __init__(
        self,
        conversations: MemoryConversations,
        preferences: MemoryPreferences,
        ledger: MemoryLedger,
        budgets: MemoryBudgets,
        once: MemoryOnce,
        digests: MemoryDigests,
        consents: MemoryConsents,
        scores: MemoryScores,
        feedbacks: MemoryFeedbacks,
        drafts: MemoryDrafts,
    ) -> None:
        self._conversations, self._preferences, self._ledger, self._budgets = (
            conversations,
            preferences,
            ledger,
            budgets,
        )
        self._once, self._digests, self._consents, self._scores = once, digests, consents, scores
        self._feedbacks, self._drafts = feedbacks, drafts
        self._left: dict[str, datetime] = {}
        self._lapsing: dict[str, datetime] = {}

    async def of_person(self, person: str) -> Mapping[str, object]:
        score = await self._scores.of(person)
        budget = await self._budgets.get(f"person:{person}")
        return {
            "settings": asdict(await self._preferences.get(f"person:{person}")),
            "ledger": [asdict(entry) for entry in await self._ledger.of_person(person)],
            "budget": asdict(budget) if budget else None,
            "consents": self._consents.of_person(person),
            "quiz": asdict(score) if score.asked else None,
            "feedback": [asdict(f) for whose, f in self._feedbacks.kept.values() if whose == person],
            "conversations": self._conversations.of_person(person),
            "unconfirmed": self._drafts.of_person(person),
        }

    async def erase_person(self, person: str) -> int:
        for id_ in [i for i, (whose, _) in self._feedbacks.kept.items() if whose == person]:
            del self._feedbacks.kept[id_]
        return await self._forget(person)

    async def _forget(self, person: str) -> int:
        lines = self._ledger.drop(lambda e: e.person == person or e.book == f"person:{person}")
        await self._preferences.erase(f"person:{person}")
        await self._budgets.put(f"person:{person}", None)
        await self._conversations.forget(person)
        self._drafts.forget(person)
        self._consents.drop(person=person)
        self._scores.scores.pop(person, None)
        self._lapsing.pop(person, None)
        return lines

    async def erase_team(self, team: str) -> int:
        lines = self._ledger.drop(lambda e: e.book == f"team:{team}")
        await self._preferences.erase(f"team:{team}")
        await self._budgets.put(f"team:{team}", None)
        await self._digests.remove(team)
        self._consents.drop(book=f"team:{team}")
        self._left.pop(team, None)
        return lines

    async def leave(self, team: str, at: datetime) -> None:
        self._left.setdefault(team, at)

    async def rejoin(self, team: str) -> None:
        self._left.pop(team, None)

    async def move(self, team: str, to: str) -> None:
        if team == to:
            return
        old, new = f"team:{team}", f"team:{to}"
        self._ledger.rebook(old, new)
        # Who speaks in the name of the team is called by its id too, and so is the channel that it is.
        for port in (self._ledger, self._conversations, self._drafts, self._consents, self._scores, self._feedbacks):
            port.rename(team, to)
        own = (await self._preferences.get(f"person:{to}")).over(await self._preferences.get(f"person:{team}"))
        await self._preferences.erase(f"person:{team}")
        await self._preferences.put(f"person:{to}", own)
        kept = (await self._preferences.get(new)).over(await self._preferences.get(old))
        await self._preferences.erase(old)
        await self._preferences.put(new, kept)
        await self._budgets.put(new, await self._budgets.get(new) or await self._budgets.get(old))
        await self._budgets.put(old, None)
        self._consents.rebook(old, new)
        digest = await self._digests.get(team)
        await self._digests.remove(team)
        if digest is not None and await self._digests.get(to) is None:
            channel = f"{to}{digest.channel.removeprefix(team)}"
            await self._digests.put(replace(digest, team=to, channel=channel))
        self._left.pop(team, None)

    async def lapse(self, person: str, at: datetime) -> None:
        self._lapsing[person] = at

    async def sweep(self, now: datetime) -> int:
        gone = self._once.sweep(now) + self._conversations.sweep(now) + self._drafts.sweep(now)
        for team in [t for t, at in self._left.items() if at <= now]:
            gone += await self.erase_team(team)
        for person in [p for p, at in self._lapsing.items() if at <= now]:
            gone += await self._forget(person)
        return gone
