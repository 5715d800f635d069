"""Answering: saved at once, never overwritten silently, undone, confirmed, sealed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from operations.assessments import (
    Choice,
    answer_question,
    change_scope,
    choice_of,
    close_assessment,
    confirm_last,
    open_assessment,
    read_answer,
    read_history,
    read_questionnaire,
    record_votes,
    undo_answer,
)
from operations.errors import Closed, Conflict, InvalidInput, NotFound
from operations.exports import export
from operations.portfolio import read_portfolio
from operations.repository_evidence import add_evidence_json, decide_floor
from operations.system_view import compare_periods, read_area_view, read_system_view
from operations.systems import change_system, create_system
from operations.upkeep import verify
from operations.workplace import Workplace
from scoring.compare import Cause
from scoring.score import Parameters
from tests.operations.conftest import ADA, BO, at
from tests.operations.scans import text_of


def opened(workplace: Workplace, period: str = "2026Q4", **about: Any) -> tuple[str, str]:
    """A new system and its open assessment: (system id, assessment id)."""
    system = create_system(workplace, ADA, name=about.pop("name", "Churn model"), team="Growth", **about)
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period=period)
    return system.system_id, assessment.assessment_id


def say(workplace: Workplace, assessment_id: str, question_id: str, level: int, rev: int = 0, actor: Any = ADA) -> Any:
    return answer_question(
        workplace,
        actor,
        assessment_id=assessment_id,
        question_id=question_id,
        choice=Choice(state="answered", level=level),
        expected_rev=rev,
    )


def answer_all(workplace: Workplace, assessment_id: str, level: int) -> None:
    view = read_questionnaire(workplace, ADA, assessment_id=assessment_id)
    for question in view.questions:
        known = view.answers.get(question.id)
        say(workplace, assessment_id, question.id, level, rev=known.rev if known else 0)


def test_the_core_set_of_a_system_without_a_foundation_model_asks_no_question_about_one(workplace: Workplace) -> None:
    _, plain = opened(workplace)
    _, assistant = opened(workplace, name="Assistant", switches=frozenset({"foundation_models", "agents"}))
    asked = {q.id for q in read_questionnaire(workplace, ADA, assessment_id=plain).questions}
    with_models = {q.id for q in read_questionnaire(workplace, ADA, assessment_id=assistant).questions}
    assert not any(q.startswith("FMD") for q in asked)
    assert {"FMD-01", "FMD-07"} <= with_models
    assert len(asked) == 34
    assert len(with_models) == 39


def test_opening_the_same_quarter_twice_gives_the_same_assessment(workplace: Workplace) -> None:
    system_id, assessment_id = opened(workplace)
    again = open_assessment(workplace, BO, system_id=system_id, period="2026Q4")
    assert again.assessment_id == assessment_id


def test_two_people_see_each_others_answers_and_a_stale_save_is_refused_with_what_stands(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    say(workplace, assessment_id, "ENT-01", 1, actor=ADA)
    with pytest.raises(Conflict) as refused:
        say(workplace, assessment_id, "ENT-01", 3, rev=0, actor=BO)
    theirs = refused.value.current
    assert (theirs.level, theirs.changed_by) == (1, "Ada")
    mine = say(workplace, assessment_id, "ENT-01", 3, rev=theirs.rev, actor=BO)
    assert (mine.level, mine.changed_by, mine.rev) == (3, "Bo", 2)
    assert read_questionnaire(workplace, ADA, assessment_id=assessment_id).answers["ENT-01"].level == 3


def test_a_repeated_click_never_counts_twice(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    first = say(workplace, assessment_id, "ENT-01", 2)
    again = say(workplace, assessment_id, "ENT-01", 2)
    assert again.rev == first.rev
    assert len(read_history(workplace, ADA, assessment_id=assessment_id, question_id="ENT-01")) == 1


def test_undo_goes_back_one_change_and_then_to_unanswered(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    say(workplace, assessment_id, "ENT-01", 1)
    say(workplace, assessment_id, "ENT-01", 4, rev=1)
    common = {"assessment_id": assessment_id, "question_id": "ENT-01"}
    back = undo_answer(workplace, ADA, **common, expected_rev=2)
    assert back is not None
    assert back.level == 1
    assert undo_answer(workplace, ADA, **common, expected_rev=3) is None, "not to and fro"
    say(workplace, assessment_id, "ENT-01", 2)
    assert undo_answer(workplace, ADA, **common, expected_rev=5) is None, "what was undone does not come back"
    _, other = opened(workplace, name="Other")
    say(workplace, other, "ENT-01", 1)
    assert undo_answer(workplace, ADA, assessment_id=other, question_id="ENT-01", expected_rev=1) is None
    assert "ENT-01" not in read_questionnaire(workplace, ADA, assessment_id=other).answers


@pytest.mark.parametrize("votes", [(0, 1, 4, 2), (3, 3, None), (2, None, None)])
def test_a_note_on_a_voted_answer_leaves_the_votes(workplace: Workplace, votes: tuple[int | None, ...]) -> None:
    _, assessment_id = opened(workplace)
    common: Any = {"assessment_id": assessment_id, "question_id": "ENT-01"}
    voted = record_votes(workplace, ADA, **common, votes=votes, expected_rev=0)
    noted = Choice(state=choice_of(voted).state, level=choice_of(voted).level, note="Bo was away")
    answer_question(workplace, ADA, **common, choice=noted, expected_rev=1)
    now = read_answer(workplace, ADA, **common)
    assert now is not None
    assert (now.votes, now.source, now.note) == (votes, "workshop", "Bo was away")


def test_another_level_by_one_person_takes_the_place_of_the_votes(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    common: Any = {"assessment_id": assessment_id, "question_id": "ENT-01"}
    record_votes(workplace, ADA, **common, votes=(0, 1, 4, 2), expected_rev=0)
    now = say(workplace, assessment_id, "ENT-01", 3, rev=1)
    assert (now.level, now.votes, now.source) == (3, (), "person")


def test_my_choice_over_theirs_replaces_only_what_i_changed(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    common: Any = {"assessment_id": assessment_id, "question_id": "ENT-01"}
    seen = say(workplace, assessment_id, "ENT-01", 1)
    theirs = answer_question(
        workplace, BO, **common, choice=Choice(state="answered", level=1, note="see the log"), expected_rev=1
    )
    assert Choice(state="answered", level=3).over(theirs, seen=seen) == Choice(
        state="answered", level=3, note="see the log"
    )
    mine = Choice(state="answered", level=1, note="mine", links=("a.py",))
    assert mine.over(say(workplace, assessment_id, "ENT-01", 4, rev=2), seen=seen) == Choice(
        state="answered", level=4, note="mine", links=("a.py",)
    )
    assert mine.over(None, seen=seen) == mine


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        pytest.param(Choice(state="answered", level=5), "level", id="level five"),
        pytest.param(Choice(state="answered", level=True), "level", id="true is not a level"),
        pytest.param(Choice(state="answered"), "level", id="no level"),
        pytest.param(Choice(state="not_applicable"), "reason", id="not applicable without a reason"),
        pytest.param(Choice(state="not_applicable", reason="we like it"), "agreed with", id="no second person"),
        pytest.param(Choice(state="maybe"), "answer", id="not an answer"),
        pytest.param(Choice(state="unknown", note="x" * 4001), "note", id="a note too long"),
        pytest.param(Choice(state="unknown", links=("javascript:alert(1)",)), "evidence links", id="a link that runs"),
        pytest.param(Choice(state="unknown", links=("javascript:f()//:80",)), "evidence links", id="one with a line"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_the_place(workplace: Workplace, choice: Choice, field: str) -> None:
    _, assessment_id = opened(workplace)
    with pytest.raises(InvalidInput) as refused:
        answer_question(
            workplace, ADA, assessment_id=assessment_id, question_id="ENT-05", choice=choice, expected_rev=0
        )
    assert refused.value.field == field
    assert not read_questionnaire(workplace, ADA, assessment_id=assessment_id).answers


def test_a_listed_reason_for_not_applicable_needs_no_second_person(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    choice = Choice(state="not_applicable", reason="rules-only system")
    saved = answer_question(
        workplace, ADA, assessment_id=assessment_id, question_id="ENT-01", choice=choice, expected_rev=0
    )
    assert saved.reason == "rules-only system"


def test_last_quarters_answers_are_at_hand_but_count_only_when_confirmed(workplace: Workplace) -> None:
    system_id, before = opened(at(workplace, 2026, 8), period="2026Q3")
    answer_all(workplace, before, 3)
    close_assessment(workplace, ADA, assessment_id=before)
    now = open_assessment(workplace, ADA, system_id=system_id, period="2026Q4").assessment_id
    view = read_questionnaire(workplace, ADA, assessment_id=now)
    assert view.last["ENT-01"].level == 3
    assert view.answers == {}
    assert read_portfolio(workplace, ADA, period="2026Q4").rows[0].total.estimate is None
    kept = confirm_last(workplace, BO, assessment_id=now, question_id="ENT-01", expected_rev=0)
    assert (kept.level, kept.source, kept.changed_by) == (3, "confirmed", "Bo")


def test_a_closed_quarter_is_sealed_under_its_hash_and_refuses_every_change(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    answer_all(workplace, assessment_id, 2)
    closed = close_assessment(workplace, ADA, assessment_id=assessment_id)
    sealed = export(workplace, ADA, "snapshot.json", {"assessment": assessment_id})
    assert hashlib.sha256(sealed.body).hexdigest() == closed.document_sha256
    assert json.loads(sealed.body)["score"]["system"]["band"] == "C"
    with pytest.raises(Closed):
        say(workplace, assessment_id, "ENT-01", 0, rev=1)
    with pytest.raises(Closed):
        undo_answer(workplace, ADA, assessment_id=assessment_id, question_id="ENT-01", expected_rev=1)
    with pytest.raises(Closed):
        change_scope(workplace, ADA, assessment_id=assessment_id, scope="all")
    with pytest.raises(Closed):
        close_assessment(workplace, ADA, assessment_id=assessment_id)
    assert verify(workplace, ADA).fault is None


def test_nothing_answered_cannot_be_closed(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    with pytest.raises(InvalidInput, match="nothing is answered"):
        close_assessment(workplace, ADA, assessment_id=assessment_id)


def test_the_change_between_two_quarters_names_the_question_and_its_cause(workplace: Workplace) -> None:
    system_id, before = opened(workplace, period="2026Q3")
    answer_all(workplace, before, 3)
    close_assessment(workplace, ADA, assessment_id=before)
    after = open_assessment(workplace, ADA, system_id=system_id, period="2026Q4").assessment_id
    answer_all(workplace, after, 3)
    say(workplace, after, "DAT-02", 0, rev=1)
    comparison, _ = compare_periods(workplace, ADA, system_id=system_id, before="2026Q3", after="2026Q4")
    assert [(c.id, c.cause) for c in comparison.questions] == [("DAT-02", Cause.ANSWERS)]
    assert comparison.system.counts.improved == 1


def test_the_portfolio_shows_an_answer_given_a_moment_ago(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    assert read_portfolio(workplace, ADA).rows[0].total.estimate is None
    answer_all(workplace, assessment_id, 1)
    row = read_portfolio(workplace, ADA).rows[0]
    assert (row.total.estimate, row.total.band, row.total.coverage) == (0.25, "B", 1.0)
    say(workplace, assessment_id, "DAT-02", 4, rev=1)
    assert read_portfolio(workplace, ADA).rows[0].cells["DAT"].estimate > 0.6


def test_a_cell_opens_with_its_questions_votes_and_steps(workplace: Workplace) -> None:
    system_id, assessment_id = opened(workplace)
    record_votes(
        workplace,
        ADA,
        assessment_id=assessment_id,
        question_id="ENT-01",
        votes=(0, 1, 4, None, 2),
        expected_rev=0,
    )
    view = read_area_view(workplace, ADA, system_id=system_id, period="2026Q4", area_id="ENT")
    line = next(line for line in view.lines if line.question.id == "ENT-01")
    assert line.disputed
    assert line.score is not None
    assert line.score.level == 2
    assert line.steps
    assert view.steps


def test_switching_an_area_off_takes_its_questions_out_of_the_open_quarter(workplace: Workplace) -> None:
    system_id, assessment_id = opened(workplace, switches=frozenset({"foundation_models"}))
    say(workplace, assessment_id, "FMD-01", 4)
    view = read_system_view(workplace, ADA, system_id=system_id)
    assert "FMD" in {area.id for area in view.areas}
    change_system(
        workplace,
        ADA,
        system_id=system_id,
        name="Churn model",
        team="Growth",
        decides="",
        affected="",
        switches=frozenset(),
        expected_rev=view.system.rev,
    )
    assert "FMD" not in {area.id for area in read_system_view(workplace, ADA, system_id=system_id).areas}


@pytest.mark.parametrize("unknown", ["", "nonsense", "0" * 32, "'; DROP TABLE answer; --"])
def test_an_unknown_id_says_so_and_names_the_way_back(workplace: Workplace, unknown: str) -> None:
    with pytest.raises(NotFound, match="No such"):
        read_questionnaire(workplace, ADA, assessment_id=unknown)
    with pytest.raises(NotFound, match="No such system"):
        read_system_view(workplace, ADA, system_id=unknown)


def test_quarters_that_asked_different_questions_are_compared_over_those_both_asked_or_not_at_all(
    workplace: Workplace,
) -> None:
    system_id, before = opened(workplace, period="2026Q3")
    answer_all(workplace, before, 1)
    close_assessment(workplace, ADA, assessment_id=before)
    after = open_assessment(workplace, ADA, system_id=system_id, period="2026Q4", scope="all").assessment_id
    answer_all(workplace, after, 3)
    view = read_portfolio(workplace, ADA)
    assert (view.over_common, view.change.count) == ({system_id: 39}, 1)
    assert read_system_view(workplace, ADA, system_id=system_id).total("2026Q4").change is None
    change_scope(workplace, ADA, assessment_id=after, scope="core")
    assert read_portfolio(workplace, ADA).rows[0].total.direction == "worse"
    assert read_system_view(workplace, ADA, system_id=system_id).total("2026Q4").direction == "worse"


def test_a_newer_scoring_shows_closed_quarters_too(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    system_id, before = opened(workplace, period="2026Q3")
    answer_all(workplace, before, 2)
    say(workplace, before, "ENT-05", 4, rev=1)
    close_assessment(workplace, ADA, assessment_id=before)
    sealed = read_system_view(workplace, ADA, system_id=system_id).total("2026Q3")
    monkeypatch.setattr("operations.scores.PARAMETERS", Parameters(power=6))
    newer = read_system_view(workplace, ADA, system_id=system_id).total("2026Q3")
    assert newer.estimate > sealed.estimate
    assert verify(workplace, ADA).fault is None


def test_a_second_decision_on_a_floor_never_replaces_one_that_was_not_seen(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    text = text_of()
    add_evidence_json(workplace, ADA, assessment_id=assessment_id, text=text)
    floor: Any = {"assessment_id": assessment_id, "question_id": "CFG-06", "signal_id": "secrets-in-code"}
    decide_floor(workplace, ADA, **floor, decision="overridden", reason="test data", decided_at=None)
    with pytest.raises(Conflict, match=r"Ada decided this meanwhile: overridden \(test data\)"):
        decide_floor(workplace, BO, **floor, decision="overridden", reason="mine", decided_at=None)
    stands = workplace.store.read(lambda records: records.floor_decisions(assessment_id))
    assert [d.reason for d in stands.values()] == ["test data"]
    seen = next(iter(stands.values())).decided_at
    decide_floor(workplace, BO, **floor, decision="accepted", decided_at=seen)
    stands = workplace.store.read(lambda records: records.floor_decisions(assessment_id))
    assert [d.decision for d in stands.values()] == ["accepted"]
