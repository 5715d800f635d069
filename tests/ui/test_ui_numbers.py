"""Numbers, dates and periods as they are written on the screen."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui import numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (0.4712, "47"), (0.465, "47"), (0.475, "48"), (0.125, "13"), (1.0, "100"), (None, "not rated")],
)
def test_debt_is_a_whole_number_rounded_as_by_hand(value: float | None, written: str):
    assert numbers.debt(value) == written


@given(some.floats(0, 1))
def test_debt_stays_between_0_and_100_and_half_a_point_from_the_value(value: float):
    shown = int(numbers.debt(value))
    assert 0 <= shown <= 100
    assert abs(shown - value * 100) <= 0.5 + 1e-9


def test_an_interval_stands_in_brackets_with_an_en_dash():
    assert numbers.interval(0.47, 0.38, 0.61) == "47 (38–61)"
    assert numbers.interval(None, 0.2, 0.9) == "not rated (20–90)"


def test_a_number_without_a_band_carries_no_letter():
    assert numbers.debt_with_band(0.51, "C") == "51 C"
    assert numbers.debt_with_band(0.51, None) == "51"


@pytest.mark.parametrize(
    ("difference", "decimals", "written"),
    [(0.04, 0, "+4"), (-0.03, 0, "−3"), (-0.011, 1, "−1.1"), (0.001, 0, "0"), (-0.004, 0, "0"), (0.0, 1, "0.0")],
)
def test_a_change_has_a_true_minus_and_zero_has_no_sign(difference: float, decimals: int, written: str):
    assert numbers.change(difference, decimals) == written
    assert "-" not in numbers.change(difference, decimals)


@pytest.mark.parametrize(
    ("share", "written"), [(0.62, "62 %"), (1.0, "100 %"), (0.999, "99 %"), (0.001, "1 %"), (0.0, "0 %")]
)
def test_only_everything_is_100_percent_and_only_nothing_is_0(share: float, written: str):
    assert numbers.percent(share) == written
    assert numbers.coverage(share) == f"{written} known"


def test_dates_and_times_do_not_depend_on_the_language_of_the_machine():
    assert numbers.day(date(2026, 11, 20)) == "20 Nov 2026"
    assert numbers.day(datetime(2026, 3, 1, tzinfo=UTC)) == "1 Mar 2026"
    assert numbers.clock(datetime(2026, 11, 20, 12, 3, 11, tzinfo=UTC)) == "12:03:11"


@pytest.mark.parametrize(
    ("code", "written"), [("2026Q4", "Q4 2026"), ("2026Q5", "2026Q5"), ("2026-11", "2026-11"), ("", "")]
)
def test_a_period_is_read_as_a_quarter_and_anything_else_stays(code: str, written: str):
    assert numbers.period(code) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(2.5, "2.5 days"), (1.0, "1 day"), (0.04, "0 days"), (-0.04, "0 days"), (12.0, "12 days"), (-1.5, "−1.5 days")],
)
def test_days_have_one_decimal_at_most(value: float, written: str):
    assert numbers.days(value) == written


def test_counts_and_minutes_agree_with_their_nouns():
    assert numbers.count(1, "system") == "1 system"
    assert numbers.count(3, "system") == "3 systems"
    assert numbers.count(2, "cell is", "cells are") == "2 cells are"
    assert numbers.minutes(0.2) == "about 1 minute"
    assert numbers.minutes(17.6) == "about 18 minutes"
