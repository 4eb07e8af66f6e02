"""The base in schema.org's words (JSON-LD): a claim as a ClaimReview, a fact as a Dataset with its figures, the whole
base as a Dataset that can be taken away. Search engines and citation tools read it; the page runs none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.platforms.open_data import LICENCE, cited
from bot.platforms.web.site import Site
from handlers.phrases import typeset
from handlers.request import LANGUAGES, Language
from knowledge.schema import Claim, Concept, Fact, Figure, Source, Verdict

DATA = "/data.json"
# Of five, as schema.org rates: what is said in words is the verdict, this only orders them.
_RATINGS: Mapping[Verdict, int] = {
    "accurate": 5, "imprecise": 4, "opinion": 3, "outdated": 3, "mixed": 3, "understated": 2, "overstated": 2,
    "translation-error": 2, "false": 1,
}  # fmt: skip


class Linked:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._library = site.kit.library

    def base(self, language: Language) -> dict[str, Any]:
        """All of it."""
        say = self._site.phrases(language)
        return {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": f"{self._site.origin}/#base",
            "name": say.text("facts.dataset"),
            "description": say.text("facts.dataset-about", count=len(self._library.facts)),
            "url": f"{self._site.origin}/{language}/facts",
            "license": LICENCE["url"],
            "version": self._site.version,
            "inLanguage": list(LANGUAGES),
            "isAccessibleForFree": True,
            "creator": self._maker(),
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": f"{self._site.origin}{DATA}",
            },
        }

    def entry(self, record: Fact | Claim | Concept, path: str, language: Language, lead: str) -> dict[str, Any]:
        address = f"{self._site.origin}/{language}{path}"
        name = typeset(record.name.of(language), language)
        sources = [self._work(source) for source in self._library.cite(record.sources)]
        shared: dict[str, Any] = {
            "@context": "https://schema.org", "@id": address, "url": address, "inLanguage": language,
            "license": LICENCE["url"],
        }  # fmt: skip
        if isinstance(record, Claim):
            return {**shared, **self._review(record, language, lead, sources)}
        if isinstance(record, Concept):
            return {**shared, "@type": "DefinedTerm", "name": name, "description": lead, "identifier": record.id}
        dataset: dict[str, Any] = {
            **shared,
            "@type": "Dataset",
            "name": name,
            "description": lead,
            "identifier": record.id,
            "creator": self._maker(),
            "isPartOf": {"@id": f"{self._site.origin}/#base"},
            "citation": sources,
            "variableMeasured": list(_variables(record.figures)),
        }
        if record.year is not None:
            dataset["temporalCoverage"] = str(record.year)
        return dataset

    def _review(self, claim: Claim, language: Language, lead: str, sources: list[dict[str, Any]]) -> dict[str, Any]:
        core = self._site.core.lexicon[language]
        claimed: dict[str, Any] = {"@type": "Claim", "citation": sources}
        if claim.said_by is not None and "{" not in claim.said_by.of(language):
            claimed["author"] = {"@type": "Person", "name": typeset(claim.said_by.of(language), language)}
        if claim.year is not None:
            claimed["datePublished"] = str(claim.year)
        return {
            "@type": "ClaimReview",
            "claimReviewed": typeset(claim.name.of(language), language),
            "reviewBody": lead,
            "author": self._maker(),
            "itemReviewed": claimed,
            "reviewRating": {
                "@type": "Rating",
                "ratingValue": _RATINGS[claim.verdict],
                "bestRating": 5,
                "worstRating": 1,
                "alternateName": core.text(f"facts.verdicts.{claim.verdict}").rstrip("."),
            },
        }

    def _maker(self) -> dict[str, Any]:
        return {"@type": "Organization", "name": "Smallprint", "url": f"{self._site.origin}/"}

    def _work(self, source: Source) -> dict[str, Any]:
        work: dict[str, Any] = {
            "@type": "CreativeWork",
            "name": source.title,
            "author": source.authors,
            "publisher": source.publisher,
            "datePublished": str(source.year),
            "url": source.url,
            "description": cited(source),
        }
        if source.doi is not None:
            work["sameAs"] = f"https://doi.org/{source.doi}"
        return work


def _variables(figures: Mapping[str, Figure]) -> Iterable[dict[str, Any]]:
    for name, figure in figures.items():
        if figure.unit == "year":
            continue
        variable: dict[str, Any] = {"@type": "PropertyValue", "name": name, "unitText": figure.unit}
        for key, value in (("value", figure.mid), ("minValue", figure.low), ("maxValue", figure.high)):
            if value is not None:
                variable[key] = value
        yield variable
