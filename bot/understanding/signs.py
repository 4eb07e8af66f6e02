"""The signs by which commands are told apart: what was found, how the message is built, and what came before."""

from __future__ import annotations

import re

from bot.understanding.accounts import Accounts
from bot.understanding.answers import Answers
from bot.understanding.followups import FEW
from bot.understanding.grammar import Grammar
from bot.understanding.intents import Weights
from bot.understanding.state import Heard
from handlers.context import Context

_SMALL = ("idle", "vague", "refers", "follow", "article")  # lists of words that say nothing by themselves
_MASKED = re.compile(r"<[a-z-]+>|[a-z0-9]+")
_NAMED = frozenset(("task", "model", "unknown-model", "single"))
_MADE = frozenset(("image", "video"))  # "how much CO2 for one image?"
_MENDING = 4  # words beside what is put right: "ah no, I meant 15"
_BEFORE_HAVING = frozenset(("j", "n", "t", "l", "y", "m", "en"))


class Signs:
    """Names of signs are those of weights.yaml."""

    def __init__(self, grammar: Grammar, weights: Weights, answers: Answers, accounts: Accounts) -> None:
        self._grammar = grammar
        self._accounts = accounts
        self._weights = weights
        self._answers = answers
        self._makers = grammar.of("organisation")
        self._vague = frozenset(w for key in _SMALL for w in grammar.of(key))

    def of(self, heard: Heard, context: Context | None, answer: int | None) -> set[str]:
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
        when("params", found.params)
        when("place_and_use", found.places and uses)
        when("measure_and_use", uses and (found.measure or domain))
        when("counted_use", uses and found.counted)
        when("counted_model", models and not said.isdisjoint(("count", "minutes", "seconds")))
        ai = g.holds("ai", _without_having(heard.tokens))
        telling = found.counted or models or domain or ai or context is not None
        when("short_use", uses and heard.beside <= FEW and telling)
        # "chat" is a cat and "tea" a drink where nothing else speaks of the field.
        when("plain_words", uses and not telling and all(u.task == "text" for u in uses))
        when("unknown", found.unknown)
        when("training_named", any(u.task == "training" and u.model for u in uses))
        when("several_models", len(models) > 1)
        when("several_uses", len(uses) > 1)
        when("several_places", len(found.places) > 1)
        when("rivals", found.versus and len(uses) > 1)
        when("thing_and_use", found.things and uses)
        when("rival_thing", found.things and uses and found.versus)
        weighed = g.of("weighed").intersection(tokens) - ({"plus"} if _adds(heard.tokens) else set())
        when("weighed", weighed and (len(uses) > 1 or (uses and found.things)))
        when("amount_and_thing", found.amount and found.things)
        turned = found.amount is not None and found.amount.measure == "energy_wh" and found.measure == "co2e_g"
        when("amount_turned", turned and found.places and not uses)
        when("fits", found.amount and found.asked and len(uses) == 1)
        when("amount_alone", found.amount and not uses and not found.things)
        when("thing_alone", found.things and not uses and not found.amount and (domain or context is not None))
        # "Microsofts", typed without its apostrophe, is Microsoft.
        singular = tuple(t[:-1] if len(t) > 4 and t[-1] == "s" else t for t in heard.tokens)
        when("organisation", g.holds("organisation", heard.tokens) or g.holds("organisation", singular))
        when("core", g.holds("core", heard.tokens) or g.holds("core", singular))
        there = any(place != "WOR" for place in found.places)  # "worldwide" is where most facts are of
        when("place_alone", there and not uses)
        grid_word = not g.of("electricity").isdisjoint(tokens)
        only = heard.beside <= 1 and not (uses or grid_word or domain)
        when("place_only", there and only and context is None)
        when("several_places_alone", len(found.places) > 1 and not uses)
        moved = context is not None and bool(context.uses) and self._moves(heard)
        when("grid_word_and_place", there and not uses and grid_word and not moved)
        named = len(models) + len(found.unknown)
        when("bare_use", (named == 1 or (found.counted and not named)) and self._is_bare(heard))
        when("model_alone", models and "task" not in said and not found.counted and not domain and not found.places)
        when("domain", domain)
        when("ai", ai)
        if not (uses or domain or ai or found.amount or context is not None):
            signs -= {"thing"}
        when("long", heard.beside > FEW + 2)
        when("strange", not domain and not ai and not heard.mentions)
        when("listed", found.listed)
        when("courtesy", heard.tokens and g.of("fillers").issuperset(heard.tokens))
        when("nothing_used", not uses and (context is None or not context.uses))
        when("quiz_answer", answer is not None)
        spoken = all(u.task == "speech" for u in uses) and not found.things
        when("unmeasured", spoken and (domain or ai or models) and g.holds("unmeasured", heard.tokens))
        when("own_footprint", not uses and _own(heard.tokens, g))
        when("vague", heard.tokens and not heard.mentions and self._vague.issuperset(tokens))
        if context is None:
            amount = not g.of("amount_asked").isdisjoint(tokens)
            when("measure_alone", heard.lean.asks and amount and "organisation" not in signs)
            pointing = not (g.of("vague") | g.of("refers")).isdisjoint(tokens)
            when("lost", not uses and ((heard.lean.marked and heard.beside <= FEW) or ("vague" in signs and pointing)))
            return signs
        when("refers", heard.lean.refers)
        if heard.beside <= FEW and not heard.mentions and g.starts("going_on", heard.tokens):
            when("goes_on", context.uses)
            when("fact_goes_on", context.command == "fact" and not context.uses)
        when("confirmed", self._answers.confirms(heard.tokens, context))
        when("refused", self._answers.refuses(heard.tokens, context))
        adds = context.command == "estimate" and found.uses and not heard.lean.refers
        when("adds", adds and heard.beside <= FEW and g.starts("on_top", heard.tokens))
        following = self._followed(heard, context)
        if following is not None and answer is None:
            signs.add(f"continues.{following}")
            when("continued", following != "fact")
            when("continues.instead", following == "log" == context.command and self._mends(heard, context))
            when("moved", context.command == "reduce" and found.places)
        return signs

    def _is_bare(self, heard: Heard) -> bool:
        """ "How much does GPT-6 use?", "is Haiku bad for the planet": what one model costs, and not a word more."""
        found, g = heard.found, self._grammar
        if len(found.uses) != 1 or found.things or found.amount or found.people or heard.lean.marked:
            return False
        if found.counted and ("single" not in found.said or found.uses[0].task not in _MADE):
            return False
        if not _NAMED.issuperset(found.said) or found.uses[0].task == "training":
            return False
        telling, plain = g.of("costs"), g.of("around_costs")
        words = [w for w in _MASKED.findall(heard.masked.text) if w[0] != "<"]
        return any(w in telling for w in words) and all(w in telling or w in plain for w in words)

    def _mends(self, heard: Heard, context: Context) -> bool:
        """Whether what was just said is put right: "no, 15", and of a line just written "make that 30" too."""
        return heard.lean.corrects or (context.command == "log" and self._grammar.starts("renumbers", heard.tokens))

    def _plain(self, heard: Heard) -> bool:
        """Whether a correction is nothing but that: no question, and nothing more of the same."""
        asks = "?" in heard.message.plain or heard.beside > _MENDING
        return not asks and self._grammar.of("further").isdisjoint(heard.tokens)

    def _moves(self, heard: Heard) -> bool:
        """ "Same again on the Finnish grid", « et avec l'électricité indienne »: what was asked before, elsewhere."""
        upon, electricity = self._grammar.of("upon"), self._grammar.of("electricity")
        words = heard.masked.text.split()
        for at, word in enumerate(words):
            if not word.startswith("<place"):
                continue
            behind = at + 1 < len(words) and words[at + 1].strip("?.!,") in electricity
            led = words[max(at - 2, 0) : at]
            before = len(led) > 0 and led[-1].rpartition("'")[2] in electricity
            leading = words[max(at - 3, 0) : at] if before else led
            if (behind or before) and not upon.isdisjoint(leading):
                return True
        return False

    def _followed(self, heard: Heard, context: Context) -> str | None:
        """The command that a message leaning on the last turn goes on with."""
        lean, found = heard.lean, heard.found
        person = context.command == "fact" and not found.uses and self._grammar.holds("somebody", heard.tokens)
        waited = context.waiting and heard.beside <= FEW + 3
        dated = context.command == "fact" and not found.uses and lean.fragment and any(map(_is_year, heard.tokens))
        apart = not found.uses and self._grammar.starts("apart", heard.tokens)
        if apart and (context.command in ("compare", "reduce", "fact") or len(context.places) > 1):
            return context.command  # "by how much?"
        if not found.uses and self._grammar.holds("choice", heard.tokens):
            if context.command in ("grid", "compare"):
                return context.command
            if context.command == "estimate" and any(turn.uses for turn in context.earlier[:1]):
                return "compare"  # "100 prompts in Germany", "and in France?", "which of the two is better?"
        if context.command == "compare" and found.uses and self._grammar.starts("adding", heard.tokens):
            return "compare"  # "add a clip to that"
        ranks = self._grammar.holds("dirtiest", heard.tokens) or not self._grammar.of("weighed").isdisjoint(
            heard.tokens
        )
        if context.command == "grid" and ranks and heard.lean.fragment and not found.uses and not found.places:
            return "grid"  # "and the dirtiest?"
        asked = heard.lean.refers and len(found.uses) == 1 and bool(context.uses)
        if asked and self._grammar.holds("more_than", heard.tokens):
            return "compare"  # "is that more than a Google search?"
        opposed = found.uses and context.uses and not found.versus
        if opposed and self._grammar.starts("opposing", _begun(heard)):
            return "compare"
        others = frozenset(heard.tokens) - self._makers - {"s", "d"}
        if context.command == "fact" and len(others) < len(heard.tokens) <= FEW + 1 and self._vague.issuperset(others):
            return "fact"  # "what is PUE" - "what's Google's?"
        if not (lean.leans or lean.asks or waited or (person and heard.beside <= 2 * FEW)):
            return None
        if len(context.uses) > 1 and any(use.model in found.dropped for use in context.uses):
            return "compare"  # "drop Opus, put Haiku"
        if len(context.uses) > 1 and any(use.task in found.dropped for use in context.uses):
            return context.command if context.command == "compare" else "estimate"  # "without the clip"
        part = bool(
            found.uses
            or found.loose
            or found.places
            or found.period
            or found.people
            or found.horizon
            or found.params
            or found.multiple
            or (found.chip and any(use.chip for use in context.uses))
        )
        met = {
            "any": lean.marked or lean.refers or person or dated,  # "projected for 2030?"
            "fact_before": lean.marked and bool(context.facts),  # "and what's the real number then?"
            "use_part": part and bool(context.uses or found.uses or context.earlier),
            "use_full": lean.full,
            "use_mended": part and self._mends(heard, context) and self._plain(heard),  # "no, 15"
            "place": bool(found.places) and not found.uses,
            "place_alone": bool(found.places) and not found.uses and not context.uses,
            "choice": not found.uses and self._grammar.holds("choice", heard.tokens),
            "thing": bool(found.things) and not found.uses,
            "amount": found.amount is not None,
            "model": "model" in found.said,
            "task": "task" in found.said,
            "count": "count" in found.said,
            "maker": not self._makers.isdisjoint(heard.tokens),
            "measure": lean.asks and bool(context.uses),
            "cut": context.command == "report" and bool(self._accounts.report(heard.tokens)),
        }
        table = self._weights.continues
        return next((command for sign, command in table.get(context.command, table["other"]) if met[sign]), None)


def _without_having(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """ "j'ai" is no AI."""
    return tuple(t for i, t in enumerate(tokens) if t != "ai" or not i or tokens[i - 1] not in _BEFORE_HAVING)


def _adds(tokens: tuple[str, ...]) -> bool:
    """« plus 3 clips »: one thing more, and no comparison."""
    if "plus" not in tokens:
        return False
    return any(t == "plus" and tokens[i + 1 : i + 2] and tokens[i + 1].isdecimal() for i, t in enumerate(tokens))


def _is_year(token: str) -> bool:
    return token.isdecimal() and 2010 <= int(token[:6]) <= 2100


def _own(tokens: tuple[str, ...], grammar: Grammar) -> bool:
    """ "my footprint", « notre bilan carbone »: somebody's own, of what they have not said yet."""
    mine, burden = grammar.of("mine_or_ours"), grammar.of("burden")
    return any(a in mine and not burden.isdisjoint(tokens[i + 1 : i + 3]) for i, a in enumerate(tokens))


def _begun(heard: Heard) -> tuple[str, ...]:
    """The tokens without an "and" at their head."""
    return heard.tokens[1:] if heard.tokens[:1] in (("and",), ("et",)) else heard.tokens
