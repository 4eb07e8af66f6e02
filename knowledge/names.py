"""Names of models and places, found in what people type: whole, inside a sentence, or misspelt.

A name is compared by its key: case, accents, spaces, dots and dashes do not count, but a mark between two digits does,
so "GPT 4o", "gpt-4o" and "gpt4o" are one name while 4.1 and 41, or gpt-4 and gpt-4o, are not. Exact names come first,
longest first; only then are words that nobody uses every day put right, and a name is accepted when it is complete. A
version that does not exist is reported as unknown with near ones, never taken for another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from knowledge.mending import MODEL, Mending, Run
from knowledge.search import fold

# What is said of a version and of no count: "is claude 7 out?", « claude 7 existe ? ».
PLACE, ADJECTIVE, UNKNOWN = "place", "adjective", "unknown"
TOWN = "town"  # given for a place whose name is near too many words to be guessed at; found as a place

_RUN = re.compile(r"[^\W\d_]+|[0-9]+")
_NUMBERS = re.compile(r"[\d.]+")
_STEM = re.compile(r"[a-z]{2,}(?=\d)")
# What may stand between two runs of one name. Not ", " or ". ": there one name ends and another begins.
_GAPS = frozenset(("", " ", "-", "_", ".", "/", ":", "·", "'", " (", " [", " -", "- ", " - "))
_TIGHT = frozenset(("", "-", "_", ".", ",", "/"))
_LONGEST = 64  # characters of a key; longer strings are no names

# Thresholds, chosen on the misspellings and everyday words of tests/test_names.py.
_ALONE: Mapping[str, int] = {MODEL: 6, PLACE: 5}  # shortest name that may be meant by one misspelt word
_LIKE = 0.8  # of a whole name given alone, as in a form


@dataclass(slots=True)
class Hit:
    """A name in a text. ``ids`` has the meant one first, then others of the same name."""

    start: int
    end: int
    kind: str  # "model", "place", "adjective" (of a place), or "unknown": shaped like a model and not known
    ids: tuple[str, ...]  # empty for an unknown one
    text: str
    score: float = 1.0  # below 1 where the spelling was put right
    near: tuple[str, ...] = ()  # for an unknown one
    bare: tuple[str, ...] = ()  # ids of the same name without its last, separate number: "claude" of "claude 3"

    @property
    def id(self) -> str:
        return self.ids[0] if self.ids else self.text


def key(text: str) -> str:
    """What a name is compared by: "GPT-4o mini" -> "gpt4omini", "Claude Opus 4.5" -> "claudeopus4.5"."""
    return _joined(_RUN.findall(fold(text)))


def _joined(runs: Sequence[str]) -> str:
    made = ""
    for run in runs:
        made = _join(made, run)
    return made


def _join(made: str, run: str) -> str:
    return f"{made}.{run}" if made and made[-1].isdigit() and run[0].isdigit() else made + run


class Names:
    """An index over (alias, kind, id). Where two ids claim an alias, the one given first is meant."""

    def __init__(
        self,
        aliases: Iterable[tuple[str, str, str]],
        everyday: Iterable[str] = (),
        tiers: Iterable[str] = (),
        of_a_version: Iterable[str] = (),
    ) -> None:
        """``everyday``: words never taken for a misspelt name. ``tiers``: what makers add to a version ("mini").
        ``of_a_version``: words behind a name and a number that then is no count."""
        index: dict[str, dict[str, list[str]]] = {}
        words: dict[str, set[str]] = defaultdict(set)
        breaks: dict[str, set[int]] = defaultdict(set)
        codes: set[str] = set()
        for alias, kind, id_ in aliases:
            runs = _RUN.findall(fold(alias))
            made = _joined(runs)
            if not made or len(made) > _LONGEST:
                continue
            if kind in (PLACE, TOWN) and len(runs) == 2 and alias.isalnum():
                codes.add(made)
            guessed = kind not in (ADJECTIVE, TOWN)
            kind = PLACE if kind == TOWN else kind
            if len(runs) > 1:
                breaks[made].update(_breaks(runs))
            ids = index.setdefault(made, {}).setdefault(kind, [])
            if id_ not in ids:
                ids.append(id_)
            if guessed:
                for word in (*runs, made):
                    if word.isalpha():
                        words[word].add(kind)
        self._index = {k: _ordered(kinds) for k, kinds in index.items()}
        one: dict[frozenset[int], frozenset[int]] = {}  # many names break at the same letter
        self._breaks = {k: one.setdefault(f, f) for k, at in breaks.items() if (f := frozenset(at))}
        self._prefixes = frozenset(k[:n] for k in self._index for n in range(1, len(k) + 1))
        self._codes = frozenset(codes)  # "de1", a region of a cloud, is no « de 1 »
        self._stems = frozenset(
            stem[0]
            for k, kinds in self._index.items()
            if (stem := _STEM.match(k)) is not None
            and any(kind == MODEL for kind, _ in kinds)
            and stem[0] in self._index
        )
        self._tiers = frozenset(tiers)
        self._of_a_version = frozenset(of_a_version)
        several: dict[frozenset[str], frozenset[str]] = {}
        kinds_of = {w: several.setdefault(f, f) for w, kinds in words.items() for f in (frozenset(kinds),)}
        self._mending = Mending(kinds_of, frozenset(map(fold, everyday)))
        self._line = lru_cache(maxsize=512)(self._versions_of)

    @property
    def clashes(self) -> Mapping[str, tuple[str, ...]]:
        """Keys that more than one id of the same kind claims; the first is the one meant."""
        return {k: ids for k, kinds in self._index.items() for _, ids in kinds if len(ids) > 1}

    def exact(self, text: str, kind: str) -> tuple[str, ...]:
        """Ids of that very name."""
        return self._of(key(text), kind)

    def _of(self, made: str, kind: str) -> tuple[str, ...]:
        """Ids of that very key."""
        return next((ids for k, ids in self._index.get(made, ()) if k == kind), ())

    def resolve(self, text: str, kind: str) -> str | None:
        """The id of a name given alone, forgiving of spelling but not of another version."""
        if found := self.exact(text, kind):
            return found[0]
        plain = fold(text)[: _LONGEST * 2].strip()
        whole = [h for h in self.find(plain) if h.kind == kind and h.end - h.start >= len(plain) - 2]
        if whole:
            return whole[0].id
        near = self._like(key(text), kind, 1)
        return near[0][0] if near and near[0][1] >= _LIKE else None

    def near(self, text: str, kind: str, limit: int = 3) -> tuple[str, ...]:
        """Ids of names like this one, nearest first: of the same line where it is a version of one."""
        wanted = key(text)[:_LONGEST]
        stem = max((s for s in self._stems if wanted.startswith(s)), key=len, default="") if kind == MODEL else ""
        if stem and (same := self._versions(wanted, stem)):
            return same[:limit]
        scored: dict[str, float] = {}
        for k, score, _ in process.extract(wanted, self._keys[kind], scorer=fuzz.ratio, limit=limit * 8):
            scored.setdefault(self._of(k, kind)[0], score)
        return tuple(sorted((i for i, s in scored.items() if s >= 50), key=lambda i: (-scored[i], len(i), i))[:limit])

    def _versions(self, wanted: str, stem: str) -> tuple[str, ...]:
        """Ids of the line's versions: those with the same words first, then the nearest number."""
        version, words = _version(wanted)
        ranked: dict[str, tuple[int, float, int]] = {}
        for length, number, others, id_ in self._line(stem):
            if length <= len(wanted) + 8:
                rank = (-len(words & others), abs(number - (version or 0)), len(words ^ others))
                ranked[id_] = min(rank, ranked.get(id_, rank))
        return tuple(sorted(ranked, key=lambda id_: (*ranked[id_], id_)))

    def _versions_of(self, stem: str) -> tuple[tuple[int, float, frozenset[str], str], ...]:
        """Of each name of the line: how long its key is, its number, its words and its id."""
        found: list[tuple[int, float, frozenset[str], str]] = []
        for k in self._keys[MODEL]:
            if k.startswith(stem):
                number, words = _version(k)
                if number is not None and number < 1000:
                    found.append((len(k), number, words, self._of(k, MODEL)[0]))
        return tuple(found)

    def find(self, text: str) -> tuple[Hit, ...]:
        """All names in a text that was folded before, in order, none over another."""
        runs = [Run._make((m[0], *m.span())) for m in _RUN.finditer(text)]
        hits, covered = self._scan(text, runs, {})
        mended = self._mending.mended(text, runs, covered)
        if mended:
            hits, _ = self._scan(text, runs, mended)
        return tuple(hits)

    def prepare(self, words: Iterable[str]) -> None:
        """Looks for what these words may be slips of, so that nobody waits for it who says one."""
        self._mending.prepare(words)

    # -- exact names

    def _scan(self, text: str, runs: list[Run], mended: Mapping[int, tuple[str, float]]) -> tuple[list[Hit], set[int]]:
        hits: list[Hit] = []
        covered: set[int] = set()
        at = 0
        prefixes = self._prefixes
        while at < len(runs):
            if at not in mended and (runs[at].text not in prefixes or self._ends_at_once(runs, at, mended)):
                at += 1
                continue
            if at and runs[at].start == runs[at - 1].end:
                at += 1
                continue
            hit, last = self._here(text, runs, at, mended)
            if hit is None:
                at += 1
                continue
            hits.append(hit)
            covered.update(range(at, last + 1))
            at = last + 1
        return hits, covered

    def _ends_at_once(self, runs: list[Run], at: int, mended: Mapping[int, tuple[str, float]]) -> bool:
        """Whether no name has both this run and the next, and none this one alone: so it is with most words."""
        word = runs[at].text
        if word in self._index or word in self._stems or at + 1 in mended:
            return False
        return at + 1 == len(runs) or _join(word, runs[at + 1].text) not in self._prefixes

    def _here(
        self, text: str, runs: list[Run], at: int, mended: Mapping[int, tuple[str, float]]
    ) -> tuple[Hit | None, int]:
        """The longest name that begins at this run, and the run it ends with."""
        made, best, stem, bare = "", -1, -1, -1
        for i in range(at, len(runs)):
            if i > at and not _joins(text, runs, i):
                break
            made = _join(made, mended[i][0] if i in mended else runs[i].text)
            if made not in self._prefixes:
                break
            if made in self._index and _ends(text, runs, i) and self._sure(made, text, range(at, i + 1), runs, mended):
                best, bare = i, best
            if made in self._stems:
                stem = i
        last = max(best, stem)
        if last < 0:
            return None, at
        unknown = self._unknown(text, runs, at, best, stem)
        if unknown > last:
            start, end = runs[at].start, runs[unknown].end
            said = "".join(mended[i][0] if i in mended else runs[i].text for i in range(at, unknown + 1))
            name = text[start:end]
            near = self.near(name if not mended else said, MODEL)
            return Hit(start, end, UNKNOWN, (), name, near=near), unknown
        if best < 0:
            return None, at
        made = ""
        score = 1.0
        for i in range(at, best + 1):
            made = _join(made, mended[i][0] if i in mended else runs[i].text)
            score *= mended[i][1] if i in mended else 1.0
        kind, ids = self._index[made][0]
        shorter: tuple[str, ...] = ()
        if 0 <= bare == best - 1 and runs[best].text.isdigit() and text[runs[bare].end : runs[best].start] == " ":
            shorter = self.exact(text[runs[at].start : runs[bare].end], kind)
        start, end = runs[at].start, runs[best].end
        return Hit(start, end, kind, ids, text[start:end], score, bare=shorter), best

    def _unknown(self, text: str, runs: list[Run], at: int, best: int, stem: int) -> int:
        """The last run of a version that no name has, -1 where there is none."""
        if best > stem >= 0:  # a whole name; a date or a tier behind it makes another, unknown one
            last = best
            while last + 1 < len(runs) and text[runs[last].end : runs[last + 1].start] == "-":
                if not (runs[last + 1].text.isdigit() and (last > best or len(runs[last + 1].text) in (4, 8))):
                    break
                last += 1
            tier = self._tier(text, runs, last)
            if tier < 0 and last == best and runs[best].text.isdigit():
                tier = _sized(text, runs, best)
            return tier if tier > 0 else last if last > best else -1
        if stem < 0 or stem < best:
            return -1
        i = stem + 1
        if i < len(runs) and runs[i].text == "v" and i + 1 < len(runs) and runs[i].end == runs[i + 1].start:
            i += 1  # "claude v9"
        if i >= len(runs) or not runs[i].text.isdigit():
            return -1
        before = runs[i - 1] if runs[i - 1].text == "v" else runs[i]
        gap = text[runs[stem].end : before.start]
        last = i
        while last + 1 < len(runs) and text[runs[last].end : runs[last + 1].start] in _TIGHT - {"/", ","}:
            last += 1
        tier = self._tier(text, runs, last)
        if gap in ("", "-", "_", "."):
            return max(last, tier)
        if gap != " ":
            return -1
        if tier > last:
            return tier
        number, after = runs[i].text, runs[i + 1].text if last > i else ""
        if len(number) > 2 and after != "b":
            return -1
        if after and not (after == "b" or after.isdigit()):
            return -1  # "claude 10k times", "gemini 3x a day"
        if stem == at and len(runs[at].text) <= 3:
            return last  # "gpt 9": nobody says "gpt" and then a count
        if last + 1 >= len(runs) or text[runs[last].end : runs[last + 1].start] != " ":
            return last  # the number ends the sentence or the clause
        if runs[last + 1].text in self._of_a_version:
            return last  # "does claude 7 exist?", "claude 7 water use"
        return last if after == "b" else -1

    def _tier(self, text: str, runs: list[Run], last: int) -> int:
        """The run of a tier behind this one ("gpt-4 mini"), -1 where there is none."""
        if last + 1 < len(runs) and runs[last + 1].text in self._tiers:
            gap = text[runs[last].end : runs[last + 1].start]
            if gap in ("-", " ", "_") and _ends(text, runs, last + 1):
                return last + 1
        return -1

    # -- misspelt names

    def _sure(
        self, made: str, text: str, span: range, runs: list[Run], mended: Mapping[int, tuple[str, float]]
    ) -> bool:
        """Whether words written apart, or put right, suffice for the name that they make together."""
        kind = self._index[made][0][0]
        if made in self._codes and len(span) > 1 and runs[span[0]].end != runs[span[1]].start:
            return False
        words = [mended[i][0] if i in mended else runs[i].text for i in span]
        for at, n in _breaks(words).items():  # "chat gpt" may be written apart, "i ran" is no country
            apart = text[runs[span[n - 1]].end : runs[span[n]].start] == " "
            if (
                apart
                and at not in self._breaks.get(made, ())
                and (kind != MODEL or len(words[n - 1]) < 3 or len(words[n]) < 3)
            ):
                return False
        if not any(i in mended for i in span):
            return True
        if kind == ADJECTIVE or made[0].isdigit():
            return False  # "11 lads" is no slip of "11labs"
        if len(span) > 1:
            return True
        return len(made) >= _ALONE[kind] and len(runs[span[0]].text) >= 5

    # -- likeness of whole names

    @cached_property
    def _keys(self) -> Mapping[str, tuple[str, ...]]:
        """All keys of each kind; made by the first name that is not known."""
        keys: dict[str, list[str]] = {MODEL: [], PLACE: [], ADJECTIVE: []}
        for k, kinds in self._index.items():
            for kind, _ in kinds:
                keys[kind].append(k)
        return {kind: tuple(listed) for kind, listed in keys.items()}

    @cached_property
    def _numbered(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """All keys by the kind and the numbers in them."""
        numbered: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for kind, keys in self._keys.items():
            for k in keys:
                numbered[kind, *_NUMBERS.findall(k)].append(k)
        return {numbers: tuple(listed) for numbers, listed in numbered.items()}

    def _like(self, wanted: str, kind: str, limit: int) -> list[tuple[str, float]]:
        """(id, likeness) among names with the same numbers."""
        keys = self._numbered.get((kind, *_NUMBERS.findall(wanted)), ())
        found = process.extract(wanted, keys, scorer=OSA.normalized_similarity, limit=limit)
        return [(self._of(k, kind)[0], score) for k, score, _ in found]


def _version(made: str) -> tuple[float | None, frozenset[str]]:
    """The first number of a key and its words: "gpt4.1mini" -> 4.1, {"gpt", "mini"}."""
    found = re.search(r"\d+(?:\.\d{1,2}(?!\d))?", made)
    return (float(found[0]) if found else None), frozenset(re.findall(r"[a-z]+", made))


def _joins(text: str, runs: list[Run], i: int) -> bool:
    """Whether a run may belong to the same name as the one before it."""
    gap = text[runs[i - 1].end : runs[i].start]
    digits = runs[i - 1].text[-1].isdigit() and runs[i].text[0].isdigit()
    if gap == ",":
        return digits  # "gpt 3,5"
    if gap not in _GAPS:
        return False
    if digits and gap == " ":  # "gpt-5 2 times", but "llama 3.1 70b"
        return i + 1 < len(runs) and runs[i + 1].start == runs[i].end and not runs[i + 1].text.isdigit()
    return True


def _ends(text: str, runs: list[Run], i: int) -> bool:
    """Whether a name may end with this run: not inside "gpt-4o", not before the rest of a version."""
    if i + 1 >= len(runs):
        return True
    gap = text[runs[i].end : runs[i + 1].start]
    if not gap:
        return False
    return not (gap in _TIGHT and runs[i].text.isdigit() and runs[i + 1].text.isdigit())


def _ordered(kinds: Mapping[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A name before an adjective: "suisse" is both."""
    if len(kinds) == 1:
        ((kind, ids),) = kinds.items()
        return ((kind, tuple(ids)),)
    return tuple((kind, tuple(ids)) for kind, ids in sorted(kinds.items(), key=lambda one: one[0] == ADJECTIVE))


def _breaks(runs: Sequence[str]) -> dict[int, int]:
    """Where letters follow letters in a name of several words: place in its key -> which word begins there."""
    found: dict[int, int] = {}
    made = ""
    for n, run in enumerate(runs):
        if made and made[-1].isalpha() and run[0].isalpha():
            found[len(made)] = n
        made = _join(made, run)
    return found


def _sized(text: str, runs: list[Run], last: int) -> int:
    """The last run of a size behind a version ("qwen 3 999b"), -1 where there is none or it counts something."""
    if last + 2 >= len(runs) or not runs[last + 1].text.isdigit() or runs[last + 2].text != "b":
        return -1
    glued = runs[last + 1].end == runs[last + 2].start and text[runs[last].end : runs[last + 1].start] in (" ", "-")
    after = runs[last + 3].text if last + 3 < len(runs) else ""
    return last + 2 if glued and not after.startswith(("token", "param")) else -1
