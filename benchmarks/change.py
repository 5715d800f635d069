"""A two-quarter comparison: how fast it is drawn and split, and how often it cries wolf or misses a real change."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from benchmarks.scoring import checklist_of, scored_checklist
from checklists.checklist import Checklist
from scoring.bootstrap import bootstrap
from scoring.compare import SMALLEST_DETECTABLE_CHANGE, compare
from scoring.panel import Ballots
from scoring.score import Response, ResponseState, Score, score

COMMAND = "python -m benchmarks 'Change between quarters'"
RATERS, CASES = 8, 300
NOISE = 0.4  #: chance that a vote is off by one level
QUESTIONS = 10  #: in the one area that is simulated
ANY = 1e-12


def measure() -> list[dict[str, object]]:
    """Milliseconds of one comparison, then shares of simulated quarters that were called changed."""
    checklist = scored_checklist()
    sides = tuple(score(checklist, _cast(_truth(checklist, random.Random(seed)), RATERS, random.Random(seed)).responses)
                  for seed in (1, 2))  # fmt: skip
    drawn = min(_timed(lambda: bootstrap((sides[0], sides[1]))) for _ in range(5))
    whole = min(_timed(lambda: compare(checklist, sides[0], checklist, sides[1])) for _ in range(5))
    size = f"{RATERS} raters x {len(checklist.questions)} questions x 2 quarters"
    return [
        _row(f"draw {size} 2,000 times", drawn * 1000, "ms", "<= 300"),
        _row(f"compare {size}: draws, causes, counts", whole * 1000, "ms", ""),
        *(row for raters in (3, 5, 8) for row in _alarms(raters)),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """One quarter's votes, with and without names."""

    responses: dict[str, Response]
    ballots: Ballots


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many simulated pairs of quarters each rule called changed, and the sizes of the differences."""

    any: int = 0
    above: int = 0
    limit: int = 0
    nameless: int = 0
    named: int = 0
    sizes: list[float]


def _alarms(raters: int) -> list[dict[str, object]]:
    """The table of one size of panel: no change, two and four questions repaid by two levels, a new panel."""
    still, two, four = (_simulate(raters, repaid=repaid) for repaid in (0, 2, 4))
    new = _simulate(raters, repaid=0, new_panel=True)
    stable = sorted(still.sizes)[int(0.95 * CASES)]

    def of(what: str, count: int) -> dict[str, object]:
        return _row(f"{raters} raters: {what}", count / CASES, "of quarters", "")

    return [
        of("nothing changed, some difference shown", still.any),
        of("nothing changed, difference above 5 points", still.above),
        of(f"nothing changed, difference above {SMALLEST_DETECTABLE_CHANGE * 100:g} points", still.limit),
        of("nothing changed, called clear by the draws", still.nameless),
        of("2 of 10 questions repaid by two levels, called clear", two.nameless),
        of("4 of 10 questions repaid by two levels, called clear", four.nameless),
        of("nothing changed, other people with a leaning of their own, called clear without names", new.nameless),
        of("nothing changed, other people with a leaning of their own, called clear with names", new.named),
        _row(f"{raters} raters: 95 % of differences without a change stay below", stable * 100, "points", ""),
    ]


def _simulate(raters: int, *, repaid: int, new_panel: bool = False) -> Tally:
    checklist = checklist_of({"ENT": QUESTIONS})
    chance = random.Random(f"{raters} {repaid} {new_panel}")
    tally = Tally(sizes=[])
    for _ in range(CASES):
        truth = _truth(checklist, chance)
        later = dict(truth)
        for question in chance.sample([name for name, level in truth.items() if level >= 2], repaid):
            later[question] -= 2
        leanings = [_leanings(raters, chance) if new_panel else [0] * raters for _ in range(2)]
        casts = [
            _cast(levels, raters, chance, leanings[side], people=side * 100 if new_panel else 0)
            for side, levels in enumerate((truth, later))
        ]
        before, after = (score(checklist, cast.responses) for cast in casts)
        _count(tally, before, after, (casts[0].ballots, casts[1].ballots))
    return tally


def _count(tally: Tally, before: Score, after: Score, ballots: tuple[Ballots, Ballots]) -> None:
    size = abs((after.system.estimate or 0.0) - (before.system.estimate or 0.0))
    tally.sizes.append(size)
    tally.any += size > ANY
    tally.above += size > 0.05
    tally.limit += size > SMALLEST_DETECTABLE_CHANGE
    tally.nameless += bootstrap((before, after))[""].sign != 0
    tally.named += bootstrap((before, after), ballots=ballots)[""].sign != 0


def _truth(checklist: Checklist, chance: random.Random) -> dict[str, int]:
    """Levels drawn evenly, four questions at least high enough to be repaid by two."""
    levels = {question: chance.randint(0, 4) for question in checklist.questions}
    for question in list(levels)[:4]:
        levels[question] = chance.randint(2, 4)
    return levels


def _leanings(raters: int, chance: random.Random) -> list[int]:
    """Half of the people judge as they should, a quarter a level too mildly, a quarter too strictly."""
    return [chance.choice([-1, 0, 0, 1]) for _ in range(raters)]


def _cast(
    truth: dict[str, int], raters: int, chance: random.Random, leaning: list[int] | None = None, *, people: int = 0
) -> Cast:
    ballots: dict[str, dict[str, int | None]] = {f"p{people + rater:03}": {} for rater in range(raters)}
    responses = {}
    for question, level in truth.items():
        for rater, given in enumerate(ballots.values()):
            off = chance.choice([-1, 1]) if chance.random() < NOISE else 0
            given[question] = min(4, max(0, level + off + (leaning[rater] if leaning else 0)))
        votes = tuple(given[question] for given in ballots.values())
        responses[question] = Response(state=ResponseState.ANSWERED, votes=votes)
    return Cast(responses=responses, ballots=ballots)


def _timed(work) -> float:
    """Seconds of one core, so that what else the machine does is not counted."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(what: str, figure: float, unit: str, promise: str) -> dict[str, object]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        print(f"{row['what']}: {row['figure']} {row['unit']}")
