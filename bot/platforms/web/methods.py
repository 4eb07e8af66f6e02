"""How figures come about, as pages: each method with its version and boundary, every factor, printed value, assumption
and everyday comparison with its source, and the electricity of every place. Tables are made from the base, never typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from aiohttp import web
from markupsafe import Markup

from bot.platforms.web.costs import costs
from bot.platforms.web.faults import language_of
from bot.platforms.web.site import Saying, Site
from handlers.measures import Measures
from handlers.phrases import Phrases, typeset
from handlers.request import Language
from knowledge.calculator.errors import CannotEstimate, Unknown
from knowledge.schema import Figure, Published

Cell = str | Markup
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: the first cell of each names it."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """What one method's page shows below its words."""

    tables: tuple[Table, ...] = ()
    sources: tuple[str, ...] = ()  # ids
    version: str | None = None
    boundary: str | None = None  # a code of knowledge.schema.Boundary


class Methods:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._library = site.kit.library
        self._pages: Mapping[str, Callable[[Language], Page]] = {
            "combining": lambda _: Page(sources=self._library.pillars, boundary="facility"),
            "ecologits": lambda _: Page(
                sources=("ecologits-2026", "rince-2025-methodology"), version=version("ecologits"), boundary="facility"
            ),
            "ecocost": lambda _: Page(sources=("ecocost-2026",), version=version("ecocost"), boundary="facility"),
            "published": self._published,
            "factors": self._factors,
            "electricity": self._electricity,
            "assumptions": self._assumptions,
            "comparisons": self._comparisons,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{language:en|fr}/methods", self.listed),
            web.get("/{language:en|fr}/methods/{name}", self.method),
        ]

    def paths(self) -> Iterator[str]:
        yield "/methods"
        yield from (f"/methods/{name}" for name in self._pages)

    @costs("page")
    async def listed(self, request: web.Request) -> web.StreamResponse:
        language = language_of(request)

        def make() -> str:
            explaining = Saying(self._site.core.lexicon[language])
            return self._site.html("methods.html", language, "/methods", pages=self._pages, explaining=explaining)

        return self._site.kept(request, request.path, make, language=language)

    @costs("page")
    async def method(self, request: web.Request) -> web.StreamResponse:
        language, name = language_of(request), request.match_info["name"]
        page = self._pages.get(name)
        if page is None:
            raise web.HTTPNotFound

        def make() -> str:
            made = page(language)
            sources = self._library.cite(made.sources)
            return self._site.html(
                "method.html", language, f"/methods/{name}", name=name, page=made, sources=sources,
                fact_base=self._site.version,
                boundary=self._site.core.lexicon[language].text(f"boundaries.{made.boundary or 'undisclosed'}"),
            )  # fmt: skip

        return self._site.kept(request, request.path, make, language=language)

    def _published(self, language: Language) -> Page:
        say, core, measures = self._words(language)

        def row(record: Published) -> Row:
            figures = (record.energy_wh, record.co2e_g, record.water_ml)
            shown = "; ".join(measures.figure(figure) for figure in figures if figure is not None)
            return (
                record.name, core.text(f"tasks.{record.task}"), shown,
                core.text(f"facts.boundaries.{record.boundary}") if record.boundary != "not-applicable" else "–",
                typeset(record.differs.of(language), language), str(record.year), self._cited(record.sources, language),
            )  # fmt: skip

        heads = ("name", "task", "value", "boundary", "note", "year", "sources")
        rows = [row(record) for record in self._library.published.values()]
        return Page((Table(say("methods.published.table"), _heads(say, heads), rows),))

    def _factors(self, language: Language) -> Page:
        say, core, measures = self._words(language)
        rows: list[Row] = []
        for factor in self._library.factors.values():
            figure = Figure(low=factor.low, mid=factor.mid, high=factor.high, unit="Wh")
            rows.append((
                typeset(factor.name.of(language), language), core.text(f"tasks.{factor.task}"),
                measures.figure(figure), typeset(factor.derivation.of(language), language), str(factor.year),
                self._cited(factor.sources, language),
            ))  # fmt: skip
        heads = ("name", "task", "value", "derivation", "year", "sources")
        return Page((Table(say("methods.factors.table"), _heads(say, heads), rows),), boundary="facility")

    def _electricity(self, language: Language) -> Page:
        say, _, measures = self._words(language)
        rows: list[Row] = []
        for code in self._library.places:
            try:
                grid = self._site.kit.calculator.grid(code)
            except (CannotEstimate, Unknown):
                continue
            carbon = measures.with_unit(measures.number(grid.g_per_kwh, 3), "gCO2e/kWh", grid.g_per_kwh)
            water = measures.with_unit(measures.number(grid.water), "L/kWh", grid.water)
            name = self._site.kit.describer.place(code, language)
            rows.append((name[:1].upper() + name[1:], code, carbon, water, str(grid.year) if grid.year else "–"))
        rows.sort(key=lambda row: row[0])
        heads = ("place", "code", "carbon", "water", "year")
        return Page(
            (Table(say("methods.electricity.table"), _heads(say, heads), rows),),
            self._site.kit.calculator.grid("WOR").sources,
        )

    def _assumptions(self, language: Language) -> Page:
        say, _, measures = self._words(language)
        rows: list[Row] = []
        for default in self._library.defaults.values():
            figure = Figure(low=default.low, mid=default.value, high=default.high, unit=default.unit)
            rows.append((
                Markup("<code>{}</code>").format(default.id), measures.figure(figure),
                typeset(default.why.of(language), language), self._cited(default.sources, language),
            ))  # fmt: skip
        heads = ("name", "value", "why", "sources")
        return Page((Table(say("methods.assumptions.table"), _heads(say, heads), rows),))

    def _comparisons(self, language: Language) -> Page:
        say, core, measures = self._words(language)
        rows: list[Row] = []
        for thing in self._library.equivalents.values():
            name = thing.name[language]["one"].replace("{n}", measures.number(1))
            rows.append((
                typeset(name, language), measures.amount(thing.measures, thing.factor, 3),
                core.text(f"facts.boundaries.{thing.boundary}") if thing.boundary != "not-applicable" else "–",
                str(thing.year), self._cited(thing.sources, language),
            ))  # fmt: skip
        heads = ("name", "value", "boundary", "year", "sources")
        return Page((Table(say("methods.comparisons.table"), _heads(say, heads), rows),))

    def _words(self, language: Language) -> tuple[Callable[[str], str], Phrases, Measures]:
        return self._site.phrases(language).text, self._site.core.lexicon[language], self._site.kit.measures(language)

    def _cited(self, ids: Iterable[str], language: Language) -> Markup:
        """Links to the sources' own pages."""
        link = Markup('<a href="/{}/sources/{}">{} {}</a>')
        return Markup(", ").join(
            link.format(language, source.id, source.publisher, source.year) for source in self._library.cite(ids)
        )


def _heads(say: Callable[[str], str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(say(f"methods.heads.{name}") for name in names)
