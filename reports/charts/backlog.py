"""What repaying costs against what it avoids: grey dots, the five to do first numbered, lines of equal return."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports import font, numbers
from reports.palette import Theme
from reports.report import Backlog, BacklogPoint
from reports.svg import Chart, Drawing, Label, Plane

WIDTH, HEIGHT = 482.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 12.0, 14.0, 30.0
FLOOR_DAYS = 0.5  #: what costs nothing stands here: a logarithm has no zero
RETURNS = ((1.0, "1 quarter"), (4.0, "4 quarters"), (12.0, "3 years"))  #: quarters until an action has paid for itself
RADIUS = 6.2


def draw(backlog: Backlog, *, theme: Theme = "light", width: float = WIDTH, height: float = HEIGHT) -> Chart:
    """Cost on a logarithmic axis; a label is placed where it covers nothing, or left to its number."""
    drawing = Drawing(width=width, height=height, theme=theme)
    palette = drawing.palette
    costs = [max(it.cost_days, FLOOR_DAYS) for it in backlog.points] or [1.0, 10.0]
    low = max(FLOOR_DAYS, min(costs) * 0.75)
    high = max(max(costs) * 1.3, low * 8)
    most = max((it.avoided_days_per_quarter for it in backlog.points), default=1.0)
    tick = _tick(most)
    top = max(tick, math.ceil(most * 1.08 / tick) * tick)

    def across(days: float) -> float:
        share = math.log(max(days, FLOOR_DAYS) / low) / math.log(high / low)
        return LEFT + (width - LEFT - RIGHT) * min(1.0, max(0.0, share))

    def down(days: float) -> float:
        return TOP + (height - TOP - BOTTOM) * (1 - days / top)

    for place in range(round(top / tick) + 1):
        y = down(tick * place)
        drawing.line(LEFT, y, width - RIGHT, y, colour=palette.line)
        drawing.text(LEFT - 5, y + 2.6, f"{tick * place:g}", size=7.5, colour=palette.muted, anchor="end")
    for days in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000):
        if low <= days <= high:
            drawing.line(across(days), height - BOTTOM, across(days), height - BOTTOM + 3, colour=palette.strong_line)
            drawing.text(
                across(days), height - BOTTOM + 11, f"{days:g}", size=7.5, colour=palette.muted, anchor="middle"
            )
    drawing.text(
        (LEFT + width - RIGHT) / 2,
        height - 4,
        "Cost of repaying, person-days",
        size=7.5,
        colour=palette.muted,
        anchor="middle",
    )
    drawing.text(LEFT, TOP - 6, "Extra work avoided, person-days a quarter", size=7.5, colour=palette.muted)
    grey = [it for it in backlog.points if it.number is None]
    for it in grey:
        drawing.circle(
            across(it.cost_days), down(it.avoided_days_per_quarter), 2.0, fill=palette.strong_line, edge=palette.page,
            edge_width=0.5,
        )  # fmt: skip
    plane = Plane(across=across, down=down)
    dots = [(across(it.cost_days), down(it.avoided_days_per_quarter)) for it in grey]
    _returns(drawing, plane, (low, high), top, dots)
    _numbered(drawing, [it for it in backlog.points if it.number is not None], plane, dots)
    return drawing.finish(backlog.finding, alt(backlog))


def _tick(most: float) -> float:
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if most / tick <= 5:
            return tick
    return float(10 ** math.ceil(math.log10(most / 4)))


def _returns(
    drawing: Drawing, plane: Plane, span: tuple[float, float], top: float, dots: list[tuple[float, float]]
) -> None:
    """Dotted curves of equal return, named where they leave the picture."""
    palette, (low, high) = drawing.palette, span
    for quarters, words in RETURNS:
        steps = [low * (high / low) ** (place / 40) for place in range(41)]
        inside = [(days, days / quarters) for days in steps if days / quarters <= top]
        if len(inside) < 8 or inside[-1][1] < top * 0.12:
            continue
        drawing.path(
            [(plane.across(days), plane.down(avoided)) for days, avoided in inside],
            colour=palette.muted,
            width=0.8,
            dash="1 2.2",
        )
        days, avoided = inside[-1]
        leaves_above = len(inside) < len(steps)
        x, y = plane.across(days), plane.down(avoided)
        text = f"pays back in {words}"
        wide = font.width(text, 7)
        right = drawing.width - RIGHT
        beside = x + 4 if x + 4 + wide <= right else x - 8 - wide
        left = beside if leaves_above else right - wide
        places = [_try(left, y + shift, text) for shift in ((3,) if leaves_above else (-4, -12, -20))]
        label = min(places, key=lambda place: sum(_covers(place, dot, 2.0) for dot in dots))
        if not any(label.overlaps(other) for other in drawing.labels):
            drawing.text(label.left, label.bottom - 1.4, text, size=7, colour=palette.muted)


def _try(x: float, y: float, text: str) -> Label:
    return Label(text=text, left=x, top=y - 5.04, right=x + font.width(text, 7), bottom=y + 1.4)


def _numbered(drawing: Drawing, points: list[BacklogPoint], plane: Plane, dots: list[tuple[float, float]]) -> None:
    """The numbered ones: moved apart where they fall on each other, each with a thread to its true place."""
    palette = drawing.palette
    placed: list[tuple[float, float]] = []
    spots: list[tuple[BacklogPoint, float, float]] = []
    for it in points:
        x, y = plane.across(it.cost_days), plane.down(it.avoided_days_per_quarter)
        spot = _free(x, y, placed, drawing)
        placed.append(spot)
        if spot != (x, y):
            drawing.line(x, y, *spot, colour=palette.accent, width=0.8)
            drawing.circle(x, y, 1.4, fill=palette.accent)
        spots.append((it, *spot))
    for it, x, y in spots:
        drawing.circle(x, y, RADIUS, fill=palette.accent, edge=palette.page, edge_width=1)
        drawing.text(x, y + 2.9, str(it.number), size=8, weight=700, colour=palette.page, anchor="middle")
    one_system = len({it.system for it in points}) == 1
    taken = _Taken(
        numbers=[(left, top) for _, left, top in spots],
        dots=dots,
        names={it.number or 0: it.title for it in points} if one_system else {},
    )
    for it, x, y in spots:
        _named(drawing, it, x, y, taken)


def _free(x: float, y: float, placed: list[tuple[float, float]], drawing: Drawing) -> tuple[float, float]:
    ways = [(0.0, 0.0)] + [
        (distance * math.cos(angle), distance * math.sin(angle))
        for distance in (14, 20, 28, 38)
        for angle in (-math.pi / 2, 0, -math.pi / 4, -3 * math.pi / 4, math.pi, math.pi / 2, math.pi / 4)
    ]
    for across, down in ways:
        spot = (x + across, y + down)
        inside = LEFT + RADIUS <= spot[0] <= drawing.width - RADIUS and RADIUS <= spot[1] <= drawing.height - BOTTOM
        if (inside or (across, down) == (0.0, 0.0)) and all(math.dist(spot, it) >= 2 * RADIUS + 1.5 for it in placed):
            return spot
    return x, y


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What a name must not cover, and what it should not."""

    numbers: list[tuple[float, float]]
    dots: list[tuple[float, float]]
    names: dict[int, str]  #: how the numbered ones are called


def _named(drawing: Drawing, it: BacklogPoint, x: float, y: float, taken: _Taken) -> None:
    """The system's name beside the number: over no name and no number, and over as few dots as may be.

    Where there is no such place the number stands alone, and the table says whose it is.
    """
    name = font.cut(taken.names.get(it.number or 0, it.system), 8, 130, 600)
    wide = font.width(name, 8, 600)
    spots = (
        (x + RADIUS + 3, y + 2.8),
        (x - RADIUS - 3 - wide, y + 2.8),
        (x - wide / 2, y - RADIUS - 3),
        (x - wide / 2, y + RADIUS + 8.5),
    )
    boxes = [Label(text=name, left=left, top=base - 6, right=left + wide, bottom=base + 1.8) for left, base in spots]
    free = [
        box
        for box in boxes
        if box.left >= LEFT
        and box.right <= drawing.width
        and box.top >= 0
        and not any(_covers(box, spot, RADIUS) for spot in taken.numbers)
        and not any(box.overlaps(label) for label in drawing.labels)
    ]
    if free:
        best = min(free, key=lambda box: sum(_covers(box, dot, 2.0) for dot in taken.dots))
        drawing.text(best.left, best.bottom - 1.8, name, size=8, weight=600)


def _covers(box: Label, spot: tuple[float, float], radius: float) -> bool:
    x, y = spot
    return box.left < x + radius and x - radius < box.right and box.top < y + radius and y - radius < box.bottom


def alt(backlog: Backlog) -> str:
    """The scatter in words: the numbered ones, and how many others."""
    named = "; ".join(
        f"{it.number}. {it.title}, {it.system}: {numbers.days(it.cost_days)} avoid "
        f"{numbers.days(it.avoided_days_per_quarter)} a quarter"
        for it in backlog.points
        if it.number is not None
    )
    grey = sum(it.number is None for it in backlog.points) + backlog.left_out
    others = f"{numbers.count(grey, 'further repayment')} in grey."
    return " ".join(filter(None, (backlog.finding, f"{named}." if named else "", others)))
