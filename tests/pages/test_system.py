"""A system: its quarters, closing one and opening the next, what changed, its questions, its settings."""

from __future__ import annotations

import pytest

from evidence.evidence import Strength
from operations.periods import following, preceding
from operations.repository_evidence import add_evidence_json
from operations.systems import change_system, create_system, read_system
from operations.workplace import Workplace
from scoring.compare import Cause
from tests.operations.scans import a_sign, text_of
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, answer, open_system, press, title, words
from ui import numbers
from ui.change_split import CAUSE_WORDS, HEADS

NOW, BEFORE, NEXT = (numbers.period(p) for p in (QUARTER, preceding(QUARTER), following(QUARTER)))


def test_the_badge_can_be_copied_as_a_line_of_a_readme(at_page: Open, workplace: Workplace) -> None:
    system_id = open_system(workplace, "Churn model", answers=34).system_id
    page = at_page("system", system=system_id)
    assert any(f"/badge/{system_id}.svg)](" in code.value for code in page.code)
    assert f"[See how it looks](/badge/{system_id}.svg)" in words(page)


def test_a_system_never_assessed_offers_to_open_the_present_quarter(at_page: Open, workplace: Workplace) -> None:
    made = create_system(workplace, ADA, name="Churn model", team="Growth")
    page = press(at_page("system", system=made.system_id), f"Open {NOW}")
    assert title(page) == f"Churn model: {NOW}"


def test_closing_says_what_it_means_first(at_page: Open, workplace: Workplace) -> None:
    # AppTest cannot press a button inside a dialog: sealing itself is done in tests/browser/test_new_user.py
    assessment = open_system(workplace, "Churn model", answers=34)
    page = press(at_page("system", system=assessment.system_id), f"Close {NOW}")
    assert "Closing seals the answers, the evidence and the score under a hash." in words(page)


def test_a_closed_quarter_shows_its_seal_and_offers_the_next(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model", answers=34, closed=True)
    page = at_page("system", system=assessment.system_id)
    assert f"Sealed under {assessment.document_sha256}" in words(page)
    press(page, f"Open {NEXT}")
    assert title(page) == f"Churn model: {NEXT}"
    assert f"What we said in {NOW}" in words(page)


def test_a_quarter_too_little_known_is_warned_about_before_it_is_closed(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model", answers=5)
    page = press(at_page("system", system=assessment.system_id), f"Close {NOW}")
    assert "below 80 % a closed quarter keeps no letter" in page.warning[0].value


def changes(page: object) -> dict[str, str]:
    """The question ids of the table of changes with their causes."""
    frames = [f.value for f in page.dataframe if "Cause" in f.value.columns]  # type: ignore[attr-defined]
    return dict(zip(frames[0]["Id"], frames[0]["Cause"], strict=True)) if frames else {}


def test_what_changed_names_the_questions_and_why(at_page: Open, workplace: Workplace) -> None:
    before = open_system(workplace, "Churn model", answers=34, period=preceding(QUARTER), closed=True)
    after = add_quarter(workplace, before.system_id, period=QUARTER, answers=34)
    answer(workplace, after, "ENT-03", 4, rev=1)
    answer(workplace, after, "DAT-01", None, rev=1)
    page = at_page("system", system=before.system_id)
    assert changes(page) == {"ENT-03": "answer changed", "DAT-01": "no longer known"}


def test_evidence_that_asks_less_than_the_answer_admits_is_said_to_change_no_debt(
    at_page: Open, workplace: Workplace
) -> None:
    before = open_system(workplace, "Churn model", answers=34, level=3, period=preceding(QUARTER), closed=True)
    after = add_quarter(workplace, before.system_id, period=QUARTER, answers=34, level=3)
    text = text_of(a_sign("tests-missing", area="TST", questions=("TST-01",), strength=Strength.STRONG))
    add_evidence_json(workplace, ADA, assessment_id=after.assessment_id, text=text)
    assert changes(at_page("system", system=before.system_id)) == {"TST-01": "repository evidence; it changes no debt"}


def test_an_open_quarter_is_not_called_worse_for_what_is_not_answered_yet(at_page: Open, workplace: Workplace) -> None:
    before = open_system(workplace, "Churn model", answers=34, period=preceding(QUARTER), closed=True)
    after = add_quarter(workplace, before.system_id, period=QUARTER, answers=1)
    answer(workplace, after, "ENT-03", 4)
    page = at_page("system", system=before.system_id)
    assert changes(page) == {"ENT-03": "answer changed"}
    assert f"32 questions are not answered yet in {NOW} and left out." in words(page)
    assert "So far: 0 improved, 1 worse, 1 same." in words(page)


def test_a_quarter_without_a_letter_is_no_rated_quarter_of_the_trend(at_page: Open, workplace: Workplace) -> None:
    past = [QUARTER]
    while len(past) < 5:
        past.append(preceding(past[-1]))
    *later, first = past[1:]
    system = open_system(workplace, "Churn model", answers=34, period=first, closed=True).system_id
    for period in reversed(later):
        add_quarter(workplace, system, period=period, answers=34, closed=True)
    add_quarter(workplace, system, period=QUARTER, answers=5, level=4)
    page = at_page("system", system=system)
    assert title(page) == "Churn model: not rated yet"
    assert "4 rated quarters: a line needs 5." in words(page)


def test_every_cause_has_words() -> None:
    assert (set(CAUSE_WORDS), set(HEADS)) == (set(Cause), set(Cause))


@pytest.mark.parametrize(("kind", "count"), [("All", 34), ("Open", 1), ("Contradicted", 0), ("Disputed", 0)])
def test_the_questions_can_be_narrowed(at_page: Open, workplace: Workplace, kind: str, count: int) -> None:
    assessment = open_system(workplace, "Churn model", answers=33)
    page = at_page("system", system=assessment.system_id, questions=kind)
    frames = [f.value for f in page.dataframe if "Answer" in f.value.columns]
    assert (len(frames[0]) if frames else 0) == count


def test_settings_are_saved(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model")
    page = at_page("system", system=assessment.system_id)
    next(field for field in page.text_input if field.label == "What does it decide?").set_value("Who gets an offer")
    press(page, "Save")
    assert read_system(workplace, ADA, system_id=assessment.system_id).decides == "Who gets an offer"
    assert "Saved." in words(page)


def test_settings_changed_by_another_meanwhile_are_not_overwritten_and_mine_are_said(
    at_page: Open, workplace: Workplace
) -> None:
    made = open_system(workplace, "Churn model", answers=3)
    page = at_page("system", system=made.system_id)
    known = read_system(workplace, ADA, system_id=made.system_id)
    change_system(
        workplace, ADA, system_id=made.system_id, name="Theirs", team=known.team, decides="", affected="",
        switches=known.switches, expected_rev=known.rev,
    )  # fmt: skip
    next(field for field in page.text_input if field.label == "Name of the system").set_value("Mine")
    press(page, "Save")
    assert "Not saved: somebody else changed this meanwhile" in words(page)
    assert "Name of the system Mine" in words(page)
    assert read_system(workplace, ADA, system_id=made.system_id).name == "Theirs"
    assert next(field for field in page.text_input if field.label == "Name of the system").value == "Theirs"
