"""Promises kept: done in time, late, dropped, still open, and what the next sealed score shows of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from operations.actions import ActionDraft, change_action, close_action, drop_action, save_actions, undo_action
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.errors import InvalidInput, NotFound
from operations.promises import Outcome, measure_actions, read_promises
from operations.records import ActionRecord
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.conftest import ADA, BO, Clock

QUESTIONS = ("ENT-01", "ENT-02", "ENT-03", "ENT-04", "ENT-05")


def on(workplace: Workplace, year: int, month: int, day: int) -> Workplace:
    return replace(workplace, clock=Clock(datetime(year, month, day, 12, tzinfo=UTC)))


def answer(workplace: Workplace, assessment_id: str, levels: dict[str, int]) -> None:
    for question, level in levels.items():
        answer_question(
            workplace,
            ADA,
            assessment_id=assessment_id,
            question_id=question,
            choice=Choice(state="answered", level=level),
            expected_rev=0,
        )


def planned(workplace: Workplace, due: dict[str, date | None], name: str = "Churn", team: str = "Growth") -> dict:
    """Actions on level-3 answers of the second quarter of 2026, from 3 to 1, by question."""
    begun = on(workplace, 2026, 6, 1)
    system = create_system(begun, ADA, name=name, team=team)
    assessment = open_assessment(begun, ADA, system_id=system.system_id, period="2026Q2", scope="all")
    answer(begun, assessment.assessment_id, dict.fromkeys(due, 3))
    close_assessment(begun, ADA, assessment_id=assessment.assessment_id)
    drafts = [
        ActionDraft(question_id=q, title=f"Repay {q}", target=1, due=day, planned_days=5.0, benefit_days=8.0)
        for q, day in due.items()
    ]
    saved = save_actions(begun, ADA, assessment_id=assessment.assessment_id, drafts=drafts)
    return {action.question_id: action for action in saved}


def ids(action: ActionRecord) -> dict[str, object]:
    return {"system_id": action.system_id, "action_id": action.action_id, "expected_rev": action.rev}


def done(workplace: Workplace, action: ActionRecord, days: float = 6.0) -> ActionRecord:
    return close_action(workplace, BO, **ids(action), actual_days=days, friction_gone=True)


def moved(workplace: Workplace, action: ActionRecord, due: date | None) -> ActionRecord:
    return change_action(workplace, ADA, **ids(action), title=action.title, owner=action.owner, due=due, link="")


def outcomes(workplace: Workplace, period: str = "2026Q3", **scope: str) -> dict[str, Outcome]:
    return {row.action.question_id: row.outcome for row in read_promises(workplace, ADA, period=period, **scope).rows}


AUGUST = date(2026, 8, 15)


def test_each_outcome_is_told_apart_and_counted(workplace: Workplace) -> None:
    made = planned(workplace, dict.fromkeys(QUESTIONS, AUGUST))
    done(on(workplace, 2026, 8, 15), made["ENT-01"])
    done(on(workplace, 2026, 8, 16), made["ENT-02"])
    drop_action(on(workplace, 2026, 7, 2), ADA, **ids(made["ENT-03"]), reason="no time")
    promises = read_promises(on(workplace, 2026, 9, 1), ADA, period="2026Q3")
    assert (promises.kept, promises.late, promises.dropped, promises.open, promises.due) == (1, 1, 1, 2, 5)
    assert promises.overdue == 2
    assert [row.outcome.value for row in promises.rows] == ["open", "open", "dropped", "late", "kept"]
    assert read_promises(on(workplace, 2026, 8, 1), ADA, period="2026Q3").overdue == 0


def test_the_quarter_that_is_over_is_read_unless_another_is_named(workplace: Workplace) -> None:
    planned(workplace, {"ENT-01": AUGUST})
    assert read_promises(workplace, ADA).period == "2026Q3"
    assert read_promises(workplace, ADA).due == 1
    assert read_promises(workplace, ADA, period="2026Q4").due == 0
    assert read_promises(workplace, ADA, period="2026-q3").due == 1


@pytest.mark.parametrize("period", ["", "soon", "2026Q5", "0000Q1", "'; DROP TABLE action --"])
def test_what_is_no_quarter_is_said(workplace: Workplace, period: str) -> None:
    with pytest.raises(InvalidInput):
        read_promises(workplace, ADA, period=period)


def test_the_last_quarter_of_all_has_an_end(workplace: Workplace) -> None:
    assert read_promises(workplace, ADA, period="9999Q4").rows == ()


def test_a_promise_is_not_unmade_by_putting_it_off_while_its_quarter_runs(workplace: Workplace) -> None:
    made = planned(workplace, {"ENT-01": AUGUST, "ENT-02": AUGUST})
    later = moved(on(workplace, 2026, 8, 1), made["ENT-01"], date(2026, 11, 1))
    moved(on(workplace, 2026, 6, 20), made["ENT-02"], date(2026, 11, 1))  # before the quarter began: planned anew
    (row,) = read_promises(workplace, ADA, period="2026Q3").rows
    assert (row.action.question_id, row.due, row.moved_to) == ("ENT-01", AUGUST, date(2026, 11, 1))
    done(on(workplace, 2026, 10, 20), later)
    assert outcomes(workplace) == {"ENT-01": Outcome.LATE}
    assert outcomes(workplace, "2026Q4")["ENT-01"] is Outcome.KEPT


def test_a_day_that_was_corrected_at_once_was_no_promise(workplace: Workplace) -> None:
    made = planned(workplace, {"ENT-01": date(2026, 11, 1), "ENT-02": date(2026, 11, 1)})
    slip = moved(on(workplace, 2026, 8, 1), made["ENT-01"], AUGUST)
    moved(on(workplace, 2026, 8, 1), slip, date(2026, 11, 2))
    undone = moved(on(workplace, 2026, 8, 1), made["ENT-02"], AUGUST)
    undo_action(on(workplace, 2026, 8, 3), ADA, **ids(undone))
    assert outcomes(workplace) == {}


def test_what_was_given_up_before_the_quarter_or_taken_back_promised_nothing(workplace: Workplace) -> None:
    made = planned(workplace, dict.fromkeys(QUESTIONS[:3], AUGUST))
    drop_action(on(workplace, 2026, 6, 30), ADA, **ids(made["ENT-01"]), reason="no time")
    undo_action(on(workplace, 2026, 7, 1), ADA, **ids(made["ENT-02"]))
    assert outcomes(workplace) == {"ENT-03": Outcome.OPEN}


def test_an_action_without_a_day_is_promised_for_no_quarter(workplace: Workplace) -> None:
    planned(workplace, {"ENT-01": None})
    assert [outcomes(workplace, period) for period in ("2026Q2", "2026Q3", "2026Q4")] == [{}, {}, {}]


def test_the_promises_of_a_team_and_of_a_system(workplace: Workplace) -> None:
    made = planned(workplace, {"ENT-01": AUGUST})
    planned(workplace, {"ENT-02": AUGUST}, name="Pricing", team="Money")
    assert set(outcomes(workplace)) == {"ENT-01", "ENT-02"}
    assert set(outcomes(workplace, team="Money")) == {"ENT-02"}
    assert set(outcomes(workplace, system_id=made["ENT-01"].system_id)) == {"ENT-01"}
    assert set(outcomes(workplace, system_id=made["ENT-01"].system_id, team="Money")) == set()
    with pytest.raises(NotFound):
        outcomes(workplace, system_id="nowhere")


def test_what_a_system_out_of_use_promised_stays_and_what_was_open_counts_as_dropped(workplace: Workplace) -> None:
    made = planned(workplace, {"ENT-01": AUGUST, "ENT-02": AUGUST})
    done(on(workplace, 2026, 8, 1), made["ENT-01"])
    workplace.store.write(lambda records: records.retire_system(made["ENT-01"].system_id, "2026-08-10T12:00:00.000Z"))
    assert outcomes(workplace) == {"ENT-01": Outcome.KEPT, "ENT-02": Outcome.DROPPED}


def test_the_effect_is_what_the_next_sealed_score_knows_of_the_question(workplace: Workplace) -> None:
    made = planned(workplace, dict.fromkeys(QUESTIONS[:3], AUGUST))
    summer = on(workplace, 2026, 8, 10)
    finished = [done(summer, action) for action in made.values()]
    system_id = made["ENT-01"].system_id
    assert measure_actions(summer, ADA, actions=finished) == {}
    for period, levels in (("2026Q3", {"ENT-01": 1, "ENT-02": 3}), ("2026Q4", {"ENT-01": 0, "ENT-03": 4})):
        now = on(workplace, int(period[:4]), int(period[5]) * 3, 20)
        assessment = open_assessment(now, ADA, system_id=system_id, period=period, scope="all")
        answer(now, assessment.assessment_id, levels)
        not_yet = measure_actions(now, ADA, actions=[finished[2]])  # an open quarter tells nothing
        assert not_yet == {}
        close_assessment(now, ADA, assessment_id=assessment.assessment_id)
    promises = read_promises(workplace, ADA, period="2026Q3")
    shown = {row.action.question_id: (row.promised, row.measured, row.measured_in) for row in promises.rows}
    assert shown == {
        "ENT-01": (0.5, 0.5, "2026Q3"),  # the first score after it, not the best
        "ENT-02": (0.5, 0.0, "2026Q3"),
        "ENT-03": (0.5, -0.25, "2026Q4"),  # nobody knew it in the first
    }
    assert len(promises.measured) == len(promises.done) == 3
    assert measure_actions(workplace, ADA, actions=finished)[finished[0].action_id] == (0.5, "2026Q3")
