"""Two voted quarters: votes of a file are taken and put back, a cause opens by keyboard, everybody can use it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from operations.assessments import close_assessment, open_assessment, read_questionnaire, record_votes
from operations.periods import preceding
from operations.systems import create_system
from operations.workplace import Workplace
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, QUARTER, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import in_both_themes

FILE = "who,{ids}\nAnn,{ann}\nBen,{ben}\nCem,{cem}\nDia,{dia}\n"


def first_quarter(workplace: Workplace) -> tuple[str, list[str]]:
    """A system with a voted and closed quarter, and the present one open; its id and the ids of the questions."""
    system_id = create_system(workplace, ADA, name="Voted model", team="Growth").system_id
    opened = open_assessment(workplace, ADA, system_id=system_id, period=preceding(QUARTER))
    asked = read_questionnaire(workplace, ADA, assessment_id=opened.assessment_id).questions
    for question in asked:
        record_votes(
            workplace, ADA, assessment_id=opened.assessment_id, question_id=question.id, votes=(3, 3, 4), expected_rev=0
        )
    close_assessment(workplace, ADA, assessment_id=opened.assessment_id)
    open_assessment(workplace, ADA, system_id=system_id, period=QUARTER)
    return system_id, [question.id for question in asked]


def votes_file(ids: list[str]) -> str:
    """Four people: one question split to the ends, the others nearly alike and better than before."""
    many = len(ids) - 1
    rows = {who: ",".join([first, *[rest] * many]) for who, first, rest in (
        ("ann", "0", "1"), ("ben", "0", "1"), ("cem", "4", "1"), ("dia", "4", "2"),
    )}  # fmt: skip
    return FILE.format(ids=",".join(ids), **rows)


def test_a_file_of_votes_becomes_a_change_that_opens_into_its_questions(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        system_id, ids = first_quarter(workplace)
    you = visit(own_server).open(f"/system?system={system_id}")
    you.says("Nobody has voted on")
    you.page.get_by_text("Take votes from a CSV file").click()
    you.page.locator("input[type=file]").set_input_files(
        {"name": "votes.csv", "mimeType": "text/csv", "buffer": votes_file(ids).encode()}
    )
    you.says(f"4 people voted on {len(ids)} questions")
    you.click("Take these votes")
    you.says(f"Votes on {len(ids)} questions were taken.")

    you.title(re.compile("clearly better than before"))
    you.says("2,000 of 2,000 draws of the voters point to better")
    you.says(re.compile("The panel changed: 3 people voted before, 4 now."))
    summary = you.page.locator(".change-split details summary").first
    summary.focus()
    you.press("Enter")
    expect(you.page.locator(".change-split .questions li").first).to_contain_text("3 → 4")
    expect(you.page.locator(".change-split .questions li").nth(1)).to_contain_text("3 → 1")
    first = you.page.locator(".vote-dots li").first
    expect(first).to_contain_text(ids[0])
    expect(first).to_contain_text("Split")
    expect(first.locator(".levels i")).to_have_count(4)
    in_both_themes(you, lambda: opened(you, system_id))

    you.click("Undo the import")
    you.says(f"{len(ids)} answers were put back.")
    you.says("Nobody has voted on")


def opened(you: Visitor, system_id: str) -> None:
    you.open(f"/system?system={system_id}")
    you.page.locator(".change-split details summary").first.click()


def test_nothing_of_a_change_is_wider_than_a_phone(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        system_id, ids = first_quarter(workplace)
        now = open_assessment(workplace, ADA, system_id=system_id, period=QUARTER).assessment_id
        for question in ids:
            record_votes(
                workplace, ADA, assessment_id=now, question_id=question, votes=tuple([1, 2, None] * 5), expected_rev=0
            )
    you = visit(own_server, width=390, height=844)
    opened(you, system_id)
    for part in (".change-split", ".vote-dots"):
        drawn = you.page.locator(part).first
        drawn.scroll_into_view_if_needed()
        assert drawn.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), part
