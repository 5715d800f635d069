"""What the journeys share: one browser and one server a run, a context a test, and what must hold after each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

import psutil
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path
from tests.browser.hands import SECONDS_MAX, Visitor
from tests.browser.serving import FAILURE, Server

ARTIFACTS = Path(__file__).parent / "artifacts"
ELSEWHERE = re.compile(r"^(?:https?|wss?|ftp)://(?!127\.0\.0\.1[:/])")
CLOSING_SECONDS_MAX = 20.0  #: closing takes a tenth of one
DESKTOP = {"width": 1440, "height": 900}

Visit = Callable[..., Visitor]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:  # type: ignore[misc]
    """Let the fixtures know whether the test failed, so that they keep a picture."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        item.stash[_FAILED] = True
    return report


_FAILED = pytest.StashKey[bool]()


class Browsers:
    """The one Chromium of a run, started again where it had to be ended."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Browser | None = None

    def browser(self) -> Browser:
        """The browser that runs."""
        if self._running is None or not self._running.is_connected():
            self._running = self._playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        return self._running

    def leave(self, context: BrowserContext, *, seconds: float = CLOSING_SECONDS_MAX) -> None:
        """Close a profile, its pages first: with no page left nothing can hold it up.

        Chromium was seen to never answer when it was to drop a profile whose pages still asked the server. Where it
        does not answer in time it is ended, so that this costs seconds and no test.
        """
        impatient = Timer(seconds, _end_browser)
        impatient.start()
        try:
            for page in context.pages:
                page.close()
            context.close()
        except PlaywrightError:
            if self._running is not None and self._running.is_connected():
                raise
        finally:
            impatient.cancel()

    def close(self) -> None:
        """Close the browser."""
        if self._running is not None and self._running.is_connected():
            impatient = Timer(CLOSING_SECONDS_MAX, _end_browser)
            impatient.start()
            self._running.close()
            impatient.cancel()


def _end_browser() -> None:
    """Kill the browser below this process; its helpers end with it."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "--remote-debugging-pipe" in process.cmdline() and not any("--type=" in a for a in process.cmdline()):
                process.kill()


# The browser is closed with the last test of this folder: Playwright's event loop would get in the way of others.
@pytest.fixture(scope="package")
def browsers() -> Iterator[Browsers]:
    """Debian's Chromium, or the one that `make browser` fetched."""
    expect.set_options(timeout=SECONDS_MAX * 1000)
    with sync_playwright() as playwright:
        running = Browsers(playwright)
        yield running
        running.close()


@pytest.fixture(scope="package")
def _shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("shared")).start()
    yield server
    server.stop()


def _watched(server: Server) -> Iterator[Server]:
    server.news()
    yield server
    said = server.news()
    assert not FAILURE.search(said), f"The server wrote a traceback:\n{said}"


@pytest.fixture
def server(_shared_server: Server) -> Iterator[Server]:
    """The server that all tests share: its portfolio holds what other tests left."""
    yield from _watched(_shared_server)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server for this test alone, with an empty database."""
    own = Server(tmp_path).start()
    try:
        yield from _watched(own)
    finally:
        own.stop()


@pytest.fixture
def visit(browsers: Browsers, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Give a person with a browser profile of their own: `visit(server)` or `visit(server, width=390, dark=True)`.

    After the test nothing may have left 127.0.0.1, no script may have failed, and the content policy must have had
    nothing to refuse.
    """
    visitors: list[Visitor] = []
    left: list[str] = []
    troubles: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: troubles.append(f"script failed: {error}"))
        page.on("console", said)
        page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("websocket", lambda socket: left.append(socket.url) if ELSEWHERE.match(socket.url) else None)

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            troubles.append(message.text)

    def refuse(route: Route) -> None:
        left.append(route.request.url)
        route.abort()

    def new(server: Server, *, width: int = 1440, height: int = 900, dark: bool = False, **more: Any) -> Visitor:
        context: BrowserContext = browsers.browser().new_context(
            base_url=server.address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(SECONDS_MAX * 1000)
        context.route(ELSEWHERE, refuse)
        context.on("page", watch)
        visitor = Visitor(context.new_page())
        visitors.append(visitor)
        return visitor

    yield new
    failed = request.node.stash.get(_FAILED, False)
    for number, visitor in enumerate(visitors, start=1):
        for place, page in enumerate(visitor.page.context.pages, start=1):
            if failed:
                ARTIFACTS.mkdir(exist_ok=True)
                name = re.sub(r"[^\w-]+", "-", request.node.name)[:80]
                page.screenshot(path=ARTIFACTS / f"{name}-{number}{place}.png")
        browsers.leave(visitor.page.context)
    if not failed:
        assert not left, f"asked another host: {left}"
        assert not troubles, f"the browser complained: {troubles}"
