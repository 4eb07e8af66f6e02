"""What a person or a team has set: language, place of the electricity, model by task, answers for all or for one's own
eyes, units. Shown with its origin: one's own before the team's, the team's before the default. A team's are set by its
admins.
"""

from __future__ import annotations

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice, Name
from handlers.kit import Kit
from handlers.phrases import Phrases
from handlers.ports import Settings
from handlers.request import LANGUAGES, Intent

UNITS = ("metric", "imperial")


def feature(kit: Kit) -> Feature:
    settings = SettingsFeature(kit)
    parameters = (
        Parameter("language", Choice(LANGUAGES, "settings.languages", kit.lexicon)),
        Parameter("place", Name(kit.places, "unknown-place")),
        Parameter("model", Name(kit.models, "unknown-model")),
        Parameter("visible", Choice(("public", "private"), "settings.visible", kit.lexicon)),
        Parameter("units", Choice(UNITS, "settings.units", kit.lexicon)),
        Parameter("whose", Choice(("me", "team"), "settings.whose", kit.lexicon)),
    )
    return Feature("settings", (Command("settings", "settings", settings.run, parameters, private=True, keeps=True),))


class SettingsFeature:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        """Sets what is given, or shows what is set."""
        changes, said = self._changes(call)
        if not said:
            return await self._show(call)
        team = call.argument("whose") == "team"
        tongue = changes.language or call.language
        phrases = self._kit.lexicon[tongue]
        if team:
            if call.request.team is None:
                raise CannotAnswer("settings.no-team", intent="settings")
            if not call.request.admin:
                raise CannotAnswer("settings.admins-only", intent="settings")
            await self._kit.ports.preferences.change(f"team:{call.request.team}", changes)
        else:
            await self._kit.ports.preferences.change(f"person:{call.request.person}", changes)
        lasting = "lasting" if self._kit.ports.lasting else "passing"
        body = [*said[1:], phrases.line(f"settings.{lasting}")]
        if team:
            body.insert(len(said) - 1, phrases.line("settings.for-team"))
        return Answer(
            "settings",
            tongue,
            said[0],
            body=tuple(body),
            context=Context("settings", call.request.at, tongue, uses=call.context.uses if call.context else ()),
            suggestions=(Suggestion(phrases.text("settings.show"), Intent("settings", {}, "button")),),
            private=True,
        )

    def _changes(self, call: Call) -> tuple[Settings, list[Line]]:
        """What is to be set, and the sentences that say so; in the language that was just chosen."""
        language, place, model = (call.argument(name) for name in ("language", "place", "model"))
        visible, units = call.argument("visible"), call.argument("units")
        tongue = language or call.language
        phrases = self._kit.lexicon[tongue]
        said: list[Line] = []
        models: tuple[tuple[str, str], ...] = ()
        if language is not None:
            said.append(phrases.line("settings.language-set"))
        if place is not None:
            said.append(phrases.line("settings.place-set", place=self._kit.describer.place(place, tongue)))
        if model is not None:
            task = self._kit.library.models[model].task
            models = ((task, model),)
            name = self._kit.describer.model(model)
            said.append(phrases.line("settings.model-set", model=name, task=phrases.text(f"tasks.{task}")))
        if visible is not None:
            said.append(phrases.line(f"settings.visible-{visible}"))
        if units is not None:
            said.append(phrases.line(f"settings.units-{units}"))
        public = None if visible is None else visible == "public"
        return Settings(language=language, place=place, models=models, public=public, units=units), said

    async def _show(self, call: Call) -> Answer:
        phrases, ports = call.phrases, self._kit.ports
        own = await ports.preferences.get(f"person:{call.request.person}")
        team = Settings()
        if call.request.team is not None:
            team = await ports.preferences.get(f"team:{call.request.team}")
        other = "en" if call.language == "fr" else "fr"
        return Answer(
            "settings",
            call.language,
            phrases.line("settings.title"),
            figures=tuple(self._lines(call, own, team)),
            body=(phrases.line("settings.how"),),
            suggestions=(
                Suggestion(
                    self._kit.lexicon[other].text(f"settings.languages.{other}"),
                    Intent("settings", {"language": other}, "button"),
                ),
            ),
            context=Context("settings", call.request.at, call.language),
            private=True,
        )

    def _lines(self, call: Call, own: Settings, team: Settings) -> list[FigureLine]:
        phrases, describer = call.phrases, self._kit.describer
        language = own.language or team.language or call.language
        place = own.place or team.place
        public = own.public if own.public is not None else team.public
        lines = [
            _line(
                phrases,
                phrases.text("settings.labels.language"),
                phrases.text(f"settings.languages.{language}"),
                own.language,
                team.language,
            ),
            _line(
                phrases,
                phrases.text("settings.labels.place"),
                describer.place(place, call.language) if place else phrases.text("settings.by-service"),
                own.place,
                team.place,
            ),
        ]
        mine, theirs = dict(own.models), dict(team.models)
        for task, model in sorted((theirs | mine).items()):
            label = phrases.text("settings.labels.model", task=phrases.text(f"tasks.{task}"))
            lines.append(_line(phrases, label, describer.model(model), mine.get(task), theirs.get(task)))
        visible = phrases.text(f"settings.visible.{'private' if public is False else 'public'}")
        lines.append(_line(phrases, phrases.text("settings.labels.visible"), visible, own.public, team.public))
        units = phrases.text(f"settings.units.{own.units or team.units or 'usual'}")
        lines.append(_line(phrases, phrases.text("settings.labels.units"), units, own.units, team.units))
        return lines


def _line(phrases: Phrases, label: str, value: str, own: object, team: object) -> FigureLine:
    origin = "own" if own is not None else "team" if team is not None else "default"
    shown = phrases.text("settings.with-origin", value=value, origin=phrases.text(f"settings.origins.{origin}"))
    return FigureLine(label, shown)
