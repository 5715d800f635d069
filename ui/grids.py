"""From the views of operations to heatmap grids: which cell is a number, a question mark or a dash."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from operations.portfolio import Portfolio, PortfolioRow, ScoreCell
from operations.scores import SYSTEM
from operations.system_view import SystemView
from ui import numbers
from ui.heatmap import Cell, ColumnHead, Grid, RowHead

TOTAL = "ALL"
QUARTERS_SHOWN = 8

_NOT_APPLICABLE = Cell(kind="not_applicable")
_EMPTY = Cell(kind="empty")


def cell_of(score: ScoreCell | None, *, contradicted: bool = False) -> Cell:
    """A stored score as a cell; None is an area that does not apply."""
    if score is None:
        return _NOT_APPLICABLE
    if score.estimate is None:
        return Cell(kind="unanswered", low=score.low, high=score.high, coverage=score.coverage)
    return Cell(
        kind="score",
        debt=score.estimate,
        band=score.band,
        low=score.low,
        high=score.high,
        coverage=score.coverage,
        change="worse" if score.direction == "worse" else "better" if score.direction == "better" else None,
        difference=score.change,
        uncertain=score.uncertain,
        contradicted=contradicted,
    )


def portfolio_grid(
    view: Portfolio, rows: Sequence[PortfolioRow], *, grouped: bool, contradicted: Collection[tuple[str, str]] = ()
) -> Grid:
    """Systems by areas, the total at the right edge; a system not assessed in the quarter has only question marks."""
    columns = [ColumnHead(id=area.id, short=area.short, title=area.title) for area in view.areas]
    columns.append(ColumnHead(id=TOTAL, short="All", title="All areas", total=True))

    def cells(row: PortfolioRow) -> tuple[Cell, ...]:
        if row.assessment is None:
            return tuple(Cell(kind="unanswered") for _ in columns)
        disagree = {area for assessment_id, area in contradicted if assessment_id == row.assessment.assessment_id}
        areas = (cell_of(row.cells.get(area.id), contradicted=area.id in disagree) for area in view.areas)
        return (*areas, cell_of(row.cells.get(SYSTEM)))

    return Grid(
        caption=f"Debt of {numbers.count(len(rows), 'system')} by area, {numbers.period(view.period)}",
        rows=tuple(
            RowHead(
                id=row.system.system_id,
                label=row.system.name,
                note="" if grouped else row.system.team,
                group=row.system.team if grouped else None,
                href=f"/system?system={row.system.system_id}&period={view.period}",
            )
            for row in rows
        ),
        columns=tuple(columns),
        cells=tuple(cells(row) for row in rows),
        corner="System",
        compared=numbers.period(view.compared_with),
    )


def system_grid(view: SystemView, *, contradicted: Collection[tuple[str, str]] = ()) -> Grid:
    """Areas by quarters of one system, its own debt in the last row."""
    quarters = [a.period for a in view.shown][-QUARTERS_SHOWN:]
    ids = {a.period: a.assessment_id for a in view.shown}
    rows = [RowHead(id=area.id, label=area.title) for area in view.areas]
    rows.append(RowHead(id=TOTAL, label="All areas", summary=True))

    def cells(area_id: str) -> tuple[Cell, ...]:
        return tuple(
            cell_of(view.cells.get((area_id, q)), contradicted=(ids[q], area_id) in contradicted) for q in quarters
        )

    return Grid(
        caption=f"Debt of {view.system.name} by area and quarter",
        rows=tuple(rows),
        columns=tuple(ColumnHead(id=q, short=numbers.period(q), title=numbers.period(q)) for q in quarters),
        cells=(*(cells(area.id) for area in view.areas), cells(SYSTEM)),
        corner="Area",
        compared="the quarter before",
    )
