"""The fact base as pages: facts, claims and concepts by topic and by search, each at an address of its own, and the
sources with everything that rests on them. Made from the records; what a record lacks is not shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast, get_args

from aiohttp import web
from markupsafe import Markup

from bot.platforms.open_data import cited
from bot.platforms.web.costs import costs
from bot.platforms.web.faults import language_of
from bot.platforms.web.linked import Linked
from bot.platforms.web.rendering import line
from bot.platforms.web.site import Site
from handlers.measures import Measures
from handlers.phrases import Phrases, typeset
from handlers.request import Language
from handlers.telling import fill, split
from knowledge.schema import Claim, Concept, Fact, Figure, Source, Text, Topic
from knowledge.search import SURE

TOPICS: tuple[Topic, ...] = get_args(Topic)
KINDS = ("facts", "claims", "concepts")
FOUND = 12  # how many entries a search shows
LONGEST = 200  # characters of a search
_NEAR = 0.5 * SURE  # what is further off is not worth a line

Entry = Fact | Claim | Concept


@dataclass(frozen=True, slots=True)
class Named:
    """A link to an entry."""

    name: str
    path: str
    told: str = ""  # its first sentence, where there is room for one
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A source under an entry."""

    source: Source
    path: str
    reference: str  # ready to be pasted
    seen: str | None  # what was read where it was not the publication


class Entries:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._library = site.kit.library
        self._linked = Linked(site)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{language:en|fr}/facts", self.listed),
            web.get("/{language:en|fr}/{kind:facts|claims|concepts}/{id}", self.entry),
            web.get("/{language:en|fr}/sources", self.sources),
            web.get("/{language:en|fr}/sources/{id}", self.source),
        ]

    @costs("page")
    async def listed(self, request: web.Request) -> web.StreamResponse:
        language = language_of(request)
        query = request.query.get("q", "").encode("utf-8", "replace").decode().strip()[:LONGEST]
        if query:
            hits = [hit for hit in self._site.kit.search.find(query, FOUND) if hit.score >= _NEAR]
            found = [self._named(hit.id, language, told=True) for hit in hits]
            sure = bool(hits) and hits[0].score >= SURE
            return self._site.page("facts.html", language, "/facts", query=query, found=found, sure=sure)

        def make() -> str:
            return self._site.html(
                "facts.html", language, "/facts", query="", found=(), sure=True, shelves=self._shelves(language),
                linked=self._linked.base(language),
            )  # fmt: skip

        return self._site.kept(request, request.path, make, language=language)

    @costs("page")
    async def entry(self, request: web.Request) -> web.StreamResponse:
        language, kind, id_ = language_of(request), request.match_info["kind"], request.match_info["id"]
        record = self._shelf(kind).get(id_)
        if record is None:
            raise web.HTTPNotFound
        return self._site.kept(request, request.path, lambda: self._page(kind, record, language), language=language)

    @costs("page")
    async def sources(self, request: web.Request) -> web.StreamResponse:
        language = language_of(request)

        def make() -> str:
            every = sorted(self._library.sources.values(), key=lambda s: (s.publisher.casefold(), -s.year, s.title))
            return self._site.html("sources.html", language, "/sources", sources=every)

        return self._site.kept(request, request.path, make, language=language)

    @costs("page")
    async def source(self, request: web.Request) -> web.StreamResponse:
        language = language_of(request)
        source = self._library.sources.get(request.match_info["id"])
        if source is None:
            raise web.HTTPNotFound

        def make() -> str:
            resting = sorted(
                (self._named(id_, language) for id_ in self._resting.get(source.id, ())),
                key=lambda named: named.name.casefold(),
            )
            return self._site.html(
                "source.html", language, f"/sources/{source.id}", source=source, reference=cited(source),
                seen=typeset(source.seen.of(language), language) if source.seen else None, resting=resting,
            )  # fmt: skip

        return self._site.kept(request, request.path, make, language=language)

    def paths(self) -> Iterator[str]:
        """Of every page here, behind the language."""
        yield "/facts"
        yield "/sources"
        for kind in KINDS:
            yield from (f"/{kind}/{id_}" for id_ in self._shelf(kind))
        yield from (f"/sources/{id_}" for id_ in self._library.sources)

    def path(self, id_: str) -> str:
        """Where an entry stands, behind the language."""
        return next(f"/{kind}/{id_}" for kind in KINDS if id_ in self._shelf(kind))

    def named(self, ids: Iterable[str], language: Language) -> tuple[Named, ...]:
        """Links to entries; an id that is none is passed over."""
        return tuple(self._named(id_, language) for id_ in ids if self._library.holds(id_))

    def _shelf(self, kind: str) -> Mapping[str, Entry]:
        return cast("Mapping[str, Entry]", getattr(self._library, kind))

    @cached_property
    def _resting(self) -> Mapping[str, Sequence[str]]:
        """Which entries rest on a source."""
        resting: dict[str, list[str]] = defaultdict(list)
        for kind in KINDS:
            for id_, record in self._shelf(kind).items():
                for source in record.sources:
                    resting[source].append(id_)
        return resting

    def _named(self, id_: str, language: Language, *, told: bool = False) -> Named:
        kind = next(kind for kind in KINDS if id_ in self._shelf(kind))
        record = self._shelf(kind)[id_]
        lead = _plain(self._lead(record, language)) if told else ""
        verdict = self._verdict(record, language) if isinstance(record, Claim) else None
        return Named(typeset(record.name.of(language), language), f"/{language}/{kind}/{id_}", lead, verdict)

    def _shelves(self, language: Language) -> list[tuple[str, list[Named]]]:
        """(heading, entries) in the order they are read: the topics, the claims, the terms."""
        say = self._site.phrases(language)
        by_topic: dict[str, list[Named]] = defaultdict(list)
        for fact in self._library.facts.values():
            by_topic[fact.topic].append(self._named(fact.id, language))
        shelves = [(say.text(f"topics.{topic}"), by_topic[topic]) for topic in TOPICS if topic in by_topic]
        shelves.append((say.text("topics.claims"), [self._named(id_, language) for id_ in self._library.claims]))
        shelves.append((say.text("topics.concepts"), [self._named(id_, language) for id_ in self._library.concepts]))
        return [(heading, sorted(named, key=lambda n: n.name.casefold())) for heading, named in shelves]

    def _page(self, kind: str, record: Entry, language: Language) -> str:
        path = f"/{kind}/{record.id}"
        name = typeset(record.name.of(language), language)
        lead, rest = split(self._filled(record, _main(record), language))
        sources = [self._cited(source, language) for source in self._library.cite(record.sources)]
        related = [self._named(id_, language) for id_ in dict.fromkeys(record.related) if id_ != record.id]
        address = f"{self._site.origin}/{language}{path}"
        first = sources[0].source
        return self._site.html(
            "entry.html", language, path,
            kind=kind,
            name=name,
            lead=line(lead),
            rest=line(rest),
            parts=list(self._parts(record, language)),
            details=list(self._details(record, language)),
            verdict=self._verdict(record, language) if isinstance(record, Claim) else None,
            sources=sources,
            related=related,
            reference=self._site.phrases(language).text(
                "entry.reference", name=name, version=self._site.version, address=address,
                first=f"{first.authors} ({first.year})",
            ),
            linked=self._linked.entry(record, path, language, _plain(self._lead(record, language))),
        )  # fmt: skip

    def _parts(self, record: Entry, language: Language) -> Iterator[tuple[str, Markup]]:
        """(heading, text) of what stands below the first lines."""
        say = self._site.phrases(language)
        texts: list[tuple[str, Text | None]] = []
        if isinstance(record, Claim):
            texts = [("says", record.says), ("finds", record.finds), ("said-by", record.said_by)]
        elif isinstance(record, Fact):
            texts = [("caveat", record.caveat), ("why", record.why)]
        for key, text in texts:
            if text is not None:
                yield say.text(f"entry.{key}"), line(self._filled(record, text, language))

    def _details(self, record: Entry, language: Language) -> Iterator[tuple[str, str]]:
        """(label, value): how the figure was counted and checked."""
        say, core = self._site.phrases(language), self._site.core.lexicon[language]
        if isinstance(record, Fact):
            if record.year is not None:
                yield say.text("entry.year"), str(record.year)
            if record.boundary != "not-applicable":
                yield say.text("entry.boundary"), core.text(f"facts.boundaries.{record.boundary}")
            if record.accounting not in ("not-applicable", "undisclosed"):
                yield say.text("entry.accounting"), core.text(f"accounting.{record.accounting}")
            yield say.text("entry.quality"), core.text(f"qualities.{record.quality}")
        if isinstance(record, Claim) and record.year is not None:
            yield say.text("entry.claimed"), str(record.year)
        if not isinstance(record, Concept):
            yield say.text("entry.checked"), core.text(f"checked.{record.checked}")
        yield say.text("entry.review"), self._measures(language).day(record.review)

    def _verdict(self, claim: Claim, language: Language) -> str:
        return self._site.core.lexicon[language].text(f"facts.verdicts.{claim.verdict}").rstrip(".")

    def _lead(self, record: Entry, language: Language) -> Any:
        return split(self._filled(record, _main(record), language))[0]

    def _filled(self, record: Entry, text: Text, language: Language) -> Any:
        year: int | None = getattr(record, "year", None)
        known = {**({"year": Figure(mid=year, unit="year")} if year else {}), **record.figures}
        return fill(text, known, self._measures(language), language)

    def _measures(self, language: Language) -> Measures:
        return self._site.kit.measures(language)

    def _cited(self, source: Source, language: Language) -> Cited:
        phrases: Phrases = self._site.core.lexicon[language]
        seen = phrases.text("read-instead", seen=source.seen.of(language)) if source.seen else None
        return Cited(source, f"/{language}/sources/{source.id}", cited(source), seen)


def _main(record: Entry) -> Text:
    """The text that answers."""
    return record.claim if isinstance(record, Fact) else record.instead if isinstance(record, Claim) else record.says


def _plain(spans: Any) -> str:
    return "".join(span.text for span in spans)
