"""Somebody who has never seen Arrears assesses a system with its repository, closes the quarter and does the next."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import expect

from operations.periods import following, period_of
from operations.workplace import shipped_checklist
from tests.browser.archives import numpy_archive
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.serving import Server
from ui import numbers

QUARTER = period_of(datetime.now().astimezone().date())
NOW, NEXT = numbers.period(QUARTER), numbers.period(following(QUARTER))
CORE = 34  #: core questions for a system without foundation model, agents and retrieval


def test_from_the_first_page_to_what_changed_since_last_quarter(own_server: Server, visit: Visit) -> None:
    you = visit(own_server).open()
    creates_the_first_system(you)
    answers_with_the_keyboard_and_the_mouse(you)
    loses_nothing_by_reloading(you)
    answers_the_rest_as_fast_as_keys_go(you)
    hands_over_the_repository(you)
    opens_a_cell_with_the_mouse_and_with_the_keyboard_alone(you)
    closes_the_quarter(you)
    answers_the_next_quarter_with_last_times_answers_at_hand(you)
    sees_the_trend_and_what_changed(you)


def creates_the_first_system(you: Visitor) -> None:
    you.title("What does your ML system owe?")
    you.click("Assess your first system")
    you.title("Which system do you want to assess?")
    you.settle()
    you.create_system("Churn model", "Growth", decides="Which customers get an offer", affected="2 million subscribers")
    you.title(f"Churn model: {NOW}")
    you.says(re.compile(rf"^0 of {CORE} answered, about \d+ minutes left"))
    assert you.question() == "ENT-01"


def answers_with_the_keyboard_and_the_mouse(you: Visitor) -> None:
    you.press("3")
    you.chosen("ENT-01", 3)
    you.answered(1)
    you.press("Enter")
    you.at_question("ENT-03")
    you.press("u")
    you.chosen("ENT-03", 5)
    you.answered(2)
    you.click("Next question")
    you.at_question("ENT-05")
    you.option("ENT-05", 1).click()
    you.answered(3)
    you.press("ArrowLeft")  # also on a radio: it goes back instead of changing the answer
    you.at_question("ENT-03")
    you.chosen("ENT-03", 5)
    you.press("ArrowRight")
    you.at_question("ENT-05")
    you.chosen("ENT-05", 1)


def loses_nothing_by_reloading(you: Visitor) -> None:
    where = you.page.url
    stands = int(you.card("ENT-05").locator("input:checked").get_attribute("value") or -1)
    you.reload()
    you.at_question("ENT-05")
    you.chosen("ENT-05", stands)
    you.says(re.compile(rf"^3 of {CORE} answered"))
    second = you.new_tab(where)
    second.chosen("ENT-05", stands)
    second.says(re.compile(rf"^3 of {CORE} answered"))
    second.page.close()


def answers_the_rest_as_fast_as_keys_go(you: Visitor) -> None:
    """Nothing is waited for between the keys: each must reach the question the person has in mind."""
    expect(you.page.get_by_text(re.compile("· question 3 of 4 ·"))).to_be_visible()
    you.page.locator("[data-testid=stMain] h1").click()  # away from the radio, to which Enter means nothing
    ids = [question.id for question in shipped_checklist().core()][3:CORE]
    for question in ids:
        you.press("Enter", "0" if question == "TST-01" else "2")
    you.at_question(ids[-1])
    you.answered(CORE)
    you.says("That was the last question")
    for area in ("TST", "PIP"):
        assert_choices(you, [question for question in ids if question.startswith(area)])


def assert_choices(you: Visitor, ids: list[str]) -> None:
    """Look at the whole area and expect what was typed."""
    area = shipped_checklist().area_of[ids[0]]
    you.page.get_by_role("radio", name="Whole area").click()
    expect(you.page.get_by_role("article").first).to_be_visible()  # until then the areas are those of the one question
    you.page.get_by_role("radio", name=re.compile(f"^{area.short} ")).click()
    for question in ids:
        you.listed_chosen(question, 0 if question == "TST-01" else 2)


def hands_over_the_repository(you: Visitor) -> None:
    you.page.get_by_role("link", name="Evidence").first.click()
    you.title("nothing is known of the repository yet")
    you.page.locator("input[type=file]").set_input_files(
        {"name": "numpy.zip", "mimeType": "application/zip", "buffer": numpy_archive()}
    )
    you.title(re.compile(r"\d+ contradictions? to decide$"))
    you.says(re.compile(r"\d+ files, 0 notebooks, read as"))
    # the team said that everything is tested; what was handed over has no test
    untested = you.page.locator("[class*='st-key-contradiction-TST-01']").first
    expect(untested).to_contain_text("Level 0: ")
    you.says(re.compile(r"^numpy/[\w/]+\.py:\d+"))
    contradictions = int(re.search(r"(\d+) contradiction", you.page.locator("h1").inner_text())[1])  # type: ignore[index]
    untested.get_by_role("button", name=re.compile("It is wrong here")).click()
    you.field("Why does this not hold?").fill("The tests are in a repository of their own.")
    you.field("Why does this not hold?").press("Tab")
    you.click("Override with this reason")
    you.says(re.compile(r"^TST-01: overridden\. It stays in the ledger"))
    left = contradictions - 1
    you.title(f"{numbers.count(left, 'contradiction')} to decide" if left else "decided")


def opens_a_cell_with_the_mouse_and_with_the_keyboard_alone(you: Visitor) -> None:
    you.page.get_by_role("link", name="Portfolio").first.click()
    you.cell("Churn model", "Testing").click()
    you.says("What weighs most")
    expect(you.page.get_by_role("heading", name=re.compile("^Testing"))).to_be_visible()
    you.page.get_by_text("How this number came about, step by step").click()
    you.says(re.compile(r"^1\. "))
    expect(you.page).to_have_url(re.compile(r"area=TST"))
    you.page.keyboard.press("Escape")

    you.reload()
    you.cell("Churn model", "Data dependencies").wait_for()
    you.page.get_by_role("combobox", name=re.compile("Order")).focus()
    for _ in range(6):  # from the last filter into the heatmap
        you.press("Tab")
        if you.page.locator("td[role=gridcell]:focus, th a:focus").count():
            break
    you.press("Home", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    expect(you.page).to_have_url(re.compile(r"area=DAT"))
    expect(you.page.get_by_role("heading", name=re.compile("^Data"))).to_be_visible()
    expect(you.page.locator("td[role=gridcell]:focus")).to_have_attribute(
        "aria-label", re.compile("^Churn model, Data")
    )
    you.press("End", "Enter")
    expect(you.page).to_have_url(re.compile(r"area=ALL"))
    you.says("How this number came about, step by step")


def closes_the_quarter(you: Visitor) -> None:
    you.page.get_by_role("link", name="Open the system").click()
    you.title(re.compile("^Churn model: [A-E], .* worst"))
    you.click(f"Close {NOW}")
    you.says("Closing seals the answers")
    you.click(f"Close {NOW} for good")
    you.says(f"{NOW} is closed and sealed.")
    expect(you.button(f"Open {NEXT}")).to_be_visible()
    you.says(re.compile(r"^Sealed under [0-9a-f]{64}$"))


def answers_the_next_quarter_with_last_times_answers_at_hand(you: Visitor) -> None:
    you.click(f"Open {NEXT}")
    you.title(f"Churn model: {NEXT}")
    you.says(re.compile(rf"^0 of {CORE} answered"))
    you.at_question("ENT-01")
    you.unanswered("ENT-01")
    last = you.page.get_by_text(f"What we said in {NOW}")
    confirm = you.page.get_by_role("button", name="Still true: confirm it")
    expect(confirm).to_be_hidden()
    last.click()
    you.says(re.compile(r"^Level 3 \("))
    confirm.click()
    you.chosen("ENT-01", 3)
    you.answered(1)
    you.says(re.compile(r"^confirmed \d\d:\d\d:\d\d by Somebody"))
    you.press("Enter")
    you.at_question("ENT-03")
    you.press("Enter")
    you.at_question("ENT-05")
    you.press("4")
    you.answered(2)


def sees_the_trend_and_what_changed(you: Visitor) -> None:
    you.page.get_by_role("link", name="See the heatmap").click()
    expect(you.page.get_by_role("heading", name="Trend")).to_be_visible()
    expect(you.page.locator("[data-testid=stPlotlyChart]")).to_be_visible()
    you.page.get_by_role("heading", name="Questions", exact=True).scroll_into_view_if_needed()
    changed = you.page.locator("[data-testid=stDataFrame]:has(canvas th:text-is('Cause')) canvas tbody tr")
    expect(changed).to_have_count(1)
    expect(changed.locator("td")).to_contain_text(["ENT-05", "1", "4", "answer changed"])
    expect(you.cell("Entanglement and model boundaries", NEXT)).to_be_visible()
