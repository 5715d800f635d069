"""Whether a series of quarters may be drawn as a line, and how steep it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

LINE_POINTS_MIN = 5  #: a perfectly monotone series of 3 or 4 points is still chance (p = .33, .08), of 5 no more (.017)

_PERIOD = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What may be said about a series."""

    line: bool  #: whether a line may be drawn through the points
    slope_per_quarter: float | None  #: Theil-Sen slope in debt (0..1) per quarter, None without a line
    text: str  #: one plain sentence


def trend(points: Sequence[tuple[str, float | None]]) -> Trend:
    """Judge a series of (period, debt): ("2026Q3", .42). Unrated quarters (None) are no points; order is free.

    Below five points no line may be drawn. The slope is the median of the slopes between all pairs, so that one odd
    quarter cannot turn it. Raises ValueError for a period that is not like 2026Q3 or that stands twice.
    """
    series = sorted((_quarter(period), debt) for period, debt in points if debt is not None)
    if len({quarter for quarter, _ in series}) < len(series):
        raise ValueError("a quarter stands twice in a trend; give one point for each quarter")
    if len(series) < LINE_POINTS_MIN:
        many = f"{len(series)} rated quarter" + ("" if len(series) == 1 else "s")
        return Trend(line=False, slope_per_quarter=None, text=f"{many}: a line needs {LINE_POINTS_MIN}.")
    slope = median((later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in combinations(series, 2))
    steep = f"{100 * abs(slope):.1f}"
    way = "falling" if slope < 0 else "rising"
    said = "hardly any slope" if steep == "0.0" else f"{way} by {steep} points a quarter"
    return Trend(line=True, slope_per_quarter=slope, text=f"{len(series)} rated quarters, {said}.")


def _quarter(period: str) -> int:
    """The number of a quarter, consecutive over the years."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"{period!r} is not a quarter; write it like 2026Q3")
    return 4 * int(match[1]) + int(match[2])
