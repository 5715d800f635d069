"""The trend of one system or area: a dot with its interval for each quarter, drawn by plotly, and its table twin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final, Protocol

import streamlit as st

from scoring.bands import BANDS, band_limits
from scoring.compare import SMALLEST_DETECTABLE_CHANGE
from scoring.targets import line as line_to
from ui import numbers
from ui.text import clean, plain

if TYPE_CHECKING:
    from pandas import DataFrame
    from plotly.graph_objects import Figure

_PERIOD = re.compile(r"(\d{4})Q([1-4])")
#: Reads on the light and on the dark page alike; the dots take the theme's first chart colour, the accent.
_FAINT: Final = "rgba(124, 135, 148, 0.45)"
_CLEAR: Final = "#7C8794"
BAND_OF_CHANCE: Final = (
    f"The grey band is the latest rated quarter ± {SMALLEST_DETECTABLE_CHANGE * 100:g} points: repeats of an unchanged "
    "system lie that far apart."
)
#: Streamlit's own stand-in for "dark on light, light on dark", put in by its browser side (a browser test holds it).
_THEME_INK: Final = "#000037"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One quarter. Debt 0..1; `estimate` is None when the quarter is not rated. An open quarter is not final."""

    period: str  #: "2026Q3"
    estimate: float | None
    low: float
    high: float
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendAim:
    """A target in a trend: what the debt is to come down to (0..1) and by when, and where the way began."""

    debt: float
    period: str
    start_debt: float | None  #: None where nobody knew it when the target was set
    start_period: str


class LineVerdict(Protocol):
    """Whether a line may be drawn: what scoring.trend says."""

    @property
    def line(self) -> bool:
        """Whether the points may be joined."""
        ...


def trend_chart(
    points: Sequence[TrendPoint],
    said: LineVerdict,
    *,
    title: str,
    key: str,
    name: str = "",
    aim: TrendAim | None = None,
) -> None:
    """Draw the trend under its finding, with a text alternative and the same numbers as a table.

    `title` is the finding in words, `name` what is measured; both plain text. No line below five points: `said.line`
    decides, not the chart. `aim` is drawn as a dashed line to its quarter.
    """
    ordered = sorted(points, key=lambda point: point.period)
    st.markdown(f"**{plain(title)}**" if title else "")
    st.plotly_chart(
        trend_figure(ordered, line=said.line, name=name, aim=aim),
        key=key,
        width="stretch",
        height=300,
        theme="streamlit",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False},
        alt=trend_words(ordered, name=name) + (f" {_aim_words(aim)}" if aim else ""),
    )
    said_of_band = f" {BAND_OF_CHANCE}" if _quiet_band(ordered) else ""
    st.caption(
        "Higher is worse. A dot is the estimate, the bar its interval; an open dot is a quarter still open, a bar "
        f"without a dot one that is not rated.{said_of_band}" + (f" {_aim_words(aim)}" if aim else "")
    )
    with st.expander("The trend as a table"):
        st.dataframe(trend_table(ordered), hide_index=True, width="stretch")


def _quiet_band(points: Sequence[TrendPoint]) -> tuple[float, float] | None:
    """The debts (0..1) that differ from the latest rated quarter by no more than chance makes; None below two."""
    rated = [point.estimate for point in points if point.estimate is not None]
    if len(rated) < 2:
        return None
    return max(0.0, rated[-1] - SMALLEST_DETECTABLE_CHANGE), min(1.0, rated[-1] + SMALLEST_DETECTABLE_CHANGE)


def chart_text(text: str) -> str:
    """Escape text for plotly, which would read <b>, <a href> and entities in it; "$" would start a formula."""
    return escape(clean(text)).replace("$", "&#36;")


def trend_figure(points: Sequence[TrendPoint], *, line: bool, name: str = "", aim: TrendAim | None = None) -> Figure:
    """Build the figure: every quarter on the x axis, debt 0..100 on the y axis, faint band limits."""
    import plotly.graph_objects as go

    ahead = [] if aim is None else _aim_periods(points, aim)
    periods = every_quarter([*(point.period for point in points), *ahead])
    labels = {code: numbers.period(code) for code in periods}
    by_period = {point.period: point for point in points}
    rated = [by_period.get(code) for code in periods]
    estimates = [None if p is None or p.estimate is None else p.estimate * 100 for p in rated]
    figure = go.Figure(
        go.Scatter(
            x=[labels[code] for code in periods],
            y=estimates,
            mode="lines+markers" if line else "markers",
            connectgaps=False,
            line={"width": 2},
            marker={"size": 11, "symbol": ["circle" if p is None or p.closed else "circle-open" for p in rated]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [0 if p is None or p.estimate is None else (p.high - p.estimate) * 100 for p in rated],
                "arrayminus": [0 if p is None or p.estimate is None else (p.estimate - p.low) * 100 for p in rated],
                "thickness": 1.5,
                "width": 5,
            },
            text=[chart_text(_point_words(p, name)) if p else "" for p in rated],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    )
    _add_not_rated(figure, [p for p in rated if p is not None and p.estimate is None], labels, name)
    if aim is not None and ahead:
        _add_aim(figure, aim, ahead, labels)
    if quiet := _quiet_band(points):
        figure.add_hrect(
            y0=quiet[0] * 100, y1=quiet[1] * 100, fillcolor=_FAINT, opacity=0.35, line_width=0, layer="below"
        )
    for limit in band_limits:
        figure.add_hline(y=limit * 100, line={"color": _FAINT, "width": 1})
    edges = [0.0, *band_limits, 1.0]
    for letter, low, high in zip(BANDS, edges, edges[1:], strict=False):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=6, y=(low + high) * 50, text=letter, showarrow=False
        )
    figure.update_layout(
        margin={"l": 40, "r": 28, "t": 8, "b": 32},
        hovermode="closest",
        dragmode=False,
        font={"color": _THEME_INK},
        xaxis={
            "type": "category",
            "categoryarray": [labels[code] for code in periods],
            "range": [-0.5, len(periods) - 0.5],
            "showgrid": False,
            "tickfont": {"color": _THEME_INK},
            "fixedrange": True,
        },
        yaxis={
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "showgrid": False,
            "zeroline": False,
            "tickfont": {"color": _THEME_INK},
            "fixedrange": True,
        },
    )
    return figure


def _add_not_rated(figure: Figure, points: Sequence[TrendPoint], labels: dict[str, str], name: str) -> None:
    """Draw quarters without an estimate as their interval alone: a dot would claim what nobody knows."""
    import plotly.graph_objects as go

    if not points:
        return
    halves = [(point.high - point.low) * 50 for point in points]
    figure.add_trace(
        go.Scatter(
            x=[labels[point.period] for point in points],
            y=[(point.high + point.low) * 50 for point in points],
            mode="markers",
            marker={"size": 11, "opacity": 0},
            error_y={"type": "data", "array": halves, "thickness": 1.5, "width": 5, "color": _CLEAR},
            text=[chart_text(_point_words(point, name)) for point in points],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    )


def _aim_words(aim: TrendAim) -> str:
    return f"The dashed line leads to the target: {numbers.debt(aim.debt)} by {numbers.period(aim.period)}."


AIM_QUARTERS_MAX = 8  #: so far beyond the last quarter a target is drawn; the rest of its way is left out


def _aim_periods(points: Sequence[TrendPoint], aim: TrendAim) -> list[str]:
    """The quarters a target's line crosses, within what the chart shows."""
    known = [point.period for point in points if _PERIOD.fullmatch(point.period)]
    if not known or not all(_PERIOD.fullmatch(end) for end in (aim.period, aim.start_period)):
        return []
    all_of = every_quarter([min(known[0], aim.start_period), max(known[-1], aim.period)])
    first, last = all_of.index(max(known[0], aim.start_period)), all_of.index(known[-1]) + AIM_QUARTERS_MAX
    return all_of[first : min(last, all_of.index(aim.period)) + 1]


def _add_aim(figure: Figure, aim: TrendAim, crossed: Sequence[str], labels: dict[str, str]) -> None:
    """Draw the way to a target, dashed, and the target itself as a diamond where its quarter is in sight."""
    import plotly.graph_objects as go

    start = aim.debt if aim.start_debt is None else aim.start_debt
    whole = every_quarter([aim.start_period, aim.period])
    heights = [
        line_to(start, aim.debt, whole.index(code), len(whole) - 1 - whole.index(code)) * 100
        for code in crossed if code in whole
    ]  # fmt: skip
    shown = [code for code in crossed if code in whole]
    figure.add_trace(
        go.Scatter(
            x=[labels[code] for code in shown],
            y=heights,
            mode="lines+markers",
            line={"dash": "dash", "width": 1.5, "color": _CLEAR},
            marker={
                "size": [11 if code == aim.period else 0 for code in shown],
                "symbol": "diamond-open",
                "color": _CLEAR,
                "line": {"width": 2},
            },
            text=[
                f"Target {numbers.debt(aim.debt)} by {numbers.period(aim.period)}"
                if code == aim.period
                else f"On the way to the target: {height:.0f}"
                for code, height in zip(shown, heights, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    )


def trend_words(points: Sequence[TrendPoint], *, name: str = "") -> str:
    """Say the whole trend in words, for readers who do not see the chart."""
    if not points:
        return "No quarter yet."
    said = "; ".join(_point_words(point, "") for point in sorted(points, key=lambda point: point.period))
    return f"{f'Debt of {name} by quarter' if name else 'Debt by quarter'}, 0 to 100, higher is worse: {said}."


def trend_table(points: Sequence[TrendPoint]) -> DataFrame:
    """Build the table twin: one row a quarter."""
    from pandas import DataFrame

    rows: list[dict[str, Any]] = [
        {
            "Quarter": numbers.period(point.period),
            "Debt": numbers.debt(point.estimate),
            "Low": numbers.debt(point.low),
            "High": numbers.debt(point.high),
            "State": "closed" if point.closed else "open",
        }
        for point in sorted(points, key=lambda point: point.period)
    ]
    return DataFrame(rows, columns=["Quarter", "Debt", "Low", "High", "State"])


def _point_words(point: TrendPoint, name: str) -> str:
    start = f"{name}, {numbers.period(point.period)}" if name else numbers.period(point.period)
    open_yet = "" if point.closed else ", still open"
    return f"{start}: {numbers.interval(point.estimate, point.low, point.high)}{open_yet}"


def every_quarter(periods: Sequence[str]) -> list[str]:
    """List every quarter from the first to the last, so that a skipped one shows as a gap; odd codes stay."""
    found = [match for period in periods if (match := _PERIOD.fullmatch(period))]
    if len(found) != len(periods) or not found:
        return list(dict.fromkeys(periods))
    counted = sorted(int(match[1]) * 4 + int(match[2]) - 1 for match in found)
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(counted[0], counted[-1] + 1)]
