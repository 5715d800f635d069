"""The kinds of aggregation: from debts to one debt, each kind a function that never falls when a debt rises."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import cbrt, fsum
from typing import Any, NamedTuple

from checklists.aggregation import (
    OURS,
    Aggregation,
    FirstMatch,
    Gates,
    Mean,
    MeanOfMeans,
    PowerMean,
    Rule,
    Sum,
    Worst,
)
from checklists.checklist import Checklist
from scoring.terms import Parameters

DEFAULTS = Parameters()
SLACK = 1e-12  #: a debt this little above a level's value is that level: rounding decides nothing


def parameters_of(checklist: Checklist) -> Parameters:
    """The numbers a checklist is scored with: ours, or those its own aggregation declares."""
    return _declared(checklist.aggregation)


def fitting(checklist: Checklist, parameters: Parameters | None) -> Parameters:
    """The parameters for a checklist: what its pack declares wins; other numbers may be given for our own method."""
    declared = parameters_of(checklist)
    return parameters if parameters and not (parameters.declared or declared.declared) else declared


@lru_cache(maxsize=64)
def _declared(aggregation: Aggregation) -> Parameters:
    if aggregation == OURS:
        return DEFAULTS
    return Parameters(
        unknown=aggregation.unknown.debt,
        values=aggregation.values,
        coverage_min=aggregation.coverage_min,
        declared=aggregation,
    )


def area_rule(parameters: Parameters, area_id: str) -> Rule:
    """How the questions of an area make its debt."""
    if parameters.declared:
        return parameters.declared.rule_of(area_id)
    return _power_mean(parameters.power, parameters.critical_share)


def system_rule(parameters: Parameters) -> Rule:
    """How the areas make the debt of the system."""
    return parameters.declared.areas if parameters.declared else _power_mean(parameters.power, 0.0)


@lru_cache(maxsize=64)
def _power_mean(power: float, critical_share: float) -> PowerMean:
    return PowerMean(power=power, critical_share=critical_share)


class Terms(NamedTuple):
    """What is combined: one place each for id, debt and weight, at least one."""

    ids: Sequence[str]
    debts: Sequence[float]
    weights: Sequence[float]
    critical: Sequence[float] = ()  #: the debts of the critical ones among them


def combine(rule: Rule, terms: Terms, values: Sequence[float]) -> float:
    """One debt 0..1 by the rule; `values` are the debts of the levels.

    What a gate or a decision table names and the terms do not hold counts as level 0.
    """
    return _KINDS[type(rule)](rule, terms, values)


def _power_mean_of(rule: PowerMean, terms: Terms, _: Sequence[float]) -> float:
    mean = power_mean(terms.debts, terms.weights, rule.power)
    return max(mean, rule.critical_share * max(terms.critical, default=0.0))


def _mean(_: Mean, terms: Terms, __: Sequence[float]) -> float:
    return power_mean(terms.debts, terms.weights, 1.0)


def _sum(rule: Sum, terms: Terms, _: Sequence[float]) -> float:
    total = fsum([weight * debt for weight, debt in zip(terms.weights, terms.debts, strict=True)])
    return min(total / rule.full, 1.0)


def _worst(_: Worst, terms: Terms, __: Sequence[float]) -> float:
    return max(terms.debts)


def _mean_of_means(rule: MeanOfMeans, terms: Terms, _: Sequence[float]) -> float:
    means = group_means(rule, terms)
    return power_mean([mean for _, mean in means], [rule.groups[place].weight for place, _ in means], 1.0)


def _gates(rule: Gates, terms: Terms, values: Sequence[float]) -> float:
    return passed(rule, dict(zip(terms.ids, terms.debts, strict=True)), values)[1]


def _first_match(rule: FirstMatch, terms: Terms, values: Sequence[float]) -> float:
    return first_match(rule, dict(zip(terms.ids, terms.debts, strict=True)), values)[1]


_KINDS: Mapping[type, Callable[[Any, Terms, Sequence[float]], float]] = {
    PowerMean: _power_mean_of,
    Mean: _mean,
    Sum: _sum,
    Worst: _worst,
    MeanOfMeans: _mean_of_means,
    Gates: _gates,
    FirstMatch: _first_match,
}


def power_mean(values: Sequence[float], weights: Sequence[float], power: float) -> float:
    """(sum of w v^p / sum of w)^(1/p), never outside the smallest and largest value; at least one value.

    `fsum` adds exactly, so the order of the values cannot change a bit. The clamp only takes away what rounding added,
    and keeps the mean monotone in every value.
    """
    mean = fsum([weight * value**power for value, weight in zip(values, weights, strict=True)]) / fsum(weights)
    root = cbrt(mean) if power == 3 else mean ** (1 / power)  # cbrt is exact where 1/3 as a float is not
    return min(max(root, min(values)), max(values))


def group_means(rule: MeanOfMeans, terms: Terms) -> list[tuple[int, float]]:
    """(place of the group, its weighted mean), for each group of which something counts."""
    inside = {name: (debt, weight) for name, debt, weight in zip(terms.ids, terms.debts, terms.weights, strict=True)}
    means = []
    for place, group in enumerate(rule.groups):
        pairs = [inside[name] for name in group.members if name in inside]
        if pairs:
            means.append((place, power_mean([debt for debt, _ in pairs], [weight for _, weight in pairs], 1.0)))
    return means


def passed(rule: Gates, debts: Mapping[str, float], values: Sequence[float]) -> tuple[int, float]:
    """How many gates are passed without a gap, and the debt that leaves."""
    reached = rule.start
    for place, gate in enumerate(rule.gates):
        if any(debts.get(name, 0.0) > values[level] + SLACK for name, level in gate.needs):
            return place, reached
        reached = gate.debt
    return len(rule.gates), reached


def first_match(rule: FirstMatch, debts: Mapping[str, float], values: Sequence[float]) -> tuple[int | None, float]:
    """The place of the line that matches first, None where none does, and the debt that follows."""
    for place, match in enumerate(rule.matches):
        if all(level_for(debts.get(name, 0.0), values) in levels for name, levels in match.when):
            return place, match.debt
    return None, 1.0 if rule.otherwise is None else rule.otherwise


def level_for(debt: float, values: Sequence[float]) -> int:
    """The level a debt stands for in a gate or table: its own, or the next worse one, as evidence may lie between."""
    return min(bisect_left(values, debt - SLACK), len(values) - 1)
