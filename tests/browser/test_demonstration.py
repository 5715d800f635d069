"""The demonstration portfolio: loaded from the first page, marked, removed by one button."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.serving import Server


def test_the_demonstration_is_loaded_marked_and_removed(own_server: Server, visit: Visit) -> None:
    you = visit(own_server).open()
    you.click("Look around in a demonstration portfolio")
    expect(you.page.get_by_text("Invented systems, teams and answers.")).to_be_visible(timeout=180_000)
    you.title(re.compile(r"^Q\d \d{4}: .*debt"))
    rows = you.page.locator("tr[data-row] th a")
    expect(rows).to_have_count(8)
    expect(you.page.locator("th.group")).to_have_count(3)
    you.page.get_by_role("gridcell").first.click()
    you.says("What weighs most")
    you.page.get_by_role("link", name="Open the system").click()
    expect(you.page.get_by_role("heading", name="Trend")).to_be_visible()
    you.settle()
    you.page.get_by_role("link", name="Portfolio", exact=True).first.click()
    you.click("Remove the demonstration")
    you.title("What does your ML system owe?")
    you.says("The demonstration portfolio is removed.")
    expect(you.page.locator("tr[data-row] th a")).to_have_count(0)
