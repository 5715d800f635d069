"""Burn-up: days promised as a step line, days done filled below it, each named at its end."""

from __future__ import annotations

import math

from reports import numbers
from reports.palette import Theme
from reports.report import BurnUp
from reports.svg import Chart, Drawing, apart

WIDTH, HEIGHT = 482.0, 120.0
LEFT, RIGHT, TOP, BOTTOM = 28.0, 84.0, 12.0, 20.0


def draw(burn_up: BurnUp, *, theme: Theme = "light", width: float = WIDTH, height: float = HEIGHT) -> Chart:
    """The done line stops with the last quarter that is known."""
    drawing = Drawing(width=width, height=height, theme=theme)
    palette = drawing.palette
    points = burn_up.points
    most = max((it.scope_days for it in points), default=1.0) or 1.0
    tick = next((it for it in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if most / it <= 4.5), 10_000)
    top = math.ceil(most / tick) * tick
    step = (width - LEFT - RIGHT) / max(1, len(points) - 1)

    def down(days: float) -> float:
        return TOP + (height - TOP - BOTTOM) * (1 - days / top)

    for place in range(top // tick + 1):
        drawing.line(LEFT, down(tick * place), width - RIGHT, down(tick * place), colour=palette.line)
        drawing.text(
            LEFT - 5, down(tick * place) + 2.6, f"{tick * place:g}", size=7.5, colour=palette.muted, anchor="end"
        )
    done = [(LEFT + step * place, it.done_days) for place, it in enumerate(points) if it.done_days is not None]
    if len(done) > 1:
        line = [(x, down(days)) for x, days in done]
        fill = palette.pale_better
        drawing.path([(line[0][0], down(0)), *line, (line[-1][0], down(0))], closed=True, fill=fill)
        drawing.path(line, colour=palette.better, width=2)
    stairs: list[tuple[float, float]] = []
    for place, it in enumerate(points):
        x = LEFT + step * place
        if stairs:
            stairs.append((x, stairs[-1][1]))
        stairs.append((x, down(it.scope_days)))
    drawing.path(stairs, colour=palette.ink, width=1.4)
    every = max(1, math.ceil(46 / step))
    for place, it in enumerate(points):
        if (len(points) - 1 - place) % every == 0:
            x = LEFT + step * place
            drawing.text(x, height - 5, numbers.period(it.period), size=7.5, colour=palette.muted, anchor="middle")
    ends = [(down(points[-1].scope_days), f"{numbers.days(points[-1].scope_days)} promised", palette.ink)]
    ends += [(down(done[-1][1]), f"{numbers.days(done[-1][1])} done", palette.better)] if done else []
    for y, (_, text, colour) in zip(apart([it[0] for it in ends], 10.5, TOP, height - BOTTOM), ends, strict=True):
        drawing.text(width - RIGHT + 6, y + 3, text, size=8.5, weight=600, colour=colour, most=RIGHT - 6)
    return drawing.finish(burn_up.finding, alt(burn_up))


def alt(burn_up: BurnUp) -> str:
    """The lines in words."""
    said = "; ".join(
        f"{numbers.period(it.period)} {numbers.days(it.scope_days)} promised"
        + (f", {numbers.days(it.done_days)} done" if it.done_days is not None else "")
        for it in burn_up.points
    )
    return f"{burn_up.finding} {said}."
