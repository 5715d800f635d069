"""From a cell of the heatmap to a plan, a level tried out, saved actions, and the file that hands them on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from operations.actions import ActionDraft, read_actions, save_actions
from operations.plans import read_plan
from operations.records import AssessmentRecord
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server


@pytest.fixture
def planned(server: Server, request: pytest.FixtureRequest) -> AssessmentRecord:
    with workplace_at(server.database) as workplace:
        return open_system(workplace, request.node.name[:60], answers=60, level=3)


def at_plan(you: Visitor, assessment: AssessmentRecord, more: str = "") -> Visitor:
    you.open(f"/plan?system={assessment.system_id}{more}")
    expect(rows(you).first).to_be_visible()
    return you


def rows(you: Visitor) -> Locator:
    return you.page.locator("li[data-question]")


def in_plan(you: Visitor) -> Locator:
    return you.page.locator("section.chosen li[data-question]")


def row(you: Visitor, question: str) -> Locator:
    return you.page.locator(f"li[data-question={question}]")


def level(you: Visitor, question: str, number: int) -> Locator:
    return row(you, question).get_by_role("radio", name=re.compile(f"^Level {number}:"))


def ready(you: Visitor) -> None:
    """Wait until the numbers follow from what was clicked last."""
    expect(you.page.locator(".plan.waiting")).to_have_count(0)
    you.quiet()


def questions(found: Locator) -> list[str]:
    return [str(one.get_attribute("data-question")) for one in found.all()]


def test_from_a_heatmap_cell_to_saved_actions_and_their_file(
    server: Server, visit: Visit, planned: AssessmentRecord
) -> None:
    you = visit(server).open(f"/system?system={planned.system_id}")
    you.page.get_by_role("gridcell", name=re.compile("^Testing and reproducibility, ")).first.click()
    you.page.get_by_role("link", name="Plan the repayment").click()
    expect(you.page).to_have_url(re.compile(r"/plan\?.*area=TST"))
    you.title(re.compile(r"days of work avoid about"))
    expect(you.page.get_by_role("heading", name="Else in Testing and reproducibility")).to_be_visible()

    first = questions(in_plan(you))[0]
    before = you.page.locator("h1").first.inner_text()
    level(you, first, 0).check(force=True)
    ready(you)
    you.says(re.compile(r"^What-if: 1 level moved\. Debt \d+ → \d+\. Nothing is saved\.$"))
    expect(you.page).to_have_url(re.compile(rf"what={first}\.0"))
    assert first not in questions(in_plan(you))
    assert you.page.locator("h1").first.inner_text() != before
    expect(you.button("Make these our actions")).to_be_disabled()
    you.reload()
    expect(level(you, first, 0)).to_be_checked()
    you.click("Reset")
    ready(you)
    expect(level(you, first, 3)).to_be_checked()
    expect(you.page.locator("h1").first).to_have_text(before)

    wanted = questions(in_plan(you))
    you.click("Make these our actions")
    dialog = you.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Owner").first.fill("Grace")
    dialog.get_by_role("textbox", name="Tracker link").first.fill("javascript:alert(1)")
    dialog.get_by_role("button", name=re.compile(r"^Save \d+ action")).click()
    expect(dialog.get_by_text(re.compile("^Not saved: "))).to_be_visible()
    dialog.get_by_role("textbox", name="Tracker link").first.fill("https://tracker.example/7")
    dialog.get_by_role("button", name=re.compile(r"^Save \d+ action")).click()
    expect(dialog).to_have_count(0)
    expect(you.page).to_have_url(re.compile(r"show=Our\+actions"))
    you.says(f"{wanted[0]} · Grace · due ")
    with workplace_at(server.database) as workplace:
        saved = read_actions(workplace, ADA, system_id=planned.system_id)
    assert {action.question_id for action in saved} == set(wanted)
    assert all(action.due and (action.due.month % 3, action.due.day >= 30) == (0, True) for action in saved)

    link = you.page.get_by_role("link", name="CSV", exact=True)
    answer = you.page.request.get(str(link.get_attribute("href")))
    assert answer.ok, answer.status
    assert "Grace" in answer.text()
    for form in ("GitHub issues", "GitLab issues", "Jira"):
        href = str(you.page.get_by_role("link", name=form, exact=True).get_attribute("href"))
        assert you.page.request.get(href).ok, form


def test_an_action_is_done_with_its_days_dropped_with_a_reason_and_put_back(
    server: Server, visit: Visit, planned: AssessmentRecord
) -> None:
    you = at_plan(visit(server), planned, "&budget=30")
    wanted = questions(in_plan(you))
    assert len(wanted) >= 2
    you.click("Make these our actions")
    you.click(re.compile(r"^Save \d+ action"))
    expect(you.page.get_by_role("dialog")).to_have_count(0)
    you.click("It is done…")
    dialog = you.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Close the action").click()
    expect(dialog.get_by_text("How many days did it take?")).to_be_visible()
    dialog.get_by_role("spinbutton").fill("7.5")
    dialog.get_by_text("Yes, it is gone").click()
    dialog.get_by_role("button", name="Close the action").click()
    expect(dialog).to_have_count(0)
    you.says(re.compile("1 done, 0 dropped"))
    you.click("Undo")
    you.says(re.compile("0 done, 0 dropped"))
    you.click("Drop…")
    dialog.get_by_role("textbox").fill("The model is retired in May.")
    dialog.get_by_role("button", name="Drop it").click()
    expect(dialog).to_have_count(0)
    you.says(re.compile("0 done, 1 dropped"))
    you.page.get_by_text("Done and dropped (1)").click()
    you.says("Dropped: The model is retired in May.")


def test_a_dialog_of_one_action_shows_nothing_typed_into_that_of_another(
    server: Server, visit: Visit, planned: AssessmentRecord
) -> None:
    drafts = [
        ActionDraft(question_id=question, title=f"Repay {question}", owner=owner, planned_days=5.0, benefit_days=9.0)
        for question, owner in (("ENT-01", "Ann"), ("ENT-05", "Ben"))
    ]
    with workplace_at(server.database) as workplace:
        save_actions(workplace, ADA, assessment_id=planned.assessment_id, drafts=drafts)
    you = visit(server).open(f"/plan?system={planned.system_id}&show=Our+actions")
    dialog = you.page.get_by_role("dialog")
    rows = you.page.get_by_role("button", name="Change…")

    def change(place: int) -> Locator:
        expect(rows).to_have_count(2)  # while the page is drawn anew, the second one may stand first
        you.quiet()
        rows.nth(place).click()
        return dialog.get_by_role("textbox", name="Owner")

    change_of_mind = change(0)
    first = change_of_mind.input_value()
    change_of_mind.fill("Somebody else")
    change_of_mind.press("Tab")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(change(1)).to_have_value("Ben" if first == "Ann" else "Ann")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(change(0)).to_have_value(first)


def test_pins_and_what_is_left_out_are_kept(server: Server, visit: Visit, planned: AssessmentRecord) -> None:
    you = at_plan(visit(server), planned, "&budget=20")
    first, last = questions(in_plan(you))[0], questions(rows(you))[-1]
    you.click(f"Leave out {first}")
    ready(you)
    assert first not in questions(in_plan(you))
    you.click(f"Pin {last}")
    ready(you)
    assert last in questions(in_plan(you))
    expect(you.button(f"Pin {last}")).to_have_attribute("aria-pressed", "true")
    you.reload()
    ready(you)
    assert last in questions(in_plan(you))
    with workplace_at(server.database) as workplace:
        settings = read_plan(workplace, ADA, system_id=planned.system_id).settings
    assert (settings.pinned, settings.excluded) == ({last}, {first})


def test_three_points_of_the_team_change_the_row(server: Server, visit: Visit, planned: AssessmentRecord) -> None:
    you = at_plan(visit(server), planned, "&budget=30")
    first = questions(in_plan(you))[0]
    you.click(f"Why, and your estimate {first}")
    dialog = you.page.get_by_role("dialog")
    dialog.get_by_text("Why these days").click()
    expect(dialog.get_by_text("Interest avoided over the horizon")).to_be_visible()
    for place, days in enumerate(("10", "20", "60")):
        dialog.get_by_role("spinbutton").nth(place).fill(days)
    dialog.get_by_role("button", name="Use this estimate").click()
    expect(dialog.get_by_role("button", name="Back to the class")).to_be_visible()
    you.press("Escape")
    expect(dialog).to_have_count(0)
    you.click(re.compile("^Show all"))  # forty days more, and it is no longer among the first
    expect(row(you, first).get_by_text("your own estimate")).to_be_visible()


def test_levels_are_tried_out_by_keyboard_alone_and_the_row_keeps_the_focus(
    server: Server, visit: Visit, planned: AssessmentRecord
) -> None:
    you = at_plan(visit(server), planned, "&budget=20")
    first = questions(in_plan(you))[0]
    level(you, first, 3).focus()
    you.press("ArrowLeft")
    ready(you)
    expect(level(you, first, 2)).to_be_checked()
    expect(level(you, first, 2)).to_be_focused()
    you.press("ArrowLeft")
    you.press("ArrowLeft")
    ready(you)
    expect(level(you, first, 0)).to_be_checked()
    expect(level(you, first, 0)).to_be_focused()
    expect(you.page).to_have_url(re.compile(rf"what={first}\.0"))


def test_the_plan_fits_a_phone(server: Server, visit: Visit, planned: AssessmentRecord) -> None:
    you = at_plan(visit(server, width=390, height=844), planned)
    you.no_sideways_scroll()
    wide = you.page.locator(".plan").evaluate("list => list.scrollWidth - list.clientWidth")
    assert wide <= 0
