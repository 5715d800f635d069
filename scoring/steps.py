"""A step of a calculation in words, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = 5  #: significant digits of numbers in the words of a step; its `value` is never rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a calculation."""

    title: str
    text: str  #: plain words with every number that goes in and the one that comes out
    value: float | None  #: what comes out, unrounded; None where the step gives no number


def written(number: float) -> str:
    """A number with at most DIGITS significant digits and no trailing zeros."""
    return f"{number:.{DIGITS}g}"


def several(count: int, noun: str) -> str:
    """ "1 vote", "3 votes"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
