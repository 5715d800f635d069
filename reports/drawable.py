"""What a page can draw: characters that no shipped font holds become a box, one for one, and are counted."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from reports import font
from reports.report import Cell, Report

_JOINERS = dict.fromkeys((0x200C, 0x200D, *range(0xFE00, 0xFE10)))  # mean nothing between boxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawable:
    """A report that a page can draw, and what had to be replaced for it."""

    report: Report
    replaced: tuple[str, ...]  #: the characters, each once, in their order

    @property
    def note(self) -> str:
        """What a reader is told; "" when nothing was replaced."""
        if not self.replaced:
            return ""
        count = len(self.replaced)
        codes = ", ".join(f"U+{ord(it):04X}" for it in self.replaced[:12])
        more = f" and {count - 12} more" if count > 12 else ""
        which = "One character that no font of this file draws stands" if count == 1 else (
            f"{count} characters that no font of this file draws stand"
        )  # fmt: skip
        return f"{which} as {font.BOX}: {codes}{more}. The web page, the workbook and the text files carry them."


def drawable(report: Report) -> Drawable:
    """The report with every character replaced that no shipped font draws."""
    missing: set[str] = set()
    safe = _part(report, missing)
    return Drawable(report=safe, replaced=tuple(sorted(missing)))


def drawable_text(text: str) -> str:
    """One text with every character replaced that no shipped font draws."""
    return _text(text)[0]


@lru_cache(maxsize=4096)
def _text(text: str) -> tuple[str, frozenset[str]]:
    if text.isascii():
        return text, frozenset()
    lost = {it for it in font.undrawn(text) if ord(it) not in _JOINERS} | {it for it in text if _comes_apart(it)}
    stray = {mark for base, mark in pairwise(text) if _falls_apart(base, mark)}
    if not lost | stray:
        return text, frozenset()
    return text.translate(_JOINERS | {ord(it): font.BOX for it in lost | stray}), frozenset(lost | stray)


@cache
def _comes_apart(letter: str) -> bool:
    """Whether it would be set from a letter and a mark of Source Sans, because that has no sign for the whole of it."""
    parts = unicodedata.normalize("NFD", letter)
    whole = font.font()
    return len(parts) > 1 and not whole.draws(letter) and all(whole.draws(it) for it in parts)


def _falls_apart(base: str, mark: str) -> bool:
    """Whether a mark cannot be set on its letter so that a reader of the file finds both again.

    Letters that exist with their mark as one character are one by now. Of the others, Source Sans draws some with a
    sign that stands for no character, which a tagged file must not hold; DejaVu Sans, for Arabic and Hebrew, does not.
    """
    if not unicodedata.category(mark).startswith("M") or ord(mark) in _JOINERS:
        return False
    return font.font().draws(base) or not font.fallback().draws(mark)


def _part(part: Any, missing: set[str]) -> Any:
    """A part of the report with its texts replaced; parts without any stay the same object."""
    value = part
    if value is None or isinstance(value, Enum | Cell | float | int):
        return part  # a cell holds no text of anybody; there are thousands
    if isinstance(value, str):
        text, lost = _text(value)
        missing |= lost
        return text
    if isinstance(value, tuple):
        made = tuple(_part(it, missing) for it in value)
        return part if all(new is old for new, old in zip(made, value, strict=True)) else made
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            it.name: new for it in fields(value) if (new := _part(old := getattr(value, it.name), missing)) is not old
        }
        return replace(value, **changed) if changed else part
    return part
