"""What a person or a team has set: language, place of the electricity, model by task. Shown with its origin."""

from __future__ import annotations

from dataclasses import replace

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice, Name
from handlers.kit import Kit
from handlers.ports import Settings
from handlers.request import LANGUAGES, Intent


def feature(kit: Kit) -> Feature:
    settings = SettingsFeature(kit)
    parameters = (
        Parameter("language", Choice(LANGUAGES, "settings.languages", kit.lexicon)),
        Parameter("place", Name(kit.places, "unknown-place")),
        Parameter("model", Name(kit.models, "unknown-model")),
    )
    return Feature("settings", (Command("settings", "settings", settings.run, parameters, private=True),))


class SettingsFeature:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def run(self, call: Call) -> Answer:
        """Sets what is given, or shows what is set."""
        owner = f"person:{call.request.person}"
        settings = await self._kit.ports.preferences.get(owner)
        language, place, model = (call.argument(name) for name in ("language", "place", "model"))
        changed: list[Line] = []
        phrases = self._kit.lexicon[language] if language else call.phrases
        tongue = language or call.language
        if language is not None:
            settings = replace(settings, language=language)
            changed.append(phrases.line("settings.language-set"))
        if place is not None:
            settings = replace(settings, place=place)
            name = self._kit.describer.place(place, tongue)
            changed.append(phrases.line("settings.place-set", place=name))
        if model is not None:
            task = self._kit.library.models[model].task
            models = {**dict(settings.models), task: model}
            settings = replace(settings, models=tuple(models.items()))
            changed.append(
                phrases.line(
                    "settings.model-set",
                    model=self._kit.describer.model(model),
                    task=phrases.text(f"tasks.{task}"),
                )
            )
        if changed:
            await self._kit.ports.preferences.put(owner, settings)
            lasting = "lasting" if self._kit.ports.lasting else "passing"
            body = (*changed[1:], phrases.line(f"settings.{lasting}"))
            return Answer(
                "settings",
                tongue,
                changed[0],
                body=body,
                context=Context("settings", call.request.at, tongue, uses=call.context.uses if call.context else ()),
                suggestions=(Suggestion(phrases.text("settings.show"), Intent("settings", {}, "button")),),
                private=True,
            )
        return await self._show(call, settings)

    async def _show(self, call: Call, own: Settings) -> Answer:
        phrases = call.phrases
        settled = await self._kit.settings(call.request)
        figures: list[FigureLine] = []

        def line(label: str, value: str, mine: object, any_: object) -> None:
            origin = "own" if mine else "team" if any_ else "default"
            shown = phrases.text("settings.with-origin", value=value, origin=phrases.text(f"settings.origins.{origin}"))
            figures.append(FigureLine(phrases.text(f"settings.labels.{label}"), shown))

        language = settled.language or call.language
        line("language", phrases.text(f"settings.languages.{language}"), own.language, settled.language)
        place = (
            self._kit.describer.place(settled.place, call.language)
            if settled.place
            else phrases.text("settings.by-service")
        )
        line("place", place, own.place, settled.place)
        mine = dict(own.models)
        for task, model in settled.models:
            figures.append(
                FigureLine(
                    phrases.text("settings.labels.model", task=phrases.text(f"tasks.{task}")),
                    phrases.text(
                        "settings.with-origin",
                        value=self._kit.describer.model(model),
                        origin=phrases.text(f"settings.origins.{'own' if task in mine else 'team'}"),
                    ),
                )
            )
        other = "en" if call.language == "fr" else "fr"
        return Answer(
            "settings",
            call.language,
            phrases.line("settings.title"),
            figures=tuple(figures),
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
