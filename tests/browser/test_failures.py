"""What a person sees when the server dies, or when a link leads nowhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from operations.assessments import read_answers
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, link, open_system, workplace_at
from tests.browser.serving import Server


def test_a_killed_server_loses_nothing_that_was_acknowledged(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        assessment = open_system(workplace, "Churn model")
    you = visit(own_server).open(link(assessment))
    acknowledged: dict[str, int] = {}
    for level in (3, 1, 2):
        question = you.question()
        you.press(str(level))
        you.chosen(question, level)
        you.says(re.compile(r"^saved \d\d:\d\d:\d\d by Somebody"))
        acknowledged[question] = level
        own_server.kill()
        you.says(re.compile(r"^Connection lost\. .*[Ss]aved answer"))
        own_server.start()
        you.reload()
        you.chosen(question, level)
        you.says(re.compile(rf"^{len(acknowledged)} of 34 answered"))
        you.click("Next question")
        expect(you.page).not_to_have_url(re.compile(f"question={question}"))
        you.unanswered(you.question())
        you.quiet()  # a key pressed before the page listens for this question is nobody's
    with workplace_at(own_server.database) as workplace:
        kept = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)
    assert {question: answer.level for question, answer in kept.items()} == acknowledged


NOWHERE = [
    ("system", "<img src=x onerror=window.PWN=1>"),
    ("assess", "%00%0d%0aSet-Cookie:a=b"),
    ("evidence", "A" * 3000),
]


@pytest.mark.parametrize(("page", "unknown"), NOWHERE, ids=["html", "control", "long"])
def test_a_link_to_an_unknown_system_says_so_and_leads_back(
    server: Server, visit: Visit, page: str, unknown: str
) -> None:
    you = visit(server)
    you.page.goto(f"/{page}?system={unknown}&period=2026Q9&question=ZZZ-99&area=%3Cb%3E&view=nonsense")
    you.says("No such system. It may have been removed; the portfolio lists those there are.")
    you.page.get_by_role("link", name="Back to the portfolio").click()
    expect(you.page).to_have_url(re.compile(r"/(\?.*)?$"))
    you.settle()
    expect(you.page.get_by_text("No such system")).to_have_count(0)
    you.page.get_by_role("link", name="System", exact=True).first.click()  # the unknown id is not carried along
    you.title(re.compile("^Which system|^Churn|: "))


def test_a_broken_quarter_or_question_in_a_link_falls_back_to_what_is_there(server: Server, visit: Visit) -> None:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, "Linked from a wiki", answers=2)
    you = visit(server)
    you.open(f"/assess?system={assessment.system_id}&period=20x6Q9&question=ZZZ-99&view=nonsense")
    you.says(re.compile(r"^2 of 34 answered"))
    expect(you.page).to_have_url(re.compile(rf"period={assessment.period}"))
    you.open(f"/system?system={assessment.system_id}&area=NOPE&quarter=1999Q1&questions=nonsense")
    you.title("Linked from a wiki")
    you.open(f"/?period=3000Q7&team=Nobody&band=Z&order=up&page=99&area=ENT&system={assessment.system_id}")
    you.says(re.compile("^Debt of|No system fits"))


def test_an_export_of_nothing_is_a_page_with_a_way_back(server: Server, visit: Visit) -> None:
    you = visit(server)
    answer = you.page.goto("/export/system.csv?system=unknown")
    assert answer is not None
    assert answer.status == 404
    you.says("No such system")
    you.page.get_by_role("link", name="Go to the portfolio").click()
    you.settle()
