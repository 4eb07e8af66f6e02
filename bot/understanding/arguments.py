"""The arguments of each command, from what was found now and what the turn before leaves to lean on.

A command that turns out to have nothing to act on becomes the question that would help, or the neighbour that can
answer: a comparison of one thing is an estimate, a fact that is not in the base is the use it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, cast

from bot.understanding.accounts import Accounts
from bot.understanding.followups import FEW, FollowUps
from bot.understanding.grammar import Grammar
from bot.understanding.gridded import grid
from bot.understanding.intents import Weights
from bot.understanding.learnt import NONE
from bot.understanding.reading import Candidate
from bot.understanding.recall import EVERYWHERE
from bot.understanding.state import State
from bot.understanding.unnamed import unnamed
from handlers.context import Context
from handlers.request import Intent
from knowledge.calculator.use import Use
from knowledge.library import Library

_COUNTED = 0.15  # by how much better a fact must be found where a use is described
_PLAINLY = 3.0  # by how much a fact must lead to be meant although a use is named
_TOLD = 5.0  # of phrases that ask for a fact, from which it is of this field whatever its other words
_UNSAID = 0.45  # from which a fact answers a message that speaks of AI and of none of its costs
_BESIDE = 3  # words beside a use that is named and not counted, from which it is asked of another field
_HOW = (None, "calculation", "assumptions", "boundary")  # of the method: how a figure comes about
_SUPPOSED = {"text": "tokens", "reasoning": "tokens", "code": "tokens", "video": "seconds"}  # of each, how long it is
_SHOWN = 3  # facts handed over, readings offered


class Arguments:
    """Builds the Intent of any command. Empty arguments are left out."""

    def __init__(self, library: Library, grammar: Grammar, weights: Weights, accounts: Accounts) -> None:
        self._library = library
        self._weights = weights
        self._grammar = grammar
        supposed = {task: library.defaults.get(f"{kind}.{task}") for task, kind in _SUPPOSED.items()}
        lengths = {task: default.value for task, default in supposed.items() if default is not None}
        self._followups = FollowUps(library.models, grammar, lengths)
        self._accounts = accounts
        self._makers = {
            word: maker
            for maker in sorted({m.maker for m in library.models.values()})
            if len(word := maker.lower().removesuffix(" ai").removesuffix(" labs")) > 3 and word.isalpha()
        }

    def intent(self, command: str, state: State) -> Intent:
        build = _BUILDERS.get(command)
        gives = state.scores.gives.get(command, {})
        if build is None:
            return Intent(command, dict(gives))
        intent = build(self, state, gives)
        arguments = {k: v for k, v in intent.arguments.items() if v not in (None, ())}
        return Intent(intent.command, arguments, intent.origin)

    def _base(self, state: State) -> Context | None:
        if state.context is None:
            return None
        return self._followups.base(state.context, state.heard.found, state.heard.tokens)

    def _merged(self, state: State, adding: bool = False) -> tuple[Use, ...]:
        """The uses meant: those said now, joined with those of before where the message leans on them."""
        found, lean, base = state.heard.found, state.heard.lean, self._base(state)
        if base is None or not base.uses:
            return self._there(state)
        leans = lean.leans or any(s.startswith("continues.") for s in state.signs)
        asked_of = base.command == "models" and len(base.uses) == 1
        if not leans and found.uses and not (asked_of and all(u.model is None for u in found.uses)):
            return self._there(state)  # but "how much for 10 replies" after a model was spoken of is of that model
        waiting = base.command == "clarify" and base.waiting == "task"
        replaces = self._replaces(state)
        only = self._grammar.starts("only", state.heard.tokens) or self._grammar.ends("only", state.heard.tokens)
        return self._followups.merge(found, base.uses, adding and not replaces, waiting, replaces, only)

    def _there(self, state: State) -> tuple[Use, ...]:
        """A use of its own, "there": in the place that was spoken of last."""
        uses, context = state.heard.found.uses, state.context
        words = tuple(word.text for word in state.heard.message.words)
        if context is None or any(u.place for u in uses) or not self._grammar.holds("yonder", words):
            return uses
        place = next((p for p in (*context.places, *(u.place for u in context.uses)) if p), None)
        return tuple(replace(u, place=place) for u in uses)

    def _replaces(self, state: State) -> bool:
        return "instead" in state.heard.tokens or state.heard.lean.corrects or bool(state.heard.found.dropped)

    def _estimate(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        base = self._base(state)
        more = self._followups.added(found, base.uses, state.heard.tokens) if base is not None else ()
        uses = more or self._merged(state)
        if found.unknown:
            return self._unknown(state, uses)
        if not uses:
            return self._open_question(state)
        held = state.context.amount if state.context is not None and state.context.command == "equivalents" else None
        told = found.asked or not found.uses or (state.heard.lean.refers and state.heard.beside <= FEW)
        if held is not None and not found.counted and told:
            return Intent("equivalents", {"uses": uses[:1], "amount": held})  # "and how many clips?", "in Poland?"
        listed = len(found.uses) < 2 <= len(uses) and state.context is not None and state.context.command == "models"
        held_apart = "continues.compare" in state.signs and len(uses) > 1  # "make it 1000 prompts each"
        if (
            listed
            or held_apart
            or (len(uses) > 1 and not found.uses and (self._compared(state) or len(found.places) > 1))
        ):
            return Intent("compare", {"uses": uses, "measure": found.measure})
        return Intent("estimate", {"uses": uses, "measure": found.measure})

    @staticmethod
    def _compared(state: State) -> bool:
        """Whether the uses that the message goes on with were held against each other before."""
        turn = state.context
        if turn is None:
            return False
        return any(t.command == "compare" and len(t.uses) == len(turn.uses) for t in (turn, *turn.earlier))

    def _unknown(self, state: State, uses: tuple[Use, ...]) -> Intent:
        mention = state.heard.found.unknown[0]
        return Intent(
            "clarify", {"waiting": "model", "uses": uses, "unknown": str(mention.value), "near": mention.near}
        )

    def _open_question(self, state: State) -> Intent:
        known = unnamed(state.heard.found)
        return Intent("clarify", {"waiting": "task" if known else "what", "uses": known})

    def _compare(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        things = found.things
        uses = found.uses
        base = self._base(state)
        before = base.uses if base is not None else ()
        if found.unknown:
            return self._unknown(state, uses)
        if "continues.reduce" in state.signs and not found.uses:
            return self._reduce(state, gives)  # "would shorter answers help?" - "by how much?"
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
        if before and len(uses) + len(things) < 2 and context is not None and not found.dropped:
            turns = (turn.uses for turn in context.earlier)
            uses = _distinct((*next((t for t in turns if any(u not in uses for u in t)), ()), *uses))
        if len(uses) == 1 and uses[0].task == "search" and not things and "ai" in state.signs:
            uses = (*uses, Use("text", place=uses[0].place))  # "search engine or chatbot?"
        if not uses and len(found.places) > 1:
            return Intent("grid", {"places": found.places})
        if not uses and context is not None and not things:
            spoken = tuple(dict.fromkeys((*context.places, *(p for turn in context.earlier for p in turn.places))))
            if len(spoken) > 1 and (len(context.places) > 1 or context.command == "grid"):
                return Intent("grid", {"places": spoken})
        if len(uses) + len(things) < 2:
            going_on = bool(before and uses) and self._replaces(state)  # "use GPT-4o instead"
            if not going_on and state.hits and state.hits[0].score >= self._weights.search_floor:
                return self._fact(state, {})
            if uses:
                return Intent("estimate", {"uses": uses, "measure": found.measure})
            return self._open_question(state)
        amounts = found.amounts if things and set(found.amounts) != {1.0} else ()
        return Intent("compare", {"uses": uses, "things": things, "amounts": amounts, "measure": found.measure})

    @staticmethod
    def _framed(new: Use, old: Use) -> Use:
        """Something new held against what was there: same place, one of it unless a number was said."""
        return replace(new, place=new.place or old.place, count=new.count if new.count is not None else 1.0)

    def _equivalents(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        thing = found.things[0] if found.things else gives.get("thing")
        if found.amount is not None:
            asked: dict[str, Any] = {"amount": (found.amount.measure, found.amount.value), "thing": thing}
            if found.amount.measure == "energy_wh" and found.measure == "co2e_g" and thing is None:
                asked.update(measure="co2e_g", place=found.places[0] if found.places else None)  # "2 kWh in CO2?"
            if found.counted and found.uses[0].count not in (None, 1.0) and not found.asked:
                return self._estimate(state, gives)  # "is 1 kWh a lot for 20 images?"
            if found.asked and thing is None:
                asked["uses"] = found.uses[:1]  # "how many images is that kilo?"
            elif context is not None and context.amount is not None and context.uses and not found.uses:
                asked["uses"] = context.uses[:1]  # "and 5 kg?"
            return Intent("equivalents", asked)
        uses = self._merged(state) if found.uses or found.horizon else ()
        base = self._base(state)
        if thing is not None and base is not None and base.uses and state.heard.lean.refers and not found.counted:
            uses = ()  # "translate that into meals": the verb is no use
        if uses and thing is not None and all(use in found.uses and use.count is None for use in uses):
            return self._compare(state, {})  # "how many prompts is an hour of streaming?": one held against the other
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

    def _method(self, state: State, gives: Mapping[str, Any]) -> Intent:
        uses = state.heard.found.uses or (state.context.uses if state.context is not None else ())
        task = state.heard.found.uses[0].task if state.heard.found.uses else None
        aspect = gives.get("aspect")
        if state.heard.found.measure == "water_ml" and aspect in _HOW:
            aspect = "water"  # "and for water, what do you count?"
        return Intent("method", {"uses": uses, "aspect": aspect, "topic": task})

    def _sources(self, state: State, gives: Mapping[str, Any]) -> Intent:
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

    def _fact(self, state: State, gives: Mapping[str, Any]) -> Intent:
        uses, scores, floor = state.heard.found.uses, state.scores, self._weights.search_floor
        if "fact_goes_on" in state.signs and state.context is not None:
            return Intent("fact", {"facts": state.context.facts[1:] or state.context.facts})  # "tell me more"
        plainly = scores.total("fact") - scores.total("estimate") > _PLAINLY
        least = floor * (0.5 if plainly else 0.7)
        footprint = {"domain", "core", "amount", "counted_use", "measure_and_use"} & state.signs
        if not footprint and state.context is None and scores.sums.get("fact", 0.0) < _TOLD:
            least = max(least, _UNSAID)
        if "abroad" in state.signs and "domain" in state.signs:
            least = self._weights.strange_floor
            if not state.hits or state.hits[0].score < least:
                return Intent("decline", {"reason": "field"})
        hits = tuple(hit for hit in state.hits if hit.score >= least)
        weak = state.heard.found.counted and not plainly
        if uses and (not hits or (weak and hits[0].score < floor + _COUNTED)):
            named_only = not state.heard.found.counted and not {"domain", "core"} & state.signs
            if named_only and state.context is None and state.heard.beside > _BESIDE:
                return Intent("decline", {"reason": "field"})  # "should I still study graphic design?"
            held = state.heard.found.versus and len(uses) > 1
            return self._compare(state, {}) if held else self._estimate(state, {})
        known = bool({"domain", "core", "ai", "use", "organisation"} & state.signs) or "continues.fact" in state.signs
        context = state.context
        if not hits and context is not None and "continues.fact" in state.signs and self._is_elsewhere(state):
            return Intent("fact", {"query": state.heard.message.clean, "near": context.facts})  # "and in Germany?"
        if not hits and context is not None and context.facts and state.heard.lean.refers:
            return Intent("fact", {"query": state.heard.message.clean, "facts": context.facts})  # "did he say how?"
        plainly = plainly and scores.sums.get("fact", 0.0) >= _TOLD
        if not (known or plainly) and (not hits or hits[0].score < floor):
            return Intent("decline", {"reason": "field"})
        return Intent("fact", {"query": state.heard.message.clean, "facts": tuple(hit.id for hit in hits[:_SHOWN])})

    @staticmethod
    def _is_elsewhere(state: State) -> bool:
        return any(place not in EVERYWHERE for place in state.heard.found.places)

    def _grid(self, state: State, gives: Mapping[str, Any]) -> Intent:
        return grid(state, gives, self._grammar)

    def _models(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, ())
        model = next((u.model for u in found.uses if u.model), None)
        tasks = {u.task for u in found.uses} if "task" in found.said else set[str]()
        task = tasks.pop() if len(tasks) == 1 else None
        maker = next((self._makers[t] for t in state.heard.tokens if t in self._makers), None)
        if self._grammar.holds("several_models", state.heard.tokens):
            known = self._library.models.get(model) if model is not None else None
            maker = maker or (known.maker if known is not None else None)
            model = None if maker is not None else model
        named = tuple(dict.fromkeys(u.model for u in found.uses if u.model))
        several = {"several": named} if len(named) > 1 else {}
        query = state.heard.message.clean
        return Intent("models", {"model": model, "task": task, "maker": maker, "query": query, **several})

    def _reduce(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found, context = state.heard.found, state.context
        uses = found.uses
        if context is not None and (not uses or "continues.reduce" in state.signs):
            near = state.heard.lean.refers or state.heard.lean.leans or state.heard.beside <= FEW + 3
            uses = uses or (context.uses if near and "ai" not in state.signs else ())
        return Intent("reduce", {"uses": uses, "task": uses[0].task if uses else None})

    def _quiz(self, state: State, gives: Mapping[str, Any]) -> Intent:
        return Intent("quiz", {"keep": gives["keep"]} if "keep" in gives else {"answer": state.answer})

    def _log(self, state: State, gives: Mapping[str, Any]) -> Intent:
        if self._takes_back(state) and (gives.get("undo") or not state.heard.found.uses):
            return Intent("budget", {"clear": True})
        if gives.get("undo"):
            return Intent("log", {"undo": True})
        mended = "continues.instead" in state.signs
        uses = state.heard.found.uses or (state.context.uses if state.context is not None else ())
        if state.heard.found.unknown:
            return self._unknown(state, uses)
        return Intent("log", {"uses": self._merged(state) if mended else uses, "instead": mended or None})

    def _takes_back(self, state: State) -> bool:
        """ "A cap of 20 kg" - "remove it": the budget, and no line of the ledger."""
        spoken = state.context is not None and state.context.command == "budget"
        return spoken and not state.heard.found.uses and self._grammar.starts("drops", state.heard.tokens)

    def _report(self, state: State, gives: Mapping[str, Any]) -> Intent:
        return Intent("report", {**gives, **self._accounts.report(state.heard.tokens)})

    def _digest(self, state: State, gives: Mapping[str, Any]) -> Intent:
        message = state.heard.message
        asked = self._accounts.digest(state.heard.tokens, message.clean, message.plain)
        return Intent("digest", {**asked, **gives})

    def _budget(self, state: State, gives: Mapping[str, Any]) -> Intent:
        amount = state.heard.found.amount
        said = (amount.measure, amount.value) if amount is not None else None
        found = state.heard.found
        spread = found.horizon or (found.period.period if found.period is not None else None)
        asked = {"spread": spread} if said is not None and spread not in (None, "month") else {}
        clear = gives.get("clear") or (said is None and self._takes_back(state)) or None
        return Intent("budget", {"amount": said, "clear": clear, **asked})

    def _settings(self, state: State, gives: Mapping[str, Any]) -> Intent:
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, ())
        uses = found.uses or self._followups.pointed(state.context, state.heard.tokens, state.heard.lean)
        return Intent(
            "settings",
            {
                "language": gives.get("language"),
                "whose": gives.get("whose"),
                "visible": gives.get("visible"),
                "units": gives.get("units"),
                "place": found.places[0] if found.places else None,
                "model": next((u.model for u in uses if u.model), None),
            },
        )

    def _named(self, state: State, gives: Mapping[str, Any]) -> Intent:
        """Where no phrase says on or off, what was typed after the command is the name."""
        said = None if gives.get("state") else state.heard.message.clean
        return Intent("named", {"state": gives.get("state"), "name": said or None})

    def _feedback(self, state: State, gives: Mapping[str, Any]) -> Intent:
        """Reached by its command alone, so that nothing but what was typed for us on purpose is kept."""
        return Intent("feedback", {"words": state.heard.message.clean or None})

    def _privacy(self, state: State, gives: Mapping[str, Any]) -> Intent:
        confirmed = "confirmed" in state.signs
        return Intent(
            "privacy", {"aspect": "erase" if confirmed else gives.get("aspect"), "confirmed": confirmed or None}
        )

    def _smalltalk(self, state: State, gives: Mapping[str, Any]) -> Intent:
        return Intent("smalltalk", {"kind": gives.get("kind", "ok")})

    def _decline(self, state: State, gives: Mapping[str, Any]) -> Intent:
        return Intent("decline", {"reason": "field"})

    def clarify(self, state: State, ranked: tuple[Candidate, ...]) -> Intent:
        """A question back, with up to three readings to tap."""
        found = state.heard.found
        if found.unknown:
            return self._unknown(state, found.uses)
        readings: list[Intent] = []
        for candidate in ranked:
            if candidate.command in (NONE, "smalltalk", "decline", "clarify") or len(readings) == _SHOWN:
                continue
            intent = self.intent(candidate.command, state)
            if intent.command not in ("clarify", "decline") and all(intent.command != r.command for r in readings):
                readings.append(intent)
        known = found.uses or unnamed(state.heard.found)
        waiting = "task" if known and not found.uses else "what"
        arguments: dict[str, Any] = {"waiting": waiting, "uses": known, "readings": tuple(readings)}
        return Intent("clarify", {k: v for k, v in arguments.items() if v != ()})

    def leant(self, intent: Intent, state: State) -> bool:
        """Whether anything of the turn before went into the Intent."""
        if state.context is None:
            return False
        if any(s.startswith("continues.") or s in ("quiz_answer", "confirmed") for s in state.signs):
            return True
        uses = cast("tuple[Use, ...]", intent.arguments.get("uses", ()))
        return any(use not in state.heard.found.uses for use in uses) or (
            intent.arguments.get("facts", ()) == state.context.facts != ()
        )


def _distinct(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    return tuple(dict.fromkeys(uses))


class _Builder(Protocol):
    def __call__(self, maker: Arguments, state: State, gives: Mapping[str, Any], /) -> Intent: ...


_BUILDERS: Mapping[str, _Builder] = {
    "estimate": Arguments._estimate,  # pyright: ignore[reportPrivateUsage]
    "compare": Arguments._compare,  # pyright: ignore[reportPrivateUsage]
    "equivalents": Arguments._equivalents,  # pyright: ignore[reportPrivateUsage]
    "method": Arguments._method,  # pyright: ignore[reportPrivateUsage]
    "sources": Arguments._sources,  # pyright: ignore[reportPrivateUsage]
    "fact": Arguments._fact,  # pyright: ignore[reportPrivateUsage]
    "grid": Arguments._grid,  # pyright: ignore[reportPrivateUsage]
    "models": Arguments._models,  # pyright: ignore[reportPrivateUsage]
    "reduce": Arguments._reduce,  # pyright: ignore[reportPrivateUsage]
    "quiz": Arguments._quiz,  # pyright: ignore[reportPrivateUsage]
    "log": Arguments._log,  # pyright: ignore[reportPrivateUsage]
    "report": Arguments._report,  # pyright: ignore[reportPrivateUsage]
    "digest": Arguments._digest,  # pyright: ignore[reportPrivateUsage]
    "budget": Arguments._budget,  # pyright: ignore[reportPrivateUsage]
    "settings": Arguments._settings,  # pyright: ignore[reportPrivateUsage]
    "named": Arguments._named,  # pyright: ignore[reportPrivateUsage]
    "feedback": Arguments._feedback,  # pyright: ignore[reportPrivateUsage]
    "privacy": Arguments._privacy,  # pyright: ignore[reportPrivateUsage]
    "smalltalk": Arguments._smalltalk,  # pyright: ignore[reportPrivateUsage]
    "decline": Arguments._decline,  # pyright: ignore[reportPrivateUsage]
}
