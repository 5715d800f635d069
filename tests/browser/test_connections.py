"""The graph in a real browser: keys go along the lines, a name is text, a phone has a list, anybody can use it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from operations.connections import declare_connection, read_connections
from operations.systems import create_system
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import in_both_themes

HOSTILE = "<img src=x onerror=document.title='owned'> & 'quotes'"


def test_the_graph_is_walked_by_keys_put_in_focus_and_changed(own_server: Server, visit: Visit) -> None:
    with workplace_at(own_server.database) as workplace:
        churn = open_system(workplace, "Churn", answers=34, level=3).system_id
        price = open_system(workplace, "Price", answers=5).system_id
        hostile = create_system(workplace, ADA, name=HOSTILE, team="Growth").system_id
        for source, target, kind in ((churn, price, "outputs"), (price, hostile, "shared data")):
            declare_connection(workplace, ADA, system_id=source, feeds=target, kind=kind)

    you = visit(own_server).open("/connections")
    you.title("Most depends on Churn: 2 systems")
    nodes = you.page.locator(".graph .node")
    expect(nodes).to_have_count(3)
    expect(you.page.locator(".graph path.edge")).to_have_count(2)
    expect(nodes.filter(has_text=HOSTILE)).to_have_count(1)

    you.page.get_by_role("button", name=re.compile("^Churn, ")).focus()
    you.press("ArrowRight", "ArrowRight")
    expect(nodes.filter(has_text=HOSTILE)).to_be_focused()
    you.press("ArrowLeft")
    expect(you.page.get_by_role("button", name=re.compile("^Price, "))).to_be_focused()
    expect(you.page.locator(".graph .tip")).to_contain_text("1 depends on it")
    you.press("Enter")
    expect(you.page).to_have_url(re.compile(f"focus={price}"))
    expect(you.page.locator(".graph .node.chosen")).to_have_text(re.compile("Price"))

    def draw() -> None:
        you.open(f"/connections?focus={price}")
        you.says("How this figure came about")

    in_both_themes(you, draw)

    you.open("/connections")
    you.page.get_by_text("Declare a connection").click()
    you.field("In a few words").fill("it learns from its own prices")
    boxes = you.page.locator("[data-testid=stForm] [data-testid=stSelectbox] input")
    for box, name in ((boxes.nth(0), HOSTILE), (boxes.nth(1), "Churn")):
        box.fill(name)
        box.press("Enter")
    you.click("Note the connection")
    you.says("Hidden feedback loop: ")
    with workplace_at(own_server.database) as workplace:
        assert len(read_connections(workplace, ADA).loops) == 1

    phone = visit(own_server, width=390, height=800).open("/connections")
    expect(phone.page.locator(".graph .list li")).to_have_count(3)
    expect(phone.page.locator(".graph .view")).to_be_hidden()
    expect(phone.page.locator(".graph .list")).to_contain_text("feeds Price (outputs)")
    phone.no_sideways_scroll()
    assert "owned" not in (you.page.title(), phone.page.title())
