"""The questionnaire: saving at once, what is refused and how that is said, last quarter's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import pages.answering
from operations.assessments import Choice, answer_question, close_assessment, read_answers
from operations.authorize import Actor
from operations.errors import StorageFull
from operations.periods import preceding
from operations.records import AnswerRecord, AssessmentRecord
from operations.systems import create_system
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, answer, open_system, press, title, words
from ui import numbers, session
from ui.question_card import answer_key

BO = Actor(name="Bo", local=True)


@pytest.fixture
def assessment(workplace: Workplace) -> AssessmentRecord:
    return open_system(workplace, "Churn model")


@pytest.fixture
def page(at_page: Open, assessment: AssessmentRecord) -> AppTest:
    return at_page("assess", system=assessment.system_id)


def choose(page: AppTest, assessment: AssessmentRecord, question: str, option: int | str) -> AppTest:
    page.radio(key=answer_key(assessment.assessment_id, question)).set_value(option).run()
    assert not page.exception, page.exception
    return page


def kept(workplace: Workplace, assessment: AssessmentRecord) -> dict[str, AnswerRecord]:
    return dict(read_answers(workplace, ADA, assessment_id=assessment.assessment_id))


@pytest.mark.parametrize("option", [0, 1, 2, 3, 4])
def test_a_level_is_saved_at_once(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace, option: int
) -> None:
    choose(page, assessment, "ENT-01", option)
    assert kept(workplace, assessment)["ENT-01"].level == option
    assert "by Somebody" in words(page)


def test_we_do_not_know_is_an_answer(page: AppTest, assessment: AssessmentRecord, workplace: Workplace) -> None:
    choose(page, assessment, "ENT-01", "unknown")
    assert kept(workplace, assessment)["ENT-01"].state == "unknown"


def test_a_reason_that_is_refused_stays_where_it_was_typed(at_page: Open, assessment: AssessmentRecord) -> None:
    page = at_page("assess", system=assessment.system_id, question="ENT-10")  # lists no accepted reason
    choose(page, assessment, "ENT-10", "not_applicable")
    reason = next(field for field in page.text_input if field.label == "Why does it not apply here?")
    reason.set_value("It has one input only").run()
    press(page, "Save that it does not apply")
    assert "name a second person who agrees" in words(page)
    assert "It has one input only" in [field.value for field in page.text_input]


def test_links_that_are_refused_stay_where_they_were_typed(page: AppTest, assessment: AssessmentRecord) -> None:
    choose(page, assessment, "ENT-01", 1)
    given = "src/train.py:42\njavascript:alert(1)"
    next(area for area in page.text_area if area.label.startswith("Evidence links")).set_value(given).run()
    assert "Not saved: evidence links" in words(page)
    assert given in [area.value for area in page.text_area]


def test_not_applicable_is_saved_with_its_reason_only(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", "not_applicable")
    assert "Not saved yet: a reason is needed." in words(page)
    assert not kept(workplace, assessment)
    page.text_input(key=f"reason-{assessment.assessment_id}-ENT-01").set_value("There is one input only.")
    for second in page.text_input:
        if second.label == "Who else agrees?":
            second.set_value("Bo")
    press(page, "Save that it does not apply")
    assert kept(workplace, assessment)["ENT-01"].reason == "There is one input only."


def test_the_next_question_and_back(page: AppTest) -> None:
    press(page, "Next question")
    assert "ENT-03 · " in words(page)
    press(page, "Back")
    assert "ENT-01 · " in words(page)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("ENT-02", "ENT-02 is not among the core questions. Choose “All”"),
        ("FMD-01", "FMD-01 does not apply to this system."),
        ("ZZZ-99", "The question of this link is not in the checklist."),
    ],
)
def test_a_link_to_a_question_that_is_not_asked_says_so(
    at_page: Open, assessment: AssessmentRecord, question: str, said: str
) -> None:
    page = at_page("assess", system=assessment.system_id, question=question)
    assert said in words(page).replace("\\", "")
    assert "ENT-01 · " in words(page)


def questions_listed(page: AppTest) -> list[str]:
    """The ids of the questions in the list, which the test's browser does not draw."""
    told = [json.loads(part.proto.json) for part in page.get("bidi_component") if "areas" in part.proto.json]
    return [words[0] for each in told if each.get("areas") for _, _, asked in each["areas"] for words in asked]


@pytest.mark.parametrize(("view", "count"), [("One question", 0), ("Whole area", 4), ("All questions", 34)])
def test_each_layout_shows_its_questions(at_page: Open, assessment: AssessmentRecord, view: str, count: int) -> None:
    page = at_page("assess", system=assessment.system_id, view=view)
    assert len(questions_listed(page)) == count
    assert len([radio for radio in page.radio if radio.key and radio.key.startswith("answer-")]) == (count == 0)


def test_all_questions_can_be_asked(page: AppTest, assessment: AssessmentRecord) -> None:
    page.button_group(key=f"scope-{assessment.assessment_id}").set_value("all").run()
    assert not page.exception
    assert "question 1 of 10" in words(page)


def test_a_change_by_somebody_else_is_shown_and_decided(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    answer(workplace, assessment, "ENT-01", 1, actor=BO)
    choose(page, assessment, "ENT-01", 4)
    assert "Bo changed this meanwhile to level 1" in page.warning[0].value
    assert "You chose level 4" in page.warning[0].value
    assert [toast.value.replace("\\", "") for toast in page.toast] == ["ENT-01: Bo was faster. Choose below."]
    assert kept(workplace, assessment)["ENT-01"].level == 1
    press(page, "Use mine")
    assert not page.warning
    assert kept(workplace, assessment)["ENT-01"].level == 4


def test_keeping_theirs_drops_mine(page: AppTest, assessment: AssessmentRecord, workplace: Workplace) -> None:
    answer(workplace, assessment, "ENT-01", 1, actor=BO)
    choose(page, assessment, "ENT-01", 4)
    press(page, "Keep theirs")
    assert not page.warning
    assert kept(workplace, assessment)["ENT-01"].level == 1
    assert page.radio(key=answer_key(assessment.assessment_id, "ENT-01")).value == 1


def note(page: AppTest, assessment: AssessmentRecord, question: str, text: str) -> None:
    page.text_area(key=f"note-{assessment.assessment_id}-{question}").set_value(text)


def change(
    workplace: Workplace, assessment: AssessmentRecord, *, rev: int, actor: Actor = BO, **about: Any
) -> AnswerRecord:
    return answer_question(
        workplace, actor, assessment_id=assessment.assessment_id, question_id="ENT-01",
        choice=Choice(**about), expected_rev=rev,
    )  # fmt: skip


def test_mine_keeps_the_note_another_wrote_meanwhile(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    change(workplace, assessment, rev=1, state="answered", level=1, note="see the log")
    choose(page, assessment, "ENT-01", 4)
    assert "Their note: see the log." in words(page)
    press(page, "Use mine")
    assert (kept(workplace, assessment)["ENT-01"].level, kept(workplace, assessment)["ENT-01"].note) == (
        4, "see the log",
    )  # fmt: skip


def test_two_notes_at_once_are_both_shown_and_mine_keeps_their_level(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    change(workplace, assessment, rev=1, state="answered", level=3, note="theirs")
    note(page, assessment, "ENT-01", "mine")
    page.run()
    assert "Their note: theirs. Your note: mine." in words(page)
    assert kept(workplace, assessment)["ENT-01"].note == "theirs"
    press(page, "Use mine")
    assert (kept(workplace, assessment)["ENT-01"].level, kept(workplace, assessment)["ENT-01"].note) == (3, "mine")


def test_a_third_person_who_changed_it_again_is_shown_before_mine_counts(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    answer(workplace, assessment, "ENT-01", 1, actor=BO)
    choose(page, assessment, "ENT-01", 4)
    change(workplace, assessment, rev=1, actor=Actor(name="Cy", local=True), state="answered", level=2)
    press(page, "Use mine")
    assert "Cy changed this meanwhile to level 2" in words(page)
    assert kept(workplace, assessment)["ENT-01"].level == 2
    press(page, "Use mine")
    assert kept(workplace, assessment)["ENT-01"].level == 4


def test_a_note_and_a_level_in_one_message_are_both_saved(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    note(page, assessment, "ENT-01", "both")
    choose(page, assessment, "ENT-01", 3)
    assert not page.warning
    assert (kept(workplace, assessment)["ENT-01"].level, kept(workplace, assessment)["ENT-01"].note) == (3, "both")


def test_undo_of_what_somebody_else_changed_meanwhile_is_refused_in_words(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    change(workplace, assessment, rev=1, state="answered", level=3)
    press(page, "Undo")
    assert "Nothing was changed: Bo changed the answer to ENT-01" in words(page)
    assert "Use mine" not in [button.label for button in page.button]
    assert kept(workplace, assessment)["ENT-01"].level == 3


def test_confirming_what_somebody_answered_meanwhile_is_refused_in_words(at_page: Open, workplace: Workplace) -> None:
    before = open_system(workplace, "Churn model", answers=3, level=3, period=preceding(QUARTER), closed=True)
    now = add_quarter(workplace, before.system_id, period=QUARTER)
    page = at_page("assess", system=before.system_id)
    answer(workplace, now, "ENT-01", 1, actor=BO)
    press(page, "Still true: confirm it")
    assert "Nothing was changed: Bo changed the answer to ENT-01" in words(page)
    assert "Use mine" not in [button.label for button in page.button]
    assert kept(workplace, now)["ENT-01"].level == 1


def test_a_reason_that_lacks_a_second_person_stays_to_be_mended(
    at_page: Open, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    page = at_page("assess", system=assessment.system_id, question="ENT-05")
    choose(page, assessment, "ENT-05", "not_applicable")
    reason = f"reason-{assessment.assessment_id}-ENT-05"
    page.text_input(key=reason).set_value("Nobody reads it.")
    press(page, "Save that it does not apply")
    assert "Not saved: agreed with" in words(page)
    assert page.text_input(key=reason).value == "Nobody reads it."
    page.text_input(key=f"second-{assessment.assessment_id}-ENT-05").set_value("Bo")
    press(page, "Save that it does not apply")
    assert kept(workplace, assessment)["ENT-05"].reason == "Nobody reads it. (agreed with Bo)"


def test_choosing_the_scope_of_a_quarter_closed_meanwhile_is_refused_in_words(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    close_assessment(workplace, BO, assessment_id=assessment.assessment_id)
    page.button_group(key=f"scope-{assessment.assessment_id}").set_value("all").run()
    assert not page.exception
    assert "Not changed: The assessment" in words(page)


def test_a_full_disk_is_one_sentence_and_the_choice_is_taken_back(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(page, assessment, "ENT-01", 1)

    def full(*_args: object, **_more: object) -> None:
        raise StorageFull("The disk is full. What was saved before is safe; free some space and choose again.")

    monkeypatch.setattr(pages.answering, "answer_question", full)
    page.run()
    choose(page, assessment, "ENT-01", 3)
    assert [error.value for error in page.error] == [
        "Not saved: The disk is full. What was saved before is safe; free some space and choose again."
    ]
    assert page.radio(key=answer_key(assessment.assessment_id, "ENT-01")).value == 1
    assert kept(workplace, assessment)["ENT-01"].level == 1


def test_undo_puts_back_what_stood_before(page: AppTest, assessment: AssessmentRecord, workplace: Workplace) -> None:
    choose(page, assessment, "ENT-01", 1)
    choose(page, assessment, "ENT-01", 4)
    press(page, "Undo")
    assert kept(workplace, assessment)["ENT-01"].level == 1


def test_undo_of_the_first_answer_leaves_none(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    choose(page, assessment, "ENT-01", 1)
    press(page, "Undo")
    assert not kept(workplace, assessment)
    assert page.radio(key=answer_key(assessment.assessment_id, "ENT-01")).value is None


def test_last_quarters_answer_is_folded_not_counted_and_confirmed_by_one_click(
    at_page: Open, workplace: Workplace
) -> None:
    earlier = preceding(QUARTER)
    before = open_system(workplace, "Churn model", answers=3, level=3, period=earlier, closed=True)
    now = add_quarter(workplace, before.system_id, period=QUARTER)
    page = at_page("assess", system=before.system_id)
    folded = next(e for e in page.expander if numbers.period(earlier) in e.label)
    assert not folded.proto.expanded
    assert not kept(workplace, now)
    press(page, "Still true: confirm it")
    assert (kept(workplace, now)["ENT-01"].level, kept(workplace, now)["ENT-01"].source) == (3, "confirmed")
    assert "Still true: confirm it" not in [button.label for button in page.button]


def test_the_browsers_back_button_goes_to_the_question_before(page: AppTest) -> None:
    press(page, "Next question")
    assert page.query_params["question"] == "ENT-03"
    page.query_params["question"] = "ENT-01"
    page.run()
    assert page.query_params["question"] == "ENT-01"
    press(page, "Next question")
    assert page.query_params["question"] == "ENT-03", "the link must not hold on to a question"


def test_a_closed_quarter_can_be_read_and_not_changed(at_page: Open, workplace: Workplace) -> None:
    closed = open_system(workplace, "Churn model", answers=3, closed=True)
    page = at_page("assess", system=closed.system_id, period=QUARTER, question="ENT-01")
    assert "is closed and sealed" in words(page)
    assert page.radio(key=answer_key(closed.assessment_id, "ENT-01")).disabled
    assert "Undo" not in [button.label for button in page.button]


def test_without_a_quarter_it_offers_to_open_one(at_page: Open, workplace: Workplace) -> None:
    made = create_system(workplace, ADA, name="Churn model", team="Growth")
    page = at_page("assess", system=made.system_id)
    press(page, f"Open {numbers.period(QUARTER)}")
    assert title(page) == f"Churn model: {numbers.period(QUARTER)}"


def test_a_click_on_its_way_while_anothers_answer_is_drawn_asks_instead_of_overwriting(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    page.run()
    answer(workplace, assessment, "ENT-01", 1)
    page.run()  # the server draws Ada's answer; the click below left the browser before it could show it
    choose(page, assessment, "ENT-01", 4)
    assert kept(workplace, assessment)["ENT-01"].level == 1
    assert "changed this meanwhile" in words(page)


def test_a_click_after_anothers_answer_was_there_to_see_changes_it(
    page: AppTest, assessment: AssessmentRecord, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "REACTION_SECONDS", 0.0)
    page.run()
    answer(workplace, assessment, "ENT-01", 1)
    page.run()
    choose(page, assessment, "ENT-01", 4)
    assert kept(workplace, assessment)["ENT-01"].level == 4
