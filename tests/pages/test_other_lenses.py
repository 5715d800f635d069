"""The section "Other lenses": an approximation labelled as one, the way to the exact pack, and the debt ratio."""

from __future__ import annotations

import pytest

from operations.assessments import close_assessment, open_assessment, read_questionnaire
from operations.lenses import read_lenses
from operations.plans import save_plan_settings
from operations.systems import create_system
from operations.workplace import Workplace
from scoring.lenses import Standing
from store.plan_records import PlanSettings
from tests.pages.conftest import ADA, QUARTER, Open, answer, open_system, press, title, words
from ui import numbers
from ui.lenses import STANDING_WORDS, amount, grid_words, percent

NOW = numbers.period(QUARTER)


def test_the_lens_is_labelled_as_an_approximation_and_leads_to_the_exact_questions(
    at_page: Open, workplace: Workplace
) -> None:
    made = open_system(workplace, "Churn", answers=39, level=1)
    page = at_page("system", system=made.system_id)
    said = words(page)
    assert "ML Test Score, approximated: " in said
    assert "An approximation, not the ML Test Score itself: nobody answered its 28 questions." in said
    assert "nearest: TST-01" in said
    assert f"{NOW} is open; when it is closed, go on with the exact 28 questions." in said
    assert [link.proto.label for link in page.get("page_link") if "exact 28" in link.proto.label]


def test_a_closed_quarter_offers_the_exact_questions_for_the_next(at_page: Open, workplace: Workplace) -> None:
    made = open_system(workplace, "Churn", answers=39, level=1, closed=True)
    page = at_page("system", system=made.system_id)
    (label,) = [button.label for button in page.button if "the exact 28 questions" in button.label]
    page = press(page, label)
    assert "ML Test Score" in words(page)
    assert title(page).startswith("Churn: ")


def test_what_the_core_set_does_not_ask_widens_the_range(workplace: Workplace) -> None:
    made = open_system(workplace, "Churn", answers=39, level=0)
    (lens,) = read_lenses(workplace, ADA, assessment_id=made.assessment_id).lenses
    unasked = [item for item in lens.items if item.standing is Standing.NOT_ASKED]
    assert unasked
    assert not lens.span.certain
    assert lens.span.high == 7


def test_the_exact_pack_is_said_in_its_own_unit_and_has_no_lens(at_page: Open, workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Churn", team="Growth").system_id
    made = open_assessment(workplace, ADA, system_id=system, period=QUARTER, pack="ml-test-score")
    for question in read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).questions:
        answer(workplace, made, question.id, 0)
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    said = words(at_page("system", system=system))
    assert "ML Test Score: 7" in said
    assert "“Outstanding.”" in said
    assert "approximated" not in said


def test_the_ratio_is_shown_only_when_a_rebuild_cost_was_entered(at_page: Open, workplace: Workplace) -> None:
    made = open_system(workplace, "Churn", answers=34, level=2)
    page = at_page("system", system=made.system_id)
    assert "Enter what building the system anew would cost to see it." in words(page)
    (field,) = [one for one in page.number_input if one.label.startswith("What would building")]
    field.set_value(1000.0).run()
    said = words(page)
    assert "building the system anew 1000 days." in said
    assert "It knows no interest" in said
    (field,) = [one for one in page.number_input if one.label.startswith("What would building")]
    field.set_value(None).run()
    assert "Enter what building the system anew would cost to see it." in words(page)


def test_a_rebuild_cost_keeps_what_else_the_plan_holds(at_page: Open, workplace: Workplace) -> None:
    made = open_system(workplace, "Churn", answers=34, level=2)
    kept = PlanSettings(budget_days=21, pinned=frozenset({"ENT-01"}))
    save_plan_settings(workplace, ADA, system_id=made.system_id, settings=kept, expected_rev=0)
    page = at_page("system", system=made.system_id)
    (field,) = [one for one in page.number_input if one.label.startswith("What would building")]
    field.set_value(400.0).run()
    settings = read_lenses(workplace, ADA, assessment_id=made.assessment_id).settings
    assert (settings.rebuild_days, settings.budget_days, settings.pinned) == (400, 21, frozenset({"ENT-01"}))


def test_a_rebuild_cost_over_another_persons_change_is_refused_and_said(at_page: Open, workplace: Workplace) -> None:
    made = open_system(workplace, "Churn", answers=34, level=2)
    page = at_page("system", system=made.system_id)
    theirs = PlanSettings(budget_days=30)
    save_plan_settings(workplace, ADA, system_id=made.system_id, settings=theirs, expected_rev=0)
    (field,) = [one for one in page.number_input if one.label.startswith("What would building")]
    field.set_value(400.0).run()
    assert "Not saved: somebody else changed the plan's settings meanwhile" in words(page)
    settings = read_lenses(workplace, ADA, assessment_id=made.assessment_id).settings
    assert (settings.rebuild_days, settings.budget_days) == (None, 30)


def test_every_standing_has_words() -> None:
    assert set(STANDING_WORDS) == set(Standing) - {Standing.KNOWN}


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (7.0, "7"), (3.5, "3.5"), (2.25, "2.25"), (10.0, "10")])
def test_points_have_what_decimals_they_need(value: float, said: str) -> None:
    assert amount(value) == said


@pytest.mark.parametrize(("ratio", "said"), [(0, "0 %"), (0.001, "1 %"), (0.17, "17 %"), (1.7, "170 %")])
def test_a_ratio_may_be_above_a_hundred_and_never_hides_a_little(ratio: float, said: str) -> None:
    assert percent(ratio) == said


def test_the_grid_is_said_as_published() -> None:
    assert grid_words() == "A up to 5 %, B up to 10 %, C up to 20 %, D up to 50 %, E beyond"
