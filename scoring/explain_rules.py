"""How each kind of aggregation came to its debt, in steps a reader with a calculator can do again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from checklists.aggregation import FirstMatch, Gates, Mean, MeanOfMeans, PowerMean, Rule, Sum, Worst
from scoring.aggregate import Terms, combine, first_match, group_means, level_for, passed, power_mean
from scoring.steps import Step, several
from scoring.steps import written as _n


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A question in its area, or an area in its system, as it goes into the calculation."""

    id: str
    debt: float
    low: float
    high: float
    weight: float
    note: str = ""
    critical: bool = False


def explain_rule(rule: Rule, terms: Sequence[Term], values: Sequence[float]) -> tuple[Step, ...]:
    """One step a term, then those of the rule; the value of the last one is the debt. At least one term."""
    return (*(_term(rule, term) for term in terms), *_KINDS[type(rule)](rule, terms, values))


def _term(rule: Rule, term: Term) -> Step:
    debt = f"{_n(term.debt)} (between {_n(term.low)} and {_n(term.high)})"
    note = f" [{term.note}]" if term.note else ""
    power = rule.power if isinstance(rule, PowerMean) else 1.0
    if not isinstance(rule, PowerMean | Mean | Sum | MeanOfMeans):
        return Step(title=term.id, text=f"Debt {debt}.{note}", value=term.debt)
    value = term.weight * term.debt**power
    product = f"{_n(term.weight)} × {_raised(term.debt, power)} = {_n(value)}"
    return Step(title=term.id, text=f"Weight {_n(term.weight)}, debt {debt}: {product}.{note}", value=value)


def _power_mean(rule: PowerMean, terms: Sequence[Term], _: Sequence[float]) -> tuple[Step, ...]:
    mean = power_mean([term.debt for term in terms], [term.weight for term in terms], rule.power)
    if rule.power == 1:
        return (_divided(terms, mean, "Mean"), *_critical(rule, terms, mean))
    total, weights = fsum(term.weight * term.debt**rule.power for term in terms), fsum(term.weight for term in terms)
    ratio = total / weights
    root = "The cube root" if rule.power == 3 else f"The root of degree {_n(rule.power)}"
    return (
        Step(
            title="Sum",
            text=f"Together {_n(total)}, divided by the sum of the weights: {_n(total)} / {_n(weights)} = {_n(ratio)}.",
            value=ratio,
        ),
        Step(
            title="Root",
            text=f"{root} of {_n(ratio)} is {_n(mean)}. Large debts count more than in a plain mean.",
            value=mean,
        ),
        *_critical(rule, terms, mean),
    )


def _critical(rule: PowerMean, terms: Sequence[Term], mean: float) -> tuple[Step, ...]:
    critical = [term for term in terms if term.critical]
    if not critical or not rule.critical_share:
        return ()
    worst = max(critical, key=lambda term: term.debt)
    floor = rule.critical_share * worst.debt
    larger = max(mean, floor)
    text = (
        f"The worst critical question is {worst.id} with {_n(worst.debt)}: "
        f"{_n(rule.critical_share)} × {_n(worst.debt)} = {_n(floor)}. "
        f"The larger of {_n(mean)} and {_n(floor)} is {_n(larger)}."
    )
    return (Step(title="Critical questions", text=text, value=larger),)


def _mean(_: Mean, terms: Sequence[Term], __: Sequence[float]) -> tuple[Step, ...]:
    mean = power_mean([term.debt for term in terms], [term.weight for term in terms], 1.0)
    return (_divided(terms, mean, "Mean"),)


def _divided(terms: Sequence[Term], mean: float, title: str) -> Step:
    total, weights = fsum(term.weight * term.debt for term in terms), fsum(term.weight for term in terms)
    text = f"Together {_n(total)}, divided by the sum of the weights: {_n(total)} / {_n(weights)} = {_n(mean)}."
    return Step(title=title, text=text, value=mean)


def _sum(rule: Sum, terms: Sequence[Term], values: Sequence[float]) -> tuple[Step, ...]:
    total, debt = fsum(term.weight * term.debt for term in terms), combine(rule, _plain(terms), values)
    text = f"Together {_n(total)}; {_n(rule.full)} is full debt: {_n(total)} / {_n(rule.full)} = "
    text += f"{_n(total / rule.full)}, and no debt is more than 1." if total > rule.full else f"{_n(debt)}."
    return (Step(title="Sum", text=text, value=debt),)


def _worst(_: Worst, terms: Sequence[Term], __: Sequence[float]) -> tuple[Step, ...]:
    worst = min(terms, key=lambda term: (-term.debt, term.id))
    text = f"The largest of {several(len(terms), 'debt')} decides: {worst.id} with {_n(worst.debt)}."
    return (Step(title="Worst", text=text, value=worst.debt),)


def _mean_of_means(rule: MeanOfMeans, terms: Sequence[Term], values: Sequence[float]) -> tuple[Step, ...]:
    means, debt = group_means(rule, _plain(terms)), combine(rule, _plain(terms), values)
    steps = [
        _divided([term for term in terms if term.id in rule.groups[place].members], mean, rule.groups[place].title)
        for place, mean in means
    ]
    listed = " + ".join(f"{_n(rule.groups[place].weight)} × {_n(mean)}" for place, mean in means)
    weights = fsum(rule.groups[place].weight for place, _ in means)
    text = f"The mean of the groups, by their weights: ({listed}) / {_n(weights)} = {_n(debt)}."
    return (*steps, Step(title="Mean of means", text=text, value=debt))


def _gates(rule: Gates, terms: Sequence[Term], values: Sequence[float]) -> tuple[Step, ...]:
    debts = {term.id: term.debt for term in terms}
    count, debt = passed(rule, debts, values)
    steps = [Step(title="Start", text=f"Before the first gate the debt is {_n(rule.start)}.", value=rule.start)]
    for place, gate in enumerate(rule.gates[: count + 1]):
        needs = "; ".join(_need(name, level, debts.get(name), values) for name, level in gate.needs)
        through = place < count
        after = f"Passed: the debt is {_n(gate.debt)}." if through else f"Not passed: the debt stays {_n(debt)}."
        steps.append(Step(title=gate.title, text=f"{needs}. {after}", value=gate.debt if through else debt))
    return tuple(steps)


def _need(name: str, level: int, debt: float | None, values: Sequence[float]) -> str:
    if debt is None:
        return f"{name} does not count here, so nothing is asked of it"
    return f"{name} may owe {_n(values[level])} (level {level}) and owes {_n(debt)}"


def _first_match(rule: FirstMatch, terms: Sequence[Term], values: Sequence[float]) -> tuple[Step, ...]:
    debts = {term.id: term.debt for term in terms}
    place, debt = first_match(rule, debts, values)
    tried = rule.matches if place is None else rule.matches[: place + 1]
    steps = []
    for number, match in enumerate(tried):
        seen = "; ".join(_condition(name, levels, debts.get(name), values) for name, levels in match.when)
        holds = number == place
        said = f"It matches: the debt is {_n(debt)}." if holds else "It does not match."
        steps.append(Step(title=match.title, text=f"{seen}. {said}", value=debt if holds else None))
    if place is None:
        steps.append(Step(title="Otherwise", text=f"No line matches: the debt is {_n(debt)}.", value=debt))
    return tuple(steps)


def _condition(name: str, levels: Sequence[int], debt: float | None, values: Sequence[float]) -> str:
    wanted = " or ".join(map(str, levels))
    if debt is None:
        return f"{name} must be at level {wanted}; it does not count here and stands at 0"
    return f"{name} must be at level {wanted} and stands at {level_for(debt, values)}"


def _plain(terms: Sequence[Term]) -> Terms:
    return Terms([term.id for term in terms], [term.debt for term in terms], [term.weight for term in terms])


def _raised(debt: float, power: float) -> str:
    if power == 1:
        return _n(debt)
    return " × ".join([_n(debt)] * 3) if power == 3 else f"{_n(debt)}^{_n(power)}"


_KINDS: Mapping[type, Callable[[Any, Sequence[Term], Sequence[float]], tuple[Step, ...]]] = {
    PowerMean: _power_mean,
    Mean: _mean,
    Sum: _sum,
    Worst: _worst,
    MeanOfMeans: _mean_of_means,
    Gates: _gates,
    FirstMatch: _first_match,
}
