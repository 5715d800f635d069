"""What a report costs: the PDF of 20 and of 500 systems, first and again, its memory, and WeasyPrint beside it."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.peers import Peer, _install
from reports import image, marks, pages, pdf
from reports.build import build
from reports.drawable import drawable
from reports.formats import FORMATS
from reports.report import Heatmap, Report
from tests.reports import builders

COMMAND = "python -m benchmarks.reports"
AGAIN = 7
WEASYPRINT = Peer("weasyprint", "HTML to PDF", ("weasyprint==70.0",), None, lambda *_: [])
#: Run in the peer's own environment: wall and processor seconds and most mebibytes of one table set as PDF/UA-1.
PEER = """
import json, resource, sys, time
start, spent = time.perf_counter(), time.process_time()
import weasyprint
html = open(sys.argv[1], encoding="utf-8").read()
made = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
print(json.dumps([time.perf_counter() - start, time.process_time() - spent,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(made)]))
"""


def measure() -> list[dict[str, Any]]:
    """The table: what, figure, unit, promise, command."""
    usual, large = _alone("usual"), _alone("large")
    rows = [
        _row("full PDF, 20 systems, 6 pages + 5 team pages + appendix: first", usual["first"], "ms", "<= 500"),
        _row("the same, processor time", usual["first_cpu"], "ms CPU", ""),
        _row("the same again", usual["again"], "ms", "<= 200"),
        _row("the same again, processor time", usual["again_cpu"], "ms CPU", ""),
        _row("report built from its sources", usual["build"], "ms", ""),
        _row("every chart of it as SVG", usual["charts"], "ms", ""),
        _row("one chart as PNG", usual["png"], "ms", ""),
        _row("size of the PDF", usual["kilobytes"], "kB", ""),
        _row("most memory of the process, first report", usual["memory_first"], "MiB", "<= 100"),
        _row("most memory after eight reports", usual["memory"], "MiB", ""),
        _row("all eight formats of it", usual["formats"], "ms", "<= 1,500"),
        _row("all eight formats of it, processor time", usual["formats_cpu"], "ms CPU", ""),
        _row("full PDF, 500 systems in 40 teams: first", large["first"], "ms", "<= 2,000"),
        _row("the same, processor time", large["first_cpu"], "ms CPU", ""),
        _row("its pages", large["pages"], "", ""),
        _row("different bytes in eight PDFs of one report", usual["different"], "PDFs", "0"),
    ]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        formats = pool.submit(_formats).result()
    return rows + formats + _beside()


def _formats() -> list[dict[str, Any]]:
    """Every format of one report of 20 systems in a fresh process: imports are paid for in the first round."""
    report, rows = build(builders.examples()["usual"]), []
    totals = []
    for place in range(3):
        walls = {}
        for form in FORMATS.values():
            start = time.perf_counter()
            body = form.render(report)
            walls[form.key] = (time.perf_counter() - start, len(body), form.render(report) == body)
        totals.append(sum(wall for key, (wall, *_) in walls.items() if key not in {"svg", "png"}))
        if place == 1:
            for key, (wall, size, same) in walls.items():
                equal = "the same bytes twice" if same else "other bytes each time"
                rows.append(_row(f"{key}: made, {equal}", round(1000 * wall, 1), "ms", ""))
                rows.append(_row(f"{key}: size", round(size / 1000, 1), "kB", "<= 250" if key == "html" else ""))
    return [
        _row("all six formats of one report, first", round(1000 * totals[0], 1), "ms", "<= 1,500"),
        _row("all six formats of one report, again", round(1000 * min(totals[1:]), 1), "ms", "<= 1,500"),
        *rows,
    ]


def _alone(example: str) -> dict[str, float]:
    """Each example in a process of its own: the first one pays for what it imports."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, example).result()


def _measure(example: str) -> dict[str, float]:
    sources = builders.large() if example == "large" else builders.examples()[example]
    start = time.perf_counter()
    report = build(sources)
    built = time.perf_counter() - start
    start, spent = time.perf_counter(), time.process_time()
    first = pdf.render(report)
    took = {"first": time.perf_counter() - start, "first_cpu": time.process_time() - spent}
    memory_first = _mebibytes()
    walls, cpus, different = [], [], 0
    for _ in range(0 if example == "large" else AGAIN):
        start, spent = time.perf_counter(), time.process_time()
        different += pdf.render(report) != first
        walls.append(time.perf_counter() - start)
        cpus.append(time.process_time() - spent)
    memory = _mebibytes()
    from pypdfium2 import PdfDocument  # not before what it weighs is of no matter

    start = time.perf_counter()
    charts = image.charts(report)
    drawn = time.perf_counter() - start
    start = time.perf_counter()
    image.as_png(charts["trend"])
    png = time.perf_counter() - start
    start, spent = time.perf_counter(), time.process_time()
    for form in FORMATS.values() if example != "large" else ():
        form.render(report)
    took |= {"formats": time.perf_counter() - start, "formats_cpu": time.process_time() - spent}
    return {
        **{key: round(1000 * seconds, 1) for key, seconds in took.items()},
        "again": round(1000 * statistics.median(walls), 1) if walls else 0.0,
        "again_cpu": round(1000 * min(cpus), 1) if cpus else 0.0,
        "build": round(1000 * built, 1),
        "charts": round(1000 * drawn, 1),
        "png": round(1000 * png, 1),
        "kilobytes": round(len(first) / 1000),
        "memory_first": round(memory_first),
        "memory": round(memory),
        "pages": len(PdfDocument(first)),
        "different": different,
    }


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _beside() -> list[dict[str, Any]]:
    """The same table of all systems by areas, set by ours and by WeasyPrint, both as PDF/UA-1, each from its start."""
    interpreter = _install(WEASYPRINT)
    if not isinstance(interpreter, Path):
        return [_row(f"WeasyPrint: not measured, {interpreter}", "-", "", "")]
    rows: list[dict[str, Any]] = []
    for systems in (20, 500):
        report = build(builders.portfolio(systems))
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "table.html"
            page.write_text(_table(report.appendix.heatmap), encoding="utf-8")
            ended = subprocess.run(
                [str(interpreter), "-c", PEER, str(page)], capture_output=True, text=True, check=False, timeout=900
            )
        if ended.returncode:
            rows.append(_row(f"heatmap table of {systems} systems, WeasyPrint 70.0: failed", "-", "", ""))
            continue
        _, cpu, memory, _ = json.loads(ended.stdout)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            ours, ours_memory = pool.submit(_only_table, systems).result()
        what = f"heatmap table of {systems} systems"
        rows += [
            _row(f"{what}: ours", round(1000 * ours), "ms CPU", ""),
            _row(f"{what}: ours, memory", round(ours_memory), "MiB", ""),
            _row(f"{what}: WeasyPrint 70.0", round(1000 * cpu), "ms CPU", ""),
            _row(f"{what}: WeasyPrint 70.0, memory", round(memory), "MiB", ""),
            _row(f"{what}: WeasyPrint / ours", round(cpu / ours, 1), "x", ""),
        ]
    return rows


def _only_table(systems: int) -> tuple[float, float]:
    """Processor seconds and mebibytes of the table alone."""
    report: Report = build(builders.portfolio(systems))
    whole = pages.blocks(drawable(report))
    table = [it for it in whole if it["kind"] == "matrix"]
    spent = time.process_time()
    pdf._set(report, [{"kind": "heading", "level": 1, "text": "Every system, every area"}, *table], ["ua-1"])
    return time.process_time() - spent, _mebibytes()


def _table(heatmap: Heatmap) -> str:
    """The same table as a page: heads, colours, edges."""
    heads = "".join(f"<th scope=col>{escape(it.title)}</th>" for it in heatmap.columns)
    rows = []
    for row in heatmap.rows:
        looks = [(marks.look(cell), marks.short(cell)) for cell in row.cells]
        cells = "".join(
            f'<td style="background:{it.fill};color:{it.ink};border:.4pt solid {it.edge}">{escape(text)}</td>'
            for it, text in looks
        )
        rows.append(f"<tr><th scope=row>{escape(row.name)}</th>{cells}<td>{escape(marks.short(row.total))}</td></tr>")
    style = (
        "@page{size:A4;margin:2cm} table{border-collapse:collapse;width:100%} td,th{font:7pt sans-serif;padding:2pt}"
    )
    return (
        f"<!doctype html><html lang=en><head><title>Heatmap</title><style>{style}</style></head><body>"
        f"<h1>Every system, every area</h1><table><thead><tr><th scope=col>System</th>{heads}"
        f"<th scope=col>All</th></tr></thead><tbody>{''.join(rows)}</tbody></table></body></html>"
    )


def _row(what: str, figure: float | str, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": figure, "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    for row in measure():
        print(f"{row['what']}: {row['figure']} {row['unit']} (promised {row['promise'] or '-'})")
