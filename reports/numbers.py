"""How numbers, dates and periods are written, on the screen and on paper: debt, changes, coverage, days, quarters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
DASH = "–"
NOT_RATED = "not rated"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _rounded(value: float, decimals: int = 0) -> Decimal:
    """Round half away from zero, as people do by hand; Python's own round would turn 46.5 into 46."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def points(value: float) -> int:
    """Turn debt or a share 0..1 into whole points 0..100, halves upwards: the one rounding of the screen."""
    return math.floor(value * 100 + 0.5)


def debt(value: float | None) -> str:
    """Write debt 0..1 as "47"; None as "not rated"."""
    return NOT_RATED if value is None else str(points(value))


def interval(estimate: float | None, low: float, high: float) -> str:
    """Write an estimate with its limits, all 0..1, as "47 (38–61)"."""
    return f"{debt(estimate)} ({debt(low)}{DASH}{debt(high)})"


def debt_with_band(value: float | None, band: str | None) -> str:
    """Write debt 0..1 with its letter as "47 C"; without a band the number alone."""
    return f"{debt(value)} {band}" if band else debt(value)


def change(difference: float, decimals: int = 0) -> str:
    """Write a difference of debt (-1..1, positive is worse) in points as "+4", "−3" or "0", with a true minus."""
    points = _rounded(difference * 100, decimals)
    if not points:
        return str(abs(points))
    return f"{'+' if points > 0 else MINUS}{abs(points)}"


def coverage(share: float) -> str:
    """Write coverage 0..1 as "62 % known". Only a full 1.0 reads 100, only a zero reads 0."""
    return f"{percent(share)} known"


def percent(share: float) -> str:
    """Write a share 0..1 as "62 %". Only a full 1.0 reads 100, only a zero reads 0."""
    return f"{percent_points(share)} %"


def percent_points(share: float) -> int:
    """Turn a share 0..1 into whole percent; only a full 1.0 is 100, only a zero is 0."""
    if share >= 1:
        return 100
    return 0 if share <= 0 else min(99, max(1, points(share)))


def day(moment: date | datetime) -> str:
    """Write a date as "20 Nov 2026", whatever the machine's language."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def by_day(due: date, today: date) -> str:
    """Write the day something is due: "by 15 Dec 2026", "overdue since 17 Sep 2026" once it has passed."""
    return f"{'overdue since' if due < today else 'by'} {day(due)}"


def clock(moment: datetime) -> str:
    """Write a time of day as "12:03:11"."""
    return moment.strftime("%H:%M:%S")


def period(code: str) -> str:
    """Write the period "2026Q4" as "Q4 2026"; anything else stays as it is."""
    year, separator, quarter = code.partition("Q")
    if separator and year.isdigit() and quarter in {"1", "2", "3", "4"}:
        return f"Q{quarter} {year}"
    return code


def days(value: float) -> str:
    """Write person-days with one decimal at most: "2.5 days", "1 day", "0 days"."""
    number = _rounded(value, 1)
    text = str(number.quantize(Decimal(1)) if number == number.to_integral_value() else number).replace("-", MINUS)
    if text == f"{MINUS}0":
        text = "0"
    return f"{text} day" if text == "1" else f"{text} days"


def minutes(value: float) -> str:
    """Write a time still needed as "about 18 minutes", never below one."""
    whole = max(1, int(_rounded(value)))
    return "about 1 minute" if whole == 1 else f"about {whole} minutes"


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "1 system", "3 systems"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def change_words(difference: float | None, decimals: int = 1) -> str:
    """Write a difference of debt in points with one decimal, nothing as "0"; None as ""."""
    if difference is None:
        return ""
    said = change(difference, decimals)
    return "0" if said.strip("0.") == "" else said


def debt_exact(value: float | None) -> str:
    """Write debt 0..1 with one decimal as "51.3", for the few large numbers; None as "not rated"."""
    return NOT_RATED if value is None else f"{_rounded(value * 100, 1)}"


def names(all_of: Sequence[str], most: int = 3) -> str:
    """Write names as a list: "A", "A and B", "A, B and C", "A, B and 4 more"."""
    listed = list(all_of)
    if len(listed) > most:
        return f"{', '.join(listed[: most - 1])} and {len(listed) - most + 1} more"
    return " and ".join(filter(None, (", ".join(listed[:-1]), listed[-1]))) if listed else ""


def whole(difference: int) -> str:
    """Write a difference of a count as "+2", "−1" or "0", with a true minus."""
    return "0" if not difference else f"{'+' if difference > 0 else MINUS}{abs(difference)}"
