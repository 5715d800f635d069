"""By keyboard alone: an action is opened from the board, given to somebody, spoken of, done, and the closing undone."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from operations.action_board import read_action
from operations.actions import ActionDraft, save_actions
from operations.comments import read_comments
from operations.records import ActionRecord
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server

WORDS = "Repay <b>the</b> table of **finance**"


def test_a_review_by_keyboard_assigns_comments_closes_and_undoes(server: Server, visit: Visit) -> None:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, "Reviewed model", answers=6, level=3)
        draft = ActionDraft(
            question_id="ENT-01", title=WORDS, target=1, planned_days=5, benefit_days=8,
            due=workplace.today() - timedelta(days=2),
        )  # fmt: skip
        (saved,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])

    def now() -> ActionRecord:
        with workplace_at(server.database) as workplace:
            return read_action(workplace, ADA, action_id=saved.action_id).action

    you = visit(server).open(f"/actions?of={assessment.system_id}")
    page = you.page
    card = page.get_by_role("link", name=WORDS)
    expect(card).to_be_visible()
    card.focus()
    page.keyboard.press("Enter")
    owner = page.get_by_role("textbox", name="Owner")
    expect(owner).to_be_visible()
    expect(page).to_have_url(f"{server.address}/actions?of={assessment.system_id}&action={saved.action_id}")
    owner.focus()
    page.keyboard.type("Bo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Given to Bo.")).to_be_visible()
    assert now().owner == "Bo"

    page.get_by_role("textbox", name="Say something about it").focus()
    page.keyboard.type("Finance agreed")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Comment", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 comment", exact=True).first).to_be_visible()
    with workplace_at(server.database) as workplace:
        (comment,) = read_comments(workplace, ADA, system_id=saved.system_id, action_id=saved.action_id)
    assert comment.current.body == "Finance agreed"

    page.get_by_role("button", name="It is done…").focus()
    page.keyboard.press("Enter")
    days = page.get_by_role("dialog").get_by_role("spinbutton")
    days.focus()
    page.keyboard.type("6.5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Close the action").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: took 6.5 days, estimated at 5 days")).to_be_visible()
    assert (now().state, now().actual_days) == ("done", 6.5)

    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="It is done…")).to_be_visible()
    assert (now().state, now().owner) == ("open", "Bo")

    page.locator("h1").click()  # nobody types now
    page.keyboard.press("/")
    words = page.get_by_role("textbox", name="Words in systems")
    expect(words).to_be_visible()
    words.focus()
    page.keyboard.type("**finance**")
    page.keyboard.press("Enter")
    hit = page.get_by_role("link", name=WORDS)
    expect(hit.locator("mark")).to_have_text("**finance**")
    hit.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Owner")).to_have_value("Bo")
    expect(page).to_have_url(f"{server.address}/actions?action={saved.action_id}")
