"""What changed and how far people agree, in words: each verdict says what it goes by, each number how to read it."""

from __future__ import annotations

import pytest

from scoring.compare import (
    AreaChange,
    Basis,
    Cause,
    CauseShare,
    Comparison,
    Counts,
    Direction,
    PanelChange,
    QuestionChange,
    SystemChange,
    Verdict,
)
from scoring.score import Estimate
from ui.change_split import moved_words, split_table, split_words
from ui.change_words import areas_words, basis_words, moved, panel_words, verdict_words, yardstick_words

KNOWN = Estimate(estimate=0.5, low=0.4, high=0.6, coverage=1.0, band="C")


def verdict(direction: Direction = Direction.NONE, basis: Basis = Basis.VOTES, better: int = 0, worse: int = 0):
    return Verdict(direction=direction, basis=basis, better=better, worse=worse, draws=2_000 if better + worse else 0)


def change(said: Verdict, difference: float | None = -0.042, total: float | None = None, causes=()) -> SystemChange:
    return SystemChange(
        before=KNOWN, after=KNOWN, difference=difference, total=difference if total is None else total,
        causes=tuple(causes), verdict=said, counts=Counts(improved=4, same=29),
    )  # fmt: skip


def share(cause: Cause, amount: float, *questions: str) -> CauseShare:
    return CauseShare(cause=cause, share=amount, questions=questions)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            verdict(Direction.BETTER, better=1_960, worse=10),
            "Clearly better (−4.2 points): 4 improved, 0 worse, 29 same.",
        ),
        (verdict(Direction.WORSE), "Clearly worse (−4.2 points): 4 improved, 0 worse, 29 same."),
        (verdict(), "No clear change (−4.2 points): 4 improved, 0 worse, 29 same."),
    ],
)
def test_the_finding_comes_first(said: Verdict, words: str) -> None:
    assert verdict_words(change(said)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (verdict(better=1_210, worse=700), "1,210 of 2,000 draws of the voters point to better; 1,900 are needed"),
        (verdict(Direction.WORSE, better=10, worse=1_980), "1,980 of 2,000 draws of the voters point to worse, so it"),
        (
            Verdict(direction=Direction.NONE, basis=Basis.VOTES, draws=2_000),
            "Not one of 2,000 draws of the voters moves the number.",
        ),
        (
            verdict(basis=Basis.LIMIT),
            "without votes, so a fixed limit decides: less than 8.5 points may well be chance",
        ),
        (
            verdict(basis=Basis.BOTH, worse=1_990),
            "1,900 of 2,000 draws of the voters (1,990 point to worse), and more than",
        ),
        (verdict(basis=Basis.NOT_KNOWN), "Less than 80 % is known in one of the two quarters"),
    ],
)
def test_every_verdict_says_what_it_goes_by(said: Verdict, words: str) -> None:
    assert words in basis_words(said)


def test_nothing_is_written_as_nothing() -> None:
    assert (moved(0.0), moved(-0.0001), moved(0.0006)) == ("0", "0", "+0.1")


def area(area_id: str, direction: Direction, draws: int = 0) -> AreaChange:
    said = Verdict(direction=direction, basis=Basis.VOTES if draws else Basis.LIMIT, draws=draws)
    return AreaChange(
        id=area_id, before=KNOWN, after=KNOWN, difference=0.0, total=0.0, causes=(), verdict=said, counts=Counts()
    )


def comparison(*areas: AreaChange, causes=()) -> Comparison:
    return Comparison(
        system=change(verdict(), causes=causes), areas=areas, questions=(), common_only=False,
        panel=PanelChange(before=0, after=0, both=None),
    )  # fmt: skip


def test_the_areas_that_moved_are_named_the_worse_first() -> None:
    said = comparison(area("A", Direction.BETTER), area("B", Direction.WORSE), area("C", Direction.NONE))
    assert areas_words(said, {"A": "Loops", "B": "Tests"}) == "Clearly worse: Tests. Clearly better: Loops."
    assert areas_words(comparison(area("A", Direction.NONE), area("B", Direction.NONE)), {}) == (
        "No single area changed clearly."
    )
    assert areas_words(comparison(area("A", Direction.BETTER)), {}) == ""


def test_areas_judged_by_draws_say_that_they_were_judged_together() -> None:
    said = comparison(area("A", Direction.BETTER, draws=2_000), area("B", Direction.NONE, draws=2_000))
    assert "Among 2 areas one looks clear by chance" in areas_words(said, {})


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        (PanelChange(before=5, after=8, both=None), "The panel changed: 5 people voted before, 8 now."),
        (PanelChange(before=5, after=5, both=None), "whether they were the same people is not known"),
        (PanelChange(before=5, after=6, both=4), "5 people voted before, 6 now; 4 of them both times."),
        (PanelChange(before=0, after=8, both=None), ""),
    ],
)
def test_the_panel_is_told_as_far_as_it_is_known(panel: PanelChange, words: str) -> None:
    said = panel_words(panel)
    assert words in said
    assert bool(said) == bool(words)


def test_a_moved_yardstick_is_told_apart_from_the_system() -> None:
    measured = change(verdict(), -0.01, 0.02, [share(Cause.CHECKLIST, 0.03), share(Cause.ANSWERS, -0.01)])
    assert yardstick_words(measured) == "The shown number moved by +2.0 points. By one yardstick: −1.0 points."
    assert yardstick_words(change(verdict(), causes=[share(Cause.ANSWERS, -0.042)])) == ""


def test_the_split_reads_the_same_in_words_and_in_the_table() -> None:
    causes = [share(Cause.ANSWERS, -0.05, "ENT-01", "ENT-02"), share(Cause.EVIDENCE, 0.008, "MON-01")]
    said = comparison(causes=causes)
    assert split_words(said.system) == (
        "The change of −4.2 points by cause: answers changed −5.0, repository evidence +0.8."
    )
    assert split_table(said, {}).to_numpy().tolist() == [
        ["All areas", "Answers changed", "−5.0", "ENT-01, ENT-02"],
        ["All areas", "Repository evidence", "+0.8", "MON-01"],
    ]


def test_a_question_that_does_not_apply_is_a_dash_and_one_nobody_knows_a_question_mark() -> None:
    gone = QuestionChange(id="ENT-01", before=None, after=None, cause=Cause.CHECKLIST, causes=(Cause.CHECKLIST,))
    assert moved_words(gone) == "–, as before"
