"""An answer as a card in a terminal, drawn with Rich: answer first, ranges as bars, sources and next steps numbered.

Every value is a Text with a style, never markup, so what a person or a model's maker wrote stays words.
"""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handlers.answer import Answer, Chart, Line
from handlers.measures import Measures
from knowledge.calculator.interval import Interval

BAR = 28  # characters a bar may take
LOG_BEYOND = 30.0  # a wider spread than this is drawn on a logarithmic scale, and the card says so
_COLOURS = {"answer": "green", "question": "yellow", "apology": "red"}


def card(answer: Answer, measures: Measures, log_note: str) -> RenderableType:
    """The whole answer; nothing is cut, the terminal scrolls."""
    parts: list[RenderableType] = [_styled(line) for line in answer.body if any(s.text for s in line)]
    if answer.figures:
        table = Table.grid(padding=(0, 2))
        for figure in answer.figures:
            table.add_row(Text(figure.label, style="cyan"), Text(figure.value))
        parts.append(table)
    if answer.chart is not None:
        parts.append(drawn(answer.chart, measures, log_note))
    parts.extend(_styled(line, "dim") for line in answer.notes)
    for number, cited in enumerate(answer.citations, 1):
        text = Text(f"[{number}] {cited.publisher}, {cited.year}: ", style="dim")
        text.append(cited.title, style=f"dim link {cited.url}")
        text.append(f" {cited.url}", style="dim blue")
        parts.append(text)
    if answer.suggestions:
        parts.append(
            Text("   ").join(
                Text.assemble((f"{number}", "bold magenta"), " ", suggestion.label)
                for number, suggestion in enumerate(answer.suggestions, 1)
            )
        )
    if answer.asides:
        first = len(answer.suggestions) + 1
        parts.append(
            Text("   ").join(
                Text.assemble((f"{number}", "magenta"), " ", (aside.label, "dim"))
                for number, aside in enumerate(answer.asides, first)
            )
        )
    colour = _COLOURS[answer.tone]
    return Panel(Group(_styled(answer.title, "bold"), *parts), border_style=colour, padding=(0, 1))


def drawn(chart: Chart, measures: Measures, log_note: str) -> RenderableType:
    """Bars from low to high with a mark at the middle; logarithmic only beyond thirtyfold, and said."""
    positive = [value for bar in chart.bars for value in (bar.low, bar.mid, bar.high) if value > 0]
    top = max(positive, default=1.0)
    bottom = min(positive, default=0.0)
    logarithmic = bottom > 0 and top / bottom > LOG_BEYOND
    table = Table.grid(padding=(0, 1))
    for bar in chart.bars:
        value = _value(chart.unit, Interval(bar.low, bar.mid, bar.high), measures)
        places = [_place(v, bottom, top, logarithmic) for v in (bar.low, bar.mid, bar.high)]
        note = f" · {bar.note}" if bar.note else ""
        table.add_row(Text(bar.label), _strip(*places), Text(value + note, style="dim"))
    caption = chart.caption + (f" ({log_note})" if logarithmic else "")
    return Group(Text(caption, style="italic"), table)


def _value(unit: str, interval: Interval, measures: Measures) -> str:
    if unit in ("co2e_g", "energy_wh", "water_ml"):
        return measures.range(unit, interval)
    return measures.with_unit(measures.exact(round(interval.mid, 1)), unit, interval.mid)


def _place(value: float, bottom: float, top: float, logarithmic: bool) -> int:
    share = math.log(max(value, bottom) / bottom) / math.log(top / bottom) if logarithmic else value / top
    return min(BAR - 1, max(0, round(share * (BAR - 1))))


def _strip(low: int, mid: int, high: int) -> Text:
    if low == mid == high:
        return Text("█" * (mid + 1) + " " * (BAR - mid - 1), style="green")
    cells = [" "] * BAR
    cells[low : high + 1] = ["░"] * (high + 1 - low)
    cells[mid] = "█"
    return Text("".join(cells), style="green")


def _styled(line: Line, style: str = "") -> Text:
    text = Text(style=style)
    for span in line:
        bold = "bold " if span.strong else ""
        link = f"link {span.url}" if span.url else ""
        text.append(span.text, style=(bold + link).strip() or None)
    return text
