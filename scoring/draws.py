"""The draws behind P(among the first) and the likely ranges: answers, weights, days and levels' debts, all at once.

Every number that is drawn belongs to a seed and to the id of a question or an area, never to a place in a list. So two
rankings of the same system differ by what was changed, not by other dice (common random numbers).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, log, sqrt

import numpy as np

from scoring.aggregate import area_rule, system_rule
from scoring.aggregate_draws import Drawn, DrawnTerms, combine_draws
from scoring.interest import COST_FLOOR_DAYS, horizon_factor
from scoring.plan_terms import PlanParameters, Price
from scoring.terms import Parameters, QuestionScore, Score
from scoring.votes import level_shares

LIKELY = (0.05, 0.95)  #: what a likely range and a range of ranks leave out at each end
_STREAMS_MAX = 2  #: sets of raw draws kept: a what-if asks for the same ones again within a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A repayment that takes part in the ranking."""

    question: str
    target: int
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one candidate came out over all draws."""

    p_top: float
    rank_low: int
    rank_high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """What came out of one set of draws."""

    standings: tuple[Standing, ...]  #: one for each candidate, in their order
    likely: dict[str, tuple[float, float]]  #: by area id, "" is the system


def draw(score: Score, candidates: Sequence[Candidate], *, parameters: PlanParameters, scoring: Parameters) -> Draws:
    """Rank the candidates and score areas and system in each of `parameters.draws` draws.

    Equal ratios keep the order of `candidates`, so in each draw exactly `top` of them (all, if fewer) are among the
    first. The same score, candidates, parameters and seed give the same bytes. The weights and values of a rule that a
    pack declares are part of that rule, and not drawn: only our own are proposals.
    """
    ids = tuple(sorted(score.questions))
    if scoring.declared:
        parameters = replace(parameters, value_spread=0.0, weight_spread=0.0)
    raw = _raw(ids, tuple(sorted(area.id for area in score.areas)), parameters.seed, parameters.draws)
    values = _values(raw.values, scoring.values, parameters.value_spread)
    debts = _debts(raw, [score.questions[name] for name in ids], values)
    row = {name: number for number, name in enumerate(ids)}
    return Draws(
        standings=_standings(
            _ratios(raw=raw, candidates=candidates, row=row, debts=debts, values=values, parameters=parameters),
            parameters.top,
        ),
        likely=_likely(
            raw=raw,
            score=score,
            row=row,
            debts=debts,
            values=values,
            weight_spread=parameters.weight_spread,
            scoring=scoring,
        ),
    )


# -- raw numbers, by seed and id


@dataclass(frozen=True, slots=True)
class _Raw:
    """Uniform numbers 0..1 and standard normal ones, before any of them means something."""

    levels: Drawn  #: questions x draws
    weights: Drawn
    effort: Drawn  #: standard normal, as the next two
    friction: Drawn
    loss: Drawn
    areas: Drawn  #: areas x draws
    values: Drawn  #: levels x draws


_LEVELS_DRAWN = 16  #: more than any checklist has, so that a checklist's number of levels shifts nothing


@lru_cache(maxsize=_STREAMS_MAX)
def _raw(ids: tuple[str, ...], areas: tuple[str, ...], seed: int, draws: int) -> _Raw:
    uniform = np.empty((2, len(ids), draws))
    normal = np.empty((3, len(ids), draws))
    for number, name in enumerate(ids):
        generator = _generator(seed, f"question {name}")
        for place in uniform[:, number]:
            generator.random(out=place)
        for place in normal[:, number]:
            generator.standard_normal(out=place)
    by_area = np.array([_generator(seed, f"area {name}").random(draws) for name in areas]).reshape(-1, draws)
    values = _generator(seed, "values").random((_LEVELS_DRAWN, draws))
    raw = _Raw(uniform[0], uniform[1], normal[0], normal[1], normal[2], by_area, values)
    for array in (uniform, normal, by_area, values):
        array.setflags(write=False)
    return raw


def forget() -> None:
    """Drop the raw draws that are kept: the next ones are drawn anew, and are the same."""
    _raw.cache_clear()


def _generator(seed: int, key: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}\n{key}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


# -- what they mean


def _values(raw: Drawn, values: Sequence[float], spread: float) -> Drawn:
    """The debt of each level, levels x draws: the ends stay, the inner ones move but never pass each other."""
    drawn = np.array(values)[:, None] + spread * (2.0 * raw[: len(values)] - 1.0)
    drawn[0], drawn[-1] = values[0], values[-1]
    return np.asarray(np.maximum.accumulate(np.clip(drawn, values[0], values[-1]), axis=0))


def _debts(raw: _Raw, questions: Sequence[QuestionScore], values: Drawn) -> Drawn:
    """The debt of each question, questions x draws: the debt of the drawn level, never below its floor.

    A question without a level stays within its own interval, which is one point where the pack gives it one debt.
    """
    shares = np.array([level_shares(it.votes, it.level, len(values)) for it in questions]).reshape(-1, len(values))
    upto = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    level = np.zeros(raw.levels.shape, dtype=np.intp)
    for column in upto.T[:-1]:
        level += raw.levels >= column[:, None]
    floors = np.array([question.floor for question in questions])
    drawn = np.maximum(np.take_along_axis(values, level, axis=0), floors[:, None])
    for row, question in enumerate(questions):
        if question.level is None:
            drawn[row] = np.clip(drawn[row], question.low, question.high)
    return np.asarray(drawn)


def _ratios(
    *,
    raw: _Raw,
    candidates: Sequence[Candidate],
    row: dict[str, int],
    debts: Drawn,
    values: Drawn,
    parameters: PlanParameters,
) -> Drawn:
    """Benefit / cost of each candidate, candidates x draws; 0 where a draw leaves nothing to repay."""
    rows = [row[candidate.question] for candidate in candidates]
    prices = [candidate.price for candidate in candidates]
    debt = debts[rows]
    target = values[[candidate.target for candidate in candidates]]
    repaid = np.maximum(debt - target, 0.0)
    friction = _days(raw.friction[rows], prices, "friction_days", [it.friction_by_team for it in prices], parameters)
    loss = _days(raw.loss[rows], prices, "loss_days", [False] * len(prices), parameters)
    effort = _days(raw.effort[rows], prices, "effort_days", [it.effort_by_team for it in prices], parameters)
    times = np.array([horizon_factor(it.growth, parameters) for it in prices])[:, None]
    benefit = repaid * (debt + target) * (friction + parameters.hazard * loss) * times  # d² - d'², without its rounding
    cost = effort * (parameters.base_share + (1.0 - parameters.base_share) * repaid) + parameters.overhead_days
    return np.asarray(benefit / np.maximum(cost, COST_FLOOR_DAYS))


def _days(
    normal: Drawn, prices: Sequence[Price], name: str, by_team: Sequence[bool], parameters: PlanParameters
) -> Drawn:
    """Person-days drawn around a price's own: lognormal, their mean is the price, their spread the given one."""
    mean = np.array([getattr(price, name) for price in prices])[:, None]
    cv = [parameters.team_cv if team else parameters.class_cv for team in by_team]
    sigma = np.array([sqrt(log(1.0 + each * each)) for each in cv])[:, None]
    return np.asarray(mean * np.exp(sigma * normal - sigma * sigma / 2.0))


# -- what comes out


def _standings(ratios: Drawn, top: int) -> tuple[Standing, ...]:
    count, draws = ratios.shape
    if not count:
        return ()
    order = np.argsort(-np.ascontiguousarray(ratios.T), axis=1, kind="stable")
    ranks = np.empty((draws, count), dtype=np.int16)
    np.put_along_axis(ranks, order, np.arange(1, count + 1, dtype=np.int16)[None, :], axis=1)
    by_candidate = np.sort(np.ascontiguousarray(ranks.T), axis=1)
    low, high = (by_candidate[:, ceil(share * draws) - 1] for share in LIKELY)
    among = (by_candidate <= top).sum(axis=1)
    return tuple(
        Standing(p_top=int(times) / draws, rank_low=int(first), rank_high=int(last))
        for times, first, last in zip(among, low, high, strict=True)
    )


def _likely(
    *,
    raw: _Raw,
    score: Score,
    row: dict[str, int],
    debts: Drawn,
    values: Drawn,
    weight_spread: float,
    scoring: Parameters,
) -> dict[str, tuple[float, float]]:
    """5 % and 95 % of the drawn debts of areas and system, inside the interval that the score gives.

    The interval is a bound under the rules as they stand; doubt about weights and levels' debts may not leave it.
    """
    likely: dict[str, tuple[float, float]] = {}
    drawn: dict[str, Drawn] = {}
    area_weights: dict[str, Drawn] = {}
    weights = 1.0 + weight_spread * (2.0 * raw.weights - 1.0)
    for number, area in enumerate(sorted(score.areas, key=lambda it: it.id)):
        counting = [score.questions[name] for name in sorted(area.questions) if not score.questions[name].left_out]
        if not counting:
            continue
        rows = [row[question.id] for question in counting]
        own = np.array([question.weight for question in counting])[:, None]
        critical = np.array([question.critical for question in counting])
        terms = DrawnTerms([question.id for question in counting], debts[rows], own * weights[rows], critical)
        drawn[area.id] = combine_draws(area_rule(scoring, area.id), terms, values)
        likely[area.id] = _range(drawn[area.id], area.estimate.low, area.estimate.high)
        area_weights[area.id] = area.weight * (1.0 + weight_spread * (2.0 * raw.areas[number] - 1.0))
    if drawn:
        never = np.zeros(len(drawn), dtype=bool)
        terms = DrawnTerms(list(drawn), np.array([*drawn.values()]), np.array([*area_weights.values()]), never)
        system = combine_draws(system_rule(scoring), terms, values)
        likely[""] = _range(system, score.system.low, score.system.high)
    return likely


def _range(drawn: Drawn, low: float, high: float) -> tuple[float, float]:
    ordered = np.sort(drawn)
    first, last = (float(ordered[ceil(share * len(ordered)) - 1]) for share in LIKELY)
    return min(max(first, low), high), min(max(last, low), high)
