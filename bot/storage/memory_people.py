"""Consents, quiz scores and feedback in this process alone, beside the rest of its memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.ports import Consent, Feedback, Score


class MemoryConsents:
    def __init__(self) -> None:
        self._given: dict[tuple[str, str, str], str] = {}

    async def give(self, person: str, consent: Consent, book: str = "", value: str = "") -> None:
        self._given[person, consent, book] = value

    async def withdraw(self, person: str, consent: Consent, book: str = "") -> None:
        self._given.pop((person, consent, book), None)

    async def given(self, person: str, consent: Consent, book: str = "") -> str | None:
        return self._given.get((person, consent, book))

    async def named(self, book: str) -> Mapping[str, str]:
        return {person: v for (person, consent, b), v in self._given.items() if consent == "named" and b == book}

    def of_person(self, person: str) -> list[dict[str, str]]:
        return [
            {"consent": consent, "book": book, "value": value}
            for (whose, consent, book), value in self._given.items()
            if whose == person
        ]

    def rebook(self, old: str, new: str) -> None:
        for person, consent, _ in [key for key in self._given if key[2] == old]:
            self._given.setdefault((person, consent, new), self._given.pop((person, consent, old)))

    def rename(self, old: str, new: str) -> None:
        for person, consent, book in [key for key in self._given if key[0] == old]:
            self._given.setdefault((new, consent, book), self._given.pop((person, consent, book)))

    def drop(self, *, person: str = "", book: str = "") -> None:
        for key in [k for k in self._given if (person and k[0] == person) or (book and k[2] == book)]:
            del self._given[key]


class MemoryScores:
    def __init__(self) -> None:
        self.scores: dict[str, Score] = {}

    async def of(self, person: str) -> Score:
        return self.scores.get(person, Score())

    async def add(self, person: str, right: bool) -> Score:
        now = self.scores.get(person, Score())
        self.scores[person] = Score(now.right + right, now.asked + 1)
        return self.scores[person]

    def rename(self, old: str, new: str) -> None:
        if old in self.scores:
            self.scores.setdefault(new, self.scores.pop(old))


class MemoryFeedbacks:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, Feedback]] = {}

    async def add(self, person: str, feedback: Feedback) -> bool:
        if feedback.id in self.kept:
            return False
        self.kept[feedback.id] = (person, feedback)
        return True

    async def recent(self, limit: int = 100) -> Sequence[Feedback]:
        return sorted((f for _, f in self.kept.values()), key=lambda f: f.at, reverse=True)[:limit]

    def rename(self, old: str, new: str) -> None:
        self.kept = {id_: (new if who == old else who, f) for id_, (who, f) in self.kept.items()}
