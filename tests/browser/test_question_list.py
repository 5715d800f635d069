"""The questionnaire as a list: a choice is saved where it is made, however fast, and a clash opens the whole card."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import WebSocketRoute, expect

from operations.assessments import Choice, answer_question, close_assessment, read_answers, read_history
from operations.authorize import Actor
from operations.records import AnswerEvent, AssessmentRecord
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, link, open_system, workplace_at
from tests.browser.serving import Server
from tests.browser.test_two_people import look_away

SAVED = re.compile(r"^saved \d\d:\d\d:\d\d by Somebody")
FEW = ("ENT-01", "ENT-03", "ENT-05", "ENT-10")


def open_list(
    server: Server, visit: Visit, name: str, *, answers: int = 0, **about: object
) -> tuple[Visitor, AssessmentRecord]:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, name, answers=answers)
    you = visit(server, **about).open(f"{link(assessment)}&view=Whole area")
    you.listed("ENT-10").wait_for()
    return you, assessment


def history(server: Server, assessment: AssessmentRecord, question: str) -> list[AnswerEvent]:
    with workplace_at(server.database) as workplace:
        return read_history(workplace, ADA, assessment_id=assessment.assessment_id, question_id=question)


def levels(server: Server, assessment: AssessmentRecord) -> dict[str, int | None]:
    with workplace_at(server.database) as workplace:
        answers = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)
    return {question: answer.level for question, answer in answers.items()}


def test_a_choice_is_saved_where_it_is_made_and_is_there_after_reloading(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed")
    you.listed_unanswered("ENT-03")
    you.listed_option("ENT-03", 2).click()
    expect(you.listed("ENT-03").locator(".said")).to_have_text(SAVED)
    expect(you.page.get_by_role("heading", name=re.compile("^Entanglement"))).to_contain_text("1 of 4")
    you.answered(1)
    assert levels(server, assessment) == {"ENT-03": 2}
    you.reload()
    you.listed_chosen("ENT-03", 2)


def test_the_keyboard_alone_answers_the_list(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed by keys")
    you.listed_option("ENT-01", 0).locator("input").focus()
    you.press("3")
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    you.press("ArrowUp")  # as in every group of radios
    you.listed_chosen("ENT-01", 2)
    you.press("u")
    you.listed_chosen("ENT-01", 5)
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    assert [(e.state, e.level) for e in history(server, assessment, "ENT-01")][-1] == ("unknown", None)


def test_clicks_that_do_not_wait_for_each_other_are_all_saved(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed in haste")
    you.page.evaluate(
        """() => {
          const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(r => r?.querySelector('article'))
          root.querySelectorAll('article').forEach((card, place) => card.querySelectorAll('input')[place].click())
        }"""
    )
    for place, question in enumerate(FEW):
        expect(you.listed(question).locator(".said")).to_have_text(SAVED)
        you.listed_chosen(question, place)
    assert levels(server, assessment) == {question: place for place, question in enumerate(FEW)}


def test_changing_ones_mind_before_the_first_choice_came_back_is_no_clash(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed and changed")
    you.page.evaluate(
        """() => {
          const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(r => r?.querySelector('article'))
          const inputs = root.querySelector('article').querySelectorAll('input')
          inputs[4].click()
          setTimeout(() => inputs[1].click(), 30)
          setTimeout(() => inputs[3].click(), 60)
        }"""
    )
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    you.listed_chosen("ENT-01", 3)
    expect(you.page.get_by_role("dialog")).to_have_count(0)
    assert levels(server, assessment) == {"ENT-01": 3}


def test_undo_goes_back_to_unanswered(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed and undone")
    you.listed_option("ENT-01", 4).click()
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    you.click("Undo ENT-01")
    expect(you.listed("ENT-01").locator(".said")).to_have_text("not answered yet")
    you.listed_unanswered("ENT-01")
    assert levels(server, assessment) == {}


def test_does_not_apply_asks_for_its_reason_in_the_whole_card(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed and not applicable")
    you.listed_option("ENT-10", 6).click()
    card = you.page.get_by_role("dialog")
    expect(card.get_by_text("Not saved yet: a reason is needed.")).to_be_visible()
    you.listed_unanswered("ENT-10")
    you.field("Why does it not apply here?").fill("One input only")
    you.field("Why does it not apply here?").press("Tab")
    you.field("Who else agrees?").fill("Bo")
    you.field("Who else agrees?").press("Tab")
    you.click("Save that it does not apply")
    expect(card.get_by_text(SAVED)).to_be_visible()
    you.press("Escape")
    expect(card).to_have_count(0)
    you.listed_chosen("ENT-10", 6)
    assert history(server, assessment, "ENT-10")[-1].reason == "One input only (agreed with Bo)"


def test_the_whole_card_takes_a_note(server: Server, visit: Visit) -> None:
    you, assessment = open_list(server, visit, "Listed with a note", answers=1)
    you.click("Note and links ENT-01")
    you.page.get_by_role("dialog").get_by_text("Note and evidence links").click()
    you.field("Note").fill("see the wiki")
    you.field("Note").press("Tab")
    expect(you.page.get_by_role("dialog").get_by_text(SAVED)).to_be_visible()
    you.press("Escape")
    expect(you.button("Read the note and links ENT-01")).to_be_visible()
    you.listed_option("ENT-01", 4).click()
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    assert [(e.level, e.note) for e in history(server, assessment, "ENT-01")][-1] == (4, "see the wiki")


@pytest.mark.parametrize(("decision", "place"), [("Keep theirs", 1), ("Use mine", 4)])
def test_the_second_to_change_a_listed_answer_is_asked(server: Server, visit: Visit, decision: str, place: int) -> None:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, f"Listed and disputed to end at {place}")
    you = visit(server)
    look_away(you)
    you.open(f"{link(assessment)}&view=Whole area")
    you.listed_unanswered("ENT-01")
    with workplace_at(server.database) as workplace:
        answer_question(
            workplace, Actor(name="Bo", local=True), assessment_id=assessment.assessment_id, question_id="ENT-01",
            choice=Choice(state="answered", level=1), expected_rev=0,
        )  # fmt: skip
    you.listed_option("ENT-01", 4).click()
    card = you.page.get_by_role("dialog")
    expect(card.get_by_text(re.compile(r"^Bo changed this meanwhile to level 1 .*You chose level 4"))).to_be_visible()
    assert levels(server, assessment) == {"ENT-01": 1}
    you.click(decision)
    expect(card.get_by_text("changed this meanwhile")).to_have_count(0)
    you.press("Escape")
    you.listed_chosen("ENT-01", place)
    assert levels(server, assessment) == {"ENT-01": place}


def test_what_was_chosen_while_the_server_was_away_is_saved_once_it_is_back(own_server: Server, visit: Visit) -> None:
    you, assessment = open_list(own_server, visit, "Churn model")
    you.listed_option("ENT-01", 1).click()
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    own_server.kill()
    you.says(re.compile(r"^Connection lost\. "))
    own_server.start()
    deadline = time.monotonic() + 40
    expect(you.page.get_by_text(re.compile(r"^Connection lost\. "))).to_be_hidden(timeout=40_000)
    assert time.monotonic() < deadline
    you.listed_chosen("ENT-01", 1)
    you.listed_option("ENT-03", 2).click()
    expect(you.listed("ENT-03").locator(".said")).to_have_text(SAVED)
    assert levels(own_server, assessment) == {"ENT-01": 1, "ENT-03": 2}
    assert len(history(own_server, assessment, "ENT-01")) == 1
    expect(you.page.get_by_role("dialog")).to_have_count(0)


def test_a_choice_whose_message_was_lost_is_said_again(server: Server, visit: Visit) -> None:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, "Listed and lost")
    lost: list[bytes] = []

    def pass_on(socket: WebSocketRoute) -> None:
        to = socket.connect_to_server()

        def to_server(message: str | bytes) -> None:
            if isinstance(message, bytes) and b"pending" in message and len(lost) < 1:
                lost.append(message)
            else:
                to.send(message)

        socket.on_message(to_server)

    you = visit(server)
    you.page.route_web_socket(re.compile("/_stcore/stream"), pass_on)
    you.open(f"{link(assessment)}&view=Whole area")
    you.listed_option("ENT-01", 2).click()
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    assert lost
    assert [event.level for event in history(server, assessment, "ENT-01")] == [2]


def test_a_closed_quarter_is_listed_and_cannot_be_changed(server: Server, visit: Visit) -> None:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, "Listed and sealed", answers=2)
        close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    you = visit(server).open(f"{link(assessment)}&view=Whole area")
    you.listed_chosen("ENT-01", 2)
    expect(you.listed_option("ENT-01", 1).locator("input")).to_be_disabled()
    expect(you.listed("ENT-01").get_by_role("button", name="Undo ENT-01")).to_be_hidden()


def test_the_list_fits_a_phone(server: Server, visit: Visit) -> None:
    you, _ = open_list(server, visit, "Listed on a phone", width=390, height=844)
    you.no_sideways_scroll()
    you.listed_option("ENT-01", 3).click()
    expect(you.listed("ENT-01").locator(".said")).to_have_text(SAVED)
    inside = you.listed("ENT-01").evaluate("card => card.getBoundingClientRect().right <= innerWidth")
    assert inside
