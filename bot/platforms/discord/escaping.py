"""Spans as Discord's markdown. Every span is escaped: only what a text file marked as strong or as a link is so here.

Escaped is whatever Discord would read as form, a mention, a link, an emoji or a time. A line stays one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from handlers.answer import Line

_FORM = re.compile(r"([\\*_~`|\[\]<>])")
_START = re.compile(r"^(\s*)(#+(?=\s)|-(?=[\s#])|\+(?=\s)|\d+(?=[.)]\s))")  # headings, small text, lists
_LINK = re.compile(r"(?<=[A-Za-z]):(?=//)")
_BREAKS = re.compile(
    r"[\s\u2028\u2029\x00-\x1f\x7f]*[\n\r\t\v\f\u2028\u2029\x00-\x1f\x7f][\s\u2028\u2029\x00-\x1f\x7f]*"
)
_BENT = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)  # invisible, or turning the reading direction
# Anything of the above, or an @: most words have none.
_ANY = re.compile(
    r"[\\*_~`|\[\]<>@\x00-\x1f\x7f\x85\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]|://"
)
_MARKUP = attrgetter("strong", "url")  # of a span: neighbours that share it are one
_WEB = re.compile(r"https?://[^\s<>]+\Z")


def escaped(text: str) -> str:
    """Words that stay words, wherever in a line they stand but at its start."""
    if not _ANY.search(text):
        return text
    text = _BENT.sub("", _BREAKS.sub(" ", text))
    text = _FORM.sub(r"\\\1", text)
    # An invisible joiner after the @: no ping is allowed anyway, and none shall look like one.
    return _LINK.sub(r"\\:", text).replace("@", "@\u2060")


def started(text: str) -> str:
    """A line whose first sign makes no heading and no list."""
    return _START.sub(lambda m: f"{m[1]}\\{m[2]}" if not m[2].isdigit() else m[0] + "\u2060", text)


def markdown(line: Line) -> str:
    """One line of an answer."""
    parts: list[str] = []
    for (strong, url), spans in groupby(line, key=_MARKUP):
        text = escaped("".join([span.text for span in spans]))
        if not text:
            continue
        if url is not None:
            text = link(text, url)
        parts.append(_strong(text) if strong else text)
    return started("".join(parts))


def link(label: str, url: str) -> str:
    """A link with a label already escaped; an address that is none stays unsaid."""
    if not _WEB.match(url):
        return label
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"


def small(lines: Iterable[str]) -> str:
    """Small print: one small line each."""
    return "\n".join(f"-# {line}" for line in lines if line.strip())


def _strong(text: str) -> str:
    """Stars hug the words: a space inside them would show the stars."""
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    return f"{text[:start]}**{core}**{text[start + len(core) :]}"
