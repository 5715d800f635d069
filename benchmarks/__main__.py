"""Measure everything and write docs/benchmarks.md: `make bench`. About 35 minutes, most of it kills and a workshop."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import (
    application,
    change,
    connections,
    desk,
    heatmap,
    hostile,
    kill,
    meeting,
    peers,
    plan,
    portfolio,
    portfolio_change,
    push_fuzz,
    reports,
    review,
    scan,
    scoring,
    store,
    sureness,
    what_if,
    workshop,
)
from benchmarks.report import PAGE, as_markdown, machine, show

PARTS = {
    "Scoring": scoring.measure,
    "Plan": plan.measure,
    "How sure a ranking is": sureness.measure,
    "Change between quarters": change.measure,
    "Change of a portfolio": portfolio_change.measure,
    "Store": store.measure,
    "Repository scan": scan.measure,
    "The scan beside its peers": peers.measure,
    "Heatmap payload": heatmap.measure,
    "The running application": application.measure,
    "Portfolio": portfolio.measure,
    "Connections": connections.measure,
    "Actions, targets and search": review.measure,
    "Trying out a level on the plan page": what_if.measure,
    "Report": reports.measure,
    "Workshop": workshop.measure,
    "A workshop of two hours": meeting.measure,
    "Desk": desk.measure,
    "A neighbour under attack": hostile.measure,
    "Pushes gone wrong": push_fuzz.measure,
    "Killing the server": kill.measure,
}
RESULTS = Path(__file__).resolve().parent / "results"


def _alone(measure: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Run one part in a process of its own, so that no part pays for the memory and the modules of another."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


def main() -> None:
    """Run the parts named on the command line, all by default; the others keep the last figures in `results/`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[], help="; ".join(PARTS))
    chosen = parser.parse_args().parts or list(PARTS)
    RESULTS.mkdir(exist_ok=True)
    for title in chosen:
        print(f"\n{title}")
        rows = _alone(PARTS[title])
        show(rows)
        (RESULTS / f"{title}.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    kept = {
        title: json.loads(path.read_text(encoding="utf-8"))
        for title in PARTS
        if (path := RESULTS / f"{title}.json").exists()
    }
    PAGE.write_text(as_markdown(kept, machine()), encoding="utf-8")


if __name__ == "__main__":
    main()
