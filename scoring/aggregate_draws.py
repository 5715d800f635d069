"""The kinds of aggregation over many draws at once: for each draw what `scoring.aggregate.combine` gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checklists.aggregation import FirstMatch, Gates, Mean, MeanOfMeans, PowerMean, Rule, Sum, Worst
from scoring.aggregate import SLACK

Drawn = NDArray[np.float64]  #: one row a question, area or level, one column a draw


class DrawnTerms(NamedTuple):
    """What is combined: one row each, at least one, with one column a draw."""

    ids: Sequence[str]
    debts: Drawn
    weights: Drawn
    critical: NDArray[np.bool_]  #: which rows are critical questions


def combine_draws(rule: Rule, terms: DrawnTerms, values: Drawn) -> Drawn:
    """One debt 0..1 for each draw by the rule; `values` are the debts of the levels, levels x draws."""
    return _KINDS[type(rule)](rule, terms, values)


def _power_mean_of(rule: PowerMean, terms: DrawnTerms, _: Drawn) -> Drawn:
    mean = _power_mean(terms.debts, terms.weights, rule.power)
    if not (rule.critical_share and terms.critical.any()):
        return mean
    return np.asarray(np.maximum(mean, rule.critical_share * terms.debts[terms.critical].max(axis=0)))


def _mean(_: Mean, terms: DrawnTerms, __: Drawn) -> Drawn:
    return _power_mean(terms.debts, terms.weights, 1.0)


def _sum(rule: Sum, terms: DrawnTerms, _: Drawn) -> Drawn:
    return np.asarray(np.minimum((terms.weights * terms.debts).sum(axis=0) / rule.full, 1.0))


def _worst(_: Worst, terms: DrawnTerms, __: Drawn) -> Drawn:
    return np.asarray(terms.debts.max(axis=0))


def _mean_of_means(rule: MeanOfMeans, terms: DrawnTerms, _: Drawn) -> Drawn:
    means, weights = [], []
    for group in rule.groups:
        rows = [row for row, name in enumerate(terms.ids) if name in group.members]
        if rows:
            means.append(_power_mean(terms.debts[rows], terms.weights[rows], 1.0))
            weights.append(group.weight)
    return _power_mean(np.array(means), np.array(weights)[:, None], 1.0)


def _gates(rule: Gates, terms: DrawnTerms, values: Drawn) -> Drawn:
    rows = dict(zip(terms.ids, terms.debts, strict=True))
    draws = terms.debts.shape[1]
    passing, reached = np.ones(draws, dtype=bool), np.full(draws, rule.start)
    for gate in rule.gates:
        for name, level in gate.needs:
            if name in rows:
                passing &= rows[name] <= values[level] + SLACK
        reached[passing] = gate.debt
    return reached


def _first_match(rule: FirstMatch, terms: DrawnTerms, values: Drawn) -> Drawn:
    levels = {
        name: np.minimum((values < row - SLACK).sum(axis=0), len(values) - 1)
        for name, row in zip(terms.ids, terms.debts, strict=True)
    }
    draws = terms.debts.shape[1]
    none = np.zeros(draws, dtype=np.intp)
    open_, found = np.ones(draws, dtype=bool), np.full(draws, 1.0 if rule.otherwise is None else rule.otherwise)
    for match in rule.matches:
        holds = open_.copy()
        for name, wanted in match.when:
            holds &= np.isin(levels.get(name, none), wanted)
        found[holds] = match.debt
        open_ &= ~holds
    return found


_KINDS: Mapping[type, Callable[[Any, DrawnTerms, Drawn], Drawn]] = {
    PowerMean: _power_mean_of,
    Mean: _mean,
    Sum: _sum,
    Worst: _worst,
    MeanOfMeans: _mean_of_means,
    Gates: _gates,
    FirstMatch: _first_match,
}


def _power_mean(values: Drawn, weights: Drawn, power: float) -> Drawn:
    raised = values * values * values if power == 3 else values**power
    mean = (weights * raised).sum(axis=0) / weights.sum(axis=0)
    return np.asarray(np.cbrt(mean) if power == 3 else mean ** (1.0 / power))
