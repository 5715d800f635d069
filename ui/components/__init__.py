"""The browser side of our own components: HTML, CSS and JavaScript files, read as they are (no build step)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ui.palette import DARK, LIGHT, Palette

_FOLDER = Path(__file__).parent


@cache
def source(name: str) -> str:
    """Read one of the files here without its indentation and comment lines: it travels with every drawing."""
    lines = (line.strip() for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def colour_variables(root: str) -> str:
    """Write the palette as CSS variables of `root`: light, and dark on a screen when `root` has the class dark.

    Paper always gets the light ones.
    """
    return f"{root} {{ {_variables(LIGHT)} }}\n@media screen {{ {root}.dark {{ {_variables(DARK)} }} }}\n"


def _variables(palette: Palette) -> str:
    named = {
        "page": palette.page,
        "ink": palette.ink,
        "muted": palette.muted,
        "line": palette.line,
        "strong": palette.strong_line,
        "blue": palette.better,
        "warm": palette.worse,
        "accent": palette.accent,
        "edge": palette.bands["A"].edge,
    }
    for letter, colour in palette.bands.items():
        named[letter.lower()] = colour.fill
        named[f"{letter.lower()}i"] = colour.ink
    return " ".join(f"--{name}: {value};" for name, value in named.items())
