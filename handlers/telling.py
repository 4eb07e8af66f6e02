"""The fact base's own texts as lines: figures written in from their fields, and the sentence that answers set apart."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.answer import Line, Span
from handlers.measures import Measures
from handlers.phrases import typeset
from knowledge.library import PLACEHOLDER
from knowledge.schema import Figure, Text


def fill(text: Text, figures: Mapping[str, Figure], measures: Measures, language: str) -> Line:
    """A fact's text with its figures written in: numbers come from fields alone."""
    template = typeset(text.of(language), language)
    spans: list[Span] = []
    at = 0
    for found in PLACEHOLDER.finditer(template):
        if found.start() > at:
            spans.append(Span(template[at : found.start()]))
        figure = figures[found[1]]
        spans.append(Span(measures.figure(figure, only_value=found[0].endswith(".value}")), strong=True))
        at = found.end()
    if at < len(template):
        spans.append(Span(template[at:]))
    return tuple(spans)


def split(line: Line) -> tuple[Line, Line]:
    """The first sentence, and the rest: line one answers, the body explains."""
    for index, span in enumerate(line):
        if span.strong:
            continue
        for mark in (". ", "? ", "! ", "\u202f? ", "\u202f! "):
            cut = span.text.find(mark)
            # "St. Louis", "U.S. ": too short to be a sentence on its own is no end of one
            if cut >= 0 and (index > 0 or cut > 20):
                end = cut + len(mark) - 1
                head = (*line[:index], Span(span.text[:end], span.strong, span.url))
                tail = (Span(span.text[end:].lstrip(), span.strong, span.url), *line[index + 1 :])
                return head, tuple(s for s in tail if s.text)
    return line, ()
