"""Actions: saved from a plan, changed, closed, dropped, opened again, undone; each with its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.actions import (
    TAKEN_BACK,
    ActionDraft,
    change_action,
    close_action,
    drop_action,
    read_action_history,
    read_actions,
    reopen_action,
    save_actions,
    undo_action,
)
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.authorize import Actor
from operations.class_values import GROWTH_MAX, adopt_class_values
from operations.errors import AlreadyThere, Conflict, Forbidden, InvalidInput, NotFound
from operations.plans import read_plan
from operations.records import ActionRecord, AssessmentRecord
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace, shipped_checklist
from scoring.plan_terms import DAYS_MAX, HORIZON_MAX_QUARTERS
from tests.operations.conftest import ADA, BO

DRAFT = ActionDraft(
    question_id="ENT-01",
    title="Difference report for every change",
    owner="Bo",
    due=date(2026, 12, 11),
    link="https://tracker.example/ML-7",
    target=1,
    planned_days=9.5,
    benefit_days=12.25,
)


def assessed(workplace: Workplace, name: str = "Churn") -> AssessmentRecord:
    """A system whose ENT-01 stands at level 3 and ENT-03 at level 0."""
    system = create_system(workplace, ADA, name=name, team="Growth")
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4")
    for question, level in (("ENT-01", 3), ("ENT-03", 0)):
        answer_question(
            workplace,
            ADA,
            assessment_id=assessment.assessment_id,
            question_id=question,
            choice=Choice(state="answered", level=level),
            expected_rev=0,
        )
    return assessment


@pytest.fixture
def assessment(workplace: Workplace) -> AssessmentRecord:
    return assessed(workplace)


@pytest.fixture
def action(workplace: Workplace, assessment: AssessmentRecord) -> ActionRecord:
    (saved,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    return saved


def place(action: ActionRecord) -> dict[str, str]:
    return {"system_id": action.system_id, "action_id": action.action_id}


def said(workplace: Workplace, action: ActionRecord) -> list[str]:
    return [event.what for event in read_action_history(workplace, ADA, **place(action))]


def audited(workplace: Workplace, count: int) -> list[tuple[str, str, str]]:
    trail = workplace.store.read(lambda records: records.audit_trail(count))
    return [(entry.actor, entry.action, entry.subject) for entry in reversed(trail)]


# --- saving ---


def test_a_saved_action_keeps_what_it_promised_and_the_debt_it_started_from(
    workplace: Workplace, assessment: AssessmentRecord, action: ActionRecord
) -> None:
    assert (action.planned_days, action.benefit_days, action.horizon_quarters) == (9.5, 12.25, 4)
    assert (action.debt_before, action.debt_target, action.target) == (0.75, 0.25, 1)
    assert (action.assessment_id, action.period) == (assessment.assessment_id, "2026Q4")
    assert (action.state, action.owner, action.due, action.made_by) == ("open", "Bo", date(2026, 12, 11), "Ada")
    assert (action.own_estimate, action.class_values_id) == (False, "")
    assert read_actions(workplace, ADA, system_id=action.system_id) == (action,)
    assert audited(workplace, 1) == [("Ada", "plan action", action.action_id)]


def test_saving_the_same_again_saves_nothing(workplace: Workplace, action: ActionRecord) -> None:
    again = save_actions(workplace, BO, assessment_id=action.assessment_id, drafts=[DRAFT])
    assert again == (action,)
    assert said(workplace, action) == ["planned"]


def test_a_second_open_action_for_a_question_is_refused_and_nothing_of_the_rest_is_kept(
    workplace: Workplace, action: ActionRecord
) -> None:
    other = replace(DRAFT, question_id="ENT-05", title="List the consumers")
    with pytest.raises(AlreadyThere, match="open action for ENT-01") as refused:
        save_actions(
            workplace, ADA, assessment_id=action.assessment_id, drafts=[other, replace(DRAFT, title="Another")]
        )
    assert refused.value.existing == action
    assert read_actions(workplace, ADA) == (action,)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question_id": "FMD-01"}, "question"),  # behind a switch that is off
        ({"question_id": "ENT-03"}, "target"),  # owes nothing
        ({"target": 3}, "target"),  # where it stands already
        ({"target": 5}, "target"),
        ({"target": -1}, "target"),
        ({"target": 1.0}, "target"),
        ({"title": " \x00"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "tracker/7"}, "link"),
        ({"link": "https://"}, "link"),
        ({"link": "https://x.example/a b"}, "link"),
        ({"link": 'https://x.example/"onmouseover='}, "link"),
        ({"link": "http://[broken"}, "link"),
        ({"link": "mailto:nobody"}, "link"),
        ({"planned_days": float("nan")}, "planned days"),
        ({"planned_days": -1.0}, "planned days"),
        ({"planned_days": 10_001.0}, "planned days"),
        ({"benefit_days": float("inf")}, "benefit"),
        ({"horizon_quarters": 0}, "horizon"),
        ({"horizon_quarters": 2.5}, "horizon"),
    ],
)
def test_what_cannot_be_an_action_is_refused_by_name(
    workplace: Workplace, assessment: AssessmentRecord, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_actions(
            workplace,
            ADA,
            assessment_id=assessment.assessment_id,
            drafts=[replace(DRAFT, **wrong)],  # type: ignore[arg-type]  (wrong on purpose)
        )
    assert refused.value.field == field
    assert read_actions(workplace, ADA) == ()


def test_nothing_and_too_much_at_once_are_refused(workplace: Workplace, assessment: AssessmentRecord) -> None:
    for drafts in ([], [DRAFT] * 201):
        with pytest.raises(InvalidInput, match="actions"):
            save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=drafts)


@pytest.mark.parametrize("link", ["", "https://tracker.example/ML-7?x=1#c", "http://intern/7", "mailto:ml@example.org"])
def test_a_link_leads_to_the_web_or_to_a_mailbox(workplace: Workplace, assessment: AssessmentRecord, link: str) -> None:
    (kept,) = save_actions(
        workplace, ADA, assessment_id=assessment.assessment_id, drafts=[replace(DRAFT, link=f" {link} ")]
    )
    assert kept.link == link


def test_words_are_kept_as_typed_whatever_they_look_like(workplace: Workplace, assessment: AssessmentRecord) -> None:
    typed = "<script>alert(1)</script> =1+1 @everyone [x](javascript:y) ' OR 1=1 --"
    (kept,) = save_actions(
        workplace, ADA, assessment_id=assessment.assessment_id, drafts=[replace(DRAFT, title=typed, owner="=Bo")]
    )
    assert (kept.title, kept.owner) == (typed, "=Bo")


def test_a_closed_quarter_takes_actions_and_stays_sealed(workplace: Workplace, assessment: AssessmentRecord) -> None:
    sealed = close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    (action,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    close_action(workplace, ADA, **place(action), actual_days=3, friction_gone=True, expected_rev=1)
    assert workplace.store.read(lambda records: records.assessment(assessment.assessment_id)) == sealed
    assert verify(workplace, ADA).fault is None


# --- changing ---


def test_owner_day_title_and_link_change_and_the_promise_stays(workplace: Workplace, action: ActionRecord) -> None:
    changed = change_action(
        workplace, BO, **place(action), title="Shorter", owner="Cy", due=None, link="", expected_rev=1
    )
    assert (changed.title, changed.owner, changed.due, changed.link) == ("Shorter", "Cy", None, "")
    assert (changed.planned_days, changed.benefit_days, changed.debt_before, changed.rev) == (9.5, 12.25, 0.75, 2)
    assert (changed.changed_by, changed.made_by) == ("Bo", "Ada")
    assert audited(workplace, 1) == [("Bo", "change action", action.action_id)]


def test_a_change_based_on_what_is_no_longer_so_is_refused(workplace: Workplace, action: ActionRecord) -> None:
    given = {"owner": "Cy", "due": None, "link": ""}
    changed = change_action(workplace, BO, **place(action), title="First", **given, expected_rev=1)  # type: ignore[arg-type]  (words by name)
    with pytest.raises(Conflict, match="Bo changed this action") as refused:
        change_action(workplace, ADA, **place(action), title="Second", **given, expected_rev=1)  # type: ignore[arg-type]  (words by name)
    assert refused.value.current == changed
    again = change_action(workplace, BO, **place(action), title="First", **given, expected_rev=1)  # type: ignore[arg-type]  (words by name)
    assert again == changed, "a repeated click changes nothing"
    assert said(workplace, action) == ["planned", "changed"]


def test_an_action_that_is_done_says_what_it_took_beside_what_it_promised(
    workplace: Workplace, action: ActionRecord
) -> None:
    done = close_action(workplace, BO, **place(action), actual_days=14.5, friction_gone=None, expected_rev=1)
    assert (done.state, done.actual_days, done.friction_gone, done.closed_at is not None) == ("done", 14.5, None, True)
    assert (done.planned_days, done.benefit_days, done.debt_before) == (9.5, 12.25, 0.75)
    again = close_action(workplace, BO, **place(action), actual_days=14.5, friction_gone=None, expected_rev=1)
    assert again == done, "a repeated click changes nothing"
    corrected = close_action(workplace, ADA, **place(action), actual_days=15, friction_gone=True, expected_rev=2)
    assert (corrected.actual_days, corrected.friction_gone, corrected.closed_at) == (15.0, True, done.closed_at)
    assert said(workplace, action) == ["planned", "done", "done"]


def test_the_largest_benefit_a_plan_can_promise_is_kept(workplace: Workplace, assessment: AssessmentRecord) -> None:
    own = shipped_checklist().classes
    values = replace(
        own,
        friction_days=dict.fromkeys(own.friction_days, DAYS_MAX),
        growth=dict.fromkeys(own.growth, GROWTH_MAX),
        severity={key: replace(one, loss_days=DAYS_MAX) for key, one in own.severity.items()},
    )
    adopt_class_values(workplace, ADA, team="Growth", values=values, expected_rev=0)
    plan = read_plan(workplace, ADA, system_id=assessment.system_id, horizon=HORIZON_MAX_QUARTERS).plan
    first = plan.chosen[0]
    draft = replace(DRAFT, question_id=first.question, target=0, benefit_days=first.benefit_days)
    (kept,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])
    assert kept.benefit_days == first.benefit_days > 10_000


@pytest.mark.parametrize("days", [-0.5, float("nan"), float("inf"), 10_001, True])
def test_days_that_cannot_be_are_refused(workplace: Workplace, action: ActionRecord, days: float) -> None:
    with pytest.raises(InvalidInput, match="days it took"):
        close_action(workplace, ADA, **place(action), actual_days=days, friction_gone=True, expected_rev=1)
    assert read_actions(workplace, ADA) == (action,)


def test_dropping_needs_a_reason_and_frees_the_question(workplace: Workplace, action: ActionRecord) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        drop_action(workplace, ADA, **place(action), reason="  ", expected_rev=1)
    dropped = drop_action(workplace, ADA, **place(action), reason="The model is retired", expected_rev=1)
    assert (dropped.state, dropped.reason) == ("dropped", "The model is retired")
    (new,) = save_actions(workplace, ADA, assessment_id=action.assessment_id, drafts=[DRAFT])
    assert new.action_id != action.action_id
    with pytest.raises(AlreadyThere, match="another open action"):
        reopen_action(workplace, ADA, **place(action), expected_rev=2)


def test_done_and_dropped_do_not_turn_into_each_other(workplace: Workplace, action: ActionRecord) -> None:
    dropped = drop_action(workplace, ADA, **place(action), reason="no", expected_rev=1)
    with pytest.raises(InvalidInput, match="it was dropped"):
        close_action(workplace, ADA, **place(action), actual_days=1, friction_gone=None, expected_rev=dropped.rev)
    opened = reopen_action(workplace, ADA, **place(action), expected_rev=dropped.rev)
    assert replace(opened, rev=1, changed_at=action.changed_at) == action
    done = close_action(workplace, ADA, **place(action), actual_days=1, friction_gone=None, expected_rev=opened.rev)
    with pytest.raises(InvalidInput, match="it is done"):
        drop_action(workplace, ADA, **place(action), reason="no", expected_rev=done.rev)
    assert said(workplace, action) == ["planned", "dropped", "reopened", "done"]


# --- undoing ---


def test_undoing_walks_back_change_by_change(workplace: Workplace, action: ActionRecord) -> None:
    given = {"owner": "Bo", "due": None, "link": ""}
    change_action(workplace, ADA, **place(action), title="Second", **given, expected_rev=1)  # type: ignore[arg-type]  (words by name)
    close_action(workplace, ADA, **place(action), actual_days=2, friction_gone=True, expected_rev=2)
    once = undo_action(workplace, ADA, **place(action), expected_rev=3)
    assert (once.title, once.state, once.actual_days, once.closed_at) == ("Second", "open", None, None)
    twice = undo_action(workplace, ADA, **place(action), expected_rev=4)
    assert (twice.title, twice.due, twice.link) == (DRAFT.title, DRAFT.due, DRAFT.link)
    thrice = undo_action(workplace, ADA, **place(action), expected_rev=5)
    assert (thrice.state, thrice.reason) == ("dropped", TAKEN_BACK)
    back = undo_action(workplace, ADA, **place(action), expected_rev=6)
    assert (back.state, back.title) == ("open", DRAFT.title)
    assert said(workplace, action) == ["planned", "changed", "done", "undone", "undone", "undone", "undone"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "done", "more", "drop", "open"]), max_size=8))
def test_undoing_gives_back_each_earlier_state_whatever_was_done(
    workplace: Workplace, assessment: AssessmentRecord, deeds: list[str]
) -> None:
    for left in read_actions(workplace, ADA, system_id=assessment.system_id):
        if left.state == "open":
            drop_action(
                workplace,
                ADA,
                system_id=left.system_id,
                action_id=left.action_id,
                reason="of the example before",
                expected_rev=left.rev,
            )
    (now,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    states = [now]
    for deed in deeds:
        here, rev = place(now), now.rev
        if deed in {"a", "b"}:
            done = change_action(workplace, BO, **here, title=deed, owner="", due=None, link="", expected_rev=rev)
        elif deed == "open":
            done = reopen_action(workplace, BO, **here, expected_rev=rev)
        elif deed == "drop" and now.state != "done":
            done = drop_action(workplace, BO, **here, reason="no", expected_rev=rev)
        elif deed in {"done", "more"} and now.state != "dropped":
            done = close_action(workplace, BO, **here, actual_days=len(deed), friction_gone=None, expected_rev=rev)
        else:
            continue
        if done.rev != now.rev:
            states.append(done)
        now = done
    for before in reversed(states[:-1]):
        now = undo_action(workplace, ADA, **place(now), expected_rev=now.rev)
        assert replace(now, rev=0, changed_at="", changed_by="") == replace(before, rev=0, changed_at="", changed_by="")
    assert workplace.store.verify() == ()


def test_an_undo_based_on_what_is_no_longer_so_is_refused(workplace: Workplace, action: ActionRecord) -> None:
    drop_action(workplace, BO, **place(action), reason="no", expected_rev=1)
    with pytest.raises(Conflict):
        undo_action(workplace, ADA, **place(action), expected_rev=1)


# --- whose action ---


def test_an_action_is_reached_through_its_own_system_only(workplace: Workplace, action: ActionRecord) -> None:
    other = assessed(workplace, "Pricing").system_id
    strange = {"system_id": other, "action_id": action.action_id, "expected_rev": 1}
    for reach in (
        lambda: change_action(workplace, ADA, **strange, title="x", owner="", due=None, link=""),
        lambda: close_action(workplace, ADA, **strange, actual_days=1, friction_gone=None),
        lambda: drop_action(workplace, ADA, **strange, reason="no"),
        lambda: reopen_action(workplace, ADA, **strange),
        lambda: undo_action(workplace, ADA, **strange),
        lambda: read_action_history(workplace, ADA, system_id=other, action_id=action.action_id),
        lambda: read_actions(workplace, ADA, system_id="gone"),
        lambda: save_actions(workplace, ADA, assessment_id="gone", drafts=[DRAFT]),
    ):
        with pytest.raises(NotFound):
            reach()
    assert read_actions(workplace, ADA, system_id=other) == ()
    assert read_actions(workplace, ADA, system_id=action.system_id) == (action,)


def test_a_stranger_learns_nothing_of_actions(workplace: Workplace, action: ActionRecord) -> None:
    stranger = Actor(name="Mallory")
    for reach in (
        lambda: read_actions(workplace, stranger),
        lambda: read_actions(workplace, stranger, system_id=action.system_id),
        lambda: read_action_history(workplace, stranger, **place(action)),
        lambda: save_actions(workplace, stranger, assessment_id=action.assessment_id, drafts=[DRAFT]),
        lambda: undo_action(workplace, stranger, **place(action), expected_rev=1),
        lambda: drop_action(workplace, stranger, **place(action), reason="no", expected_rev=1),
    ):
        with pytest.raises(Forbidden):
            reach()
    assert read_actions(workplace, ADA) == (action,)


# --- the list ---


def test_open_actions_come_by_the_day_they_are_due_then_the_closed_ones(
    workplace: Workplace, assessment: AssessmentRecord
) -> None:
    days = {"ENT-01": None, "ENT-05": date(2027, 1, 5), "FBL-01": date(2026, 11, 1), "MON-01": date(2026, 10, 1)}
    drafts = [replace(DRAFT, question_id=question, due=due) for question, due in days.items()]
    saved = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=drafts)
    close_action(workplace, ADA, **place(saved[3]), actual_days=1, friction_gone=None, expected_rev=1)
    listed = read_actions(workplace, ADA)
    assert [action.question_id for action in listed] == ["FBL-01", "ENT-05", "ENT-01", "MON-01"]
    assert [action.overdue(date(2026, 11, 20)) for action in listed] == [True, False, False, False]
    assert [action.overdue(date(2026, 11, 1)) for action in listed] == [False, False, False, False]
