"""The plan's settings and a team's own estimates: kept with a revision, undone, refused in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from operations.actions import close_action, save_actions
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.authorize import Actor
from operations.class_values import adopt_class_values
from operations.errors import Conflict, Forbidden, InvalidInput, NotFound
from operations.plans import (
    clear_estimate,
    read_estimate_history,
    read_plan,
    save_estimate,
    save_plan_settings,
    undo_estimate,
    undo_plan_settings,
)
from operations.records import PlanSettings
from operations.systems import create_system
from operations.workplace import Workplace, shipped_checklist
from scoring.plan_terms import TeamEstimate, ThreePoint
from tests.operations.conftest import ADA, BO
from tests.operations.packs import lay, text_of_pack
from tests.operations.test_actions import DRAFT, assessed

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
        {"targets": {"ENT-01": 1.0}},
        {"pinned": frozenset({"FBL-01"})},
        {"rebuild_days": 0.0},
        {"rebuild_days": 1e-310},
        {"rebuild_days": float("nan")},
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


# --- the plan ---


def test_the_plan_of_a_system_follows_from_its_answers(workplace: Workplace, system_id: str) -> None:
    view = read_plan(workplace, ADA, system_id=system_id)
    assert view.settings == PlanSettings()
    assert view.plan.budget_days == 15
    assert view.ranking.parameters.horizon_quarters == 4
    assert view.score is view.standing
    assert "ENT-03" not in {priority.question for priority in view.ranking.priorities}, "it owes nothing"
    assert view.plan.chosen
    assert view.plan.cost_days <= 15
    for priority in view.plan.chosen:
        assert view.after.questions[priority.question].debt == priority.target_debt
    standing, after = view.standing.system.estimate, view.after.system.estimate
    assert standing is not None
    assert after is not None
    assert after < standing


def test_the_settings_estimates_and_adopted_values_go_into_the_plan(workplace: Workplace, system_id: str) -> None:
    save_plan_settings(workplace, ADA, system_id=system_id, settings=SETTINGS, expected_rev=0)
    save_estimate(workplace, ADA, system_id=system_id, estimate=EFFORT, expected_rev=0)
    own = shipped_checklist().classes
    values = replace(own, effort_days={**own.effort_days, "S": 4.5})
    adopted = adopt_class_values(workplace, ADA, team="Growth", values=values, expected_rev=0)
    view = read_plan(workplace, ADA, system_id=system_id)
    assert (view.plan.budget_days, view.ranking.parameters.horizon_quarters) == (22.5, 6)
    chosen = {priority.question for priority in view.plan.chosen}
    assert "ENT-01" in chosen
    assert "FBL-01" not in chosen
    estimated, by_class, aimed = (view.ranking.of(question) for question in ("ENT-01", "DAT-03", "ENT-05"))
    assert estimated is not None
    assert by_class is not None
    assert aimed is not None
    assert estimated.price.effort_days == pytest.approx((2 + 4 * 5 + 12) / 6)
    assert by_class.price.effort_days == 4.5
    assert aimed.target == 1
    assert view.class_values == adopted
    assert view.estimates["ENT-01"].estimate == EFFORT


def test_budget_and_horizon_of_a_link_count_for_one_reading(workplace: Workplace, system_id: str) -> None:
    nothing = read_plan(workplace, ADA, system_id=system_id, budget_days=0, horizon=1)
    assert (nothing.plan.chosen, nothing.after) == ((), nothing.score)
    everything = read_plan(workplace, ADA, system_id=system_id, budget_days=10_000, horizon=40)
    assert {p.question for p in everything.plan.chosen} == {p.question for p in everything.ranking.priorities}
    assert kept(workplace, system_id) == PlanSettings()


def test_a_what_if_moves_the_plan_and_nothing_that_is_stored(workplace: Workplace, system_id: str) -> None:
    before = read_plan(workplace, ADA, system_id=system_id)
    supposed = read_plan(workplace, ADA, system_id=system_id, what_if={"ENT-01": 0, "FBL-01": 4})
    assert (supposed.score.questions["ENT-01"].debt, supposed.score.questions["FBL-01"].debt) == (0, 1)
    assert supposed.standing == before.score
    assert supposed.ranking.of("ENT-01") is None
    assert read_plan(workplace, ADA, system_id=system_id) == before
    again = read_plan(workplace, ADA, system_id=system_id, what_if={"ENT-01": 3, "ENT-03": 0})
    assert (again.score, again.ranking, again.plan) == (before.score, before.ranking, before.plan), "said so already"


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_days": -1.0},
        {"budget_days": float("nan")},
        {"budget_days": 10_001.0},
        {"horizon": 0},
        {"horizon": 41},
        {"what_if": {"XXX-01": 0}},
        {"what_if": {"FMD-01": 0}},  # behind a switch that is off
        {"what_if": {"ENT-01": 5}},
        {"what_if": {"ENT-01": True}},
        {"what_if": {"ENT-01": 1.0}},
        {"period": "last"},
    ],
)
def test_a_link_that_asks_for_what_cannot_be_is_refused(
    workplace: Workplace, system_id: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        read_plan(workplace, ADA, system_id=system_id, **wrong)  # type: ignore[arg-type]  (wrong on purpose)


def test_a_system_that_was_not_assessed_says_so(workplace: Workplace, system_id: str) -> None:
    fresh = create_system(workplace, ADA, name="Fresh", team="Growth").system_id
    with pytest.raises(NotFound, match="Fresh has not been assessed yet"):
        read_plan(workplace, ADA, system_id=fresh)
    with pytest.raises(NotFound, match="not assessed in 2026Q1"):
        read_plan(workplace, ADA, system_id=system_id, period="2026Q1")
    with pytest.raises(NotFound):
        read_plan(workplace, ADA, system_id="gone")
    with pytest.raises(Forbidden):
        read_plan(workplace, Actor(name="Mallory"), system_id=system_id)


def test_what_was_done_since_it_was_answered_is_not_proposed_again(workplace: Workplace, system_id: str) -> None:
    before = read_plan(workplace, ADA, system_id=system_id, budget_days=10_000)
    here = before.assessment.assessment_id
    (action,) = save_actions(workplace, ADA, assessment_id=here, drafts=[DRAFT])
    assert read_plan(workplace, ADA, system_id=system_id).open_actions == (action,)
    close_action(
        workplace,
        ADA,
        system_id=system_id,
        action_id=action.action_id,
        actual_days=3,
        friction_gone=True,
        expected_rev=1,
    )
    view = read_plan(workplace, ADA, system_id=system_id, budget_days=10_000)
    assert (view.repaid, view.open_actions) == ({"ENT-01"}, ())
    assert {p.question for p in before.plan.chosen} - {p.question for p in view.plan.chosen} == {"ENT-01"}
    answer_question(
        workplace,
        ADA,
        assessment_id=here,
        question_id="ENT-01",
        choice=Choice(state="answered", level=2),
        expected_rev=1,
    )
    assert read_plan(workplace, ADA, system_id=system_id).repaid == frozenset(), "looked at again since"


def test_without_being_told_the_plan_is_of_the_newest_quarter_of_which_enough_is_known(workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Pricing", team="Growth")
    place = {"system_id": system.system_id}
    early = open_assessment(workplace, ADA, **place, period="2026Q3")
    for question in shipped_checklist().core():
        if question.applies_when is None and shipped_checklist().area_of[question.id].applies_when is None:
            answer_question(
                workplace,
                ADA,
                assessment_id=early.assessment_id,
                question_id=question.id,
                choice=Choice(state="answered", level=2),
                expected_rev=0,
            )
    close_assessment(workplace, ADA, assessment_id=early.assessment_id)
    assert read_plan(workplace, ADA, **place).assessment.period == "2026Q3"
    open_assessment(workplace, ADA, **place, period="2026Q4")
    assert read_plan(workplace, ADA, **place).assessment.period == "2026Q3", "nothing is known of the new one yet"
    assert read_plan(workplace, ADA, **place, period="2026Q4").assessment.period == "2026Q4"


def test_a_target_that_is_the_worst_level_of_another_checklist_hides_no_question(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same id in a checklist of three levels: what was second best of five may be the worst there is."""
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack())
    system_id = create_system(workplace, ADA, name="Churn", team="Growth").system_id
    open_assessment(workplace, ADA, system_id=system_id, period="2026Q3")
    settings = replace(SETTINGS, pinned=frozenset(), targets={"MON-01": 2})
    save_plan_settings(workplace, ADA, system_id=system_id, settings=settings, expected_rev=0)
    later = open_assessment(workplace, ADA, system_id=system_id, period="2026Q4", pack="three-levels")
    answer_question(
        workplace,
        ADA,
        assessment_id=later.assessment_id,
        question_id="MON-01",
        choice=Choice(state="answered", level=2),
        expected_rev=0,
    )
    priority = read_plan(workplace, ADA, system_id=system_id, period="2026Q4").ranking.of("MON-01")
    assert priority is not None
    assert priority.target == 0


def test_an_action_done_on_a_question_of_another_checklist_repays_none_of_this_one(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same id in two checklists is two questions."""
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack())
    system_id = create_system(workplace, ADA, name="Churn", team="Growth").system_id
    made = {}
    for period, pack in (("2026Q3", "ml-debt"), ("2026Q4", "three-levels")):
        made[pack] = open_assessment(workplace, ADA, system_id=system_id, period=period, pack=pack).assessment_id
        choice = Choice(state="answered", level=2)
        answer_question(workplace, ADA, assessment_id=made[pack], question_id="MON-01", choice=choice, expected_rev=0)
    draft = replace(DRAFT, question_id="MON-01", target=0)
    (action,) = save_actions(workplace, ADA, assessment_id=made["ml-debt"], drafts=[draft])
    close_action(
        workplace,
        ADA,
        system_id=system_id,
        action_id=action.action_id,
        actual_days=3,
        friction_gone=None,
        expected_rev=1,
    )
    assert read_plan(workplace, ADA, system_id=system_id, period="2026Q3").repaid == {"MON-01"}
    assert read_plan(workplace, ADA, system_id=system_id, period="2026Q4").repaid == frozenset()
