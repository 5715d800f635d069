"""Targets on the screen: a flag in the heatmap, a dashed line in the trend, and one sentence."""

from __future__ import annotations

import pytest

from operations.records import TargetRecord
from operations.targets import TargetView, distance_of
from ui.charts import TrendAim, TrendPoint, trend_figure
from ui.grids import TOTAL
from ui.heatmap import Cell, ColumnHead, Grid, RowHead, cell_words
from ui.target_marks import aimed, portfolio_marks, system_marks
from ui.target_words import distance_words


def a_view(estimate, *, system_id="churn", area="", debt=0.4, by="2027Q2", start=0.6):
    target = TargetRecord(
        system_id=system_id, pack="ml-debt", area=area, debt=debt, by_period=by, from_debt=start,
        from_period="2026Q2", set_at="2026-05-01T12:00:00.000Z", set_by="Ada", rev=1,
    )  # fmt: skip
    return TargetView(target=target, distance=distance_of(target, estimate, "2026Q4"))


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (0.5, "target 40 C by Q2 2027, now 50: 10 points to go, on the way."),
        (0.7, "target 40 C by Q2 2027, now 70: 30 points to go, behind."),
        (0.404, "target 40 C by Q2 2027, now 40: 1 point to go, on the way."),
        (0.4, "target 40 C by Q2 2027, now 40: reached."),
        (None, "target 40 C by Q2 2027; the debt now is not known well enough to compare."),
    ],
)
def test_a_target_in_one_sentence(estimate, words):
    view = a_view(estimate)
    assert distance_words(view.target, view.distance) == words


def test_a_target_without_a_start_does_not_claim_to_be_on_the_way():
    view = a_view(0.5, start=None)
    assert distance_words(view.target, view.distance).endswith("10 points to go.")


def a_grid():
    scored = Cell(kind="score", debt=0.7, band="D")
    return Grid(
        caption="", corner="System", rows=(RowHead(id="churn", label="Churn"),),
        columns=tuple(ColumnHead(id=one, short=one, title=one) for one in ("ENT", "FBL", TOTAL)),
        cells=((scored, Cell(kind="unanswered"), scored),),
    )  # fmt: skip


def test_a_cell_with_a_target_has_a_flag_and_its_words():
    views = {("churn", "ENT"): a_view(0.7, area="ENT"), ("churn", "FBL"): a_view(None, area="FBL"),
             ("churn", ""): a_view(0.4), ("", ""): a_view(0.5, system_id="")}  # fmt: skip
    ((area, unanswered, total),) = aimed(a_grid(), portfolio_marks(views)).cells
    assert (area.aim_missed, total.aim_missed, unanswered.aim) == (True, False, "")
    assert cell_words(area) == "70, band D, target 40 C by Q2 2027, now 70: 30 points to go, behind"
    assert set(system_marks(views, "churn", "2026Q4")) == {("ENT", "2026Q4"), ("FBL", "2026Q4"), (TOTAL, "2026Q4")}
    assert aimed(a_grid(), {}) == a_grid()


POINTS = [TrendPoint(period=period, estimate=0.6, low=0.5, high=0.7) for period in ("2026Q1", "2026Q2", "2026Q3")]


def dashed(aim):
    figure = trend_figure(POINTS, line=False, aim=aim)
    lines = [trace for trace in figure.data if trace.line.dash == "dash"]
    return figure, [(list(line.x), [round(height) for height in line.y]) for line in lines]


def test_the_way_to_a_target_goes_on_after_the_last_quarter():
    figure, lines = dashed(TrendAim(debt=0.4, period="2027Q2", start_debt=0.6, start_period="2026Q2"))
    assert lines == [(["Q2 2026", "Q3 2026", "Q4 2026", "Q1 2027", "Q2 2027"], [60, 55, 50, 45, 40])]
    assert list(figure.layout.xaxis.categoryarray)[-1] == "Q2 2027"


def test_a_target_far_away_is_left_out_of_sight_and_one_without_a_start_is_level():
    figure, ((quarters, _),) = dashed(TrendAim(debt=0.4, period="2036Q2", start_debt=0.6, start_period="2026Q2"))
    assert quarters[-1] == list(figure.layout.xaxis.categoryarray)[-1] == "Q3 2028"
    _, ((_, heights),) = dashed(TrendAim(debt=0.4, period="2026Q4", start_debt=None, start_period="2026Q3"))
    assert heights == [40, 40]
    assert dashed(None)[1] == []


def test_a_target_that_was_due_before_the_chart_begins_is_no_trouble():
    assert dashed(TrendAim(debt=0.4, period="2025Q2", start_debt=0.6, start_period="2025Q1"))[1] == []
