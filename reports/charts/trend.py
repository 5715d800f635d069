"""The trend: debt over the quarters with the band around it, the target, and where the yardstick changed."""

from __future__ import annotations

import math
from collections.abc import Callable

from reports import font, numbers
from reports.palette import Theme
from reports.report import TrendChart, TrendPoint
from reports.svg import Chart, Drawing, Plane, apart

WIDTH, HEIGHT = 482.0, 176.0
LEFT, RIGHT, TOP, BOTTOM = 24.0, 74.0, 18.0, 22.0


def draw(trend: TrendChart, *, theme: Theme = "light", width: float = WIDTH, height: float = HEIGHT) -> Chart:
    """A line from five rated quarters on, dots with their interval before."""
    drawing = Drawing(width=width, height=height, theme=theme)
    palette = drawing.palette
    low, high, tick_size = _span(trend)
    count = len(trend.points)
    step = (width - LEFT - RIGHT) / max(1, count - 1)

    def across(place: float) -> float:
        return LEFT + step * place if trend.line else LEFT + (width - LEFT - RIGHT) * (place + 0.5) / count

    def down(debt: float) -> float:
        return TOP + (height - TOP - BOTTOM) * (1 - (debt * 100 - low) / (high - low))

    for tick in range(low, high + 1, tick_size):
        drawing.line(LEFT, down(tick / 100), width - RIGHT, down(tick / 100), colour=palette.line)
        drawing.text(LEFT - 5, down(tick / 100) + 2.6, str(tick), size=7.5, colour=palette.muted, anchor="end")
    rated = [(place, it) for place, it in enumerate(trend.points) if it.debt is not None]
    if trend.line:
        for run in _runs(trend.points):
            _band(drawing, [(across(place), it) for place, it in run], down)
    else:
        for place, it in rated:
            if it.low is not None and it.high is not None:
                drawing.line(
                    across(place), down(it.low), across(place), down(it.high), colour=palette.strong_line, width=1.4
                )
    if trend.target is not None:
        y = down(trend.target)
        drawing.line(LEFT, y, width - RIGHT, y, colour=palette.better, width=1.2, dash="4 2.5")
    _marks(drawing, trend, across)
    _lines(drawing, trend, Plane(across=across, down=down))
    every = max(1, math.ceil(46 / step)) if count > 1 else 1
    for place, it in enumerate(trend.points):
        if (count - 1 - place) % every == 0:
            drawing.text(
                across(place), height - 6, numbers.period(it.period), size=7.5, colour=palette.muted, anchor="middle"
            )
    _ends(drawing, trend, down)
    return drawing.finish(trend.finding, alt(trend))


def _lines(drawing: Drawing, trend: TrendChart, plane: Plane) -> None:
    """The mean as a strong line, the median as a quiet one, and a dot for each quarter."""
    palette = drawing.palette
    runs = [
        [(plane.across(place), it, plane.down(it.debt)) for place, it in run if it.debt is not None]
        for run in _runs(trend.points)
    ]
    for run in runs if trend.line else []:
        middle = [(x, plane.down(it.median)) for x, it, _ in run if it.median is not None]
        drawing.path(middle, colour=palette.muted, width=1, dash="1.5 1.5")
        drawing.path([(x, y) for x, _, y in run], colour=palette.accent, width=2.4)
    for x, _, y in (spot for run in runs for spot in run):
        drawing.circle(x, y, 2.6, fill=palette.accent, edge=palette.page, edge_width=1)


def _span(trend: TrendChart) -> tuple[int, int, int]:
    """(lowest, highest, tick) of the axis: whole tens around everything shown, never beyond 0 and 100."""
    shown = [
        value * 100
        for it in trend.points
        for value in (it.debt, it.low, it.high, it.median)
        if value is not None and it.debt is not None
    ]
    shown += [trend.target * 100] if trend.target is not None else []
    least, most = min(shown, default=0.0), max(shown, default=100.0)
    size = 10 if most - least <= 35 else 20
    low, high = math.floor(least / size) * size, min(100, math.ceil(most / size) * size)
    while high - low < 3 * size:  # a change of two points must not look like a fall from a cliff
        low, high = (low - size, high) if low > 0 else (low, high + size)
    return max(0, low), high, size


def _runs(points: tuple[TrendPoint, ...]) -> list[list[tuple[int, TrendPoint]]]:
    """Stretches of rated quarters without a gap."""
    runs: list[list[tuple[int, TrendPoint]]] = [[]]
    for place, it in enumerate(points):
        if it.debt is None:
            runs.append([])
        else:
            runs[-1].append((place, it))
    return [run for run in runs if run]


def _band(drawing: Drawing, run: list[tuple[float, TrendPoint]], down: Callable[[float], float]) -> None:
    upper = [(x, down(it.high)) for x, it in run if it.high is not None]
    lower = [(x, down(it.low)) for x, it in run if it.low is not None]
    fill = drawing.palette.pale
    drawing.path([*upper, *reversed(lower)], closed=True, fill=fill)


def _marks(drawing: Drawing, trend: TrendChart, across: Callable[[float], float]) -> None:
    places = {it.period: place for place, it in enumerate(trend.points)}
    taken, width, height = 0.0, drawing.width, drawing.height
    for mark in trend.marks:
        x = across(places[mark.period])
        drawing.line(x, TOP - 4, x, height - BOTTOM, colour=drawing.palette.muted, width=0.8, dash="1 2")
        wide = font.width(mark.words, 7)
        start = min(max(x + 3, taken), width - RIGHT + 60 - wide)
        if start >= taken:
            drawing.text(start, TOP - 7, mark.words, size=7, colour=drawing.palette.muted, most=width - start)
            taken = start + wide + 6


def _ends(drawing: Drawing, trend: TrendChart, down: Callable[[float], float]) -> None:
    """What each line is, at its right end, without one name over another."""
    palette = drawing.palette
    right = drawing.width - RIGHT + 7
    said: list[tuple[float, str, int, str]] = []
    last = next((it for it in reversed(trend.points) if it.debt is not None), None)
    if last is not None and last.debt is not None:
        name = "Debt" if trend.of_one_system else "Mean"
        said.append((down(last.debt), f"{name} {numbers.debt_exact(last.debt)}", 700, palette.accent))
        if last.median is not None and trend.line:
            said.append((down(last.median), f"Median {numbers.debt_exact(last.median)}", 400, palette.muted))
    if trend.target is not None:
        said.append((down(trend.target), f"Target {numbers.debt(trend.target)}", 600, palette.better))
    places = apart([it[0] for it in said], 10.5, TOP, drawing.height - BOTTOM)
    for y, (_, text, weight, colour) in zip(places, said, strict=True):
        drawing.text(right, y + 3, text, size=8.5, weight=weight, colour=colour, most=RIGHT - 8)


def alt(trend: TrendChart) -> str:
    """The trend in words, quarter by quarter."""
    known = "; ".join(
        f"{numbers.period(it.period)} {numbers.debt_exact(it.debt)}"
        + (
            f" ({numbers.debt(it.low)} to {numbers.debt(it.high)})"
            if it.low is not None and it.high is not None
            else ""
        )
        for it in trend.points
        if it.debt is not None
    )
    target = f" {trend.target_words}." if trend.target is not None else ""
    marks = "".join(f" From {numbers.period(it.period)}: {it.words}." for it in trend.marks)
    return f"{trend.finding} Debt by quarter, with the {trend.band_words}: {known or 'nothing rated'}.{target}{marks}"
