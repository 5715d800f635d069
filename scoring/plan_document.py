"""A plan as a plain JSON document and as lines for a terminal: what `python cli.py plan` prints."""

from __future__ import annotations

from typing import Any

from checklists.checklist import Checklist
from scoring.plan import half_days
from scoring.plan_terms import Plan, Priority, Ranking

NEXT_SHOWN = 10  #: ranked questions outside the plan that a terminal shows; the document has all
_TEXT_SHOWN = 60


def plan_document(ranking: Ranking, plan: Plan) -> dict[str, Any]:
    """The whole ranking and the plan, unrounded.

    {"budget_days", "horizon_quarters",
     "items": [{"question", "benefit_days", "cost_days", "ratio", "break_even_quarters", "p_top5", "tier", "debt",
                "known", "target"}],
     "chosen": [question ids, prerequisites first], "because": {prerequisite: the question that needs it},
     "benefit_days", "cost_days", "break_even_quarters", "next_5_days_benefit",
     "cycles": [[question ids]], "exact"}
    """
    return {
        "budget_days": plan.budget_days,
        "horizon_quarters": ranking.parameters.horizon_quarters,
        "items": [
            {
                "question": it.question,
                "benefit_days": it.benefit_days,
                "cost_days": it.cost_days,
                "ratio": it.ratio,
                "break_even_quarters": it.break_even_quarters,
                "p_top5": it.p_top5,
                "tier": it.tier.value,
                "debt": it.debt,
                "known": it.known,
                "target": it.target,
            }
            for it in ranking.priorities
        ],
        "chosen": [it.question for it in plan.chosen],
        "because": dict(plan.because),
        "benefit_days": plan.benefit_days,
        "cost_days": plan.cost_days,
        "break_even_quarters": plan.break_even_quarters,
        "next_5_days_benefit": plan.next_5_days_benefit,
        "cycles": [list(cycle) for cycle in plan.cycles],
        "exact": plan.exact,
    }


def plan_lines(ranking: Ranking, plan: Plan, checklist: Checklist) -> list[str]:
    """The plan in words and a table: what it repays, what that costs and avoids, and what comes next."""
    if not ranking.priorities:
        return ["Nothing to repay: no question that applies owes any debt."]
    width = max(len("question"), *(len(it.question) for it in ranking.priorities))
    lines = _summary(ranking, plan)
    if plan.chosen:
        lines += ["", _head(width), *(_line(it, checklist, width, plan.because.get(it.question)) for it in plan.chosen)]
    chosen = {it.question for it in plan.chosen}
    rest = [it for it in ranking.priorities if it.question not in chosen]
    if rest:
        lines += ["", "Not in this plan:", *(_line(it, checklist, width) for it in rest[:NEXT_SHOWN])]
    if len(rest) > NEXT_SHOWN:
        lines.append(f"and {len(rest) - NEXT_SHOWN} more; --json lists them all")
    return lines


def _summary(ranking: Ranking, plan: Plan) -> list[str]:
    quarters = ranking.parameters.horizon_quarters
    within = "1 quarter" if quarters == 1 else f"{quarters} quarters"
    if not plan.chosen:
        least = min(it.cost_days for it in ranking.priorities)
        lines = [
            f"{_days(plan.budget_days)} are too few for any repayment: the cheapest takes {_days(half_days(least))}."
        ]
    else:
        count = "1 question" if len(plan.chosen) == 1 else f"{len(plan.chosen)} questions"
        lines = [
            f"Repay {count} for {plan.cost_days:.1f} of {_days(plan.budget_days)}: "
            f"{plan.benefit_days:.1f} person-days of extra work avoided within {within}"
            + ("." if plan.break_even_quarters is None else f", even after {plan.break_even_quarters:.1f} quarters.")
        ]
    if plan.chosen and plan.benefit_days < plan.cost_days:
        lines.append("Within this horizon it costs more than it avoids: look further ahead, or leave it for now.")
    if plan.next_5_days_benefit:
        lines.append(f"Five more days would avoid {plan.next_5_days_benefit:.1f} more.")
    unknown = [it.debt for it in ranking.priorities if not it.known]
    if unknown:
        counted = f"{len(unknown)} of {len(ranking.priorities)} {'is' if len(unknown) == 1 else 'are'}"
        lines.append(f"{counted} not answered and counted at {100 * min(unknown):.0f} of 100; asking comes first.")
    lines += [f"{', '.join(cycle)} need each other: repaid together or not at all." for cycle in plan.cycles]
    if not plan.exact:
        lines.append("The prerequisites are too entangled to try every set; some are taken in one fixed order.")
    return lines


def _head(width: int) -> str:
    return f"{'question':{width}} {'tier':8} {'top 5':>5} {'cost':>7} {'avoids':>7} {'even':>8}  (person-days)"


def _line(priority: Priority, checklist: Checklist, width: int, needed_by: str | None = None) -> str:
    text = checklist.questions[priority.question].text
    text = text if len(text) <= _TEXT_SHOWN else f"{text[: _TEXT_SHOWN - 1]}…"
    even = "never" if priority.break_even_quarters is None else f"{priority.break_even_quarters:.1f} q"
    known = "" if priority.known else " (not answered)"
    needed = f" (needed by {needed_by})" if needed_by else ""
    return (
        f"{priority.question:{width}} {priority.tier.value:8} {priority.p_top5:5.0%} {priority.cost_days:7.1f} "
        f"{priority.benefit_days:7.1f} {even:>8}  {text}{known}{needed}"
    )


def _days(days: float) -> str:
    shown = f"{days:.1f}".removesuffix(".0")
    return f"{shown} person-day" if shown == "1" else f"{shown} person-days"
