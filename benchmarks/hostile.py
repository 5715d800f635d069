"""A neighbour under attack: hostile archives are uploaded while somebody else answers; what do both feel?"""

from __future__ import annotations

import asyncio
import io
import statistics
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.server import ROOT, Server
from benchmarks.streamlit_client import Visitor
from operations.assessments import open_assessment
from operations.authorize import Actor
from operations.systems import create_system
from operations.workplace import open_workplace
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

COMMAND = "python -m benchmarks.hostile"
SOMEBODY = Actor(name="Benchmark", local=True)
REFUSED_SECONDS_MAX = 60


def archives() -> dict[str, bytes]:
    """The uploads nobody should send."""
    return {
        "not a zip": b"PK this is not a zip" * 1000,
        "bomb, 200 MB of zeros": _zip({"zeros.py": b"0" * 200_000_000}),
        "60,000 entries": _zip({f"{number}.py": b"" for number in range(60_000)}),
        "encrypted": _encrypted(_zip({"train.py": b"import sklearn\n" * 50})),
        "links": _links(),
        "source that eats memory when parsed": _zip({f"m{n}.py": b"[]," * 170_000 for n in range(8)}),
    }


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def _encrypted(archive: bytes) -> bytes:
    """Set the encryption flag of the only entry, in both headers."""
    changed = bytearray(archive)
    changed[archive.index(b"PK\x03\x04") + 6] |= 1
    changed[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def _links() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(200):
            link = zipfile.ZipInfo(f"link{number}.py")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
    return out.getvalue()


class Neighbour:
    """Somebody who answers all the time, in a thread of their own."""

    def __init__(self, port: int, query: str) -> None:
        self.port, self.query = port, query
        self.took: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._answer()), daemon=True)

    async def _answer(self) -> None:
        visitor = Visitor(port=self.port, path="assess", query=self.query)
        await visitor.open()
        number = 0
        while not self._stop.is_set():
            turn, place = divmod(number, len(visitor.questions))
            self.took.append(await visitor.choose(visitor.questions[place], turn % 5))
            number += 1
            await asyncio.sleep(0.05)
        await visitor.close()

    def start(self) -> Neighbour:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Leave."""
        self._stop.set()
        self._thread.join(30)


def _upload(page: Page, url: str, name: str, body: bytes) -> tuple[float, str]:
    """Hand over an archive. Returns the seconds until the page said what came of it, and its words."""
    page.goto(url)
    page.wait_for_selector("[data-testid=stFileUploader]")
    given = page.locator("[data-testid=stFileUploader] input[type=file]")
    verdict = page.locator("[data-testid=stAlert], h2:has-text('Area by area')").first
    started = time.perf_counter()
    given.set_input_files({"name": f"{name}.zip", "mimeType": "application/zip", "buffer": body})
    verdict.wait_for(timeout=REFUSED_SECONDS_MAX * 1000)
    return time.perf_counter() - started, " ".join(verdict.inner_text().split())[:90]


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def measure() -> list[dict[str, Any]]:
    """Upload each hostile archive while the neighbour answers. About a minute."""
    rows = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        database = Path(name) / "arrears.db"
        workplace = open_workplace(database)
        answered = create_system(workplace, SOMEBODY, name="Answered", team="Team")
        open_assessment(workplace, SOMEBODY, system_id=answered.system_id, period="2026Q4")
        urls = []
        for kind in archives():
            system = create_system(workplace, SOMEBODY, name=kind, team="Attack")
            open_assessment(workplace, SOMEBODY, system_id=system.system_id, period="2026Q4")
            urls.append(f"/evidence?system={system.system_id}&period=2026Q4")
        workplace.close()
        server = Server(script=ROOT / "app.py", database=database).start()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(LAUNCH_ARGS))
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.port}{urls[0]}")
        page.wait_for_selector("[data-testid=stFileUploader]")
        neighbour = Neighbour(server.port, f"system={answered.system_id}&period=2026Q4&view=All+questions").start()
        time.sleep(8)
        idle = statistics.median(neighbour.took[5:])
        before = server.resident_mb()
        most = before
        del neighbour.took[:]
        for url, (kind, body) in zip(urls, archives().items(), strict=True):
            seconds, words = _upload(page, f"http://127.0.0.1:{server.port}{url}", kind, body)
            most = max(most, server.resident_mb())
            rows.append(_row(f"{kind} ({len(body) / 1e6:.1f} MB): “{words}”", seconds, "s", "< 5"))
        attacked = statistics.median(neighbour.took)
        neighbour.stop()
        rows += [
            _row("the server's memory grew by at most", most - before, "MB", "< 100"),
            _row("neighbour's answer, idle, median", idle * 1000, "ms", "the base"),
            _row("neighbour's answer, under attack, median", attacked * 1000, "ms", ""),
            _row("ratio of the two", attacked / idle, "x", "< 2"),
        ]
        browser.close()
        server.stop()
    return rows


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure())
