"""The graph of 500 systems with 2,000 connections: first paint beside an empty page, and what its parts take."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.application import EMPTY_APP, NOT_RUNNING
from benchmarks.portfolio import SOMEBODY, build
from benchmarks.server import ROOT, Server
from operations.connections import edges_of, read_connections
from operations.workplace import Workplace, open_workplace
from scoring.connections import burdens, loops
from store.connection_records import KINDS
from store.engine import Session
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path
from ui.graph_layout import lay_out

COMMAND = 'python -m benchmarks "Connections"'
SYSTEMS, CONNECTIONS, STORAGE = 500, 2_000, 20
AT = "2026-10-01T08:00:00.000Z"


def _row(what: str, figure: float, unit: str, promise: str = "") -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def _connect(workplace: Workplace) -> None:
    """Connections between systems chosen by chance, a few of them hubs; put in through the engine's own bulk verb."""
    chance = random.Random(11)
    names = [f"s{number:05d}" for number in range(SYSTEMS)]
    hubs = names[:20]
    pairs: set[tuple[str, str]] = set()
    while len(pairs) < CONNECTIONS:
        source = chance.choice(hubs) if chance.random() < 0.4 else chance.choice(names)
        target = chance.choice(names)
        if source < target or (source != target and chance.random() < 0.01):  # some lead back
            pairs.add((source, target))
    rows = [
        {
            "org_id": "local", "connection_id": f"c{number:05d}", "source_id": source, "target_id": target,
            "kind": KINDS[number % 3], "directed": 1, "name": f"lake.table_{number % 700}", "words": "",
            "state": "declared", "reason": "", "places": "[]", "made_at": AT, "made_by": "Ada", "changed_at": AT,
            "changed_by": "Ada", "rev": 1,
        }
        for number, (source, target) in enumerate(sorted(pairs))
    ]  # fmt: skip

    def put(session: Session) -> None:
        session.insert_many("connection", rows)

    workplace.store._engine.write(put)


def _seconds(work: Callable[[], object], times: int = 3) -> float:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _painted(browser: Browser, url: str, ready: str, *, times: int = 5) -> float:
    """Median seconds until `ready` is painted, with a filled browser cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    took = []
    for _ in range(times + 1):
        started = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(ready)
        took.append(time.perf_counter() - started)
        page.wait_for_selector(NOT_RUNNING)
    context.close()
    return statistics.median(took[1:])


def measure() -> list[dict[str, Any]]:
    """500 systems with 2,000 connections."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = build(folder, SYSTEMS)
        workplace = open_workplace(database)
        _connect(workplace)
        first = _seconds(lambda: read_connections(workplace, SOMEBODY), times=1)

        def again() -> None:
            workplace.memory.forget()
            read_connections(workplace, SOMEBODY)

        later = _seconds(again)
        view = read_connections(workplace, SOMEBODY)
        edges = edges_of(view.connections)
        own = {system_id: one.burden.own_days for system_id, one in view.systems.items()}
        priced = _seconds(lambda: burdens(own, edges))
        circled = _seconds(lambda: loops(edges))
        pairs = [(edge.source, edge.target) for edge in edges]
        placed = _seconds(lambda: lay_out(list(view.systems), pairs))
        workplace.close()
        empty = folder / "empty.py"
        empty.write_text(EMPTY_APP, encoding="utf-8")
        base_server = Server(script=empty, database=folder / "empty.db").start()
        ours_server = Server(script=ROOT / "app.py", database=database).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
            base = _painted(browser, f"http://127.0.0.1:{base_server.port}/", "text=Only button")
            ours = _painted(browser, f"http://127.0.0.1:{ours_server.port}/connections", ".graph .node >> nth=400")
            browser.close()
        base_server.stop()
        ours_server.stop()
    return [
        _row("empty one-page Streamlit app: painted, warm", base, "s", "the base"),
        _row(f"graph of {SYSTEMS} systems, {CONNECTIONS:,} connections: painted, warm", ours, "s", "<= 2"),
        _row("ratio of the two", ours / base, "x"),
        _row("reading it the very first time: 500 debts are priced", first, "s"),
        _row("reading it later, nothing remembered", later, "s"),
        _row("of that: what depends on each system", priced, "s"),
        _row("of that: circles", circled, "s"),
        _row("laying it out", placed, "s"),
    ]
