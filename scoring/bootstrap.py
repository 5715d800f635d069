"""Would the change stand with other voters? Both quarters drawn again and again from the votes that were given.

The people who sat in the room are a sample of those who could have: drawing from them with replacement (B. Efron,
"Bootstrap methods: another look at the jackknife", 1979) shows how far the numbers depend on who came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.panel import Ballots, is_voted
from scoring.terms import Parameters, Score
from scoring.votes import in_order

DRAWS = 2_000
DRAWS_PLAIN = 400  #: where each draw is scored for itself, which takes about a millisecond
SEED = 20_150_101
COUNTED_FROM = 16  #: with so many votes on a question its draws are tallies, which are as likely and much quicker
CELLS_MAX = 1 << 21  #: votes drawn at once: more would take memory by the hundred MB with a hundred voters
AGREEING_MIN = 0.95  #: share of the draws that must agree on the sign

_UNKNOWN = 5  #: "we do not know", above every level, so that sorted votes have it last
_ABSENT = 6  #: this person did not vote on this question

Codes = NDArray[np.uint8]
Debts = NDArray[np.float64]
Levels = dict[str, NDArray[np.int64]]  # question -> its level in each draw, -1 is "we do not know"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreeing:
    """In how many draws a number was lower (better) and higher (worse) afterwards; in the rest it was the same."""

    better: int
    worse: int
    draws: int

    @property
    def most(self) -> int:
        """How many draws agree on the more frequent of the two signs."""
        return max(self.better, self.worse)

    @property
    def doubt(self) -> float:
        """Share of the draws that do not agree with the more frequent sign, 0..1: what Holm's procedure orders by."""
        return 1 - self.most / self.draws if self.draws else 1.0

    @property
    def sign(self) -> int:
        """-1 better, 1 worse, 0 while fewer than 95 % of the draws agree."""
        if not self.draws or self.most < AGREEING_MIN * self.draws:
            return 0
        return 1 if self.worse > self.better else -1


def holm(doubts: Mapping[str, float]) -> frozenset[str]:
    """Which of several findings stand when all are looked at together (S. Holm, 1979), at 5 % in all.

    The least doubtful of m must have at most 5 % / m of doubt, the next 5 % / (m - 1), and so on to the first that
    fails. With a single finding this is the plain limit.
    """
    stand: set[str] = set()
    for place, name in enumerate(sorted(doubts, key=lambda name: (doubts[name], name))):
        if doubts[name] * (len(doubts) - place) > 1 - AGREEING_MIN + 1e-12:
            break
        stand.add(name)
    return frozenset(stand)


def bootstrap(
    sides: tuple[Score, Score],
    *,
    ballots: tuple[Ballots, Ballots] | None = None,
    parameters: Parameters | None = None,
    plainly: Callable[[int, Mapping[str, int]], Mapping[str, float]] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Mapping[str, Agreeing]:
    """The draws of two scores over one checklist, by area id; "" is the system.

    With ballots people are drawn, each with everything they said, those who voted both times together for both sides.
    Without, the votes of each question are drawn for themselves. Answers without three votes, and floors, stay as they
    are in every draw. Areas that apply on one side only are left out. The same input and seed give the same draws.

    `plainly` scores one draw of one side (0 or 1) from its levels, for a pack that adds up in its own way; our own way
    is scored for all draws at once.
    """
    parameters = parameters or Parameters()
    drawn = _draw_people(sides, ballots, draws, seed) if ballots else _draw_votes(sides, draws, seed)
    before, after = (
        _one_by_one(plainly, place, levels, draws) if plainly else scored_draws(side, levels, parameters, draws)
        for place, (side, levels) in enumerate(zip(sides, drawn, strict=True))
    )
    return {name: _agreeing(before[name], after[name]) for name in after if name in before}


def scored_draws(side: Score, levels: Levels, parameters: Parameters, draws: int) -> dict[str, Debts]:
    """The debt of each area, and of the system (""), in each draw of `levels`; -1 in them is "we do not know"."""
    worth = np.array([*parameters.values, parameters.unknown])
    areas: dict[str, Debts] = {}
    for area in side.areas:
        questions = [side.questions[question] for question in area.questions]
        debts = np.empty((len(questions), draws))
        for row, question in zip(debts, questions, strict=True):
            given = levels.get(question.id)
            row[:] = question.debt if given is None else np.maximum(worth[given], question.floor)
        weights = np.array([question.weight for question in questions])
        counted = _power_mean(debts, weights, parameters.power)
        critical = [place for place, question in enumerate(questions) if question.critical]
        if critical:
            counted = np.maximum(counted, parameters.critical_share * debts[critical].max(axis=0))
        areas[area.id] = counted
    if areas:
        weights = np.array([area.weight for area in side.areas])
        areas[""] = _power_mean(np.stack(list(areas.values())), weights, parameters.power)
    return areas


def _one_by_one(
    plainly: Callable[[int, Mapping[str, int]], Mapping[str, float]], place: int, levels: Levels, draws: int
) -> dict[str, Debts]:
    """`scored_draws` with each draw scored for itself."""
    scored = [plainly(place, {name: int(given[draw]) for name, given in levels.items()}) for draw in range(draws)]
    return {name: np.array([one[name] for one in scored]) for name in scored[0]} if scored else {}


def settle_all(votes: Codes) -> NDArray[np.int64]:
    """`settle` over the last axis: the upper median of the levels, -1 where "we do not know" is as frequent.

    Codes 0..4 are levels, 5 is "we do not know", 6 no vote at all.
    """
    ordered = np.sort(votes, axis=-1)
    known = (ordered < _UNKNOWN).sum(axis=-1)
    unknown = (ordered == _UNKNOWN).sum(axis=-1)
    middle = np.take_along_axis(ordered, (known // 2)[..., None], axis=-1)[..., 0].astype(np.int64)
    return np.asarray(np.where(unknown >= known, -1, middle))


# -- drawing


def _draw_votes(sides: tuple[Score, Score], draws: int, seed: int) -> tuple[Levels, Levels]:
    """The level of each voted question in each draw, its votes drawn with replacement."""
    found: list[Levels] = []
    for side, generator in zip(sides, _generators(sides, seed), strict=True):
        by_count: dict[int, list[str]] = {}
        for question in side.questions.values():
            if is_voted(question.votes, question.level):
                by_count.setdefault(len(question.votes), []).append(question.id)
        levels: Levels = {}
        for count, names in sorted(by_count.items()):
            if count >= COUNTED_FROM:
                levels.update((name, _tallied(side.questions[name].votes, draws, generator)) for name in names)
                continue
            at_once = max(1, CELLS_MAX // (draws * count))
            for first in range(0, len(names), at_once):
                some = names[first : first + at_once]
                votes = np.array(
                    [[_code(vote) for vote in side.questions[name].votes] for name in some], dtype=np.uint8
                )
                chosen = generator.integers(0, count, size=(len(some), draws * count), dtype=np.uint16)
                drawn = np.take_along_axis(votes, chosen.astype(np.intp), axis=1).reshape(len(some), draws, count)
                levels.update(zip(some, settle_all(drawn), strict=True))
        found.append(levels)
    return found[0], found[1]


def _tallied(votes: tuple[int | None, ...], draws: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """The level in each draw of all votes with replacement: how often each vote came up is multinomial."""
    times = np.bincount([_code(vote) for vote in votes], minlength=_ABSENT)
    tallies = generator.multinomial(len(votes), times / len(votes), size=draws)
    upto = np.cumsum(tallies[:, :_UNKNOWN], axis=1)
    known = upto[:, -1]
    middle = (upto <= (known // 2)[:, None]).sum(axis=1)
    return np.asarray(np.where(tallies[:, _UNKNOWN] >= known, -1, middle).astype(np.int64))


def _draw_people(
    sides: tuple[Score, Score], ballots: tuple[Ballots, Ballots], draws: int, seed: int
) -> tuple[Levels, Levels]:
    """The level of each voted question in each draw, people drawn with replacement, with everything they said.

    Those who voted both times are drawn once for both sides. A draw of people who all left a question out is one in
    which nobody knows.
    """
    both = sorted(ballots[0].keys() & ballots[1].keys())
    returning = np.random.default_rng(seed).integers(0, max(len(both), 1), size=(draws, len(both)))
    found: list[Levels] = []
    for side, given, generator in zip(sides, ballots, _generators(sides, seed), strict=True):
        alone = sorted(given.keys() - set(both))
        others = generator.integers(0, max(len(alone), 1), size=(draws, len(alone)))
        people = [*both, *alone]
        chosen = np.concatenate([returning, others + len(both)], axis=1)
        levels: Levels = {}
        for question in side.questions.values():
            votes = [given[who].get(question.id, _ABSENT) for who in people]
            cast = in_order(tuple(vote for vote in votes if vote != _ABSENT))
            if cast == question.votes and is_voted(cast, question.level):
                levels[question.id] = settle_all(np.array([_code(vote) for vote in votes], dtype=np.uint8)[chosen])
        found.append(levels)
    return found[0], found[1]


def _generators(sides: tuple[Score, Score], seed: int) -> list[np.random.Generator]:
    """One stream of random numbers a side, by what was voted and not by which came first.

    So the change read backwards is the same draws with the sign turned.
    """
    voted = [sorted((question.id, str(question.votes)) for question in side.questions.values()) for side in sides]
    streams = (0, 1) if voted[0] <= voted[1] else (1, 0)
    return [np.random.default_rng((seed, stream)) for stream in streams]


def _code(vote: int | None) -> int:
    return _UNKNOWN if vote is None else vote


def _power_mean(values: Debts, weights: Debts, power: float) -> Debts:
    """`scoring.score.power_mean` over the first axis."""
    powered = values * values * values if power == 3 else values**power  # a general power costs ten times as much
    mean = weights @ powered / weights.sum()
    root = np.cbrt(mean) if power == 3 else mean ** (1 / power)
    return np.asarray(np.clip(root, values.min(axis=0), values.max(axis=0)))


ROUNDING = 1e-12  #: two sums of the same numbers in another order may differ by this much, and are no change


def _agreeing(before: Debts, after: Debts) -> Agreeing:
    difference = after - before
    return Agreeing(
        better=int((difference < -ROUNDING).sum()), worse=int((difference > ROUNDING).sum()), draws=len(difference)
    )
