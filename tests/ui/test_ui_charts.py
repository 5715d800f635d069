"""The trend: what is drawn, what is said, what is escaped."""

import json

import pytest

from ui.charts import TrendPoint, chart_text, trend_figure, trend_table, trend_words


def point(period: str, estimate: float | None = 0.5, *, closed: bool = True) -> TrendPoint:
    return TrendPoint(period=period, estimate=estimate, low=0.4, high=0.6, closed=closed)


def test_no_line_is_drawn_unless_the_verdict_allows_it():
    assert trend_figure([point("2026Q1"), point("2026Q2")], line=False).data[0].mode == "markers"
    assert trend_figure([point("2026Q1"), point("2026Q2")], line=True).data[0].mode == "lines+markers"


def test_a_skipped_quarter_is_a_gap_and_no_point():
    figure = trend_figure([point("2025Q4"), point("2026Q2")], line=True)
    assert list(figure.data[0].x) == ["Q4 2025", "Q1 2026", "Q2 2026"]
    assert list(figure.data[0].y) == [50.0, None, 50.0]
    assert figure.data[0].connectgaps is False


def test_a_quarter_nobody_rated_shows_its_interval_and_no_dot():
    figure = trend_figure([point("2026Q1"), point("2026Q2", None)], line=False)
    assert list(figure.data[0].y) == [50.0, None]
    assert figure.data[1].marker.opacity == 0
    assert figure.data[1].error_y.array[0] == pytest.approx(10)


def test_an_open_quarter_has_an_open_dot():
    figure = trend_figure([point("2026Q1"), point("2026Q2", closed=False)], line=False)
    assert list(figure.data[0].marker.symbol) == ["circle", "circle-open"]


def test_text_of_people_is_no_markup_for_plotly():
    hostile = '<b>x</b> <a href="http://tracker.invalid">y</a> &lt; $x$'
    assert "<" not in chart_text(hostile)
    assert "$" not in chart_text(hostile)
    figure = trend_figure([point("2026Q1")], line=False, name=hostile)
    assert "<b>x" not in json.dumps(figure.to_plotly_json()["data"], default=str)


def test_the_same_numbers_stand_in_the_words_and_in_the_table():
    points = [point("2026Q2", None, closed=False), point("2026Q1")]
    assert trend_words(points, name="Churn") == (
        "Debt of Churn by quarter, 0 to 100, higher is worse: Q1 2026: 50 (40–60); "
        "Q2 2026: not rated (40–60), still open."
    )
    assert trend_table(points).to_numpy().tolist() == [
        ["Q1 2026", "50", "40", "60", "closed"],
        ["Q2 2026", "not rated", "40", "60", "open"],
    ]
    assert trend_words([]) == "No quarter yet."


def test_the_grey_band_is_as_far_as_chance_reaches_from_the_latest_rated_quarter():
    figure = trend_figure([point("2026Q1", 0.3), point("2026Q2", 0.5), point("2026Q3", None)], line=False)
    (band,) = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert (band.y0, band.y1) == (pytest.approx(41.5), pytest.approx(58.5))
    near_the_edge = trend_figure([point("2026Q1", 0.3), point("2026Q2", 0.02)], line=False)
    (band,) = [shape for shape in near_the_edge.layout.shapes if shape.type == "rect"]
    assert (band.y0, band.y1) == (0, pytest.approx(10.5))


def test_one_rated_quarter_has_no_band():
    figure = trend_figure([point("2026Q1"), point("2026Q2", None)], line=False)
    assert [shape for shape in figure.layout.shapes if shape.type == "rect"] == []
