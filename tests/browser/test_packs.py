"""A system assessed with a checklist of three levels, from its creation to the quarter after; and the other lenses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from operations.assessments import read_questionnaire
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, QUARTER, open_system, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import check
from ui import numbers

NOW = numbers.period(QUARTER)


def test_a_checklist_of_three_levels_from_creation_to_the_quarter_after(own_server: Server, visit: Visit) -> None:
    you = visit(own_server)
    you.open("/create")
    you.page.get_by_text("ML Test Score", exact=True).click()
    you.says(re.compile("^All 28 questions are asked"))
    you.create_system("Fraud", "Trust")

    # one question at a time, with the keyboard: 3 and 4 are no levels here
    you.page.get_by_text("Keys: 0–2 choose a level").wait_for()
    expect(you.card("DATA-01").locator("[data-testid=stRadioOption]")).to_have_count(5)
    you.press("4")
    you.press("2")
    you.chosen("DATA-01", 2)
    you.answered(1)
    you.press("Enter")
    expect(you.card("DATA-02")).to_be_visible()
    you.press("u")
    you.chosen("DATA-02", 3)
    you.answered(2)

    # as a list: by mouse and by keyboard, and all of it comes back
    you.page.get_by_text("All questions", exact=True).click()
    expect(you.listed("MONIT-07").locator("label")).to_have_count(5)
    you.listed_chosen("DATA-01", 2)
    you.listed_chosen("DATA-02", 3)
    you.listed_option("MODEL-01", 1).click()
    you.listed_option("INFRA-01", 0).click()
    you.listed("MONIT-01").locator("input").first.focus()
    you.press("3", "1")
    you.says(re.compile("^5 of 28 answered"))
    you.reload()
    for question, place in (("MODEL-01", 1), ("INFRA-01", 0), ("MONIT-01", 1)):
        you.listed_chosen(question, place)

    system = re.search("system=([0-9a-f]+)", you.page.url)
    assert system
    with workplace_at(own_server.database) as workplace:
        _answer_the_rest(workplace, system[1])
    you.open(f"/system?system={system[1]}")
    you.cell("Model development", NOW).click()
    you.says("What weighs most")
    you.says(re.compile("^ML Test Score: "))
    check(you)
    you.open(f"/system?system={system[1]}")
    you.click(f"Close {NOW}")
    you.click(f"Close {NOW} for good")
    you.says(f"{NOW} is closed and sealed.")

    # the next quarter with another checklist: a new series, and both stand apart
    you.click("Another checklist")
    you.page.get_by_text("Technical debt of machine-learning systems", exact=True).click()
    you.click(re.compile("^Open Q. .* with “Technical debt"))
    you.at_question("ENT-01")
    expect(you.page.get_by_text("What we said in")).to_have_count(0)
    you.open(f"/system?system={system[1]}")
    you.says(f"{NOW} asked other things and stands apart.")
    you.page.get_by_role("radio", name="ML Test Score").click()
    expect(you.cell("Model development", NOW)).to_be_visible()
    expect(you.page).to_have_url(re.compile("checklist=ml-test-score"))
    you.no_sideways_scroll()


def _answer_the_rest(workplace: object, system: str) -> None:
    from operations.assessments import Choice, answer_question  # late: needed in one place of one test
    from operations.system_view import read_system_view
    from operations.workplace import Workplace

    assert isinstance(workplace, Workplace)
    assessment = read_system_view(workplace, ADA, system_id=system).assessments[-1]
    view = read_questionnaire(workplace, ADA, assessment_id=assessment.assessment_id)
    for question in view.questions:
        if question.id not in view.answers:
            answer_question(
                workplace, ADA, assessment_id=assessment.assessment_id, question_id=question.id,
                choice=Choice(state="answered", level=1), expected_rev=0,
            )  # fmt: skip


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_other_lenses_unfold_on_a_wide_page_and_on_a_phone(
    own_server: Server, visit: Visit, width: int, dark: bool
) -> None:
    with workplace_at(own_server.database) as workplace:
        made = open_system(workplace, "Churn model", answers=34, level=1)
    you = visit(own_server, width=width, dark=dark).open(f"/system?system={made.system_id}")
    _unfold(you, "ML Test Score, approximated")
    you.says(re.compile("^An approximation, not the ML Test Score itself"))
    you.says("nearest: TST-01")
    _unfold(you, "Debt ratio in the manner of SQALE and Sonar")
    field = you.page.get_by_label("What would building the system anew cost, in person-days?")
    field.fill("900")
    field.press("Enter")
    you.says(re.compile(r"building the system anew 900 days\."))
    you.quiet()
    check(you)
    you.no_sideways_scroll()


def _unfold(you: Visitor, label: str) -> None:
    you.page.locator("[data-testid=stExpander] summary").filter(has_text=label).click()
