"""Coverage: how much of each system is answered, a wide pale bar, and how much rests on evidence, a narrow dark one."""

from __future__ import annotations

from collections.abc import Sequence

from reports import font, numbers
from reports.palette import Theme
from reports.report import Confidence, CoverageRow
from reports.svg import Chart, Drawing

WIDTH = 482.0
ROW, TOP = 14.0, 16.0
RIGHT = 88.0


def draw(confidence: Confidence, *, theme: Theme = "light", width: float = WIDTH) -> Chart:
    """One scale from nothing to everything; the numbers stand in two columns at the right, never on a bar."""
    rows = confidence.coverage
    drawing = Drawing(width=width, height=TOP + ROW * len(rows) + 4, theme=theme)
    palette = drawing.palette
    label = min(max((font.width(it.name, 8.5) for it in rows), default=60.0) + 9, width * 0.34)
    wide = width - label - RIGHT
    drawing.text(width - RIGHT + 40, 8, "answered", size=7.5, weight=600, colour=palette.muted, anchor="end")
    drawing.text(width, 8, "evidenced", size=7.5, weight=600, colour=palette.better, anchor="end")
    for tick in (0.25, 0.5, 0.75, 1.0):
        x = label + wide * tick
        drawing.line(x, TOP - 3, x, TOP + ROW * len(rows), colour=palette.line)
    fill = palette.pale_bar
    for place, it in enumerate(rows):
        y = TOP + ROW * place
        base = y + ROW / 2 + 2.6
        drawing.text(label - 6, base, it.name, size=8.5, anchor="end", most=label - 8)
        drawing.rect(label, y + 2, wide * min(1.0, it.answered), ROW - 4, fill=fill)
        drawing.text(width - RIGHT + 40, base, numbers.percent(it.answered), size=8.5, anchor="end")
        if it.evidenced is None:
            drawing.text(width, base, "no scan", size=8, colour=palette.muted, anchor="end")
        else:
            drawing.rect(label, y + 5, wide * min(1.0, it.evidenced), ROW - 10, fill=palette.better)
            drawing.text(width, base, numbers.percent(it.evidenced), size=8.5, colour=palette.better, anchor="end")
    drawing.line(label, TOP - 3, label, TOP + ROW * len(rows), colour=palette.strong_line)
    return drawing.finish(confidence.finding, alt(rows, confidence.finding))


def alt(rows: Sequence[CoverageRow], finding: str) -> str:
    """The bars in words."""
    said = "; ".join(
        f"{it.name} {numbers.percent(it.answered)} answered, "
        + ("no scan" if it.evidenced is None else f"{numbers.percent(it.evidenced)} evidenced")
        for it in rows
    )
    return f"{finding} {said}."
