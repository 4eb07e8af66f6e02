"""The one bundled font, and how wide a text is in it.

Slim machines have no fonts, and two machines seldom have the same: every picture is set in Inter (OFL, licence beside
it), and widths are read from the font itself, so that what is measured is what is drawn.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

FAMILY = "Inter"
FOLDER = Path(__file__).parent / "fonts"
FILES = {400: FOLDER / "Inter-Regular.otf", 600: FOLDER / "Inter-SemiBold.otf"}
UNKNOWN = 0.7  # of the size: a character that the font lacks is drawn as a box of about this width


def width(text: str, size: float, weight: int = 400) -> float:
    """The width of a line of text in pixels."""
    advances, unit = _advances(weight)
    return sum(advances.get(ord(character), UNKNOWN * unit) for character in text) * size / unit


def shortened(text: str, room: float, size: float, weight: int = 400) -> str:
    """The text, cut with an ellipsis where it is wider than the room."""
    if width(text, size, weight) <= room:
        return text
    while text and width(text + "…", size, weight) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, room: float, size: float, weight: int = 400, most: int = 2) -> tuple[str, ...]:
    """The text on as many lines as it needs, ``most`` at most; a narrow or no-break space never ends a line."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(f"{lines[-1]} {word}", size, weight) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    kept = lines[: most - 1] if len(lines) > most else lines
    if len(lines) > most:
        kept = [*kept, " ".join(lines[most - 1 :])]
    return tuple(shortened(line, room, size, weight) for line in kept)


@cache
def _advances(weight: int) -> tuple[dict[int, int], int]:
    """Advance by character, and how many units make the size: the tables cmap (format 4) and hmtx of OpenType."""
    data = FILES[weight].read_bytes()
    tables: dict[bytes, int] = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = offset
    unit: int = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    wide: int = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    hmtx = [struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * i)[0] for i in range(wide)]
    return {code: hmtx[min(glyph, wide - 1)] for code, glyph in _glyphs(data, tables[b"cmap"]).items()}, unit


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", data, cmap + 4 + 8 * index + 4)[0]
        if struct.unpack_from(">H", data, table)[0] != 4:
            continue
        half = struct.unpack_from(">H", data, table + 6)[0]  # twice the number of segments
        for at in range(0, half, 2):
            last = struct.unpack_from(">H", data, table + 14 + at)[0]
            first = struct.unpack_from(">H", data, table + 16 + half + at)[0]
            shift = struct.unpack_from(">H", data, table + 16 + 2 * half + at)[0]
            where = table + 16 + 3 * half + at
            jump = struct.unpack_from(">H", data, where)[0]
            for code in range(first, min(last, 0xFFFE) + 1):
                glyph = code if jump == 0 else struct.unpack_from(">H", data, where + jump + 2 * (code - first))[0]
                if glyph:
                    found[code] = (glyph + shift) & 0xFFFF
    return found
