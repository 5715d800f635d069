"""The debt of a portfolio by quarter as a small drawing of our own, with its finding, its words and its table twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from operations.portfolio import PortfolioPoint, PortfolioTrend
from ui import numbers
from ui.charts import every_quarter
from ui.components import colour_variables, source
from ui.text import clean

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the portfolio is to come down to (0..1), and by the end of which quarter."""

    debt: float
    by: str


STEEP_POINTS = 0.5  #: points a quarter below which nobody should speak of a direction

_component = st.components.v2.component(
    "arrears_portfolio_trend",
    html=source("portfolio_trend.html"),
    css=colour_variables(".portfolio-trend") + source("portfolio_trend.css"),
    js=source("portfolio_trend.js"),
)


def portfolio_trend(shown: PortfolioTrend, *, key: str, target: Aim | None = None) -> None:
    """Draw the trend; `target` (0..1) as a dashed line. No line below five rated quarters: `shown.said` decides."""
    periods = every_quarter([point.period for point in shown.points])
    by_period = {point.period: point for point in shown.points}
    marks = [[periods.index(mark.period), clean(mark.what)] for mark in shown.marks if mark.period in periods]
    _component(
        key=key,
        data={
            "label": trend_words(shown, target=target),
            "line": shown.said.line,
            "target": None if target is None else numbers.points(target.debt),
            "points": [_point(period, by_period.get(period)) for period in periods],
            "marks": marks,
        },
    )


def _point(period: str, point: PortfolioPoint | None) -> dict[str, Any]:
    quarter, _, year = numbers.period(period).partition(" ")
    if point is None or point.debt.debt is None:
        values: dict[str, Any] = dict.fromkeys(("debt", "lower", "upper", "low", "high"))
    else:
        spread = point.debt.spread
        values = {
            "debt": numbers.points(point.debt.debt),
            "lower": numbers.points(spread.lower_quartile or 0.0),
            "upper": numbers.points(spread.upper_quartile or 0.0),
            "low": None,
            "high": None,
        }
    words = "" if point is None else _point_words(point)
    return {"quarter": quarter, "year": year, "open": bool(point and point.still_open), "words": words, **values}


def trend_finding(shown: PortfolioTrend, *, target: Aim | None = None) -> str:
    """What the trend shows, in one sentence: the title of the chart."""
    rated = [point for point in shown.points if point.debt.debt is not None]
    if not rated:
        return "No quarter is rated yet"
    first, last = rated[0], rated[-1]
    if len(rated) == 1:
        said = f"One rated quarter so far: debt {numbers.debt(last.debt.debt)}"
    elif shown.said.slope_per_quarter is None:
        said = (
            f"Debt {numbers.debt(first.debt.debt)} in {numbers.period(first.period)}, {numbers.debt(last.debt.debt)} "
            f"in {numbers.period(last.period)}: too few quarters for a trend"
        )
    else:
        slope = shown.said.slope_per_quarter * 100
        steep = f"{abs(slope):.1f} points a quarter"
        if abs(slope) < STEEP_POINTS:
            said = f"Debt has hardly moved in {len(rated)} quarters"
        else:
            said = f"Debt {'falls' if slope < 0 else 'rises'} by {steep}, over {len(rated)} quarters"
    if target is not None and last.debt.debt is not None:
        away = numbers.points(last.debt.debt) - numbers.points(target.debt)
        aim = f"the target of {numbers.debt(target.debt)} for {numbers.period(target.by)}"
        said += f"; {away} above {aim}" if away > 0 else f"; {aim} is reached"
    return said


def _point_words(point: PortfolioPoint) -> str:
    spread = point.debt.spread
    if spread.mean is None:
        return f"{numbers.period(point.period)}: not rated"
    half = f"middle half {numbers.debt(spread.lower_quartile)} to {numbers.debt(spread.upper_quartile)}"
    open_yet = f", {point.still_open} still open" if point.still_open else ""
    rated = numbers.count(point.debt.rated, "system")
    return f"{numbers.period(point.period)}: {numbers.debt(spread.mean)}, {half}, {rated}{open_yet}"


def trend_words(shown: PortfolioTrend, *, target: Aim | None = None) -> str:
    """Say the whole trend in words, for readers who do not see the drawing."""
    if not shown.points:
        return "No quarter yet."
    said = "; ".join(_point_words(point) for point in shown.points)
    marks = "".join(f" From {numbers.period(mark.period)} on: {mark.what}." for mark in shown.marks)
    aim = "" if target is None else f" Target: {numbers.debt(target.debt)} by {numbers.period(target.by)}."
    return f"Mean debt of the rated systems by quarter, 0 to 100, higher is worse: {said}.{marks}{aim}"


def trend_table(shown: PortfolioTrend) -> DataFrame:
    """Build the table twin: one row a quarter."""
    from pandas import DataFrame

    marks = {mark.period: mark.what for mark in shown.marks}
    rows = [
        {
            "Quarter": numbers.period(point.period),
            "Debt (mean)": numbers.debt(point.debt.debt),
            "Interval": numbers.DASH
            if point.debt.low is None or point.debt.high is None
            else f"{numbers.debt(point.debt.low)}{numbers.DASH}{numbers.debt(point.debt.high)}",
            "Lower quartile": numbers.debt(point.debt.spread.lower_quartile),
            "Median": numbers.debt(point.debt.spread.median),
            "Upper quartile": numbers.debt(point.debt.spread.upper_quartile),
            "Systems rated": point.debt.rated,
            "Still open": point.still_open,
            "New from here on": marks.get(point.period, ""),
        }
        for point in shown.points
    ]
    return DataFrame(rows)
