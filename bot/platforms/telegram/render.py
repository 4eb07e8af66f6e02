"""An answer as Telegram's HTML: pure, every value escaped, never longer than Telegram takes, counted as it counts.

Line one comes first and the small print with its sources stands in a quotation that opens at a tap. A message of one's
own may run over several parts, so nothing is lost; where there is only room for one, notes go first, then the body from
its end, then the sources are shortened to their links. Buttons take no room in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from handlers.answer import Answer, Citation, Line, Span, Suggestion, plain
from handlers.encoding import ROOM, encode

TEXT = 4096
CAPTION = 1024
LABEL = 60  # a longer label is cut by every client
ROW = 34  # letters of labels that stand side by side on a telephone
BUTTONS = 6
ENTITIES = 90  # Telegram reads a hundred; what comes after is shown without its form
ELLIPSIS = "…"


def units(text: str) -> int:
    """Length in UTF-16 code units, which is what Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, room: int) -> str:
    """The text, or as many of its whole words as there is room for."""
    if units(text) <= room:
        return text
    kept = text
    while units(kept) > room - 1:
        kept = kept[: -max(1, (units(kept) - room + 1) // 2)]
    head, _, tail = kept.rpartition(" ")
    return (head if head and len(tail) < 40 else kept).rstrip(" ,;:.(") + ELLIPSIS


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of HTML and what it counts once its tags are read."""

    html: str
    size: int
    entities: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    token: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent: the caption of a picture where there is one, the texts after it, the buttons under the last."""

    caption: str | None
    texts: tuple[str, ...]
    buttons: tuple[tuple[Button, ...], ...]


def post(answer: Answer, *, picture: bool) -> Post:
    """The whole answer. With a picture the caption holds what leads, and the rest stands below."""
    lead, small = _lead(answer), _small(answer)
    if not picture:
        return Post(None, _parts([*lead, *_quoted(small)]), keyboard(answer))
    fits: list[Piece] = []
    for piece in lead:
        if _size([*fits, piece]) > CAPTION:
            break
        fits.append(piece)
    caption = "\n".join(piece.html for piece in fits) if fits else escape(cut(plain(answer.title), CAPTION))
    below = [*lead[len(fits) :], *_quoted(small)]
    return Post(caption, _parts(below) if below else (), keyboard(answer))


def single(answer: Answer, room: int = TEXT) -> str:
    """One message, shortened in order where it must be."""
    title = _piece(answer.title, strong=True)
    if title.size > room:
        return f"<b>{escape(cut(plain(answer.title), room))}</b>"
    body = [_piece(line) for line in answer.body if plain(line).strip()]
    figures = _figures(answer)
    notes = [_piece(line) for line in answer.notes if plain(line).strip()]
    sources = [_source(number, cited) for number, cited in enumerate(answer.citations, 1)]

    def size() -> int:
        return _size([title, *body, *figures, *notes, *sources])

    while notes and size() > room:
        notes.pop()
    while body and size() > room:
        body.pop()
    if size() > room:
        sources = [_source(number, cited, short=True) for number, cited in enumerate(answer.citations, 1)]
    for pieces in (sources, figures):
        while pieces and size() > room:
            pieces.pop()
    return "\n".join(piece.html for piece in (title, *body, *figures, *_quoted([*notes, *sources])))


def plainly(answer: Answer) -> str:
    """Without any markup, for the case that Telegram refuses ours."""
    lines = [answer.title, *answer.body, *((Span(f"{f.label}: {f.value}"),) for f in answer.figures)]
    return cut("\n".join(plain(line) for line in lines), TEXT)


def keyboard(answer: Answer) -> tuple[tuple[Button, ...], ...]:
    """The suggestions, then what may be done with the answer itself; as many side by side as can be read."""
    made = [button for s in (*answer.suggestions, *answer.asides) if (button := _button(s, answer.language))]
    return rows(made[:BUTTONS])


def rows(buttons: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    lines: list[list[Button]] = []
    for button in buttons:
        if lines and len(lines[-1]) < 3 and sum(len(b.label) + 2 for b in lines[-1]) + len(button.label) <= ROW:
            lines[-1].append(button)
        else:
            lines.append([button])
    return tuple(tuple(line) for line in lines)


def _button(suggestion: Suggestion, language: str) -> Button | None:
    # One byte says the language of the message the button stands under: whoever taps it, it goes on in that one.
    token = encode(suggestion.intent, ROOM - 1)
    return Button(cut(suggestion.label, LABEL), token=language[:1] + token) if token else None


def _lead(answer: Answer) -> list[Piece]:
    title, *more = _folded(answer.title, TEXT - 1)
    lines = [_piece(title, strong=True), *(_piece(line) for line in more)]
    for line in answer.body:
        if plain(line).strip():
            lines.extend(_piece(part) for part in _folded(line, TEXT - 1))
    return [*lines, *_figures(answer)]


def _small(answer: Answer) -> list[Piece]:
    pieces = [_piece(part) for line in answer.notes if plain(line).strip() for part in _folded(line, TEXT - 1)]
    return [*pieces, *(_source(number, cited) for number, cited in enumerate(answer.citations, 1))]


def _figures(answer: Answer) -> list[Piece]:
    colon = "\u00a0:" if answer.language == "fr" else ":"
    return [
        _piece((Span(f"{f.label[:1].upper()}{f.label[1:]}{colon}", strong=True), Span(f" {f.value}")))
        for f in answer.figures
    ]


@lru_cache(1024)  # the same sources stand under many answers
def _source(number: int, cited: Citation, *, short: bool = False) -> Piece:
    mark = Span(f"[{number}] ")
    if short:
        return _piece((mark, Span(f"{cut(cited.publisher, 60)}, {cited.year}", url=cited.url)))
    note = f" ({cited.checked})" if cited.checked else ""
    title = Span(cut(cited.title, 160), url=cited.url)
    return _piece((mark, Span(f"{cited.publisher}, {cited.year}, "), title, Span(note)))


def _piece(line: Line, *, strong: bool = False) -> Piece:
    written: list[str] = []
    size = entities = 0
    for span in line:
        text = escape(span.text, quote=False)
        size += units(span.text)
        if not span.url and not span.strong:
            written.append(text)
            continue
        if span.url and span.url.startswith(("http://", "https://", "tg://")):
            text = f'<a href="{escape(span.url)}">{text}</a>'
            entities += 1
        elif span.url:
            text, size = f"{text} ({escape(span.url, quote=False)})", size + units(span.url) + 3
        if span.strong and not strong and text.strip():
            text, entities = f"<b>{text}</b>", entities + 1
        written.append(text)
    html = "".join(written)
    return Piece(f"<b>{html}</b>" if strong and html else html, size, entities + strong)


def _quoted(pieces: Sequence[Piece]) -> list[Piece]:
    """The small print, folded away until tapped; in runs that a part of a message can hold."""
    if pieces and _size(pieces) <= TEXT - 1:
        return [_quote(pieces)]
    quotes: list[Piece] = []
    run: list[Piece] = []
    for piece in pieces:
        if run and _size([*run, piece]) > TEXT - 1:
            quotes.append(_quote(run))
            run = []
        run.append(piece)
    return [*quotes, _quote(run)] if run else quotes


def _quote(run: Sequence[Piece]) -> Piece:
    html = "<blockquote expandable>" + "\n".join(piece.html for piece in run) + "</blockquote>"
    return Piece(html, _size(run), 1 + sum(piece.entities for piece in run))


def _parts(pieces: Sequence[Piece]) -> tuple[str, ...]:
    if _size(pieces) <= TEXT and sum(piece.entities for piece in pieces) <= ENTITIES:
        return ("\n".join(piece.html for piece in pieces),)
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        full = _size([*parts[-1], piece]) > TEXT or sum(p.entities for p in parts[-1]) + piece.entities > ENTITIES
        if parts[-1] and full:
            parts.append([])
        parts[-1].append(piece)
    return tuple("\n".join(piece.html for piece in part) for part in parts)


def _size(pieces: Sequence[Piece]) -> int:
    return sum(piece.size for piece in pieces) + max(len(pieces) - 1, 0)


def _folded(line: Line, room: int) -> list[Line]:
    """A line in lengths of at most ``room``, broken between words where there are any."""
    if units(plain(line)) <= room:
        return [line]
    done: list[Line] = []
    now: list[Span] = []
    left = room
    for span in line:
        rest = span.text
        while units(rest) > left:
            head = _head(rest, left)
            if head:
                now.append(Span(head, span.strong, span.url))
            done.append(tuple(now))
            now, left, rest = [], room, rest[len(head) :].lstrip(" ")
        if rest:
            now.append(Span(rest, span.strong, span.url))
            left -= units(rest)
    return [*done, tuple(now)] if now else done


def _head(text: str, room: int) -> str:
    """As much of the text as fits, up to a space where one is near."""
    kept = text[:room]
    while units(kept) > room:
        kept = kept[:-1]
    space = max(kept.rfind(" "), kept.rfind("\n"))
    return kept[: space + 1] if space > room // 2 else kept
