"""An answer as plain lines: what a person reads in a pipe, a log or a plain terminal. Nothing of the answer is lost."""

from __future__ import annotations

from handlers.answer import Answer, Attachment, Line


def rendered(answer: Answer) -> str:
    """Line one answers; then the body, the figures, the small print, the sources, the next steps."""
    lines = [written(answer.title)]
    lines.extend(written(line) for line in answer.body)
    colon = "\u00a0: " if answer.language == "fr" else ": "
    lines.extend(f"{figure.label[:1].upper()}{figure.label[1:]}{colon}{figure.value}" for figure in answer.figures)
    lines.extend(written(line) for line in answer.notes)
    for number, cited in enumerate(answer.citations, 1):
        note = f" ({cited.checked})" if cited.checked else ""
        lines.append(f"[{number}] {cited.publisher}, {cited.year}: {cited.title}{note}. {cited.url}")
    if answer.attachment is not None:
        lines.extend(("", answer.attachment.name, _content(answer.attachment)))
    if answer.suggestions:
        lines.append(" · ".join(f"[{suggestion.label}]" for suggestion in answer.suggestions))
    return "\n".join(line for line in lines if line.strip())


def _content(attachment: Attachment) -> str:
    """A text as it is: where there are only lines, a file is lines too."""
    text = attachment.media_type.startswith("text/") or attachment.media_type == "application/json"
    return attachment.data.decode("utf-8-sig") if text else f"{attachment.media_type}, {len(attachment.data)}"


def written(line: Line) -> str:
    """A line's words, with the address of a link after its label."""
    return "".join(f"{span.text} ({span.url})" if span.url else span.text for span in line)
