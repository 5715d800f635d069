"""The content policy in a real browser: what we use works, what is planted neither runs nor reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path
from tests.door.served import free_port, serve

LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(event.effectiveDirective + " " + event.blockedURI.slice(0, 40)));
delete window.showSaveFilePicker;
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.door.probe.asgi:app", "--port", str(port)]
    with (
        serve(command, port, tmp_path_factory.mktemp("probe") / "none.db") as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        page = browser.new_page(accept_downloads=True)
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        page.add_init_script(LISTEN)
        page.goto(served.url)
        expect(page.get_by_role("button", name="Planted form")).to_be_attached()
        yield page
        browser.close()


def test_our_component_runs_and_answers(probe: Page) -> None:
    probe.get_by_role("button", name="Press me").click()
    expect(probe.get_by_text("component says yes")).to_be_visible()


@pytest.mark.parametrize(
    "drawn",
    [
        ".js-plotly-plot .scatterlayer",
        "[data-testid=stDataFrame] canvas",
        "[data-testid=stCode] span.token",
    ],
)
def test_charts_tables_and_code_are_drawn(probe: Page, drawn: str) -> None:
    expect(probe.locator(drawn).first).to_be_attached()


def test_a_file_can_be_sent_and_fetched(probe: Page) -> None:
    probe.set_input_files("input[type=file]", {"name": "a.zip", "mimeType": "application/zip", "buffer": b"x" * 1000})
    expect(probe.get_by_text("received 1000 bytes")).to_be_visible()
    with probe.expect_download() as fetched:
        probe.get_by_role("link", name="Export").click()
    assert fetched.value.suggested_filename == "file.csv"


def test_what_was_planted_does_not_run_and_tells_nobody(probe: Page) -> None:
    assert probe.evaluate("window.PLANTED") is None
    before = probe.url
    probe.evaluate("document.querySelector('form').submit()")
    probe.wait_for_function("window.violations.some((entry) => entry.startsWith('form-action'))")
    assert probe.url == before
    blocked = set(probe.evaluate("window.violations"))
    assert "img-src https://attacker.invalid/reads-along.png" in blocked
    assert {entry.split()[0] for entry in blocked} == {"img-src", "form-action"}
    (planted,) = probe.main_frame.child_frames
    assert planted.evaluate("window.violations") == ["script-src-elem inline"]
