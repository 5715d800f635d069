"""The one table of colours of screen and paper, light and dark: the debt bands with ink and edge, and a few others."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

#: "either" leaves the choice to the page the drawing stands in: its colours are the page's own variables.
Theme = Literal["light", "dark", "either"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandColour:
    """The colours of one band: fill, the ink that is read on it, the edge around it. Hex, #RRGGBB."""

    fill: str
    ink: str
    edge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """All colours of one theme. Print and slides always use the light one."""

    page: str
    surface: str  #: panels and fields
    ink: str
    muted: str
    line: str  #: hairlines that only decorate
    strong_line: str  #: lines that carry meaning: dashed cells, marks (at least 3:1 on the page)
    accent: str
    better: str  #: also links
    worse: str
    pale: str  #: the area around a line
    pale_bar: str  #: a wide bar behind a narrow one
    pale_better: str  #: the area of what is done
    bands: dict[str, BandColour]  #: A..E


LIGHT: Final = Palette(
    page="#FFFFFF",
    surface="#F6F4F2",
    ink="#1B1F24",
    muted="#5B6570",
    line="#D9DEE3",
    strong_line="#7B8590",
    accent="#7C1D33",
    better="#1F5FA8",
    worse="#C64D2C",
    pale="#EADFD2",
    pale_bar="#D8CBBB",
    pale_better="#CFDDEE",
    bands={
        "A": BandColour(fill="#FFF4DC", ink="#1B1F24", edge="#E9D9B8"),
        "B": BandColour(fill="#FAD08C", ink="#1B1F24", edge="#E9D9B8"),
        "C": BandColour(fill="#F0954A", ink="#1B1F24", edge="#E9D9B8"),
        "D": BandColour(fill="#C64D2C", ink="#FFFFFF", edge="#E9D9B8"),
        "E": BandColour(fill="#7C1D33", ink="#FFFFFF", edge="#E9D9B8"),
    },
)

DARK: Final = Palette(
    page="#0F1318",
    surface="#1A2027",
    ink="#E8ECF0",
    muted="#A3ADB8",
    line="#2E363F",
    strong_line="#7C8794",
    accent="#F0A08A",
    better="#7FB3F0",
    worse="#E2953F",
    pale="#33291F",
    pale_bar="#4A3F35",
    pale_better="#22344A",
    bands={
        "A": BandColour(fill="#2B2524", ink="#FFFFFF", edge="#4A403C"),
        "B": BandColour(fill="#6B4030", ink="#FFFFFF", edge="#4A403C"),
        "C": BandColour(fill="#A95F2C", ink="#FFFFFF", edge="#4A403C"),
        "D": BandColour(fill="#E2953F", ink="#14100C", edge="#4A403C"),
        "E": BandColour(fill="#FFE2B0", ink="#14100C", edge="#4A403C"),
    },
)

PALETTES: Final[dict[Theme, Palette]] = {"light": LIGHT, "dark": DARK}


def variables(palette: Palette) -> dict[str, str]:
    """Every colour of a palette by the name of its variable: {"ink": "#1B1F24", "band-a-fill": "#FFF4DC", ...}."""
    plain = {
        field.name.replace("_", "-"): getattr(palette, field.name) for field in fields(palette) if field.name != "bands"
    }
    return plain | {
        f"band-{letter.lower()}-{part.name}": getattr(colours, part.name)
        for letter, colours in palette.bands.items()
        for part in fields(colours)
    }


def _by_name() -> Palette:
    """The palette whose colours are the names of variables, for drawings that follow their page."""
    said = {name: f"var(--{name})" for name in variables(LIGHT)}
    bands = {
        letter: BandColour(**{part.name: said[f"band-{letter.lower()}-{part.name}"] for part in fields(BandColour)})
        for letter in LIGHT.bands
    }
    return Palette(
        bands=bands,
        **{name.name: said[name.name.replace("_", "-")] for name in fields(Palette) if name.name != "bands"},
    )


EITHER: Final = _by_name()


def palette_of(theme: Theme) -> Palette:
    """The colours of a theme."""
    return EITHER if theme == "either" else PALETTES[theme]


def contrast(first: str, second: str) -> float:
    """Compute the WCAG 2 contrast ratio of two hex colours, 1..21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
