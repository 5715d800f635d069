"""One system: the debt of each area as a dot on a line that is its interval, on one scale 0 to 100."""

from __future__ import annotations

from reports import font, marks, numbers
from reports.palette import Theme
from reports.report import Cell, CellState, Column, SystemDetail
from reports.svg import Chart, Drawing
from scoring.bands import BANDS, band_limits

WIDTH = 482.0
ROW, TOP, BOTTOM = 19.0, 18.0, 14.0
RIGHT = 104.0


def draw(system: SystemDetail, *, theme: Theme = "light", width: float = WIDTH) -> Chart:
    """The letters stand over their stretch of the scale; the areas with the most debt come first."""
    drawing = Drawing(width=width, height=TOP + ROW * len(system.columns) + BOTTOM, theme=theme)
    palette = drawing.palette
    label = min(max((font.width(it.title, 8.5) for it in system.columns), default=60.0) + 10, width * 0.38)
    wide = width - label - RIGHT
    bottom = TOP + ROW * len(system.columns)
    edges = (0.0, *band_limits, 1.0)
    for letter, first, last in zip(BANDS, edges, edges[1:], strict=False):
        colours = palette.bands[letter]
        left = label + wide * first
        drawing.rect(left, TOP - 14, wide * (last - first), 11, fill=colours.fill)
        drawing.text(
            left + wide * (last - first) / 2,
            TOP - 5.6,
            letter,
            size=7.5,
            weight=600,
            colour=colours.ink,
            anchor="middle",
        )
        drawing.line(left, TOP - 3, left, bottom, colour=palette.line)
    drawing.line(label + wide, TOP - 3, label + wide, bottom, colour=palette.line)
    ordered = sorted(
        zip(system.columns, system.row.cells, strict=True), key=lambda it: (it[1].debt is None, -(it[1].debt or 0))
    )
    for place, (column, cell) in enumerate(ordered):
        _line(drawing, column, cell, y=TOP + ROW * place + ROW / 2, label=label, wide=wide)
    for tick in (0, 25, 50, 75, 100):
        drawing.text(label + wide * tick / 100, bottom + 9, str(tick), size=7.5, colour=palette.muted, anchor="middle")
    return drawing.finish(system.finding, alt(system))


def _line(drawing: Drawing, column: Column, cell: Cell, *, y: float, label: float, wide: float) -> None:
    palette = drawing.palette
    drawing.text(label - 8, y + 2.8, column.title, size=8.5, anchor="end", most=label - 8)
    x = label + wide + 10
    if cell.state is not CellState.SCORE or cell.debt is None or cell.band is None:
        said = marks.UNANSWERED_WORDS if cell.state is CellState.UNANSWERED else marks.NOT_APPLICABLE_WORDS
        drawing.text(x, y + 2.8, said, size=8, colour=palette.muted)
        return
    shown = marks.look(cell, drawing.theme)
    low, high = cell.low if cell.low is not None else cell.debt, cell.high if cell.high is not None else cell.debt
    drawing.line(label + wide * low, y, label + wide * high, y, colour=palette.strong_line, width=2.4)
    drawing.circle(label + wide * cell.debt, y, 4.6, fill=shown.fill, edge=palette.ink, edge_width=1)
    drawing.text(x + 14, y + 2.8, cell.shown, size=8.5, weight=700 if shown.bold else 400, anchor="end")
    rest = [marks.LOW_CONFIDENCE_WORDS] if cell.low_confidence else []
    if not rest and cell.change is not None:
        rest = [f"{numbers.change(cell.change)}", marks.MOVE_WORDS[cell.move]]
    drawing.text(x + 19, y + 2.8, " ".join(filter(None, rest)), size=7.5, colour=palette.muted, most=RIGHT - 30)


def alt(system: SystemDetail) -> str:
    """The dots in words."""
    said = "; ".join(
        f"{column.title} {marks.words(cell)}" for column, cell in zip(system.columns, system.row.cells, strict=True)
    )
    return f"{system.finding} {system.name}, in all {marks.words(system.row.total)}. {said}."
