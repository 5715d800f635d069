"""A report as one CSV file: every number and text of it, one a line, unrounded, for programs and pivot tables."""

from __future__ import annotations

from datetime import date

from reports import marks
from reports.report import Cell, CellState, Report
from reports.tables import Kind, Table, Value, tables_of
from reports.text import csv_file

HEADS = ("part", "row", "name", "column", "unit", "value", "text")
#: What a number counts, by the kind of its column. Debts, changes and shares are 0..1, as on the command line.
UNITS = {
    Kind.DEBT: "debt 0-1",
    Kind.CELL: "debt 0-1",
    Kind.CHANGE: "debt 0-1",
    Kind.SHARE: "share 0-1",
    Kind.DAYS: "days",
}


def render_csv(report: Report) -> bytes:
    """RFC 4180 with a byte order mark. `row` counts within its part; a heatmap cell without a number says why."""
    rows: list[tuple[str | float | None, ...]] = [HEADS]
    for key, text in _head(report):
        rows.append(("report", 1, "", key, "", None, text))
    for table in tables_of(report):
        rows += _lines(table)
    rows += [("method", place, "", "paragraph", "", None, text) for place, text in enumerate(report.appendix.method, 1)]
    return csv_file(rows, spreadsheet=True)


def _head(report: Report) -> tuple[tuple[str, str], ...]:
    """What every format says of itself, the footer among it."""
    footer = report.footer
    return (
        ("title", report.title),
        ("period", report.period),
        ("compared with", report.compared_with),
        ("scope", report.scope.words),
        ("made on", report.made_on.isoformat()),
        ("systems", str(report.systems)),
        ("rated", str(report.rated)),
        ("verdict", report.verdict.text),
        ("organisation", footer.organisation),
        ("confidentiality", footer.confidentiality),
        ("checklist", footer.checklist),
        ("scoring", footer.scoring),
        ("inputs sha256", footer.digest),
        ("audit head", footer.audit_head),
    )


def _lines(table: Table) -> list[tuple[str | float | None, ...]]:
    lines: list[tuple[str | float | None, ...]] = []
    if table.finding:
        lines.append((table.key, None, "", "finding", "", None, table.finding))
    for place, row in enumerate(table.rows, 1):
        name = " / ".join(str(value) for value in row[: table.names])
        for column, value in zip(table.columns, row, strict=True):
            number, text = _split(value)
            if number is not None or text:
                unit = UNITS.get(column.kind, "count") if number is not None else ""
                lines.append((table.key, place, name, column.head, unit, number, text))
    if table.left_out:
        lines.append((table.key, None, "", "left out", "count", table.left_out, ""))
    return lines


def _split(value: Value) -> tuple[float | None, str]:
    """The number of a value and its words: one of them, or both for a cell of the heatmap."""
    if isinstance(value, Cell):
        return (value.debt, "" if value.state is CellState.SCORE and not value.low_confidence else marks.words(value))
    if isinstance(value, date):
        return None, value.isoformat()
    if isinstance(value, str):
        return None, value
    return value, ""
