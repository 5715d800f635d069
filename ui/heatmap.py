"""The debt heatmap: a grid of cells drawn by our own component, its table twin and its one-sentence summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ui import session

if TYPE_CHECKING:
    from pandas import DataFrame

Kind = Literal["score", "unanswered", "not_applicable", "empty"]
Change = Literal["worse", "better"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. Debt, limits and coverage are 0..1; `difference` is this period's debt minus the compared one's.

    The accessible words are put together from these parts ("51, band C, 44 to 60, 92 % known, worse than Q3 2026");
    `label` replaces them when a page knows better words. Give no label to send fewer bytes.
    """

    kind: Kind
    debt: float | None = None
    band: str | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    change: Change | None = None  #: only when the difference is more than noise
    difference: float | None = None
    uncertain: bool = False
    contradicted: bool = False
    hatched: bool = False  #: from evidence only, nobody answered
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHead:
    """The head of a row. Rows with the same group that follow each other stand together, with a gap before the next."""

    id: str
    label: str
    note: str = ""
    group: str | None = None
    href: str | None = None  #: where the head leads, e.g. "/system?system=..."
    summary: bool = False  #: a row about several systems, e.g. a team's median


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHead:
    """The head of a column: a short label and the full title. A total column shows number, letter and difference."""

    id: str
    short: str
    title: str
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A heatmap: cells[i][j] belongs to rows[i] and columns[j]."""

    caption: str
    rows: tuple[RowHead, ...]
    columns: tuple[ColumnHead, ...]
    cells: tuple[tuple[Cell, ...], ...]
    corner: str  #: what the rows are, e.g. "System"
    compared: str = ""  #: what changes refer to, e.g. "Q3 2026"


def heatmap(grid: Grid, *, key: str, selected: tuple[str, str] | None = None) -> tuple[str, str] | None:
    """Draw the grid and return the selected (row id, column id), None when no cell is selected.

    What the person does last wins, and so does a page that asks for another cell: `selected` counts when it differs
    from what the page asked for in the run before (a deep link, a closed drawer).
    """
    if session.asked_cell(key) != selected:
        session.note_asked_cell(key, selected)
        session.select_cell(key, selected)
    return session.selected_cell(key)


def heatmap_table(grid: Grid) -> DataFrame:
    """Build the table twin of the grid."""
    raise NotImplementedError


def heatmap_sentence(grid: Grid) -> str:
    """Say the grid in one sentence or three: the worst cells, what changed most, how much is unanswered."""
    raise NotImplementedError


def interval_bar(low: float, estimate: float | None, high: float, *, label: str) -> None:
    """Draw low, estimate and high (0..1) on a scale of 0..100 with the band limits; `label` says what is measured."""
    raise NotImplementedError
