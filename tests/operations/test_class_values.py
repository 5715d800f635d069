"""Class values: a team adopts its own, version by version, and no sealed quarter changes by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.checklist import Classes
from operations.actions import close_action, read_actions, reopen_action, save_actions
from operations.assessments import close_assessment
from operations.class_values import (
    adopt_class_values,
    read_calibration,
    read_class_values,
    read_class_values_history,
)
from operations.errors import Conflict, InvalidInput, NotFound
from operations.plans import read_plan, save_estimate
from operations.upkeep import verify
from operations.workplace import Workplace, shipped_checklist
from scoring.plan_terms import TeamEstimate, ThreePoint
from tests.operations.conftest import ADA, BO
from tests.operations.test_actions import DRAFT, assessed

OWN = shipped_checklist().classes


def with_effort(**days: float) -> Classes:
    return replace(OWN, effort_days={**OWN.effort_days, **days})


@pytest.fixture(autouse=True)
def team(workplace: Workplace) -> str:
    assessed(workplace)
    return "Growth"


def test_without_adoption_a_team_goes_by_the_checklist(workplace: Workplace) -> None:
    values = read_class_values(workplace, ADA, team="Growth")
    assert (values.classes, values.class_values_id, values.rev) == (OWN, "", 0)


def test_adopted_values_count_under_an_id_that_is_their_content(workplace: Workplace) -> None:
    first = adopt_class_values(workplace, ADA, team="Growth", values=with_effort(M=12), expected_rev=0)
    assert first.classes.effort_days == {**OWN.effort_days, "M": 12}
    assert first.classes.severity == OWN.severity
    assert (len(first.class_values_id), first.rev, first.adopted_by) == (64, 1, "Ada")
    assert read_class_values(workplace, BO, team="Growth") == first
    other = adopt_class_values(workplace, BO, team="Growth", values=with_effort(M=13), expected_rev=1)
    assert other.class_values_id != first.class_values_id
    again = adopt_class_values(workplace, BO, team="Growth", values=with_effort(M=12), expected_rev=2)
    assert (again.class_values_id, again.rev) == (first.class_values_id, 3), "the same content has the same id"
    back = adopt_class_values(workplace, ADA, team="Growth", values=None, expected_rev=3)
    assert (back.classes, back.class_values_id, back.rev) == (OWN, "", 4)
    history = read_class_values_history(workplace, ADA, team="Growth")
    assert [(kept.rev, kept.changed_by) for kept in history] == [(1, "Ada"), (2, "Bo"), (3, "Bo"), (4, "Ada")]
    trail = workplace.store.read(lambda records: records.audit_trail(4))
    assert [entry.action for entry in reversed(trail)] == [
        *["adopt class values"] * 3,
        "return to the checklist's class values",
    ]


def test_adopting_unseen_is_refused_and_repeating_changes_nothing(workplace: Workplace) -> None:
    first = adopt_class_values(workplace, ADA, team="Growth", values=with_effort(M=12), expected_rev=0)
    assert adopt_class_values(workplace, BO, team="Growth", values=with_effort(M=12), expected_rev=0) == first
    with pytest.raises(Conflict, match="changed meanwhile"):
        adopt_class_values(workplace, BO, team="Growth", values=with_effort(M=9), expected_rev=0)


def test_values_are_a_teams_own(workplace: Workplace) -> None:
    adopt_class_values(workplace, ADA, team="Growth", values=with_effort(M=12), expected_rev=0)
    assert read_class_values(workplace, ADA, team="Search").classes == OWN
    with pytest.raises(NotFound, match="no such team"):
        adopt_class_values(workplace, ADA, team="Search", values=with_effort(M=12), expected_rev=0)


@pytest.mark.parametrize(
    "wrong",
    [
        with_effort(M=float("nan")),
        with_effort(M=-1),
        with_effort(M=10_001),
        with_effort(XXL=3),
        replace(OWN, growth={**OWN.growth, "s1": 11}),
        replace(OWN, severity={**OWN.severity, "H": replace(OWN.severity["H"], weight=9)}),
        replace(OWN, severity={**OWN.severity, "H": replace(OWN.severity["H"], critical=True)}),
    ],
)
def test_values_that_cannot_be_are_refused(workplace: Workplace, wrong: Classes) -> None:
    with pytest.raises(InvalidInput):
        adopt_class_values(workplace, ADA, team="Growth", values=wrong, expected_rev=0)
    assert read_class_values_history(workplace, ADA, team="Growth") == []


@pytest.mark.parametrize("pack", ["", "../ml-debt", "/etc/passwd", "no-such-pack", "ml-debt\n"])
def test_a_pack_is_one_of_those_that_are_there(workplace: Workplace, pack: str) -> None:
    with pytest.raises(InvalidInput, match="pack"):
        read_class_values(workplace, ADA, team="Growth", pack=pack)


def test_sealed_quarters_and_earlier_actions_keep_what_they_had(workplace: Workplace) -> None:
    (assessment,) = workplace.store.read(lambda records: records.assessments_in("2026Q4"))
    here = assessment.assessment_id
    (early,) = save_actions(workplace, ADA, assessment_id=here, drafts=[DRAFT])
    close_assessment(workplace, ADA, assessment_id=here)
    sealed = workplace.store.read(lambda records: records.snapshot(here))
    adopted = adopt_class_values(workplace, ADA, team="Growth", values=with_effort(M=12), expected_rev=0)
    (late,) = save_actions(workplace, ADA, assessment_id=here, drafts=[replace(DRAFT, question_id="ENT-05")])
    assert workplace.store.read(lambda records: records.snapshot(here)) == sealed
    assert verify(workplace, ADA).fault is None
    assert workplace.store.read(lambda records: records.plans.action(early.action_id)) == early
    assert (early.class_values_id, late.class_values_id) == ("", adopted.class_values_id)


# --- calibration ---


def finished(workplace: Workplace, question: str, took: float, *, gone: bool | None = None, target: int = 1) -> None:
    """An action on a question (of which nobody knows anything), planned at 10 days and done."""
    (assessment,) = workplace.store.read(lambda records: records.assessments_in("2026Q4"))
    draft = replace(DRAFT, question_id=question, planned_days=10, target=target)
    (action,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])
    close_action(
        workplace,
        ADA,
        system_id=action.system_id,
        action_id=action.action_id,
        actual_days=took,
        friction_gone=gone,
        expected_rev=1,
    )


def test_below_ten_done_actions_nothing_is_compared(workplace: Workplace) -> None:
    for _ in range(9):
        finished(workplace, "ENT-05", 20)
    calibration = read_calibration(workplace, ADA, team="Growth")
    assert (calibration.count, calibration.missing, calibration.classes) == (9, 1, ())


def test_done_actions_are_compared_class_by_class(workplace: Workplace) -> None:
    for took in (11, 13, 15, 17, 19, 21):
        finished(workplace, "ENT-05", took, gone=True)  # effort M
    for took in (5, 6, 7, 8):
        finished(workplace, "FBL-01", took, gone=False)  # effort S
    finished(workplace, "DAT-03", 7)
    calibration = read_calibration(workplace, ADA, team="Growth")
    found = {one.effort: one for one in calibration.classes}
    assert (calibration.count, calibration.missing, sorted(found)) == (11, 0, ["M", "S"])
    assert (found["M"].count, found["M"].estimated_days, found["M"].actual_days) == (6, 60, 96)
    assert found["M"].ratio == 1.6
    assert (found["S"].count, found["S"].actual_days) == (5, 33)
    assert (calibration.friction_gone, calibration.friction_asked) == (6, 10)
    assert read_plan(workplace, ADA, system_id=only_system(workplace)).calibration == calibration
    assert read_calibration(workplace, ADA).count == 11
    assert read_calibration(workplace, ADA, team="Search").count == 0


def test_what_was_planned_from_a_teams_own_points_says_nothing_of_a_class(workplace: Workplace) -> None:
    finished(workplace, "ENT-05", 20)
    save_estimate(
        workplace,
        ADA,
        system_id=only_system(workplace),
        estimate=TeamEstimate(question="ENT-05", effort=ThreePoint(low=1, likely=2, high=3)),
        expected_rev=0,
    )
    finished(workplace, "ENT-05", 2)
    assert read_calibration(workplace, ADA, team="Growth").count == 1


def test_what_was_reopened_or_dropped_is_not_compared(workplace: Workplace) -> None:
    finished(workplace, "ENT-05", 20)
    (action,) = read_actions(workplace, ADA)
    reopen_action(workplace, ADA, system_id=action.system_id, action_id=action.action_id, expected_rev=2)
    assert read_calibration(workplace, ADA).count == 0


def test_what_the_calibration_proposes_can_be_adopted(workplace: Workplace) -> None:
    for _ in range(12):
        finished(workplace, "ENT-05", 30)
    (proposed,) = read_calibration(workplace, ADA, team="Growth").classes
    assert proposed.proposed_days is not None
    assert proposed.proposed_days > OWN.effort_days["M"]
    adopted = adopt_class_values(
        workplace, ADA, team="Growth", values=with_effort(M=proposed.proposed_days), expected_rev=0
    )
    (after,) = read_calibration(workplace, ADA, team="Growth").classes
    assert after.current_days == adopted.classes.effort_days["M"]
    assert after.proposed_days is None, "nothing more to change"


def only_system(workplace: Workplace) -> str:
    (system,) = workplace.store.read(lambda records: records.systems())
    return system.system_id
