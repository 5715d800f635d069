"""Screen and paper agree: one table of colours, the same signs, the same words."""

from __future__ import annotations

import pytest

import ui.numbers
import ui.palette
from reports import marks, numbers, palette
from reports.report import NOT_APPLICABLE, UNANSWERED, Cell, CellState, Move
from ui import heatmap as screen
from ui.heatmap import Cell as ScreenCell


def paper(**changes: object) -> Cell:
    known = {
        "state": CellState.SCORE,
        "debt": 0.51,
        "low": 0.44,
        "high": 0.6,
        "known": 0.92,
        "band": "C",
        "rated": True,
    }
    return Cell(**(known | changes))  # type: ignore[arg-type]


def test_there_is_one_table_of_colours_and_one_way_to_write_a_number() -> None:
    assert ui.palette.PALETTES is palette.PALETTES
    assert ui.numbers.debt is numbers.debt


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("band", list("ABCDE"))
def test_the_number_in_a_cell_can_be_read_on_its_colour(theme: palette.Theme, band: str) -> None:
    shown = marks.look(paper(band=band), theme)
    assert palette.contrast(shown.fill, shown.ink) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_quiet_cells_can_be_read_too(theme: palette.Theme) -> None:
    for cell in (UNANSWERED, NOT_APPLICABLE):
        shown = marks.look(cell, theme)
        assert palette.contrast(shown.fill, shown.ink) >= 4.5
    asked = marks.look(UNANSWERED, theme)
    assert asked.dashed
    assert palette.contrast(asked.fill, asked.edge) >= 3


@pytest.mark.parametrize(
    ("on_paper", "on_screen"),
    [
        (paper(), ScreenCell(kind="score", debt=0.51, band="C")),
        (paper(move=Move.WORSE), ScreenCell(kind="score", debt=0.51, band="C", change="worse")),
        (paper(move=Move.BETTER), ScreenCell(kind="score", debt=0.51, band="C", change="better")),
        (paper(debt=0.0, band="A"), ScreenCell(kind="score", debt=0.0, band="A")),
        (UNANSWERED, ScreenCell(kind="unanswered")),
        (NOT_APPLICABLE, ScreenCell(kind="not_applicable")),
    ],
)
def test_a_cell_is_the_same_text_on_screen_and_paper(on_paper: Cell, on_screen: ScreenCell) -> None:
    letter = f" {on_screen.band}" if on_screen.band else ""
    assert marks.short(on_paper) == screen._in_table(on_screen).replace(letter, "", 1)


def test_every_mark_of_paper_has_the_words_of_the_screen() -> None:
    legend = screen._legend()
    assert [words for _, words in marks.LEGEND if words not in legend] == []


def test_a_cell_in_words_leaves_nothing_to_colour() -> None:
    assert marks.words(paper(move=Move.WORSE)) == "51, C, considerable debt, worse than before"
    assert marks.words(paper(rated=False, low_confidence=True)) == "51, not rated, low confidence"
    assert (marks.words(UNANSWERED), marks.words(NOT_APPLICABLE)) == ("not answered yet", "does not apply")
