"""The change split by cause: from the debt before to the debt now, each cause a floating bar with its sign."""

from __future__ import annotations

import math

from reports import font, marks, numbers
from reports.palette import Theme
from reports.report import ChangeByCause, StepKind
from reports.svg import Chart, Drawing

WIDTH, PLOT = 482.0, 120.0  #: of the whole; height of the part between the axis' ends
LEFT, TOP = 24.0, 14.0


def draw(change: ChangeByCause, *, theme: Theme = "light", width: float = WIDTH, plot: float = PLOT) -> Chart:
    """Totals are ticks, not bars: the axis need not begin at 0 and nothing lies by its length."""
    column = (width - LEFT) / (len(change.steps) + 2)
    lines = max((len(_lines(step.label, column)) for step in change.steps), default=1)
    legend = 14 if any(step.kind is not StepKind.DEBT for step in change.steps) else 0
    drawing = Drawing(width=width, height=TOP + plot + 8.5 * lines + 7 + legend, theme=theme)
    palette = drawing.palette
    levels = [change.before]
    for step in change.steps:
        levels.append(levels[-1] + step.share)
    low, high, tick = _span([*levels, change.after])

    def down(debt: float) -> float:
        return TOP + plot * (1 - (debt * 100 - low) / (high - low))

    for place in range(round((high - low) / tick) + 1):
        value = low + tick * place
        drawing.line(LEFT, down(value / 100), width, down(value / 100), colour=palette.line)
        drawing.text(LEFT - 5, down(value / 100) + 2.6, f"{value:g}", size=7.5, colour=palette.muted, anchor="end")
    foot = TOP + plot
    for x, debt, period in (
        (LEFT, change.before, change.before_period),
        (width - column, change.after, change.after_period),
    ):
        _total(drawing, x, down(debt), column, debt)
        _name(drawing, x + column / 2, foot, numbers.period(period), column)
    for place, step in enumerate(change.steps, 1):
        x = LEFT + column * place
        above, below = sorted((levels[place - 1], levels[place]), reverse=True)
        colour = palette.better if step.share < 0 else palette.worse
        solid = step.kind is StepKind.DEBT
        bar = min(column * 0.62, 46)
        left = x + (column - bar) / 2
        tall = max(1.2, down(below) - down(above))
        drawing.line(
            x - column / 2 + bar / 2, down(levels[place - 1]), left, down(levels[place - 1]), colour=palette.strong_line
        )
        drawing.rect(left, down(above), bar, tall, fill=colour if solid else palette.page, edge=colour, edge_width=1.1)
        said = numbers.change_words(step.share)
        drawing.text(x + column / 2, down(above) - 3.5, said, size=8.5, weight=700, colour=colour, anchor="middle")
        _name(drawing, x + column / 2, foot, step.label, column)
    last = LEFT + column * (len(change.steps) + 1)
    bar = min(column * 0.62, 46)
    drawing.line(
        last - column / 2 + bar / 2,
        down(levels[-1]),
        last + column * 0.15,
        down(levels[-1]),
        colour=palette.strong_line,
    )
    _legend(drawing, change)
    return drawing.finish(change.finding, alt(change))


def _span(levels: list[float]) -> tuple[float, float, float]:
    """(lowest, highest, tick) of the axis, in points, with room for the labels above."""
    least, most = min(levels) * 100, max(levels) * 100
    tick = next((it for it in (1, 2, 5, 10, 20) if (most - least) / it <= 4.5), 25)
    low = max(0, math.floor((least - 0.25 * tick) / tick) * tick)
    return float(low), float(max(low + 2 * tick, math.ceil((most + 0.6 * tick) / tick) * tick)), float(tick)


def _total(drawing: Drawing, x: float, y: float, column: float, debt: float) -> None:
    wide = min(column * 0.7, 50)
    left = x + (column - wide) / 2
    drawing.line(left, y, left + wide, y, colour=drawing.palette.ink, width=2.6)
    drawing.text(x + column / 2, y - 5, numbers.debt_exact(debt), size=9, weight=700, anchor="middle")


def _size(column: float) -> float:
    return 7.5 if column >= 44 else 6.5


def _lines(label: str, column: float) -> list[str]:
    return font.lines(label, _size(column), column - 3, count=3)


def _name(drawing: Drawing, x: float, y: float, label: str, column: float) -> None:
    for place, line in enumerate(_lines(label, column)):
        drawing.text(x, y + 11 + 8.5 * place, line, size=_size(column), colour=drawing.palette.muted, anchor="middle")


def _legend(drawing: Drawing, change: ChangeByCause) -> None:
    kinds = dict.fromkeys(step.kind for step in change.steps if step.kind is not StepKind.DEBT)
    if not kinds:
        return
    said = numbers.names([marks.STEP_WORDS[kind] for kind in kinds], 3)
    drawing.text(
        LEFT, drawing.height - 3, f"Filled: the debt itself. Outlined: {said}.", size=7, colour=drawing.palette.muted
    )


def alt(change: ChangeByCause) -> str:
    """The split in words."""
    steps = "; ".join(f"{step.label} {numbers.change_words(step.share)}" for step in change.steps)
    return (
        f"{change.finding} From {numbers.debt_exact(change.before)} in {numbers.period(change.before_period)} to "
        f"{numbers.debt_exact(change.after)} in {numbers.period(change.after_period)}, in points: {steps or 'no step'}."
    )
