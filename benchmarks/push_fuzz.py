"""A hundred thousand pushes gone wrong, and what a visitor feels while hostile evidence is read."""

from __future__ import annotations

import asyncio
import http.client
import logging
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from benchmarks.server import ROOT, Server
from door.push import BODY_BYTES_MAX, EvidenceDoor
from door.rates import Rate
from operations.assessments import open_assessment
from operations.authorize import Actor
from operations.errors import InvalidToken
from operations.repository_evidence import check_token, make_token, revoke_token
from operations.systems import create_system
from operations.workplace import Workplace, open_workplace
from tests.door.mutations import ANSWERS, mutated, never

COMMAND = "python -m benchmarks.push_fuzz"
SOMEBODY = Actor(name="Benchmark", local=True)
PUSHES = 100_000
SEED = 20261120
CHECKS = 3_000
SENDERS = 4
SYSTEMS = 8  #: so that no rate holds the attackers back: what is measured is the reading
SECONDS = 20.0
SETTLE_SECONDS = 6.0  #: until the server has read what its first visitors will need
UNLIMITED = 10**9


class _Failures(logging.Handler):
    """Keeps what our side had to apologise for."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


def _system(workplace: Workplace, name: str) -> tuple[str, str]:
    """A system with an open quarter: its id and the secret of its token."""
    system = create_system(workplace, SOMEBODY, name=name, team="Team")
    open_assessment(workplace, SOMEBODY, system_id=system.system_id, period="2026Q4")
    return system.system_id, make_token(workplace, SOMEBODY, system_id=system.system_id, name="CI").secret


async def _push_all(workplace: Workplace, secret: str) -> tuple[Counter[int], set[str], int]:
    """Every mutation through the whole address: how often each answer came, what was taken, answers not in JSON."""
    door = EvidenceDoor(
        by_address=Rate(burst=UNLIMITED, per_second=1.0), by_token=Rate(burst=UNLIMITED, per_second=1.0)
    )
    inner = Starlette(routes=[Route("/api/evidence", door)])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "state": {"workplace": workplace}}, receive, send)

    dice, answers, taken, wordless = random.Random(SEED), Counter[int](), set[str](), 0
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as client:
        for _ in range(PUSHES):
            body, headers = mutated(dice, secret)
            answer = await client.post("/api/evidence", content=body, headers=headers)
            answers[answer.status_code] += 1
            try:
                document = answer.json()
            except ValueError:
                wordless += 1
                continue
            if answer.status_code in {200, 201}:
                taken.add(document["evidence_id"])
            else:
                wordless += set(document) != {"error", "problems"}
    return answers, taken, wordless


def _fuzz() -> list[dict[str, Any]]:
    failures = _Failures()
    logging.getLogger().addHandler(failures)
    with tempfile.TemporaryDirectory() as folder:
        workplace = open_workplace(Path(folder) / "arrears.db")
        system_id, secret = _system(workplace, "Fuzzed")
        cpu = time.process_time()
        answers, taken, wordless = asyncio.run(_push_all(workplace, secret))
        cpu = time.process_time() - cpu
        faults = never(workplace, system_id, taken)
        workplace.close()
    logging.getLogger().removeHandler(failures)
    said = ", ".join(f"{answers[status]:,} x {status}" for status in sorted(answers))
    return [
        _row(f"mutated pushes ({said})", sum(answers.values()), "", "100,000"),
        _row(
            "answers that are not among those promised", sum(answers[s] for s in answers if s not in ANSWERS), "", "0"
        ),
        _row("answers that are not JSON with a sentence", wordless, "", "0"),
        _row("failures on our side in the log", len(failures.records), "", "0"),
        _row("documents half-written, lost or kept without an answer", len(faults), "", "0"),
        _row("CPU a push, making the mutation included", cpu / PUSHES * 1_000, "ms", ""),
    ]


def _checks() -> list[dict[str, Any]]:
    """How long it takes to refuse a secret that never was, one with a letter changed, a revoked one."""
    with tempfile.TemporaryDirectory() as folder:
        workplace = open_workplace(Path(folder) / "arrears.db")
        system_id, secret = _system(workplace, "Checked")
        revoked = make_token(workplace, SOMEBODY, system_id=system_id, name="old")
        revoke_token(workplace, SOMEBODY, system_id=system_id, token_id=revoked.token.token_id)
        changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        given = {"never made": "arr_" + "x" * 43, "one letter wrong": changed, "revoked": revoked.secret}
        took: dict[str, list[float]] = {kind: [] for kind in given}
        for _ in range(CHECKS):
            for kind, wrong in given.items():
                started = time.perf_counter()
                with suppress(InvalidToken):
                    check_token(workplace, secret=wrong)
                took[kind].append(time.perf_counter() - started)
        workplace.close()
    return [
        _row(f"a token is refused: {kind}, median", statistics.median(waits) * 1_000, "ms", "all alike")
        for kind, waits in took.items()
    ]


def hostile_bodies() -> dict[str, bytes]:
    """Bodies as large as they may be, made to be slow."""

    def filled(unit: str, end: str) -> bytes:
        return ("[" + unit * ((BODY_BYTES_MAX - 40) // len(unit)) + end).encode()

    values = 149_000  #: just under evidence.document.VALUES_MAX
    room = (BODY_BYTES_MAX - 40) // values
    return {
        "empty lists, as many as fit": filled("[],", "[]]"),
        "empty lists, as many as are read": ("[" + ("[]" + " " * (room - 3) + ",") * values + "[]]").encode(),
        "objects, as many as are read": ("[" + ('{"a":1}' + " " * (room - 8) + ",") * values + "{}]").encode(),
        "opening brackets": b"[" * BODY_BYTES_MAX,
        "one number": b"1" * BODY_BYTES_MAX,
        "one escaped text": b'"' + b"\\u0041" * ((BODY_BYTES_MAX - 2) // 6) + b'"',
    }


class _Visitor:
    """Somebody who asks for a small thing again and again, in a thread of their own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waits: list[float] = []
        self._until = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self._thread.start()

    def _visit(self) -> None:
        while not self._until.is_set():
            started = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
            self.waits.append(time.perf_counter() - started)
            time.sleep(0.01)

    def leave(self) -> list[float]:
        """Go, and say how long each answer took."""
        self._until.set()
        self._thread.join(60)
        return self.waits


def _attack(port: int, secrets: list[str]) -> int:
    """Send every hostile body over and over from several connections; how many were sent."""
    bodies, until = list(hostile_bodies().values()), time.monotonic() + SECONDS

    def send(place: int) -> int:
        sent = 0
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {
                "Authorization": f"Bearer {secrets[(place + sent) % len(secrets)]}",
                "Content-Type": "application/json",
            }
            connection.request("POST", "/api/evidence", body=bodies[(place + sent) % len(bodies)], headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            if answer.status == 429:
                time.sleep(0.2)
            sent += 1
        return sent

    with ThreadPoolExecutor(SENDERS) as pool:
        return sum(pool.map(send, range(SENDERS)))


def _neighbours() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "arrears.db"
        workplace = open_workplace(database)
        secrets = [_system(workplace, f"Attacked {number}")[1] for number in range(SYSTEMS)]
        workplace.close()
        server = Server(script=ROOT / "app.py", database=database).start()
        try:
            time.sleep(SETTLE_SECONDS)
            quiet = _Visitor(server.port)
            time.sleep(SECONDS)
            idle = quiet.leave()
            before = server.resident_mb()
            visitor = _Visitor(server.port)
            sent = _attack(server.port, secrets)
            attacked = visitor.leave()
            grown = server.resident_mb() - before
        finally:
            server.stop()
    return [
        _row("a visitor's answer, idle, median", statistics.median(idle) * 1_000, "ms", "the base"),
        _row("the same, idle, the slowest in a hundred", _slowest(idle), "ms", ""),
        _row(f"the same, {sent:,} hostile 5 MB pushes, median", statistics.median(attacked) * 1_000, "ms", ""),
        _row("the same, the slowest in a hundred", _slowest(attacked), "ms", "< 500"),
        _row("the server's memory grew by", grown, "MB", "< 200"),
    ]


def _slowest(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=100)[-1] * 1_000


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def measure() -> list[dict[str, Any]]:
    """Fuzz the address, then attack a running server. About eight minutes."""
    return [*_fuzz(), *_checks(), *_neighbours()]


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure())
