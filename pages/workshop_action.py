"""Noting an action on the spot, while everybody is in the room and knows why."""

from __future__ import annotations

from datetime import date

import streamlit as st

from operations.actions import ActionDraft, save_actions
from operations.errors import InvalidInput, StoreError
from operations.workshops import OnTable, WorkshopView
from pages.place import Desk
from ui import numbers, problems, session
from ui.text import plain


def note_action(here: Desk, view: WorkshopView, table: OnTable) -> None:
    """A small form: what, who, by when, to which level. Days and benefit are worked out from the checklist."""
    question = table.question
    place = (view.workshop.workshop_id, question.id)
    with st.popover("Note an action", icon=":material/playlist_add:", key="workshop-action"):
        with st.form(session.widget_key("workshop-action-form", *place), border=False):
            title = st.text_input("What is to be done", key=session.widget_key("action-title", *place), max_chars=300)
            owner = st.text_input("Owner", key=session.widget_key("action-owner", *place), max_chars=80)
            due = st.date_input("Due", None, key=session.widget_key("action-due", *place), format="DD/MM/YYYY")
            target = st.selectbox(
                "Level to reach", range(len(question.levels)), format_func=lambda n: f"{n}: {question.levels[n].text}",
                key=session.widget_key("action-target", *place),
            )  # fmt: skip
            if not st.form_submit_button("Save the action", type="primary"):
                return
        _save(here, view, table, title or "", owner or "", due if isinstance(due, date) else None, target)


def _save(  # noqa: PLR0917  (the fields of one form)
    here: Desk, view: WorkshopView, table: OnTable, title: str, owner: str, due: date | None, target: int
) -> None:
    from operations.plans import read_plan  # numpy, only where an action is priced

    question_id = table.question.id
    try:
        ranking = read_plan(
            here.workplace, here.actor, system_id=view.system.system_id, period=view.assessment.period
        ).ranking
        priced = next((each for each in ranking.priorities if each.question == question_id), None)
        draft = ActionDraft(
            question_id=question_id, title=title or table.question.text, owner=owner, due=due, target=target,
            planned_days=priced.cost_days if priced else 0.0, benefit_days=priced.benefit_days if priced else 0.0,
            horizon_quarters=ranking.parameters.horizon_quarters,
        )  # fmt: skip
        save_actions(here.workplace, here.actor, assessment_id=view.assessment.assessment_id, drafts=(draft,))
    except (InvalidInput, StoreError) as refusal:
        problems.problem(f"Not saved: {refusal}")
        return
    days = f", about {numbers.days(draft.planned_days)}" if draft.planned_days else ""
    st.markdown(plain(f"Saved{days}. It stands on the plan page under “Our actions”."))
