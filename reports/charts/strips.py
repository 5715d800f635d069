"""Small multiples of a team: a strip of bars for each system, the areas in one order, all on one scale 0 to 100."""

from __future__ import annotations

from collections.abc import Sequence

from reports import font, marks, numbers
from reports.palette import Theme
from reports.report import CellState, Column, Row
from reports.svg import Chart, Drawing

WIDTH = 482.0
STRIP, TOP = 34.0, 16.0
RIGHT = 34.0


def draw(
    columns: Sequence[Column], rows: Sequence[Row], finding: str, *, theme: Theme = "light", width: float = WIDTH
) -> Chart:
    """Bars in the colour of their band with the number on top; a question mark where nobody answered."""
    drawing = Drawing(width=width, height=TOP + (STRIP + 12) * len(rows) + 2, theme=theme)
    palette = drawing.palette
    label = min(max((font.width(row.name, 8.5, 600) for row in rows), default=60.0) + 8, width * 0.26)
    column = (width - label - RIGHT) / max(1, len(columns))
    for place, it in enumerate(columns):
        x = label + column * (place + 0.5)
        size = min(7.0, max(5.5, 7 * (column - 2) / max(1.0, font.width(it.short, 7))))
        drawing.text(x, 8, it.short, size=size, colour=palette.muted, anchor="middle", most=column - 1)
    drawing.text(width, 8, "All", size=7, weight=600, colour=palette.muted, anchor="end")
    for number, row in enumerate(rows):
        foot = TOP + (STRIP + 12) * number + STRIP + 4
        for line, text in enumerate(font.lines(row.name, 8.5, label - 8, 600, count=3)):
            drawing.text(0, foot - STRIP + 14 + 10 * line, text, size=8.5, weight=600)
        drawing.line(label, foot, width - RIGHT, foot, colour=palette.strong_line)
        for place, cell in enumerate(row.cells):
            shown = marks.look(cell, theme)
            middle = label + column * (place + 0.5)
            if cell.state is not CellState.SCORE or cell.debt is None:
                drawing.text(middle, foot - 3, shown.text, size=8, weight=600, colour=palette.muted, anchor="middle")
                continue
            wide, tall = min(column * 0.62, 24), (STRIP - 9) * cell.debt
            drawing.rect(middle - wide / 2, foot - tall, wide, tall, fill=shown.fill, edge=palette.strong_line)
            said = f"{shown.text}{shown.mark.value}"
            drawing.text(middle, foot - tall - 2.5, said, size=7.5, weight=600 if shown.bold else 400, anchor="middle")
            if shown.ring:
                drawing.circle(middle + wide / 2 + 2.4, foot - 3, 1.5, edge=palette.muted, edge_width=0.7)
        total = marks.look(row.total, theme)
        drawing.text(width, foot - 2, total.text, size=11, weight=700 if total.bold else 400, anchor="end")
    return drawing.finish(finding, alt(columns, rows, finding))


def alt(columns: Sequence[Column], rows: Sequence[Row], finding: str) -> str:
    """The strips in words."""
    said = " ".join(
        f"{row.name}, in all {row.total.shown}: "
        + "; ".join(f"{it.title} {marks.words(cell)}" for it, cell in zip(columns, row.cells, strict=True))
        + "."
        for row in rows
    )
    return f"{finding} {numbers.count(len(rows), 'strip')} of bars. {said}"
