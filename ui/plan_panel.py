"""A plan in words and figures: its finding, its numbers, the rows of its list, and the areas before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from operations.plans import PlanView
from scoring.aggregate import level_for
from scoring.plan_terms import Plan, Priority, Ranking
from scoring.score import Estimate, Score
from ui import numbers
from ui.area_panel import figure
from ui.grids import TOTAL
from ui.heatmap import Cell, ColumnHead, Grid, RowHead
from ui.plan_rows import PlanRow
from ui.text import plain

NOW, AFTER = "now", "after"
NEXT_DAYS = 5

#: Said once on the page: what the numbers are, and what they are not.
ESTIMATES = (
    "Days and interest are estimates: from the classes of the checklist, or from your own three points. Overlaps "
    "between questions remain, so sums are upper estimates."
)


def quarters(count: int) -> str:
    """Write a horizon: "1 quarter", "a year (4 quarters)", "2 years (8 quarters)"."""
    if count % 4 or not count:
        return numbers.count(count, "quarter")
    years = count // 4
    return f"{'a year' if years == 1 else f'{years} years'} ({count} quarters)"


def break_even(value: float | None) -> str:
    """Write when a repayment has paid for itself: "1.4 quarters", "never" where it avoids nothing."""
    if value is None:
        return "never"
    rounded = numbers.days(value).split(" ", 1)[0]
    return f"{rounded} quarter" if rounded == "1" else f"{rounded} quarters"


def finding(view: PlanView) -> str:
    """The title: what the budget buys. Plain text with the system's name."""
    name, plan = view.system.name, view.plan
    if not view.ranking.priorities:
        return f"{name}: nothing to repay"
    if not plan.chosen:
        return f"{name}: {numbers.days(plan.budget_days)} buy no repayment yet"
    ahead = quarters(view.ranking.parameters.horizon_quarters).split(" (", 1)[0]
    return f"{name}: {_whole(plan.cost_days)} of work avoid about {_whole(plan.benefit_days)} in {ahead}"


def _whole(days: float) -> str:
    """Whole days for a sentence, one decimal below ten."""
    return numbers.days(days if days < 10 else float(round(days)))


def draw_numbers(row: DeltaGenerator, view: PlanView) -> None:
    """At most four numbers."""
    plan, horizon = view.plan, view.ranking.parameters.horizon_quarters
    spent, budget = (numbers.days(days).split(" ", 1)[0] for days in (plan.cost_days, plan.budget_days))
    figure(row, "Cost, person-days", f"{spent} of {budget}")
    figure(row, f"Avoided in {numbers.count(horizon, 'quarter')}", numbers.days(plan.benefit_days))
    figure(row, "Pays for itself after", break_even(plan.break_even_quarters) if plan.chosen else numbers.DASH)
    figure(row, "Debt, now and after", f"{_debt(view.score.system)} → {_debt(view.after.system)}")


def _debt(estimate: Estimate) -> str:
    return numbers.DASH if estimate.estimate is None else numbers.debt_with_band(estimate.estimate, estimate.band)


def next_days(plan: Plan) -> str:
    """What a few more days would buy, in a sentence."""
    if plan.next_5_days_benefit <= 0:
        return f"{NEXT_DAYS} more days would avoid nothing more."
    return f"The next {NEXT_DAYS} days would avoid about {numbers.days(plan.next_5_days_benefit)} more."


# -- the list --
def rows_of(view: PlanView, *, moved: Mapping[str, int], area: str | None) -> list[PlanRow]:
    """The rows of the list: the chosen ones as the plan orders them, then the ranking, then what was moved to none."""
    ranked = {priority.question: priority for priority in view.ranking.priorities}
    chosen = [priority.question for priority in view.plan.chosen]
    rest = [question for question in ranked if question not in set(chosen)]
    aimed = [question for question in view.settings.targets if at_target(view, question)]
    rest += [
        question
        for question in dict.fromkeys((*moved, *aimed))
        if question not in ranked and question in view.score.questions
    ]
    if area is not None:
        rest = [question for question in rest if question in moved or view.checklist.area_of[question].id == area]
    taken = {action.question_id for action in view.open_actions}

    def row(question_id: str) -> PlanRow:
        priority, question = ranked.get(question_id), view.checklist.questions[question_id]
        standing = view.standing.questions.get(question_id)
        settings = view.settings
        return PlanRow(
            question=question_id,
            area=view.checklist.area_of[question_id].title,
            text=question.text,
            levels=tuple(level.text for level in question.levels),
            answered=standing.level if standing else None,
            moved=moved.get(question_id),
            chosen=question_id in chosen,
            mark="pinned" if question_id in settings.pinned else "excluded" if question_id in settings.excluded else "",
            avoids=_days(priority.benefit_days) if priority else "",
            costs=_days(priority.cost_days) if priority else "",
            pays_back=_quarters(priority.break_even_quarters) if priority else "",
            p_top=priority.p_top5 if priority else 0.0,
            tier=priority.tier if priority else None,
            notes=tuple(_notes(view, question_id, priority, taken)),
        )

    return [row(question_id) for question_id in (*chosen, *rest)]


def _notes(view: PlanView, question_id: str, priority: Priority | None, taken: Collection[str]) -> Iterator[str]:
    """What is particular about a row."""
    if needed := view.plan.because.get(question_id):
        yield f"needed by {needed}"
    if blocking := view.plan.unavailable.get(question_id):
        yield f"waits for {blocking}, which is left out"
    if question_id in taken:
        yield "already one of our actions"
    elif question_id in view.repaid:
        yield "repaid since it was answered: answer it again"
    if priority is None:
        if at_target(view, question_id):
            yield f"level {view.settings.targets[question_id]} is what you want"
        return
    if not priority.known:
        yield f"nobody knows yet: counted as level {level_for(priority.debt, view.checklist.aggregation.values)}"
    if priority.target:
        yield f"to level {priority.target}"
    if priority.price.effort_by_team or priority.price.friction_by_team:
        yield "your own estimate"


def at_target(view: PlanView, question_id: str) -> bool:
    """Whether a question still has debt, but not more than at the level its team wants to reach."""
    scored = view.score.questions.get(question_id)
    if scored is None or not scored.applies or not view.settings.targets.get(question_id):
        return False
    return bool(scored.debt) and view.ranking.of(question_id) is None


def _days(value: float) -> str:
    return f"{numbers.days(value).split(' ', 1)[0]} d"


def _quarters(value: float | None) -> str:
    return "never" if value is None else f"{numbers.days(value).split(' ', 1)[0]} qtr"


# -- the areas before and after --
def before_after(view: PlanView) -> Grid:
    """The areas as they are and as they would be, and all of them together, as a heatmap of two columns."""
    now, after = _estimates(view.score), _estimates(view.after)
    titles = {area.id: area.title for area in view.checklist.areas if area.id in now}
    rows = [RowHead(id=area, label=title) for area, title in titles.items()]
    rows.append(RowHead(id=TOTAL, label="All areas", summary=True))
    return Grid(
        caption="Debt by area now, and when the plan is repaid; higher is worse",
        rows=tuple(rows),
        columns=(
            ColumnHead(id=NOW, short="Now", title="Now"),
            ColumnHead(id=AFTER, short="After the plan", title="After the plan"),
        ),
        cells=tuple((_cell(now[row.id]), _cell(after.get(row.id), before=now[row.id])) for row in rows),
        corner="Area",
        compared="now",
    )


def _estimates(score: Score) -> dict[str, Estimate]:
    return {area.id: area.estimate for area in score.areas} | {TOTAL: score.system}


def _cell(estimate: Estimate | None, *, before: Estimate | None = None) -> Cell:
    if estimate is None or not estimate.applies:
        return Cell(kind="not_applicable")
    if estimate.estimate is None:
        return Cell(kind="unanswered", low=estimate.low, high=estimate.high, coverage=estimate.coverage)
    moved = None if before is None or before.estimate is None else estimate.estimate - before.estimate
    return Cell(
        kind="score",
        debt=estimate.estimate,
        band=estimate.band,
        low=estimate.low,
        high=estimate.high,
        coverage=estimate.coverage,
        change=None if moved is None or not numbers.points(abs(moved)) else "worse" if moved > 0 else "better",
        difference=moved,
        uncertain=estimate.band is None,
    )


# -- what would help most to know --
WHY_WORDS = {"unanswered": "not answered yet", "unknown": "we do not know", "disputed": "the votes lie far apart"}


def draw_worth_knowing(view: PlanView) -> None:
    """The few questions whose answer would narrow the interval most, each with the way to it."""
    st.subheader("What would help most to know", anchor=False)
    if not view.knowing:
        st.caption("Every question is answered and no vote is split: an answer more would not narrow the interval.")
        return
    st.caption("An answer here narrows the system's interval most. Asking is cheaper than repaying.")
    for worth, column in zip(view.knowing, st.columns(len(view.knowing)), strict=True):
        question = view.checklist.questions[worth.question]
        narrower = numbers.points(worth.narrowing)
        by = f"{numbers.count(narrower, 'point')} narrower" if narrower else "less than a point narrower"
        with column.container(border=True, gap=None, height="stretch", key=f"knowing-{worth.question}"):
            st.page_link(
                "assess.py", label=plain(question.text), icon=":material/help:",
                query_params={
                    "system": view.system.system_id, "period": view.assessment.period, "question": worth.question,
                },
            )  # fmt: skip
            st.caption(plain(f"{worth.question} · {WHY_WORDS[worth.why]} · {by}"))


def plan_words(view: PlanView, question: str) -> str:
    """Why a repayment is in the plan or not, in a sentence; its tier alone does not say so."""
    plan, settings = view.plan, view.settings
    if question in plan.because:
        return f"In the plan, because {plan.because[question]} needs it."
    if any(priority.question == question for priority in plan.chosen):
        pinned = question in settings.pinned
        why = "because it is pinned" if pinned else f"part of what avoids most within {numbers.days(plan.budget_days)}"
        return f"In the plan, {why}."
    if question in plan.unavailable:
        why = f"it needs {plan.unavailable[question]}, which is left out"
    elif question in settings.excluded:
        why = "it is left out"
    elif question in view.repaid:
        why = "it was repaid since it was answered"
    else:
        why = f"what is chosen for {numbers.days(plan.budget_days)} avoids at least as much"
    return f"Not in the plan: {why}."


def tried_words(view: PlanView, *, moved: Mapping[str, int], before: float | None) -> str:
    """What the levels tried out change, in a sentence; "" when none is."""
    if not moved:
        return ""
    said = f"What-if: {numbers.count(len(moved), 'level')} moved."
    now = view.score.system.estimate
    if before is not None and now is not None:
        said += f" Debt {numbers.debt(before)} → {numbers.debt(now)}."
    return f"{said} Nothing is saved."


def rank_words(ranking: Ranking, question: str) -> str:
    """Where a question may stand, in a sentence; "" when nothing of it can be repaid."""
    priority = ranking.of(question)
    if priority is None:
        return ""
    share = numbers.percent(priority.p_top5)
    place = f"place {priority.rank_low}" if priority.rank_low == priority.rank_high else (
        f"places {priority.rank_low} to {priority.rank_high}"
    )  # fmt: skip
    return f"Among the first {ranking.parameters.top} in {share} of the draws; {place} in nine of ten."
