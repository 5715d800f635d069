"""The manager's overview with 10, 50, 500 and 5,000 systems of ten areas over 16 quarters: queries, pages, filters."""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.application import NOT_RUNNING
from benchmarks.server import ROOT, Server
from operations.assessments import (
    Choice,
    answer_question,
    canonical,
    close_assessment,
    open_assessment,
    read_questionnaire,
)
from operations.attention import read_attention
from operations.authorize import Actor
from operations.periods import shift
from operations.portfolio import read_portfolio, read_portfolio_trend
from operations.rescoring import score_anew
from operations.scores import PARAMETERS
from operations.systems import create_system
from operations.workplace import Workplace, open_workplace, shipped_checklist
from scoring.bands import band
from scoring.score import scoring_id
from store.engine import Session
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

COMMAND = 'python -m benchmarks "Portfolio"'
SOMEBODY = Actor(name="Somebody", local=True)
SIZES = (10, 50, 500, 5_000)
QUARTERS = 16
SYSTEMS_A_TEAM = 25
AT = "2020-01-01T08:00:00.000Z"
OLDER_RULES = "0" * 64


def _row(what: str, figure: float, unit: str, promise: str = "") -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 2), "unit": unit, "promise": promise, "command": COMMAND}


def build(folder: Path, systems: int, *, older_rules: bool = False) -> Path:
    """A database of so many systems with 16 closed quarters, put in through the verbs of the store's engine.

    With `older_rules` the last quarter was sealed under other rules and has documents, so that it can be scored anew.
    """
    path = folder / f"{systems}{'-older' if older_rules else ''}.db"
    workplace = open_workplace(path)
    first = create_system(workplace, SOMEBODY, name="First", team="Team 000")
    sample = _sample(workplace, first.system_id)
    chance = random.Random(7)
    active = scoring_id(PARAMETERS)
    last = sample["period"]
    periods = [shift(last, place - QUARTERS) for place in range(QUARTERS)]
    checklist = sample["checklist"]
    areas = ["", *(area.id for area in shipped_checklist().areas if area.applies_when is None)]
    if older_rules:
        workplace.store.write(lambda records: records.keep_scoring(OLDER_RULES, "0", "{}", AT))
        workplace.store.write(lambda records: records.keep_scoring(active, "1", "{}", AT))

    def put(session: Session) -> None:
        names = [f"s{number:05d}" for number in range(systems)]
        teams = sorted({f"Team {number // SYSTEMS_A_TEAM:03d}" for number in range(systems)} - {"Team 000"})
        session.insert_many("team", [{"org_id": "local", "team": team} for team in teams])
        session.insert_many("system", (_system(name, number) for number, name in enumerate(names)))
        for period in periods:
            rules = OLDER_RULES if older_rules and period == periods[-1] else active
            documents = older_rules and period == periods[-1]
            snapshots = [_snapshot(name, period, sample) for name in names] if documents else []
            hashes = {one["system_id"]: one["document_sha256"] for one in snapshots}
            session.insert_many(
                "assessment",
                (_assessment(name, period, checklist, hashes.get(name, "0" * 64)) for name in names),
            )
            session.insert_many("snapshot", snapshots)
            session.insert_many("score", _scores(names, period, areas, rules, chance))
            session.insert_many("sealing", (_sealing(name, period, rules) for name in names))

    workplace.store._engine.write(put)  # the engine's own bulk verb
    workplace.close()
    return path


def _sample(workplace: Workplace, system_id: str) -> dict[str, Any]:
    """A document as it is sealed, of a system whose core questions are all answered."""
    opened = open_assessment(workplace, SOMEBODY, system_id=system_id, period="2026Q3")
    for number, question in enumerate(
        read_questionnaire(workplace, SOMEBODY, assessment_id=opened.assessment_id).questions
    ):
        answer_question(
            workplace, SOMEBODY, assessment_id=opened.assessment_id, question_id=question.id,
            choice=Choice(state="answered", level=number % 5), expected_rev=0,
        )  # fmt: skip
    close_assessment(workplace, SOMEBODY, assessment_id=opened.assessment_id)
    sealed = workplace.store.read(lambda records: records.snapshot(opened.assessment_id))
    document: dict[str, Any] = json.loads(sealed.document) if sealed else {}
    return document


def _system(name: str, number: int) -> dict[str, Any]:
    return {
        "org_id": "local", "system_id": name, "team": f"Team {number // SYSTEMS_A_TEAM:03d}",
        "name": f"System {number:05d}", "decides": "what is shown", "affected": "readers", "switches": "[]",
        "demonstration": 0, "created_at": AT, "changed_at": AT, "retired_at": None, "rev": 1,
        "tags": json.dumps([f"tag {number % 7}"]),
    }  # fmt: skip


def _assessment(name: str, period: str, checklist: str, sealed: str) -> dict[str, Any]:
    return {
        "org_id": "local", "assessment_id": f"{name}-{period}", "system_id": name, "period": period,
        "checklist_id": checklist, "scope": "core", "switches": "[]", "state": "closed", "change_seq": 40,
        "previous": None, "document_sha256": sealed, "opened_at": AT, "opened_by": "ada", "closed_at": AT,
        "closed_by": "ada",
    }  # fmt: skip


def _snapshot(name: str, period: str, document: dict[str, Any]) -> dict[str, Any]:
    body = canonical({**document, "period": period, "assessment": f"{name}-{period}"})
    return {
        "org_id": "local", "period": period, "assessment_id": f"{name}-{period}", "system_id": name,
        "document_sha256": hashlib.sha256(body.encode()).hexdigest(), "codec": "zlib",
        "body": zlib.compress(body.encode()), "sealed_at": AT, "sealed_by": "ada",
    }  # fmt: skip


def _scores(
    names: list[str], period: str, areas: list[str], rules: str, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for name in names:
        for area in areas:
            debt = min(1.0, max(0.0, chance.gauss(0.48, 0.2)))
            yield {
                "org_id": "local", "period": period, "scoring_id": rules, "system_id": name, "area": area,
                "assessment_id": f"{name}-{period}", "estimate": debt, "low": debt * 0.8, "high": min(1.0, debt * 1.2),
                "coverage": 0.95, "band": band(debt), "change_seq": 40, "disputed": int(chance.random() < 0.02),
                "contradicted": int(chance.random() < 0.02), "undecided": int(chance.random() < 0.01),
            }  # fmt: skip


def _sealing(name: str, period: str, rules: str) -> dict[str, Any]:
    return {"org_id": "local", "period": period, "assessment_id": f"{name}-{period}", "scoring_id": rules}


def _median_ms(work: Callable[[], object], times: int = 5) -> float:
    """CPU of this process: what neighbours on the same cores do to the clock is no property of a query."""
    took = []
    for _ in range(times):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return statistics.median(took) * 1000


def _queries(path: Path, systems: int) -> list[dict[str, Any]]:
    """Each query of the page by itself, then each operation without and with its memory."""
    workplace = open_workplace(path)
    active, last = scoring_id(PARAMETERS), "2026Q2"
    promise = "<= 250" if systems == 500 else "<= 1000" if systems == 5_000 else ""
    read = workplace.store.read
    asked: dict[str, Callable[[], object]] = {
        "all scores of a quarter": lambda: read(lambda records: records.portfolio.cells(last, active)),
        "all systems in all quarters": lambda: read(lambda records: records.portfolio.wholes(active)),
        "the assessments of a quarter": lambda: read(lambda records: records.assessments_in(last)),
        "all systems": lambda: read(lambda records: records.systems(include_retired=True)),
        "lifetimes": lambda: read(lambda records: records.portfolio.lifetimes()),
        "open assessments to score": lambda: read(lambda records: records.portfolio.stale(active)),
    }
    rows = [
        _row(f"{systems:,} systems, query: {what}, CPU", _median_ms(work), "ms", promise)
        for what, work in asked.items()
    ]

    def cold(work: Callable[[], object]) -> Callable[[], object]:
        return lambda: (workplace.memory.forget(), work())

    made: dict[str, Callable[[], object]] = {
        "quarter": lambda: read_portfolio(workplace, SOMEBODY, period=last),
        "trend": lambda: read_portfolio_trend(workplace, SOMEBODY),
        "attention": lambda: read_attention(workplace, SOMEBODY, period=last),
    }
    for what, work in made.items():
        rows.append(_row(f"{systems:,} systems, {what}, worked out anew, CPU", _median_ms(cold(work)), "ms"))
        work()
        rows.append(_row(f"{systems:,} systems, {what}, remembered, CPU", _median_ms(work), "ms"))
    workplace.close()
    return rows


def _scored_anew(folder: Path) -> dict[str, Any]:
    """A past quarter of 500 systems under today's rules, from the sealed documents."""
    workplace = open_workplace(build(folder, 500, older_rules=True))
    started = time.perf_counter()
    count = score_anew(workplace, SOMEBODY, periods=("2026Q2",))
    took = time.perf_counter() - started
    workplace.close()
    if count != 500:
        raise RuntimeError(f"{count} were scored anew")
    return _row("a sealed quarter of 500 systems scored under today's rules", took, "s", "<= 10")


def _ready(page: Page) -> None:
    page.wait_for_selector("[role=gridcell] >> nth=60")
    page.wait_for_selector(NOT_RUNNING)


def _usable(page: Page, url: str) -> float:
    started = time.perf_counter()
    page.goto(url)
    _ready(page)
    return time.perf_counter() - started


#: Watch the rows from inside the page: asking from outside would cost more than the answer takes. The heatmap may be
#: drawn into another element, so it is looked for anew in each frame.
WATCH = """() => {
  const place = document.querySelector(".st-key-portfolio-grid")
  const rows = () => {
    for (const one of place.querySelectorAll("*")) {
      const table = one.shadowRoot && one.shadowRoot.querySelector(".heatmap table")
      if (table) return [...table.querySelectorAll("tbody th")].map(th => th.textContent).join()
    }
    return ""
  }
  const before = rows()
  window.took = new Promise(done => {
    let started = 0
    document.addEventListener("keydown", () => { started = performance.now() }, {capture: true, once: true})
    const look = () => {
      const now = rows()
      if (started && now && now !== before) done(performance.now() - started)
      else requestAnimationFrame(look)
    }
    look()
  })
  return before
}"""


def _filters(page: Page) -> list[float]:
    """Milliseconds from giving a word to the search until the heatmap shows other rows, seen in the browser."""
    box = page.get_by_placeholder("Name of a system, a team or a tag")
    took = []
    for number in range(20):
        box.fill(f"Team {(number + 1) % 2:03d}" if number % 4 < 2 else f"tag {number % 7}")
        page.evaluate(WATCH)
        box.press("Enter")
        took.append(float(page.evaluate("() => window.took")))
        page.wait_for_selector(NOT_RUNNING)
    return sorted(took)


def _pages(browser: Browser, path: Path, systems: int) -> tuple[float, list[dict[str, Any]]]:
    """The page in a browser, warm, and the server's memory after it."""
    server = Server(script=ROOT / "app.py", database=path).start()
    try:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        url = f"http://127.0.0.1:{server.port}/?period=2026Q2"
        first = _usable(page, url)
        warm = statistics.median(_usable(page, url) for _ in range(5))
        rows = [
            _row(f"{systems:,} systems: page usable, first visitor", first, "s"),
            _row(f"{systems:,} systems: page usable, warm", warm, "s"),
        ]
        if systems >= 50:
            took = _filters(page)
            promise = "<= 500" if systems == 500 else ""
            rows.append(_row(f"{systems:,} systems: filter to new heatmap, median", statistics.median(took), "ms"))
            rows.append(_row(f"{systems:,} systems: filter to new heatmap, p95", took[18], "ms", promise))
        promise = "<= 400" if systems == 5_000 else ""
        rows.append(_row(f"{systems:,} systems: resident memory of the server", server.resident_mb(), "MB", promise))
        page.context.close()
    finally:
        server.stop()
    return warm, rows


def measure(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Everything about a large portfolio. About five minutes."""
    rows: list[dict[str, Any]] = []
    warm: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(LAUNCH_ARGS))
        for systems in sizes:
            path = build(folder, systems)
            if systems >= 500:
                rows += _queries(path, systems)
            warm[systems], seen = _pages(browser, path, systems)
            rows += seen
            path.unlink()
        browser.close()
        for few, many, promise in ((10, 500, "<= 2"), (50, 5_000, "<= 4")):
            if few in warm and many in warm:
                rows.append(_row(f"page usable, {many:,} systems against {few}", warm[many] / warm[few], "x", promise))
        rows.append(_scored_anew(folder))
    return rows


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure())
