"""From a message and the turn before it to an Intent. No input or output, no state, and no string makes it raise.

Language, mentions, uses, cue phrases and the fact search are each found on their own; here they are weighed together
(intents.py), joined with what was said before (followups.py), and turned into the arguments of one command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Protocol, cast

from bot.understanding.answers import Answers
from bot.understanding.cues import Cues, Masked
from bot.understanding.followups import FEW, FollowUps, Leaning, leaning
from bot.understanding.grammar import Grammar
from bot.understanding.intents import Scores, Weights
from bot.understanding.language import detect, foreign
from bot.understanding.mention import Mention
from bot.understanding.quantities import Quantities
from bot.understanding.reading import Candidate, Reading
from bot.understanding.recall import Recall
from bot.understanding.text import Message
from bot.understanding.uses import Found, Uses
from handlers.context import Context
from handlers.request import Intent, Language, Request
from knowledge.calculator.use import Use
from knowledge.library import Library
from knowledge.search import Hit, Search

_WORD = re.compile(r"[a-z0-9]+")
_MASKED = re.compile(r"<[a-z-]+>|[a-z0-9]+")
_PART = re.compile(
    r"(?<=[?!])\s+(?=\S)|(?<=[^\d\W]\.)\s+(?=\S)"
    r"|,?\s+(?=(?:and|et)\s+(?:how|what|why|where|which|who|can|is|are|do|comment|quel|quelle|quels|pourquoi|ou|d'ou|combien|qui|est-ce|c'est)\b)"
)
_PLAINLY = 1.5  # by how much a fact must lead to be meant although a use is named
_PLAIN_ASKING = 2.5  # weight of a cue phrase from which one telling word is enough to search for
_ASKING = re.compile(
    r"(?i)(?:and |et |so |then |also )*"
    r"(?:how|what|why|where|which|who|can|is|are|do|does|compare|estimate|explain|show|give|tell|list|comment|quel|pourquoi"
    r"|où|d'où|combien|qui|est-ce|c'est|que|qu'|explique|montre|donne|dis|liste|calcule)"
)
_MOST_PARTS = 4
_STANDS_ALONE = 3.2  # a part of a message that scores so much is a question of its own
_SHOWN = 3  # facts handed over, readings offered
_ALSO: frozenset[str] = frozenset(
    {"estimate", "compare", "equivalents", "method", "sources", "fact", "grid", "models", "reduce", "help", "report"}
)


class Names(Protocol):
    """What finds models, places and everyday things in a message."""

    def mentions(self, message: Message, language: Language) -> Sequence[Mention]: ...


@dataclass(frozen=True, slots=True)
class _Heard:
    """Everything found in one message (or part of one), before a command is chosen."""

    message: Message
    language: Language
    mentions: tuple[Mention, ...]
    found: Found
    masked: Masked
    tokens: tuple[str, ...]  # without greetings
    beside: int  # words of nothing recognised
    lean: Leaning


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
    ) -> None:
        self._library = library
        self._names = names
        self._quantities = Quantities()
        self._grammar = grammar or Grammar.load()
        self._cues = cues or Cues.load(fillers=self._grammar.of("fillers"))
        for key in ("domain", "ai", "weighed", "electricity", "organisation"):
            self._cues.learn(self._grammar.of(key))
        self._weights = weights or Weights.load()
        self._recall = Recall(library, search, self._grammar)
        self._uses = Uses(library.models, self._grammar)
        self._followups = FollowUps(library.models, self._grammar)
        self._answers = Answers(library, self._grammar)
        self._makers = {
            word: maker
            for maker in sorted({m.maker for m in library.models.values()})
            if len(word := maker.lower().removesuffix(" ai").removesuffix(" labs")) > 3 and word.isalpha()
        }

    def read(self, request: Request, context: Context | None = None, command: str | None = None) -> Reading:
        """``command`` is the name of a command that was called outright; the text then holds only what it is about."""
        message = Message.of(request.text)
        if context is not None and not context.alive(request.at):
            context = None
        language, sure, foreign = self._language(message, request, context)
        heard = self._hear(message, language)
        if command is None and foreign is None:
            parts = self._parts(heard, request, context)
            if parts is not None:
                first, second = parts
                trace = (*first.trace, "also", *second.trace)
                return replace(first, message=message, sure=sure, also=(second.intent,), trace=trace)
        return replace(self._decide(heard, request, context, command, foreign), sure=sure, foreign=foreign)

    @staticmethod
    def _language(message: Message, request: Request, context: Context | None) -> tuple[Language, bool, str | None]:
        """The language, whether the message itself tells it, and the code of one that is not spoken here."""
        told, _ = detect(message)
        if told is not None:
            return request.language or told, True, None
        abroad = foreign(message)
        if request.language is not None:
            return request.language, False, abroad
        if context is not None:
            return ("fr" if context.language == "fr" else "en"), False, abroad
        return request.locale or "en", False, abroad

    # -- hearing

    def _hear(self, message: Message, language: Language) -> _Heard:
        found_names = self._names.mentions(message, language)
        named = [m for m in found_names if m.kind != "thing"]
        things = [m for m in found_names if m.kind == "thing"]
        counted = self._quantities.mentions(message, language, [(m.start, m.end) for m in named])
        mentions = tuple(sorted(_settled((*named, *counted), things), key=lambda m: (m.start, -m.end)))
        found = self._uses.assemble(message, mentions)
        masked = self._cues.mask(message, mentions)
        tokens = tuple(_WORD.findall(masked.plain))
        article = self._grammar.of("article") | self._grammar.of("joins") | self._grammar.of("purpose")
        beside = sum(1 for t in _MASKED.findall(masked.text) if t[0] != "<" and t not in article)
        lean = leaning(tokens, found, beside, self._grammar)
        return _Heard(message, language, mentions, found, masked, tokens, beside, lean)

    def _parts(self, whole: _Heard, request: Request, context: Context | None) -> tuple[Reading, Reading] | None:
        """Two questions in one message, where each stands on its own."""
        clean = whole.message.clean
        pieces = [p for p in _PART.split(clean) if p and len(p) > 7]
        if not 2 <= len(pieces) <= _MOST_PARTS or sum(map(_asks, pieces)) < 2:
            return None
        readings: list[Reading] = []
        turn = context
        for piece in pieces:
            reading = self._decide(self._hear(Message.of(piece), whole.language), request, turn, None, None)
            best = reading.candidates[0] if reading.candidates else None
            if best is None or best.score < _STANDS_ALONE or reading.intent.command not in _ALSO:
                continue
            if best.command != reading.intent.command:
                continue
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
                {one.command, other.command} <= {"fact", "method", "compare", "estimate"}
            )
        if one.command == "fact":
            return one.arguments.get("facts", ())[:1] == other.arguments.get("facts", ())[:1]
        return True

    # -- deciding

    def _decide(
        self, heard: _Heard, request: Request, context: Context | None, command: str | None, foreign: str | None
    ) -> Reading:
        scores = Scores(self._weights)
        answer = self._answers.to_quiz(heard.tokens, context)
        signs = self._signs(heard, context, answer)
        scores.add_signs(signs)
        cues = self._cues.hear(heard.masked)
        scores.add_cues(cues)
        asked = any(h.cue.command == "fact" and h.cue.weight >= _PLAIN_ASKING for h in cues)
        state = _State(heard, context, signs, scores, answer, partial(self._hits, heard, context, signs, asked))
        hits = state.hits if scores.open_to("fact", self._weights.search_weight) else ()
        if hits and hits[0].score >= self._weights.search_floor and heard.beside > 0:
            scores.add("fact", hits[0].score * self._weights.search_weight, f"search {hits[0].id} {hits[0].score:.2f}")
        ranked = scores.ranked()
        intent = self._intent(command, state) if command else self._choose(ranked, state, foreign)
        used = context is not None and self._leant(intent, state)
        trace = (
            f"language {heard.language}",
            *(f"{m.kind} {m.value!r} [{heard.message.plain[m.start : m.end]}]" for m in heard.mentions),
            *(f"use {use}" for use in heard.found.uses),
            f"signs {' '.join(sorted(signs))}",
            *scores.trace,
            *(f"score {c.command} {c.score:.2f}" for c in ranked[:5]),
        )
        return Reading(heard.message, heard.language, True, heard.mentions, intent, ranked, used, None, (), trace)

    def _choose(self, ranked: tuple[Candidate, ...], state: _State, foreign: str | None) -> Intent:
        signs = state.signs
        if foreign is not None and not state.heard.found.uses:
            return Intent("decline", {"reason": "language"})
        best = ranked[0] if ranked else None
        if best is None or best.score < self._weights.floor:
            if {"domain", "ai", "use", "unknown", "lost", "loose", "model", "amount"} & signs:
                return self._clarify(state, ranked)
            if "empty" in signs:
                return Intent("help", {"aspect": "what"})
            return Intent("decline", {"reason": "field"})
        second = ranked[1] if len(ranked) > 1 else None
        intent = self._intent(best.command, state)
        close = second is not None and second.score > best.score - self._weights.margin
        if second is not None and close and not self._near_enough(best.command, second.command):
            return self._clarify(state, ranked)
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
                {"report", "budget", "log"},
                {"smalltalk", "help", "decline"},
                {"models", "help", "fact", "estimate"},
                {"decline", "fact"},
            )
        )

    def _signs(self, heard: _Heard, context: Context | None, answer: int | None) -> set[str]:
        found, tokens, g = heard.found, frozenset(heard.tokens), self._grammar
        said, uses = found.said, found.uses
        models = {u.model for u in uses if u.model}
        signs: set[str] = set()

        def when(sign: str, holds: object) -> None:
            if holds:
                signs.add(sign)

        domain = g.holds("domain", heard.tokens)
        when("empty", not heard.tokens)
        when("use", uses)
        for sign in ("task", "model", "count", "single", "period", "people", "amount", "thing", "horizon"):
            when(sign, sign in said)
        when("size", said & {"tokens", "words", "seconds", "minutes", "resolution"} and uses)
        when("loose", found.loose)
        when("place_and_use", found.places and uses)
        when("measure_and_use", uses and (found.measure or domain))
        when("counted_use", uses and found.counted)
        when("short_use", uses and heard.beside <= FEW)
        when("unknown", found.unknown)
        when("training_named", any(u.task == "training" and u.model for u in uses))
        when("several_models", len(models) > 1)
        when("several_uses", len(uses) > 1)
        when("several_places", len(found.places) > 1)
        when("rivals", found.versus and len(uses) > 1)
        when("thing_and_use", found.things and uses)
        when("rival_thing", found.things and uses and found.versus)
        when("weighed", not g.of("weighed").isdisjoint(tokens) and (len(uses) > 1 or (uses and found.things)))
        when("amount_and_thing", found.amount and found.things)
        when("amount_alone", found.amount and not uses and not found.things)
        when("thing_alone", found.things and not uses and not found.amount)
        when("organisation", g.holds("organisation", heard.tokens))
        when("place_alone", found.places and not uses)
        when("several_places_alone", len(found.places) > 1 and not uses)
        when("grid_word_and_place", found.places and not uses and not g.of("electricity").isdisjoint(tokens))
        when("model_alone", models and "task" not in said and not found.counted and not domain and not found.places)
        when("domain", domain)
        when("ai", g.holds("ai", heard.tokens))
        when("long", heard.beside > FEW + 2)
        when("strange", not domain and not g.holds("ai", heard.tokens) and not heard.mentions)
        when("listed", found.listed)
        when("courtesy", heard.tokens and g.of("fillers").issuperset(heard.tokens))
        when("nothing_used", not uses and (context is None or not context.uses))
        when("quiz_answer", answer is not None)
        if context is None:
            when("lost", heard.lean.marked and not uses)
            return signs
        when("refers", heard.lean.refers)
        when("confirmed", self._answers.confirms(heard.tokens, context))
        when("refused", self._answers.refuses(heard.tokens, context))
        following = self._continues(heard, context)
        if following is not None and answer is None:
            signs.add(f"continues.{following}")
            when("continued", following != "fact")
        return signs

    def _continues(self, heard: _Heard, context: Context) -> str | None:
        """The command that a message leaning on the last turn goes on with."""
        lean, found = heard.lean, heard.found
        if not lean.leans and not (context.waiting and heard.beside <= FEW + 3):
            return None
        part = bool(
            found.uses or found.loose or found.places or found.period or found.people or found.horizon or found.params
        )
        met = {
            "any": lean.marked or lean.refers,
            "use_part": part and bool(context.uses or found.uses or context.earlier),
            "use_full": lean.full,
            "place": bool(found.places) and not found.uses,
            "thing": bool(found.things) and not found.uses,
            "amount": found.amount is not None,
            "model": "model" in found.said,
            "task": "task" in found.said,
            "count": "count" in found.said,
        }
        table = self._weights.continues
        return next((command for sign, command in table.get(context.command, table["other"]) if met[sign]), None)

    def _hits(self, heard: _Heard, context: Context | None, signs: set[str], asked: bool) -> tuple[Hit, ...]:
        if "continues.fact" in signs and context is not None and context.facts:
            return self._recall.further(heard.message.plain, context)
        return self._recall.find(heard.message.plain, asked)

    # -- arguments

    def _intent(self, command: str, state: _State) -> Intent:
        build = _BUILDERS.get(command)
        gives = state.scores.gives.get(command, {})
        if build is None:
            return Intent(command, dict(gives))
        intent = build(self, state, gives)
        return replace(intent, arguments={k: v for k, v in intent.arguments.items() if v not in (None, ())})

    def _base(self, state: _State) -> Context | None:
        if state.context is None:
            return None
        return self._followups.base(state.context, state.heard.found, state.heard.tokens)

    def _merged(self, state: _State, adding: bool = False) -> tuple[Use, ...]:
        """The uses meant: those said now, joined with those of before where the message leans on them."""
        found, lean, base = state.heard.found, state.heard.lean, self._base(state)
        if base is None or not base.uses:
            return found.uses
        leans = lean.leans or any(s.startswith("continues.") for s in state.signs)
        if not leans and found.uses:
            return found.uses
        return self._followups.merge(found, base.uses, adding and not self._replaces(state))

    def _replaces(self, state: _State) -> bool:
        return "instead" in state.heard.tokens or state.heard.lean.corrects or bool(state.heard.found.dropped)

    def _estimate(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        uses = self._merged(state)
        if found.unknown:
            return self._unknown(state, uses)
        if not uses:
            return self._open_question(state)
        if len(uses) > 1 and state.context is not None and state.context.command == "compare" and not found.uses:
            return Intent("compare", {"uses": uses})
        return Intent("estimate", {"uses": uses, "measure": found.measure})

    def _unknown(self, state: _State, uses: tuple[Use, ...]) -> Intent:
        mention = state.heard.found.unknown[0]
        return Intent(
            "clarify", {"waiting": "model", "uses": uses, "unknown": str(mention.value), "near": mention.near}
        )

    def _open_question(self, state: _State) -> Intent:
        loose = state.heard.found.loose
        return Intent("clarify", {"waiting": "task" if loose else "what"})

    def _compare(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        things = found.things
        uses = found.uses
        base = self._base(state)
        before = base.uses if base is not None else ()
        if found.unknown:
            return self._unknown(state, uses)
        if before and "continues.compare" in state.signs:
            uses = self._merged(state, adding=True)
        elif len(uses) + len(things) < 2 and before:
            leans = state.heard.lean.leans or state.heard.lean.refers or not uses
            if not uses and len(found.places) > 1:
                uses = self._merged(state)
            elif not uses and found.places:
                uses = (*before[:1], *(replace(before[0], place=p) for p in found.places))
            elif leans:
                uses = _distinct((*before, *(self._framed(u, before[0]) for u in uses)))
            if len(uses) + len(things) < 2 and context is not None:
                earlier = tuple(u for turn in context.earlier[:1] for u in turn.uses)
                uses = _distinct((*earlier, *uses))
        if not uses and len(found.places) > 1:
            return Intent("grid", {"places": found.places})
        if not uses and context is not None and len(context.places) > 1:
            return Intent("grid", {"places": context.places})
        if len(uses) + len(things) < 2:
            if state.hits and state.hits[0].score >= self._weights.search_floor:
                return self._fact(state, {})
            if uses:
                return Intent("estimate", {"uses": uses, "measure": found.measure})
            return self._open_question(state)
        return Intent("compare", {"uses": uses, "things": things, "measure": found.measure})

    @staticmethod
    def _framed(new: Use, old: Use) -> Use:
        """Something new held against what was there: same place, one of it unless a number was said."""
        return replace(new, place=new.place or old.place, count=new.count if new.count is not None else 1.0)

    def _equivalents(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        thing = found.things[0] if found.things else None
        if found.amount is not None:
            return Intent("equivalents", {"amount": (found.amount.measure, found.amount.value), "thing": thing})
        uses = self._merged(state) if found.uses or found.horizon else ()
        base = self._base(state)
        if uses:
            return Intent("equivalents", {"uses": uses, "thing": thing})
        if context is not None and context.amount is not None and context.command in ("equivalents", "budget"):
            return Intent("equivalents", {"amount": context.amount, "thing": thing})
        if base is not None and base.uses:
            return Intent("equivalents", {"uses": base.uses, "thing": thing})
        if context is not None and context.amount is not None:
            return Intent("equivalents", {"amount": context.amount, "thing": thing})
        if state.hits and state.hits[0].score >= self._weights.search_floor:
            return self._fact(state, {})
        return Intent("clarify", {"waiting": "what"})

    def _method(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        uses = state.heard.found.uses or (state.context.uses if state.context is not None else ())
        task = state.heard.found.uses[0].task if state.heard.found.uses else None
        return Intent("method", {"uses": uses, "aspect": gives.get("aspect"), "topic": task})

    def _sources(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        context = state.context
        about = context is not None and state.heard.beside <= FEW + 3 and not gives.get("aspect")
        return Intent(
            "sources",
            {
                "uses": state.heard.found.uses or (context.uses if context is not None and about else ()),
                "facts": context.facts if context is not None and about else (),
                "aspect": gives.get("aspect"),
            },
        )

    def _fact(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        uses, sums, floor = state.heard.found.uses, state.scores.sums, self._weights.search_floor
        plainly = sums.get("fact", 0.0) - sums.get("estimate", 0.0) > _PLAINLY
        hits = tuple(hit for hit in state.hits if hit.score >= floor * (0.5 if plainly else 0.7))
        if uses and (not hits or (state.heard.found.counted and not plainly and hits[0].score < floor)):
            return self._estimate(state, {})
        if not hits and not {"domain", "ai", "use", "organisation"} & state.signs and state.context is None:
            return Intent("decline", {"reason": "field"})
        return Intent("fact", {"query": state.heard.message.clean, "facts": tuple(hit.id for hit in hits[:_SHOWN])})

    def _grid(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        places = found.places
        if not places and context is not None and (state.heard.lean.refers or found.uses):
            places = tuple(dict.fromkeys((*context.places, *(p for turn in context.earlier for p in turn.places))))
        if found.uses and len(places) > 1:
            return Intent("compare", {"uses": tuple(replace(found.uses[0], place=p) for p in places)})
        order = gives.get("order")
        return Intent("grid", {"places": places, "order": None if places else order or "cleanest", "uses": found.uses})

    def _models(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, ())
        model = next((u.model for u in found.uses if u.model), None)
        tasks = {u.task for u in found.uses} if "task" in found.said else set[str]()
        task = tasks.pop() if len(tasks) == 1 else None
        maker = next((self._makers[t] for t in state.heard.tokens if t in self._makers), None)
        plural = any(t in ("models", "modeles", "generators", "generateurs") for t in state.heard.tokens)
        if maker is not None and plural:
            model = None
        return Intent("models", {"model": model, "task": task, "maker": maker, "query": state.heard.message.clean})

    def _reduce(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        uses = found.uses
        if context is not None and (not uses or "continues.reduce" in state.signs):
            near = state.heard.lean.refers or state.heard.lean.leans or state.heard.beside <= FEW + 3
            uses = uses or (context.uses if near and "ai" not in state.signs else ())
        return Intent("reduce", {"uses": uses, "task": uses[0].task if uses else None})

    def _quiz(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        return Intent("quiz", {"answer": state.answer})

    def _log(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        if gives.get("undo"):
            return Intent("log", {"undo": True})
        uses = state.heard.found.uses or (state.context.uses if state.context is not None else ())
        if state.heard.found.unknown:
            return self._unknown(state, uses)
        return Intent("log", {"uses": uses})

    def _report(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        period = state.heard.found.period
        return Intent("report", {"period": period.period if period is not None else gives.get("period")})

    def _budget(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        amount = state.heard.found.amount
        said = (amount.measure, amount.value) if amount is not None else None
        return Intent("budget", {"amount": said, "clear": gives.get("clear")})

    def _settings(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, ())
        return Intent(
            "settings",
            {
                "language": gives.get("language"),
                "place": found.places[0] if found.places else None,
                "model": next((u.model for u in found.uses if u.model), None),
            },
        )

    def _privacy(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        confirmed = "confirmed" in state.signs
        return Intent(
            "privacy", {"aspect": "erase" if confirmed else gives.get("aspect"), "confirmed": confirmed or None}
        )

    def _smalltalk(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        return Intent("smalltalk", {"kind": gives.get("kind", "ok")})

    def _decline(self, state: _State, gives: Mapping[str, Any]) -> Intent:
        return Intent("decline", {"reason": "field"})

    def _clarify(self, state: _State, ranked: tuple[Candidate, ...]) -> Intent:
        """A question back, with up to three readings to tap."""
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, found.uses)
        readings: list[Intent] = []
        for candidate in ranked:
            if candidate.command in ("smalltalk", "decline", "clarify") or len(readings) == _SHOWN:
                continue
            intent = self._intent(candidate.command, state)
            if intent.command != "clarify" and all(intent.command != r.command for r in readings):
                readings.append(intent)
        waiting = "task" if found.loose and not found.uses else "what"
        arguments: dict[str, Any] = {"waiting": waiting, "uses": found.uses, "readings": tuple(readings)}
        return Intent("clarify", {k: v for k, v in arguments.items() if v != ()})

    def _leant(self, intent: Intent, state: _State) -> bool:
        """Whether anything of the turn before went into the Intent."""
        if state.context is None:
            return False
        if any(s.startswith("continues.") or s in ("quiz_answer", "confirmed") for s in state.signs):
            return True
        uses = cast("tuple[Use, ...]", intent.arguments.get("uses", ()))
        return any(use not in state.heard.found.uses for use in uses) or (
            intent.arguments.get("facts", ()) == state.context.facts != ()
        )


@dataclass(frozen=True)
class _State:
    """What the building of arguments may look at. Facts are searched for once, and only when someone looks."""

    heard: _Heard
    context: Context | None
    signs: set[str]
    scores: Scores
    answer: int | None
    search: Callable[[], tuple[Hit, ...]]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        return self.search()


def _asks(piece: str) -> bool:
    return "?" in piece or _ASKING.match(piece) is not None


def _settled(said: Sequence[Mention], things: Sequence[Mention]) -> Iterator[Mention]:
    """Where an everyday thing and something else claim the same words, the longer is meant; "50 mails" is the task."""
    lost: set[int] = set()
    for thing in things:
        over = [m for m in said if m.start < thing.end and thing.start < m.end and m.kind not in ("each", "people")]
        length = thing.end - thing.start
        if any(m.end - m.start >= length or m.kind in ("model", "amount", "place") for m in over):
            lost.add(id(thing))
        else:
            lost.update(id(m) for m in over)
    yield from (m for m in (*said, *things) if id(m) not in lost)


def _distinct(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    return tuple(dict.fromkeys(uses))


class _Builder(Protocol):
    def __call__(self, reader: Understanding, state: _State, gives: Mapping[str, Any], /) -> Intent: ...


_BUILDERS: Mapping[str, _Builder] = {
    "estimate": Understanding._estimate,  # pyright: ignore[reportPrivateUsage]
    "compare": Understanding._compare,  # pyright: ignore[reportPrivateUsage]
    "equivalents": Understanding._equivalents,  # pyright: ignore[reportPrivateUsage]
    "method": Understanding._method,  # pyright: ignore[reportPrivateUsage]
    "sources": Understanding._sources,  # pyright: ignore[reportPrivateUsage]
    "fact": Understanding._fact,  # pyright: ignore[reportPrivateUsage]
    "grid": Understanding._grid,  # pyright: ignore[reportPrivateUsage]
    "models": Understanding._models,  # pyright: ignore[reportPrivateUsage]
    "reduce": Understanding._reduce,  # pyright: ignore[reportPrivateUsage]
    "quiz": Understanding._quiz,  # pyright: ignore[reportPrivateUsage]
    "log": Understanding._log,  # pyright: ignore[reportPrivateUsage]
    "report": Understanding._report,  # pyright: ignore[reportPrivateUsage]
    "budget": Understanding._budget,  # pyright: ignore[reportPrivateUsage]
    "settings": Understanding._settings,  # pyright: ignore[reportPrivateUsage]
    "privacy": Understanding._privacy,  # pyright: ignore[reportPrivateUsage]
    "smalltalk": Understanding._smalltalk,  # pyright: ignore[reportPrivateUsage]
    "decline": Understanding._decline,  # pyright: ignore[reportPrivateUsage]
}
