"""From a message and the turn before it to an Intent. No input or output, no state, and no string makes it raise.

Language, mentions, uses, cue phrases and the fact search are each found on their own; here they are weighed together
(intents.py), joined with what was said before (followups.py), and turned into the arguments of one command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Protocol

from bot.understanding.accounts import Accounts
from bot.understanding.answers import GAVE_UP, Answers
from bot.understanding.arguments import Arguments
from bot.understanding.cues import Cues
from bot.understanding.everyone import Everyone
from bot.understanding.followups import leaning
from bot.understanding.grammar import Grammar
from bot.understanding.intents import Scores, Weights
from bot.understanding.language import Languages, detect, foreign, likely
from bot.understanding.learnt import NONE, Learnt
from bot.understanding.machines import Machines
from bot.understanding.mention import Mention
from bot.understanding.quantities import Quantities
from bot.understanding.reading import Candidate, Reading
from bot.understanding.recall import Recall
from bot.understanding.signs import Signs
from bot.understanding.since import since
from bot.understanding.state import Heard, State
from bot.understanding.text import Message
from bot.understanding.uses import Uses
from handlers.context import Context
from handlers.request import LANGUAGES, Intent, Language, Request
from knowledge.library import Library
from knowledge.search import SURE, Hit, Search, fold

_WORD = re.compile(r"[a-z0-9]+")
_MASKED = re.compile(r"<[a-z-]+>|[a-z0-9]+")
_PART = re.compile(
    r"(?<=[?!])\s+(?=\S)|(?<=[^\d\W]\.)\s+(?=\S)"
    r"|,?\s+(?=(?:and|et)\s+(?:how|what|why|where|which|who|can|is|are|do|comment|quel|quelle|quels|pourquoi|ou|d'ou|combien|qui|est-ce|c'est)\b)"
)
_PLAIN_ASKING = 2.5  # weight of a cue phrase from which one telling word is enough to search for
_ASKING = re.compile(
    r"(?i)(?:and |et |so |then |also )*"
    r"(?:how|what|why|where|which|who|can|is|are|do|does|compare|estimate|explain|show|give|tell|list|comment|quel|pourquoi"
    r"|où|d'où|combien|qui|est-ce|c'est|que|qu'|explique|montre|donne|dis|liste|calcule)"
)
_WITHIN = re.compile(r"\b(?:quoi|combien|how (?:much|many)|what|quel|quelle|footprint|empreinte|bilan)\b")
_BEGINNING, _END = 800, 400  # characters that are read of a longer message
_OPEN = ("estimate", "compare", "equivalents")  # commands that lack only what they are about
_MOST_PARTS = 4
_FEW_WORDS = 5  # of a message in which an adjective alone is a place, where grids were spoken of
_ASKED = 2.0  # of phrases that ask to be told something
_LIKELY = 0.5  # probability of a fact from which what was found for it counts in full, whatever else was said
_UNLIKELY = 0.03  # below, it counts half in any case
_TAUGHT = 0.7  # probability by the examples alone from which a message of no known words is taken for anything
_SURE = 0.6  # of a language from which no other one is thought of
_STRANGERS = 2  # words that nobody here knows, from which a message is thought to be of another field
_FIELD = ("domain", "ai", "model", "organisation", "unknown", "counted_use", "training_named")
_STANDS_ALONE = 3.2  # a part of a message that scores so much is a question of its own
_ALSO: frozenset[str] = frozenset(
    {"estimate", "compare", "equivalents", "method", "sources", "fact", "grid", "models", "reduce", "help", "report"}
)


class Names(Protocol):
    """What finds models, places and everyday things in a message."""

    def mentions(self, message: Message, language: Language) -> Sequence[Mention]: ...

    def continued(self, message: Message, before: str, makers: bool) -> Sequence[Mention]: ...

    def adjectives(self, message: Message, taken: Sequence[Mention]) -> Sequence[Mention]: ...

    def prepare(self, words: Iterable[str]) -> None: ...


class Understanding:
    """Built once. ``read`` may be called from any thread."""

    def __init__(
        self,
        library: Library,
        names: Names,
        search: Search,
        grammar: Grammar | None = None,
        cues: Cues | None = None,
        weights: Weights | None = None,
        learnt: Learnt | None = None,
    ) -> None:
        self._library = library
        self._names = names
        self._quantities = Quantities()
        self._grammar = grammar or Grammar.load()
        self._small = self._grammar.of("article") | self._grammar.of("joins") | self._grammar.of("purpose")
        self._cues = cues or Cues.load(fillers=self._grammar.of("fillers"))
        for key in ("domain", "ai", "weighed", "electricity", "organisation", "costs"):
            self._cues.learn(self._grammar.of(key))
        self._weights = weights or Weights.load()
        self._learnt = learnt or Learnt.load()
        self._recall = Recall(library, search, self._grammar)
        self._machines = Machines(library, self._grammar)
        self._everyone = Everyone(library, self._grammar)
        self._uses = Uses(library.models, self._grammar)
        accounts = Accounts(self._grammar)
        self._arguments = Arguments(library, self._grammar, self._weights, accounts)
        self._answers = Answers(library, self._grammar)
        self._signs = Signs(self._grammar, self._weights, self._answers, accounts)

    def warming(self) -> Iterator[None]:
        """For processes that stay: loads, step by step, what the first message that needs it would wait for."""
        Languages.warm()
        for language in LANGUAGES:
            yield
            self._quantities.mentions(Message.of("1"), language)
        yield
        self._recall.warm()
        yield
        for words in self._cues.warming():
            self._names.prepare(words)
            yield
        yield from self._learnt.warming()

    def read(self, request: Request, context: Context | None = None, command: str | None = None) -> Reading:
        """``command`` is the name of a command that was called outright; the text then holds only what it is about."""
        message = Message.of(_ends_of(request.text))
        if context is not None and not context.alive(request.at):
            context = None
        language, sure, foreign = self._language(message, request, context)
        heard = self._hear(message, language, sure, context, request.at)
        told = sure or language == "fr" or context is not None or request.language or request.locale
        if not told and _in_french_order(heard):
            heard = self._hear(message, "fr", sure, context, request.at)
        if command is None and foreign is None:
            parts = self._parts(heard, request, context)
            if parts is not None:
                first, second = parts
                return replace(
                    first,
                    message=message,
                    sure=sure,
                    also=(second.intent,),
                    told=lambda: (*first.trace, "also", *second.trace),
                )
        return self._decide(heard, request, context, command, foreign)

    @staticmethod
    def _language(message: Message, request: Request, context: Context | None) -> tuple[Language, bool, str | None]:
        """The language, whether the message itself tells it, and the code of one that is not spoken here."""
        told, how_sure = detect(message)
        abroad = foreign(message) if told is None or how_sure < _SURE else None
        if told is not None and abroad is None:
            return request.language or told, True, None
        if request.language is not None:
            return request.language, False, abroad
        if context is not None:
            return ("fr" if context.language == "fr" else "en"), False, abroad
        return request.locale or likely(message) or "en", False, abroad

    # -- hearing

    def _hear(
        self,
        message: Message,
        language: Language,
        sure: bool = True,
        context: Context | None = None,
        at: datetime | None = None,
    ) -> Heard:
        found_names = list(self._names.mentions(message, language))
        before = next((u.model for u in context.uses if u.model), None) if context is not None else None
        if before is not None and not any(m.kind in ("model", "unknown-model") for m in found_names):
            makers = context is not None and context.command not in ("models", "fact", "grid")
            found_names.extend(self._names.continued(message, before, makers))
        if context is not None and context.command == "grid" and len(message.words) <= _FEW_WORDS:
            found_names.extend(self._names.adjectives(message, found_names))  # « et l'espagnol ? »
        found_names = self._everyone.mentions(message.plain, [w.text for w in message.words], found_names)
        named = [m for m in found_names if m.kind != "thing"]
        things = [m for m in found_names if m.kind == "thing"]
        taken = [(m.start, m.end) for m in named] + self._machines.spans(message)
        counted = self._quantities.mentions(message, language, taken)
        if at is not None:
            counted = (*counted, *since(message, counted, at, self._grammar))
        mentions = tuple(sorted(_settled((*named, *counted), things), key=lambda m: (m.start, -m.end)))
        found = self._machines.run(message, mentions, self._uses.assemble(message, mentions, things))
        masked = self._cues.mask(message, mentions)
        tokens = tuple(_WORD.findall(masked.plain))
        beside = len([t for t in _MASKED.findall(masked.text) if t[0] != "<" and t not in self._small])
        begun = tuple(match[0] for match in islice(_WORD.finditer(masked.whole), 3))
        lean = leaning(tokens, begun, found, beside, self._grammar)
        return Heard(message, language, sure, mentions, found, masked, tokens, beside, lean)

    def _parts(self, whole: Heard, request: Request, context: Context | None) -> tuple[Reading, Reading] | None:
        """Two questions in one message, where each stands on its own."""
        clean = whole.message.clean
        pieces = [p for p in _PART.split(clean) if p and len(p) > 7]
        if not 2 <= len(pieces) <= _MOST_PARTS or sum(map(_asks, pieces)) < 2:
            return None
        readings: list[Reading] = []
        turn = context
        for piece in pieces:
            if not _asks(piece) and self._grammar.holds("reported", tuple(_WORD.findall(fold(piece)))):
                continue  # "my teacher said that a prompt is ten searches": what is said is asked about, not used
            heard = self._hear(Message.of(piece), whole.language, whole.sure, at=request.at)
            reading = self._decide(heard, request, turn, None, None)
            best = reading.candidates[0] if reading.candidates else None
            if best is None or best.said < _STANDS_ALONE or reading.intent.command not in _ALSO:
                continue
            if best.command != reading.intent.command:
                continue
            leans_on_first = self._grammar.of("persons").intersection(_WORD.findall(reading.message.plain))
            if readings and reading.intent.command == "fact" and leans_on_first:
                continue  # "who is X, and what does he do": one question in two halves
            if any(self._alike(reading.intent, other.intent) for other in readings):
                continue
            readings.append(reading)
            turn = Context(
                reading.intent.command,
                request.at,
                whole.language,
                uses=reading.intent.arguments.get("uses", ()),
                facts=reading.intent.arguments.get("facts", ()),
                places=reading.intent.arguments.get("places", ()),
            )
        if len(readings) != 2:
            return None
        if any(r.intent.command == "estimate" and not r.intent.arguments.get("uses") for r in readings):
            return None
        return readings[0], readings[1]

    @staticmethod
    def _alike(one: Intent, other: Intent) -> bool:
        if one.command != other.command:
            return {one.command, other.command} <= {"estimate", "compare", "equivalents"} or (
                {one.command, other.command} <= {"fact", "method", "compare", "estimate", "models"}
            )
        if one.command == "fact":
            return one.arguments.get("facts", ())[:1] == other.arguments.get("facts", ())[:1]
        return True

    # -- deciding

    def _decide(
        self, heard: Heard, request: Request, context: Context | None, command: str | None, foreign: str | None
    ) -> Reading:
        scores = Scores(self._weights)
        cues = self._cues.hear(heard.masked)
        answer = self._answers.to_quiz(heard.tokens, context)
        if answer is not None and heard.found.uses and any(h.cue.command == "log" and h.start == 0 for h in cues):
            answer = None  # "log 20 images" is no answer, although an option is "20"
        elif answer is None and self._answers.gives_up(heard.tokens, context):
            answer = GAVE_UP
        signs = self._signs.of(heard, context, answer)
        if self._is_elsewhere(heard, signs):
            signs.add("elsewhere")
        if "counted_use" not in signs and self._recall.asks_outright(heard.message.plain):
            signs.add("asked_outright")
            signs.discard("bare_use")
        scores.add_signs(signs)
        scores.add_cues(cues, heard.language if heard.sure else None)
        scores.add_learnt(self._learnt.chances(heard.masked.text, signs, context is not None))
        asked = any(h.cue.command == "fact" and h.cue.weight >= _PLAIN_ASKING for h in cues)
        state = State(heard, context, signs, scores, answer, partial(self._hits, heard, context, signs, asked))
        hits = state.hits if scores.open_to("fact", self._weights.search_weight) else ()
        if hits and self._is_abroad(heard, context, signs, asked):
            signs.add("abroad")
        abroad = "abroad" in signs
        floor = self._weights.strange_floor if abroad else self._weights.search_floor
        if hits and hits[0].score >= floor and heard.beside > 0:
            doubtful = scores.chance("fact") < (_LIKELY if scores.decided else _UNLIKELY)
            weight = hits[0].score * self._weights.search_weight * (0.5 if doubtful else 1.0)
            plain = max(hits[0].score - self._weights.search_sure, 0.0) * self._weights.search_more
            scores.add(
                "fact", weight + (0.0 if "counted_use" in signs else plain), f"search {hits[0].id} {hits[0].score:.2f}"
            )
        ranked = scores.ranked()
        intent = self._arguments.intent(command, state) if command else self._choose(ranked, state, foreign)
        used = context is not None and self._arguments.leant(intent, state)
        told = partial(_told, heard, signs, scores, ranked)
        return Reading(
            heard.message, heard.language, heard.sure, heard.mentions, intent, ranked, used, foreign, (), told
        )

    def _is_elsewhere(self, heard: Heard, signs: set[str]) -> bool:
        """Words that neither this field nor any phrase knows, and nothing that speaks for the field."""
        if not signs.isdisjoint(_FIELD):
            return False
        named = {w for m in heard.mentions for w in _WORD.findall(heard.message.plain[m.start : m.end])}
        strange = sum(1 for t in heard.tokens if len(t) > 2 and t.isalpha() and t not in named and not self._known(t))
        return strange >= _STRANGERS

    def _is_abroad(self, heard: Heard, context: Context | None, signs: set[str], asked: bool) -> bool:
        """Whether only a fact that is found plainly is one that was asked for."""
        if not signs.isdisjoint(("ai", "use", "organisation", "amount", "core")):
            return False
        if context is not None and (heard.lean.leans or heard.lean.refers):
            return False
        if not asked and "domain" not in signs:
            return True
        return self._recall.elsewhere(heard.message.plain)

    def _known(self, token: str) -> bool:
        return self._cues.knows(token) or token in self._grammar.of("idle")

    def _choose(self, ranked: tuple[Candidate, ...], state: State, foreign: str | None) -> Intent:
        signs = state.signs
        if foreign is not None:
            return Intent("decline", {"reason": "language"})
        if "unmeasured" in signs and (not state.hits or state.hits[0].score < SURE):
            return Intent("fact", {"query": state.heard.message.clean})  # "the footprint of AI music": nobody knows
        if ranked and ranked[0].command == NONE:
            return self._arguments.clarify(state, ranked)
        best = ranked[0] if ranked else None
        if best is not None and best.command == "smalltalk" and best.said <= 0:
            # Nothing said so but the examples: what is asked for is no small talk.
            best = next((c for c in ranked if c.command == "fact" and c.said >= _ASKED), best)
        taught = _TAUGHT if "strange" in signs else self._weights.learnt_floor
        if best is None or (best.said < self._weights.floor and best.learnt < taught):
            asks = "plain_words" not in signs and any(c.command in _OPEN for c in ranked)
            asks = asks or ("place_alone" in signs and state.heard.beside <= 1)
            if asks or {"domain", "ai", "unknown", "lost", "loose", "model", "amount"} & signs:
                return self._arguments.clarify(state, ranked)
            if "empty" in signs:
                return Intent("help", {"aspect": "what"})
            return Intent("decline", {"reason": "field"})
        second = ranked[1] if len(ranked) > 1 else None
        intent = self._arguments.intent(best.command, state)
        close = second is not None and second.score > best.score - self._weights.margin
        if second is not None and close and not self._near_enough(best.command, second.command):
            return self._arguments.clarify(state, ranked)
        return intent

    @staticmethod
    def _near_enough(one: str, other: str) -> bool:
        """Commands whose answers overlap: asking which is meant would be more tiresome than either answer."""
        pair = {one, other}
        return any(
            pair <= group
            for group in (
                {"estimate", "compare", "fact", "equivalents", "grid", "reduce"},
                {"method", "sources", "fact", "help"},
                {"report", "budget", "log", "export"},
                {"log", "estimate"},
                {"smalltalk", "help", "decline"},
                {"models", "help", "fact", "estimate"},
                {"decline", "fact"},
            )
        )

    def _hits(self, heard: Heard, context: Context | None, signs: set[str], asked: bool) -> tuple[Hit, ...]:
        if "continues.fact" in signs and context is not None and context.facts:
            return self._recall.further(heard.message.plain, context, heard.found.places)
        return self._recall.find(heard.message.plain, asked)


def _ends_of(text: str) -> str:
    """A very long message says what it wants where it begins or where it ends; the middle is not read."""
    return text if len(text) <= _BEGINNING + _END else f"{text[:_BEGINNING]} ... {text[-_END:]}"


def _told(heard: Heard, signs: set[str], scores: Scores, ranked: tuple[Candidate, ...]) -> tuple[str, ...]:
    return (
        f"language {heard.language}",
        *(f"{m.kind} {m.value!r} [{heard.message.plain[m.start : m.end]}]" for m in heard.mentions),
        *(f"use {use}" for use in heard.found.uses),
        f"signs {' '.join(sorted(signs))}",
        *scores.trace(),
        *(f"score {c.command} {c.score:.2f}" for c in ranked[:5]),
    )


def _in_french_order(heard: Heard) -> bool:
    """ "8 images flux": where nothing else tells the language, the order does. In English it is "8 flux images"."""
    tasks = [m for m in heard.mentions if m.kind == "task" and m.value != "training"]  # but "fine-tuning Llama"
    models = [m for m in heard.mentions if m.kind == "model"]
    led = [m for m in heard.mentions if m.kind in ("model", "seconds", "resolution")]  # "12 s clip veo3" is English
    return any(m.start - t.end == 1 for t in tasks for m in models) and not any(
        t.start - m.end == 1 for t in tasks for m in led
    )


def _asks(piece: str) -> bool:
    return "?" in piece or _ASKING.match(piece) is not None or _WITHIN.search(piece.lower()) is not None


def _settled(said: Sequence[Mention], things: Sequence[Mention]) -> Iterator[Mention]:
    """Where an everyday thing and something else claim the same words, the longer is meant; "50 mails" is the task."""
    lost: set[int] = set()
    cut: dict[int, Mention] = {}
    for whole in things:
        thing = whole
        # "3 hours of Netflix": the length of time is kept beside the thing, to tell how much of it.
        ahead = [m for m in said if m.kind == "minutes" and m.start < thing.start < m.end < thing.end]
        if ahead:
            thing = cut[id(whole)] = replace(whole, start=ahead[0].end + 1)
        over = [m for m in said if m.start < thing.end and thing.start < m.end and m.kind not in ("each", "people")]
        length = thing.end - thing.start
        if any(m.end - m.start >= length or m.kind in ("model", "amount") for m in over):
            lost.add(id(whole))
        else:
            lost.update(id(m) for m in over)
    yield from (cut.get(id(m), m) for m in (*said, *things) if id(m) not in lost)
