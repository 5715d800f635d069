"""The plan page: its finding, what stands in the link, what is kept, and what it says when there is nothing to plan."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from operations.actions import ActionDraft, close_action, read_actions, save_actions
from operations.assessments import open_assessment
from operations.plans import read_plan, save_plan_settings
from operations.records import ActionRecord, AssessmentRecord, PlanSettings
from operations.systems import create_system
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, answer, open_system, press, title, words
from ui import session

EVERY_CORE = 60  #: more than there are core questions


def listed(page: AppTest) -> dict[str, Any]:
    """What the list of repayments was given."""
    lists = [one for one in page.get("bidi_component") if one.proto.component_name == "arrears_plan_rows"]
    assert len(lists) == 1
    given: dict[str, Any] = json.loads(lists[0].proto.json)
    return given


def chosen(page: AppTest) -> list[str]:
    return [row[0] for row in listed(page)["rows"] if row[3]]


@pytest.fixture
def answered(workplace: Workplace) -> AssessmentRecord:
    return open_system(workplace, "Churn model", answers=EVERY_CORE, level=3)


def test_the_title_says_what_the_budget_buys(at_page: Open, workplace: Workplace, answered: AssessmentRecord) -> None:
    page = at_page("plan", system=answered.system_id)
    plan = read_plan(workplace, ADA, system_id=answered.system_id).plan
    assert plan.chosen
    assert title(page).startswith("Churn model: ")
    assert title(page).endswith(f"days of work avoid about {plan.benefit_days:.0f} days in a year")
    assert chosen(page) == [priority.question for priority in plan.chosen]
    assert "sums are upper estimates" in words(page)


def test_a_budget_in_the_link_counts_and_is_not_kept(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    small = at_page("plan", system=answered.system_id, budget="8", horizon="8")
    large = at_page("plan", system=answered.system_id, budget="60")
    assert len(chosen(small)) < len(chosen(large))
    assert "in 2 years" in title(small)
    assert read_plan(workplace, ADA, system_id=answered.system_id).settings.rev == 0


def test_a_budget_that_is_typed_is_kept_and_stands_in_the_link(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    page = at_page("plan", system=answered.system_id)
    page.number_input[0].set_value(40.0).run()
    assert not page.exception
    assert page.query_params["budget"] == "40"
    assert read_plan(workplace, ADA, system_id=answered.system_id).settings.budget_days == 40
    assert "40 days" not in title(at_page("plan", system=answered.system_id, budget="0"))


@pytest.mark.parametrize("given", ["-1", "nan", "inf", "1e9", "<b>", "15,5"])
def test_a_budget_that_is_no_number_counts_as_not_said(at_page: Open, answered: AssessmentRecord, given: str) -> None:
    page = at_page("plan", system=answered.system_id, budget=given, horizon=given, what=given)
    assert page.number_input[0].value == 15.0
    assert listed(page)["tried"] == ""


def test_a_budget_of_nothing_and_of_everything_have_their_words(at_page: Open, answered: AssessmentRecord) -> None:
    nothing = at_page("plan", system=answered.system_id, budget="0")
    assert title(nothing) == "Churn model: 0 days buy no repayment yet"
    assert "A budget of 0 days repays nothing" in listed(nothing)["empty"]
    assert "The plan holds nothing." in words(nothing)
    tiny = at_page("plan", system=answered.system_id, budget="1")
    assert "No repayment fits into 1 day; the smallest takes" in listed(tiny)["empty"]
    everything = at_page("plan", system=answered.system_id, budget="10000")
    assert len(chosen(everything)) == len(listed(everything)["rows"])


def test_a_level_tried_out_in_the_link_moves_the_numbers_and_saves_nothing(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    before = at_page("plan", system=answered.system_id)
    first = chosen(before)[0]
    page = at_page("plan", system=answered.system_id, what=f"{first}.0")
    row = next(row for row in listed(page)["rows"] if row[0] == first)
    assert row[1:4] == [3, 0, 0], "answered 3, tried out 0, no longer in the plan"
    assert listed(page)["tried"].startswith("What-if: 1 level moved. Debt ")
    assert page.button(key="make-actions").disabled
    assert "reset it first" in words(page)
    assert read_plan(workplace, ADA, system_id=answered.system_id).score.questions[first].level == 3


def test_a_level_of_a_question_that_is_not_asked_is_forgotten(at_page: Open, answered: AssessmentRecord) -> None:
    page = at_page("plan", system=answered.system_id, what="ZZZ-99.0,ENT-01.0")
    assert "what" not in page.query_params
    assert listed(page)["tried"] == ""


def test_a_level_can_be_tried_out_in_a_checklist_with_ids_of_another_length(
    at_page: Open, workplace: Workplace
) -> None:
    system = create_system(workplace, ADA, name="Churn model", team="Growth").system_id
    made = open_assessment(workplace, ADA, system_id=system, period=QUARTER, pack="ml-test-score")
    answer(workplace, made, "DATA-01", 2)
    page = at_page("plan", system=system, what="DATA-01.0")
    row = next(row for row in listed(page)["rows"] if row[0] == "DATA-01")
    assert row[1:3] == [2, 0], "answered 2, tried out 0"
    assert listed(page)["tried"].startswith("What-if: 1 level moved.")


def test_an_area_in_the_link_shows_its_questions_only(at_page: Open, answered: AssessmentRecord) -> None:
    page = at_page("plan", system=answered.system_id, area="DAT")
    assert listed(page)["only"] == "Else in Data dependencies"
    rest = [row[0] for row in listed(page)["rows"] if not row[3]]
    assert rest
    assert all(question.startswith("DAT-") for question in rest)


def test_nothing_known_asks_before_it_pays(at_page: Open, workplace: Workplace) -> None:
    unknown = open_system(workplace, "New model")
    page = at_page("plan", system=unknown.system_id)
    assert "Nothing is known yet: no question has a level. Asking comes before paying." in words(page)
    assert "Answer the questions" in [button.label for button in page.button]
    assert "What would help most to know" in words(page)


def test_nothing_owed_is_said_as_such(at_page: Open, workplace: Workplace) -> None:
    clean = open_system(workplace, "Clean model", answers=EVERY_CORE, level=0)
    page = at_page("plan", system=clean.system_id)
    assert title(page) == "Clean model: nothing to repay"
    assert "every question that applies is at its best level" in words(page)


def test_a_half_known_system_says_what_the_rest_counts_as(at_page: Open, workplace: Workplace) -> None:
    half = open_system(workplace, "Half model", answers=10)
    page = at_page("plan", system=half.system_id)
    assert "what nobody knows counts as level 3" in words(page)
    assert any("nobody knows yet: counted as level 3" in row[10] for row in listed(page)["rows"])


def test_the_plan_of_an_earlier_quarter_says_so(at_page: Open, workplace: Workplace) -> None:
    old = open_system(workplace, "Old model", answers=EVERY_CORE, level=3, period="2025Q1", closed=True)
    add_quarter(workplace, old.system_id, period=QUARTER, answers=3)
    page = at_page("plan", system=old.system_id, period="2025Q1")
    assert "Q1 2025, not yet" in words(page)
    assert chosen(page)


def make(workplace: Workplace, assessment: AssessmentRecord, question: str, **more: Any) -> ActionRecord:
    draft = ActionDraft(question_id=question, title=f"Repay {question}", planned_days=5.0, benefit_days=9.0, **more)
    return save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])[0]


def test_actions_are_listed_with_owner_and_day_and_what_can_be_done(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    make(workplace, answered, "ENT-01", owner="Grace", link="https://tracker.example/1")
    page = at_page("plan", system=answered.system_id, show="Our actions")
    assert "1 action open; 0 done, 0 dropped." in words(page).replace("**", "")
    assert "ENT-01 · Grace · no date · about 5 days, avoids about 9 days" in words(page)
    assert [button.label for button in page.button if button.label.endswith("…")] == ["It is done…", "Change…", "Drop…"]


def test_a_done_action_says_what_it_took_and_opens_again(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    action = make(workplace, answered, "ENT-01")
    close_action(
        workplace, ADA, system_id=answered.system_id, action_id=action.action_id, actual_days=7.0, friction_gone=None,
        expected_rev=action.rev,
    )  # fmt: skip
    page = at_page("plan", system=answered.system_id, show="Our actions")
    assert "Done: took 7 days, estimated at 5 days; too early to tell what it saves." in words(page)
    press(page, "Open it again")
    assert read_actions(workplace, ADA, system_id=answered.system_id)[0].state == "open"


def test_the_drawer_unfolds_the_sum(at_page: Open, answered: AssessmentRecord) -> None:
    page = at_page("plan", system=answered.system_id)
    first = chosen(page)[0]
    memory = page.session_state["arrears"]
    memory[f"arrears:opened-card:{session.widget_key('plan', answered.assessment_id)}"] = first
    page.run()
    assert not page.exception
    assert "person-days" in words(page)
    labels = [expander.label for expander in page.expander]
    assert {"Why these days", "Why this debt"} <= set(labels)
    assert any(label.startswith("Why “") for label in labels)
    assert "Interest avoided over the horizon" in words(page)


def open_drawer(page: AppTest, assessment: AssessmentRecord, question: str) -> AppTest:
    key = f"arrears:opened-card:{session.widget_key('plan', assessment.assessment_id)}"
    page.session_state["arrears"][key] = question
    page.run()
    assert not page.exception
    return page


def test_a_question_at_the_level_wanted_stays_in_the_list_and_can_be_aimed_lower_again(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    settings = PlanSettings(budget_days=40.0, targets={"ENT-05": 3})
    save_plan_settings(workplace, ADA, system_id=answered.system_id, settings=settings, expected_rev=0)
    page = at_page("plan", system=answered.system_id)
    row = next(row for row in listed(page)["rows"] if row[0] == "ENT-05")
    assert row[10] == ["level 3 is what you want"]
    page = open_drawer(page, answered, "ENT-05")
    assert "There is nothing to repay at this level." in words(page)
    page.selectbox(key=f"target-{answered.system_id}-ENT-05").select(0).run()
    assert read_plan(workplace, ADA, system_id=answered.system_id).settings.targets == {}
    assert read_plan(workplace, ADA, system_id=answered.system_id).ranking.of("ENT-05") is not None


def test_the_drawer_says_why_a_repayment_is_in_the_plan_or_not(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    settings = PlanSettings(budget_days=60.0, pinned=frozenset({"RPG-02"}), excluded=frozenset({"MON-01"}))
    save_plan_settings(workplace, ADA, system_id=answered.system_id, settings=settings, expected_rev=0)
    plan = read_plan(workplace, ADA, system_id=answered.system_id).plan
    assert plan.because["TST-04"] == "RPG-02"
    page = at_page("plan", system=answered.system_id)
    for question, said in (
        ("TST-04", "In the plan, because RPG-02 needs it."),
        ("RPG-02", "In the plan, because it is pinned."),
        ("MON-01", "Not in the plan: it is left out."),
    ):
        assert said in words(open_drawer(page, answered, question))
    rest = next(row[0] for row in reversed(listed(page)["rows"]) if not row[3] and not row[4])
    assert "what is chosen for 60 days avoids at least as much" in words(open_drawer(page, answered, rest))


def test_an_estimate_with_a_gap_is_refused_in_words(
    at_page: Open, workplace: Workplace, answered: AssessmentRecord
) -> None:
    page = at_page("plan", system=answered.system_id)
    first = chosen(page)[0]
    page.session_state["arrears"][f"arrears:opened-card:{session.widget_key('plan', answered.assessment_id)}"] = first
    page.run()
    page.number_input(key=f"estimate-{answered.system_id}-{first}-effort-low").set_value(1.0)
    press(page, "Use this estimate")
    assert "needs all three points, or none" in words(page)
    assert read_plan(workplace, ADA, system_id=answered.system_id).estimates == {}
