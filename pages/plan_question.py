"""One question of the plan beside the list: why it stands where it does, and what the team itself estimates."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from operations.errors import Conflict, InvalidInput, StoreError
from operations.plans import PlanView, clear_estimate, save_estimate
from pages.place import Desk
from scoring.explain import explain_question
from scoring.explain_priority import explain_priority, explain_tier
from scoring.plan_terms import DAYS_MAX, TeamEstimate, ThreePoint
from ui import numbers, problems, session
from ui.area_panel import draw_steps, figure, figures
from ui.plan_panel import break_even, plan_words, rank_words
from ui.text import plain

#: The two things a team can estimate: field, its question, its unit.
ASKED = (
    ("effort", "Effort to take it from level {worst} to level 0", "person-days, once"),
    ("friction", "Extra work it causes at level {worst}", "person-days per quarter"),
)
POINTS = (("low", "At best"), ("likely", "Most likely"), ("high", "At worst"))


def draw_question(here: Desk, view: PlanView, question_id: str, *, key: str, aim: Callable[[str, int], None]) -> None:
    """Open the drawer of a question; closing it draws the page anew. `aim` keeps the level a repayment is to reach."""

    def close() -> None:
        session.open_card(key, None)

    dialog = st.dialog(question_id, position="right", width="medium", on_dismiss=close)
    dialog(_drawer)(here, view, question_id, aim)


def _drawer(here: Desk, view: PlanView, question_id: str, aim: Callable[[str, int], None]) -> None:
    question = view.checklist.questions[question_id]
    level, answered = view.score.questions[question_id].level, view.standing.questions[question_id].level
    st.markdown(f"**{plain(question.text)}**")
    st.caption(plain(view.checklist.area_of[question_id].title))
    said = "Nobody knows its level yet." if level is None else f"Level {level}: {question.levels[level].text}"
    st.markdown(plain(said if level == answered else f"Tried out: {said}"))
    priority = view.ranking.of(question_id)
    if priority is None:
        st.markdown("There is nothing to repay at this level.")
        _target(view, question_id, aim)
    else:
        row = figures()
        figure(row, "Avoids", numbers.days(priority.benefit_days))
        figure(row, "Costs", numbers.days(priority.cost_days))
        figure(row, "Pays for itself after", break_even(priority.break_even_quarters))
        st.caption(rank_words(view.ranking, question_id))
        if standing := plan_words(view, question_id):
            st.caption(plain(standing))
        _target(view, question_id, aim)
        with st.expander("Why these days"):
            draw_steps(
                explain_priority(
                    view.checklist, view.score, view.ranking, question_id,
                    estimates={question: kept.estimate for question, kept in view.estimates.items()},
                )
            )  # fmt: skip
        with st.expander(f"Why “{priority.tier}”"):
            draw_steps(explain_tier(view.checklist, view.score, view.ranking, question_id))
    with st.expander("Why this debt"):
        draw_steps(explain_question(view.checklist, view.score, question_id))
    if question.remedies:
        with st.expander("What repays it"):
            for remedy in question.remedies:
                st.markdown(f"- {plain(str(remedy))}")
    _estimate(here, view, question_id)
    st.page_link(
        "assess.py", label="Look at the answer", icon=":material/edit:",
        query_params={
            "system": view.system.system_id, "period": view.assessment.period, "question": question_id,
        },
    )  # fmt: skip


def _target(view: PlanView, question_id: str, aim: Callable[[str, int], None]) -> None:
    """How far a repayment goes: to the best level, or not quite."""
    question = view.checklist.questions[question_id]
    scored, worst = view.score.questions[question_id], len(question.levels) - 1
    standing = min(view.settings.targets.get(question_id, 0), worst)
    if not scored.applies or not (standing or scored.debt):
        return
    reachable = sorted({*range(worst if scored.level is None else max(1, scored.level)), standing})
    key = session.widget_key("target", view.system.system_id, question_id)
    session.feed(key, standing, version=standing)
    chosen = st.selectbox(
        "Repay it to", reachable, key=key, format_func=lambda level: f"Level {level}: {question.levels[level].text}"
    )
    if chosen is not None and chosen != standing:
        aim(question_id, chosen)
        st.rerun()


def _estimate(here: Desk, view: PlanView, question_id: str) -> None:
    """Three points of effort and of friction, instead of the class of the checklist."""
    known = view.estimates.get(question_id)
    revision = known.rev if known else 0
    system_id = view.system.system_id
    trouble = session.trouble(system_id, question_id)
    st.markdown("**Your own estimate**")
    st.caption(
        "Better than the class of the checklist: it narrows the spread of this row by half. Leave a line empty to keep "
        "the class."
    )
    if trouble:
        problems.problem(trouble)

    def keys(field: str) -> list[str]:
        return [session.widget_key("estimate", system_id, question_id, field, point) for point, _ in POINTS]

    def given(field: str) -> ThreePoint | None:
        values = [session.widget_value(one) for one in keys(field)]
        if all(value is None for value in values):
            return None
        if any(value is None for value in values):
            raise InvalidInput(field, "needs all three points, or none")
        low, likely, high = (float(value) for value in values)
        try:
            return ThreePoint(low=low, likely=likely, high=high)
        except ValueError as refusal:
            raise InvalidInput(field, str(refusal)) from refusal

    def save() -> None:
        session.set_trouble(system_id, question_id, "")
        try:
            estimate = TeamEstimate(question=question_id, effort=given("effort"), friction=given("friction"))
            if estimate.effort is None and estimate.friction is None:
                raise InvalidInput("estimate", "is empty; give three points of effort or of friction")
            save_estimate(here.workplace, here.actor, system_id=system_id, estimate=estimate, expected_rev=revision)
        except Conflict as conflict:
            session.set_trouble(system_id, question_id, f"Not saved: {conflict} Theirs is shown now.")
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(system_id, question_id, f"Not saved: {refusal}")
        else:
            session.say_after_rerun("Your estimate counts now.")

    def back() -> None:
        session.set_trouble(system_id, question_id, "")
        try:
            clear_estimate(
                here.workplace, here.actor, system_id=system_id, question_id=question_id, expected_rev=revision
            )
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(system_id, question_id, f"Nothing was changed: {refusal}")

    with st.form(session.widget_key("estimate", question_id), border=False):
        for field, label, unit in ASKED:
            points: ThreePoint | None = getattr(known.estimate, field) if known else None
            st.markdown(f"{label.format(worst=view.checklist.level_count - 1)}, :small[{unit}]")
            for (point, name), column, one in zip(POINTS, st.columns(3), keys(field), strict=True):
                session.feed(one, None if points is None else getattr(points, point), version=revision)
                column.number_input(name, 0.0, DAYS_MAX, step=0.5, format="%g", key=one)
        with st.container(horizontal=True):
            pressed = st.form_submit_button("Use this estimate", on_click=save)
            if known:
                pressed = st.form_submit_button("Back to the class", on_click=back, type="tertiary") or pressed
    if pressed:
        st.rerun()  # the numbers above and the plan behind this drawer follow
