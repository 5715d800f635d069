"""The colours of the screen: the same as on paper (`reports.palette`), where the one table stands."""

from __future__ import annotations

from reports.palette import DARK, LIGHT, PALETTES, BandColour, Palette, Theme, contrast

__all__ = ["DARK", "LIGHT", "PALETTES", "BandColour", "Palette", "Theme", "contrast"]
