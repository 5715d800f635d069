"""The heatmap: systems by areas, team by team, with the debt of each system at the right and a legend below."""

from __future__ import annotations

from dataclasses import replace

from reports import font, marks, numbers
from reports.marks import Mark
from reports.palette import Theme
from reports.report import Cell, CellState, Column, Heatmap, Move, Row, RowGroup, rows_shown
from reports.svg import Chart, Drawing

WIDTH = 482.0
ROW, GAP = 15.0, 1.2  #: height of a row; white between cells
TEAM = 15.0  #: height of a team's line
TEAMS_MAX = 8  #: with lines of their own; more of them would not leave a page for the rows
TOTAL = 62.0  #: width of the column at the right
CELL_MAX = 44.0
HEAD_SIZE, HEAD_LENGTH = 8.0, 100.0
TURN = -55.0


def draw(heatmap: Heatmap, *, theme: Theme = "light", width: float = WIDTH, legend: bool = True) -> Chart:
    """Cells carry number, colour, mark; the legend explains all of them."""
    groups = _groups(heatmap)
    names = [row.name for group in groups for row in group.rows]
    longest = max((font.width(name, 8.5) for name in names), default=60.0)
    label = min(max(longest + 8, 70.0), width * (0.3 if len(groups) > 1 else 0.36))
    cell = min((width - label - TOTAL) / max(1, len(heatmap.columns)), CELL_MAX)
    head = _head_height(heatmap.columns, cell)
    teams = [group for group in groups if group.team]
    height = head + ROW * len(names) + TEAM * len(teams) + (6 * (len(groups) - len(teams)))
    drawing = Drawing(width=width, height=height + (44 if legend else 2), theme=theme)
    _heads(drawing, heatmap.columns, label, cell, head)
    y = head
    for group in groups:
        if group.team:
            drawing.text(
                0, y + TEAM - 4, group.team, size=7.5, weight=600, colour=drawing.palette.muted, most=width * 0.6
            )
            y += TEAM
        else:
            y += 6
        for row in group.rows:
            _row(drawing, row, y, label, cell)
            y += ROW
    if legend:
        _legend(drawing, y + 12)
    return drawing.finish(heatmap.finding, alt(heatmap))


def _groups(heatmap: Heatmap) -> tuple[RowGroup, ...]:
    """Team by team; where nearly every system has a team of its own, the worst first, each with its team beside it."""
    if len(heatmap.groups) <= TEAMS_MAX:
        return heatmap.groups
    rows, _ = rows_shown(heatmap.rows, len(heatmap.rows))
    named = tuple(replace(row, name=f"{row.name}, {row.team}" if row.team else row.name) for row in rows)
    return (RowGroup(team="", rows=named),)


def _head_height(columns: tuple[Column, ...], cell: float) -> float:
    if not columns:
        return 12.0
    longest = max(max(map(_head_width, _head_lines(column, cell))) for column in columns)
    return 14 + longest * 0.82 + 6


def _head_width(line: str) -> float:
    return font.width(line, HEAD_SIZE)


def _head_lines(column: Column, cell: float) -> list[str]:
    return font.lines(column.title, HEAD_SIZE, HEAD_LENGTH, count=2 if cell >= 22 else 1) or [column.id]


def _heads(drawing: Drawing, columns: tuple[Column, ...], label: float, cell: float, head: float) -> None:
    for place, column in enumerate(columns):
        lines = _head_lines(column, cell)
        middle = label + cell * (place + 0.5)
        for step, line in enumerate(lines):
            x = middle + 3 + (step - (len(lines) - 1) / 2) * 10.2
            drawing.text(x, head - 5, line, size=HEAD_SIZE, turned=TURN)
    x = label + cell * len(columns)
    drawing.text(x + 8, head - 5, "All areas", size=HEAD_SIZE, weight=600)


def _row(drawing: Drawing, row: Row, y: float, label: float, cell: float) -> None:
    base = y + ROW / 2 + 2.8
    drawing.text(label - 6, base, row.name, size=8.5, anchor="end", most=label - 8)
    for place, each in enumerate(row.cells):
        _cell(drawing, each, label + cell * place, y, cell)
    x = label + cell * len(row.cells) + 8
    shown = marks.look(row.total, drawing.theme)
    palette = drawing.palette
    if row.total.debt is None:
        drawing.text(x, base, shown.text, size=8.5, colour=palette.muted)
        return
    drawing.text(x + 12, base, row.total.shown, size=8.5, weight=700 if shown.bold else 400, anchor="end")
    drawing.rect(x + 16, y + 4.5, 18, ROW - 9, fill=palette.line)
    drawing.rect(x + 16, y + 4.5, 18 * row.total.debt, ROW - 9, fill=palette.ink)
    if shown.ring:
        drawing.circle(x + 39.5, base - 2.6, 2.0, edge=palette.muted, edge_width=0.8)
    elif row.total.change is not None:
        bold = shown.mark is not Mark.NONE
        colour = {Move.WORSE: palette.worse, Move.BETTER: palette.better}.get(row.total.move, palette.muted)
        said = numbers.change(row.total.change)
        drawing.text(x + 53, base, said, size=8, weight=600 if bold else 400, colour=colour, anchor="end")


def _cell(drawing: Drawing, cell: Cell, x: float, y: float, width: float) -> None:
    shown = marks.look(cell, drawing.theme)
    wide, high = width - GAP, ROW - GAP
    drawing.rect(
        x, y, wide, high, fill=shown.fill, edge=shown.edge, edge_width=0.8 if shown.dashed else 0.6, dashed=shown.dashed
    )
    has_mark = shown.mark is not Mark.NONE
    middle = x + wide / 2 - (3.2 if has_mark else 0)
    size = 8.0 if width >= 20 else 6.5
    label = drawing.text(
        middle,
        y + high / 2 + size * 0.35,
        shown.text,
        size=size,
        weight=600 if shown.bold else 400,
        colour=shown.ink,
        anchor="middle",
    )
    if has_mark:
        drawing.triangle(label.right + 4.4, y + high / 2, 4.6, up=shown.mark is Mark.UP, colour=shown.ink)
    if shown.ring:
        drawing.circle(x + 3.6, y + 3.6, 1.5, edge=shown.ink, edge_width=0.7)


def _legend(drawing: Drawing, y: float) -> None:
    palette = drawing.palette
    x = 0.0
    for letter, limits, said in marks.band_ranges():
        colours = palette.bands[letter]
        drawing.rect(x, y, 16, 11, fill=colours.fill, edge=colours.edge)
        drawing.text(x + 8, y + 8.4, letter, size=7.5, weight=600, colour=colours.ink, anchor="middle")
        words = drawing.text(x + 20, y + 8.4, f"{limits}, {said}", size=7.5, colour=palette.muted)
        x = words.right + 9
    y += 19
    x = 0.0
    for sign, said in marks.LEGEND:
        if sign in (Mark.UP.value, Mark.DOWN.value):
            drawing.triangle(x + 4, y + 4.8, 5.4, up=sign == Mark.UP.value, colour=palette.ink)
        elif sign == marks.RING:
            drawing.circle(x + 4, y + 4.8, 2.0, edge=palette.ink, edge_width=0.8)
        else:
            dashed = sign == marks.UNANSWERED_SIGN
            edge = palette.strong_line if dashed else palette.line
            drawing.rect(x, y - 0.4, 10, 10, fill=palette.page, edge=edge, dashed=dashed)
            drawing.text(x + 5, y + 7.2, sign, size=7, weight=600, colour=palette.muted, anchor="middle")
        words = drawing.text(x + 13, y + 7.4, said, size=7.5, colour=palette.muted)
        x = words.right + 14


def alt(heatmap: Heatmap) -> str:
    """The heatmap in words: how large, the worst three, what moved, what is open."""
    rows = heatmap.rows
    if not rows:
        return "A heatmap without a system."
    worst = sorted(
        (
            (cell.debt or 0.0, row.name, column.title)
            for row in rows
            for column, cell in zip(heatmap.columns, row.cells, strict=True)
            if cell.state is CellState.SCORE
        ),
        key=lambda it: (-it[0], it[1], it[2]),
    )[:3]
    cells = [cell for row in rows for cell in row.cells]
    worse, better = (sum(cell.move is move for cell in cells) for move in (Move.WORSE, Move.BETTER))
    unanswered = sum(cell.state is CellState.UNANSWERED for cell in cells)
    many = f"Heatmap of {numbers.count(len(rows), 'system')} by {numbers.count(len(heatmap.columns), 'area')}."
    named = "; ".join(f"{name}, {title}: {numbers.debt(debt)}" for debt, name, title in worst)
    return " ".join(
        part
        for part in (
            many,
            heatmap.finding,
            f"The most debt: {named}." if named else "",
            f"Worse than before {worse}, better {better}, not answered yet {unanswered}.",
        )
        if part
    )
