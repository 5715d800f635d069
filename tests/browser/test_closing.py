"""A browser that does not answer when a test is over costs seconds, and the next test has one that does."""

from __future__ import annotations

import psutil
from playwright.sync_api import expect

from tests.browser.conftest import Browsers, Visit
from tests.browser.serving import Server


def test_a_browser_that_does_not_close_is_ended_and_the_next_visit_works(
    server: Server, visit: Visit, browsers: Browsers
) -> None:
    stuck = browsers.browser().new_context(base_url=server.address)
    stuck.new_page().goto("/join")
    for process in psutil.Process().children(recursive=True):
        if "--remote-debugging-pipe" in process.cmdline():
            process.suspend()
    browsers.leave(stuck, seconds=0.5)
    page = visit(server).page
    page.goto("/join")
    expect(page.get_by_role("button", name="Join")).to_be_visible()
