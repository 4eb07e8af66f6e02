"""Answers to our own questions: an option of the quiz or none of them, a yes or a no."""

from __future__ import annotations

import re

from bot.understanding.grammar import Grammar
from handlers.context import Context
from knowledge.library import Library
from knowledge.search import fold

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 9  # words; an answer to a quiz is short
GAVE_UP = -1  # in the place of an option
_COVERED = 0.6  # share of an option's words that names it


class Answers:
    def __init__(self, library: Library, grammar: Grammar) -> None:
        self._library = library
        self._grammar = grammar

    def to_quiz(self, tokens: tuple[str, ...], context: Context | None) -> int | None:
        """The option meant, from 0, or None where the message does not answer the question that waits."""
        question = self._library.quiz.get(context.question) if context is not None and context.question else None
        if question is None or not tokens or len(tokens) > _LONGEST:
            return None
        count = len(question.options)
        spare, ordinals = self._grammar.of("answering"), self._grammar.tables.get("ordinals", {})
        left = [t for t in tokens if t not in spare] or [t for t in tokens if t in ordinals]
        options = [frozenset(_WORD.findall(fold(f"{o.en} {o.fr}"))) for o in question.options]
        shares = [
            max(_share(frozenset(_WORD.findall(fold(text))), tokens) for text in (option.en, option.fr))
            for option in question.options
        ]
        best = max(range(count), key=lambda i: shares[i])
        if shares[best] >= _COVERED and sum(s >= shares[best] for s in shares) == 1:
            return best
        only = [i for i, words in enumerate(options) if left and all(t in words for t in left)]
        if len(left) == 1 and left[0] in ordinals and not (left[0].isdigit() and len(only) == 1):
            index = int(ordinals[left[0]])
            index = count - 1 if index < 0 else index
            return index if index < count else None
        return only[0] if len(only) == 1 else None

    def gives_up(self, tokens: tuple[str, ...], context: Context | None) -> bool:
        """ "no idea, tell me": the question that waits is to be solved for them."""
        waits = context is not None and context.question in self._library.quiz
        return waits and len(tokens) <= _LONGEST and self._grammar.holds("gives_up", tokens)

    def confirms(self, tokens: tuple[str, ...], context: Context) -> bool:
        return self._waits(context) and len(tokens) <= 5 and self._grammar.starts("yes", tokens)

    def refuses(self, tokens: tuple[str, ...], context: Context) -> bool:
        return self._waits(context) and len(tokens) <= 5 and self._grammar.starts("no", tokens)

    @staticmethod
    def _waits(context: Context) -> bool:
        return context.waiting is not None and context.waiting.startswith("confirm")


def _share(words: frozenset[str], tokens: tuple[str, ...]) -> float:
    telling = {w for w in words if len(w) > 2 or w.isdigit()}
    return len(telling.intersection(tokens)) / len(telling) if telling else 0.0
