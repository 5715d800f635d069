"""What a state looks like and is called, on paper, slides and in tables: a shape and a word, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports import numbers
from reports.palette import Theme, palette_of
from reports.report import Cell, CellState, Move, PromiseState, Spread, StepKind
from scoring.bands import BAND_WORDS, BANDS, band_limits


class Mark(StrEnum):
    """A small sign beside a number."""

    NONE = ""
    UP = "▲"  #: filled, worse than before
    DOWN = "▽"  #: open, better than before


RING = "○"  #: low confidence; an open ring at the top left
UNANSWERED_SIGN = "?"
NOT_APPLICABLE_SIGN = numbers.DASH


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell is drawn. Colours are hex; `dashed` edges ask for an answer."""

    fill: str
    ink: str
    edge: str
    dashed: bool = False
    text: str
    bold: bool = False
    ring: bool = False  #: low confidence
    mark: Mark = Mark.NONE


def look(cell: Cell, theme: Theme = "light") -> Look:
    """How a cell looks on screen and paper; print and slides take the light theme."""
    palette = palette_of(theme)
    if cell.state is CellState.UNANSWERED:
        return Look(
            fill=palette.page, ink=palette.muted, edge=palette.strong_line, dashed=True, text=UNANSWERED_SIGN, bold=True
        )
    if cell.state is CellState.NOT_APPLICABLE or cell.band is None:
        return Look(fill=palette.page, ink=palette.muted, edge=palette.line, text=NOT_APPLICABLE_SIGN)
    colours = palette.bands[cell.band]
    return Look(
        fill=colours.fill,
        ink=colours.ink,
        edge=colours.edge,
        text=cell.shown,
        bold=not cell.low_confidence,
        ring=cell.low_confidence,
        mark=MOVE_MARKS[cell.move],
    )


MOVE_MARKS = {Move.NONE: Mark.NONE, Move.NEW: Mark.NONE, Move.WORSE: Mark.UP, Move.BETTER: Mark.DOWN}
MOVE_WORDS = {Move.NONE: "", Move.NEW: "new", Move.WORSE: "worse than before", Move.BETTER: "better than before"}
LOW_CONFIDENCE_WORDS = "low confidence"
UNANSWERED_WORDS = "not answered yet"
NOT_APPLICABLE_WORDS = "does not apply"

#: Every mark with its words, in the order of the legend.
LEGEND = (
    (Mark.UP.value, MOVE_WORDS[Move.WORSE]),
    (Mark.DOWN.value, MOVE_WORDS[Move.BETTER]),
    (RING, LOW_CONFIDENCE_WORDS),
    (UNANSWERED_SIGN, UNANSWERED_WORDS),
    (NOT_APPLICABLE_SIGN, NOT_APPLICABLE_WORDS),
)

SPREAD_WORDS = {Spread.AGREED: "agreed", Spread.MIXED: "mixed", Spread.DISCUSS: "discuss"}
PROMISE_WORDS = {
    PromiseState.KEPT: "kept",
    PromiseState.LATE: "done late",
    PromiseState.OVERDUE: "overdue",
    PromiseState.OPEN: "open",
    PromiseState.DROPPED: "dropped",
}
PROMISE_MARKS = {
    PromiseState.KEPT: "●",
    PromiseState.LATE: "●",
    PromiseState.OVERDUE: "▲",
    PromiseState.OPEN: "○",
    PromiseState.DROPPED: "×",
}
STEP_WORDS = {
    StepKind.DEBT: "the debt itself",
    StepKind.KNOWLEDGE: "what is known of it",
    StepKind.YARDSTICK: "the yardstick",
    StepKind.MEMBERS: "which systems are rated",
}


def words(cell: Cell) -> str:
    """A cell in words, for people who do not see it: "47, C, considerable debt, worse than before"."""
    if cell.state is CellState.UNANSWERED:
        return UNANSWERED_WORDS
    if cell.state is CellState.NOT_APPLICABLE:
        return NOT_APPLICABLE_WORDS
    letter = f"{cell.band}, {BAND_WORDS[cell.band]}" if cell.rated and cell.band else "not rated"
    parts = [cell.shown, letter]
    parts += [LOW_CONFIDENCE_WORDS] if cell.low_confidence else []
    parts += [MOVE_WORDS[cell.move]] if MOVE_WORDS[cell.move] else []
    return ", ".join(parts)


def short(cell: Cell) -> str:
    """A cell as short text: "47 ▲ ○"."""
    shown = look(cell)
    return " ".join(part for part in (shown.text, shown.mark.value, RING if shown.ring else "") if part)


def band_ranges() -> tuple[tuple[str, str, str], ...]:
    """(letter, range, words) of the five bands: ("B", "to 37.5", "some debt")."""
    ends = [f"to {100 * limit:g}" for limit in band_limits] + [f"over {100 * band_limits[-1]:g}"]
    return tuple((letter, end, BAND_WORDS[letter]) for letter, end in zip(BANDS, ends, strict=True))
