"""Agreement: published examples, cases worked by hand, and what must hold for any votes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import main
from scoring.agreement import Agreement, AgreementState, Metric, agreement, van_der_eijk
from scoring.ballots import InvalidVotes, read_votes

# Krippendorff's four raters and twelve units (Content Analysis, 2018, p. 290); "." is no vote.
PUBLISHED = """rater,1,2,3,4,5,6,7,8,9,10,11,12
A,1,2,3,3,2,1,4,1,2,.,.,.
B,1,2,3,3,2,2,4,1,2,5,.,.
C,.,3,3,3,2,3,4,2,2,5,1,3
D,1,2,3,3,2,4,4,1,2,5,1,.
"""
SCALE = (0, 4)


def alpha(found: Agreement) -> float | None:
    return found.alpha[Metric.ORDINAL]


def of(*questions: list[int | None]) -> Agreement:
    return agreement({f"Q-{place:02d}": votes for place, votes in enumerate(questions)}, levels=SCALE, draws=50)


def test_the_published_alphas_are_reached() -> None:
    votes = read_votes(PUBLISHED, name="published.csv")
    found = agreement(votes.votes, levels=votes.levels)
    assert {metric.value: round(value or 0, 3) for metric, value in found.alpha.items()} == {
        "nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797,
    }  # fmt: skip
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.815 < found.high


def test_alpha_of_two_raters_worked_by_hand() -> None:
    # Pairs (0,0) (0,1) (1,1): n_0 = n_1 = 3, n = 6, one question differs: observed 2 of 6, expected 2 * 3 * 3 of 6 * 5.
    assert alpha(of([0, 0], [0, 1], [1, 1])) == pytest.approx(1 - 5 * 2 / 18)


@pytest.mark.parametrize(
    ("counts", "a"),
    [
        ([0, 0, 5, 0, 0], 1.0),
        ([5, 0, 0, 0, 5], -1.0),
        ([1, 1, 1, 1, 1], 0.0),
        ([0, 3, 3, 0, 0], 0.75),  # two of five levels, next to each other: 1 - 1/4
        ([0, 2, 1, 0, 0], 0.75 * 2 / 3 + 1 / 3),  # a layer of two levels (2 of 3 votes) and one of one
        ([30, 40, 210, 130, 530, 50, 10], 0.6113333333333333),  # the example of the original software
    ],
)
def test_van_der_eijks_a(counts: list[int], a: float) -> None:
    assert van_der_eijk(counts) == pytest.approx(a)


@pytest.mark.parametrize(
    ("votes", "state"),
    [
        ([2, 2, 2], AgreementState.AGREED),
        ([2, 3, 2], AgreementState.AGREED),
        ([1, 3, 2], AgreementState.SPREAD),
        ([1, 4, 2], AgreementState.SPLIT),
        ([0, 0, 2, 2], AgreementState.SPREAD),
        ([0, 0, 3, 3], AgreementState.SPLIT),
        ([2, None, None], AgreementState.TOO_FEW),
        ([None, None, None], AgreementState.TOO_FEW),
    ],
)
def test_the_state_of_a_question(votes: list[int | None], state: AgreementState) -> None:
    assert of(votes).questions[0].state == state


def test_full_agreement_has_no_alpha_and_says_so() -> None:
    found = of([1, 1, 1], [1, 1, None])
    assert (alpha(found), found.low, found.pairs_within_one) == (None, None, 1.0)
    assert found.all_equal


def test_a_session_nobody_met_in_has_nothing_to_say() -> None:
    found = of([1, None], [None, 3])
    assert (alpha(found), found.low, found.pairs_within_one) == (None, None, None)
    assert not found.all_equal


def test_one_strict_rater_lowers_alpha_although_the_order_is_the_same() -> None:
    fair = of([0, 0, 0], [1, 1, 1], [2, 2, 2])
    strict = of([0, 0, 2], [1, 1, 3], [2, 2, 4])
    assert alpha(fair) == pytest.approx(1.0)
    assert (alpha(strict) or 0) < 0.5


def test_rare_disagreement_on_one_level_is_read_beside_the_share_within_one() -> None:
    found = of(*[[1, 1, 1, 1, 1]] * 9, [1, 1, 1, 1, 2])
    assert abs(alpha(found) or 0) < 0.05
    assert found.pairs_within_one == 1.0


VOTES = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.none() | st.integers(0, 4), min_size=raters, max_size=raters), min_size=1, max_size=12
    )
)


@settings(deadline=None)
@given(questions=VOTES)
def test_whatever_is_voted_the_numbers_are_defined_or_absent(questions: list[list[int | None]]) -> None:
    found = of(*questions)
    for value in found.alpha.values():
        assert value is None or -1 - 1e-9 <= value <= 1 + 1e-9 or value < 0  # alpha has no lower bound but -1 for pairs
    if found.low is not None and found.high is not None:
        assert found.low <= found.high <= 1 + 1e-9
    for question in found.questions:
        assert question.a is None or -1 - 1e-9 <= question.a <= 1 + 1e-9


@settings(deadline=None)
@given(questions=VOTES, data=st.data())
def test_neither_the_order_of_raters_nor_of_questions_matters(
    questions: list[list[int | None]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(questions[0]))))
    mixed = [[votes[place] for place in order] for votes in reversed(questions)]
    for metric in Metric:
        assert of(*questions).alpha[metric] == pytest.approx(of(*mixed).alpha[metric])


@settings(deadline=None)
@given(questions=VOTES)
def test_turning_the_scale_around_keeps_the_ordinal_alpha_and_a(questions: list[list[int | None]]) -> None:
    turned = [[None if vote is None else 4 - vote for vote in votes] for votes in questions]
    assert alpha(of(*questions)) == pytest.approx(alpha(of(*turned)))
    for before, after in zip(of(*questions).questions, of(*turned).questions, strict=True):
        assert before.a == pytest.approx(after.a)


def test_the_same_votes_and_seed_give_the_same_interval() -> None:
    votes = read_votes(PUBLISHED, name="p").votes
    one, two = (agreement(votes, levels=(1, 5), seed=7) for _ in range(2))
    assert (one.low, one.high) == (two.low, two.high)
    assert agreement(votes, levels=(1, 5), seed=8).low != one.low


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no votes"),
        ("rater,ENT-01\n", "holds no votes"),
        ("rater,ENT-01\nAda,two\n", "v.csv:2: 'two' for 'ENT-01' is not a vote; write a whole number, or nothing"),
        ("rater,ENT-01\nAda,2.5\n", "'2.5' for 'ENT-01'"),
        ("rater,ENT-01\nAda,99999999\n", "'99999999'"),
        ("rater,ENT-01,ENT-01\nAda,1,2\n", "v.csv:1: 'ENT-01' stands there twice"),
        ("rater,ENT-01,\nAda,1,2\n", "v.csv:1: column 3 has no question id"),
        ("rater,ENT-01\nAda,1,2\n", "v.csv:2: 2 votes for 1 questions"),
        ("rater,ENT-01,B\nAda,1,900\n", "votes from 1 to 900"),
        ("rater,ENT-01\nAda,\u0662\n", "is not a vote"),
        ("r," + ",".join(f"Q{n}" for n in range(1001)) + "\nAda,1\n", "1,001 questions"),
    ],
)
def test_a_file_that_is_not_votes_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(InvalidVotes) as refused:
        read_votes(text, name="v.csv")
    assert said in str(refused.value)


def test_a_file_far_too_wide_is_refused_for_its_size_alone() -> None:
    with pytest.raises(InvalidVotes) as refused:
        read_votes("r," + "Q," * 150_000 + "\nAda,1\n", name="v.csv")
    assert refused.value.problems == ("v.csv: 1 raters and 150,001 questions; at most 1,000 of each are read",)


def test_blank_and_short_rows_are_no_votes() -> None:
    votes = read_votes("\ufeffrater,A,B,C\r\nAda,1,,?\r\n\r\nBo,2\r\n", name="v.csv")
    assert votes.raters == ("Ada", "Bo")
    assert votes.votes == {"A": (1, 2), "B": (None, None), "C": (None, None)}
    assert votes.levels == SCALE


def test_the_command_prints_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "votes.csv"
    file.write_text(PUBLISHED, encoding="utf-8")
    assert main(["agreement", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"raters", "alpha", "low", "high", "pairs_within_one", "questions"}
    assert document["alpha"]["ordinal"] == pytest.approx(0.8153875)
    assert document["questions"][5] == {"id": "6", "votes": 4, "a": pytest.approx(0.25), "range": 3, "state": "split"}


def test_the_command_says_in_words_what_to_talk_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("rater,ENT-01,ENT-03\nAda,0,1\nBo,4,1\n", encoding="utf-8")
    assert main(["agreement", str(file)]) == 0
    said = capsys.readouterr().out
    assert "ENT-01" in said
    assert "split" in said
    file.write_text("rater,ENT-01\nAda,1\nBo,1\n", encoding="utf-8")
    assert main(["agreement", str(file)]) == 0
    assert "full agreement, alpha is not defined" in capsys.readouterr().out


def test_a_bad_votes_file_is_one_line_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "votes.csv"
    file.write_text("rater,ENT-01\nAda,x\n", encoding="utf-8")
    assert main(["agreement", str(file)]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert refused.err.count("\n") == 1
    assert "is not a vote" in refused.err
