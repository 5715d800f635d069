"""How sure a ranking can be, and how often a likely range holds the truth: simulated teams on the shipped checklist."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from pathlib import Path

from checklists.checklist import Checklist
from checklists.reader import load_checklist
from scoring.interest import price
from scoring.plan_terms import PlanParameters, TeamEstimate, ThreePoint, Tier
from scoring.priority import rank
from scoring.score import Response, ResponseState, score

COMMAND = "python -m benchmarks.sureness"
PROFILES, CASES, DRAWS = 60, 150, 500
TEAMS = [0] * 2 + [1] * 3 + [2] * 3 + [3] * 2 + [4]  #: true levels: most lie in the middle
NOISE = 0.4  #: chance that an answer is off by one level
RULES_SURE = {"weight_spread": 0.0, "value_spread": 0.0}
DAYS_SURE = {"class_cv": 0.0, "team_cv": 0.0}

Give = Callable[[random.Random, int], Response]


def measure() -> list[dict[str, object]]:
    """What is kept of a nominal first five under each doubt, then the coverage of the likely ranges."""
    checklist = load_checklist(Path(__file__).parents[1] / "checklists" / "ml-debt.yaml")
    doubts: list[tuple[str, Give, dict[str, float], bool]] = [
        ("debts of the levels", _agreed, {**DAYS_SURE, "weight_spread": 0.0}, False),
        ("days, of classes", _agreed, dict(RULES_SURE), False),
        ("days, said by the team", _agreed, dict(RULES_SURE), True),
        ("everything, single answers", lambda _, truth: _voted(truth), {}, False),
        ("everything, five votes", lambda chance, truth: _noisy(chance, truth, 5), {}, False),
        ("everything, agreed answers and days said by the team", _agreed, {}, True),
    ]
    rows = [row for what, give, doubt, team in doubts for row in _kept(checklist, what, give, doubt, team=team)]
    return [*rows, *(row for raters in (1, 3, 5, 8) for row in _held(checklist, raters))]


def _kept(
    checklist: Checklist, what: str, give: Give, doubt: dict[str, float], *, team: bool
) -> list[dict[str, object]]:
    chance, kept, now = random.Random(8), [], []
    estimates = {name: _said(checklist, name) for name in checklist.questions} if team else {}
    for _ in range(PROFILES):
        given = {name: give(chance, chance.choice(TEAMS)) for name in checklist.questions}
        parameters = PlanParameters(draws=DRAWS, **doubt)
        found = rank(checklist, score(checklist, given), parameters=parameters, estimates=estimates).priorities
        kept.append(sum(it.p_top5 for it in found[:5]))
        now.append(sum(it.tier is Tier.NOW for it in found))
    return [
        _row(f"doubted: {what}: of the first five kept in a draw", statistics.mean(kept), "of 5"),
        _row(f"doubted: {what}: in the tier now", statistics.mean(now), "questions"),
    ]


def _held(checklist: Checklist, raters: int) -> list[dict[str, object]]:
    chance = random.Random(3)
    system = inside = areas = asked = 0
    widths: list[tuple[float, float]] = []
    for _ in range(CASES):
        truth = {name: chance.choice(TEAMS) for name in checklist.questions}
        true = score(checklist, {name: _voted(level) for name, level in truth.items()})
        seen = score(checklist, {name: _noisy(chance, level, raters) for name, level in truth.items()})
        likely = rank(checklist, seen, parameters=PlanParameters(draws=DRAWS)).likely
        system += _within(true.system.estimate or 0.0, likely[""])
        inside += _within(true.system.estimate or 0.0, (seen.system.low, seen.system.high))
        areas += sum(_within(area.counted, likely[area.id]) for area in true.areas)
        asked += len(true.areas)
        widths.append((likely[""][1] - likely[""][0], seen.system.high - seen.system.low))
    who = "single answers" if raters == 1 else f"{raters} voters"
    return [
        _row(f"{who}: the likely range holds the true debt of the system", system / CASES, "of cases"),
        _row(f"{who}: the likely range holds the true debt of an area", areas / asked, "of cases"),
        _row(f"{who}: the interval holds the true debt of the system", inside / CASES, "of cases"),
        _row(f"{who}: width of the likely range", statistics.mean(width for width, _ in widths), "debt"),
        _row(f"{who}: width of the interval", statistics.mean(width for _, width in widths), "debt"),
    ]


def _within(debt: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= debt <= ends[1]


def _said(checklist: Checklist, name: str) -> TeamEstimate:
    """The class's own days as if a team had said them, so that nothing but the spread differs."""
    days = price(checklist, name)
    effort, friction = (ThreePoint(low=mean, likely=mean, high=mean) for mean in (days.effort_days, days.friction_days))
    return TeamEstimate(question=name, effort=effort, friction=friction)


def _voted(*levels: int) -> Response:
    if len(levels) == 1:
        return Response(state=ResponseState.ANSWERED, level=levels[0])
    return Response(state=ResponseState.ANSWERED, votes=levels)


def _agreed(_: random.Random, truth: int) -> Response:
    return _voted(truth, truth, truth)


def _noisy(chance: random.Random, truth: int, raters: int) -> Response:
    def heard() -> int:
        off = chance.choice((-1, 1)) if chance.random() < NOISE else 0
        return min(4, max(0, truth + off))

    return _voted(*(heard() for _ in range(raters)))


def _row(what: str, figure: float, unit: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": "", "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        print(f"{row['what']}: {row['figure']} {row['unit']}")
