"""What to repay first: each question's benefit and cost, and how sure it is that it belongs among the first few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checklists.checklist import Checklist, Classes
from scoring.aggregate import fitting
from scoring.interest import (
    NO_ESTIMATES,
    benefit_per_cost,
    break_even_quarters,
    cost_days,
    interest_over_horizon,
    interest_per_quarter,
    price,
)
from scoring.plan_terms import PlanParameters, Price, Priority, Ranking, TeamEstimate, Tier
from scoring.terms import Parameters, QuestionScore, Score

PLANNING = PlanParameters()
NO_TARGETS: Mapping[str, int] = {}


def rank(
    checklist: Checklist,
    score: Score,
    *,
    parameters: PlanParameters = PLANNING,
    estimates: Mapping[str, TeamEstimate] = NO_ESTIMATES,
    classes: Classes | None = None,
    targets: Mapping[str, int] = NO_TARGETS,
    scoring: Parameters | None = None,
) -> Ranking:
    """All questions that can be improved, the best benefit for its cost first, with how sure each place is.

    A repayment takes a question from its debt (.75 where nothing is known) to the level in `targets`, 0 unless given;
    a question that is at its target already is not in the ranking. `estimates` and `classes` as in `interest.price`,
    `scoring` as the score was made with. Targets and estimates for questions that do not apply are ignored. The same
    arguments give the same bytes; what is drawn for a question depends on its id and `parameters.seed` alone, so a
    change to one question moves another only by comparison. Raises ValueError for a target that is not a level.
    """
    nominal = prices(
        checklist,
        score,
        parameters=parameters,
        estimates=estimates,
        classes=classes,
        targets=targets,
        scoring=scoring,
    )
    scoring = fitting(checklist, scoring)

    from scoring.draws import Candidate, draw  # late: it reads numpy, and most pages rank nothing

    candidates = [Candidate(question=it.question, target=it.target, price=it.price) for it in nominal]
    drawn = draw(score, candidates, parameters=parameters, scoring=scoring)
    return Ranking(
        priorities=tuple(
            replace(
                it,
                p_top5=standing.p_top,
                rank_low=standing.rank_low,
                rank_high=standing.rank_high,
                tier=tier_of(standing.p_top, parameters),
            )
            for it, standing in zip(nominal, drawn.standings, strict=True)
        ),
        parameters=parameters,
        likely=drawn.likely,
    )


def prices(
    checklist: Checklist,
    score: Score,
    *,
    parameters: PlanParameters = PLANNING,
    estimates: Mapping[str, TeamEstimate] = NO_ESTIMATES,
    classes: Classes | None = None,
    targets: Mapping[str, int] = NO_TARGETS,
    scoring: Parameters | None = None,
) -> list[Priority]:
    """What `rank` gives in its order, without how sure each place is: a thousandth of its time.

    Raises ValueError for a target that is not a level.
    """
    scoring = fitting(checklist, scoring)
    for question_id, level in targets.items():
        if type(level) is not int or not 0 <= level < len(scoring.values):
            raise ValueError(f"{question_id}: a target is a level 0 to {len(scoring.values) - 1}, not {level!r}")
    nominal = [
        _undrawn(
            question,
            targets.get(question.id, 0),
            price(checklist, question.id, estimates=estimates, classes=classes),
            parameters,
            scoring,
        )
        for question in score.questions.values()
        if question.applies and question.debt > scoring.values[targets.get(question.id, 0)]
    ]
    return sorted(nominal, key=lambda it: (-it.ratio, it.question))


def tier_of(p_top: float, parameters: PlanParameters) -> Tier:
    """The tier of a share of draws 0..1; a share on a limit belongs to the more urgent side."""
    if p_top >= parameters.now_min:
        return Tier.NOW
    return Tier.LIKELY if p_top >= parameters.likely_min else Tier.NOT_NOW


def _undrawn(
    question: QuestionScore, target: int, its_price: Price, parameters: PlanParameters, scoring: Parameters
) -> Priority:
    """A priority from the estimates alone; its place among the others is still to be drawn."""
    debt, target_debt = question.debt, scoring.values[target]
    interest = interest_per_quarter(debt, its_price, parameters)
    avoided = interest - interest_per_quarter(target_debt, its_price, parameters)
    benefit = interest_over_horizon(debt, its_price, parameters) - interest_over_horizon(
        target_debt, its_price, parameters
    )
    cost = cost_days(debt, target_debt, its_price, parameters)
    return Priority(
        question=question.id,
        debt=debt,
        known=question.known,
        target=target,
        target_debt=target_debt,
        principal_days=cost_days(debt, 0.0, its_price, parameters),
        interest_days_per_quarter=interest,
        avoided_days_per_quarter=avoided,
        benefit_days=benefit,
        cost_days=cost,
        ratio=benefit_per_cost(benefit, cost),
        break_even_quarters=break_even_quarters(cost, avoided),
        p_top5=0.0,
        rank_low=0,
        rank_high=0,
        tier=Tier.NOT_NOW,
        price=its_price,
    )
