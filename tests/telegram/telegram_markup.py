"""Telegram's HTML as its server reads it: which tags there are, how they nest, what is left to count once read."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "tg-spoiler", "tg-emoji", "span",
        "a", "blockquote"}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:=\"[^\"]*\")?)*)\s*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_ATTRIBUTES = {
    "a": {"href"},
    "blockquote": {"expandable"},
    "span": {"class"},
    "code": {"class"},
    "tg-emoji": {"emoji-id"},
}


class BadMarkup(ValueError):
    """What the server says after "can't parse entities"."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read(html: str) -> tuple[str, int]:
    """(the text without its tags, how many entities)."""
    plain: list[str] = []
    open_tags: list[str] = []
    entities = at = 0
    for found in _TAG.finditer(html):
        plain.append(_text(html[at : found.start()]))
        at = found.end()
        closing, tag, attributes = found[1], found[2].lower(), found[3]
        if tag not in TAGS:
            raise BadMarkup(f'Unsupported start tag "{tag}"')
        if closing:
            if not open_tags or open_tags.pop() != tag:
                raise BadMarkup(f'Unmatched end tag "{tag}"')
            continue
        given = dict(re.findall(r"([a-zA-Z-]+)(?:=\"([^\"]*)\")?", attributes))
        if set(given) - _ATTRIBUTES.get(tag, set()):
            raise BadMarkup(f"attributes of {tag}: {attributes}")
        if tag == "a" and urlsplit(unescape(given.get("href", ""))).scheme not in ("http", "https", "tg"):
            raise BadMarkup(f"a link to nowhere: {attributes}")
        if tag == "blockquote" and "blockquote" in open_tags:
            raise BadMarkup("blockquote entities can't be nested")
        open_tags.append(tag)
        entities += 1
    plain.append(_text(html[at:]))
    if open_tags:
        raise BadMarkup(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return "".join(plain), entities


def _text(part: str) -> str:
    if "<" in part:
        raise BadMarkup(f"Unsupported start tag near {part[part.index('<') :][:20]!r}")
    for ampersand in re.finditer("&", part):
        if not _ENTITY.match(part, ampersand.start()):
            raise BadMarkup(f"a bare ampersand near {part[ampersand.start() :][:20]!r}")
    return unescape(part)
