"""An open quarter moves to a newer version of its checklist, and nothing that was said is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    confirm_last,
    open_assessment,
    read_answers,
    read_history,
    read_questionnaire,
    record_votes,
)
from operations.errors import Closed, InvalidInput, NotFound
from operations.freshness import confirm_answer, read_waiting
from operations.packs import FOLDER
from operations.portfolio import read_portfolio
from operations.records import AssessmentRecord
from operations.system_view import compare_periods, read_question_lines, read_system_view
from operations.systems import create_system
from operations.upkeep import verify
from operations.versions import move_assessment, read_move, undo_move, version_on_offer
from operations.workplace import Workplace
from operations.workshops import open_workshop
from scoring.freshness import Why
from tests.checklists.versions import OLD, next_version
from tests.operations.conftest import ADA, BO, at

TINY = "tiny"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packs = tmp_path / "packs"
    packs.mkdir()
    monkeypatch.setenv(FOLDER, str(packs))
    offer(packs, OLD)
    return packs


def offer(folder: Path, text: str) -> None:
    """Lay a version of the small pack into the folder, in place of the one before."""
    (folder / "tiny.yaml").write_text(text, encoding="utf-8")


def opened(workplace: Workplace, *, period: str = "2026Q4") -> AssessmentRecord:
    system = create_system(workplace, ADA, name="Churn", team="Growth", switches=frozenset({"agents"}))
    made = open_assessment(workplace, ADA, system_id=system.system_id, period=period, scope="all", pack=TINY)
    give(workplace, made, "DAT-01", 1)
    record_votes(
        workplace, ADA, assessment_id=made.assessment_id, question_id="DAT-02", votes=(2, 3, 3), expected_rev=0
    )
    give(workplace, made, "AGT-01", 3)
    return made


def give(workplace: Workplace, made: AssessmentRecord, question: str, level: int, *, rev: int = 0) -> None:
    choice = Choice(state="answered", level=level, note=f"about {question}")
    answer_question(
        workplace, ADA, assessment_id=made.assessment_id, question_id=question, choice=choice, expected_rev=rev
    )


def moved(workplace: Workplace, made: AssessmentRecord) -> AssessmentRecord:
    view = read_move(workplace, BO, assessment_id=made.assessment_id)
    assert view.difference is not None
    return move_assessment(
        workplace, BO, assessment_id=made.assessment_id, to_checklist=view.difference.after.content_hash
    )


def test_without_another_version_there_is_nothing_to_move_to(workplace, folder):
    made = opened(workplace)
    assert version_on_offer(workplace, ADA, assessment_id=made.assessment_id) is None
    view = read_move(workplace, ADA, assessment_id=made.assessment_id)
    assert (view.difference, view.last_move, view.moves) == (None, None, ())
    with pytest.raises(InvalidInput, match="no other version"):
        move_assessment(workplace, ADA, assessment_id=made.assessment_id, to_checklist="x")


def test_before_a_move_it_is_said_what_becomes_of_every_answer(workplace, folder):
    made = opened(workplace)
    offer(folder, next_version())
    assert version_on_offer(workplace, ADA, assessment_id=made.assessment_id) == "8"
    view = read_move(workplace, ADA, assessment_id=made.assessment_id)
    assert view.stay == ("AGT-01",)
    assert view.to_confirm == ("DAT-01", "DAT-03")
    assert [old.question.id for old in view.put_aside] == ["DAT-02"]
    assert read_answers(workplace, ADA, assessment_id=made.assessment_id).keys() == {"DAT-01", "DAT-02", "AGT-01"}


def test_a_move_carries_answers_over_to_be_confirmed_and_puts_the_others_aside(workplace, folder):
    made = opened(workplace)
    offer(folder, next_version())
    after = moved(workplace, made)
    asked = read_questionnaire(workplace, ADA, assessment_id=made.assessment_id)
    assert asked.checklist.version == "8"
    assert after.change_seq > made.change_seq
    carried = asked.answers["DAT-03"]
    assert (carried.votes, carried.source, carried.changed_by) == ((2, 3, 3), "workshop", "Bo")
    waiting = {one.question_id: one.doubt for one in read_waiting(workplace, ADA, assessment_id=made.assessment_id)}
    assert {name: (doubt.why, doubt.origin) for name, doubt in waiting.items()} == {
        "DAT-01": (Why.CARRIED, ()), "DAT-03": (Why.CARRIED, ("DAT-02",)),
    }  # fmt: skip
    view = read_move(workplace, ADA, assessment_id=made.assessment_id)
    assert [(old.question.id, old.answer.votes) for old in view.aside] == [("DAT-02", (2, 3, 3))]
    assert [(move.moved_by, before, later) for move, before, later in view.moves] == [("Bo", "7", "8")]
    assert read_history(workplace, ADA, assessment_id=made.assessment_id, question_id="DAT-02")[-1].votes == (2, 3, 3)


def test_carried_answers_count_with_a_wider_interval_until_one_click_confirms_them(workplace, folder):
    made = opened(workplace)
    before = {
        line.question.id: line.score for line in read_question_lines(workplace, ADA, assessment_id=made.assessment_id)
    }
    offer(folder, next_version())
    moved(workplace, made)

    def scores():
        lines = read_question_lines(workplace, ADA, assessment_id=made.assessment_id)
        return {line.question.id: line.score for line in lines}

    after = scores()
    assert (after["DAT-03"].debt, after["DAT-03"].low, after["DAT-03"].high) == (
        before["DAT-02"].debt, before["DAT-02"].low - 0.25, before["DAT-02"].high + 0.25,
    )  # fmt: skip
    answer = confirm_answer(workplace, ADA, assessment_id=made.assessment_id, question_id="DAT-03", expected_rev=1)
    assert (answer.votes, answer.rev) == ((2, 3, 3), 1)
    assert (scores()["DAT-03"].low, scores()["DAT-03"].high) == (before["DAT-02"].low, before["DAT-02"].high)
    assert [one.question_id for one in read_waiting(workplace, ADA, assessment_id=made.assessment_id)] == ["DAT-01"]
    give(workplace, made, "DAT-01", 2, rev=1)
    assert read_waiting(workplace, ADA, assessment_id=made.assessment_id) == ()


def test_a_move_is_undone_while_the_quarter_is_open_and_what_was_said_since_stays(workplace, folder):
    made = opened(workplace)
    before = read_answers(workplace, ADA, assessment_id=made.assessment_id)
    offer(folder, next_version())
    moved(workplace, made)
    give(workplace, made, "AGT-02", 4)
    undo_move(workplace, ADA, assessment_id=made.assessment_id, seq=1)
    asked = read_questionnaire(workplace, ADA, assessment_id=made.assessment_id)
    assert asked.checklist.version == "7"
    assert {name: answer for name, answer in asked.answers.items() if name in before} == before
    assert read_waiting(workplace, ADA, assessment_id=made.assessment_id) == ()
    assert asked.answers["AGT-02"].level == 4  # kept, though this version does not ask it
    with pytest.raises(NotFound, match="taken back already"):
        undo_move(workplace, ADA, assessment_id=made.assessment_id, seq=1)
    moved(workplace, made)
    assert [one.question_id for one in read_waiting(workplace, ADA, assessment_id=made.assessment_id)] == [
        "DAT-01", "DAT-03",
    ]  # fmt: skip
    audited = workplace.store.read(lambda records: [entry.action for entry in records.audit_trail(3)])
    assert audited == ["move assessment", "undo move", "move assessment"]
    assert verify(workplace, ADA).fault is None


def test_what_waits_at_the_close_is_sealed_and_scores_to_the_same_bytes_for_ever(workplace, folder):
    made = opened(workplace)
    offer(folder, next_version())
    moved(workplace, made)
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    assert verify(workplace, ADA).fault is None
    later = at(workplace, 2029, 6)
    assert verify(later, ADA).fault is None
    lines = read_question_lines(later, ADA, assessment_id=made.assessment_id)
    assert {line.question.id: line.score.doubt for line in lines if line.score} == {
        "DAT-01": 1, "DAT-03": 1, "AGT-01": 0, "AGT-02": 0,
    }  # fmt: skip
    with pytest.raises(Closed):
        undo_move(workplace, ADA, assessment_id=made.assessment_id, seq=1)


def test_nothing_is_moved_to_another_version_than_the_one_that_was_seen(workplace, folder):
    made = opened(workplace)
    offer(folder, next_version())
    seen = read_move(workplace, ADA, assessment_id=made.assessment_id).difference.after.content_hash
    offer(folder, next_version().replace('version: "8"', 'version: "9"'))
    with pytest.raises(InvalidInput, match="changed since you looked"):
        move_assessment(workplace, ADA, assessment_id=made.assessment_id, to_checklist=seen)
    assert read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).checklist.version == "7"


def test_nothing_moves_under_a_workshop(workplace, folder):
    made = opened(workplace)
    open_workshop(workplace, ADA, assessment_id=made.assessment_id)
    offer(folder, next_version())
    with pytest.raises(InvalidInput, match="one is under way"):
        moved(workplace, made)


def test_the_next_quarter_with_a_newer_version_has_the_old_answers_at_hand_under_their_new_questions(workplace, folder):
    made = opened(workplace, period="2026Q3")
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    offer(folder, next_version())
    following = open_assessment(workplace, ADA, system_id=made.system_id, period="2026Q4")
    asked = read_questionnaire(workplace, ADA, assessment_id=following.assessment_id)
    assert (asked.checklist.version, asked.answers) == ("8", {})
    assert asked.last["DAT-03"].votes == (2, 3, 3)
    taken = confirm_last(workplace, ADA, assessment_id=following.assessment_id, question_id="DAT-03", expected_rev=0)
    assert (taken.question_id, taken.votes, taken.source) == ("DAT-03", (2, 3, 3), "confirmed")
    assert read_waiting(workplace, ADA, assessment_id=following.assessment_id) == ()


def test_quarters_of_two_versions_are_compared_over_the_questions_both_ask(workplace, folder):
    made = opened(workplace, period="2026Q3")
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    offer(folder, next_version())
    following = open_assessment(workplace, ADA, system_id=made.system_id, period="2026Q4", scope="all")
    for question, level in {"DAT-01": 0, "DAT-03": 0, "AGT-01": 3, "AGT-02": 4}.items():
        give(workplace, following, question, level)
    view = read_system_view(workplace, ADA, system_id=made.system_id)
    (earlier, later) = view.common_trend
    assert earlier.period == "2026Q3"
    assert (earlier.questions, later.questions) == (2, 2)
    found, _ = compare_periods(workplace, ADA, system_id=made.system_id, before="2026Q3", after="2026Q4")
    assert found.common_only
    assert found.system.before.estimate == earlier.estimate
    assert found.system.after.estimate == later.estimate


def test_the_portfolio_shows_the_change_of_a_system_over_the_questions_both_versions_ask(workplace, folder):
    made = opened(workplace, period="2026Q3")
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    offer(folder, next_version())
    following = open_assessment(workplace, ADA, system_id=made.system_id, period="2026Q4", scope="all")
    for question, level in {"DAT-01": 3, "DAT-03": 0, "AGT-01": 4, "AGT-02": 0}.items():
        give(workplace, following, question, level)
    view = read_portfolio(workplace, ADA, period="2026Q4", pack=TINY)
    (row,) = view.rows
    assert (view.over_common, view.not_compared) == ({made.system_id: 2}, 0)
    found, _ = compare_periods(workplace, ADA, system_id=made.system_id, before="2026Q3", after="2026Q4")
    assert row.total.change == pytest.approx(found.system.difference)
    assert row.cells["DAT"].change == pytest.approx(0.5)  # of DAT-01 alone, the only one both ask
    assert (view.change.count, view.change.mean) == (1, row.total.change)  # as the report and the change page have it
