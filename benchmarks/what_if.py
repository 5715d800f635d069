"""The plan page: a level moved by hand, from the click to the new numbers on the screen."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.application import NOT_RUNNING, _new_system, _p95
from benchmarks.server import ROOT, Server
from operations.workplace import open_workplace
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

COMMAND = "python -m benchmarks.what_if"
CHANGES = 40
#: Watch from inside the page: the list stops waiting when the numbers that follow from a click are drawn.
WATCH = """list => { list.ownerDocument.defaultView.took = new Promise(done => {
  let started = 0
  list.addEventListener("change", () => { started = performance.now() }, {capture: true, once: true})
  const watch = new MutationObserver(() => {
    if (!started || list.classList.contains("waiting")) return
    watch.disconnect()
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)))
  })
  watch.observe(list, {attributes: true, attributeFilter: ["class"]})
}) ; return null }"""
TOOK = """() => Promise.race([
  window.took, new Promise((_, fail) => setTimeout(() => fail("no numbers came"), 9000)),
])"""
HEATMAP = "[role=gridcell]"


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def _changes(page: Page) -> list[float]:
    """Milliseconds of each change: another row and another level each time."""
    page.get_by_role("button", name="Show all").click()
    took = []
    for number in range(CHANGES):
        rows = page.locator("li[data-question]")
        row = rows.nth(7 * number % rows.count())
        free = row.locator("input[type=radio]:not(:checked)").nth(number % 4)
        free.scroll_into_view_if_needed()
        page.locator(".plan").evaluate(WATCH)
        free.evaluate("input => input.click()")  # the bar of what is tried out may lie above it
        took.append(float(page.evaluate(TOOK)))
        page.wait_for_selector(NOT_RUNNING)
    return took


def _in_browser(browser: Browser, server: Server, system_id: str) -> list[float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/plan?system={system_id}&period=2026Q4&budget=40")
    page.wait_for_selector("li[data-question]")
    page.wait_for_selector(HEATMAP)
    page.wait_for_selector(NOT_RUNNING)
    took = _changes(page)
    context.close()
    return took


def measure() -> list[dict[str, Any]]:
    """The what-if over all 104 questions, and with half of them answered. About a minute."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        database = Path(name) / "plan.db"
        workplace = open_workplace(database)
        systems = {
            "104 questions": _new_system(workplace, "Answered", "Team", answered=104)[0],
            "104 questions, half of them not answered": _new_system(workplace, "Half", "Team", answered=52)[0],
        }
        workplace.close()
        server = Server(script=ROOT / "app.py", database=database).start()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(LAUNCH_ARGS))
        for what, system_id in systems.items():
            took = _in_browser(browser, server, system_id)
            rows += [
                _row(f"what-if, {what}: level to new numbers, median of {CHANGES}", statistics.median(took), "ms", ""),
                _row(f"what-if, {what}: level to new numbers, p95", _p95(took), "ms", "<= 600"),
            ]
        browser.close()
        server.stop()
    return rows


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure())
