"""Quarters as text: "2026Q4" sorts as it should, and everybody in an organisation sees the same one."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from operations.errors import InvalidInput

_PERIOD = re.compile(r"([0-9]{4})Q([1-4])")


def period_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year:04d}Q{(day.month - 1) // 3 + 1}"


def read_period(text: str) -> str:
    """A quarter given by a user, e.g. "2026Q4". Raises InvalidInput."""
    cleaned = text.strip().upper().replace("-", "").replace(" ", "")
    if not _PERIOD.fullmatch(cleaned):
        raise InvalidInput("period", f"{text[:20]!r} is not a quarter; write it as 2026Q4")
    return cleaned


def shift(period: str, quarters: int) -> str:
    """The quarter `quarters` later (negative: earlier)."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise InvalidInput("period", f"{period[:20]!r} is not a quarter; write it as 2026Q4")
    count = int(found[1]) * 4 + int(found[2]) - 1 + quarters
    return f"{count // 4:04d}Q{count % 4 + 1}"


def first_day(period: str) -> date:
    """The day a quarter begins. Raises InvalidInput."""
    found = _PERIOD.fullmatch(period)
    if found is None or found[1] == "0000":
        raise InvalidInput("period", f"{period[:20]!r} is not a quarter; write it as 2026Q4")
    return date(int(found[1]), int(found[2]) * 3 - 2, 1)


def last_day(period: str) -> date:
    """The day a quarter ends. Raises InvalidInput."""
    begins = first_day(period)
    month = begins.month + 2
    return date(begins.year, month, monthrange(begins.year, month)[1])


def following(period: str) -> str:
    """The next quarter."""
    return shift(period, 1)


def preceding(period: str) -> str:
    """The quarter before."""
    return shift(period, -1)


def quarters_between(period: str, later: str) -> int:
    """How many quarters `later` comes after `period`; negative when it comes before. Raises InvalidInput."""
    begin, end = first_day(period), first_day(later)
    return (end.year - begin.year) * 4 + (end.month - begin.month) // 3
