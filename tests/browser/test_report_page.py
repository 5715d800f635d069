"""The report as a web page in a real browser: offline, without scripts, sorted by keyboard, and axe in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.html import render_html
from tests.browser.conftest import Browsers
from tests.reports.builders import report


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_bytes(render_html(report("hostile names")))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_for_nothing_breaks_no_policy_and_is_accessible(
    page_file: Path, browsers: Browsers, scheme: str
) -> None:
    context = browsers.browser().new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri())
        page.wait_for_load_state("networkidle")
        assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.fonts.check('16px \"Source Sans 3\"')")
        found = Axe().run(page).response["violations"]
        assert [(it["id"], it["nodes"][0]["html"][:120]) for it in found] == []
    finally:
        browsers.leave(context)


def test_its_heatmap_is_sorted_by_keyboard_and_the_unknown_stay_last(page_file: Path, browsers: Browsers) -> None:
    context = browsers.browser().new_context()
    try:
        page = context.new_page()
        page.goto(page_file.as_uri())
        table = page.locator("table.heat.sortable")
        button = table.get_by_role("button", name="Loops")
        button.focus()
        page.keyboard.press("Enter")
        expect(table.locator("th[aria-sort=descending]")).to_have_text("Loops")
        shown = table.locator("tbody tr td:nth-child(4)").evaluate_all("cells => cells.map(it => it.dataset.v ?? '')")
        known = [float(value) for value in shown if value]
        assert known == sorted(known, reverse=True)
        assert all(not value for value in shown[len(known) :])
        page.keyboard.press("Enter")
        expect(table.locator("th[aria-sort=ascending]")).to_have_text("Loops")
    finally:
        browsers.leave(context)


def test_without_scripts_everything_is_there(page_file: Path, browsers: Browsers) -> None:
    context = browsers.browser().new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(page_file.as_uri())
        expect(page.locator("h1")).to_have_text(report("hostile names").verdict.text)
        expect(page.locator("table.heat.sortable tbody tr")).to_have_count(21)
        page.locator("summary").first.click()
        expect(page.locator("details table").first).to_be_visible()
    finally:
        browsers.leave(context)
