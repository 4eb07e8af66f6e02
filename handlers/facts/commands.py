"""Facts, claims checked and concepts: the claim first, then who says so, when, within which boundary, and the caveat.

Everything shown comes from the fact base; what it does not hold is said to be missing, with the nearest it has.
"""

from __future__ import annotations

from babel.dates import format_skeleton

from handlers.answer import Answer, FigureLine, Line, Suggestion
from handlers.citing import citations
from handlers.command import Call, Command, Feature, Parameter
from handlers.context import Context
from handlers.facts.topics import Topics
from handlers.kinds import Asked, Words
from handlers.kit import Kit
from handlers.phrases import typeset
from handlers.request import Intent
from handlers.telling import fill, split
from knowledge.schema import Change, Claim, Concept, Fact, Figure
from knowledge.search import SURE

NEAR = 3  # how many neighbours are offered


def feature(kit: Kit) -> Feature:
    facts = Facts(kit)
    about = (Parameter("query", Words()),)
    asked = (Parameter("query", Asked(topics=Topics(kit))),)
    return Feature(
        "facts",
        (
            Command("fact", "explain", facts.show, asked),
            Command("changes", "explain", facts.changes, about, hidden=True),
        ),
    )


class Facts:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def show(self, call: Call) -> Answer:
        """The best entry for the question, or an honest "not in my base" with the nearest three."""
        # A button that is older than the base may carry an entry that is gone.
        ids = tuple(id_ for id_ in call.argument("facts", ()) if self._kit.library.holds(id_))
        query = str(call.argument("query", "")) or call.request.text
        if not ids and self._kit.library.holds(query):
            ids = (query,)  # a suggestion that was taken
        near = tuple(id_ for id_ in call.argument("near", ()) if self._kit.library.holds(id_))
        if not ids and near:
            return self._missing(call, near[:NEAR])  # "and in Germany?": of this we know other countries only
        if not ids:
            hits = self._kit.search.find(query, NEAR + 1)
            if not hits or hits[0].score < SURE:
                return self._missing(call, tuple(h.id for h in hits[:NEAR]))
            ids = tuple(h.id for h in hits)
        return self._entry(call, ids)

    def _entry(self, call: Call, ids: tuple[str, ...]) -> Answer:
        library = self._kit.library
        first = ids[0]
        if first in library.claims:
            title, body, figures, notes = self._claim(call, library.claims[first])
            entry: Fact | Claim | Concept = library.claims[first]
        elif first in library.concepts:
            entry = library.concepts[first]
            title, body, figures, notes = self._concept(call, entry)
        else:
            entry = library.facts[first]
            title, body, figures, notes = self._fact(call, entry)
        return Answer(
            "explain",
            call.language,
            title,
            body=body,
            figures=figures,
            notes=notes,
            citations=citations(library, entry.sources, call.phrases),
            suggestions=self._next(call, entry, ids[1:]),
            facts=(first,),
            context=Context("fact", call.request.at, call.language, facts=(first, *ids[1:NEAR])),
        )

    def _fact(self, call: Call, fact: Fact) -> tuple[Line, tuple[Line, ...], tuple[FigureLine, ...], tuple[Line, ...]]:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        year = {"year": Figure(mid=fact.year, unit="year")} if fact.year else {}
        figures = {**year, **fact.figures}
        lead, rest = split(fill(fact.claim, figures, measures, call.language))
        body: list[Line] = [rest] if rest else []
        if fact.checked == "unverified":
            body.insert(0, phrases.line("facts.unverified"))
        if fact.caveat:
            body.append(phrases.line("facts.caveat", caveat=fill(fact.caveat, figures, measures, call.language)))
        if fact.why:
            body.append(phrases.line("facts.default", why=fill(fact.why, figures, measures, call.language)))
        default = self._default_for(fact.id)
        if default is not None:
            body.append(phrases.line("facts.another", name=self.label(default, call.language)))
        notes = [
            phrases.line(
                "facts.basis",
                quality=phrases.text(f"qualities.{fact.quality}"),
                checked=phrases.text(f"checked.{fact.checked}"),
                year=str(fact.year) if fact.year else "–",
            )
        ]
        if fact.boundary != "not-applicable":
            notes.append(phrases.line("facts.boundary", boundary=phrases.text(f"facts.boundaries.{fact.boundary}")))
        if fact.accounting not in ("not-applicable", "undisclosed"):
            notes.append(phrases.line("facts.accounting", accounting=phrases.text(f"accounting.{fact.accounting}")))
        return lead, tuple(body), (), tuple(notes)

    def _claim(
        self, call: Call, claim: Claim
    ) -> tuple[Line, tuple[Line, ...], tuple[FigureLine, ...], tuple[Line, ...]]:
        phrases, measures, language = call.phrases, self._kit.measures(call.language, call.units), call.language
        year = {"year": Figure(mid=claim.year, unit="year")} if claim.year else {}
        figures = {**year, **claim.figures}
        lead, rest = split(fill(claim.instead, figures, measures, language))
        verdict = phrases.text(f"facts.verdicts.{claim.verdict}")
        # A myth is asked as a yes-or-no question, so its verdict leads; in the article's claims the right figure does.
        title = phrases.line("facts.claim-title", verdict=verdict, instead=lead) if claim.kind == "myth" else lead
        body = [rest] if rest else []
        says = fill(claim.says, figures, measures, language)
        body.append(phrases.line("facts.says", verdict=verdict.rstrip(".").lower(), says=says))
        body.append(phrases.line("facts.finds", finds=fill(claim.finds, figures, measures, language)))
        if claim.said_by:
            body.append(phrases.line("facts.said-by", who=fill(claim.said_by, figures, measures, language)))
        notes = (phrases.line("facts.checked", checked=phrases.text(f"checked.{claim.checked}")),)
        return title, tuple(body), (), notes

    def _concept(
        self, call: Call, concept: Concept
    ) -> tuple[Line, tuple[Line, ...], tuple[FigureLine, ...], tuple[Line, ...]]:
        measures = self._kit.measures(call.language, call.units)
        lead, rest = split(fill(concept.says, concept.figures, measures, call.language))
        return lead, ((rest,) if rest else ()), (), ()

    def _next(self, call: Call, entry: Fact | Claim | Concept, others: tuple[str, ...]) -> tuple[Suggestion, ...]:
        """What is shown by default in its place, related entries, then the other hits: three in all."""
        default = self._default_for(entry.id)
        first = (default,) if default is not None else ()
        wanted = [i for i in dict.fromkeys((*first, *entry.related, *others)) if i != entry.id]
        return tuple(self._offer(call, id_) for id_ in wanted[:NEAR])

    def _default_for(self, id_: str) -> str | None:
        """The fact that is shown before this one where their sources conflict."""
        return next((other for other, fact in self._kit.library.facts.items() if id_ in fact.replaces), None)

    def _offer(self, call: Call, id_: str) -> Suggestion:
        return Suggestion(self.label(id_, call.language), Intent("fact", {"facts": (id_,)}, "button"))

    def label(self, id_: str, language: str) -> str:
        """An entry in a few words: its name."""
        library = self._kit.library
        entry = library.claims.get(id_) or library.concepts.get(id_) or library.facts[id_]
        return typeset(entry.name.of(language), language)

    async def changes(self, call: Call) -> Answer:
        """Why a default figure is not what it was: the change that is asked about, or else the latest."""
        phrases, measures, library = call.phrases, self._kit.measures(call.language, call.units), self._kit.library
        latest = sorted(library.changes.values(), key=lambda change: change.since, reverse=True)
        query = str(call.argument("query", "")) or call.request.text
        change, *others = sorted(latest, key=lambda change: -self._shared(change, query))

        def said(key: str, of: Change) -> Line:
            old, new = measures.figure(of.old), measures.figure(of.new)
            month = format_skeleton("yMMMM" if of.month else "y", of.since, locale=phrases.locale)
            return phrases.line(key, what=of.what.of(call.language), old=old, new=new, month=month)

        asked = self._shared(change, query) > 0
        body = [] if asked else [said("facts.changed", change)]
        body.append(fill(change.why, change.figures, measures, call.language))
        before, now = change.old.boundary, change.new.boundary
        if before and now and before != now:
            one, other = (phrases.text(f"facts.boundaries.{boundary}") for boundary in (before, now))
            body.append(phrases.line("facts.changed-boundary", old=one, new=other))
        body.append(phrases.line("facts.changed-too"))
        body.extend(said("facts.changed-other", other) for other in sorted(others, key=latest.index)[:NEAR])
        shown = (change.fact, *(other.fact for other in others[: NEAR - 1]))
        return Answer(
            "explain",
            call.language,
            said("facts.changed", change) if asked else phrases.line("facts.changed-why"),
            body=tuple(body),
            citations=citations(library, change.sources, phrases),
            suggestions=tuple(self._offer(call, id_) for id_ in shown),
            facts=(change.fact,),
            context=Context("fact", call.request.at, call.language, facts=(change.fact,)),
        )

    def _shared(self, change: Change, query: str) -> int:
        """How many words of the question name the figure that changed: those of the longest name that it holds."""
        words = self._kit.search.words
        asked = set(words(query))
        names = (set(words(name)) for name in (*change.words.en, *change.words.fr))
        return max((len(name) for name in names if name <= asked), default=0)

    def _missing(self, call: Call, near: tuple[str, ...]) -> Answer:
        return Answer(
            "explain",
            call.language,
            call.phrases.line("facts.missing"),
            body=(call.phrases.line("facts.nearest"),) if near else (),
            suggestions=tuple(self._offer(call, id_) for id_ in near),
            tone="apology",
        )
