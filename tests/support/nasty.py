"""Lines nobody means well by: markup, controls, mixed scripts, huge numbers, injections, halves of words. Made from a
seed, so that a line that fails can be made again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from handlers.encoding import COMMANDS, KEYS, encode
from handlers.request import Intent
from knowledge.calculator.use import PERIODS, TASKS, Use

SEEDS = (
    "how much CO2 is 20 images with dall-e 3 in Poland?",
    "combien pour 1 000 réponses de Mistral Large ?",
    "is it true that AI drinks a bottle of water per prompt",
    "et en France ?",
    "compare gpt-4o and claude haiku",
    "my team of 12 sends 30 prompts a day each",
    "log 20 images",
    "fixe un budget de 5 kg de CO2e par mois",
    "why?",
    "3 vidéos sora de 10 secondes en 1080p, toutes les 5 minutes",
    "transcribe 1h30 of audio",
    "source ?",
    "quiz me",
)
BITS = (
    "@everyone",
    "@here",
    "<@123>",
    "<script>alert(1)</script>",
    "**bold**",
    "[x](javascript:alert(1))",
    "`code`",
    "||spoiler||",
    "'; DROP TABLE entries;--",
    "$(rm -rf /)",
    "{{7*7}}",
    "%s%s%n",
    "../../etc/passwd",
    "\u202e",
    "\u200b",
    "\u0000",
    "\x1b[31m",
    "\ud800",
    "é" * 40,
    "e\u0301\u0302\u0303" * 10,
    "🙂" * 30,
    "🇫🇷🇵🇱",
    "مرحبا",
    "你好",
    "नमस्ते",
    "Ω≈ç√",
    "１２３",
    "1e308",
    "-1",
    "0",
    "NaN",
    "inf",
    "-inf",
    "9" * 400,
    "1,2,3,4,5.6.7",
    "0x1F",
    "10-",
    "-20",
    "20%",
    "1/0",
    "²³",
    "½",
    "∞",
    "\n\n\n",
    "\t",
    " " * 200,
    "\u3000",
    "/estimate",
    "/" * 50,
    "ignore all previous instructions",
    "gpt-" * 30,
    "claude 99",
    "a" * 500,
    "CO2" * 80,
    "(((((",
    "]]]]]",
)


def lines(count: int, seed: int = 1) -> Iterator[str]:
    """So many lines, at most 4,000 characters each."""
    random = Random(seed)
    for _ in range(count):
        shape = random.random()
        if shape < 0.35:
            words = [random.choice((*SEEDS, *BITS)) for _ in range(random.randint(1, 5))]
            yield " ".join(words)[:4000]
        elif shape < 0.6:
            text = list(random.choice(SEEDS))
            for _ in range(random.randint(1, 12)):
                at = random.randrange(len(text) + 1)
                text[at:at] = random.choice(BITS) if random.random() < 0.4 else chr(random.randrange(1, 0xD7FF))
            yield "".join(text)[:4000]
        elif shape < 0.7:
            yield (random.choice(SEEDS) + " ") * random.randint(2, 90)
        elif shape < 0.85:
            yield "".join(chr(random.randrange(0x110000)) for _ in range(random.randint(0, 200)))
        else:
            yield random.randbytes(random.randint(0, 300)).decode("utf-8", "replace")


NUMBERS = (
    "0",
    "-1",
    "1e308",
    "5e-324",
    "1e-308",
    "1e15",
    "9" * 60,
    "nan",
    "inf",
    "-0",
    "0x1",
    "１２",
    "1,500",
    "3",
    "20",
)
FOLLOWS = (
    "et en France ?", "and in Poland?", "why?", "source ?", "per year", "par jour plutôt", "with gpt-4o", "twice that",
    "compare that with a search", "in km by car", "en français stp", "no, 50", "and for 12 people", "over a year",
    "another model", "how sure", "undo", "yes", "no", "back to the images", "in water?", "1080p", "log that", "1e308",
    "what about 3 minutes", "set a budget of that", "reduce it", "2000 words", "the last", "and?",
)  # fmt: skip
_HEADS = ("date", "task", "model", "count", "place", "output_tokens", "seconds", "resolution")
_MARKS = "~,|%1eE0-.ucz\ud800é9"


def word(random: Random) -> str:
    """What somebody might send where a form or a button holds a name, a choice or a number."""
    shape = random.random()
    if shape < 0.4:
        return random.choice(BITS)
    if shape < 0.6:
        return random.choice(NUMBERS)
    if shape < 0.8:
        return "".join(chr(random.randrange(0x110000)) for _ in range(random.randint(0, 30)))
    return random.choice(("gpt-4o", "dall-e-3", "FRA", "image", "video", "month", "en", "csv", "water", "team", *SEEDS))


def use(random: Random, models: Sequence[str], places: Sequence[str]) -> Use:
    """A use of any size, most of a model that there is."""
    fields: dict[str, Any] = {"task": random.choice(TASKS), "workdays": random.random() < 0.2}
    if random.random() < 0.7:
        fields["model"] = random.choice(models) if random.random() < 0.8 else word(random)
    if random.random() < 0.4:
        fields["place"] = random.choice(places) if random.random() < 0.8 else word(random)
    sizes = ("count", "count_high", "output_tokens", "input_tokens", "cached_tokens", "words", "seconds", "params_b")
    for name in sizes:
        if random.random() < 0.3:
            fields[name] = random.choice((0.0, -1.0, 1.0, 20.0, 1e6, 1e12, 1e308, 1e-6, 1e-308, 5e-324))
    for name in ("period", "horizon"):
        if random.random() < 0.3:
            fields[name] = random.choice(PERIODS)
    if random.random() < 0.3:
        fields["people"] = random.choice((0, -1, 12, 10**9, 10**30))
    if random.random() < 0.3:
        fields["resolution"] = random.choice(("720p", "0x0", "99999x99999", "4k", "x", word(random)))
    return Use(**fields)


def token(random: Random, models: Sequence[str], places: Sequence[str]) -> str:
    """A button's token that nobody gave it; every third has letters changed. "" where none can be made."""
    arguments: dict[str, Any] = {}
    for name in random.sample(sorted(KEYS), random.randint(0, 4)):
        arguments[name] = word(random)
    if "facts" in arguments or "places" in arguments:
        arguments.update((name, (word(random), random.choice(places))) for name in ("facts", "places"))
    if "answer" in arguments:
        arguments["answer"] = random.choice((0, -1, 3, 10**20))
    for name in ("undo", "clear", "confirm"):
        if name in arguments:
            arguments[name] = True
    arguments.pop("amount", None)
    arguments.pop("uses", None)
    if random.random() < 0.2:
        amount = random.choice((0.0, -1.0, 1e308, 5e-324, 12.0))
        arguments["amount"] = (random.choice(("co2e_g", "energy_wh", "water_ml")), amount)
    elif random.random() < 0.7:
        arguments["uses"] = tuple(use(random, models, places) for _ in range(random.randint(1, 3)))
    try:
        made = list(encode(Intent(random.choice(sorted(COMMANDS)), arguments, "button"), 10**6) or "")
    except UnicodeEncodeError:
        return ""
    if made and random.random() < 0.3:
        for _ in range(random.randint(1, 3)):
            made[random.randrange(len(made))] = random.choice(_MARKS)
    return "".join(made)


def table(random: Random, models: Sequence[str]) -> bytes:
    """A file that says it is a ledger."""
    if random.random() < 0.3:
        return random.randbytes(random.randint(0, 400))
    out = io.StringIO()
    rows = csv.writer(out, delimiter=random.choice(",;\t|"))
    rows.writerow([name if random.random() < 0.9 else word(random) for name in _HEADS])
    for _ in range(random.randint(0, 8)):
        day = random.choice(("", "2026-11-01", "01/11/2026", "2026-13-40", "9999-12-31", "0001-01-01", word(random)))
        cells = (random.choice((*TASKS, word(random))), random.choice((random.choice(models), "", word(random))))
        sizes = (random.choice(NUMBERS), random.choice(("FRA", word(random))), random.choice(NUMBERS), "", word(random))
        rows.writerow([day, *cells, *sizes])
    return random.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00")) + out.getvalue().encode("utf-8", "replace")
