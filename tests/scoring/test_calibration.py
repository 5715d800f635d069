"""Estimate against actual: ratios and intervals worked out by hand, and nothing said from too little."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.checklist import Classes
from scoring.calibration import ClosedAction, calibrate, median_interval, sensible
from scoring.plan_terms import PlanParameters
from tests.scoring.builders import SEVERITIES

CLASSES = Classes(
    severity=SEVERITIES,
    effort_days={"S": 5, "M": 10, "L": 25},
    friction_days={"i2": 2},
    growth={"s1": 0.05},
    provenance="proposal",
)


def took(actual: float, effort: str = "M", estimated: float = 14, *, gone: bool | None = None) -> ClosedAction:
    """An action of class M from level 4 to 0 is planned at 10 + 4 days of overhead."""
    return ClosedAction(
        question="AA-01", effort=effort, estimated_days=estimated, actual_days=actual, friction_gone=gone
    )


TEN = [took(days) for days in (7, 14, 14, 14, 21, 21, 21, 28, 28, 28)]


def test_nine_closed_actions_show_nothing_but_how_many_are_missing() -> None:
    found = calibrate([replace(it, friction_gone=True) for it in TEN[:9]], CLASSES)
    assert (found.count, found.missing, found.classes) == (9, 1, ())
    assert (found.friction_gone, found.friction_asked, found.friction_low) == (9, 9, None)


def test_ten_actions_give_the_middle_ratio_with_its_interval_and_a_class_value() -> None:
    """Ratios .5 1 1 1 1.5 1.5 1.5 2 2 2: middle 1.5; of ten values the second and the ninth hold it.

    Ten values may lose 2 x (1 + 10) / 1024 = 2 % with the second and ninth, 2 x (1 + 10 + 45) / 1024 = 11 % with the
    third and eighth. Without 4 days of overhead the actions took 3, 10 10 10, 17 17 17, 24 24 24 days: middle 17.
    """
    (found,) = calibrate(TEN, CLASSES).classes
    assert (found.effort, found.count, found.estimated_days, found.actual_days) == ("M", 10, 140, 196)
    assert (found.ratio, found.low, found.high) == (1.5, 1.0, 2.0)
    assert (found.current_days, found.proposed_days) == (10, 17)
    assert not found.clear  # the interval of the class value is 10 to 24: 10 may still be right


def test_a_class_that_is_clearly_wrong_is_called_so() -> None:
    (found,) = calibrate([took(24 + n) for n in range(10)], CLASSES).classes
    assert found.proposed_days == 25  # without overhead 20..29 days, middle 24.5
    assert found.clear


def test_a_class_with_four_actions_gets_no_interval_and_no_value() -> None:
    small = [took(9, "S", 9)] * 4
    found = {it.effort: it for it in calibrate([*TEN, *small], CLASSES).classes}
    assert list(found) == ["S", "M"]
    assert (found["S"].count, found["S"].ratio) == (4, 1.0)
    assert (found["S"].low, found["S"].high, found["S"].proposed_days, found["S"].clear) == (None, None, None, False)


def test_the_share_of_the_way_is_taken_out_of_a_class_value() -> None:
    """From level 2 to 0 an action of class M is 10 x (.6 + .4 x .5) + 4 = 12 days; 20 days make (20 - 4) / .8 = 20."""
    (found,) = calibrate([replace(took(20, estimated=12), lift=0.5)] * 10, CLASSES).classes
    assert (found.ratio, found.proposed_days) == (20 / 12, 20)


def test_a_value_that_would_not_change_is_not_proposed() -> None:
    (found,) = calibrate([took(14)] * 10, CLASSES).classes
    assert found.proposed_days is None


def test_proposals_that_overtake_the_next_class_are_named() -> None:
    assert calibrate([took(34)] * 10, CLASSES).out_of_order == (("M", "L"),)  # 30 days for M, 25 for L
    assert calibrate([took(20)] * 10, CLASSES).out_of_order == ()


def test_friction_that_went_away_is_a_share_with_wilsons_interval() -> None:
    """8 of 10: Wilson gives .490 to .943 (Agresti and Coull's textbook example of the form)."""
    said = [replace(it, friction_gone=n < 8) for n, it in enumerate(TEN)]
    found = calibrate([*said, took(14)], CLASSES)
    assert (found.friction_gone, found.friction_asked) == (8, 10)
    assert found.friction_low == pytest.approx(0.4902, abs=1e-4)
    assert found.friction_high == pytest.approx(0.9433, abs=1e-4)


def test_actions_that_were_estimated_at_nothing_or_took_nothing_break_nothing() -> None:
    nothing = PlanParameters(overhead_days=0, base_share=0)
    for actions in ([took(0)] * 10, [took(5, estimated=0)] * 10, [took(5, "gone")] * 10, []):
        for parameters in (None, nothing):
            calibrate(actions, CLASSES, parameters=parameters)
    (found,) = calibrate([took(5, estimated=0)] * 10, CLASSES).classes
    assert (found.ratio, found.low, found.proposed_days) == (None, None, 1)  # 5 - 4 days of overhead


@pytest.mark.parametrize("days", [-1.0, float("nan"), float("inf"), 10_001.0])
def test_days_that_are_none_are_refused(days: float) -> None:
    with pytest.raises(ValueError, match="AA-01: days are numbers 0 to 10,000"):
        took(days)


@pytest.mark.parametrize("lift", [-0.1, 1.1, float("nan")])
def test_a_lift_that_is_none_is_refused(lift: float) -> None:
    with pytest.raises(ValueError, match="AA-01: a lift is 0 to 1"):
        replace(took(1), lift=lift)


@pytest.mark.parametrize(
    ("count", "ends"), [(4, None), (5, (1, 5)), (7, (1, 7)), (8, (2, 7)), (11, (3, 9)), (20, (6, 15))]
)
def test_an_interval_of_the_middle_is_two_of_the_sorted_values(count: int, ends: tuple[int, int] | None) -> None:
    """As in printed tables of the sign test at 10 % two-sided: 1, 2, 3 and 6 for 5, 8, 11 and 20 values."""
    assert median_interval(list(range(count, 0, -1))) == ends


@given(st.floats(0.01, 10_000))
def test_a_sensible_number_is_near(days: float) -> None:
    assert abs(sensible(days) - days) <= max(0.5, 0.125 * days)  # half a step: 2.5 days of 20 at the most
    assert sensible(sensible(days)) == sensible(days)
