"""Actions, promises, targets and search with 500 systems: what one look costs, and the longest search there is."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.portfolio import AT, SOMEBODY, build
from operations.action_board import ActionFilter, read_board
from operations.promises import read_promises
from operations.search import search
from operations.targets import read_targets
from operations.workplace import Workplace, open_workplace, shipped_checklist
from store.engine import Session
from store.records import Records
from store.target_records import TargetRecord

COMMAND = 'python -m benchmarks "Actions, targets and search"'
SYSTEMS = 500
ACTIONS_A_SYSTEM = 10
WORDS = ("the", "pipeline", "stops", "at", "night", "when", "somebody", "changes", "a", "table", "until", "monday")
NOTED = 0.2  #: share of the answers that have a note
REPEATS = 5


def _row(what: str, figure: float, promise: str = "") -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 1), "unit": "ms of CPU", "promise": promise, "command": COMMAND}


def _median_ms(workplace: Workplace, work: Callable[[], object]) -> float:
    """Processor time of a first look: nothing of the last one is remembered."""
    took = []
    for _ in range(REPEATS):
        workplace.memory.forget()
        begun = time.process_time()
        work()
        took.append((time.process_time() - begun) * 1000)
    return statistics.median(took)


def measure() -> list[dict[str, Any]]:
    """What the pages ask, at the size of a large department."""
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        path = build(Path(folder), SYSTEMS, older_rules=True)
        workplace = open_workplace(path)
        periods = workplace.store.read(lambda records: records.periods())
        rows = []
        workplace.store._engine.write(lambda session: session.execute("DROP TRIGGER answer_sealed_insert"))
        for quarters, named in ((periods[-2:-1], "one quarter"), (periods[:-2], "16 quarters")):
            workplace.store._engine.write(lambda session, quarters=quarters: _answers(session, quarters))
            asked = f"{SYSTEMS} systems, notes of {named}: a word that stands nowhere"
            rows.append(
                _row(asked, _median_ms(workplace, lambda: search(workplace, SOMEBODY, text="zebra")), "<= 1000")
            )
        common = _median_ms(workplace, lambda: search(workplace, SOMEBODY, text="monday pipeline"))
        rows.append(_row("the same, two words that stand everywhere", common, "<= 1000"))
        workplace.store._engine.write(lambda session: _actions(session, periods[-2]))
        count = f"{SYSTEMS * ACTIONS_A_SYSTEM:,} actions"
        board = read_board(workplace, SOMEBODY)
        late = _median_ms(workplace, lambda: board.only(ActionFilter(state="overdue")))
        rows += [
            _row(f"{count}: the board", _median_ms(workplace, lambda: read_board(workplace, SOMEBODY)), "<= 250"),
            _row("a filter over them", late, "<= 20"),
            _row("the promises of a quarter, none of them done", _promises(workplace, "2026Q3"), "<= 1000"),
            _row(f"the promises of a quarter, {SYSTEMS} done and measured", _promises(workplace, "2026Q2"), "<= 1000"),
        ]
        workplace.store.write(_targets)
        aimed = _median_ms(workplace, lambda: read_targets(workplace, SOMEBODY, period=periods[-2]))
        rows.append(_row(f"{SYSTEMS} targets with their distance", aimed, "<= 250"))
        workplace.close()
    return rows


def _promises(workplace: Workplace, period: str) -> float:
    return _median_ms(workplace, lambda: read_promises(workplace, SOMEBODY, period=period))


def _systems() -> Iterator[str]:
    return (f"s{number:05d}" for number in range(SYSTEMS))


def _answers(session: Session, quarters: Sequence[str]) -> None:
    """An answer to each question, some with a note of twenty words."""
    chance = random.Random(3)
    questions = list(shipped_checklist().questions)
    session.insert_many(
        "answer",
        (
            {
                "org_id": "local", "period": period, "assessment_id": f"{system}-{period}", "question_id": question,
                "state": "answered", "level": 2, "votes": "[]", "reason": "", "links": "[]", "source": "person",
                "note": " ".join(chance.choices(WORDS, k=20)) if chance.random() < NOTED else "", "rev": 1,
                "changed_at": AT, "changed_by": "ada",
            }
            for period in quarters for system in _systems() for question in questions
        ),
    )  # fmt: skip


def _actions(session: Session, period: str) -> None:
    """Ten actions a system: one done in time for the quarter, the others open, half of them due in the next."""
    core = [question.id for question in shipped_checklist().questions.values() if question.core][:ACTIONS_A_SYSTEM]
    rows: list[dict[str, Any]] = []
    for system in _systems():
        for place, question in enumerate(core):
            done = place == 0
            rows.append(
                {
                    "org_id": "local", "action_id": f"{system}-{place}", "system_id": system, "period": period,
                    "assessment_id": f"{system}-{period}", "question_id": question, "target": 0, "planned_days": 5.0,
                    "benefit_days": 8.0, "horizon_quarters": 4, "debt_before": 0.75, "debt_target": 0.0,
                    "effort_class": "M", "own_estimate": 0, "class_values_id": "", "title": "Repay it", "owner": "bo",
                    "due": "2026-05-15" if done else f"2026-0{8 if place % 2 else 4}-15", "link": "",
                    "state": "done" if done else "open", "actual_days": 6.0 if done else None, "friction_gone": None,
                    "reason": "", "closed_at": AT if done else None, "made_at": AT, "made_by": "ada", "changed_at": AT,
                    "changed_by": "ada", "rev": 1,
                }
            )  # fmt: skip
    session.insert_many("action", rows)
    told = (
        "org_id", "system_id", "action_id", "rev", "title", "owner", "due", "link", "state", "actual_days",
        "friction_gone", "reason", "closed_at", "changed_at", "changed_by",
    )  # fmt: skip
    session.insert_many("action_event", ({name: row[name] for name in told} | {"what": "planned"} for row in rows))


def _targets(records: Records) -> None:
    for system in _systems():
        records.targets.keep(
            TargetRecord(
                system_id=system, pack=shipped_checklist().id, debt=0.3, by_period="2026Q4", from_debt=0.6,
                from_period="2026Q1", set_at=AT, set_by="ada",
            ),
            0,
        )  # fmt: skip
