"""The one Chromium of a run, and profiles that tests use one after the other, each as if it were new.

A page costs most when it is the first of its profile: megabytes of scripts are fetched, read and compiled. A profile
that was given back keeps them, and nothing else of whoever had it: pages, cookies and storage are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request
from playwright.sync_api import Error as PlaywrightError

from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

CLOSING_SECONDS_MAX = 20.0  #: closing takes a tenth of one
KEPT_MAX = 5  #: profiles that wait for the next test; the one that waited longest goes first
ARGUMENTS = [
    # Nothing leaves this machine. A route of Playwright would do it too, and would switch the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
ELSEWHERE = re.compile(r"^(?:https?|wss?|ftp)://(?!127\.0\.0\.1[:/])")


class Watch:
    """What must not happen in a browser, noted: who was asked beside this machine, and what the pages complained of."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.troubles: list[str] = []

    def begin(self, context: BrowserContext) -> None:
        """Watch the pages of a profile from now on."""
        context.on("request", self._asked)
        context.on("page", self._opened)

    def end(self, context: BrowserContext) -> None:
        """Watch none of its pages that are opened later."""
        context.remove_listener("page", self._opened)
        context.remove_listener("request", self._asked)

    def _asked(self, request: Request) -> None:
        if ELSEWHERE.match(request.url):
            self.left.append(request.url)

    def _opened(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"script failed: {error}"))
        page.on("console", self._said)
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("websocket", lambda socket: self.left.append(socket.url) if ELSEWHERE.match(socket.url) else None)

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.troubles.append(message.text)


class Profile:
    """A browser profile: its context, and one page that stays open and empty so that its process lives on."""

    def __init__(self, browser: Browser, address: str, settings: dict[str, Any]) -> None:
        self.key = (address, repr(sorted(settings.items())))
        self.address = address
        self.browser = browser
        self.context: BrowserContext = browser.new_context(base_url=address, **settings)
        self._staying: Page | None = None

    def page(self) -> Page:
        """Open a page."""
        if self._staying is None:
            self._staying = self.context.new_page()
            self._staying.goto("/healthz")
        return self.context.new_page()

    def pages(self) -> list[Page]:
        """Every page that a test has opened and not closed."""
        return [page for page in self.context.pages if page is not self._staying]

    def forget(self) -> None:
        """Drop all that whoever had the profile left in it, but not the scripts it has read."""
        for page in self.pages():
            page.close()
        self.context.unroute_all()
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.context.set_offline(False)
        if self._staying is not None:
            session = self.context.new_cdp_session(self._staying)
            session.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": STORED})
            session.detach()


class Browsers:
    """The one Chromium of a run, started again where it had to be ended, with the profiles that wait."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Browser | None = None
        self._waiting: list[Profile] = []

    def browser(self) -> Browser:
        """The browser that runs."""
        if self._running is None or not self._running.is_connected():
            self._waiting.clear()
            arguments = [*LAUNCH_ARGS, *ARGUMENTS]
            self._running = self._playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        return self._running

    def profile(self, address: str, **settings: Any) -> Profile:
        """A profile with nothing in it, for pages of this address."""
        browser = self.browser()
        wanted = (address, repr(sorted(settings.items())))
        for profile in self._waiting:
            if profile.key == wanted:
                self._waiting.remove(profile)
                return profile
        return Profile(browser, address, settings)

    def give_back(self, profile: Profile) -> None:
        """Empty a profile for whoever comes next; one of a browser that was ended is dropped."""
        if profile.browser is not self._running:
            return
        with self._impatient(CLOSING_SECONDS_MAX):
            profile.forget()
            self._waiting.append(profile)
            if len(self._waiting) > KEPT_MAX:
                self._waiting.pop(0).context.close()

    def leave(self, context: BrowserContext, *, seconds: float = CLOSING_SECONDS_MAX) -> None:
        """Close a profile for good, its pages first: with no page left nothing can hold it up."""
        with self._impatient(seconds):
            for page in context.pages:
                page.close()
            context.close()

    @contextmanager
    def _impatient(self, seconds: float) -> Iterator[None]:
        """End the browser where it does not answer in time, so that this costs seconds and no test.

        Chromium was seen to never answer when it was to drop a profile whose pages still asked the server.
        """
        ended = Event()
        impatient = Timer(seconds, _end_browser, [ended])
        impatient.start()
        try:
            yield
        except PlaywrightError:
            if not ended.is_set() and self._running is not None and self._running.is_connected():
                raise
        finally:
            impatient.cancel()
            if ended.is_set():  # it may not have noticed yet that it is gone
                self._running = None

    def close(self) -> None:
        """Close the browser."""
        if self._running is not None and self._running.is_connected():
            with self._impatient(CLOSING_SECONDS_MAX):
                self._running.close()


def _end_browser(ended: Event) -> None:
    """Kill the browser below this process; its helpers end with it."""
    ended.set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "--remote-debugging-pipe" in process.cmdline() and not any("--type=" in a for a in process.cmdline()):
                process.kill()
