"""On a phone, 390 px wide: everything can be done, nothing is cut off, nothing scrolls sideways but the heatmap."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from evidence.evidence import Hotspot, Location, State
from operations.repository_evidence import add_evidence_json
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server
from tests.operations.scans import a_quarter, a_sign, text_of


def test_create_answer_and_open_a_cell_on_a_phone(own_server: Server, visit: Visit) -> None:
    you = visit(own_server, width=390, height=844, is_mobile=True, has_touch=True, device_scale_factor=2).open()
    you.no_sideways_scroll()
    you.button("Assess your first system").tap()
    you.title("Which system")
    you.settle().no_sideways_scroll()
    you.create_system("Next-day demand forecast for the northern region", "Supply planning")
    you.at_question("ENT-01")
    you.no_sideways_scroll()
    for question, place in (("ENT-01", 3), ("ENT-03", 5), ("ENT-05", 0)):
        you.at_question(question)
        you.option(question, place).tap()
        you.chosen(question, place)
        you.button("Next question").tap()
    you.at_question("ENT-10")
    you.answered(3)
    you.no_sideways_scroll()
    you.page.get_by_role("radio", name="Whole area").tap()
    expect(you.page.get_by_role("heading", name="Entanglement and model boundaries")).to_be_visible()
    you.settle().no_sideways_scroll()

    you.open("/")
    you.cell("Next-day demand forecast for the northern region", "Entanglement and model boundaries").tap()
    you.says("What weighs most")
    you.no_sideways_scroll()
    you.page.get_by_role("link", name="Open the system").tap()
    you.title(re.compile("^Next-day demand forecast"))
    you.settle().no_sideways_scroll()
    for path in ("/evidence", "/about"):
        you.open(path).no_sideways_scroll()


def test_decide_a_contradiction_and_set_up_a_build_on_a_phone(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        opened = open_system(workplace, "Churn model", answers=34, level=0)
        long_place = Location(
            path="a/very/long/path/that/nobody/would/ever/want/to/read/on/a/phone/train_model.py", line=8
        )
        text = text_of(
            a_sign(questions=("TST-01",), locations=(long_place,)),
            history=tuple(a_quarter(f"2025Q{n}", ("secrets-in-code", State.FOUND)) for n in (1, 2, 3, 4)),
            hotspots=(Hotspot(path=long_place.path, changes=40, complexity=120, lines=900, authors=2, admitted=1),),
        )
        add_evidence_json(workplace, ADA, assessment_id=opened.assessment_id, text=text)
    you = visit(own_server, width=390, height=844, is_mobile=True, has_touch=True, device_scale_factor=2)
    you.open(f"/evidence?system={opened.system_id}").no_sideways_scroll()
    you.page.get_by_text("Scan again: upload a file").tap()
    you.page.get_by_role("tab", name="Run it in your build").tap()
    you.field("Where will it be used?").fill("Build")
    you.button("Make a token").tap()
    you.says(re.compile("copy this now"))
    you.no_sideways_scroll()
    you.button("Accept: the floor counts").tap()
    you.title("its one contradiction is decided")
    you.no_sideways_scroll()
    you.open(f"/system?system={opened.system_id}").no_sideways_scroll()
    table = you.page.get_by_role("table", name="Signs of debt found")
    newest = table.get_by_role("columnheader", name=re.compile("scanned$"))
    expect(newest).to_be_attached()
    box = newest.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390  # of quarters the newest is seen first
