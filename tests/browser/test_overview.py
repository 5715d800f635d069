"""The manager's overview: filters in the link, a team's cell opened, and a second browser that sees the very same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import open_system, workplace_at
from tests.browser.serving import Server

TEAM = "Overview team"


@pytest.fixture
def seeded(server: Server) -> None:
    """Two rated systems of one team and a third that nobody has answered, under a tag of their own."""
    with workplace_at(server.database) as workplace:
        for name, answers, level in (("Overview heavy", 34, 4), ("Overview light", 34, 1), ("Overview idle", 0, 0)):
            open_system(workplace, name, team=TEAM, answers=answers, level=level, tags=["overview"])


def cell(you: Visitor, name: str | re.Pattern[str]) -> Locator:
    return you.page.get_by_role("gridcell", name=name)


@pytest.mark.usefixtures("seeded")
def test_what_a_manager_has_found_is_one_link_for_everybody(server: Server, visit: Visit) -> None:
    you = visit(server).open("/")
    you.field("Search").fill("overview")
    you.press("Enter")
    you.says("Debt of 3 systems by area")
    you.click(re.compile("^Filter"))
    you.page.get_by_role("combobox", name="Areas").fill("Monit")
    you.press("Enter", "Escape")
    expect(you.page.get_by_role("columnheader")).to_have_count(3)
    expect(cell(you, re.compile("^Worst, All areas: 100, band E"))).to_be_visible()
    cell(you, re.compile("^Median, All areas")).click()
    you.says(f"{TEAM}: All areas")
    you.says("2 rated systems, the worst first; 1 without a letter here.")

    other = visit(server).open(you.page.url.removeprefix(server.address))
    other.says("Debt of 3 systems by area")
    other.says(f"{TEAM}: All areas")
    expect(other.page.get_by_role("columnheader")).to_have_count(3)
    other.page.get_by_role("list", name=f"Systems of {TEAM}").get_by_role("link", name="Overview heavy").click()
    other.settle()
    other.title("Overview heavy: E")
