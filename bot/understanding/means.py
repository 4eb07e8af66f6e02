"""What work is done with, and what it is done to: "300 e-mails with a classifier", "4,000 calls, each transcribed"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.understanding.items import Item
from bot.understanding.mention import Mention
from bot.understanding.sentence import Sentence
from knowledge.schema import Task

_READING = 6  # words before a number of pages among which the verb stands that reads them


def searching(
    sentence: Sentence, task_of: Callable[[str | None], Task | None], mentions: Sequence[Mention]
) -> list[Mention]:
    """ "Asking an AI or googling it": beside another use, a verb made of a search engine's name is the search."""
    beside = any(m.kind == "task" and m.value != "search" for m in mentions)

    def searches(m: Mention) -> bool:
        return m.kind == "model" and " " not in sentence.plain[m.start : m.end] and task_of(m.value) == "search"

    return [replace(m, kind="task", value="search") if beside and searches(m) else m for m in mentions]


def governs(task: Task) -> bool:
    """Tasks named by a verb, whose object is a noun of another: "classify 300 e-mails"."""
    return task in ("classification", "embedding", "transcription", "speech", "code")


def is_means(sentence: Sentence, item: Item, task: Task, gap: tuple[str, ...], counted: bool) -> bool:
    """ "300 e-mails with a classifier", "an audiobook with a text-to-speech voice": what the work is done with is no
    second use. ``counted``: a number waits."""
    spoken = item.task == task and task in ("speech", "transcription") and bool(item.sizes)
    if (item.number is None and not spoken) or counted or item.task not in ("text", task, None):
        return False
    by = [at for at, word in enumerate(gap) if word in sentence.grammar.of("means")]
    behind = bool(by) and 0 < len(gap) - 1 - by[-1] <= 3
    return behind and (spoken or task in ("classification", "embedding"))


def is_tool(sentence: Sentence, item: Item, task: Task) -> bool:
    """ "We filter spam with a classifier, 10 million messages a day": the messages are what it works on."""
    if item.task not in ("classification", "embedding") or task != "text" or item.number is not None or item.sizes:
        return False
    return item.single and not sentence.grammar.of("means").isdisjoint(sentence.before(item.start, 3))


def is_done_to_each(sentence: Sentence, item: Item, task: Task, mention: Mention) -> bool:
    """ "4,000 calls a day, each transcribed": what is done to those counted before."""
    if item.number is None or item.task != "text" or not governs(task):
        return False
    return any(m.kind == "each" and item.end <= m.start and m.end <= mention.start for m in sentence.mentions)


def is_read(sentence: Sentence, mention: Mention) -> bool:
    """ "Summarise a 200 page report", « 50 pages résumées »: pages that are read, of which less is written."""
    if sentence.after(mention.end, 2) in (("in", "input"), ("en", "entree"), ("as", "input"), ("of", "input")):
        return True
    if "page" not in sentence.plain[mention.start : mention.end]:
        return False
    beside = (*sentence.before(mention.start, _READING), *sentence.after(mention.end, 4))
    return not sentence.grammar.of("reading").isdisjoint(beside)


def has_its_own(sentence: Sentence, verb: Mention) -> bool:
    """ "And transcribed 50 minutes": whether a number or a length stands right behind a verb."""
    return any(
        m.kind in ("number", "minutes") and m.start >= verb.end and sentence.few(verb.end, m.start)
        for m in sentence.mentions
    )
