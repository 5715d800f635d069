"""Two people with two browsers answer the same assessment: they see each other, and nobody overwrites silently."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from operations.assessments import read_answers
from operations.records import AssessmentRecord
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, link, open_system, workplace_at
from tests.browser.serving import Server


def open_for(server: Server, name: str) -> AssessmentRecord:
    with workplace_at(server.database) as workplace:
        return open_system(workplace, name)


def level_kept(server: Server, assessment: AssessmentRecord) -> int | None:
    with workplace_at(server.database) as workplace:
        return read_answers(workplace, ADA, assessment_id=assessment.assessment_id)["ENT-01"].level


def look_away(person: Visitor) -> None:
    """Let the person's tab not look for other people's answers, as if they were a moment faster than it."""

    def pass_on(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_server(message: str | bytes) -> None:
            if not (isinstance(message, bytes) and BackMsg.FromString(message).rerun_script.is_auto_rerun):
                server.send(message)

        socket.on_message(to_server)

    person.page.route_web_socket(re.compile("/_stcore/stream"), pass_on)


def test_an_answer_appears_at_the_other_without_reloading(server: Server, visit: Visit) -> None:
    assessment = open_for(server, "Seen by two")
    ada, bo = visit(server).open(link(assessment)), visit(server).open(link(assessment))
    ada.call_me("Ada Lovelace")
    bo.unanswered("ENT-01")
    ada.option("ENT-01", 1).click()
    ada.says(re.compile(r"^saved \d\d:\d\d:\d\d by Ada Lovelace"))
    bo.chosen("ENT-01", 1)
    bo.says(re.compile(r"^saved \d\d:\d\d:\d\d by Ada Lovelace"))
    bo.says(re.compile(r"^1 of 34 answered"))


@pytest.mark.parametrize(("decision", "place"), [("Keep theirs", 1), ("Use mine", 4)])
def test_the_second_to_change_the_same_answer_is_asked(server: Server, visit: Visit, decision: str, place: int) -> None:
    assessment = open_for(server, f"Disputed to end at {place}")
    ada, bo = visit(server), visit(server)
    look_away(bo)
    for person, name in ((ada, "Ada Lovelace"), (bo, "Bo Diddley")):
        person.open(link(assessment)).call_me(name)
        person.unanswered("ENT-01")
    ada.option("ENT-01", 1).click()
    ada.says(re.compile(r"^saved .* by Ada Lovelace"))
    bo.option("ENT-01", 4).click()
    bo.says(re.compile(r"^Ada Lovelace changed this meanwhile to level 1 \(.+\)\. You chose level 4 \("))
    bo.chosen("ENT-01", 1)
    assert level_kept(server, assessment) == 1

    bo.click(decision)
    expect(bo.page.get_by_text("changed this meanwhile")).to_have_count(0)
    bo.chosen("ENT-01", place)
    bo.says(re.compile(rf"^saved .* by {'Bo Diddley' if decision == 'Use mine' else 'Ada Lovelace'}"))
    assert level_kept(server, assessment) == place
    ada.chosen("ENT-01", place)
