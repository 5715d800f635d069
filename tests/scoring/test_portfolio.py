"""What several systems owe together, and what a mean of them may and may not say."""

from __future__ import annotations

from math import fsum
from statistics import median, quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.bands import band
from scoring.portfolio import PortfolioDebt, Spread, portfolio_debt, spread
from scoring.terms import Estimate

held = settings(max_examples=60, deadline=None)
DEBTS = st.floats(0, 1)
NOTHING = Spread(count=0, mean=None, lower_quartile=None, median=None, upper_quartile=None)


def rated(debt: float, *, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(
        estimate=debt, low=debt if low is None else low, high=debt if high is None else high, coverage=1.0,
        band=band(debt),
    )  # fmt: skip


def unrated(debt: float | None) -> Estimate:
    return Estimate(estimate=debt, low=0.0, high=1.0, coverage=0.4, band=None)


def test_four_systems_by_hand():
    seen = portfolio_debt([rated(0.2, low=0.1, high=0.4), rated(0.4), rated(0.6), rated(1.0, low=0.5)])
    assert seen.rated == 4
    assert seen.debt == pytest.approx(0.55)
    assert seen.spread.median == pytest.approx(0.5)
    assert (seen.spread.lower_quartile, seen.spread.upper_quartile) == (pytest.approx(0.35), pytest.approx(0.7))
    assert (seen.low, seen.high) == (pytest.approx(0.4), pytest.approx(0.6))


@pytest.mark.parametrize("systems", [[], [unrated(None)], [unrated(0.0), unrated(0.9)]])
def test_no_rated_system_is_no_debt_and_not_zero(systems):
    assert portfolio_debt(systems) == PortfolioDebt(rated=0, spread=NOTHING, low=None, high=None)


def test_one_system_alone_is_the_portfolio():
    seen = portfolio_debt([rated(0.37, low=0.2, high=0.5)])
    assert (seen.debt, seen.spread.lower_quartile, seen.spread.median, seen.spread.upper_quartile) == (0.37,) * 4
    assert (seen.low, seen.high) == (0.2, 0.5)


def test_two_halves_that_a_mean_alone_would_hide():
    torn, even = (portfolio_debt(map(rated, debts)) for debts in ([0.1, 0.1, 0.9, 0.9], [0.5] * 4))
    assert torn.debt == even.debt == 0.5
    assert (torn.spread.lower_quartile, torn.spread.upper_quartile) == (0.1, 0.9)


@held
@given(st.lists(DEBTS, min_size=1, max_size=20))
def test_mean_and_quartiles_lie_in_order_between_the_least_and_the_most(debts):
    seen = spread(debts)
    assert min(debts) <= seen.lower_quartile <= seen.median <= seen.upper_quartile <= max(debts)
    assert min(debts) <= seen.mean <= max(debts)
    assert seen.median == pytest.approx(median(debts))
    if len(debts) > 1:
        expected = quantiles(debts, n=4, method="inclusive")
        assert [seen.lower_quartile, seen.median, seen.upper_quartile] == pytest.approx(expected)


@held
@given(st.lists(st.tuples(DEBTS, st.booleans()), max_size=12), st.randoms(use_true_random=False))
def test_neither_order_nor_unrated_systems_change_a_bit(systems, chance):
    known = [rated(debt) for debt, is_rated in systems if is_rated]
    everything = [rated(debt) if is_rated else unrated(debt) for debt, is_rated in systems]
    chance.shuffle(everything)
    assert portfolio_debt(everything) == portfolio_debt(known)


@held
@given(st.lists(st.tuples(DEBTS, DEBTS), min_size=1, max_size=12))
def test_the_change_is_the_difference_of_the_debts_of_the_same_systems(pairs):
    before, after = (portfolio_debt(rated(pair[i]) for pair in pairs).debt for i in (0, 1))
    change = spread(later - earlier for earlier, later in pairs)
    assert change.count == len(pairs)
    assert change.mean == pytest.approx(after - before)


@held
@given(st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=1, max_size=12))
def test_the_mean_splits_by_cause_so_that_the_parts_sum_to_the_whole(systems):
    parts = [spread(shares).mean for shares in zip(*systems, strict=True)]
    whole = spread(fsum(shares) for shares in systems).mean
    assert fsum(parts) == pytest.approx(whole, abs=1e-12)


@held
@given(st.lists(DEBTS, min_size=1, max_size=8), st.integers(0, 7), DEBTS)
def test_a_worse_system_never_makes_the_portfolio_better(debts, place, other):
    place %= len(debts)
    worse = [*debts[:place], max(debts[place], other), *debts[place + 1 :]]
    before, after = (portfolio_debt(map(rated, side)) for side in (debts, worse))
    assert after.debt >= before.debt - 1e-12
    assert after.spread.median >= before.spread.median
    assert after.spread.upper_quartile >= before.spread.upper_quartile
