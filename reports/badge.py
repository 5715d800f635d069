"""A system's letter and debt as a small picture for a README: one SVG without script, link or foreign address."""

from __future__ import annotations

from html import escape

from reports import font, numbers
from reports.palette import LIGHT
from reports.text import clean_name

LABEL = "ML debt"
NO_LETTER = "no letter yet"
HEIGHT, SIZE, BESIDE, ROUND = 20, 12, 7, 3
WEIGHT = 600
FONTS = "'Source Sans 3','Source Sans Pro',Verdana,Arial,sans-serif"


def badge(*, name: str, period: str | None, band: str | None, debt: float | None) -> str:
    """The badge of a system by its latest quarter with a letter; without one it says so and has no colour of debt.

    Widths are fixed as measured with the shipped font, so that a reader's own font cannot spill over the edge. The
    colours are those of the light page: nobody knows what page it will stand on.
    """
    said = f"{band} {numbers.debt(debt)}" if band else NO_LETTER
    alone = clean_name(name)
    words = f"{alone}: {LABEL}, {NO_LETTER}"
    fill, ink, edge = LIGHT.surface, LIGHT.ink, LIGHT.strong_line
    if band and period:
        colour = LIGHT.bands[band]
        fill, ink, edge = colour.fill, colour.ink, colour.edge
        words = f"{alone}: {LABEL} {band}, {numbers.debt(debt)} of 100 in {numbers.period(period)}, higher is worse"
    left, right = (round(font.width(text, SIZE, WEIGHT)) for text in (LABEL, said))
    middle, width = left + 2 * BESIDE, left + right + 4 * BESIDE
    title = escape(words, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}"'
        f' role="img" aria-label="{title}"><title>{title}</title>'
        f'<path d="M{ROUND} 0H{middle}V{HEIGHT}H{ROUND}A{ROUND} {ROUND} 0 0 1 0 {HEIGHT - ROUND}V{ROUND}'
        f'A{ROUND} {ROUND} 0 0 1 {ROUND} 0Z" fill="{LIGHT.ink}"/>'
        f'<path d="M{middle} .5H{width - ROUND}A{ROUND - 0.5} {ROUND - 0.5} 0 0 1 {width - 0.5} {ROUND}'
        f"V{HEIGHT - ROUND}A{ROUND - 0.5} {ROUND - 0.5} 0 0 1 {width - ROUND} {HEIGHT - 0.5}"
        f'H{middle}Z" fill="{fill}" stroke="{edge}"/>'
        f'<g font-family="{FONTS}" font-size="{SIZE}" font-weight="{WEIGHT}">'
        f"{_text(LABEL, BESIDE, left, '#FFFFFF')}{_text(said, middle + BESIDE, right, ink)}</g></svg>\n"
    )


def _text(text: str, x: float, width: float, ink: str) -> str:
    fixed = f'textLength="{width}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x}" y="14" fill="{ink}" {fixed}>{escape(text)}</text>'
