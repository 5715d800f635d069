"""How long a ranking, a plan and what would help most to know take on the shipped checklist, and if they repeat."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from checklists.checklist import Checklist
from checklists.reader import load_checklist
from scoring import draws
from scoring.knowing import worth_knowing
from scoring.plan import choose, repaid
from scoring.priority import rank
from scoring.score import Response, ResponseState, score

COMMAND = "python -m benchmarks.plan"
SYSTEMS = 12
REPEATED = 5  #: of which the fastest counts: what else the machine does is not ours
VOTERS = 5
BUDGET_DAYS = 100.0  #: 200 half-days


def measure() -> list[dict[str, object]]:
    """Rank, plan, repay and ask in twelve systems; milliseconds of one core, the median system."""
    checklist = load_checklist(Path(__file__).parents[1] / "checklists" / "ml-debt.yaml")
    chance = random.Random(4)
    given = [_answers(checklist, chance) for _ in range(SYSTEMS)]
    scores = [score(checklist, it) for it in given]
    rankings = [rank(checklist, it) for it in scores]
    return [
        _row(
            "rank 104 questions in 2,000 draws, numbers drawn anew",
            _median(lambda place: rank(checklist, scores[place]), before=draws.forget),
            "ms CPU",
            "<= 80",
        ),
        _row(
            "the same after a what-if, numbers drawn before",
            _median(lambda place: rank(checklist, scores[place])),
            "ms CPU",
            "",
        ),
        _row("different bytes in 20 rankings with one seed", _different(checklist, scores), "rankings", "0"),
        _row(
            "exact plan for 104 repayments, 200 half-days",
            _median(lambda place: choose(rankings[place], checklist, budget_days=BUDGET_DAYS)),
            "ms CPU",
            "<= 20",
        ),
        _row(
            "the score once a plan is repaid",
            _median(lambda place: repaid(checklist, given[place], (), {"ENT-01": 0, "MON-01": 0})),
            "ms CPU",
            "",
        ),
        _row(
            "what would help most to know, 104 questions",
            _median(lambda place: worth_knowing(checklist, given[place])),
            "ms CPU",
            "",
        ),
    ]


def _median(work: Callable[[int], object], before: Callable[[], None] | None = None) -> float:
    """The median system's fastest run, milliseconds of processor time: what else the machine does is not counted."""
    work(0)
    fastest = []
    for place in range(SYSTEMS):
        times = []
        for _ in range(REPEATED):
            if before:
                before()
            start = time.process_time()
            work(place)
            times.append((time.process_time() - start) * 1000)
        fastest.append(min(times))
    return statistics.median(fastest)


def _different(checklist: Checklist, scores: list) -> int:
    """How many of 20 repeated rankings differ in a byte from the first."""

    def said() -> str:
        draws.forget()
        found = rank(checklist, scores[0])
        return json.dumps([[asdict(it) for it in found.priorities], sorted(found.likely.items())])

    first = said()
    return sum(said() != first for _ in range(20))


def _answers(checklist: Checklist, chance: random.Random) -> dict[str, Response]:
    """Nobody is free of debt anywhere, so that all 104 take part: five votes each, one in ten unknown."""
    return {
        name: Response(state=ResponseState.UNKNOWN)
        if chance.random() < 0.1
        else Response(state=ResponseState.ANSWERED, votes=tuple(chance.randrange(1, 5) for _ in range(VOTERS)))
        for name in checklist.questions
    }


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 2), "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        print(f"{row['what']}: {row['figure']} {row['unit']} (promised {row['promise']})")
