"""Answers go stale by age and by what changed in the files they cite, and one click says that they still hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from evidence.evidence import Location, Touched
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.attention import Kind, read_attention
from operations.errors import Closed, Conflict
from operations.freshness import cited_by, confirm_answer, doubt_words, limits, list_stale, read_waiting
from operations.records import AnswerRecord, AssessmentRecord
from operations.repository_evidence import add_evidence_json
from operations.system_view import read_question_lines
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace, shipped_checklist
from scoring.freshness import Doubt, Why
from tests.operations.conftest import ADA, BO, Clock
from tests.operations.scans import a_sign, text_of

TRAIN = Touched(path="src/train.py", days=("2026-11-09", "2026-11-05", "2026-10-30", "2026-09-01"))
ELSEWHERE = Touched(path="docs/index.md", days=("2026-11-09", "2026-11-08", "2026-11-07"))
SEEN_IN = a_sign("seen", questions=("CFG-06",), locations=(Location(path="src/train.py", line=3),))


def on(workplace: Workplace, day: str) -> Workplace:
    """The same workplace at noon of another day."""
    return replace(workplace, clock=Clock(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)))


def opened(workplace: Workplace) -> AssessmentRecord:
    system = create_system(workplace, ADA, name="Churn", team="Growth")
    return open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4", scope="all")


def give(workplace: Workplace, made: AssessmentRecord, question: str, **about) -> AnswerRecord:
    choice = Choice(state="answered", level=1, **about)
    return answer_question(
        workplace, ADA, assessment_id=made.assessment_id, question_id=question, choice=choice, expected_rev=0
    )


def scan(workplace: Workplace, made: AssessmentRecord, *signals, touched=(TRAIN, ELSEWHERE)) -> None:
    add_evidence_json(
        workplace, ADA, assessment_id=made.assessment_id,
        text=text_of(*signals, touched=tuple(touched)),
    )  # fmt: skip


def test_every_class_of_the_checklist_has_an_age_and_the_faster_it_grows_the_sooner_it_ends():
    checklist = shipped_checklist()
    days = {
        q.spread: limits().days_for(q, checklist.classes) for q in checklist.questions.values() if q.severity != "C"
    }
    assert days == {"s0": 375, "s1": 375, "s2": 193, "s3": 101}
    critical = {limits().days_for(q, checklist.classes) for q in checklist.questions.values() if q.severity == "C"}
    assert critical <= {193, 101}


def test_an_answer_ages_by_its_class_and_says_since_when(workplace):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "FBL-08")  # spreads fast: 101 days
    give(on(workplace, "2026-10-01"), made, "FBL-09")  # slowly: 375 days
    assert read_waiting(on(workplace, "2027-01-10"), ADA, assessment_id=made.assessment_id) == ()
    (waiting,) = read_waiting(on(workplace, "2027-01-12"), ADA, assessment_id=made.assessment_id)
    assert (waiting.question_id, waiting.doubt.why, waiting.doubt.since) == ("FBL-08", Why.AGED, date(2027, 1, 10))
    assert (waiting.confirmed, waiting.confirmed_by) == (date(2026, 10, 1), "Ada")


@pytest.mark.parametrize(
    "about",
    [{"links": ("src/train.py:42",)}, {"links": ("./src/train.py",)}, {"note": "see src/train.py."}],
)
def test_what_an_answer_names_itself_is_watched(workplace, about):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "DAT-01", **about)
    give(on(workplace, "2026-10-01"), made, "DAT-03", links=("https://example.org/src/train.py",))
    scan(on(workplace, "2026-11-10"), made)
    (waiting,) = read_waiting(on(workplace, "2026-11-10"), ADA, assessment_id=made.assessment_id)
    doubt = waiting.doubt
    assert (waiting.question_id, doubt.why, doubt.paths, doubt.commits) == ("DAT-01", Why.CHANGED, ("src/train.py",), 3)
    assert doubt.since == date(2026, 11, 9)


def test_where_signals_saw_something_when_the_answer_was_given_is_watched_too(workplace):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "CFG-01")
    scan(on(workplace, "2026-10-02"), made, SEEN_IN, touched=())
    give(on(workplace, "2026-10-03"), made, "CFG-06")
    scan(on(workplace, "2026-11-10"), made, a_sign("other", questions=("CFG-01",)))
    waiting = read_waiting(on(workplace, "2026-11-10"), ADA, assessment_id=made.assessment_id)
    assert [(one.question_id, one.doubt.paths) for one in waiting] == [("CFG-06", ("src/train.py",))]


def test_a_stale_answer_widens_its_interval_until_it_is_confirmed_and_the_estimate_never_moves(workplace):
    made = opened(on(workplace, "2026-10-01"))
    given = give(on(workplace, "2026-10-01"), made, "DAT-01", links=("src/train.py",))

    def question(moment):
        lines = read_question_lines(moment, ADA, assessment_id=made.assessment_id)
        return next(line.score for line in lines if line.question.id == "DAT-01")

    fresh = question(on(workplace, "2026-10-02"))
    scan(on(workplace, "2026-11-10"), made)
    later = on(workplace, "2026-11-10")
    stale = question(later)
    assert stale.debt == fresh.debt
    assert (fresh.low, fresh.high, stale.low, stale.high) == (0.0, 0.5, 0.0, 0.75)
    with pytest.raises(Conflict):
        confirm_answer(later, BO, assessment_id=made.assessment_id, question_id="DAT-01", expected_rev=given.rev + 1)
    confirmed = confirm_answer(
        later, BO, assessment_id=made.assessment_id, question_id="DAT-01", expected_rev=given.rev
    )
    assert confirmed == given
    assert question(later) == fresh
    assert read_waiting(later, ADA, assessment_id=made.assessment_id) == ()
    assert list_stale(later, ADA) == ()


def test_a_sealed_score_never_changes_and_its_stale_answers_are_told_all_the_same(workplace):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "FBL-08")
    closed = close_assessment(on(workplace, "2026-10-02"), ADA, assessment_id=made.assessment_id)
    later = on(workplace, "2028-01-12")
    (line,) = [one for one in read_question_lines(later, ADA, assessment_id=made.assessment_id) if one.answer]
    assert line.score.doubt == 0
    (stale,) = list_stale(later, ADA)
    assert (stale.system.name, stale.assessment) == ("Churn", closed)
    assert [one.question_id for one in stale.waiting] == ["FBL-08"]
    assert verify(later, ADA).fault is None
    with pytest.raises(Closed):
        confirm_answer(later, ADA, assessment_id=made.assessment_id, question_id="FBL-08", expected_rev=1)


def test_an_archive_without_a_history_leaves_freshness_to_age(workplace):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "DAT-01", links=("src/train.py",))
    scan(on(workplace, "2026-11-10"), made, touched=())
    assert read_waiting(on(workplace, "2026-11-10"), ADA, assessment_id=made.assessment_id) == ()


def test_names_in_a_note_count_only_where_there_is_such_a_file(workplace):
    answer = AnswerRecord(
        question_id="X", state="answered", level=1, note="e.g. src/a.py, ../../etc/passwd or v1.2", changed_at="",
        changed_by="", links=("b.yaml:3-9", "https://x.org/c.py"),
    )  # fmt: skip
    assert cited_by(answer, ["src/a.py", "c.py", "v1"]) == ("b.yaml", "src/a.py")


def test_the_attention_list_names_what_waits_with_its_reason_and_date_and_only_for_today(workplace):
    made = opened(on(workplace, "2026-10-01"))
    give(on(workplace, "2026-10-01"), made, "DAT-01", links=("src/train.py",))
    give(on(workplace, "2026-10-01"), made, "FBL-08")
    scan(on(workplace, "2026-11-10"), made)
    later = on(workplace, "2027-01-12")
    (row,) = [row for row in read_attention(later, ADA, period="2027Q1") if row.kind is Kind.STALE]
    assert row.sentence == (
        "2 answers wait to be confirmed. DAT-01: src/train.py, which it cites, was changed in 3 commits since "
        "1 Oct 2026."
    )
    assert row.link == {"system": made.system_id, "questions": "Stale"}
    assert [row for row in read_attention(later, ADA, period="2026Q4") if row.kind is Kind.STALE] == []


def test_why_an_answer_waits_is_said_in_one_sentence_with_the_date():
    day = date(2026, 10, 1)
    said = [
        doubt_words(Doubt(why=Why.AGED, since=date(2027, 1, 10)), day),
        doubt_words(Doubt(why=Why.CARRIED, since=day, origin=("DAT-02", "DAT-04")), day),
        doubt_words(Doubt(why=Why.CARRIED, since=day), day),
        doubt_words(Doubt(why=Why.CHANGED, since=day, paths=("a.py", "b.py"), commits=7), day),
    ]
    assert said == [
        "Last confirmed on 1 Oct 2026; it may stand until 10 Jan 2027.",
        "Carried over from DAT-02, DAT-04 on 1 Oct 2026, when the checklist changed.",
        "Answered on 1 Oct 2026, before the question got other words.",
        "a.py and 1 other file, which it cites, were changed in 7 commits since 1 Oct 2026.",
    ]
