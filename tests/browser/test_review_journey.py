"""The quarterly review: the worst mover, why it moved, question and votes, a target, an owner, a link for others."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from operations.actions import ActionDraft, save_actions
from operations.assessments import close_assessment, open_assessment, read_questionnaire, record_votes
from operations.periods import preceding
from operations.systems import create_system
from operations.workplace import Workplace
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, QUARTER, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import in_both_themes

BEFORE = preceding(QUARTER)
SPLIT = (0, 4, 4)  #: one voter sees nothing, two see everything


def two_quarters(workplace: Workplace, name: str, *, worse: bool) -> tuple[str, str]:
    """A voted system over two sealed quarters; a worse one is split on its first question. Its id and that question."""
    system_id = create_system(workplace, ADA, name=name, team="Growth").system_id
    for period in (BEFORE, QUARTER):
        opened = open_assessment(workplace, ADA, system_id=system_id, period=period)
        asked = read_questionnaire(workplace, ADA, assessment_id=opened.assessment_id).questions
        for place, question in enumerate(asked):
            moved = worse and period == QUARTER and place < 12
            votes = (1, 1, 1) if not moved else SPLIT if place == 0 else (3, 3, 3)
            record_votes(
                workplace, ADA, assessment_id=opened.assessment_id, question_id=question.id, votes=votes,
                expected_rev=0,
            )  # fmt: skip
        close_assessment(workplace, ADA, assessment_id=opened.assessment_id)
    if worse:
        draft = ActionDraft(question_id=asked[0].id, title="Draw the map", planned_days=5, benefit_days=9)
        save_actions(workplace, ADA, assessment_id=opened.assessment_id, drafts=[draft])
    return system_id, asked[0].id


def test_a_manager_reviews_a_quarter_and_shares_what_was_found(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        two_quarters(workplace, "Steady model", worse=False)
        system_id, question = two_quarters(workplace, "Moved model", worse=True)
    you = visit(own_server).open("/")

    # who moved most, and why
    movers = you.page.get_by_role("list", name=re.compile("Systems that moved most"))
    expect(movers.get_by_role("listitem").first).to_contain_text("Moved model")
    you.page.get_by_text("Why it moved, cause by cause").click()
    you.title(re.compile(r"Portfolio debt rose by [\d.]+ points .* because answers changed"))
    whole = you.page.url
    in_both_themes(you, lambda: opened(you, whole))
    opened(you, whole)
    expect(you.page.locator(".rank-slope .right")).to_contain_text("Steady model")
    bars = you.page.locator(".movement")
    system = bars.locator(".system", has_text="Moved model")
    system.locator("summary").click()
    expect(system.locator(".questions li").first).to_contain_text(question)
    expect(system.locator(".questions li").first).to_contain_text("1 → 4")
    system.get_by_text("All that moved Moved model").click()
    you.title(re.compile("Moved model: debt rose by"))
    found = you.page.url

    # the question itself, and how the votes were split
    opened(you, found)
    you.page.locator(f".movement .line:has-text('{question}') a").click()
    you.at_question(question)
    you.open(found)
    you.page.get_by_text("How sure it is, and which areas: the system").click()
    you.title(re.compile("Moved model: .*clearly worse than before"))
    votes = you.page.locator(".vote-dots li").first
    expect(votes).to_contain_text(question)
    expect(votes).to_contain_text("Split")

    # what it is to come down to, and who does the first step
    you.click("Set targets…")
    you.field("Debt, 0 to 100, or a letter").fill("B")
    you.click("Save the target")
    you.says("The target is set.")
    you.open("/actions")
    you.page.get_by_text("Draw the map").locator("visible=true").first.click()
    you.field("Owner").fill("Grace")
    you.field("Owner").press("Enter")
    you.says("Given to Grace.")

    # the link shows a colleague the same
    colleague = visit(own_server, width=390, height=844, dark=True)
    opened(colleague, found)
    colleague.title(re.compile("Moved model: debt rose by"))
    expect(colleague.page.locator(".movement .questions li, .movement .inside .line").first).to_contain_text("1 → 4")
    colleague.no_sideways_scroll()
    colleague.open(f"/system?system={system_id}")  # and what was decided
    colleague.says(re.compile(r"target 38 B by Q\d 20\d\d, now \d+: "))


def opened(you: Visitor, address: str) -> None:
    """The change of the system with its first cause open."""
    you.open(address)
    you.page.locator(".movement summary").first.click()
