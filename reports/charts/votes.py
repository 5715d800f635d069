"""Agreement strip: how people voted on the questions that divide them, one dot a vote, never a name."""

from __future__ import annotations

from reports import font, marks
from reports.palette import Theme
from reports.report import Dispute, Disputes, Spread
from reports.svg import Chart, Drawing

WIDTH = 232.0
BOTTOM = 14.0
RIGHT = 38.0
DOTS_MAX = 12  #: of one level; more are written as a number


def draw(disputes: Disputes, *, theme: Theme = "light", width: float = WIDTH) -> Chart:
    """The levels share one axis from 0 (no debt) to the full debt."""
    texts = [font.lines(_asked(it), 7.5, width - RIGHT, count=2) for it in disputes.questions]
    height = sum(9.5 * len(text) + 21 for text in texts) + BOTTOM
    drawing = Drawing(width=width, height=height, theme=theme)
    palette = drawing.palette
    levels = max((len(it.counts) for it in disputes.questions), default=5)
    step = (width - RIGHT) / levels
    y = 0.0
    for it, text in zip(disputes.questions, texts, strict=True):
        for line in text:
            y += 9.5
            drawing.text(0, y - 1.5, line, size=7.5)
        drawing.line(0, y + 13, width - RIGHT, y + 13, colour=palette.line)
        talk = it.spread is Spread.DISCUSS
        for level, count in enumerate(it.counts):
            _dots(drawing, step * (level + 0.5), y + 9, count, step=step, colour=palette.worse if talk else palette.ink)
        drawing.text(
            width,
            y + 11,
            marks.SPREAD_WORDS[it.spread],
            size=7.5,
            weight=700 if talk else 400,
            colour=palette.worse if talk else palette.muted,
            anchor="end",
        )
        y += 21
    for level in range(levels):
        words = {0: "0 no debt", levels - 1: f"{levels - 1} full"}.get(level, str(level))
        drawing.text(step * (level + 0.5), height - 3, words, size=7, colour=palette.muted, anchor="middle")
    return drawing.finish(disputes.finding, alt(disputes))


def _asked(it: Dispute) -> str:
    return f"{it.system}: {it.text}"


def _dots(drawing: Drawing, x: float, y: float, count: int, *, step: float, colour: str) -> None:
    if not count:
        return
    if count > DOTS_MAX:
        drawing.circle(x - 8, y, 2.2, fill=colour)
        drawing.text(x - 4, y + 2.6, f"× {count}", size=7.5, weight=600, colour=colour)
        return
    in_row = max(1, min(count, int(step // 5.2)))
    rows = [min(in_row, count - start) for start in range(0, count, in_row)]
    for row, dots in enumerate(reversed(rows)):
        for dot in range(dots):
            drawing.circle(
                x + (dot - (dots - 1) / 2) * 5.2,
                y + 1.5 - row * 5 if len(rows) < 3 else y + 2 - row * 4,
                2.1,
                fill=colour,
            )


def alt(disputes: Disputes) -> str:
    """The votes in words: counts by level."""
    said = " ".join(
        f"{_asked(it)} Votes from level 0 up: {', '.join(map(str, it.counts))}; we do not know {it.unknown}: "
        f"{marks.SPREAD_WORDS[it.spread]}."
        for it in disputes.questions
    )
    return f"{disputes.finding} {said}"
