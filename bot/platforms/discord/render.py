"""An Answer as a card: pure, every span escaped, within Discord's limits whatever the answer holds.

Line one, what explains it, the figures, the picture where things are compared, the small print, the buttons. Where the
card would be too large, asides go first, then suggestions, then notes and the body from their ends, then sources are
shortened to their links; figures go last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.platforms.discord import layout
from bot.platforms.discord.escaping import escaped, link, markdown, small, started
from bot.platforms.discord.layout import Component, Sheet
from bot.platforms.discord.tokens import What, carried, custom_id
from handlers.answer import Answer, Citation, Span, Suggestion, plain
from handlers.encoding import ROOM, encode
from handlers.phrases import Phrases
from handlers.request import Intent

MOST_TEXT = 4000
MOST_COMPONENTS = 40
ALT = 1024
ROW = 5
MORE_LEAVES = 16  # components that buttons may need: the menu comes after them
MOST_SUGGESTIONS = 4  # three at most, and a quiz has four options
PICTURE = "chart.png"
_COLOURS = {"answer": 0x2A8F7F, "question": 0xC98A1B, "apology": 0xB4534A}
# Answers that set one thing beside another: their chart is a picture. The methods of a single estimate are told in
# words, and drawn where someone asks why they differ.
_COMPARED = frozenset({"compare", "grid", "report", "method"})
# What may be done with any single estimate, by commands that it may suggest itself.
_NAMED = {"method": "discord.why", "equivalents": "discord.everyday"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a card will stand, and for whom."""

    owner: int | None  # who may change it in place
    private: bool = False  # only one person sees it
    shareable: bool = True
    picture: bool = True  # whether a picture may be attached
    extra: tuple[Component, ...] = ()  # rows that belong to the occasion, not to the answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """A button to be: its label and what it carries."""

    label: str
    what: What
    token: str
    style: int = layout.GREY


@dataclass(frozen=True, slots=True)
class Plan:
    """All of a card but whose it is: the same for everyone who is told the same."""

    language: str
    colour: int
    told: str  # line one and what is under it
    foot: str  # the small print
    alt: str | None  # of the picture
    file: str | None  # the name of what is sent along
    rows: tuple[tuple[Wanted, ...], ...]
    more: tuple[tuple[str, str], ...]  # labels and values of the quiet menu


def pictured(answer: Answer) -> bool:
    """Whether the answer's chart is worth a picture: two or more things beside one another."""
    return answer.chart is not None and (answer.intent in _COMPARED or len(answer.items) > 1 or len(answer.topics) > 1)


def own_intent(answer: Answer, intent: Intent | None) -> Intent | None:
    """What would give this answer again: the intent it came from, or one made from what was understood."""
    if intent is not None and encode(intent, ROOM) is not None:
        return intent
    command = answer.context.command if answer.context is not None else answer.intent
    if answer.facts:
        return Intent("fact", {"facts": answer.facts}, "button")
    if answer.items and command in ("estimate", "compare", "method", "equivalents", "reduce", "sources"):
        return Intent(command, {"uses": answer.items}, "button")
    if answer.intent == "grid" and answer.topics:
        return Intent("grid", {"places": answer.topics}, "button")
    if answer.intent == "report":
        return Intent("report", {}, "button")
    return None


def card(answer: Answer, phrases: Phrases, setting: Setting, intent: Intent | None = None) -> Sheet:
    """The whole answer as a layout."""
    return filled(plan(answer, phrases, setting, own_intent(answer, intent)), phrases, setting)


def plan(answer: Answer, phrases: Phrases, setting: Setting, again: Intent | None) -> Plan:
    """What will stand where, within Discord's limits. ``again`` is what would give this answer once more; of the
    setting, all but the owner counts."""
    suggestions = _suggestions(answer)
    asides, cited = _asides(answer, phrases, setting, again)
    title, rest, foot = _fitted(answer, inline=not cited)
    alt = answer.chart.alt[:ALT] if setting.picture and answer.chart is not None and pictured(answer) else None
    file = file_name(answer.attachment.name) if answer.attachment is not None else None
    used = 2 + (alt is not None) + (file is not None) + 2 * bool(foot)  # with the container and the words
    room = MOST_COMPONENTS - used - layout.count(setting.extra)
    more = _more(answer) if not setting.extra and room >= MORE_LEAVES else ()
    colour = _COLOURS[answer.tone]
    rows = _rows(suggestions, asides, room)
    return Plan(answer.language, colour, "\n".join((title, *rest)), foot, alt, file, rows, more)


def filled(plan: Plan, phrases: Phrases, setting: Setting) -> Sheet:
    """The plan with its owner: made anew for each message, since whoever sends it may write into it."""
    language, owner = plan.language, setting.owner
    inside = [layout.words(plan.told)]
    if plan.alt is not None:
        inside.append(layout.picture(PICTURE, plan.alt))
    if plan.file is not None:
        inside.append(layout.attached(plan.file))
    if plan.foot:
        inside.extend((layout.line(), layout.words(plan.foot)))
    for wanted in plan.rows:
        inside.append(
            layout.row(layout.button(b.label, custom_id(b.what, language, owner, b.token), b.style) for b in wanted)
        )
    inside.extend(setting.extra)
    if plan.more:
        inside.append(layout.menu(phrases.text("discord.more"), custom_id("o", language, None, ""), plan.more))
    return Sheet([layout.container(inside, plan.colour)])


def sources_only(answer: Answer, phrases: Phrases) -> Answer:
    """The sources of an answer, as an answer of their own."""
    title = phrases.line("discord.sources", what=answer.title)
    bare = replace(answer, body=(), figures=(), notes=(), chart=None, suggestions=(), asides=(), attachment=None)
    return replace(bare, intent="sources", title=title, tone="answer", items=(), facts=(), topics=(), context=None)


def words_alone(answer: Answer) -> str:
    """For the case that Discord refuses the card: line one, without any form."""
    return started(_cut(escaped(plain(answer.title)), 2000))


def file_name(name: str) -> str:
    """A name that an attachment can be referred to by."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[:60] or "file"


def shortened(label: str, most: int = layout.LABEL) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def _suggestions(answer: Answer) -> list[Wanted]:
    made = [_wanted("i", s, layout.PRIMARY) for s in answer.suggestions[:MOST_SUGGESTIONS]]
    return _once(button for button in made if button is not None)


def _asides(answer: Answer, phrases: Phrases, setting: Setting, again: Intent | None) -> tuple[list[Wanted], bool]:
    """What to do with the answer itself; and whether its sources stand behind a button."""
    made: list[Wanted | None] = []

    def offer(what: What, key: str, intent: Intent | None) -> Wanted | None:
        return _wanted(what, Suggestion(phrases.text(key), intent)) if intent is not None else None

    cited = None
    behind = any(s.intent.command == "sources" for s in answer.suggestions)  # a next step that leads there
    if answer.citations and answer.intent != "sources" and not behind:
        cited = offer("c", "discord.see-sources", again)
        made.append(cited)
    if answer.intent == "estimate" and len(answer.items) == 1:
        uses = {"uses": answer.items}
        made.append(offer("m", "discord.change", Intent("estimate", uses, "button")))
        made.extend(offer("i", key, Intent(command, uses, "button")) for command, key in _NAMED.items())
    if setting.private and setting.shareable and answer.tone == "answer" and not answer.attachment:
        made.insert(0, offer("h", "discord.share", again))
    # Already among the suggestions, under a name of its own.
    offered = {s.intent.command for s in answer.suggestions if answer.intent == "estimate"}
    doubles = {phrases.text(key) for command, key in _NAMED.items() if command in offered}
    return _once(b for b in made if b is not None and b.label not in doubles), cited is not None or behind


def _more(answer: Answer) -> tuple[tuple[str, str], ...]:
    """What may be done with the answer itself, in one quiet menu: whoever chooses is answered privately."""
    made = [(s.label, carried(s.intent)) for s in answer.asides]
    return tuple((label, custom_id("a", answer.language, None, token)) for label, token in made if token is not None)


def _wanted(what: What, suggestion: Suggestion, style: int = layout.GREY) -> Wanted | None:
    token = carried(suggestion.intent)
    return Wanted(shortened(suggestion.label), what, token, style) if token is not None else None


def _once(buttons: Iterable[Wanted]) -> list[Wanted]:
    return list({(button.what, button.token): button for button in reversed(list(buttons))}.values())[::-1]


def _rows(suggestions: list[Wanted], asides: list[Wanted], room: int) -> tuple[tuple[Wanted, ...], ...]:
    rows: list[tuple[Wanted, ...]] = []
    said = {(button.what, button.token) for button in suggestions}
    for buttons in (suggestions, [b for b in asides if (b.what, b.token) not in said][:ROW]):
        fitting = tuple(buttons[: max(min(ROW, room - 1), 0)])
        if fitting:
            rows.append(fitting)
            room -= 1 + len(fitting)
    return tuple(rows)


def _fitted(answer: Answer, *, inline: bool) -> tuple[str, list[str], str]:
    """Title, lines under it and small print, within the card's letters."""
    title = markdown(answer.title)
    title = f"### {title}" if len(title) <= 300 else title
    body = [markdown(line) if plain(line).strip() else "" for line in answer.body]
    while body and not body[-1]:
        body.pop()
    colon = "\u00a0: " if answer.language == "fr" else ": "
    figures = [
        markdown((Span(f.label[:1].upper() + f.label[1:], strong=True), Span(f"{colon}{f.value}")))
        for f in answer.figures
    ]
    notes = [markdown(line) for line in answer.notes if plain(line).strip()]
    citations = list(answer.citations) if inline else []
    sources = [_source(n, cited) for n, cited in enumerate(citations, 1)]

    def size() -> int:
        foot = small((*notes, *sources))
        told = len(title) + sum(len(line) + 1 for line in body) + sum(len(line) + 1 for line in figures)
        if 2 * (told + len(foot)) <= MOST_TEXT:
            return told + len(foot)  # however letters are counted, it fits
        return _units("\n".join((title, *body, *figures))) + _units(foot)

    for lines in (notes, body):
        while lines and size() > MOST_TEXT:
            lines.pop()
    if size() > MOST_TEXT:
        sources = [_source(n, cited, short=True) for n, cited in enumerate(citations, 1)]
    for lines in (sources, figures):
        while lines and size() > MOST_TEXT:
            lines.pop()
    title = _cut(title, MOST_TEXT)
    return title, [*body, *figures], small((*notes, *sources))


def _source(number: int, cited: Citation, *, short: bool = False) -> str:
    who = escaped(f"{cited.publisher}, {cited.year}")
    if short:
        return f"{number}. {link(who, cited.url)}"
    checked = f" ({escaped(cited.checked)})" if cited.checked else ""
    return f"{number}. {who}: {link(escaped(cited.title), cited.url)}{checked}"


def _units(text: str) -> int:
    """Letters as Discord may count them: those beyond the basic plane twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, most: int) -> str:
    while _units(text) > most:
        text = text[: most - 1 - max(0, _units(text) - len(text))].rstrip("\\*") + "…"
    return text
