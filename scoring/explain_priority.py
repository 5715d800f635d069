"""How a priority, its tier and a likely range came about, step by step, for a reader with a calculator."""

from __future__ import annotations

from collections.abc import Mapping

from checklists.checklist import Checklist
from scoring.aggregate import fitting
from scoring.explain import DIGITS, Step
from scoring.interest import COST_FLOOR_DAYS, NO_ESTIMATES, horizon_factor, interest_per_quarter
from scoring.plan_terms import PlanParameters, Price, Priority, Ranking, TeamEstimate, ThreePoint, Tier
from scoring.terms import Parameters, QuestionScore, Score
from scoring.votes import SPREAD_FROM, level_shares, settle

SYSTEM = ""  #: the place of the system among the likely ranges
_TERMS_SHOWN_MAX = 8


def explain_priority(
    checklist: Checklist,
    score: Score,
    ranking: Ranking,
    question_id: str,
    *,
    estimates: Mapping[str, TeamEstimate] = NO_ESTIMATES,
    scoring: Parameters | None = None,
) -> tuple[Step, ...]:
    """From debt, effort and interest of a question to its cost, benefit, ratio and break-even.

    `estimates` are the ones the ranking was made with, so that their three points can be named. A question that is not
    in the ranking has one step that says why. Raises KeyError for an id the checklist does not have.
    """
    question = checklist.questions[question_id]
    found = ranking.of(question_id)
    if found is None:
        return (_not_ranked(score, question_id),)
    said = estimates.get(question_id)
    parameters = ranking.parameters
    pack = checklist.classes
    effort = _days_said(
        "Effort",
        "from the worst level to none",
        (question.effort, pack.effort_days[question.effort], found.price.effort_days),
        (found.price.effort_by_team, said.effort if said else None),
    )
    friction = _days_said(
        "Friction",
        "of extra work a quarter at the worst level",
        (question.interest, pack.friction_days[question.interest], found.price.friction_days),
        (found.price.friction_by_team, said.friction if said else None),
    )
    return (
        _debt_step(score.questions[question_id], found, fitting(checklist, scoring)),
        effort,
        _cost_step(found, parameters),
        friction,
        _interest_step(found, parameters),
        *_avoided_steps(found, parameters),
        _horizon_step(found.price, question.spread, parameters),
        _benefit_step(found, parameters),
        _ratio_step(found),
        _break_even_step(found),
    )


def explain_tier(
    checklist: Checklist, score: Score, ranking: Ranking, question_id: str, *, scoring: Parameters | None = None
) -> tuple[Step, ...]:
    """From what is drawn for a question to its share of draws, its places and its tier.

    A question that is not in the ranking has one step that says why. Raises KeyError for an id the checklist does not
    have.
    """
    if question_id not in checklist.questions:
        raise KeyError(question_id)
    found = ranking.of(question_id)
    if found is None:
        return (_not_ranked(score, question_id),)
    parameters = ranking.parameters
    return (
        Step(
            title="Levels drawn",
            text=_levels_drawn(score.questions[question_id], len(fitting(checklist, scoring).values)),
            value=None,
        ),
        _days_drawn_step(found.price, parameters),
        _share_step(found, ranking),
        _places_step(found, ranking),
        _tier_step(found, parameters),
    )


def explain_likely(
    checklist: Checklist, score: Score, ranking: Ranking, place: str = SYSTEM, *, scoring: Parameters | None = None
) -> tuple[Step, ...]:
    """Why the likely range of an area, or of the system (""), is what it is.

    A place that nothing was drawn for has one step that says so. Raises KeyError for an area the checklist does not
    have.
    """
    if place and place not in {area.id for area in checklist.areas}:
        raise KeyError(place)
    ends = ranking.likely.get(place)
    areas = [area for area in score.areas if place in ("", area.id)]
    if ends is None or not areas:
        return (Step(title="Nothing drawn", text="Nothing counts here, so there is nothing to draw.", value=None),)
    estimate = areas[0].estimate if place else score.system
    questions = [score.questions[name] for area in areas for name in area.questions]
    parameters = ranking.parameters
    steps = [
        Step(title="Answers drawn", text=_answers_drawn(questions), value=None),
        Step(title="Rules drawn", text=_rules_drawn(fitting(checklist, scoring), parameters), value=None),
        Step(
            title="Likely range",
            text=f"In {parameters.draws:,} draws, added up by the same rule as the estimate, 5 of 100 lie below "
            f"{_n(ends[0])} and 5 of 100 above {_n(ends[1])}. The range never leaves the interval, {_n(estimate.low)} "
            f"to {_n(estimate.high)}: that has every answer at its lower end at once, or every one at its upper end, "
            "which hardly happens.",
            value=None,
        ),
    ]
    counted = estimate.estimate
    if counted is not None and not ends[0] <= counted <= ends[1]:
        side = "above" if counted > ends[1] else "below"
        why = (
            "The estimate counts what is not known as heavy debt, so that hiding an answer never pays; the draws take "
            "each level alike."
            if side == "above" and any(question.level is None for question in questions)
            else "The estimate takes the middle vote of each question; the draws take each as often as it was cast."
        )
        steps.append(
            Step(title="Beside the estimate", text=f"The estimate, {_n(counted)}, lies {side} it. {why}", value=counted)
        )
    return tuple(steps)


# -- one priority


def _not_ranked(score: Score, question_id: str) -> Step:
    question = score.questions.get(question_id)
    if question is None or not question.applies:
        text = "This question does not apply here or is not asked, so there is nothing to repay."
    elif question.left_out:
        text = "Nothing is known here and this checklist leaves such a question out: ask first."
    else:
        text = f"Its debt is {_n(question.debt)}, no more than at the level to reach, so there is nothing to repay."
    return Step(title="Nothing to repay", text=text, value=None)


def _debt_step(question: QuestionScore, found: Priority, scoring: Parameters) -> Step:
    if question.level is None:
        text = f"Nothing is known of it, so a debt of {_n(found.debt)} is assumed: asking comes before paying."
    elif question.floor > scoring.values[question.level]:
        text = f"The answer is level {question.level}, but the repository shows a debt of {_n(found.debt)}."
    else:
        text = f"The answer is level {question.level}, a debt of {_n(found.debt)}."
    text += f" The repayment takes it to level {found.target}, a debt of {_n(found.target_debt)}."
    return Step(title="Debt", text=text, value=found.debt)


def _days_said(
    title: str, what: str, of_class: tuple[str, float, float], by_team: tuple[bool, ThreePoint | None]
) -> Step:
    """Where a number of person-days comes from: (class, the pack's value, the one that counts), what a team said."""
    letter, of_pack, days = of_class
    team, points = by_team
    if team and points:
        text = (
            f"Your team says {_n(points.low)} to {_n(points.high)} days {what}, most likely {_n(points.likely)}: "
            f"({_n(points.low)} + 4 × {_n(points.likely)} + {_n(points.high)}) / 6 = {_n(days)}."
        )
    elif team:
        text = f"Your team's three-point estimate comes to {_n(days)} person-days {what}."
    elif days != of_pack:
        text = f"Class {letter}: {_n(days)} person-days {what} by your team's values, {_n(of_pack)} by the checklist's."
    else:
        text = f"Class {letter}: {_n(days)} person-days {what}."
    return Step(title=title, text=text, value=days)


def _cost_step(found: Priority, parameters: PlanParameters) -> Step:
    base, rest = _n(parameters.base_share), _n(1 - parameters.base_share)
    debt, target, effort = _n(found.debt), _n(found.target_debt), _n(found.price.effort_days)
    overhead = _n(parameters.overhead_days)
    return Step(
        title="Cost",
        text=f"Any improvement takes {base} of the effort, the rest goes with its size, and every action has an "
        f"overhead of {overhead} days: {effort} × ({base} + {rest} × ({debt} - {target})) + {overhead} = "
        f"{_n(found.cost_days)} person-days.",
        value=found.cost_days,
    )


def _interest_step(found: Priority, parameters: PlanParameters) -> Step:
    price, debt = found.price, _n(found.debt)
    return Step(
        title="Interest",
        text=f"The debt squared, times friction and expected loss ({_n(price.loss_days)} days if it bites, chance "
        f"{_n(parameters.hazard)} a quarter at full debt): {debt} × {debt} × ({_n(price.friction_days)} + "
        f"{_n(parameters.hazard)} × {_n(price.loss_days)}) = {_n(found.interest_days_per_quarter)} person-days a "
        "quarter.",
        value=found.interest_days_per_quarter,
    )


def _avoided_steps(found: Priority, parameters: PlanParameters) -> tuple[Step, ...]:
    if not found.target_debt:
        return ()
    left = interest_per_quarter(found.target_debt, found.price, parameters)
    text = (
        f"At level {found.target} {_n(left)} of it would remain: "
        f"{_n(found.interest_days_per_quarter)} - {_n(left)} = {_n(found.avoided_days_per_quarter)}."
    )
    return (Step(title="Interest avoided", text=text, value=found.avoided_days_per_quarter),)


def _horizon_step(price: Price, spread: str, parameters: PlanParameters) -> Step:
    quarters, total = parameters.horizon_quarters, horizon_factor(price.growth, parameters)
    if not price.growth:
        text = f"Class {spread}: it does not grow. Over {_quarters(quarters)} that is {_n(total)} times today's."
        return Step(title="Horizon", text=text, value=total)
    terms, factor = [], 1.0
    for _ in range(quarters):
        terms.append(_n(factor))
        factor = min(factor * (1 + price.growth), parameters.growth_max)
    if len(terms) > _TERMS_SHOWN_MAX:
        terms = [*terms[: _TERMS_SHOWN_MAX - 1], "…", terms[-1]]
    return Step(
        title="Horizon",
        text=f"Class {spread}: interest grows by {_n(price.growth)} of itself each quarter, to at most "
        f"{_n(parameters.growth_max)} times today's. Over {_quarters(quarters)}: {' + '.join(terms)} = {_n(total)}.",
        value=total,
    )


def _benefit_step(found: Priority, parameters: PlanParameters) -> Step:
    total = horizon_factor(found.price.growth, parameters)
    return Step(
        title="Benefit",
        text=f"Interest avoided over the horizon: {_n(found.avoided_days_per_quarter)} × {_n(total)} = "
        f"{_n(found.benefit_days)} person-days.",
        value=found.benefit_days,
    )


def _ratio_step(found: Priority) -> Step:
    cost = found.cost_days
    text = f"Benefit / cost: {_n(found.benefit_days)} / {_n(max(cost, COST_FLOOR_DAYS))} = {_n(found.ratio)}."
    if cost < COST_FLOOR_DAYS:
        text += f" A cost below {_n(COST_FLOOR_DAYS)} counts as that, so that no ratio is infinite."
    return Step(title="Ratio", text=f"{text} The ranking goes by it.", value=found.ratio)


def _break_even_step(found: Priority) -> Step:
    quarters = found.break_even_quarters
    if quarters is None:
        return Step(title="Break-even", text="It avoids no interest, so it never pays for itself.", value=None)
    return Step(
        title="Break-even",
        text=f"Cost / interest avoided a quarter: {_n(found.cost_days)} / {_n(found.avoided_days_per_quarter)} = "
        f"{_n(quarters)} quarters at today's interest, its growth not counted.",
        value=quarters,
    )


# -- one tier


def _levels_drawn(question: QuestionScore, levels: int) -> str:
    shares = level_shares(question.votes, question.level, levels)
    listed = ", ".join(f"level {level} in {_n(share / sum(shares))}" for level, share in enumerate(shares) if share)
    named = [vote for vote in question.votes if vote is not None]
    if question.level is None and question.low == question.high:
        return f"Nothing is known, and this checklist counts that as a debt of {_n(question.debt)}: nothing is drawn."
    if question.level is None:
        why = "Nothing is known, so each level is drawn alike"
    elif question.votes and settle(question.votes) != question.level:
        why = "Three draws of five take the level that the facilitator set, two take the votes"
    elif len(named) >= SPREAD_FROM:
        why = f"Each of the {len(named)} votes is drawn alike"
    else:
        why = "A level that one or two people name is taken at its word in three draws of five, one level beside in two"
    text = f"{why}: {listed} of the draws."
    return text + (f" The debt is never below the {_n(question.floor)} of the evidence." if question.floor else "")


def _days_drawn_step(price: Price, parameters: PlanParameters) -> Step:
    def around(days: float, by_team: bool) -> str:
        source = "said by your team" if by_team else "of its class"
        return f"{_n(days)} ± {_n(days * (parameters.team_cv if by_team else parameters.class_cv))} ({source})"

    return Step(
        title="Days drawn",
        text="Lognormal, mean ± standard deviation in person-days: "
        f"effort {around(price.effort_days, price.effort_by_team)}, "
        f"friction {around(price.friction_days, price.friction_by_team)}, loss {around(price.loss_days, False)}.",
        value=None,
    )


def _share_step(found: Priority, ranking: Ranking) -> Step:
    draws, top = ranking.parameters.draws, ranking.parameters.top
    times = round(found.p_top5 * draws)
    text = (
        f"In {times:,} of {draws:,} draws its ratio is among the {top} largest of {len(ranking.priorities)}: "
        f"{times} / {draws} = {_n(found.p_top5)}."
    )
    if len(ranking.priorities) <= top:
        text += f" There are no more than {top} to repay, so each is among them."
    return Step(title="Share of draws", text=text, value=found.p_top5)


def _places_step(found: Priority, ranking: Ranking) -> Step:
    place = 1 + [it.question for it in ranking.priorities].index(found.question)
    return Step(
        title="Places",
        text=f"By the estimates alone it is number {place} of {len(ranking.priorities)}. In nine draws of ten it is "
        f"number {found.rank_low} to {found.rank_high}.",
        value=None,
    )


def _tier_step(found: Priority, parameters: PlanParameters) -> Step:
    share, now, likely = _n(found.p_top5), _n(parameters.now_min), _n(parameters.likely_min)
    words = {
        Tier.NOW: f"{share} is at least {now}: now.",
        Tier.LIKELY: f"{share} is at least {likely} and below {now}: likely.",
        Tier.NOT_NOW: f"{share} is below {likely}: not now.",
    }
    return Step(title="Tier", text=words[found.tier], value=found.p_top5)


# -- a likely range


def _answers_drawn(questions: list[QuestionScore]) -> str:
    unknown = [it for it in questions if it.level is None and not it.left_out]
    known = [it for it in questions if it.level is not None]
    voted = [it for it in known if sum(vote is not None for vote in it.votes) >= SPREAD_FROM]
    parts = (
        (len(voted), "with three votes or more: each vote is drawn alike"),
        (len(known) - len(voted), "with fewer than three votes: in two draws of five one level beside what was named"),
        (len(unknown), "not known: each level is drawn alike"),
    )
    return "Questions " + "; ".join(f"{text} ({count})" for count, text in parts if count) + "."


def _rules_drawn(scoring: Parameters, parameters: PlanParameters) -> str:
    if scoring.declared:
        return "Weights and values belong to the rule that this checklist declares. They are not drawn."
    return (
        f"Each weight is drawn within {_n(parameters.weight_spread)} of itself either way, the debts of the levels "
        f"between the first and the last within {_n(parameters.value_spread)}: they are proposals, not measurements."
    )


# -- words


def _n(number: float) -> str:
    """A number with at most DIGITS significant digits, never with an exponent for a large one."""
    return f"{number:.0f}" if abs(number) >= 10**DIGITS else f"{number:.{DIGITS}g}"


def _quarters(count: int) -> str:
    return "1 quarter" if count == 1 else f"{count} quarters"
