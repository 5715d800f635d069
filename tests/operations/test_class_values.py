"""Class values: a team adopts its own, version by version, and no sealed quarter changes by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.checklist import Classes
from operations.actions import save_actions
from operations.assessments import close_assessment
from operations.class_values import adopt_class_values, read_class_values, read_class_values_history
from operations.errors import Conflict, InvalidInput, NotFound
from operations.upkeep import verify
from operations.workplace import Workplace, shipped_checklist
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
