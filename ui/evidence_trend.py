"""What a repository shows, quarter by quarter: signs of debt found of those looked for. Hatched, and never a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from operations.scans import EvidenceTrend, Origin, Signs, TrendPoint
from ui import numbers
from ui.small_table import BarStyle, TableCell, TableColumn, small_table
from ui.text import plain

if TYPE_CHECKING:
    from pandas import DataFrame

TITLE: Final = "What the repository shows; not a score"
POINTS_MAX: Final = 12
_ORIGIN_WORDS: Final = {
    Origin.BACK_FILLED: "from history",
    Origin.ATTACHED: "scanned",
    Origin.NEWEST: "newest scan",
}


def draw_evidence_trend(trend: EvidenceTrend) -> None:
    """Draw the areas by quarters with a hatched bar each, and the same as a table."""
    st.header(TITLE, anchor=False)
    points = trend.points[-POINTS_MAX:]
    st.markdown(plain(trend_sentence(points)))
    columns = [
        TableColumn(title="Area"),
        *(
            TableColumn(title=numbers.period(point.period), note=_ORIGIN_WORDS[point.origin], kind="share")
            for point in points
        ),
    ]
    rows: list[list[TableCell | str]] = [
        [area.title, *(_cell(point, point.areas.get(area.id)) for point in points)] for area in trend.areas
    ]
    rows.append(["All areas", *(_cell(point, point.total) for point in points)])
    small_table(
        "Signs of debt found, of those that could be looked for",
        columns,
        rows,
        key="evidence-trend",
        caption_shown=False,
    )
    st.caption(
        "Signs of debt found of those that could be looked for. A dotted edge: read out of the git history by the "
        "newest scan. A full edge: scanned at the time. Finding nothing does not prove that there is nothing, so this "
        "is never turned into debt."
    )
    with st.expander("What the repository shows, as a table"):
        st.dataframe(evidence_trend_table(trend), hide_index=True, width="stretch")


def trend_sentence(points: tuple[TrendPoint, ...]) -> str:
    """Say where it stands and where it started."""
    *_, last = points
    past = [point for point in points if point.origin is Origin.BACK_FILLED]
    now = f"{_of(last.total)} signs of debt were found in {numbers.period(last.period)}."
    if not past:
        return now
    before = f"{_of(past[0].total)} in {numbers.period(past[0].period)}"
    if len(past) > 1:
        before += f", {_of(past[-1].total)} in {numbers.period(past[-1].period)}"
    return f"{now} Read out of the git history, where less can be looked for: {before}."


def _of(signs: Signs) -> str:
    return f"{signs.found} of {signs.looked_for}"


def _head(point: TrendPoint) -> TableColumn:
    return TableColumn(title=numbers.period(point.period), note=_ORIGIN_WORDS[point.origin], kind="share")


def _cell(point: TrendPoint, signs: Signs | None) -> TableCell:
    if signs is None or not signs.looked_for:
        return TableCell(text=numbers.DASH, words="nothing could be looked for")
    style: BarStyle = "dotted" if point.origin is Origin.BACK_FILLED else "hatched"
    return TableCell(
        text=f"{signs.found}/{signs.looked_for}",
        share=signs.found / signs.looked_for,
        style=style,
        words=_of(signs),
    )


def evidence_trend_table(trend: EvidenceTrend) -> DataFrame:
    """Build the table twin: one row a quarter, area and origin, in numbers."""
    from pandas import DataFrame

    rows = [
        {
            "Quarter": numbers.period(point.period),
            "Read": _ORIGIN_WORDS[point.origin],
            "Area": title,
            "Signs of debt found": signs.found,
            "Looked for": signs.looked_for,
        }
        for point in trend.points
        for title, signs in [
            *((area.title, point.areas[area.id]) for area in trend.areas if area.id in point.areas),
            ("All areas", point.total),
        ]
    ]
    return DataFrame(rows, columns=["Quarter", "Read", "Area", "Signs of debt found", "Looked for"])
