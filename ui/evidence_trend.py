"""What a repository shows, quarter by quarter: signs of debt found of those looked for. Hatched, and never a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from operations.periods import following, preceding, quarters_between
from operations.scans import EvidenceTrend, Origin, Signs, TrendPoint
from ui import numbers
from ui.small_table import BarStyle, TableCell, TableColumn, small_table
from ui.text import plain

if TYPE_CHECKING:
    from pandas import DataFrame

TITLE: Final = "What the repository shows; not a score"
POINTS_MAX: Final = 12
REPOSITORIES_NAMED: Final = 3
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
    if len(trend.repositories) > 1:
        st.markdown(plain(repositories_sentence(trend.repositories)))
    columns = [TableColumn(title="Area")]
    rows: list[list[TableCell | str]] = [[title] for title in (*(area.title for area in trend.areas), "All areas")]
    before: TrendPoint | None = None
    for point in points:
        if before is not None and quarters_between(before.period, point.period) > 1:
            columns.append(gap(before.period, point.period))
            for row in rows:
                row.append(TableCell(text=numbers.DASH, words="no scan"))
        still = before is not None and before.origin is point.origin is Origin.BACK_FILLED
        columns.append(_head(point, unchanged=still and before is not None and before.commit == point.commit))
        for row, signs in zip(rows, [*(point.areas.get(area.id) for area in trend.areas), point.total], strict=True):
            row.append(_cell(point, signs))
        before = point
    small_table(
        "Signs of debt found, of those that could be looked for",
        columns,
        rows,
        key="evidence-trend",
        caption_shown=False,
    )
    st.caption(
        "Signs of debt found of those that could be looked for. A dotted edge: read out of the git history by the "
        "newest scan that looked back. A full edge: scanned at the time. Finding nothing does not prove that there is "
        "nothing, so this is never turned into debt."
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


def repositories_sentence(names: tuple[str, ...]) -> str:
    """Say that the scans are of several repositories, so that the trend jumps between them, and what to do."""
    named = ", ".join(names[:REPOSITORIES_NAMED])
    more = f" and {len(names) - REPOSITORIES_NAMED} more" if len(names) > REPOSITORIES_NAMED else ""
    return (
        f"The scans are of {len(names)} repositories ({named}{more}), and a quarter goes by the one that came last. "
        "Make a system of each, or let the builds hand in one alone."
    )


def gap(before: str, after: str) -> TableColumn:
    """The column of the quarters between two others of which nothing is known."""
    first, last = following(before), preceding(after)
    if first == last:
        return TableColumn(title=numbers.period(first), note="no scan", kind="share")
    return TableColumn(title=f"{numbers.period(first)} to {numbers.period(last)}", note="no scan", kind="share")


def _head(point: TrendPoint, *, unchanged: bool) -> TableColumn:
    note = f"{_ORIGIN_WORDS[point.origin]}{', no commit' if unchanged else ''}"
    return TableColumn(title=numbers.period(point.period), note=note, kind="share")


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
