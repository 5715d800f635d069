"""How numbers, dates and periods are written on the screen: as on paper, word for word (`reports.numbers`)."""

from __future__ import annotations

from reports.numbers import (
    DASH,
    MINUS,
    NOT_RATED,
    change,
    clock,
    count,
    coverage,
    day,
    days,
    debt,
    debt_with_band,
    interval,
    minutes,
    percent,
    percent_points,
    period,
    points,
    whole,
)

__all__ = [
    "DASH",
    "MINUS",
    "NOT_RATED",
    "change",
    "clock",
    "count",
    "coverage",
    "day",
    "days",
    "debt",
    "debt_with_band",
    "interval",
    "minutes",
    "percent",
    "percent_points",
    "period",
    "points",
    "whole",
]
