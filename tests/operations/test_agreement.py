"""The votes of a quarter: how far people agree, and votes of a file, taken whole, audited, and put back again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from operations.agreement import check_votes, import_votes, read_agreement, undo_import
from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    open_assessment,
    read_answers,
    read_history,
    read_questionnaire,
    record_votes,
)
from operations.errors import Closed, InvalidInput
from operations.system_view import compare_periods
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace
from scoring.agreement import Metric
from scoring.ballots import InvalidVotes
from scoring.compare import Basis, Cause, Direction
from tests.operations.conftest import ADA, BO

FILE = "rater,ENT-01,ENT-03,DAT-01\nAnn,1,0,\nBen,1,4,?\nCem,2,4,2\n"


def opened(workplace: Workplace, *, period: str = "2026Q4", system_id: str | None = None) -> tuple[str, str]:
    system_id = system_id or create_system(workplace, ADA, name="Churn model", team="Growth").system_id
    return system_id, open_assessment(workplace, ADA, system_id=system_id, period=period).assessment_id


def take(workplace: Workplace, assessment_id: str, text: str = FILE) -> object:
    return import_votes(workplace, ADA, assessment_id=assessment_id, text=text, name="votes.csv")


def vote_on_all(workplace: Workplace, assessment_id: str, *votes: int | None) -> None:
    for question in read_questionnaire(workplace, ADA, assessment_id=assessment_id).questions:
        record_votes(workplace, ADA, assessment_id=assessment_id, question_id=question.id, votes=votes, expected_rev=0)


# -- reading


def test_without_votes_nothing_is_said_of_agreement(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    view = read_agreement(workplace, ADA, assessment_id=assessment_id)
    assert (view.found, view.lines, view.without_votes, view.imported) == (None, (), 0, 0)


def test_the_most_split_question_stands_first_and_the_votes_carry_no_order(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    for question, votes in (("ENT-01", (2, 1, 1)), ("ENT-03", (4, 0, 4)), ("DAT-01", (3, 1, None, 2))):
        record_votes(workplace, ADA, assessment_id=assessment_id, question_id=question, votes=votes, expected_rev=0)
    answer_question(
        workplace, ADA, assessment_id=assessment_id, question_id="DAT-02",
        choice=Choice(state="answered", level=1), expected_rev=0,
    )  # fmt: skip
    view = read_agreement(workplace, BO, assessment_id=assessment_id)
    assert [(line.question.id, line.agreement.state.value, line.votes, line.level) for line in view.lines] == [
        ("ENT-03", "split", (0, 4, 4), 4),
        ("DAT-01", "spread", (1, 2, 3, None), 2),
        ("ENT-01", "agreed", (1, 1, 2), 1),
    ]
    assert view.found is not None
    assert view.found.raters == 4
    # pairs at most one level apart: ENT-03 1 of 3, DAT-01 2 of 3, ENT-01 3 of 3
    assert view.found.pairs_within_one == pytest.approx(6 / 9)
    assert view.without_votes == 1


def test_votes_that_are_all_equal_leave_alpha_undefined_and_say_so(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    vote_on_all(workplace, assessment_id, 2, 2, 2)
    found = read_agreement(workplace, ADA, assessment_id=assessment_id).found
    assert found is not None
    assert found.all_equal
    assert found.alpha[Metric.ORDINAL] is None


def test_one_vote_or_all_unknown_is_too_few_to_judge(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    record_votes(workplace, ADA, assessment_id=assessment_id, question_id="ENT-01", votes=(3,), expected_rev=0)
    record_votes(workplace, ADA, assessment_id=assessment_id, question_id="ENT-03", votes=(None, None), expected_rev=0)
    view = read_agreement(workplace, ADA, assessment_id=assessment_id)
    assert [line.agreement.state.value for line in view.lines] == ["too_few", "too_few"]
    assert view.found is not None
    assert view.found.pairs_within_one is None


# -- votes from a file


def test_votes_of_a_file_settle_to_the_upper_median_and_are_kept_sorted_without_names(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    done = take(workplace, assessment_id)
    assert (done.people, done.questions, done.replaces) == (3, 3, 0)
    answers = read_answers(workplace, ADA, assessment_id=assessment_id)
    assert {key: (a.state, a.votes, a.source) for key, a in answers.items()} == {
        "ENT-01": ("answered", (1, 1, 2), "import"),
        "ENT-03": ("answered", (0, 4, 4), "import"),
        "DAT-01": ("unknown", (2, None), "import"),  # a blank is no vote; as many do not know as name a level
    }
    assert "Ann" not in repr(answers)


def test_what_a_file_would_do_is_said_before_and_stores_nothing(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    answer_question(
        workplace, ADA, assessment_id=assessment_id, question_id="ENT-01",
        choice=Choice(state="answered", level=4, note="Because.", links=("https://a.example/b",)), expected_rev=0,
    )  # fmt: skip
    record_votes(workplace, ADA, assessment_id=assessment_id, question_id="ENT-03", votes=(4, 4, 0), expected_rev=0)
    would = check_votes(workplace, ADA, assessment_id=assessment_id, text=FILE, name="votes.csv")
    assert (would.questions, would.replaces, would.same) == (3, 1, 1)
    assert "DAT-01" not in read_answers(workplace, ADA, assessment_id=assessment_id)
    take(workplace, assessment_id)
    kept = read_answers(workplace, ADA, assessment_id=assessment_id)
    assert (kept["ENT-01"].note, kept["ENT-01"].links) == ("Because.", ("https://a.example/b",))
    assert kept["ENT-03"].source == "workshop"  # the same votes are not taken a second time


def test_taking_the_same_file_twice_changes_nothing(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    take(workplace, assessment_id)
    take(workplace, assessment_id)
    assert len(read_history(workplace, ADA, assessment_id=assessment_id, question_id="ENT-01")) == 1


def test_an_import_is_put_back_and_both_are_in_the_audit_trail(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    answer_question(
        workplace, ADA, assessment_id=assessment_id, question_id="ENT-01",
        choice=Choice(state="answered", level=4), expected_rev=0,
    )  # fmt: skip
    take(workplace, assessment_id)
    assert read_agreement(workplace, ADA, assessment_id=assessment_id).imported == 3
    assert undo_import(workplace, BO, assessment_id=assessment_id) == 3
    left = read_answers(workplace, ADA, assessment_id=assessment_id)
    assert {key: (a.level, a.votes) for key, a in left.items()} == {"ENT-01": (4, ())}
    trail = workplace.store.read(lambda records: records.audit_trail(2))
    assert [(entry.actor, entry.action) for entry in trail] == [("Bo", "undo import of votes"), ("Ada", "import votes")]
    assert "3 people, 3 questions, file sha256" in trail[1].detail
    assert verify(workplace, ADA).fault is None


def test_an_answer_given_after_the_import_is_not_put_back(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    take(workplace, assessment_id)
    answer_question(
        workplace, BO, assessment_id=assessment_id, question_id="ENT-01",
        choice=Choice(state="answered", level=0), expected_rev=1,
    )  # fmt: skip
    assert undo_import(workplace, ADA, assessment_id=assessment_id) == 2
    left = read_answers(workplace, ADA, assessment_id=assessment_id)
    assert {key: a.level for key, a in left.items()} == {"ENT-01": 0}
    with pytest.raises(InvalidInput, match="nothing to put back"):
        undo_import(workplace, ADA, assessment_id=assessment_id)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "rater,XYZ-01\nAnn,1\n", "votes.csv:1: no question 'XYZ-01' in this checklist", id="no such question"
        ),
        pytest.param(
            "rater,ENT-01\nAnn,5\n", "votes.csv: Ann gave 5 to ENT-01; its levels are 0 to 4", id="no such level"
        ),
        pytest.param("rater,ENT-01\nAnn,1\nAnn,2\n", "'Ann' stands there twice", id="a person twice"),
        pytest.param("rater,ENT-01\nAnn,\nBen,-\n", "no cell holds a vote", id="no vote at all"),
        pytest.param("rater,ENT-01\nAnn,yes\n", "'yes' for 'ENT-01' is not a vote", id="a word"),
        pytest.param("hello", "holds no votes", id="no table"),
    ],
)
def test_a_file_with_anything_wrong_in_it_is_refused_whole_with_the_place(
    workplace: Workplace, text: str, problem: str
) -> None:
    _, assessment_id = opened(workplace)
    with pytest.raises(InvalidVotes) as refused:
        take(workplace, assessment_id, text)
    assert problem in str(refused.value)
    assert read_answers(workplace, ADA, assessment_id=assessment_id) == {}


def test_many_problems_are_counted_and_not_all_told(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    with pytest.raises(InvalidVotes) as refused:
        take(workplace, assessment_id, "rater," + ",".join(f"X-{n}" for n in range(20)) + "\nAnn" + ",1" * 20)
    assert len(refused.value.problems) == 6
    assert refused.value.problems[-1] == "and 15 more"


def test_a_cell_that_is_no_vote_is_told_a_few_times_and_counted(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    with pytest.raises(InvalidVotes) as refused:
        take(workplace, assessment_id, "rater,ENT-01\n" + "Ann,high\n" * 20)
    assert len(refused.value.problems) == 6
    assert refused.value.problems[-1] == "and 15 more"


def test_a_closed_quarter_takes_no_votes(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    take(workplace, assessment_id)
    close_assessment(workplace, ADA, assessment_id=assessment_id)
    with pytest.raises(Closed):
        take(workplace, assessment_id)
    with pytest.raises(Closed):
        check_votes(workplace, ADA, assessment_id=assessment_id, text=FILE, name="votes.csv")
    with pytest.raises(Closed):
        undo_import(workplace, ADA, assessment_id=assessment_id)


def test_a_question_beside_the_scope_is_kept_and_counted_as_not_asked(workplace: Workplace) -> None:
    _, assessment_id = opened(workplace)
    asked = {q.id for q in read_questionnaire(workplace, ADA, assessment_id=assessment_id).questions}
    checklist = read_questionnaire(workplace, ADA, assessment_id=assessment_id).checklist
    beside = next(q for q in checklist.questions if q not in asked)
    done = take(workplace, assessment_id, f"rater,{beside}\nAnn,1\nBen,2\n")
    assert done.not_asked == 1
    assert read_agreement(workplace, ADA, assessment_id=assessment_id).found is None


# -- the change that votes allow


def test_two_quarters_of_votes_are_judged_by_drawing_from_them(workplace: Workplace) -> None:
    system_id, first = opened(workplace, period="2026Q3")
    vote_on_all(workplace, first, 3, 3, 3, 4)
    close_assessment(workplace, ADA, assessment_id=first)
    _, second = opened(workplace, system_id=system_id)
    vote_on_all(workplace, second, 1, 1, 2, 2, 2)
    comparison, _ = compare_periods(workplace, ADA, system_id=system_id, before="2026Q3", after="2026Q4")
    verdict = comparison.system.verdict
    assert (verdict.direction, verdict.basis, verdict.draws) == (Direction.BETTER, Basis.VOTES, 2_000)
    assert (comparison.panel.before, comparison.panel.after, comparison.panel.changed) == (4, 5, True)


def test_a_quarter_sealed_under_other_rules_shows_what_the_rules_did(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    system_id, first = opened(workplace, period="2026Q3")
    vote_on_all(workplace, first, 3, 3, 3)
    close_assessment(workplace, ADA, assessment_id=first)

    sealed = workplace.store.read(lambda records: records.snapshot(first))
    document = json.loads(sealed.document)["score"]
    document["scoring_id"], document["system"]["estimate"] = "an earlier version", 0.8
    old = replace(sealed, document=json.dumps({"score": document}))
    monkeypatch.setattr("store.records.Records.snapshot", lambda self, assessment_id: old)
    _, second = opened(workplace, system_id=system_id)
    vote_on_all(workplace, second, 3, 3, 3)
    comparison, _ = compare_periods(workplace, ADA, system_id=system_id, before="2026Q3", after="2026Q4")
    assert comparison.system.difference == 0
    assert {one.cause: one.share for one in comparison.system.causes} == {Cause.RULES: pytest.approx(-0.05)}
