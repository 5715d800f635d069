"""A grid on its way to the browser, and in words."""

import dataclasses
import json
import zlib

import pytest

from tests.ui.demo_heatmap import grid
from ui import heatmap as module
from ui.heatmap import Cell, ColumnHead, Grid, RowHead, cell_words, heatmap_sentence, heatmap_table, payload, row_tokens

SCORED = Cell(kind="score", debt=0.51, band="C", low=0.44, high=0.6, coverage=0.92, change="worse", difference=0.08)


def small(*cells: Cell, **changed) -> Grid:
    plan = {
        "caption": "Debt",
        "rows": (RowHead(id="churn", label="Churn model", href="/system?system=churn"),),
        "columns": tuple(ColumnHead(id=f"c{i}", short=f"C{i}", title=f"Column {i}") for i in range(len(cells))),
        "cells": (cells,),
        "corner": "System",
        "compared": "Q3 2026",
    }
    return Grid(**{**plan, **changed})


def unpacked(data: bytes):
    selected, heads, cells = zlib.decompress(data).split(b"\n", 2)
    return json.loads(selected), json.loads(heads), cells


def test_a_cell_takes_five_bytes_and_keeps_every_part():
    _, _, cells = unpacked(payload(small(SCORED)))
    assert len(cells) == 5
    flags, debt, low, high, coverage = cells
    assert flags & 3 == 0
    assert flags >> 2 & 3 == 1  # worse
    assert flags >> 7 == 1  # has a letter
    assert [debt & 127, low & 127, high & 127, coverage] == [51, 44, 60, 92]
    assert debt >> 7 | low >> 7 << 1 | high >> 7 << 2 == 3  # band C


def test_what_is_not_known_is_not_zero():
    _, _, cells = unpacked(payload(small(Cell(kind="score"), Cell(kind="unanswered"))))
    assert [value & 127 for value in cells[1:5]] == [127] * 4
    assert [value & 127 for value in cells[6:10]] == [127] * 4


def test_a_debt_without_a_band_keeps_its_colour_loses_its_letter_and_gets_the_ring():
    _, _, cells = unpacked(payload(small(dataclasses.replace(SCORED, band=None))))
    assert cells[0] >> 7 == 0
    assert cells[0] & 16
    assert cells[1] >> 7 | cells[2] >> 7 << 1 | cells[3] >> 7 << 2 == 3


def test_words_are_sent_once_and_only_where_a_page_gave_its_own():
    _, heads, _ = unpacked(payload(small(SCORED, dataclasses.replace(SCORED, label="not open yet"))))
    assert heads["labels"] == {"1": "not open yet"}
    assert heads["compared"] == "Q3 2026"


def test_addresses_share_their_beginning():
    rows = tuple(RowHead(id=name, label=name, href=f"/system?system={name}") for name in ("alpha", "beta"))
    shared = small(SCORED, rows=rows, cells=((SCORED,), (SCORED,)))
    _, heads, _ = unpacked(payload(shared))
    assert heads["href"] == "/system?system="
    assert [row[4] for row in heads["rows"]] == ["alpha", "beta"]


@pytest.mark.parametrize(
    "href", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:alert(1)", ""]
)
def test_an_address_that_leaves_the_app_is_refused(href: str):
    leaving = small(SCORED, rows=(RowHead(id="a", label="a", href=href),))
    with pytest.raises(ValueError, match="leaves Arrears"):
        module._check(leaving)


def test_a_grid_whose_cells_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="need as many cells"):
        module._check(small(SCORED, cells=((SCORED, SCORED),)))
    twice = (RowHead(id="a", label="a"), RowHead(id="a", label="b"))
    with pytest.raises(ValueError, match="same id"):
        module._check(small(SCORED, rows=twice, cells=((SCORED,), (SCORED,))))


def test_the_selection_travels_as_token_and_column():
    shown = small(SCORED, SCORED)
    selected, heads, _ = unpacked(payload(shown, selected=("churn", "c1")))
    assert selected == [heads["rows"][0][0], 1]
    assert unpacked(payload(shown, selected=("gone", "c1")))[0] is None
    assert unpacked(payload(shown, selected=("churn", "gone")))[0] is None


def test_a_click_means_the_same_system_when_the_rows_have_moved():
    shown = grid()
    token = row_tokens(tuple(row.id for row in shown.rows))["s004"]
    turned = dataclasses.replace(shown, rows=shown.rows[::-1], cells=shown.cells[::-1])
    assert module._cell_of(turned, [token, 2]) == ("s004", "DAT")


@pytest.mark.parametrize(
    "sent",
    [None, [], "x", ["", 0], ["zzzz", 0], [1, 0], ["0", 99], [None, None], {"a": 1}, [["a"], 0], ["a", "b"], ["a", -1]],
)
def test_nonsense_from_the_browser_selects_nothing(sent):
    assert module._cell_of(grid(), sent) is None


def test_tokens_grow_until_they_tell_the_rows_apart():
    ids = tuple(f"row {number}" for number in range(3000))
    tokens = row_tokens(ids)
    assert len(set(tokens.values())) == len(ids)
    assert {len(token) for token in tokens.values()} == {6}


def test_25_rows_are_far_below_and_500_rows_within_60_kilobytes():
    from benchmarks.heatmap import measure

    figures = {entry["what"]: entry["figure"] for entry in measure()}
    assert figures["heatmap message, 25 systems x 10 areas and the total"] < 30_000
    assert figures["heatmap message, 500 systems x 10 areas and the total, in one grid"] <= 60_000


# -- words --
@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (SCORED, "51, band C, 44 to 60, 92 % known, worse than Q3 2026"),
        (dataclasses.replace(SCORED, change=None, band=None), "51, no band yet, 44 to 60, 92 % known, low confidence"),
        (dataclasses.replace(SCORED, label="better words"), "better words"),
        (Cell(kind="score", debt=0.2, band="B", contradicted=True), "20, band B, answer and evidence disagree"),
        (Cell(kind="score", debt=0.2, band="B", hatched=True), "20, band B, from evidence only"),
        (Cell(kind="unanswered"), "not answered yet"),
        (Cell(kind="not_applicable"), "does not apply"),
        (Cell(kind="empty"), "nothing recorded"),
    ],
)
def test_a_cell_can_be_said(cell: Cell, said: str):
    assert cell_words(cell, compared="Q3 2026") == said


def test_the_sentence_names_the_worst_three_the_largest_change_and_what_is_open():
    columns = tuple(ColumnHead(id=i, short=i, title=i, total=i == "All") for i in ("Data", "Config", "Process", "All"))
    best = dataclasses.replace(SCORED, debt=0.1, band="A", change="better", difference=-0.3)
    worst = dataclasses.replace(SCORED, debt=0.9, band="E", change=None)
    shown = small(
        columns=columns,
        rows=(
            RowHead(id="a", label="Churn"),
            RowHead(id="b", label="Fraud"),
            RowHead(id="t", label="Team", summary=True),
        ),
        cells=(
            (SCORED, best, Cell(kind="unanswered"), worst),
            (worst, Cell(kind="not_applicable"), Cell(kind="unanswered"), worst),
            (worst, worst, worst, worst),
        ),
    )
    assert heatmap_sentence(shown) == (
        "Most debt: Fraud, Data 90 E; Churn, Data 51 C; Churn, Config 10 A. "
        "Changed most since Q3 2026: Churn, Config −30 (better). 2 cells are not answered yet."
    )


def test_a_grid_without_a_score_says_so():
    assert heatmap_sentence(small(Cell(kind="unanswered"))) == "Nothing is assessed yet."


def test_the_table_twin_has_a_row_for_each_system_and_survives_titles_that_repeat():
    twice = (ColumnHead(id="a", short="A", title="Data"), ColumnHead(id="b", short="B", title="Data"))
    table = heatmap_table(small(SCORED, Cell(kind="unanswered"), columns=twice))
    assert list(table.columns) == ["System", "Data", "Data "]
    assert table.iloc[0].tolist() == ["Churn model", "51 C ▲", "?"]
