"""The fact base, held to what it promises: figures from fields, both languages alike, sources that are used and well
formed, nothing of the article but in paraphrase; and a loader that names what is wrong instead of leaving it out."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.core import Core
from bot.platforms.open_data import cited, exported
from handlers.answer import Answer
from handlers.measures import Measures
from handlers.phrases import Lexicon, typeset
from handlers.request import LANGUAGES, Intent, Language, Request
from handlers.telling import fill
from handlers.territories import names_of
from knowledge.checks import problems
from knowledge.library import PLACEHOLDER, Library, texts
from knowledge.names import PLACE
from knowledge.schema import Claim, Concept, Fact, Figure
from knowledge.search import Search

ROOT = Path(__file__).parents[1]
DATA = ROOT / "knowledge" / "data"
LIBRARY = Library.load()
SEARCH = Search(LIBRARY)
LEXICON = Lexicon.load()
ENTRIES: dict[str, Fact | Claim | Concept] = {**LIBRARY.facts, **LIBRARY.claims, **LIBRARY.concepts}
SHOWN: dict[str, Any] = {**ENTRIES, **LIBRARY.tips, **LIBRARY.quiz, **LIBRARY.changes}
KNOWN_FAILURES = yaml.safe_load((Path(__file__).parent / "known_failures.yaml").read_text("utf-8"))

_NUMBER = re.compile(r"\d+(?:[\u00a0\u202f.,]\d+)*")
_CHEMISTRY = re.compile(r"\bCO2e?\b|\bm3\b")


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def figures(record: Any) -> dict[str, Figure]:
    year = getattr(record, "year", None)
    return {**({"year": Figure(mid=year, unit="year")} if year else {}), **record.figures}


def told(record: Any) -> Iterator[Any]:
    """The texts that are told; a quiz offers wrong numbers on purpose, so only what explains it counts."""
    options = getattr(record, "options", ())
    for text in texts(record):
        if (
            text not in options
            and text is not getattr(record, "asks", None)
            and text is not getattr(record, "name", None)
        ):
            yield text


@pytest.mark.parametrize("id_", SHOWN)
def test_every_number_that_is_shown_comes_from_a_field(id_: str) -> None:
    record = SHOWN[id_]
    for language in LANGUAGES:
        measures = Measures(LEXICON[language])
        for text in told(record):
            for span in fill(text, figures(record), measures, language):
                if span.strong:
                    continue  # written in from a field
                bare = span.text
                for term in sorted(record.terms, key=len, reverse=True):
                    bare = bare.replace(term, "")
                assert not _NUMBER.search(_CHEMISTRY.sub("", bare)), f"{language}: {span.text}"


@pytest.mark.parametrize("id_", SHOWN)
def test_both_languages_carry_the_same_figures(id_: str) -> None:
    for text in texts(SHOWN[id_]):
        english, french = (Counter(set(PLACEHOLDER.findall(text.of(language)))) for language in LANGUAGES)
        assert english == french, text.en


@pytest.mark.parametrize("id_", SHOWN)
def test_every_figure_is_shown_with_a_unit_in_words(id_: str) -> None:
    for language in LANGUAGES:
        measures = Measures(LEXICON[language])
        for figure in SHOWN[id_].figures.values():
            assert re.search(r"\d", measures.figure(figure))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_says_how_far_it_was_checked(language: Language, core: Core, clock: Any) -> None:
    """In the notes of a fact or a claim; and beside a source that was not read itself, what was read in its place."""
    phrases = LEXICON[language]
    for id_, entry in {**LIBRARY.facts, **LIBRARY.claims}.items():
        request = Request("", "test:checked", "checked", clock.now(), language=language)
        answer = asyncio.run(told_by(core, request, Intent("fact", {"facts": (id_,)}, "button")))
        notes = " ".join("".join(span.text for span in line) for line in answer.notes)
        assert phrases.text(f"checked.{entry.checked}") in notes, id_
        for cited_, source in zip(answer.citations, LIBRARY.cite(entry.sources), strict=True):
            assert (cited_.checked is not None) == (source.seen is not None), id_
            if source.seen is not None:
                assert source.seen.of(language) in (cited_.checked or ""), id_
        if entry.checked == "unverified":
            shown = " ".join("".join(span.text for span in line) for line in answer.body)
            assert phrases.text("facts.unverified") in shown, id_


async def told_by(core: Core, request: Request, intent: Intent) -> Answer:
    answer = await core.answer(request, intent)
    assert answer is not None
    return answer


def test_what_is_ours_is_said_to_be() -> None:
    """Our own arithmetic is labelled, in the text or in how it was checked."""
    for id_, fact in LIBRARY.facts.items():
        if fact.quality == "derived":
            assert fact.checked in ("computed", "secondary", "primary"), id_
        if fact.checked == "computed":
            assert fact.quality in ("derived", "peer-reviewed-model", "institutional-model", "measured", "estimate"), (
                id_
            )


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("id_", LIBRARY.sources)
def test_every_address_is_well_formed(id_: str) -> None:
    source = LIBRARY.sources[id_]
    for address in filter(None, (source.url, source.archive)):
        parts = urlsplit(address)
        assert parts.scheme in ("http", "https")
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.hostname or ""), address
        assert not re.search(r"[\s<>\"{}|\\^`]", address), address
        assert parts.username is None
        assert not re.search(r"utm_|fbclid|gclid", parts.query), "an address that tells who followed it"
    if source.doi:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", source.doi), source.doi


def test_no_source_is_unused_and_none_is_missing() -> None:
    kinds = {problem.kind: problem for problem in problems(LIBRARY, date(2026, 11, 22)) if problem.error}
    assert kinds == {}


def test_a_publication_stands_once() -> None:
    twice = [a for a, n in Counter(s.url for s in LIBRARY.sources.values()).items() if n > 1]
    dois = [a for a, n in Counter(s.doi for s in LIBRARY.sources.values() if s.doi).items() if n > 1]
    assert (twice, dois) == ([], [])


def test_no_review_date_has_passed_when_the_base_was_written() -> None:
    late = [id_ for id_, record in SHOWN.items() if getattr(record, "review", date.max) <= date(2026, 11, 22)]
    assert late == []


# ── the article ──────────────────────────────────────────────────────────────────────────────────────────────────────


def everything() -> Iterator[tuple[str, str]]:
    for package in ("bot", "handlers", "knowledge"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".yaml", ".md"):
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def test_no_promotion_is_repeated() -> None:
    code = "tnwx" + "media"
    for name, text in everything():
        folded = text.casefold()
        assert code not in folded, name
        assert not re.search(r"(promo\w*|discount|reduction|réduction)\s+code\s*:?\s*[A-Z0-9]{6,}", text), name


def test_nothing_of_the_articles_wording_but_its_mistakes() -> None:
    """Its mistranslations are quoted by name, in a few words; no sentence is carried over."""
    for id_, claim in LIBRARY.claims.items():
        for text in texts(claim):
            for language in LANGUAGES:
                for quoted in re.findall(r"[«“\"]([^»”\"]+)[»”\"]", text.of(language)):
                    assert len(quoted.split()) < 10, f"{id_}: {quoted}"


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_is_found_by_its_own_questions() -> None:
    lost = {
        f"{id_} | {question}"
        for id_, entry in ENTRIES.items()
        for question in (*entry.questions.en, *entry.questions.fr)
        if id_ not in {hit.id for hit in SEARCH.find(question, 3)}
    }
    assert lost == set(KNOWN_FAILURES["own_questions"])


@pytest.mark.parametrize("id_", ENTRIES)
def test_every_entry_can_be_asked_for_in_both_languages(id_: str) -> None:
    questions = ENTRIES[id_].questions
    assert len(questions.en) >= 3
    assert len(questions.fr) >= 3


@pytest.mark.parametrize("id_", LIBRARY.facts)
def test_a_fact_says_what_to_mind_and_where_to_read_on(id_: str) -> None:
    fact = LIBRARY.facts[id_]
    assert fact.caveat is not None
    assert fact.year is not None
    assert fact.related
    assert id_ not in fact.related


def test_every_entry_has_a_name_of_its_own() -> None:
    for language in LANGUAGES:
        names = Counter(entry.name.of(language).casefold() for entry in ENTRIES.values())
        assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("id_", LIBRARY.facts)
def test_a_fact_s_name_fits_a_button(id_: str) -> None:
    for language in LANGUAGES:
        name = LIBRARY.facts[id_].name.of(language)
        assert 2 <= len(name) <= 36
        assert not name.endswith((".", " ", ":"))
        assert name[:1].isupper() or name.startswith(("gpt-oss", "«"))


# ── how much there is ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_base_is_as_large_as_promised() -> None:
    assert len(LIBRARY.facts) >= 220
    assert len(LIBRARY.quiz) >= 60
    assert len(LIBRARY.equivalents) >= 25
    per_topic = Counter(fact.topic for fact in LIBRARY.facts.values())
    assert len(per_topic) == 14
    assert min(per_topic.values()) >= 5


PROMISED: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "promised.yaml").read_text("utf-8"))


def test_the_concepts_myths_and_claims_that_were_promised_are_there() -> None:
    assert set(PROMISED["concepts"]) <= LIBRARY.concepts.keys()
    assert set(PROMISED["myths"]) <= {id_ for id_, claim in LIBRARY.claims.items() if claim.kind == "myth"}
    assert set(PROMISED["article"]) <= {id_ for id_, claim in LIBRARY.claims.items() if claim.kind == "article"}


def test_towns_are_known() -> None:
    names = names_of(LIBRARY)
    assert len(PROMISED["towns"]) >= 150
    assert [town for town in PROMISED["towns"] if len(names.exact(town, PLACE)) != 1] == []


# ── what changed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_changes_show_what_the_facts_show() -> None:
    """The new figure of a change is one that its fact carries."""
    for id_, change in LIBRARY.changes.items():
        values = {(f.low, f.mid, f.high) for f in ENTRIES[change.fact].figures.values()}
        assert (change.new.low, change.new.mid, change.new.high) in values, id_
        assert change.since <= date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("why did the number change?", "newer edition"),
        ("pourquoi le chiffre a-t-il changé ?", "édition plus récente"),
        ("why has the data centre figure changed?", "485 TWh"),
        ("pourquoi le chiffre d'EcoLogits a changé ?", "0,022"),
        ("why did the chatgpt number change from 3 Wh?", "never measured"),
    ],
)
def test_why_a_number_changed_is_answered(talk: Any, text: str, says: str) -> None:
    answer: Answer = talk.say(text)
    shown = " ".join("".join(s.text for s in line) for line in (answer.title, *answer.body)).replace("\u00a0", " ")
    assert answer.intent == "explain"
    assert says in shown
    assert answer.citations


# ── the open data set ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_export_is_whole_and_names_its_licence() -> None:
    whole = exported(LIBRARY, LEXICON)
    assert whole["licence"]["name"] == "CC BY 4.0"
    assert "CC BY 4.0" in whole["licence"]["terms"]
    assert {fact["id"] for fact in whole["facts"]} == LIBRARY.facts.keys()
    assert {source["id"] for source in whole["sources"]} == LIBRARY.sources.keys()
    assert all(
        source["citation"].endswith(("/", *"0123456789")) or "http" in source["citation"] for source in whole["sources"]
    )
    assert json.dumps(whole, ensure_ascii=False) == json.dumps(exported(Library.load(), LEXICON), ensure_ascii=False)
    assert "{" not in "".join(
        text for fact in whole["facts"] for said in fact["read"].values() for text in said.values()
    )


def test_a_citation_can_be_pasted() -> None:
    assert cited(LIBRARY.sources["elsworth-2025"]) == (
        "Elsworth et al. (2025). Measuring the environmental impact of delivering AI at Google Scale. Google. "
        "https://doi.org/10.48550/arXiv.2508.15734"
    )


def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, encoding="utf-8", check=False)


def test_facts_are_searched_from_the_shell() -> None:
    english = shell("facts", "water", "gemini")
    assert english.returncode == 0
    assert "0.26" in english.stdout
    assert "(reported by the vendor; data of 2025; primary source read)" in english.stdout
    assert "https://arxiv.org/abs/2508.15734" in english.stdout
    french = shell("facts", "eau gemini", "--lang", "fr")
    assert "0,26" in french.stdout
    assert shell("facts", "banana bread recipe").returncode == 1
    assert shell("facts").returncode == 2
    assert json.loads(shell("facts", "--json").stdout)["counts"]["facts"] == len(LIBRARY.facts)


# ── where sources conflict ───────────────────────────────────────────────────────────────────────────────────────────

REPLACED = {old: id_ for id_, fact in LIBRARY.facts.items() for old in fact.replaces}


def test_where_sources_conflict_the_reason_is_given() -> None:
    assert len(REPLACED) >= 18
    assert all(LIBRARY.facts[id_].why is not None for id_ in REPLACED.values())


@pytest.mark.parametrize("old", REPLACED)
def test_what_is_not_shown_by_default_leads_to_what_is(old: str, core: Core, clock: Any) -> None:
    for language in LANGUAGES:
        request = Request("", "test:conflict", "conflict", clock.now(), language=language)
        answer = asyncio.run(told_by(core, request, Intent("fact", {"facts": (old,)}, "button")))
        shown = " ".join("".join(span.text for span in line) for line in answer.body)
        name = typeset(LIBRARY.facts[REPLACED[old]].name.of(language), language)
        assert name in shown
        assert answer.suggestions[0].label == name
