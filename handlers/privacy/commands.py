"""What is kept about a person and a team: said in ten lines, handed out as a file, erased after a confirm. Always for
the asker's eyes alone.
"""

from __future__ import annotations

import json

from handlers.answer import Answer, Attachment, FigureLine, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice, Given
from handlers.kit import Kit
from handlers.request import Intent

ASPECTS = ("show", "export", "erase", "erase-now", "erase-team", "erase-team-now")
TEAM_WAITS = "confirm-erase-team"
KEPT = ("settings", "ledger", "context", "opted", "team", "people", "never", "rights")


def feature(kit: Kit) -> Feature:
    privacy = Privacy(kit)
    parameters = (
        Parameter("aspect", Choice(ASPECTS, "privacy.aspects", kit.lexicon)),
        Parameter("confirmed", Given()),
    )
    return Feature("privacy", (Command("privacy", "privacy", privacy.run, parameters, private=True),))


class Privacy:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        aspect = call.argument("aspect", "show")
        if aspect == "erase" and call.argument("confirmed"):
            team = call.context is not None and call.context.waiting == TEAM_WAITS
            aspect = "erase-team-now" if team else "erase-now"
        if aspect in ("erase-team", "erase-team-now"):
            if call.request.team is None:
                raise CannotAnswer("settings.no-team", intent="privacy")
            if not call.request.admin:
                raise CannotAnswer("settings.admins-only", intent="privacy")
            return await self._erase_team(call) if aspect == "erase-team-now" else self._confirm(call, team=True)
        if aspect == "erase-now":
            return await self._erase(call)
        if aspect == "erase":
            return self._confirm(call, team=False)
        return await (self._export(call) if aspect == "export" else self._show(call))

    async def _show(self, call: Call) -> Answer:
        """Ten lines: the title, what is kept and for how long, and where."""
        phrases, ports = call.phrases, self._kit.ports
        person = call.request.person
        settings = await ports.preferences.get(f"person:{person}")
        entries = await ports.ledger.of_person(person)
        body = [phrases.line(f"privacy.kept.{key}") for key in KEPT]
        where = phrases.line("privacy.here", file=ports.where) if ports.where else phrases.line("privacy.lasting")
        body.append(where if ports.lasting else phrases.line("privacy.passing"))
        return Answer(
            "privacy",
            call.language,
            phrases.line("privacy.title"),
            body=tuple(body),
            figures=(
                FigureLine(
                    phrases.text("privacy.lines"), self._kit.measures(call.language, call.units).count(len(entries))
                ),
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

    async def _export(self, call: Call) -> Answer:
        phrases = call.phrases
        kept = await self._kit.ports.records.of_person(call.request.person)
        text = json.dumps(kept, ensure_ascii=False, default=str, indent=1)
        attachment = Attachment("smallprint-my-data.json", "application/json", text.encode())
        return Answer(
            "privacy",
            call.language,
            phrases.line("privacy.exported", name=attachment.name),
            body=(phrases.line("privacy.export-holds"),),
            suggestions=(
                Suggestion(phrases.text("privacy.do-erase"), Intent("privacy", {"aspect": "erase"}, "button")),
            ),
            attachment=attachment,
            context=Context("privacy", call.request.at, call.language),
            private=True,
        )

    def _confirm(self, call: Call, *, team: bool) -> Answer:
        phrases = call.phrases
        aspect = "erase-team-now" if team else "erase-now"
        return Answer(
            "privacy",
            call.language,
            phrases.line("privacy.confirm-team" if team else "privacy.confirm"),
            body=(phrases.line("privacy.what-goes-team" if team else "privacy.what-goes"),),
            suggestions=(
                Suggestion(phrases.text("privacy.erase-now"), Intent("privacy", {"aspect": aspect}, "button")),
                Suggestion(phrases.text("privacy.keep"), Intent("privacy", {"aspect": "show"}, "button")),
            ),
            tone="question",
            context=Context(
                "privacy",
                call.request.at,
                call.language,
                waiting=TEAM_WAITS if team else "confirm-erase",
            ),
            private=not team,
            for_all=team,
        )

    async def _erase(self, call: Call) -> Answer:
        lines = await self._kit.ports.records.erase_person(call.request.person)
        title = call.phrases.line(
            "privacy.erased", n=lines, count=self._kit.measures(call.language, call.units).count(lines)
        )
        return Answer("privacy", call.language, title, private=True)

    async def _erase_team(self, call: Call) -> Answer:
        lines = await self._kit.ports.records.erase_team(str(call.request.team))
        count = self._kit.measures(call.language, call.units).count(lines)
        return Answer(
            "privacy", call.language, call.phrases.line("privacy.erased-team", n=lines, count=count), for_all=True
        )
