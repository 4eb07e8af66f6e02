"""What is kept about a person: shown, handed out as a file's content, erased after a confirm. Always private."""

from __future__ import annotations

import json
from dataclasses import asdict

from handlers.answer import Answer, FigureLine, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice
from handlers.kit import Kit
from handlers.request import Intent

ASPECTS = ("show", "export", "erase", "erase-now")


def feature(kit: Kit) -> Feature:
    privacy = Privacy(kit)
    aspect = Parameter("aspect", Choice(ASPECTS, "privacy.aspects", kit.lexicon))
    return Feature("privacy", (Command("privacy", "privacy", privacy.run, (aspect,), private=True),))


class Privacy:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        aspect = call.argument("aspect", "show")
        if aspect == "erase-now":
            return await self._erase(call)
        if aspect == "erase":
            return self._confirm(call)
        return await self._show(call, export=aspect == "export")

    async def _show(self, call: Call, *, export: bool) -> Answer:
        phrases, ports = call.phrases, self._kit.ports
        person = call.request.person
        settings = await ports.preferences.get(f"person:{person}")
        entries = await ports.ledger.of_person(person)
        kept = "lasting" if ports.lasting else "passing"
        body = [phrases.line(f"privacy.{key}") for key in ("settings", "ledger", "context", "never")]
        body.append(phrases.line(f"privacy.{kept}"))
        if export:
            data = {"settings": asdict(settings), "ledger": [asdict(entry) for entry in entries]}
            text = json.dumps(data, ensure_ascii=False, default=str, indent=1)
            body.append(phrases.line("privacy.export", data=text))
        measures = self._kit.measures(call.language)
        return Answer(
            "privacy",
            call.language,
            phrases.line("privacy.title"),
            body=tuple(body),
            figures=(
                FigureLine(phrases.text("privacy.lines"), measures.count(len(entries))),
                FigureLine(
                    phrases.text("privacy.set"),
                    phrases.text("privacy.yes" if settings != type(settings)() else "privacy.no"),
                ),
            ),
            suggestions=(
                Suggestion(phrases.text("privacy.do-export"), Intent("privacy", {"aspect": "export"}, "button")),
                Suggestion(phrases.text("privacy.do-erase"), Intent("privacy", {"aspect": "erase"}, "button")),
            ),
            context=Context("privacy", call.request.at, call.language),
            private=True,
        )

    def _confirm(self, call: Call) -> Answer:
        phrases = call.phrases
        return Answer(
            "privacy",
            call.language,
            phrases.line("privacy.confirm"),
            body=(phrases.line("privacy.what-goes"),),
            suggestions=(
                Suggestion(phrases.text("privacy.erase-now"), Intent("privacy", {"aspect": "erase-now"}, "button")),
                Suggestion(phrases.text("privacy.keep"), Intent("privacy", {"aspect": "show"}, "button")),
            ),
            tone="question",
            context=Context("privacy", call.request.at, call.language, waiting="confirm-erase"),
            private=True,
        )

    async def _erase(self, call: Call) -> Answer:
        ports, person = self._kit.ports, call.request.person
        lines = await ports.ledger.erase(person)
        await ports.preferences.erase(f"person:{person}")
        await ports.conversations.forget(person)
        title = call.phrases.line("privacy.erased", n=lines, count=self._kit.measures(call.language).count(lines))
        return Answer("privacy", call.language, title, private=True)
