"""Choosing a checklist when a quarter is opened, and what the pages say where systems use different ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from checklists.reader import DEFAULT_PACK
from evidence.evidence import Strength
from operations.assessments import close_assessment, open_assessment, read_questionnaire
from operations.periods import preceding
from operations.portfolio import read_portfolio
from operations.records import AssessmentRecord
from operations.repository_evidence import add_evidence_json
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.packs import lay, text_of_pack
from tests.operations.scans import a_sign, text_of
from tests.pages.conftest import ADA, QUARTER, Open, answer, open_system, press, title, words
from ui import numbers

THREE, NOW, BEFORE = "three-levels", numbers.period(QUARTER), numbers.period(preceding(QUARTER))


@pytest.fixture(autouse=True)
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay(tmp_path / "packs", monkeypatch, three=text_of_pack(), broken=text_of_pack("broken").replace("?", "."))


def of_three_levels(
    workplace: Workplace, name: str, *, period: str = QUARTER, closed: bool = False, level: int = 1
) -> AssessmentRecord:
    system = create_system(workplace, ADA, name=name, team="Growth").system_id
    made = open_assessment(workplace, ADA, system_id=system, period=period, pack=THREE)
    for question in read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).questions:
        answer(workplace, made, question.id, level)
    return close_assessment(workplace, ADA, assessment_id=made.assessment_id) if closed else made


def test_a_new_system_is_assessed_with_the_checklist_chosen(at_page: Open, workplace: Workplace) -> None:
    page = at_page("create")
    page.radio(key="create-checklist").set_value(THREE).run()
    assert "All 3 questions are asked" in words(page)
    next(field for field in page.text_input if field.label == "Name of the system").set_value("Churn")
    next(field for field in page.text_input if field.label == "Team").set_value("Growth")
    page = press(page, "Start the assessment")
    assert "Three levels, version 1" in words(page)
    (radio,) = [radio for radio in page.radio if radio.key.startswith("answer")]
    assert radio.options[:4] == [
        "**0** · Automated", "**1** · By hand", "**2** · Not done",
        "**We do not know** · counts as an open question, not as a good one",
    ]  # fmt: skip
    assert "Keys: 0–2 choose a level" in words(page)


def test_a_file_that_cannot_be_used_says_why(at_page: Open) -> None:
    page = at_page("create")
    assert "1 file cannot be used as a checklist" in words(page)
    assert "broken.yaml:" in words(page)
    assert "broken" not in page.radio(key="create-checklist").options


def test_the_words_of_a_checklist_are_shown_letter_by_letter(
    at_page: Open, offered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(offered, monkeypatch, three=text_of_pack(title="Three *levels* <b>and</b> more"))
    assert at_page("create").radio(key="create-checklist").options[-1] == r"Three \*levels\* \<b>and\</b> more"


def test_the_link_chooses_the_checklist_of_a_new_system(at_page: Open) -> None:
    assert at_page("create", checklist=THREE).radio(key="create-checklist").value == THREE


def test_the_next_quarter_can_have_another_checklist(at_page: Open, workplace: Workplace) -> None:
    before = open_system(workplace, "Churn", answers=34, period=preceding(QUARTER), closed=True)
    page = at_page("system", system=before.system_id)
    assert "A system has one checklist a quarter." in words(page)
    (choice,) = [radio for radio in page.radio if radio.label == "Checklist"]
    assert choice.value == DEFAULT_PACK
    choice.set_value(THREE).run()
    page = press(page, f"Open {NOW} with “Three levels”")
    assert title(page) == f"Churn: {NOW}"
    assert "What we said in" not in words(page)


def test_quarters_of_another_checklist_stand_apart_on_the_system_page(at_page: Open, workplace: Workplace) -> None:
    first = of_three_levels(workplace, "Churn", period=preceding(QUARTER), closed=True)
    made = open_assessment(workplace, ADA, system_id=first.system_id, period=QUARTER, pack=DEFAULT_PACK)
    answer(workplace, made, "ENT-03", 3)
    page = at_page("system", system=first.system_id)
    assert f"{BEFORE} asked other things and stands apart" in words(page)
    assert "What changed" not in words(page)
    choice = next(one for one in page.segmented_control if one.label == "Quarters assessed with")
    page = choice.set_value(THREE).run()
    assert f"{NOW} asked other things and stands apart" in words(page)
    assert "Watching" in words(page)


def test_the_portfolio_shows_one_checklist_at_a_time_and_says_so(at_page: Open, workplace: Workplace) -> None:
    for name in ("Leads", "Offers"):
        open_system(workplace, name, answers=34)
    of_three_levels(workplace, "Fraud", level=2)
    page = at_page("portfolio")
    assert "1 system stands under another checklist." in words(page)
    assert "Fraud" not in words(page)
    choice = next(one for one in page.segmented_control if one.label == "Systems assessed with")
    page = choice.set_value(THREE).run()
    assert title(page) == f"{NOW}: debt stands at 100, and the one rated system is in heavy debt"
    assert "Fraud" in words(page)
    assert [area.id for area in read_portfolio(workplace, ADA, pack=THREE).areas] == ["MON", "OPS"]


@pytest.mark.parametrize("view", ["One question", "Whole area", "All questions"])
def test_a_questionnaire_of_three_levels_is_drawn_in_every_scope(
    at_page: Open, workplace: Workplace, view: str
) -> None:
    made = of_three_levels(workplace, "Fraud")
    page = at_page("assess", system=made.system_id, view=view)
    assert title(page) == f"Fraud: {NOW}"
    assert not page.exception
    assert not [control for control in page.segmented_control if control.label == "Questions asked"]


def test_the_evidence_page_of_another_checklist_finds_and_contradicts_nothing(
    at_page: Open, workplace: Workplace
) -> None:
    made = of_three_levels(workplace, "Fraud")
    sign = a_sign("tests-missing", area="MON", questions=("MON-01",), strength=Strength.DIRECT)
    add_evidence_json(workplace, ADA, assessment_id=made.assessment_id, text=text_of(sign))
    said = words(at_page("repository", system=made.system_id, period=QUARTER))
    assert "Three levels” names no signal of the collector" in said
    assert "1 contradiction" not in said


def test_the_plan_says_how_an_open_question_of_another_checklist_counts(at_page: Open, workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Fraud", team="Growth").system_id
    made = open_assessment(workplace, ADA, system_id=system, period=QUARTER, pack="ml-test-score")
    answer(workplace, made, "DATA-01", 1)
    assert "what nobody knows counts as level 2." in words(at_page("plan", system=system))
