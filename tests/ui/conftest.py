"""What the screen's tests share: one small app on a free port of this machine, and one browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WAIT = 30_000  #: milliseconds; generous, since nothing here measures time


class DemoServer:
    """The demo app as a process of its own; it can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "tests/ui/demo.py", "--server.port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text(errors="replace"))

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="package")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    server = DemoServer(tmp_path_factory.mktemp("demo"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="package")
def demo_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=[*LAUNCH_ARGS, *ARGUMENTS])
        yield chromium
        chromium.close()


Open = Callable[..., Page]


@pytest.fixture
def open_demo(demo_server: DemoServer, demo_browser: Browser) -> Iterator[Open]:
    """Open a part of the demo app in a fresh context; no page may write an error or ask another machine."""
    yield from _opener(demo_server, demo_browser)


@pytest.fixture(scope="module")
def open_demo_once(demo_server: DemoServer, demo_browser: Browser) -> Iterator[Open]:
    """The same for pages that several tests only read."""
    yield from _opener(demo_server, demo_browser)


def _opener(server: DemoServer, browser: Browser) -> Iterator[Open]:
    contexts = []
    troubles: list[str] = []

    def opened(part: str, *, width: int = 1440, height: int = 1000, scheme: str = "light", **query: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: troubles.append(asked.url) if _elsewhere(asked.url) else None)
        extra = "".join(f"&{name}={value}" for name, value in query.items())
        page.goto(f"http://127.0.0.1:{server.port}/?part={part}{extra}")
        page.wait_for_selector("h1")
        settled(page)
        return page

    opened.troubles = troubles  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert not troubles


def _elsewhere(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "blob:http://127.0.0.1:", "data:"))


# Each component of ours has run: the visible ones have content, the headless ones have left the flow of the page.
DRAWN = """() => [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')].every(host => {
  const root = host.shadowRoot;
  if (!root) return false;
  if (root.querySelector('.heatmap')) return root.querySelector('td');
  if (root.querySelector('.small-table')) return root.querySelector('td');
  if (root.querySelector('.interval')) return root.querySelector('.band');
  return host.closest('[data-testid="stElementContainer"]').style.position === 'absolute';
})"""


def settled(page: Page) -> None:
    """Wait until the script has run and everything is drawn."""
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_function(DRAWN)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


FOCUS = """() => {
  let node = document.activeElement;
  while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
  return node ? node.getAttribute('aria-label') || node.textContent : '';
}"""


def focused(page: Page) -> str:
    """Name what the keyboard is on, also inside a component."""
    return str(page.evaluate(FOCUS))
