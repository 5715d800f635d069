"""From the views of operations to heatmap grids: which cell is a number, a question mark or a dash."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median

from operations.portfolio import Portfolio, PortfolioRow, ScoreCell
from operations.scores import SYSTEM
from operations.system_view import SystemView
from scoring.bands import band
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
    view: Portfolio,
    rows: Sequence[PortfolioRow],
    *,
    grouped: bool,
    contradicted: Collection[tuple[str, str]] = (),
    areas: Collection[str] = (),
    teams: Mapping[str, Sequence[PortfolioRow]] | None = None,
) -> Grid:
    """Systems by areas, the total at the right edge; a system not assessed in the quarter has only question marks.

    `areas` leaves only these columns (and the total). `teams` are the systems of each team, on whichever page: where
    rows are grouped, each team begins with its median and its worst cell of every column. A cell is contradicted when
    the stored score says so, or `contradicted` holds it as (assessment id, area id).
    """
    shown = [area for area in view.areas if not areas or area.id in areas]
    columns = [ColumnHead(id=area.id, short=area.short, title=area.title) for area in shown]
    columns.append(ColumnHead(id=TOTAL, short="All", title="All areas", total=True))

    def cells(row: PortfolioRow) -> tuple[Cell, ...]:
        if row.assessment is None:
            return tuple(Cell(kind="unanswered") for _ in columns)
        one = row.assessment.assessment_id
        found = ((area.id, row.cells.get(area.id)) for area in shown)
        by_area = (
            cell_of(cell, contradicted=bool(cell and cell.contradicted) or (one, area) in contradicted)
            for area, cell in found
        )
        return (*by_area, cell_of(row.cells.get(SYSTEM)))

    heads: list[RowHead] = []
    body: list[tuple[Cell, ...]] = []
    begun = None
    for row in rows:
        team = row.system.team
        if grouped and teams is not None and team != begun:
            begun = team
            for head, drawn in _of_team(team, teams.get(team, ()), [area.id for area in shown]):
                heads.append(head)
                body.append(drawn)
        heads.append(
            RowHead(
                id=row.system.system_id,
                label=row.system.name,
                note=_note(row, grouped=grouped),
                group=team if grouped else None,
                href=f"/system?system={row.system.system_id}&period={view.period}",
            )
        )
        body.append(cells(row))
    return Grid(
        caption=f"Debt of {numbers.count(len(rows), 'system')} by area, {numbers.period(view.period)}",
        rows=tuple(heads),
        columns=tuple(columns),
        cells=tuple(body),
        corner="System",
        compared=numbers.period(view.compared_with),
    )


def teams_grid(view: Portfolio, teams: Mapping[str, Sequence[PortfolioRow]], *, areas: Collection[str] = ()) -> Grid:
    """Teams by areas: the median and the worst cell of each team."""
    shown = [area for area in view.areas if not areas or area.id in areas]
    columns = [ColumnHead(id=area.id, short=area.short, title=area.title) for area in shown]
    columns.append(ColumnHead(id=TOTAL, short="All", title="All areas", total=True))
    drawn = [
        pair for team, rows in teams.items() for pair in _of_team(team, rows, [area.id for area in shown], always=True)
    ]
    return Grid(
        caption=f"Debt of {numbers.count(len(teams), 'team')} by area, {numbers.period(view.period)}",
        rows=tuple(head for head, _ in drawn),
        columns=tuple(columns),
        cells=tuple(cells for _, cells in drawn),
        corner="Team",
        compared=numbers.period(view.compared_with),
    )


def teams_sentence(grid: Grid) -> str:
    """Say a grid of teams in a sentence: the worst cells. Plain text with names people wrote."""
    worst = sorted(
        (
            (cell.debt, f"{row.group}, {column.title} {numbers.debt_with_band(cell.debt, cell.band)}")
            for row, cells in zip(grid.rows, grid.cells, strict=True)
            for column, cell in zip(grid.columns, cells, strict=True)
            if row.id.startswith(WORST) and not column.total and cell.debt is not None
        ),
        key=lambda pair: -pair[0],
    )
    if not worst:
        return "No team has a rated system."
    return f"The worst cells: {'; '.join(words for _, words in worst[:3])}. Open a cell to see whose it is."


def _note(row: PortfolioRow, *, grouped: bool) -> str:
    retired = "out of use by now" if row.system.retired_at is not None else ""
    return " · ".join(part for part in ("" if grouped else row.system.team, retired) if part)


MEDIAN, WORST = "median:", "worst:"  #: in front of a team's name: the id of its rows


def team_of(row_id: str) -> str | None:
    """The team a row about several systems speaks of, None for the row of a system."""
    return next((row_id.removeprefix(start) for start in (MEDIAN, WORST) if row_id.startswith(start)), None)


def _of_team(
    team: str, rows: Sequence[PortfolioRow], areas: Sequence[str], *, always: bool = False
) -> list[tuple[RowHead, tuple[Cell, ...]]]:
    """The median and the worst cell of each column over a team's rated cells; nothing for fewer than two systems."""
    rated = [row for row in rows if row.total is not None and row.total.band is not None]
    if len(rated) < 2 and not always:
        return []

    def debts(area: str) -> list[float]:
        found = (row.cells.get(area) for row in rated)
        return sorted(cell.estimate for cell in found if cell is not None and cell.estimate is not None and cell.band)

    columns = [debts(area) for area in (*areas, SYSTEM)]
    systems = numbers.count(len(rated), "rated system")
    return [
        (
            RowHead(id=f"{start}{team}", label=label, note=systems, group=team, summary=True),
            tuple(_summary(chosen(known)) if known else _EMPTY for known in columns),
        )
        for start, label, chosen in ((MEDIAN, "Median", median), (WORST, "Worst", max))
    ]


def _summary(debt: float) -> Cell:
    return Cell(kind="score", debt=debt, band=band(debt))


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
