"""The fonts a report is set in: which characters each of them draws, and how wide a text is. Read from the files.

A small reader of TrueType's `cmap` and `hmtx` tables: the charts place their labels by it, and what no font can draw is
found before it is set. Kerning is left out, which makes a text at most a little narrower than said here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"
FAMILY = "Source Sans 3"
FALLBACK = "DejaVu Sans"  #: Greek, Cyrillic, Arabic, Hebrew, signs: what Source Sans does not draw
FILES = {400: "SourceSans3-Regular.ttf", 600: "SourceSans3-Semibold.ttf", 700: "SourceSans3-Bold.ttf"}
FALLBACK_FILE = "DejaVuSans.ttf"
BOX = "□"  #: stands for a character that no shipped font draws
UNDRAWN_WIDTH = 1.0  #: of such a character, in em: as wide as the widest, so that nothing is placed over it


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """One font: the advance of each character it draws, in em."""

    advances: dict[int, float]

    def draws(self, character: str) -> bool:
        """Whether it holds this character."""
        return ord(character) in self.advances


@cache
def font(weight: int = 400) -> Font:
    """Source Sans in one of its three weights."""
    return _read(FOLDER / FILES[weight])


@cache
def fallback() -> Font:
    """What draws the rest."""
    return _read(FOLDER / FALLBACK_FILE)


def width(text: str, size: float, weight: int = 400) -> float:
    """How wide a text is at this size, in the unit of the size.

    A text with a character that Source Sans lacks is measured by the wider of the two fonts: some programs set the
    whole of it in the other one. For Arabic that is an upper bound, letters join narrower.
    """
    first = font(weight).advances
    codes = [ord(it) for it in text]
    if all(code in first for code in codes):
        return size * sum(first[code] for code in codes)
    second = fallback().advances
    return size * sum(
        max(first.get(code, 0.0), second.get(code, 0.0)) or UNDRAWN_WIDTH
        for code in codes
        if code not in _WITHOUT_WIDTH
    )


def cut(text: str, size: float, most: float, weight: int = 400) -> str:
    """The text, or as much of it as fits into `most` with an ellipsis at its end."""
    if width(text, size, weight) <= most:
        return text
    kept = text
    while kept and width(f"{kept}…", size, weight) > most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def lines(text: str, size: float, most: float, weight: int = 400, count: int = 2) -> list[str]:
    """The text in at most `count` lines no wider than `most`, broken at spaces; the last one is cut."""
    made: list[str] = []
    words = text.split()
    while words and len(made) < count:
        line = words.pop(0)
        if len(made) == count - 1:
            return [*made, cut(" ".join([line, *words]), size, most, weight)]
        while words and width(f"{line} {words[0]}", size, weight) <= most:
            line = f"{line} {words.pop(0)}"
        made.append(cut(line, size, most, weight))
    return made


def undrawn(text: str) -> set[str]:
    """The characters of a text that no shipped font draws."""
    first, second = font().advances, fallback().advances
    return {it for it in set(text) if ord(it) not in first and ord(it) not in second}


_WITHOUT_WIDTH = frozenset({0x200B, 0x200C, 0x200D, *range(0x300, 0x370), *range(0xFE00, 0xFE10)})


def _read(path: Path) -> Font:
    whole = path.read_bytes()
    (tables,) = struct.unpack_from(">H", whole, 4)
    at = {
        whole[place : place + 4]: struct.unpack_from(">II", whole, place + 8)
        for place in range(12, 12 + 16 * tables, 16)
    }
    (per_em,) = struct.unpack_from(">H", whole, at[b"head"][0] + 18)
    (measured,) = struct.unpack_from(">H", whole, at[b"hhea"][0] + 34)
    start = at[b"hmtx"][0]
    advances = [advance for advance, _ in struct.iter_unpack(">Hh", whole[start : start + 4 * measured])]
    return Font(
        advances={
            code: advances[min(glyph, measured - 1)] / per_em for code, glyph in _glyphs(whole, at[b"cmap"][0]).items()
        }
    )


def _glyphs(whole: bytes, start: int) -> dict[int, int]:
    """Character to glyph, from the richest Unicode table the font has."""
    (count,) = struct.unpack_from(">H", whole, start + 2)
    offsets = {struct.unpack_from(">HHI", whole, start + 4 + 8 * place)[2] for place in range(count)}
    by_form = {struct.unpack_from(">H", whole, start + offset)[0]: start + offset for offset in sorted(offsets)}
    return _form_12(whole, by_form[12]) if 12 in by_form else _form_4(whole, by_form[4])


def _form_12(whole: bytes, start: int) -> dict[int, int]:
    (groups,) = struct.unpack_from(">I", whole, start + 12)
    found: dict[int, int] = {}
    for first, last, glyph in struct.iter_unpack(">III", whole[start + 16 : start + 16 + 12 * groups]):
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return {code: glyph for code, glyph in found.items() if glyph}


def _form_4(whole: bytes, start: int) -> dict[int, int]:
    (twice,) = struct.unpack_from(">H", whole, start + 6)
    count = twice // 2
    row = f">{count}H"
    ends = struct.unpack_from(row, whole, start + 14)
    begins = struct.unpack_from(row, whole, start + 16 + twice)
    deltas = struct.unpack_from(row, whole, start + 16 + 2 * twice)
    ranges_at = start + 16 + 3 * twice
    offsets = struct.unpack_from(row, whole, ranges_at)
    found: dict[int, int] = {}
    for segment in range(count):
        for code in range(begins[segment], ends[segment] + 1):
            glyph = code
            if offsets[segment]:
                place = ranges_at + 2 * segment + offsets[segment] + 2 * (code - begins[segment])
                (glyph,) = struct.unpack_from(">H", whole, place)
            if glyph and (glyph := (glyph + deltas[segment]) & 0xFFFF):
                found[code] = glyph
    found.pop(0xFFFF, None)
    return found
