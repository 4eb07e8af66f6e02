"""One cue phrase: how it is written, and what becomes of it.

A phrase is written so that a translator can read it and is compiled once:

    how (sure|certain) [are] you        words in order; one of several; a word that may be missing
    what ... mean                       up to five words between
    calcul*                             any word that begins so
    figures & (low|high)                both, anywhere, in any order
    (reduce|cut) & !(google|meta)       the first, and none of the second anywhere
    (how|what) & {lessen}               a class of words that many phrases share: bot/understanding/classes
    do you know <model>                 something found: <model> <task> <place> <number> <amount> <thing>
    ^ source $                          nothing before, nothing after (greetings and "please" do not count)

Apostrophes and hyphens may be typed or left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from knowledge.search import fold

_ELEMENT = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\S+)")
_BREAK = r"[^a-z0-9<>?!;]+"  # a phrase does not reach over the end of a question
_WORD = r"(?:<[a-z-]+>|[a-z0-9]+)"
_GAP = 5  # words that "..." may stand for
_TELLING = 3  # letters


class BrokenCue(ValueError):
    """A phrase that cannot be read: where, and why."""


@dataclass(frozen=True)
class Cue:
    """One phrase: what it speaks for, how strongly, and an example that it must match.

    The expression is compiled when a message first holds one of its keys: there are hundreds, and most conversations
    meet a few.
    """

    command: str
    language: str
    says: str
    weight: float
    example: str
    gives: Mapping[str, Any]  # arguments that the phrase itself settles: {"aspect": "sure"}
    pattern: str
    needs: tuple[frozenset[str], ...]  # of each of these sets, one word stands in every text that it matches
    never: str = ""  # what must stand nowhere in the message

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def slotted(self) -> bool:
        """Whether only the text with slots in it can match."""
        return "<" in self.says and " & " not in self.says

    @cached_property
    def barred(self) -> re.Pattern[str] | None:
        return re.compile(self.never) if self.never else None


def cue_of(
    command: str, language: str, entry: Mapping[str, Any], file: str = "", classes: Mapping[str, str] | None = None
) -> Cue:
    unknown = set(entry) - {"says", "weight", "example", "gives"}
    if unknown or "says" not in entry:
        raise BrokenCue(f"{file}: {entry.get('says', entry)}: keys are says, weight, example, gives")
    says = str(entry["says"])
    try:
        sides = _spelt_out(says, classes or {}).split(" & ")
        pattern, needs = phrase_pattern(" & ".join(side for side in sides if side[0] != "!"))
        never = "|".join(_side(side[1:])[0] for side in sides if side[0] == "!")
    except BrokenCue as error:
        raise BrokenCue(f"{file}: {says!r}: {error}") from error
    return Cue(
        command,
        language,
        says,
        float(entry.get("weight", 2)),
        str(entry.get("example", "")),
        cast("Mapping[str, Any]", entry.get("gives") or {}),
        pattern,
        needs,
        never,
    )


def phrase_pattern(says: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """The phrase as an expression over folded text, and the sets of words of which one each must be there."""
    sides = says.split(" & ")
    if len(sides) == 1:
        return _side(says)
    both = [_side(side) for side in sides]
    every = "".join(f"(?=.*?{pattern})" for pattern, _ in both)
    return rf"\A{every}", tuple(need for _, needs in both for need in needs)


def _side(says: str) -> tuple[str, tuple[frozenset[str], ...]]:
    parts: list[str] = []
    needs: list[frozenset[str]] = []
    begun = False
    ends = False
    for alternatives, optional, word in _ELEMENT.findall(fold(says)):
        if word == "^":
            parts.append(r"\A[^a-z0-9<]*")
        elif word == "$":
            ends = True
        elif word == "...":
            parts.append(rf"(?:{_BREAK}{_WORD}){{0,{_GAP}}}?" if begun else "")
        elif optional:
            inner = _any_of(optional)
            parts.append(rf"(?:{_BREAK}{inner})?" if begun else rf"(?:{inner}{_BREAK})?")
        else:
            choice = alternatives or word
            if set("()[]|") & set(choice if word else ""):
                raise BrokenCue(f"{word!r}: brackets do not nest, and a choice stands in brackets")
            parts.append((_BREAK if begun else "") + _any_of(choice))
            begun = True
            needs.extend(_keys(choice))
    if max(map(rareness, needs), default=-1) < 0:
        raise BrokenCue("needs a word that must be there")
    body = "".join(parts)
    tail = r"[^a-z0-9<]*\Z" if ends else r"(?![a-z0-9])"
    return rf"(?<![a-z0-9<])(?:{body}){tail}", tuple(needs)  # "<model>" is not the word "model"


def _any_of(choice: str) -> str:
    return "(?:" + "|".join(_BREAK.join(map(_word, option.split())) for option in choice.split("|")) + ")"


def _word(word: str) -> str:
    if word.startswith("<"):
        return re.escape(word)
    open_end = word.endswith("*")
    word = word.rstrip("'")  # "d'" before a slot
    text = "['-]? ?".join(re.escape(piece) for piece in re.split(r"['-]", word.rstrip("*")))
    return text + ("[a-z0-9]*" if open_end else "(?![a-z0-9])")


def _keys(choice: str) -> Iterator[frozenset[str]]:
    """Of each of these sets one word must be there: first of those that tell most, then of the second words of options
    that have more than one."""
    options = [_telling(option.split()) for option in choice.split("|")]
    yield frozenset(key for first, _ in options for key in _forms(first))
    if any(second != first for first, second in options):
        yield frozenset(key for _, second in options for key in _forms(second))


def _telling(words: Sequence[str]) -> tuple[str, str]:
    """The two of an option's words that tell most; all of them must be there. One with a mark in it may be typed as
    two words, so it serves only where it comes first."""
    plain = [w for w in words if w[0] != "<" and not set("'-") & set(w)]
    longest = sorted(plain, key=lambda w: -len(w.rstrip("*")))
    first = longest[0] if longest and len(longest[0].rstrip("*")) > _TELLING else words[0]
    others = [w for w in longest if w is not first and (w[-1] != "*" or len(w) >= _TELLING)]
    return first, others[0] if others else first


def _forms(word: str) -> Iterator[str]:
    """The word as it may be typed: "what's" as "what" and "s" or as "whats"."""
    if word.startswith("<"):
        yield word
        return
    pieces = re.split(r"['-]", word.rstrip("*"))
    star = "*" if word.endswith("*") else ""
    if len(pieces) == 1:
        yield pieces[0] + star
    else:
        yield from filter(None, (pieces[0], "".join(pieces) + star))


def _spelt_out(says: str, classes: Mapping[str, str]) -> str:
    """The phrase with the words of its classes in the place of their names."""
    while found := re.search(r"\{([a-z_]+)\}", says):
        if found[1] not in classes:
            raise BrokenCue(f"{found[0]} is no class of words")
        before = says[: found.start()]
        inside = max(before.rfind("("), before.rfind("[")) > max(before.rfind(")"), before.rfind("]"))
        words = classes[found[1]] if inside else f"({classes[found[1]]})"
        says = before + words + says[found.end() :]
    return says


def rareness(keys: frozenset[str]) -> float:
    """Long words are rare; a choice is as common as its shortest. Beginnings of two letters cannot be looked up."""
    return min(-1 if key.endswith("*") and len(key) < 4 else len(key) for key in keys)
