"""How saving holds up: answers offered at a fixed rate from several processes, beside what the disk itself needs."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread

from store.errors import StoreError
from store.records import AnswerRecord, AssessmentRecord, Records, SystemRecord
from store.store import open_store

COMMAND = "python -m benchmarks.store"
PROCESSES = 4
THREADS = 8  #: in each process, as the pages of as many people
OFFERED_PER_SECOND = 100
QUESTIONS = 104
AT = "2026-11-20T14:02:11.123Z"
HERE = "assessment"


def measure(seconds: float = 60) -> list[dict[str, object]]:
    """Offer saves for that long (open loop: latency counts from when a save was due); figures with their promises."""
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        path = Path(folder) / "arrears.db"
        with open_store(path) as store:
            store.write(_open_assessment)
            workers = [_start(path, number, seconds) for number in range(PROCESSES)]
            for worker in workers:
                worker.stdout.readline()  # it is ready
            for worker in workers:
                worker.stdin.write("go\n")
                worker.stdin.flush()
            beside = _Beside(Path(folder))
            told = [json.loads(worker.communicate()[0]) for worker in workers]
            beside.stop()
            lost = store.read(lambda records: _lost(records, told))
            faults = store.verify()
    latencies = sorted(ms for worker in told for ms in worker["latencies_ms"])
    errors = sum(worker["errors"] for worker in told)
    cpu_ms = sum(worker["cpu_seconds"] for worker in told) * 1000 / max(1, len(latencies))
    fsync, late = sorted(beside.fsync_ms), sorted(beside.late_ms)
    how = f"{OFFERED_PER_SECOND} saves/s offered from {PROCESSES} processes for {seconds:g} s"
    return [
        _row(f"{how}: saved", len(latencies) / seconds, "1/s", f"about {OFFERED_PER_SECOND}"),
        _row(f"{how}: errors", errors, "saves", "0"),
        _row(f"{how}: acknowledged and lost", lost, "saves", "0"),
        _row(f"{how}: faults found by verifying", len(faults), "faults", "0"),
        _row(f"{how}: p50", _quantile(latencies, 0.5), "ms", ""),
        _row(f"{how}: p99", _quantile(latencies, 0.99), "ms", "<= 100"),
        _row("CPU of one save", cpu_ms, "ms", "<= 10"),
        _row("a raw fsync of 4 KiB on the same disk meanwhile: p50", _quantile(fsync, 0.5), "ms", "base of the ratio"),
        _row("a raw fsync of 4 KiB on the same disk meanwhile: p99", _quantile(fsync, 0.99), "ms", "base of the ratio"),
        _row("how late a sleeping thread is woken meanwhile: p99", _quantile(late, 0.99), "ms", "small when idle"),
        _row("p50 of a save / p50 of an fsync", _quantile(latencies, 0.5) / _quantile(fsync, 0.5), "x", ""),
        _row("p99 of a save / p99 of an fsync", _quantile(latencies, 0.99) / _quantile(fsync, 0.99), "x", ""),
    ]


def _open_assessment(records: Records) -> None:
    records.keep_checklist("checklist", "ml-debt", "1", "", "{}", AT)
    records.add_system(
        SystemRecord(
            system_id="system",
            name="System",
            team="Team",
            decides="",
            affected="",
            switches=frozenset(),
            demonstration=False,
            created_at=AT,
        )
    )
    records.open_assessment(
        AssessmentRecord(
            assessment_id=HERE,
            system_id="system",
            period="2026Q4",
            checklist_id="checklist",
            scope="all",
            switches=frozenset(),
            opened_at=AT,
            opened_by="ada",
        )
    )


def _start(path: Path, number: int, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.store", "work", str(path), str(number), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _work(path: str, number: int, seconds: float) -> None:
    """One process: its share of the saves, each due at a random moment, taken up by the next free thread."""
    chance = random.Random(number)
    due, at = [], 0.0
    while (at := at + chance.expovariate(OFFERED_PER_SECOND / PROCESSES)) < seconds:
        due.append(at)
    store = open_store(path)
    store.write(lambda records: records.periods())  # what is imported once is not a save's latency
    turns, lock = count(), Lock()
    revs: dict[str, int] = {}
    latencies: list[float] = []
    errors: list[str] = []
    print("ready", flush=True)
    sys.stdin.readline()
    cpu_before, start = time.process_time(), time.perf_counter()

    def take_up() -> None:
        while True:
            with lock:
                turn = next(turns)
            if turn >= len(due):
                return
            time.sleep(max(0.0, start + due[turn] - time.perf_counter()))
            question = f"P{number}-Q{turn % QUESTIONS}"
            answer = AnswerRecord(
                question_id=question,
                state="answered",
                level=(turn // QUESTIONS) % 5,
                note=f"turn {turn}",
                changed_at=AT,
                changed_by=f"p{number}",
            )
            expected = revs.get(question, 0)
            try:
                kept = store.write(lambda r, a=answer, e=expected: r.save_answer(HERE, a, e))
            except StoreError as error:
                errors.append(str(error))
            else:
                revs[question] = kept.rev
                latencies.append((time.perf_counter() - start - due[turn]) * 1000)

    threads = [Thread(target=take_up) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = time.process_time() - cpu_before
    store.close()
    print(json.dumps({"latencies_ms": latencies, "errors": len(errors), "cpu_seconds": cpu, "revs": revs}))


def _lost(records: Records, told: list[dict[str, dict[str, int]]]) -> int:
    """Acknowledged revisions that are not in the history."""
    return sum(
        len(set(range(1, rev + 1)) - {event.rev for event in records.answer_history(HERE, question)})
        for worker in told
        for question, rev in worker["revs"].items()
    )


class _Beside:
    """What the machine does meanwhile, so that its noise is not taken for ours: 20 times a second, in a thread."""

    def __init__(self, folder: Path) -> None:
        self.fsync_ms: list[float] = []  # how long the disk takes to make 4 KiB durable
        self.late_ms: list[float] = []  # how much later than asked a sleep ends
        self._stop = Event()
        self._thread = Thread(target=self._look, args=(folder / "raw",))
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self, path: Path) -> None:
        with path.open("wb") as file:
            while not self._stop.is_set():
                before = time.perf_counter()
                time.sleep(0.05)
                self.late_ms.append((time.perf_counter() - before - 0.05) * 1000)
                file.write(b"x" * 4096)
                file.flush()
                before = time.perf_counter()
                os.fsync(file.fileno())
                self.fsync_ms.append((time.perf_counter() - before) * 1000)


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 2), "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        _work(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    else:
        for row in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 60):
            print(f"{row['what']}: {row['figure']} {row['unit']} ({row['promise'] or 'no promise'})")
