"""Rank slope: where the most indebted systems stood before and stand now; one line a system, the most on top."""

from __future__ import annotations

from reports import font, numbers
from reports.palette import Theme
from reports.report import RankMove, RankMoves
from reports.svg import Chart, Drawing

WIDTH = 232.0
ROW, TOP = 15.5, 22.0
LEFT, MIDDLE = 26.0, 92.0


def draw(ranks: RankMoves, *, theme: Theme = "light", width: float = WIDTH) -> Chart:
    """Every system has a row of its own on both sides, so that equal places do not print over each other."""
    drawing = Drawing(width=width, height=TOP + ROW * len(ranks.moves) + 4, theme=theme)
    palette = drawing.palette
    drawing.text(LEFT, 9, numbers.period(ranks.before_period), size=7.5, colour=palette.muted, anchor="middle")
    drawing.text(MIDDLE, 9, numbers.period(ranks.after_period), size=7.5, colour=palette.muted, anchor="middle")
    before = sorted(
        (it for it in ranks.moves if it.before is not None), key=lambda it: (it.before or 0, ranks.moves.index(it))
    )
    for row, it in enumerate(ranks.moves):
        y = TOP + ROW * row + 4
        colour, weight = _ink(it, drawing)
        label = drawing.text(MIDDLE + 15, y + 2.8, str(it.after), size=8, weight=weight, colour=colour, anchor="end")
        name = it.name if it.before is not None else f"{font.cut(it.name, 8.5, 92, weight)} (new)"
        drawing.text(
            label.right + 4, y + 2.8, name, size=8.5, weight=weight, colour=colour, most=width - label.right - 5
        )
        if it.before is not None:
            start = TOP + ROW * before.index(it) + 4
            drawing.text(LEFT - 8, start + 2.8, str(it.before), size=8, colour=palette.muted, anchor="end")
            drawing.line(LEFT, start, MIDDLE, y, colour=colour, width=1.6 if weight == 600 else 0.9)
            drawing.circle(LEFT, start, 2.0, fill=colour)
        drawing.circle(MIDDLE, y, 2.0, fill=colour if it.before is not None else palette.page, edge=colour)
    return drawing.finish(ranks.finding, alt(ranks))


def _ink(it: RankMove, drawing: Drawing) -> tuple[str, int]:
    """Up the list is worse, and bold besides, so that the direction does not hang on a colour."""
    if it.before is None or it.after is None or it.before == it.after:
        return drawing.palette.muted, 400
    return (drawing.palette.worse, 600) if it.after < it.before else (drawing.palette.better, 400)


def alt(ranks: RankMoves) -> str:
    """The places in words."""
    said = "; ".join(
        f"{it.after} {it.name}" + (f" (was {it.before})" if it.before is not None else " (new)") for it in ranks.moves
    )
    return f"{ranks.finding} Places by debt, the most first: {said}."
