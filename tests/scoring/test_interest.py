"""Interest, cost and price of one question, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.checklist import SeverityClass
from scoring.interest import (
    benefit_per_cost,
    cost_days,
    horizon_factor,
    interest_over_horizon,
    interest_per_quarter,
    price,
)
from scoring.plan_terms import PlanParameters, Price, TeamEstimate, ThreePoint
from tests.scoring.builders import area, checklist

DEFAULT = PlanParameters()
PRICE = Price(question="ENT-01", effort_days=8, friction_days=3, loss_days=80, growth=0.15)
ASKED = checklist(area("ENT", "C", "L"))


def test_the_interest_of_full_debt_is_the_friction_and_a_twentieth_of_the_loss():
    assert interest_per_quarter(1, PRICE, DEFAULT) == 3 + 0.05 * 80 == 7


@pytest.mark.parametrize(("debt", "days"), [(0, 0), (0.25, 0.4375), (0.5, 1.75), (0.75, 3.9375), (1, 7)])
def test_half_the_debt_costs_a_quarter_of_the_interest(debt, days):
    assert interest_per_quarter(debt, PRICE, DEFAULT) == days


def test_four_quarters_at_fifteen_percent_growth_are_almost_five_quarters_of_today():
    assert horizon_factor(0.15, DEFAULT) == pytest.approx(1 + 1.15 + 1.3225 + 1.520875)
    assert horizon_factor(0.15, DEFAULT) == pytest.approx((1.15**4 - 1) / 0.15)
    assert interest_over_horizon(0.5, PRICE, DEFAULT) == pytest.approx(1.75 * 4.993375)


def test_without_growth_a_horizon_is_its_number_of_quarters():
    assert [horizon_factor(0, PlanParameters(horizon_quarters=n)) for n in (1, 4, 40)] == [1, 4, 40]


def test_interest_never_grows_beyond_three_times_todays():
    # 1, 1.3, 1.69, 2.197, 2.8561, then 3.71 would follow: 3 each from there on
    assert horizon_factor(0.3, PlanParameters(horizon_quarters=8)) == pytest.approx(9.0431 + 3 * 3)
    assert horizon_factor(10, DEFAULT) == 1 + 3 + 3 + 3


@pytest.mark.parametrize(
    ("debt", "target", "days"),
    [
        pytest.param(1, 0, 8 + 4, id="the whole effort and the overhead"),
        pytest.param(0.5, 0, 8 * (0.6 + 0.4 * 0.5) + 4, id="half the debt costs eight tenths of the effort"),
        pytest.param(1, 0.5, 8 * (0.6 + 0.4 * 0.5) + 4, id="what counts is how far it goes down"),
        pytest.param(0.25, 0.25, 0, id="nothing to improve costs nothing"),
        pytest.param(0, 0.5, 0, id="nobody pays to make it worse"),
    ],
)
def test_an_action_costs_a_part_for_being_done_and_a_part_for_its_size(debt, target, days):
    assert cost_days(debt, target, PRICE, DEFAULT) == pytest.approx(days)


def test_what_costs_nothing_has_a_large_ratio_and_never_an_infinite_one():
    assert benefit_per_cost(12, 4) == 3
    assert benefit_per_cost(2, 0) == pytest.approx(200)
    assert benefit_per_cost(0, 0) == 0


def test_a_price_is_that_of_the_classes():
    assert price(ASKED, "ENT-01") == Price(question="ENT-01", effort_days=5, friction_days=2, loss_days=20, growth=0.05)
    assert price(ASKED, "ENT-02").loss_days == 2


def test_what_a_team_says_of_a_question_takes_the_place_of_its_class():
    said = TeamEstimate(question="ENT-01", effort=ThreePoint(low=2, likely=3, high=10))
    priced = price(ASKED, "ENT-01", estimates={"ENT-01": said})
    assert (priced.effort_days, priced.effort_by_team) == ((2 + 4 * 3 + 10) / 6, True)
    assert (priced.friction_days, priced.friction_by_team) == (2, False)


def test_values_a_team_adopted_count_and_letters_they_lack_keep_the_packs():
    adopted = replace(
        ASKED.classes,
        effort_days={"M": 9},
        friction_days={},
        severity={"C": SeverityClass(weight=10, loss_days=33, critical=True)},
    )
    priced = price(ASKED, "ENT-01", classes=adopted)
    assert (priced.effort_days, priced.friction_days, priced.loss_days) == (9, 2, 33)
    assert price(ASKED, "ENT-02", classes=adopted).loss_days == 2


def test_a_price_of_a_question_nobody_asks_is_an_error():
    with pytest.raises(KeyError):
        price(ASKED, "XXX-01")
