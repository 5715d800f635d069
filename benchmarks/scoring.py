"""How fast a system of 104 questions is scored, and how long a portfolio of 5,000 systems over 16 quarters takes."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace

from checklists.checklist import Area, Checklist, Classes, Level, Question, SeverityClass
from scoring.score import Floor, Response, ResponseState, score

COMMAND = "python -m benchmarks.scoring"
AREAS = {"ENT": 10, "FBL": 9, "DAT": 12, "CFG": 10, "MON": 12, "RPG": 11, "PIP": 9, "TST": 10, "PRO": 10, "FMD": 11}
PORTFOLIO = 5_000 * 16  #: systems x quarters
SAMPLE = 4_000  #: scored in one run; the portfolio's time is this one, scaled


def measure() -> list[dict[str, object]]:
    """Score one cold system, then a sample of answered and of voted systems; milliseconds and seconds."""
    systems = [_system(random.Random(seed), voted=seed % 2 == 1) for seed in range(200)]
    cold = min(_timed(score, scored_checklist(), *systems[1]) for _ in range(20))
    checklist = scored_checklist()
    figures = {}
    for kind, chosen in (("bare levels", systems[::2]), ("five votes each", systems[1::2])):
        figures[kind] = min(_timed(_score_all, checklist, chosen) for _ in range(3)) / SAMPLE
    return [
        _row("score one system of 104 questions, checklist not seen before", cold * 1000, "ms", "<= 5"),
        *(
            _row(f"score one system of 104 questions, {kind}", each * 1000, "ms", "<= 0.75")
            for kind, each in figures.items()
        ),
        *(
            _row(
                f"re-score 5,000 systems x 16 quarters, {kind} (scaled from {SAMPLE:,})", each * PORTFOLIO, "s", "<= 60"
            )
            for kind, each in figures.items()
        ),
    ]


def _score_all(checklist: Checklist, systems: list[tuple[dict[str, Response], tuple[Floor, ...]]]) -> None:
    for number in range(SAMPLE):
        responses, floors = systems[number % len(systems)]
        score(checklist, responses, floors)


def _timed(work, *given) -> float:
    """Seconds of one core, so that what else the machine does is not counted."""
    start = time.process_time()
    work(*given)
    return time.process_time() - start


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


def scored_checklist() -> Checklist:
    """A checklist of the size of the shipped one, so that the benchmark does not measure the YAML reader."""
    return checklist_of(AREAS)


def checklist_of(sizes: Mapping[str, int]) -> Checklist:
    """A checklist with so many questions an area, their severities C, H, M, L in turn."""
    weights = {"C": 10, "H": 7.5, "M": 5, "L": 2.5}
    severity = {key: SeverityClass(weight=weight, loss_days=1, critical=key == "C") for key, weight in weights.items()}
    plain = Question(
        id="",
        text="",
        why="",
        levels=tuple(Level(number=number, text="") for number in range(5)),
        severity="M",
        effort="M",
        interest="i2",
        spread="s1",
        remedies=(),
        look_for=(),
        signals=(),
        not_applicable_when=None,
        sources=(),
        depends_on=(),
        replaces=(),
        applies_when=None,
        core=True,
    )
    return Checklist(
        id="benchmark",
        version="1",
        title="",
        summary="",
        classes=Classes(severity=severity, effort_days={}, friction_days={}, growth={}, provenance="benchmark"),
        switches=(),
        content_hash="",
        areas=tuple(
            Area(
                id=area,
                title=area,
                short=area,
                summary="",
                weight=1,
                applies_when=None,
                questions=tuple(
                    replace(plain, id=f"{area}-{number:02}", severity="CHML"[number % 4])
                    for number in range(1, size + 1)
                ),
            )
            for area, size in sizes.items()
        ),
    )


def _system(chance: random.Random, *, voted: bool) -> tuple[dict[str, Response], tuple[Floor, ...]]:
    """Nine in ten questions answered, one in twenty not applicable, twelve floors."""
    ids = [f"{area}-{number:02}" for area, size in AREAS.items() for number in range(1, size + 1)]
    responses = {}
    for question in ids:
        drawn = chance.random()
        if drawn < 0.05:
            responses[question] = Response(state=ResponseState.NOT_APPLICABLE, reason="not here")
        elif drawn < 0.95 and voted:
            votes = tuple(chance.choice([0, 1, 2, 3, 4, None]) for _ in range(5))
            responses[question] = Response(state=ResponseState.ANSWERED, votes=votes)
        elif drawn < 0.95:
            responses[question] = Response(state=ResponseState.ANSWERED, level=chance.randrange(5))
    floors = tuple(Floor(question=question, signal="s", value=0.5) for question in chance.sample(ids, 12))
    return responses, floors


if __name__ == "__main__":
    for row in measure():
        print(f"{row['what']}: {row['figure']} {row['unit']} (promised {row['promise']})")
