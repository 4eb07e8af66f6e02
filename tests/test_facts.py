"""The fact base, held to what it promises: figures from fields, both languages alike, sources that are used and well
formed, nothing of the article but in paraphrase; and a loader that names what is wrong instead of leaving it out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.platforms.open_data import cited, exported
from handlers.answer import Answer
from handlers.measures import Measures
from handlers.phrases import Lexicon
from handlers.request import LANGUAGES
from handlers.telling import fill
from handlers.territories import names_of
from knowledge.checks import problems, report
from knowledge.library import PLACEHOLDER, BrokenFile, Library, texts
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


# ── the quiz ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_right_answers_are_spread_over_the_positions() -> None:
    places = Counter(question.right for question in LIBRARY.quiz.values())
    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) <= 1.3 * len(LIBRARY.quiz) / 4
    assert min(places.values()) >= 0.7 * len(LIBRARY.quiz) / 4


def test_the_wording_does_not_give_the_answer_away() -> None:
    """The right option is not, over the whole quiz, the longest one."""
    for language in LANGUAGES:
        longest = sum(
            len(q.options[q.right].of(language)) == max(len(o.of(language)) for o in q.options)
            and sum(len(o.of(language)) == len(q.options[q.right].of(language)) for o in q.options) == 1
            for q in LIBRARY.quiz.values()
        )
        assert longest <= 0.4 * len(LIBRARY.quiz), language


def test_the_size_of_a_number_does_not_give_the_answer_away() -> None:
    """Where four numbers are offered, the right one is by turns the smallest, the largest or between."""
    ranks: Counter[int] = Counter()
    for question in LIBRARY.quiz.values():
        sizes = [_size(option.en) for option in question.options]
        if None not in sizes and len(set(sizes)) == 4:
            ranks[sorted(s or 0 for s in sizes).index(sizes[question.right] or 0)] += 1
    assert sum(ranks.values()) >= 35
    assert max(ranks.values()) <= 0.4 * sum(ranks.values()), ranks
    assert min(ranks[rank] for rank in range(4)) >= 0.12 * sum(ranks.values()), ranks


def _size(option: str) -> float | None:
    """The number of an option in the unit of its fellows."""
    found = re.search(r"\d[\d,]*\.?\d*", option)
    if found is None:
        return None
    scales = {"kWh": 1e3, "MW": 1e3, "minute": 60, "hour": 3600, "million": 1e6, "billion": 1e9}
    scale = next((factor for word, factor in scales.items() if word in option), 1.0)
    return float(found[0].replace(",", "")) * scale


@pytest.mark.parametrize("id_", LIBRARY.quiz)
def test_a_quiz_question_leads_to_its_fact_and_has_options_of_its_own(id_: str) -> None:
    question = LIBRARY.quiz[id_]
    for language in LANGUAGES:
        assert len({option.of(language) for option in question.options}) == len(question.options)
    if question.fact:
        assert question.fact in ENTRIES


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
    assert "https://arxiv.org/abs/2508.15734" in english.stdout
    french = shell("facts", "eau gemini", "--lang", "fr")
    assert "0,26" in french.stdout
    assert shell("facts", "banana bread recipe").returncode == 1
    assert shell("facts").returncode == 2
    assert json.loads(shell("facts", "--json").stdout)["counts"]["facts"] == len(LIBRARY.facts)


# ── a broken file is named ───────────────────────────────────────────────────────────────────────────────────────────

FACT = "facts/inference/gemini-median-prompt-energy.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def changed(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (FACT, changed("\nyear:", "\nyaer:"), r"gemini-median-prompt-energy\.yaml.*yaer"),
        (FACT, lambda text: text + "year: 2024\n", r"gemini-median-prompt-energy\.yaml:\d+.*'year' stands twice"),
        (FACT, changed("elsworth-2025", "elsworth-1925"), r"energy\.yaml:\d+.*no source called 'elsworth-1925'"),
        (FACT, changed("mid: 0.24", "low: 2, mid: 0.24"), r"gemini-median-prompt-energy\.yaml:\d+.*low <= mid <= high"),
        (FACT, changed("{energy}", "{enregy}"), r"gemini-median-prompt-energy\.yaml:5 .*\{enregy\} is no figure"),
        (FACT, changed("unit: Wh", "unit: Wattle"), r"gemini-median-prompt-energy\.yaml:8 .*no unit called 'Wattle'"),
        (FACT, changed("id: gemini-median-prompt-energy", "id: another"), r"holds 'another': the file is named for"),
        (FACT, changed("quality: vendor-reported", "quality: rumour"), r"quality"),
        (FACT, changed("\nclaim:", "\nclaim: ["), r"gemini-median-prompt-energy\.yaml:\d+"),
        ("sources/elsworth-2025.yaml", changed("url: \"https://", "url: \"htps://"), r"elsworth-2025\.yaml:\d+.*url"),
        ("synonyms.yaml", lambda text: text + "- [carbon copy, water]\n", r"synonyms\.yaml.*stands with"),
        ("stopwords.yaml", changed("silent:\n  en: [a,", "silent:\n  en: [no,"), r"stopwords\.yaml.*quotation marks"),
        ("changes.yaml", changed("fact: iea-dc-2025", "fact: iea-dc-3025"), r"changes\.yaml:\d+.*'iea-dc-3025'"),
        ("quiz/water.yaml", changed("right: ", "right: 9"), r"quiz/water\.yaml:\d+.*right"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named(copy: Path, file: str, change: Callable[[str], str], says: str) -> None:
    path = copy / file
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(BrokenFile, match=says):
        Library.load(copy)
    lines, sound = report(copy)
    assert not sound
    assert re.search(says, lines[0])


def test_an_entry_cannot_stand_twice(copy: Path) -> None:
    shutil.copy(copy / FACT, copy / "facts" / "water" / "gemini-median-prompt-energy.yaml")
    with pytest.raises(BrokenFile, match=r"gemini-median-prompt-energy.*stands twice"):
        Library.load(copy)


# ── the check ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_check_finds_the_base_sound() -> None:
    done = shell("check")
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("sound")


def test_the_check_names_what_is_wrong(copy: Path) -> None:
    path = copy / FACT
    path.write_text(changed("in May {year}", "in May 2025")(path.read_text("utf-8")), "utf-8")
    (copy / "sources" / "nobody-2020.yaml").write_text(
        'id: nobody-2020\ntitle: "T"\nauthors: "A"\npublisher: "P"\nyear: 2020\nurl: "https://example.org/t"\n', "utf-8"
    )
    lines, sound = report(copy, today=date(2026, 11, 22))
    assert not sound
    told = "\n".join(lines)
    assert f"error   {FACT}:5 (gemini-median-prompt-energy): a number is typed into the en text" in told
    assert f"error   {FACT}:5 (gemini-median-prompt-energy): figures differ" in told
    assert "error   sources/nobody-2020.yaml:1 (nobody-2020): no entry cites it" in told
    assert lines[-1].endswith("3 errors")


def test_the_check_warns_of_dates_gone_by_and_of_facts_that_are_not_found(copy: Path) -> None:
    path = copy / FACT
    path.write_text(
        changed('"gemini watt hours per prompt"', '"what about this one"')(path.read_text("utf-8")), "utf-8"
    )
    lines, sound = report(copy, today=date(2026, 11, 22) + timedelta(days=4000), every=True)
    assert sound
    told = "\n".join(lines)
    assert "warning review date past" in told
    assert re.search(rf"{FACT}:\d+ \(gemini-median-prompt-energy\): was to be looked at again by 2027-06-30", told)
    assert re.search(rf"{FACT}:\d+ \(gemini-median-prompt-energy\): not found by “what about this one”", told)
    assert "warning no archive link" in told
    assert re.search(r"sources/altman-2025\.yaml:\d+ .*https://web\.archive\.org/web/\*/https://blog\.sam", told)


def test_the_check_fails_from_the_shell_where_the_base_is_broken(copy: Path) -> None:
    """The exit code that continuous integration looks at."""
    (copy / "units.yaml").write_text("Wh: [\n", "utf-8")
    lines, sound = report(copy)
    assert not sound
    assert lines[0].startswith("error   units.yaml:")
