"""The plan's settings and a team's own estimates: kept with a revision, undone, refused in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.authorize import Actor
from operations.errors import Conflict, Forbidden, InvalidInput, NotFound
from operations.plans import (
    clear_estimate,
    read_estimate_history,
    save_estimate,
    save_plan_settings,
    undo_estimate,
    undo_plan_settings,
)
from operations.records import PlanSettings
from operations.workplace import Workplace
from scoring.plan_terms import TeamEstimate, ThreePoint
from tests.operations.conftest import ADA, BO
from tests.operations.test_actions import assessed

EFFORT = TeamEstimate(question="ENT-01", effort=ThreePoint(low=2, likely=5, high=12))
FRICTION = TeamEstimate(question="ENT-01", friction=ThreePoint(low=0, likely=1, high=1.5))
SETTINGS = PlanSettings(
    budget_days=22.5,
    horizon_quarters=6,
    pinned=frozenset({"ENT-01"}),
    excluded=frozenset({"FBL-01"}),
    targets={"ENT-05": 1},
    rebuild_days=400,
)


@pytest.fixture
def system_id(workplace: Workplace) -> str:
    return assessed(workplace).system_id


def kept(workplace: Workplace, system_id: str) -> PlanSettings:
    return workplace.store.read(lambda records: records.plans.settings(system_id))


def content(settings: PlanSettings) -> PlanSettings:
    return replace(settings, rev=0, changed_at="", changed_by="")


# --- settings ---


def test_settings_are_kept_as_given_and_count_up(workplace: Workplace, system_id: str) -> None:
    assert kept(workplace, system_id) == PlanSettings()
    first = save_plan_settings(workplace, ADA, system_id=system_id, settings=SETTINGS, expected_rev=0)
    assert (content(first), first.rev, first.changed_by) == (SETTINGS, 1, "Ada")
    assert kept(workplace, system_id) == first
    again = save_plan_settings(workplace, BO, system_id=system_id, settings=SETTINGS, expected_rev=0)
    assert again == first, "a repeated click changes nothing"
    more = save_plan_settings(
        workplace, BO, system_id=system_id, settings=replace(SETTINGS, budget_days=0), expected_rev=1
    )
    assert (more.budget_days, more.rev) == (0, 2)


def test_settings_somebody_changed_meanwhile_are_not_overwritten(workplace: Workplace, system_id: str) -> None:
    first = save_plan_settings(workplace, ADA, system_id=system_id, settings=SETTINGS, expected_rev=0)
    with pytest.raises(Conflict, match="Ada changed the settings") as refused:
        save_plan_settings(workplace, BO, system_id=system_id, settings=PlanSettings(), expected_rev=0)
    assert refused.value.current == first
    assert kept(workplace, system_id) == first


def test_undoing_settings_goes_back_and_forth(workplace: Workplace, system_id: str) -> None:
    save_plan_settings(workplace, ADA, system_id=system_id, settings=SETTINGS, expected_rev=0)
    undone = undo_plan_settings(workplace, BO, system_id=system_id, expected_rev=1)
    assert (content(undone), undone.rev) == (PlanSettings(), 2)
    again = undo_plan_settings(workplace, BO, system_id=system_id, expected_rev=2)
    assert (content(again), again.rev) == (SETTINGS, 3)
    with pytest.raises(Conflict):
        undo_plan_settings(workplace, ADA, system_id=system_id, expected_rev=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_days": -1.0},
        {"budget_days": float("nan")},
        {"budget_days": 10_000.5},
        {"horizon_quarters": 0},
        {"horizon_quarters": 41},
        {"pinned": frozenset({"XXX-01"})},
        {"excluded": frozenset({"XXX-01"})},
        {"targets": {"XXX-01": 1}},
        {"targets": {"ENT-01": 4}},
        {"targets": {"ENT-01": -1}},
        {"pinned": frozenset({"FBL-01"})},
        {"rebuild_days": 0.0},
        {"rebuild_days": float("inf")},
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_is_kept(
    workplace: Workplace, system_id: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        save_plan_settings(
            workplace,
            ADA,
            system_id=system_id,
            settings=replace(SETTINGS, **wrong),  # type: ignore[arg-type]  (wrong on purpose)
            expected_rev=0,
        )
    assert kept(workplace, system_id) == PlanSettings()


@pytest.mark.parametrize("budget", [0, 10_000])
def test_the_smallest_and_the_largest_budget_are_budgets(workplace: Workplace, system_id: str, budget: float) -> None:
    saved = save_plan_settings(
        workplace, ADA, system_id=system_id, settings=PlanSettings(budget_days=budget), expected_rev=0
    )
    assert saved.budget_days == budget


# --- estimates ---


def test_an_estimate_is_kept_changed_and_taken_back_with_its_history(workplace: Workplace, system_id: str) -> None:
    first = save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    assert (first.estimate, first.rev, first.changed_by, first.cleared) == (EFFORT, 1, "Ada", False)
    save_estimate(workplace, BO, system_id=system_id, estimate=FRICTION, expected_rev=1)
    back = clear_estimate(workplace, BO, system_id=system_id, question_id="ENT-01", expected_rev=2)
    assert back is not None
    assert (back.cleared, back.rev) == (True, 3)
    assert workplace.store.read(lambda records: records.plans.estimates(system_id)) == {}
    anew = save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    assert anew.rev == 4, "a revision is never used again"
    history = read_estimate_history(workplace, ADA, system_id=system_id, question_id="ENT-01")
    assert [(record.estimate, record.changed_by) for record in history] == [
        (EFFORT, "Ada"),
        (FRICTION, "Bo"),
        (TeamEstimate(question="ENT-01"), "Bo"),
        (EFFORT, "Ada"),
    ]
    trail = workplace.store.read(lambda records: records.audit_trail(4))
    assert [(entry.action, entry.detail) for entry in reversed(trail)] == [
        ("estimate", "ENT-01 rev 1"),
        ("estimate", "ENT-01 rev 2"),
        ("take back estimate", "ENT-01 rev 3"),
        ("estimate", "ENT-01 rev 4"),
    ]


def test_an_estimate_somebody_changed_meanwhile_is_not_overwritten(workplace: Workplace, system_id: str) -> None:
    first = save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    assert save_estimate(workplace, BO, system_id=system_id, estimate=EFFORT, expected_rev=0) == first
    for reach in (
        lambda: save_estimate(workplace, BO, system_id=system_id, estimate=FRICTION, expected_rev=0),
        lambda: clear_estimate(workplace, BO, system_id=system_id, question_id="ENT-01", expected_rev=0),
        lambda: undo_estimate(workplace, BO, system_id=system_id, question_id="ENT-01", expected_rev=2),
    ):
        with pytest.raises(Conflict) as refused:
            reach()
        assert getattr(refused.value.current, "effort", None) == (2, 5, 12)
    history = read_estimate_history(workplace, ADA, system_id=system_id, question_id="ENT-01")
    assert history == [first]


def test_an_estimate_taken_back_meanwhile_is_not_changed_unseen(workplace: Workplace, system_id: str) -> None:
    save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    clear_estimate(workplace, BO, system_id=system_id, question_id="ENT-01", expected_rev=1)
    with pytest.raises(Conflict, match="Bo took back") as refused:
        save_estimate(workplace, ADA, system_id=system_id, estimate=FRICTION, expected_rev=1)
    assert refused.value.current is None


def test_undoing_an_estimate_goes_back_and_forth(workplace: Workplace, system_id: str) -> None:
    place = {"system_id": system_id, "question_id": "ENT-01"}
    assert undo_estimate(workplace, ADA, **place, expected_rev=0) is None
    assert clear_estimate(workplace, ADA, **place, expected_rev=0) is None
    save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    undone = undo_estimate(workplace, ADA, **place, expected_rev=1)
    assert undone is not None
    assert undone.cleared
    again = undo_estimate(workplace, ADA, **place, expected_rev=2)
    assert again is not None
    assert again.estimate == EFFORT


def test_estimates_of_nothing_and_for_nothing_are_refused(workplace: Workplace, system_id: str) -> None:
    with pytest.raises(InvalidInput, match="three points"):
        save_estimate(workplace, ADA, system_id=system_id, estimate=TeamEstimate(question="ENT-01"), expected_rev=0)
    with pytest.raises(InvalidInput, match="'XXX-01' is not a question"):
        save_estimate(workplace, ADA, system_id=system_id, estimate=replace(EFFORT, question="XXX-01"), expected_rev=0)


def test_what_is_said_of_one_system_is_not_said_of_another(workplace: Workplace, system_id: str) -> None:
    other = assessed(workplace, "Pricing").system_id
    save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    save_plan_settings(workplace, ADA, system_id=system_id, settings=SETTINGS, expected_rev=0)
    assert kept(workplace, other) == PlanSettings()
    assert read_estimate_history(workplace, ADA, system_id=other, question_id="ENT-01") == []


def test_a_stranger_and_a_system_that_is_not_there_get_nothing(workplace: Workplace, system_id: str) -> None:
    for actor, where, error in ((Actor(name="Mallory"), system_id, Forbidden), (ADA, "gone", NotFound)):
        for reach in (
            lambda a=actor, s=where: save_plan_settings(workplace, a, system_id=s, settings=SETTINGS, expected_rev=0),
            lambda a=actor, s=where: undo_plan_settings(workplace, a, system_id=s, expected_rev=0),
            lambda a=actor, s=where: save_estimate(workplace, a, system_id=s, estimate=EFFORT, expected_rev=0),
            lambda a=actor, s=where: clear_estimate(workplace, a, system_id=s, question_id="ENT-01", expected_rev=0),
            lambda a=actor, s=where: undo_estimate(workplace, a, system_id=s, question_id="ENT-01", expected_rev=0),
            lambda a=actor, s=where: read_estimate_history(workplace, a, system_id=s, question_id="ENT-01"),
        ):
            with pytest.raises(error):
                reach()
    assert kept(workplace, system_id) == PlanSettings()
