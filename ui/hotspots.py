"""Where a change costs most, and what the authors themselves wrote is owed: two ranked tables, ten rows at most."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.evidence import AdmittedDebt, Hotspot, Location
from evidence.readable import place
from ui import numbers
from ui.small_table import TableCell, TableColumn, small_table

_DAYS_A_MONTH, _DAYS_A_YEAR = 30, 365


def draw_hotspots(hotspots: Sequence[Hotspot]) -> None:
    """Files often changed and hard to change; the bar is changes times complexity, the first file's being full."""
    weights = [one.changes * one.complexity for one in hotspots]
    most = max(weights, default=0)
    small_table(
        "Hotspots: the files where changes of the last twelve months meet complexity",
        (
            TableColumn(title="File", kind="path"),
            TableColumn(title="Changes", kind="number"),
            TableColumn(title="Complexity", kind="number"),
            TableColumn(title="People", kind="number"),
            TableColumn(title="Changes × complexity", kind="bars"),
        ),
        [
            (
                one.path,
                f"{one.changes:,}",
                f"{one.complexity:,}",
                f"{one.authors:,}",
                TableCell(share=weight / most if most else 0.0, words=f"{weight:,}"),
            )
            for one, weight in zip(hotspots, weights, strict=True)
        ],
        key="hotspots",
    )


def draw_admitted(admitted: Sequence[AdmittedDebt]) -> None:
    """Comments such as TODO, by age. Their text stays where it is."""
    small_table(
        "Admitted debt: comments that say something is owed, the oldest first",
        (
            TableColumn(title="Place", kind="path"),
            TableColumn(title="Says"),
            TableColumn(title="Age", kind="number"),
        ),
        [(place(Location(path=one.path, line=one.line)), one.marker, age(one.age_days)) for one in admitted],
        key="admitted",
    )


def age(days: int | None) -> str:
    """Write an age as "12 days", "5 months" or "2 years"; None as a dash."""
    if days is None:
        return numbers.DASH
    if days < 2 * _DAYS_A_MONTH:
        return numbers.count(days, "day")
    if days < 2 * _DAYS_A_YEAR:
        return f"{days // _DAYS_A_MONTH} months"
    return f"{days // _DAYS_A_YEAR} years"
