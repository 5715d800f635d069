"""When a series of quarters may be drawn as a line."""

from __future__ import annotations

import pytest

from scoring.compare import trend

YEAR = [("2025Q1", 0.6), ("2025Q2", 0.5), ("2025Q3", 0.4), ("2025Q4", 0.3)]


def test_four_quarters_are_never_a_line_however_clear_they_look():
    seen = trend(YEAR)
    assert (seen.line, seen.slope_per_quarter) == (False, None)
    assert seen.text == "4 rated quarters: a line needs 5."


def test_five_quarters_are_a_line_with_the_median_slope():
    seen = trend([*YEAR, ("2026Q1", 0.2)])
    assert seen.line
    assert seen.slope_per_quarter == pytest.approx(-0.1)
    assert seen.text == "5 rated quarters, falling by 10.0 points a quarter."


def test_a_slope_that_rounds_to_nothing_is_not_called_a_fall():
    steady = trend([("2025Q1", 0.5), ("2025Q2", 0.5), ("2025Q3", 0.4999), ("2025Q4", 0.4999), ("2026Q1", 0.4998)])
    assert steady.text == "5 rated quarters, hardly any slope."


def test_a_quarter_left_out_counts_as_time_and_not_as_a_point():
    seen = trend(
        [("2024Q1", 0.0), ("2024Q2", 0.1), ("2024Q4", 0.3), ("2025Q1", 0.4), ("2025Q4", 0.7), ("2025Q3", None)]
    )
    assert seen.slope_per_quarter == pytest.approx(0.1)
    assert trend([*YEAR, ("2026Q1", None)]).line is False


def test_one_odd_quarter_does_not_turn_the_slope():
    seen = trend([("2024Q1", 0.1), ("2024Q2", 0.2), ("2024Q3", 0.3), ("2024Q4", 1.0), ("2025Q1", 0.5), ("2025Q2", 0.6)])
    assert seen.slope_per_quarter == pytest.approx(0.1)


def test_the_order_of_the_points_does_not_matter():
    points = [*YEAR, ("2026Q1", 0.9)]
    assert trend(points) == trend(points[::-1])


def test_nothing_at_all_is_no_line():
    assert trend([]).text == "0 rated quarters: a line needs 5."


@pytest.mark.parametrize("period", ["2026Q5", "2026-Q1", "Q1 2026", ""])
def test_a_period_that_is_no_quarter_is_refused(period):
    with pytest.raises(ValueError, match="write it like 2026Q3"):
        trend([(period, 0.5)])


def test_a_quarter_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        trend([*YEAR, YEAR[0]])
