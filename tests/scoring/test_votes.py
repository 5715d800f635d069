"""Votes settle to a level and an interval exactly as docs/scoring.md says."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest

from scoring.votes import in_order, interval, settle


@pytest.mark.parametrize(
    ("votes", "level"),
    [
        pytest.param((), None, id="no votes at all are unknown"),
        pytest.param((2,), 2, id="one vote stands"),
        pytest.param((0, 3), 3, id="of two votes the worse one"),
        pytest.param((0, 1, 4), 1, id="of three the middle one"),
        pytest.param((0, 1, 2, 4), 2, id="of four the worse of the middle two"),
        pytest.param((4, 2, 1, 0), 2, id="the order of the votes does not matter"),
        pytest.param((None,), None, id="only we do not know is unknown"),
        pytest.param((1, None), None, id="as many nulls as levels are unknown"),
        pytest.param((1, 2, None, None), None, id="two nulls against two levels are unknown"),
        pytest.param((0, 1, 2, None), 1, id="fewer nulls than levels are left out"),
        pytest.param((0, 1, 2, None, None), 1, id="three levels outweigh two nulls"),
    ],
)
def test_votes_settle_to_the_upper_median_unless_too_many_do_not_know(votes, level):
    assert settle(votes) == level


@pytest.mark.parametrize(
    ("votes", "settled", "expected"),
    [
        pytest.param((), 2, (1, 3), id="a bare level counts as one vote: one level each way"),
        pytest.param((), 0, (0, 1), id="clipped at no debt"),
        pytest.param((), 4, (3, 4), id="clipped at full debt"),
        pytest.param((2,), 2, (1, 3), id="one vote: one level each way"),
        pytest.param((1, 3), 3, (0, 4), id="two votes: one below the lowest, one above the highest"),
        pytest.param((2, 2), 2, (1, 3), id="two equal votes are still few"),
        pytest.param((2, 2, None), 2, (1, 3), id="a null does not make three votes of two"),
        pytest.param((2, 2, 2), 2, (2, 2), id="three equal votes leave no doubt"),
        pytest.param((0, 2, 3), 2, (0, 3), id="three votes: ceil(.3)-1 = 0th and ceil(2.7)-1 = 2nd"),
        pytest.param((0, 1, 1, 1, 1, 1, 1, 1, 1, 4), 1, (0, 1), id="ten: ceil(1)-1 = 0th and ceil(9)-1 = 8th"),
        pytest.param((0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4), 1, (1, 1), id="eleven: ceil(1.1)-1 = 1st, ceil(9.9)-1 = 9th"),
        pytest.param((0, 0, 0), 3, (0, 3), id="joined with a level the facilitator set above all votes"),
        pytest.param((3, 3, 4), 1, (1, 4), id="joined with a level the facilitator set below all votes"),
        pytest.param((None, None), 2, (1, 3), id="a level set where nobody knew counts as one vote"),
    ],
)
def test_the_interval_follows_the_spread_of_the_votes(votes, settled, expected):
    assert interval(votes, settled) == expected


def test_the_quantiles_are_those_of_exact_arithmetic_for_any_number_of_votes():
    for n in range(3, 300):
        votes = sorted(place % 5 for place in range(n))
        lowest = votes[ceil(Fraction(1, 10) * n) - 1]
        highest = votes[ceil(Fraction(9, 10) * n) - 1]
        assert interval(votes, votes[n // 2]) == (lowest, highest)


def test_votes_are_kept_sorted_with_we_do_not_know_last_so_that_no_order_tells_who_voted_what():
    assert in_order((3, None, 0, 2, None)) == (0, 2, 3, None, None)
