"""On a phone, 390 px wide: everything can be done, nothing is cut off, nothing scrolls sideways but the heatmap."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.serving import Server


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
