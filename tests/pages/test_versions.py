"""Pages of what changes without changing the past: another version, stale answers, withdrawn quarters, zones, names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.evidence import Touched
from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    open_assessment,
    read_answers,
    read_questionnaire,
)
from operations.freshness import read_waiting
from operations.packs import FOLDER
from operations.periods import preceding
from operations.records import AssessmentRecord
from operations.repository_evidence import add_evidence_json
from operations.systems import create_system, read_system, rename_team
from operations.withdrawals import list_withdrawn, withdraw_assessment
from operations.workplace import Workplace
from tests.checklists.versions import OLD, next_version
from tests.operations.scans import text_of
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers

LONG_AGO = datetime(2025, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / "tiny.yaml").write_text(OLD, encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(folder))
    return folder


def tiny(workplace: Workplace, *, period: str = QUARTER, system_id: str | None = None) -> AssessmentRecord:
    if system_id is None:
        switches = frozenset({"agents"})
        system_id = create_system(workplace, ADA, name="Churn <b>", team="Growth", switches=switches).system_id
    made = open_assessment(workplace, ADA, system_id=system_id, period=period, scope="all", pack="tiny")
    for question, level in {"DAT-01": 1, "DAT-02": 3, "AGT-01": 3}.items():
        answer_question(
            workplace, ADA, assessment_id=made.assessment_id, question_id=question,
            choice=Choice(state="answered", level=level, note="said so"), expected_rev=0,
        )  # fmt: skip
    return made


def drawn_difference(page) -> str:
    parts = [
        one.proto.json for one in page.get("bidi_component") if one.proto.component_name == "arrears_version_difference"
    ]
    assert len(parts) == 1
    return json.dumps(json.loads(parts[0]), ensure_ascii=False)


def test_the_difference_is_seen_before_the_move_and_the_move_is_undone_with_one_press(
    workplace: Workplace, at_page: Open, packs: Path
) -> None:
    made = tiny(workplace)
    (packs / "tiny.yaml").write_text(next_version().replace("Who can stop an agent?", "Who <i>stops</i> it?"))
    page = at_page("move", system=made.system_id)
    assert title(page) == "Version 8 asks otherwise"
    assert "1 question replaced, 1 asked in other words, 1 weighed or explained otherwise, 1 new." in words(page)
    drawn = drawn_difference(page)
    assert '["and output ", "new"]' in drawn
    assert "Who <i>stops</i> it?" in drawn  # as text; the component never reads it as markup
    assert [metric.value for metric in page.metric] == ["1", "2", "1", "1"]
    press(page, "Move to version 8")
    assert "Moved. 2 answers wait to be confirmed." in words(page)
    assert read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).checklist.version == "8"
    assert "DAT-02" in str(page.dataframe[0].value)
    assert "Version 7 to 8" in words(page)
    press(page, "Undo the move")
    assert read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).checklist.version == "7"
    assert "undone by Somebody" in words(page)


def test_a_version_that_changed_meanwhile_is_not_moved_to_and_the_page_says_so(
    workplace: Workplace, at_page: Open, packs: Path
) -> None:
    made = tiny(workplace)
    (packs / "tiny.yaml").write_text(next_version())
    page = at_page("move", system=made.system_id)
    (packs / "tiny.yaml").write_text(next_version().replace('version: "8"', 'version: "9"'))
    press(page, "Move to version 8")
    assert "Not moved: checklist: it changed since you looked" in words(page)
    assert read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).checklist.version == "7"


def test_without_another_version_and_for_a_closed_quarter_the_page_says_what_to_do(
    workplace: Workplace, at_page: Open, packs: Path
) -> None:
    made = tiny(workplace)
    assert "there is nothing to move to" in words(at_page("move", system=made.system_id))
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    assert "keeps the version it was answered with" in words(at_page("move", system=made.system_id))
    never = create_system(workplace, ADA, name="New", team="Growth")
    assert "never assessed" in words(at_page("move", system=never.system_id))


def test_a_carried_answer_says_why_it_waits_and_one_press_confirms_it(
    workplace: Workplace, at_page: Open, packs: Path
) -> None:
    made = tiny(workplace)
    (packs / "tiny.yaml").write_text(next_version())
    press(at_page("move", system=made.system_id), "Move to version 8")
    page = at_page("assess", system=made.system_id, question="DAT-03")
    assert "To confirm. Carried over from DAT-02" in words(page).replace("**", "")
    assert any(button.label == "Confirm 2 answers" for button in page.button)
    press(page, "Still true")
    waiting = read_waiting(workplace, ADA, assessment_id=made.assessment_id)
    assert [one.question_id for one in waiting] == ["DAT-01"]
    assert read_answers(workplace, ADA, assessment_id=made.assessment_id)["DAT-03"].level == 3


def test_stale_answers_are_listed_with_reason_and_date_and_the_sealed_score_stays(
    workplace: Workplace, at_page: Open
) -> None:
    then = replace(workplace, clock=lambda: LONG_AGO)
    made = open_system(then, "Churn", answers=30, period="2025Q1")
    add_evidence_json(
        then, ADA, assessment_id=made.assessment_id,
        text=text_of(touched=(Touched(path="src/train.py", days=("2025-03-03", "2025-03-02", "2025-03-01")),)),
    )  # fmt: skip
    close_assessment(then, ADA, assessment_id=made.assessment_id)
    page = at_page("system", system=made.system_id, questions="Stale")
    assert "answers wait to be confirmed. The score of a closed quarter stays as it was sealed." in words(page)
    table = str(page.dataframe[-1].value.to_dict())
    assert "Last confirmed on 2 Jan 2025" in table


def test_a_trend_over_two_versions_says_that_it_is_over_the_common_questions(
    workplace: Workplace, at_page: Open, packs: Path
) -> None:
    made = tiny(workplace, period=preceding(QUARTER))
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    (packs / "tiny.yaml").write_text(next_version())
    later = open_assessment(workplace, ADA, system_id=made.system_id, period=QUARTER, scope="all")
    for question, level in {"DAT-01": 3, "DAT-03": 3, "AGT-01": 4, "AGT-02": 4}.items():
        answer_question(
            workplace, ADA, assessment_id=later.assessment_id, question_id=question,
            choice=Choice(state="answered", level=level), expected_rev=0,
        )  # fmt: skip
    page = at_page("system", system=made.system_id)
    assert "The quarters did not ask the same (versions 7, 8, core or all)." in words(page)
    assert "The trend is over the 2 questions that each of them asked" in words(page)
    since = f"since {numbers.period(preceding(QUARTER))}, common questions"
    assert since in str([metric.delta for metric in page.metric])


# --- withdrawn quarters ---
def test_a_closed_quarter_is_withdrawn_with_a_reason_read_and_assessed_anew(
    workplace: Workplace, at_page: Open
) -> None:
    made = open_system(workplace, "Churn", answers=10, closed=True)
    page = at_page("system", system=made.system_id)
    press(page, f"Withdraw {_quarter()} for good")
    assert "Not withdrawn: reason: is empty" in words(page)
    area = next(one for one in page.text_area if one.label == "What is wrong with it?")
    area.set_value("the *wrong* system").run()
    press(page, f"Withdraw {_quarter()} for good")
    (withdrawn,) = list_withdrawn(workplace, ADA, system_id=made.system_id)
    assert withdrawn.withdrawn_because == "the *wrong* system"
    assert title(page) == "Churn"
    assert "This system was never assessed" in words(page)
    assert "Withdrawn by Somebody: the *wrong* system" in words(page)
    press(page, f"Assess {_quarter()} anew")
    again = workplace.store.read(lambda records: records.assessment_for(made.system_id, QUARTER))
    assert (again.previous, again.state) == (made.assessment_id, "open")
    assert f"What we said in {_quarter()}, withdrawn since" in words(at_page("assess", system=made.system_id))


def test_who_opens_a_quarter_that_another_tab_opened_meanwhile_finds_that_one(
    workplace: Workplace, at_page: Open
) -> None:
    system = create_system(workplace, ADA, name="Churn", team="Growth").system_id
    page = at_page("system", system=system)
    made = open_assessment(workplace, ADA, system_id=system, period=QUARTER)
    press(page, f"Open {_quarter()}")
    assert any(button.label == "Continue the assessment" for button in page.button)
    assert workplace.store.read(lambda records: records.assessments_of(system)) == [made]


def test_a_link_with_the_old_name_of_a_team_leads_to_the_new_one(workplace: Workplace, at_page: Open) -> None:
    open_system(workplace, "Churn", answers=1)
    open_system(workplace, "Pricing", team="Offers", answers=1)
    rename_team(workplace, ADA, team="Growth", name="Reach")
    page = at_page("portfolio", team="Growth")
    assert next(one for one in page.selectbox if one.label == "Team").value == "Reach"


def test_the_portfolio_and_the_system_page_leave_a_withdrawn_quarter_out(workplace: Workplace, at_page: Open) -> None:
    made = open_system(workplace, "Churn", answers=39, level=1, period=preceding(QUARTER), closed=True)
    wrong = add_quarter(workplace, made.system_id, period=QUARTER, answers=39, level=4, closed=True)
    withdraw_assessment(workplace, ADA, assessment_id=wrong.assessment_id, reason="why")
    page = at_page("system", system=made.system_id)
    assert "B" in title(page)
    assert "E" not in title(page).split(":")[1]
    assert "Churn" in words(at_page())


# --- zones and names ---
def test_the_zone_is_chosen_on_the_about_page(workplace: Workplace, at_page: Open) -> None:
    page = at_page("about")
    assert "Quarters end at midnight of" in words(page)
    box = next(one for one in page.selectbox if one.label == "The organisation's time zone")
    box.set_value("Asia/Tokyo").run()
    assert "Quarters end at midnight of Asia/Tokyo" in words(page)
    assert workplace.store.read(lambda records: records.versions.zone()) == "Asia/Tokyo"


def test_a_team_gets_another_name_on_the_page_of_one_of_its_systems(workplace: Workplace, at_page: Open) -> None:
    made = open_system(workplace, "Churn", answers=1)
    create_system(workplace, ADA, name="Other", team="Offers")
    page = at_page("system", system=made.system_id)
    field = next(one for one in page.text_input if one.label == "Name of the team")
    field.set_value("Offers").run()
    press(page, "Rename the team")
    assert "Not renamed: team: there is a team Offers already" in words(page)
    next(one for one in page.text_input if one.label == "Name of the team").set_value("Reach").run()
    press(page, "Rename the team")
    assert read_system(workplace, ADA, system_id=made.system_id).team == "Reach"


def _quarter() -> str:
    return f"Q{QUARTER[5]} {QUARTER[:4]}"
