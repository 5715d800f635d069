"""A small SVG builder for charts: shapes and labels in, one escaped drawing out, and where each label stands.

No script, no link, no reference to anything outside. Sizes are points as printed. Every label is measured with the font
it is set in, so that tests can ask whether two of them overlap or one is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from reports import font
from reports.palette import Palette, Theme, palette_of

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where a value stands on the drawing."""

    across: Callable[[float], float]
    down: Callable[[float], float]


ASCENT, DESCENT = 0.72, 0.2  #: of Source Sans, in em, as far as letters and figures reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text and the box it fills."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Label) -> bool:
        """Whether the two boxes share more than their edges."""
        return (
            self.left < other.right - 0.1
            and other.left < self.right - 0.1
            and self.top < other.bottom - 0.1
            and other.top < self.bottom - 0.1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A finished drawing with what it shows in words."""

    svg: str
    width: float
    height: float
    title: str
    alt: str
    labels: tuple[Label, ...]


@dataclass(slots=True)
class Drawing:
    """A drawing in the making, in one theme."""

    width: float
    height: float
    theme: Theme = "light"
    shapes: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def palette(self) -> Palette:
        """The colours of its theme."""
        return palette_of(self.theme)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "",
        edge_width: float = 0.6,
        dashed: bool = False,
        rounded: float = 0.0,
    ) -> None:
        """A rectangle; negative sizes are drawn as nothing."""
        self.shapes.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(0, width))}" height="{number(max(0, height))}"'
            + (f' rx="{number(rounded)}"' if rounded else "")
            + f' fill="{fill}"{_stroke(edge, edge_width, "2 1.5" if dashed else "")}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, colour: str, width: float = 0.6, dash: str = ""
    ) -> None:
        """A straight line."""
        self.shapes.append(
            f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
            f"{_stroke(colour, width, dash)}/>"
        )

    def path(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = "",
        width: float = 1.0,
        fill: str = "none",
        closed: bool = False,
        dash: str = "",
    ) -> None:
        """A line through points, or a filled shape."""
        if len(points) < 2:
            return
        way = "L".join(f"{number(x)} {number(y)}" for x, y in points)
        self.shapes.append(
            f'<path d="M{way}{"Z" if closed else ""}" fill="{fill}"{_stroke(colour, width, dash)} '
            'stroke-linejoin="round"/>'
        )

    def circle(
        self, x: float, y: float, radius: float, *, fill: str = "none", edge: str = "", edge_width: float = 1.0
    ) -> None:
        """A circle."""
        self.shapes.append(
            f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{_stroke(edge, edge_width)}/>'
        )

    def triangle(self, x: float, y: float, size: float, *, up: bool, colour: str) -> None:
        """A triangle around its middle: filled upward, open downward."""
        high, half = size * 0.45, size / 2
        tip, base = (y - high, y + high) if up else (y + high, y - high)
        points = ((x - half, base), (x + half, base), (x, tip))
        self.path(points, closed=True, fill=colour if up else "none", colour=colour, width=0.7)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8.0,
        weight: int = 400,
        colour: str = "",
        anchor: Anchor = "start",
        most: float | None = None,
        turned: float = 0.0,
    ) -> Label:
        """One line of text with its baseline at y, cut to `most` wide; `turned` are degrees around its start."""
        shown = text if most is None else font.cut(text, size, most, weight)
        wide = font.width(shown, size, weight)
        turn = f' transform="rotate({number(turned)} {number(x)} {number(y)})"' if turned else ""
        self.shapes.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{colour or self.palette.ink}"'
            + (f' font-weight="{weight}"' if weight != 400 else "")
            + (f' text-anchor="{anchor}"' if anchor != "start" else "")
            + f"{turn}>{escape(shown)}</text>"
        )
        label = _box(shown, x, y, wide=wide, size=size, anchor=anchor, turned=turned)
        self.labels.append(label)
        return label

    def finish(self, title: str, alt: str) -> Chart:
        """The drawing as text."""
        family = f"'{font.FAMILY}','{font.FALLBACK}',sans-serif"
        size = f"{number(self.width)} {number(self.height)}"
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{number(self.width)}" '
            f'height="{number(self.height)}" role="img" aria-label="{escape(alt)}" font-family="{family}">'
            f"<title>{escape(title)}</title>{''.join(self.shapes)}</svg>"
        )
        return Chart(svg=svg, width=self.width, height=self.height, title=title, alt=alt, labels=tuple(self.labels))


def number(value: float) -> str:
    """A coordinate with two decimals at most, and never "-0"."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as may be to those wanted, in the same order, at least `gap` apart, between low and high."""
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    placed = [min(max(wanted[place], low), high) for place in order]
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + gap)
    if placed and placed[-1] > high:
        placed[-1] = high
        for place in range(len(placed) - 2, -1, -1):
            placed[place] = min(placed[place], placed[place + 1] - gap)
    found = [0.0] * len(wanted)
    for place, value in zip(order, placed, strict=True):
        found[place] = value
    return found


def _stroke(colour: str, width: float, dash: str = "") -> str:
    if not colour:
        return ""
    return f' stroke="{colour}" stroke-width="{number(width)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _box(text: str, x: float, y: float, *, wide: float, size: float, anchor: Anchor, turned: float) -> Label:
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    corners = [(across, down) for across in (left, left + wide) for down in (y - ASCENT * size, y + DESCENT * size)]
    if turned:
        angle = math.radians(turned)
        corners = [
            (
                x + (across - x) * math.cos(angle) - (down - y) * math.sin(angle),
                y + (across - x) * math.sin(angle) + (down - y) * math.cos(angle),
            )
            for across, down in corners
        ]
    return Label(
        text=text,
        left=min(across for across, _ in corners),
        top=min(down for _, down in corners),
        right=max(across for across, _ in corners),
        bottom=max(down for _, down in corners),
    )
