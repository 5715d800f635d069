"""What the journeys share: one browser and one server a run, a context a test, and what must hold after each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.hands import SECONDS_MAX, Visitor
from tests.browser.profiles import Browsers, Profile, Watch
from tests.browser.serving import FAILURE, Server

ARTIFACTS = Path(__file__).parent / "artifacts"

Visit = Callable[..., Visitor]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:  # type: ignore[misc]
    """Let the fixtures know whether the test failed, so that they keep a picture."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        item.stash[_FAILED] = True
    return report


_FAILED = pytest.StashKey[bool]()


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
    given: list[Profile] = []
    watch = Watch()

    def new(server: Server, *, width: int = 1440, height: int = 900, dark: bool = False, **more: Any) -> Visitor:
        profile = browsers.profile(
            server.address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            **more,
        )
        given.append(profile)
        profile.context.set_default_timeout(SECONDS_MAX * 1000)
        watch.begin(profile.context)
        return Visitor(profile.page())

    yield new
    failed = request.node.stash.get(_FAILED, False)
    for number, profile in enumerate(given, start=1):
        if failed:
            for place, page in enumerate(profile.pages(), start=1):
                ARTIFACTS.mkdir(exist_ok=True)
                name = re.sub(r"[^\w-]+", "-", request.node.name)[:80]
                page.screenshot(path=ARTIFACTS / f"{name}-{number}{place}.png")
            browsers.leave(profile.context)
        else:
            watch.end(profile.context)
            browsers.give_back(profile)
    if not failed:
        assert not watch.left, f"asked another host: {watch.left}"
        assert not watch.troubles, f"the browser complained: {watch.troubles}"
