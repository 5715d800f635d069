"""Targets on a heatmap: a small flag in each cell that has one, filled where it is behind, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from operations.targets import Place, TargetView
from scoring.targets import Pace
from ui.grids import TOTAL
from ui.heatmap import Grid
from ui.target_words import distance_words

BEHIND = {Pace.BEHIND, Pace.MISSED}


def portfolio_marks(views: Mapping[Place, TargetView]) -> dict[tuple[str, str], TargetView]:
    """The targets of all systems by row and column of the portfolio's heatmap."""
    return {(system_id, area or TOTAL): view for (system_id, area), view in views.items() if system_id}


def system_marks(views: Mapping[Place, TargetView], system_id: str, period: str) -> dict[tuple[str, str], TargetView]:
    """The targets of one system by row and column of its heatmap, in the column of one quarter."""
    return {(area or TOTAL, period): view for (owner, area), view in views.items() if owner == system_id}


def aimed(grid: Grid, marks: Mapping[tuple[str, str], TargetView]) -> Grid:
    """The heatmap with the targets of its cells, by (row id, column id); those of other cells are left out."""
    if not marks:
        return grid
    cells = tuple(
        tuple(
            replace(cell, aim=distance_words(view.target, view.distance).rstrip("."), aim_missed=_behind(view))
            if (view := marks.get((row.id, column.id))) is not None and cell.kind == "score"
            else cell
            for column, cell in zip(grid.columns, line, strict=True)
        )
        for row, line in zip(grid.rows, grid.cells, strict=True)
    )
    return replace(grid, cells=cells)


def _behind(view: TargetView) -> bool:
    return view.distance.pace in BEHIND
