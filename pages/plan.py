"""Plan: what to repay within a budget, how sure that is, a level tried out by hand, and what became our actions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from checklists.declared import QUESTION_ID
from operations.errors import Conflict, InvalidInput, StoreError
from operations.plans import PlanView, read_plan, save_plan_settings
from operations.records import PlanSettings
from operations.system_view import list_periods
from operations.systems import read_system
from pages.dependence import dependence_line
from pages.place import Desk, chosen_period, chosen_system, desk, from_link, put_in_link
from pages.plan_actions import ACTIONS, PLAN, SHOWN, draw_actions, make_actions
from pages.plan_question import draw_question
from pages.system_picker import pick_system
from scoring.aggregate import level_for
from scoring.explain_priority import explain_likely
from scoring.plan import half_days
from scoring.plan_terms import DAYS_MAX, HORIZON_MAX_QUARTERS
from ui import numbers, problems, session
from ui.area_panel import draw_steps
from ui.grids import TOTAL
from ui.heatmap import heatmap
from ui.plan_panel import (
    AFTER,
    ESTIMATES,
    NOW,
    before_after,
    draw_numbers,
    draw_worth_knowing,
    finding,
    next_days,
    quarters,
    rows_of,
    tried_words,
)
from ui.plan_rows import Wish, plan_rows
from ui.text import plain

HORIZONS = (1, 2, 4, 8, 12, 20)
KINDS = (PLAN, ACTIONS)
#: A level tried out, as the link writes it: "ENT-03.2".
_MOVED = re.compile(rf"({QUESTION_ID})\.([0-4])", re.ASCII)
_MOVED_MAX = 200
_MOVED_LENGTH = len("ABCDEF-123.4,")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the link asks for beside the system and the quarter; None is "as the team has set it"."""

    budget: float | None
    horizon: int | None
    moved: dict[str, int]  #: question -> the level tried out


def plan() -> None:
    """Draw the plan of the system the link names."""
    here = desk()
    system_id = chosen_system()
    if system_id is None:
        pick_system(here, "Which system do you want to plan for?", page="plan.py")
        return
    system = read_system(here.workplace, here.actor, system_id=system_id)
    periods = list_periods(here.workplace, here.actor, system_id=system_id)
    if not periods:
        st.title(plain(f"{system.name}: nothing to plan yet"), anchor=False)
        if problems.empty(
            "This system was never assessed. A plan follows from its answers.", action="Start the assessment",
            key="plan-assess",
        ):  # fmt: skip
            st.switch_page("system.py", query_params={"system": system_id})
        return
    chosen = chosen_period()
    view = _read(here, system_id, chosen if chosen in periods else None)
    session.note_list_page(_key(view))
    _drawn(here, view, periods[-1])


def _read(here: Desk, system_id: str, period: str | None) -> PlanView:
    """The plan the link asks for; a level tried out of a question that is not asked here is forgotten."""
    asked = _asked()
    read = partial(
        read_plan, here.workplace, here.actor, system_id=system_id, period=period, budget_days=asked.budget,
        horizon=asked.horizon,
    )  # fmt: skip
    try:
        return read(what_if=asked.moved)
    except InvalidInput:
        put_in_link(what=None)
        return read()


def _key(view: PlanView) -> str:
    return session.widget_key("plan", view.assessment.assessment_id)


def _asked() -> Asked:
    """Read the link; what makes no sense in it counts as not said."""
    moved = [_MOVED.fullmatch(part) for part in (from_link("what") or "")[: _MOVED_LENGTH * _MOVED_MAX].split(",")]
    return Asked(
        budget=_number(from_link("budget"), most=DAYS_MAX),
        horizon=None if (quarters := _number(from_link("horizon"), most=HORIZON_MAX_QUARTERS)) is None or quarters < 1
        else int(quarters),
        moved={found[1]: int(found[2]) for found in moved if found},
    )  # fmt: skip


def _number(text: str | None, *, most: float) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= most else None


@st.fragment
def _drawn(here: Desk, view: PlanView, latest: str) -> None:
    """The page below the frame: drawn anew by itself when a level, a mark or the budget changes.

    `view` is what the whole page was drawn from; alone, this reads the plan again.
    """
    key = _key(view)
    whole = session.list_page(key)
    try:
        _page(here, view if whole else _read(here, view.system.system_id, view.assessment.period), latest, whole=whole)
    except (StoreError, InvalidInput) as trouble:
        problems.problem(str(trouble))  # a fragment runs outside the shell, which would say it
        return
    session.drop_list_page(key)


def _page(here: Desk, view: PlanView, latest: str, *, whole: bool) -> None:
    st.title(plain(finding(view)), anchor=False)
    period = numbers.period(view.assessment.period)
    if view.assessment.period != latest:
        period += f", not yet {numbers.period(latest)}: change the quarter in the header"
    st.caption(f"{period} · {ESTIMATES}")
    kind = _kinds()
    if kind == ACTIONS:
        draw_actions(here, view)
    elif _is_empty(view):
        draw_worth_knowing(view)
    else:
        _settings(here, view)
        _plan(here, view, whole=whole)


def _kinds() -> str:
    """Which of the three parts of the page is shown."""
    if (wanted := session.take_next(SHOWN)) in KINDS:
        session.put(SHOWN, wanted)
    elif session.widget_value(SHOWN) is None and from_link(SHOWN) not in KINDS:
        session.put(SHOWN, PLAN)
    chosen = st.segmented_control(
        "Show", KINDS, required=True, key=SHOWN, bind="query-params", label_visibility="collapsed"
    )
    return chosen or PLAN


def _is_empty(view: PlanView) -> bool:
    """Say what is missing when there is nothing to choose from; True when it was said."""
    total = view.score.system
    where = {"system": view.system.system_id, "period": view.assessment.period}
    if not total.applies:
        problems.empty("No question applies to this system, so there is nothing to repay.")
        return True
    if total.estimate is None:
        if problems.empty(
            "Nothing is known yet: no question has a level. Asking comes before paying.", action="Answer the questions",
            key="plan-answer",
        ):  # fmt: skip
            st.switch_page("assess.py", query_params=where)
        return True
    if not view.ranking.priorities and not _asked().moved:
        problems.empty("Nothing to repay: every question that applies is at its best level.")
        return True
    return False


# -- budget and horizon, remembered --
def _settings(here: Desk, view: PlanView) -> None:
    """How many days there are, how far ahead avoided interest counts, and what follows from both."""
    budget, horizon = view.plan.budget_days, view.ranking.parameters.horizon_quarters
    budget_key = session.widget_key("plan-budget", view.system.system_id)
    horizon_key = session.widget_key("plan-horizon", view.system.system_id)
    session.feed(budget_key, float(budget), version=budget)
    session.feed(horizon_key, horizon, version=horizon)

    def remember() -> None:
        days, ahead = session.widget_value(budget_key), session.widget_value(horizon_key)
        days = budget if days is None else float(days)
        put_in_link(budget=f"{days:g}", horizon=str(ahead))
        _change(here, view, lambda settings: replace(settings, budget_days=days, horizon_quarters=ahead))

    row = st.container(horizontal=True, vertical_alignment="bottom", gap="large")
    with row.container(horizontal=True, vertical_alignment="bottom", width="content"):
        st.number_input(
            "Budget, person-days", 0.0, DAYS_MAX, step=1.0, format="%g", key=budget_key, on_change=remember, width=180,
            help="What the team can spend on repaying in this plan.",
        )  # fmt: skip
        st.selectbox(
            "Horizon", sorted({*HORIZONS, horizon}), key=horizon_key, format_func=quarters, on_change=remember,
            width=220, help="How far ahead avoided extra work counts.",
        )  # fmt: skip
    draw_numbers(row.container(horizontal=True, gap="small", width="content"), view)
    st.caption(next_days(view.plan))


def _change(here: Desk, view: PlanView, change: Callable[[PlanSettings], PlanSettings]) -> None:
    """Keep a change of the team's settings; over what somebody else set meanwhile, as it is one field that changes."""
    settings = view.settings
    for _ in range(3):
        try:
            save_plan_settings(
                here.workplace, here.actor, system_id=view.system.system_id, settings=change(settings),
                expected_rev=settings.rev,
            )  # fmt: skip
        except Conflict as conflict:
            if not isinstance(conflict.current, PlanSettings):
                break
            settings = conflict.current
            continue
        except (StoreError, InvalidInput) as trouble:
            problems.attention(f"Not saved: {trouble}")
        return
    problems.attention("Not saved: somebody else is changing the plan right now. Try again.")


# -- the plan --
def _plan(here: Desk, view: PlanView, *, whole: bool) -> None:
    dependence_line(here, view.system.system_id)
    moved = _asked().moved
    horizon = view.ranking.parameters.horizon_quarters
    _remarks(view)
    cells = session.widget_key("plan-areas", view.system.system_id)
    area = _area(view, cells)
    left, right = st.columns([8, 5], gap="large")
    with left:
        make_actions(here, view, tried=bool(moved))
        plan_rows(
            rows_of(view, moved=moved, area=area),
            key=_key(view), words=whole, tried=tried_words(view, moved=moved, before=view.standing.system.estimate),
            horizon=numbers.count(horizon, "quarter"), take=lambda wish: _take(here, view, wish),
            empty=_none_chosen(view), only=_only(view, area),
        )  # fmt: skip
    with right, st.container(key="plan-aside"):
        _areas(view, cells, area)
    draw_worth_knowing(view)
    opened = session.opened_card(_key(view))
    if opened is not None and opened in view.score.questions:
        draw_question(here, view, opened, key=_key(view), aim=lambda question, level: _aim(here, view, question, level))


def _aim(here: Desk, view: PlanView, question: str, level: int) -> None:
    """Keep the level a repayment is to reach."""
    _change(here, view, lambda settings: replace(settings, targets={**settings.targets, question: level}))


def _remarks(view: PlanView) -> None:
    """What a reader must know before trusting the numbers."""
    plan = view.plan
    scale = view.checklist.aggregation
    if view.score.system.band is None:
        problems.notice(
            f"Only {numbers.coverage(view.score.system.coverage)}; what nobody knows counts as "
            f"level {level_for(scale.unknown.debt, scale.values)}.",
            do="Answers may change this plan more than work would.",
        )
    if plan.pinned_over_budget:
        problems.warning(
            f"What is pinned alone costs {numbers.days(plan.cost_days)}, more than the budget.",
            do="Nothing else is chosen: raise the budget, or unpin a row.",
        )
    if plan.break_even_quarters is not None and plan.break_even_quarters > view.ranking.parameters.horizon_quarters:
        st.caption(
            "Within this horizon the plan avoids less work than it costs: look further ahead, or leave it for now."
        )
    if not plan.exact:
        st.caption("The prerequisites are too entangled to try every set: this is a good one, perhaps not the best.")
    for cycle in plan.cycles:
        st.caption(plain(f"{', '.join(cycle)} need each other: they are repaid together or not at all."))


def _none_chosen(view: PlanView) -> str:
    """Why the plan holds nothing."""
    if not view.plan.budget_days:
        return "A budget of 0 days repays nothing. Give a budget above, or pin a row below."
    costs = [p.cost_days for p in view.ranking.priorities if p.question not in view.settings.excluded]
    if not costs:
        return "Everything there is to repay is left out."
    least = numbers.days(half_days(min(costs)))
    return f"No repayment fits into {numbers.days(view.plan.budget_days)}; the smallest takes {least}."


def _area(view: PlanView, cells: str) -> str | None:
    """The area whose questions are shown, from a cell chosen or from the link; None shows all."""
    chosen = session.selected_cell(cells)
    area = chosen[0] if chosen else from_link("area")
    return area if area in {each.id for each in view.score.areas} else None


def _only(view: PlanView, area: str | None) -> str:
    if area is None:
        return ""
    return f"Else in {next(each.title for each in view.checklist.areas if each.id == area)}"


def _areas(view: PlanView, cells: str, area: str | None) -> None:
    """The heatmap as it is and as it would be; a cell shows the questions of its area."""
    st.subheader("Before and after", anchor=False)
    wanted = session.selected_cell(cells)
    if wanted is None and area is not None:
        wanted = (area, NOW)
    chosen = heatmap(before_after(view), key=cells, selected=wanted)
    shown = chosen[0] if chosen and chosen[0] != TOTAL and chosen[1] in (NOW, AFTER) else None
    put_in_link(area=shown)

    def show_all() -> None:
        session.select_cell(cells, None)
        put_in_link(area=None)

    if shown is not None:
        st.button(
            "Show the questions of all areas", type="tertiary", icon=":material/close:", key="plan-all-areas",
            on_click=show_all,
        )  # fmt: skip
    _likely(view, shown)


def _likely(view: PlanView, area: str | None) -> None:
    """Where the debt of the area, or of the system, lies in most draws, and why there."""
    ends = view.ranking.likely.get(area or "")
    if ends is None:
        return
    whose = "the system" if area is None else plain(next(it.title for it in view.checklist.areas if it.id == area))
    with st.expander(f"Likely debt of {whose} now: {numbers.debt(ends[0])}{numbers.DASH}{numbers.debt(ends[1])}"):
        draw_steps(explain_likely(view.checklist, view.score, view.ranking, area or ""))


def _take(here: Desk, view: PlanView, wish: Wish) -> None:
    """Do what a click in the list wishes. Runs before the page is drawn anew."""
    asked = _asked()
    if wish.kind == "reset":
        put_in_link(what=None)
        return
    if wish.question not in view.score.questions:
        return
    match wish.kind:
        case "level":
            moved = {q: level for q, level in asked.moved.items() if q != wish.question}
            if wish.level is not None and wish.level < len(view.checklist.questions[wish.question].levels):
                moved[wish.question] = wish.level
            put_in_link(what=",".join(f"{q}.{level}" for q, level in sorted(moved.items())) or None)
        case "mark":

            def mark(settings: PlanSettings) -> PlanSettings:
                one = {wish.question}
                return replace(
                    settings,
                    pinned=settings.pinned - one | (one if wish.mark == "pinned" else set()),
                    excluded=settings.excluded - one | (one if wish.mark == "excluded" else set()),
                )

            _change(here, view, mark)
        case "open":
            session.open_card(_key(view), wish.question)


plan()
