"""How far a debt is from its target, and when it is on the way there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.bands import BANDS, band
from scoring.targets import TOLERANCE, Pace, distance, limit_of, line

held = settings(max_examples=80, deadline=None)
DEBTS = st.floats(0, 1)
QUARTERS = st.integers(-5, 20)


def at(estimate, *, target=0.3, start=0.7, since=2, left=2):
    return distance(target=target, estimate=estimate, start=start, quarters_since=since, quarters_left=left)


@pytest.mark.parametrize(
    ("given", "pace"),
    [
        (at(0.3), Pace.REACHED),
        (at(0.5), Pace.ON_THE_WAY),
        (at(0.5 + TOLERANCE), Pace.ON_THE_WAY),
        (at(0.6), Pace.BEHIND),
        (at(0.31, left=0), Pace.ON_THE_WAY),
        (at(0.6, left=0), Pace.BEHIND),
        (at(0.301, left=-1), Pace.MISSED),
        (at(0.2, left=-1), Pace.REACHED),
        (at(None), Pace.UNKNOWN),
        (at(None, left=-1), Pace.MISSED),
        (at(0.5, start=None), Pace.UNKNOWN),
        (at(0.3, start=None), Pace.REACHED),
        (at(0.35, target=0.5, start=0.1), Pace.REACHED),
    ],
)
def test_where_a_debt_stands(given, pace):
    assert given.pace is pace


def test_half_way_in_time_is_half_way_down():
    assert at(0.6).expected == pytest.approx(0.5)
    assert at(0.6).gap == pytest.approx(0.3)
    assert (at(None).gap, at(0.6, start=None).expected) == (None, None)


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_debt_is_refused(wrong):
    with pytest.raises(ValueError, match="a debt is 0 to 1"):
        at(wrong)
    with pytest.raises(ValueError, match="a debt is 0 to 1"):
        at(0.5, target=wrong)


@held
@given(DEBTS, DEBTS, QUARTERS, QUARTERS)
def test_the_line_stays_between_its_ends_and_ends_at_the_target(start, target, since, left):
    low, high = sorted((start, target))
    assert low - 1e-12 <= line(start, target, since, left) <= high + 1e-12
    assert line(start, target, since, 0) == target
    if left > 0:
        assert line(start, target, 0, left) == start


@held
@given(DEBTS, DEBTS, DEBTS, QUARTERS, QUARTERS)
def test_less_debt_is_never_a_worse_pace(less, more, target, since, left):
    order = [Pace.REACHED, Pace.ON_THE_WAY, Pace.BEHIND, Pace.MISSED]
    less, more = sorted((less, more))
    better, worse = (at(debt, target=target, since=since, left=left).pace for debt in (less, more))
    assert order.index(better) <= order.index(worse)


@held
@given(DEBTS, DEBTS, DEBTS, st.integers(0, 10), st.integers(1, 10))
def test_what_was_on_the_way_with_a_nearer_date_is_on_it_with_a_later_one(estimate, start, target, since, left):
    target, start = sorted((target, start))
    sooner = at(estimate, target=target, start=start, since=since, left=left)
    later = at(estimate, target=target, start=start, since=since, left=left + 1)
    if sooner.pace is Pace.ON_THE_WAY:
        assert later.pace is Pace.ON_THE_WAY


@pytest.mark.parametrize("letter", BANDS)
def test_the_limit_of_a_letter_has_that_letter(letter):
    assert band(limit_of(letter)) == letter


def test_what_is_no_letter_has_no_limit():
    with pytest.raises(ValueError, match="'F' is none of A, B, C, D, E"):
        limit_of("F")
