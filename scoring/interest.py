"""What a debt costs while it stays and what repaying it costs: interest, principal and the price of one question."""

from __future__ import annotations

from collections.abc import Mapping

from checklists.checklist import Checklist, Classes
from scoring.plan_terms import PlanParameters, Price, TeamEstimate

COST_FLOOR_DAYS = 0.01  #: no ratio divides by less, so that what costs nothing comes first and no ratio is infinite
BREAK_EVEN_MAX_QUARTERS = 10_000  #: what pays for itself later than that never does
NO_ESTIMATES: Mapping[str, TeamEstimate] = {}


def price(
    checklist: Checklist,
    question_id: str,
    *,
    estimates: Mapping[str, TeamEstimate] = NO_ESTIMATES,
    classes: Classes | None = None,
) -> Price:
    """The person-days of one question at level 4: its classes' values, or what the team said of it.

    `estimates` by question id: a three-point estimate takes the place of the class with its mean. `classes` are values
    a team adopted instead of the pack's; a letter they lack keeps the pack's value, because the pack may have got a
    new one since. Raises KeyError for an id the checklist does not have.
    """
    question = checklist.questions[question_id]
    pack = checklist.classes
    adopted = classes or pack
    severity = adopted.severity.get(question.severity) or pack.severity[question.severity]
    effort = _of_class(adopted.effort_days, pack.effort_days, question.effort)
    friction = _of_class(adopted.friction_days, pack.friction_days, question.interest)
    said = estimates.get(question_id)
    effort_said = said.effort if said else None
    friction_said = said.friction if said else None
    return Price(
        question=question_id,
        effort_days=effort_said.mean if effort_said else effort,
        friction_days=friction_said.mean if friction_said else friction,
        loss_days=severity.loss_days,
        growth=_of_class(adopted.growth, pack.growth, question.spread),
        effort_by_team=effort_said is not None,
        friction_by_team=friction_said is not None,
    )


def interest_per_quarter(debt: float, price: Price, parameters: PlanParameters) -> float:
    """What a debt 0..1 costs per quarter now, person-days: d² (friction + hazard × loss).

    The square is what makes a ranking depend on the answers: were interest and cost both linear in the debt, it would
    cancel in their ratio.
    """
    return debt * debt * (price.friction_days + parameters.hazard * price.loss_days)


def horizon_factor(growth: float, parameters: PlanParameters) -> float:
    """How many times the interest of this quarter falls due over the horizon: the sum of min((1 + g)^t, cap)."""
    factor, total = 1.0, 0.0
    for _ in range(parameters.horizon_quarters):
        total += factor
        factor = min(factor * (1.0 + growth), parameters.growth_max)
    return total


def interest_over_horizon(debt: float, price: Price, parameters: PlanParameters) -> float:
    """What a debt 0..1 costs over the horizon if nobody repays it, person-days."""
    return interest_per_quarter(debt, price, parameters) * horizon_factor(price.growth, parameters)


def cost_days(debt: float, target_debt: float, price: Price, parameters: PlanParameters) -> float:
    """What it takes to bring a debt down to `target_debt`, person-days, the overhead of any action included.

    A part of the effort is due for any improvement, the rest goes with its size. 0 where there is nothing to improve.
    """
    repaid = debt - target_debt
    if repaid <= 0:
        return 0.0
    return (
        price.effort_days * (parameters.base_share + (1.0 - parameters.base_share) * repaid) + parameters.overhead_days
    )


def benefit_per_cost(benefit_days: float, cost_days: float) -> float:
    """What a repayment is ranked by: person-days avoided for each one spent, always finite."""
    return benefit_days / max(cost_days, COST_FLOOR_DAYS)


def break_even_quarters(cost_days: float, avoided_days_per_quarter: float) -> float | None:
    """When the interest avoided has paid for a repayment; None when it does not in BREAK_EVEN_MAX_QUARTERS."""
    if avoided_days_per_quarter <= 0:
        return None
    quarters = cost_days / avoided_days_per_quarter
    return quarters if quarters <= BREAK_EVEN_MAX_QUARTERS else None


def _of_class(adopted: Mapping[str, float], pack: Mapping[str, float], letter: str) -> float:
    return adopted[letter] if letter in adopted else pack[letter]
