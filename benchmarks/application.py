"""The running application: start, answering, a big portfolio, memory. Each figure beside its base from the same run."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.server import ROOT, Server
from benchmarks.streamlit_client import Visitor
from operations.assessments import Choice, answer_question, open_assessment, read_questionnaire
from operations.authorize import Actor
from operations.systems import create_system
from operations.workplace import Workplace, open_workplace
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

COMMAND = "python -m benchmarks.application"
SOMEBODY = Actor(name="Benchmark", local=True)
EMPTY_APP = 'import streamlit as st\n\nst.title("Empty")\nst.button("Only button")\n'
#: Watch a card from inside the page: asking from outside would cost more than the answer takes.
WATCH = """card => { card.ownerDocument.defaultView.took = new Promise(done => {
  let started = 0
  card.addEventListener("click", () => { started = started || performance.now() }, {capture: true})
  const watch = new MutationObserver(() => {
    if (started && /saved \\d\\d:\\d\\d:\\d\\d/.test(card.textContent)) {
      watch.disconnect(); done(performance.now() - started)
    }
  })
  watch.observe(card, {childList: true, subtree: true, characterData: true})
}) ; return null }"""
NOT_RUNNING = "[data-testid=stApp][data-test-script-state=notRunning]"


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def _new_system(
    workplace: Workplace, name: str, team: str, *, scope: str = "all", answered: int = 0
) -> tuple[str, str]:
    """A system with an open assessment, some of it answered. Returns (system id, assessment id)."""
    every = frozenset({"foundation_models", "agents", "retrieval"})
    system = create_system(workplace, SOMEBODY, name=name, team=team, switches=every)
    assessment = open_assessment(workplace, SOMEBODY, system_id=system.system_id, period="2026Q4", scope=scope)
    questions = read_questionnaire(workplace, SOMEBODY, assessment_id=assessment.assessment_id).questions
    for number, question in enumerate(questions[:answered]):
        answer_question(
            workplace, SOMEBODY, assessment_id=assessment.assessment_id, question_id=question.id,
            choice=Choice(state="answered", level=(number + len(name)) % 5), expected_rev=0,
        )  # fmt: skip
    return system.system_id, assessment.assessment_id


def _usable(page: Page, url: str, ready: str) -> float:
    """Seconds from asking for the address until `ready` is there and nothing runs any more."""
    started = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(ready)
    page.wait_for_selector(NOT_RUNNING)
    return time.perf_counter() - started


def _warm(browser: Browser, url: str, ready: str, *, times: int = 5) -> float:
    """Median seconds to a usable page with a filled browser cache."""
    context = browser.new_context()
    page = context.new_page()
    _usable(page, url, ready)
    took = [_usable(page, url, ready) for _ in range(times)]
    context.close()
    return statistics.median(took)


def _start(browser: Browser, folder: Path) -> list[dict[str, Any]]:
    """Process start plus first page, warm disk cache, against an empty one-page app."""
    empty = folder / "empty.py"
    empty.write_text(EMPTY_APP, encoding="utf-8")
    took: dict[str, list[float]] = {"ours": [], "empty": []}
    for _ in range(5):
        for name, script, ready in (
            ("empty", empty, "text=Only button"),
            ("ours", ROOT / "app.py", "text=Assess your first system"),
        ):
            context = browser.new_context()
            page = context.new_page()
            server = Server(script=script, database=folder / "start.db").start()
            took[name].append(server.started_seconds + _usable(page, f"http://127.0.0.1:{server.port}/", ready))
            server.stop()
            context.close()
    ours, base = statistics.median(took["ours"][1:]), statistics.median(took["empty"][1:])
    return [
        _row("empty one-page Streamlit app: start to first page usable, warm", base, "s", "the base"),
        _row("Arrears: start to first page usable, warm", ours, "s", "<= 1.5 x base"),
        _row("ratio of the two", ours / base, "x", "<= 1.5"),
    ]


def _answering_in_browser(browser: Browser, server: Server, system_id: str) -> list[dict[str, Any]]:
    """Click to "saved" with all 104 questions on one page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    url = f"http://127.0.0.1:{server.port}/assess?system={system_id}&period=2026Q4&view=All+questions"
    opened = _usable(page, url, "article >> nth=103")
    took = []
    for number in range(40):
        card = page.locator("article").nth(number)
        card.scroll_into_view_if_needed()
        card.evaluate(WATCH)
        card.locator("label").nth(number % 5).click()
        took.append(page.evaluate("() => window.took") / 1000)
    context.close()
    return [
        _row("104-question page: opened", opened, "s", ""),
        _row("click to saved, 104-question page, median", statistics.median(took) * 1000, "ms", ""),
        _row("click to saved, 104-question page, p95", _p95(took) * 1000, "ms", "<= 250"),
    ]


async def _answering_cpu(server: Server, system_id: str) -> list[dict[str, Any]]:
    """CPU of the server for one choice, from the websocket, without a browser's own load."""
    visitor = Visitor(port=server.port, path="assess", query=f"system={system_id}&period=2026Q4&view=All+questions")
    await visitor.open()
    for question in visitor.questions[:10]:
        await visitor.choose(question, 0)
    before, took, count = server.cpu_seconds(), [], 300
    for number in range(count):
        turn, place = divmod(number, len(visitor.questions))
        took.append(await visitor.choose(visitor.questions[place], (turn + 1) % 5))
    spent = server.cpu_seconds() - before
    await visitor.close()
    return [
        _row("server CPU for one choice", spent / count * 1000, "ms", "<= 10"),
        _row("choice to finished fragment over the websocket, p95", _p95(took) * 1000, "ms", ""),
    ]


def _portfolio(browser: Browser, folder: Path) -> list[dict[str, Any]]:
    """The portfolio page with 10 and with 500 systems of ten areas."""
    rows, took = [], {}
    for count in (10, 500):
        database = folder / f"portfolio-{count}.db"
        workplace = open_workplace(database)
        for number in range(count):
            _new_system(workplace, f"System {number:03d}", f"Team {number % 20:02d}", scope="core", answered=39)
        workplace.close()
        server = Server(script=ROOT / "app.py", database=database).start()
        url = f"http://127.0.0.1:{server.port}/"
        took[count] = _warm(browser, url, "[role=gridcell] >> nth=60")
        visitor = Visitor(port=server.port, path="", query="")
        _in_loop(partial(_open_and_close, visitor))
        rows.append(_row(f"portfolio page with {count} systems: usable, warm", took[count], "s", ""))
        rows.append(
            _row(f"portfolio page with {count} systems: all websocket bytes", visitor.received_bytes / 1e3, "kB", "")
        )
        server.stop()
    rows.append(_row("500 systems against 10", took[500] / took[10], "x", "<= 2"))
    return rows


async def _open_and_close(visitor: Visitor) -> list[dict[str, Any]]:
    await visitor.open()
    await visitor.close()
    return []


async def _memory(server: Server, system_id: str) -> list[dict[str, Any]]:
    """Resident memory with 50 idle sessions, half of them in the questionnaire."""
    visitors = [
        Visitor(port=server.port, path="assess" if n % 2 else "", query=f"system={system_id}" if n % 2 else "")
        for n in range(50)
    ]
    for visitor in visitors:
        await visitor.open()
    await asyncio.sleep(3)
    resident = server.resident_mb()
    for visitor in visitors:
        await visitor.close()
    return [_row("resident memory with 50 idle sessions", resident, "MB", "<= 250")]


def measure() -> list[dict[str, Any]]:
    """All figures of the running application. About four minutes."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(LAUNCH_ARGS))
        rows += _start(browser, folder)
        database = folder / "answers.db"
        workplace = open_workplace(database)
        system_id, _ = _new_system(workplace, "Answered", "Team")
        other, _ = _new_system(workplace, "Clicked", "Team")
        workplace.close()
        server = Server(script=ROOT / "app.py", database=database).start()
        rows += _answering_in_browser(browser, server, other)
        rows += _in_loop(lambda: _answering_cpu(server, system_id))
        server.stop()
        fresh = Server(script=ROOT / "app.py", database=database).start()
        rows += _in_loop(lambda: _memory(fresh, system_id))
        fresh.stop()
        rows += _portfolio(browser, folder)
        browser.close()
    return rows


def _in_loop(work: Callable[[], Any]) -> list[dict[str, Any]]:
    """Run a coroutine beside Playwright, which keeps a loop of its own in this thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        rows: list[dict[str, Any]] = pool.submit(lambda: asyncio.run(work())).result()
    return rows


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure())
