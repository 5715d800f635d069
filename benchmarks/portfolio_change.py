"""Why a portfolio of 500 systems moved: the first look, which splits every system, and the second, which finds it."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from checklists.checklist import Checklist
from operations.authorize import Actor
from operations.movement import forget_splits, read_movement
from operations.scores import PARAMETERS
from operations.workplace import Workplace, shipped_checklist
from scoring.document import score_document
from scoring.score import Response, ResponseState, Scope, score, scoring_id
from store.records import AssessmentRecord, Records, SystemRecord
from store.store import open_store

COMMAND = "python -m benchmarks 'Change of a portfolio'"
SYSTEMS = 500
QUARTERS = ("2026Q2", "2026Q3")
MOVED = 0.2  #: share of the questions that another level is given between the two
AT = "2026-11-20T14:02:11.123Z"
ACTOR = Actor(name="benchmark", local=True)


def measure() -> list[dict[str, object]]:
    """Seconds of a first and a second look at all, at a team, and what is held in memory for it."""
    with a_portfolio() as workplace:
        firsts, cpu = [], []
        for _ in range(3):
            forget_splits()
            began = time.process_time()
            firsts.append(_timed(lambda: _look(workplace)))
            cpu.append(time.process_time() - began)
        first, second = min(firsts), min(_timed(lambda: _look(workplace)) for _ in range(5))
        team = min(_timed(lambda: read_movement(workplace, ACTOR, before=QUARTERS[0], after=QUARTERS[1], team="Team 1"))
                   for _ in range(5))  # fmt: skip
        forget_splits()
        tracemalloc.start()
        _look(workplace)
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    size = f"{SYSTEMS} systems, 34 questions each, every fifth moved"
    return [
        _row(f"change of a portfolio, {size}: first look", first, "s", "progress after half a second"),
        _row("the same: CPU of one system", min(cpu) * 1000 / SYSTEMS, "ms", ""),
        _row("the same: second look", second, "s", "<= 1"),
        _row("first / second look", first / second, "x", ""),
        _row("the same for one team of 10: second look", team * 1000, "ms", ""),
        _row("held in memory for the next look", held / 2**20, "MB", "<= 40"),
    ]


def _look(workplace: Workplace) -> None:
    view = read_movement(workplace, ACTOR, before=QUARTERS[0], after=QUARTERS[1])
    assert view.movement.counted_both == SYSTEMS


@contextmanager
def a_portfolio() -> Iterator[Workplace]:
    """Five hundred systems in fifty teams with two sealed quarters."""
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        store = open_store(Path(folder) / "arrears.db")
        workplace = Workplace(store=store)
        store.write(lambda records: _fill(workplace, records))
        yield workplace
        store.close()


def _fill(workplace: Workplace, records: Records) -> None:
    checklist = shipped_checklist()
    checklist_id = workplace.keep_checklist(records, checklist)
    records.keep_scoring(scoring_id(PARAMETERS), code_version="1", parameters="{}", at=AT)
    scope = Scope(core_only=True, switches=frozenset())
    for number in range(SYSTEMS):
        system_id, chance = f"system-{number:04}", random.Random(number)
        records.add_system(
            SystemRecord(
                system_id=system_id, name=f"System {number}", team=f"Team {number % 50}", decides="", affected="",
                switches=frozenset(), demonstration=False, created_at=AT,
            )
        )  # fmt: skip
        levels = {question: chance.randrange(5) for question in checklist.questions}
        for period in QUARTERS:
            assessment_id = f"{system_id}-{period}"
            records.open_assessment(
                AssessmentRecord(
                    assessment_id=assessment_id, system_id=system_id, period=period, checklist_id=checklist_id,
                    scope="core", switches=frozenset(), opened_at=AT, opened_by="benchmark",
                )
            )  # fmt: skip
            text = _sealed(checklist, levels, scope)
            records.seal(
                assessment_id, text, hashlib.sha256(text.encode()).hexdigest(), AT, "benchmark", scoring_id(PARAMETERS)
            )
            levels = {q: chance.randrange(5) if chance.random() < MOVED else level for q, level in levels.items()}


def _sealed(checklist: Checklist, levels: dict[str, int], scope: Scope) -> str:
    answers = {q: Response(state=ResponseState.ANSWERED, level=level) for q, level in levels.items()}
    return json.dumps({"score": score_document(score(checklist, answers, asked=scope), checklist)})


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 2), "unit": unit, "promise": promise, "command": COMMAND}
