"""Which AI models are known, and what is known of one: maker, size where published, where it is thought to run, and
what its figures rest on. What the maker does not say is said to be unsaid.
"""

from __future__ import annotations

from collections import Counter

from babel.dates import format_skeleton

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.kinds import Choice, Name
from handlers.kit import Kit
from handlers.request import Intent
from knowledge.calculator.use import TASKS, Use
from knowledge.schema import Model

SHOWN = 12  # names in one list; the rest is counted


_COMPARED = 4  # of a maker's models, what a question on them then compares


def feature(kit: Kit) -> Feature:
    models = Models(kit)
    parameters = (
        Parameter("model", Name(kit.models, "unknown-model")),
        Parameter("task", Choice(TASKS, "tasks", kit.lexicon)),
    )
    return Feature("models", (Command("models", "models", models.show, parameters),))


class Models:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def show(self, call: Call) -> Answer:
        model: str | None = call.argument("model")
        several: tuple[str, ...] = tuple(call.argument("several", ()))
        if several:
            return self._several(call, [self._kit.library.models[id_] for id_ in several])
        if model is not None:
            return self._one(call, self._kit.library.models[model])
        maker: str | None = call.argument("maker")
        tasks: tuple[str, ...] = tuple(call.argument("tasks", ())) or tuple(filter(None, (call.argument("task"),)))
        if maker is not None or tasks:
            return self._some(call, maker, tasks)
        return self._all(call)

    def _one(self, call: Call, model: Model) -> Answer:
        phrases = call.phrases
        details = self._kit.calculator.describe(model.id)
        title = phrases.line(
            "models.one", model=model.name, maker=model.maker, task=phrases.text(f"models.kinds.{model.task}")
        )
        body: list[Line] = []
        if model.note:
            body.append(phrases.line("models.note", note=model.note.of(call.language)))
        if model.stands_for:
            body.append(phrases.line("models.stands-for", other=self._kit.describer.model(model.stands_for)))
        if model.since:
            month = format_skeleton("yMMMM", model.since, locale=phrases.locale)
            body.append(phrases.line("models.since", month=month))
        body.append(phrases.line("models.disclosed" if model.disclosed else "models.undisclosed", maker=model.maker))
        measures = self._kit.measures(call.language, call.units)
        figures: list[FigureLine] = []
        if details.total_b is not None:
            shown = measures.span(details.total_b.low, details.total_b.high, 3)
            label = "models.size" if details.size_published else "models.size-guessed"
            figures.append(FigureLine(phrases.text(label), measures.with_unit(shown, "params_b", details.total_b.high)))
        if details.place is not None:
            figures.append(
                FigureLine(phrases.text("models.place"), self._kit.describer.place(details.place, call.language))
            )
        methods = dict.fromkeys(self._kit.describer.method(m, call.language) for m in details.methods)
        if methods:
            figures.append(FigureLine(phrases.text("models.methods"), ", ".join(methods)))
        use = Use(task=model.task, model=model.id, count=1)
        return Answer(
            "models",
            call.language,
            title,
            body=tuple(body),
            figures=tuple(figures),
            citations=citations(self._kit.library, (*model.sources, *details.sources), phrases),
            suggestions=(
                Suggestion(phrases.text("models.estimate"), Intent("estimate", {"uses": (use,)}, "button")),
                Suggestion(phrases.text("models.see-all"), Intent("models", {}, "button")),
            ),
            topics=(model.id,),
            context=Context("models", call.request.at, call.language, uses=(use,)),
        )

    def _several(self, call: Call, named: list[Model]) -> Answer:
        """Each of those named in a line."""
        phrases = call.phrases
        body = [
            phrases.line(
                "models.one", model=model.name, maker=model.maker, task=phrases.text(f"models.kinds.{model.task}")
            )
            for model in named
        ]
        uses = tuple(Use(task=m.task, model=m.id, count=1) for m in named)
        offers = [Suggestion(model.name[:34], Intent("models", {"model": model.id}, "button")) for model in named[:2]]
        if len({use.task for use in uses}) == 1:
            offers.append(Suggestion(phrases.text("models.compare"), Intent("compare", {"uses": uses}, "button")))
        return Answer(
            "models",
            call.language,
            phrases.line("models.several", n=len(named)),
            body=tuple(body),
            citations=citations(self._kit.library, [s for m in named for s in m.sources], phrases),
            suggestions=tuple(offers),
            topics=tuple(m.id for m in named),
            context=Context("models", call.request.at, call.language, uses=uses[:_COMPARED]),
        )

    def _some(self, call: Call, maker: str | None, tasks: tuple[str, ...]) -> Answer:
        found = [
            m
            for m in self._kit.library.models.values()
            if (maker is None or m.maker == maker) and (not tasks or m.task in tasks)
        ]
        names = self._names(found)
        phrases = call.phrases
        what = maker or ", ".join(phrases.text(f"tasks.{task}") for task in tasks)
        more = max(len(found) - len(names), 0)
        body = [phrases.line("models.names", names=", ".join(names))]
        if more:
            body.append(
                phrases.line("models.more", n=more, count=self._kit.measures(call.language, call.units).count(more))
            )
        title = phrases.line(
            "models.some",
            n=len(found),
            count=self._kit.measures(call.language, call.units).count(len(found)),
            what=what,
        )
        first = next((m for m in found if m.default or m.name == names[0]), None)
        offers = (
            (Suggestion(first.name[:34], Intent("models", {"model": first.id}, "button")),) if first is not None else ()
        )
        # What "which of them is lightest?" then speaks of: those that a family's name alone stands for.
        uses = tuple(Use(task=m.task, model=m.id, count=1) for m in found if m.default and m.task == found[0].task)
        context = Context("models", call.request.at, call.language, uses=uses[:_COMPARED] if maker is not None else ())
        return Answer("models", call.language, title, body=tuple(body), suggestions=offers, context=context)

    def _all(self, call: Call) -> Answer:
        models = self._kit.library.models.values()
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        makers = Counter(m.maker for m in models)
        title = phrases.line(
            "models.all", count=measures.count(len(self._kit.library.models)), makers=measures.count(len(makers))
        )
        body: list[Line] = []
        for task in TASKS:
            some = [m for m in models if m.task == task]
            if some:
                names = self._names(some)
                body.append(phrases.line("models.of-task", task=phrases.text(f"tasks.{task}"), names=", ".join(names)))
        offers = tuple(
            Suggestion(maker, Intent("models", {"maker": maker}, "button"))
            for maker in ("OpenAI", "Anthropic", "Mistral AI")
            if maker in makers
        )
        context = Context("models", call.request.at, call.language)
        return Answer("models", call.language, title, body=tuple(body), suggestions=offers[:3], context=context)

    def _names(self, models: list[Model]) -> list[str]:
        """The defaults of families first: the names that people say."""
        ordered = sorted(models, key=lambda m: (not m.default, m.ecologits is None and m.factor is None))
        return list(dict.fromkeys(m.name for m in ordered))[:SHOWN]
