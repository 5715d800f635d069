"""From a plan to actions with an owner and a date, what became of them, and how the estimates held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypedDict
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from operations.actions import (
    ActionDraft,
    change_action,
    close_action,
    drop_action,
    read_actions,
    reopen_action,
    save_actions,
    undo_action,
)
from operations.errors import InvalidInput, StoreError
from operations.plans import PlanView
from operations.records import ActionRecord
from pages.place import Desk
from pages.plan_calibration import draw_calibration
from reports.action_texts import FORMS
from scoring.plan_terms import DAYS_MAX, Priority
from ui import numbers, problems, session
from ui.text import plain

ROWS_MAX = 20  #: actions made at once; a longer plan is made in several steps
REASON_MAX = 300
PLAN, ACTIONS = "Plan", "Our actions"  #: the parts of the page
STATES: Final[Mapping[str, str]] = {"open": "changed", "done": "done", "dropped": "dropped"}
SHOWN = "show"  #: which of them, as the link and the widget call it
GONE: Final[Mapping[str, bool | None]] = {
    "Yes, it is gone": True,
    "No, it is still there": False,
    "Too early to tell": None,
}


class Named(TypedDict):
    """An action by its ids, and the revision the person saw."""

    system_id: str
    action_id: str
    expected_rev: int


def end_of_quarter(day: date) -> date:
    """The last day of the quarter a day lies in."""
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


# -- making them --
def make_actions(here: Desk, view: PlanView, *, tried: bool) -> None:
    """The one button of the page: the plan becomes actions."""
    taken = {action.question_id for action in view.open_actions}
    fresh = [priority for priority in view.plan.chosen if priority.question not in taken]
    why = (
        "What is tried out is not what your team answered: reset it first." if tried
        else "The plan holds nothing." if not view.plan.chosen
        else "All of them are your actions already." if not fresh
        else ""
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Make these our actions", type="primary", key="make-actions", icon=":material/playlist_add_check:",
            disabled=bool(why), help=why or None,
        ):  # fmt: skip
            _make(here, view, fresh)
        if why:
            st.caption(why)


@st.dialog("Make these our actions", width="large")
def _make(here: Desk, view: PlanView, fresh: Sequence[Priority]) -> None:
    """Owner, date and tracker link of each; one form, saved at once or not at all."""
    due = end_of_quarter(here.workplace.today())
    shown = fresh[:ROWS_MAX]
    if len(fresh) > len(shown):
        problems.notice(f"The first {len(shown)} of {len(fresh)}. Save these, then make the rest.")
    with st.form("make-actions", border=False):
        rows = []
        for priority in shown:
            question = view.checklist.questions[priority.question]
            key = session.widget_key("draft", view.assessment.assessment_id, priority.question)
            with st.container(border=True, gap="small"):
                keep = st.checkbox(plain(f"{priority.question} · {question.text}"), value=True, key=f"{key}-keep")
                st.caption(
                    plain(
                        f"Costs about {numbers.days(priority.cost_days)}, avoids about "
                        f"{numbers.days(priority.benefit_days)}; to level {priority.target}: "
                        f"{question.levels[priority.target].text}"
                    )
                )
                who, when, where = st.columns([3, 2, 4])
                owner = who.text_input("Owner", key=f"{key}-owner", max_chars=80, placeholder="Who does it?")
                day = when.date_input("Due", value=due, key=f"{key}-due", format="DD/MM/YYYY")
                link = where.text_input("Tracker link", key=f"{key}-link", max_chars=500, placeholder="https://")
            rows.append((keep, priority, owner, day, link))
        if not st.form_submit_button(f"Save {numbers.count(len(shown), 'action')}", type="primary"):
            return
    drafts = [
        ActionDraft(
            question_id=priority.question, title=view.checklist.questions[priority.question].text, owner=owner or "",
            due=day if isinstance(day, date) else None, link=link or "", target=priority.target,
            planned_days=priority.cost_days, benefit_days=priority.benefit_days,
            horizon_quarters=view.ranking.parameters.horizon_quarters,
        )
        for keep, priority, owner, day, link in rows
        if keep
    ]  # fmt: skip
    if not drafts:
        problems.notice("No action is chosen. Tick at least one.")
        return
    try:
        saved = save_actions(here.workplace, here.actor, assessment_id=view.assessment.assessment_id, drafts=drafts)
    except (InvalidInput, StoreError) as refusal:
        problems.problem(f"Not saved: {refusal}")
        return
    session.show_next(SHOWN, ACTIONS)
    session.say_after_rerun(f"{numbers.count(len(saved), 'action is', 'actions are')} saved.")
    st.rerun()


# -- what became of them --
def draw_actions(here: Desk, view: PlanView) -> None:
    """The actions of the system: open ones first, each with what can be done with it."""
    actions = read_actions(here.workplace, here.actor, system_id=view.system.system_id)
    if not actions:
        problems.empty("No action yet. Choose “Plan” above and make its repayments your actions.")
        _all_actions(view)
        draw_calibration(here, view)
        return
    today = here.workplace.today()
    pending = [action for action in actions if action.state == "open"]
    closed = [action for action in actions if action.state != "open"]
    late = sum(action.overdue(today) for action in pending)
    done = [action for action in closed if action.state == "done"]
    said = f"{numbers.count(len(pending), 'action')} open" + (f", {late} overdue" if late else "")
    st.markdown(f"**{said}**; {len(done)} done, {len(closed) - len(done)} dropped.")
    _just_changed(here, actions)
    links = " · ".join(
        f"[{form.title}](/export/actions.{form.key}?{urlencode({'system': view.system.system_id})})"
        for form in FORMS.values()
    )
    _all_actions(view)
    st.markdown(f"Hand them on as {links}")
    with st.expander("How to bring them into a tracker"):
        for form in FORMS.values():
            st.markdown(f"**{form.title}**: {plain(form.use)}")
            if form.command:
                st.code(form.command, language=None)
    for action in pending:
        _open_action(here, action, today)
    if closed:
        with st.expander(f"Done and dropped ({len(closed)})", expanded=not pending):
            for action in closed:
                _closed_action(here, action)
    draw_calibration(here, view)


def _all_actions(view: PlanView) -> None:
    """The way to the page where actions are looked at together, with comments and how promises were kept."""
    where = {"of": view.system.system_id}
    st.page_link(
        "actions.py", label="Comments, history and promises kept", icon=":material/task_alt:", query_params=where
    )


def _just_changed(here: Desk, actions: Sequence[ActionRecord]) -> None:
    """What this tab did last to an action, with the way back."""
    action = next((one for one in actions if one.action_id == session.last_decided(SHOWN)), None)
    if action is None:
        return

    def undo() -> None:
        session.note_decided(SHOWN, "")
        attempt(lambda: undo_action(here.workplace, here.actor, **named(action)), "It is as it was before.")

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(f"{action.question_id} is {STATES[action.state]}."), width="content")
        st.button("Undo", key="undo-action", icon=":material/undo:", on_click=undo)


def _words(action: ActionRecord, *, today: date | None = None) -> str:
    who = action.owner or "nobody yet"
    due = f"due {numbers.day(action.due)}" if action.due else "no date"
    late = ", overdue" if today is not None and action.overdue(today) else ""
    promised = f"about {numbers.days(action.planned_days)}, avoids about {numbers.days(action.benefit_days)}"
    return f"{action.question_id} · {who} · {due}{late} · {promised}"


def outcome_words(action: ActionRecord) -> str:
    """What became of a closed action."""
    if action.state != "done":
        return f"Dropped: {action.reason}"
    gone = {
        None: "too early to tell what it saves",
        True: "the extra work is gone",
        False: "the extra work is still there",
    }
    took = numbers.days(action.actual_days or 0.0)
    return f"Done: took {took}, estimated at {numbers.days(action.planned_days)}; {gone[action.friction_gone]}."


def _box(action: ActionRecord) -> DeltaGenerator:
    """One action: its words, and at the right what can be done with it."""
    return st.container(
        border=True, horizontal=True, vertical_alignment="center", key=session.widget_key("action", action.action_id)
    )


def _title(action: ActionRecord, *, today: date | None = None, outcome: str = "") -> None:
    said = f"**{plain(action.title)}**  \n:small[{plain(_words(action, today=today))}]"
    st.markdown(f"{said}  \n{plain(outcome)}" if outcome else said, width="stretch")
    if action.link:
        st.link_button("Tracker", action.link, icon=":material/open_in_new:", type="tertiary")


def _open_action(here: Desk, action: ActionRecord, today: date) -> None:
    with _box(action):
        _title(action, today=today)
        with st.container(horizontal=True, width="content"):
            for name, label, open_dialog in (
                ("done", "It is done…", ask_days), ("change", "Change…", ask_words), ("drop", "Drop…", ask_reason),
            ):  # fmt: skip
                if st.button(label, key=session.widget_key(name, action.action_id)):
                    open_dialog(here, action, here.workplace.now())


def _closed_action(here: Desk, action: ActionRecord) -> None:
    with _box(action):
        _title(action, outcome=outcome_words(action))

        def reopen() -> None:
            attempt(
                lambda: reopen_action(here.workplace, here.actor, **named(action)),
                "It is open again.",
            )

        st.button(
            "Open it again", icon=":material/undo:", type="tertiary", on_click=reopen,
            key=session.widget_key("reopen", action.action_id),
        )  # fmt: skip


def attempt(change: Callable[[], object], done: str) -> str:
    """Do it and say so; what was refused comes back in words, and is said briefly where no scrolling hides it."""
    try:
        change()
    except (InvalidInput, StoreError) as refusal:
        problems.attention(f"Not changed: {refusal}")
        return f"Not changed: {refusal}"
    session.say_after_rerun(done)
    return ""


def named(action: ActionRecord) -> Named:
    """What an operation needs to find an action as the person has it before them."""
    return {"system_id": action.system_id, "action_id": action.action_id, "expected_rev": action.rev}


def _finish(action: ActionRecord, change: Callable[[], object], done: str) -> None:
    """Do it from a dialog: close it when it worked, else say why not where the person looks."""
    if refused := attempt(change, done):
        problems.problem(refused)
        return
    session.note_decided(SHOWN, action.action_id)
    st.rerun()


def _field(name: str, action: ActionRecord, opened: str) -> str:
    """The key of a field of a dialog: what was typed for another action, or before a change of mind, is not in it."""
    return session.widget_key(name, action.action_id, opened)


@st.dialog("It is done")
def ask_days(here: Desk, action: ActionRecord, opened: str) -> None:
    """Ask what it really took: the one way estimates get better."""
    st.markdown(plain(action.title))
    with st.form("close-action", border=False):
        days = st.number_input(
            "Days it really took, person-days", 0.0, DAYS_MAX, value=None, step=0.5, format="%g",
            key=_field("close-days", action, opened),
            help=f"It was estimated at {numbers.days(action.planned_days)}.",
        )  # fmt: skip
        gone = st.radio("Did the extra work go away?", list(GONE), index=2, key=_field("close-gone", action, opened))
        if not st.form_submit_button("Close the action", type="primary"):
            return
    if days is None:
        problems.problem("How many days did it take? A rough number is enough.")
        return
    _finish(
        action,
        lambda: close_action(
            here.workplace, here.actor, **named(action), actual_days=days,
            friction_gone=GONE[gone],
        ),
        "Done. Answer its question anew to see it in the debt.",
    )  # fmt: skip


@st.dialog("Change the action")
def ask_words(here: Desk, action: ActionRecord, opened: str) -> None:
    """Say an action better, or give it another owner, day or link."""
    with st.form("edit-action", border=False):
        title = st.text_input(
            "What is to be done", action.title, key=_field("edit-title", action, opened), max_chars=300
        )
        owner = st.text_input("Owner", action.owner, key=_field("edit-owner", action, opened), max_chars=80)
        due = st.date_input("Due", action.due, key=_field("edit-due", action, opened), format="DD/MM/YYYY")
        link = st.text_input(
            "Tracker link", action.link, key=_field("edit-link", action, opened), max_chars=500, placeholder="https://"
        )
        if not st.form_submit_button("Save", type="primary"):
            return
    _finish(
        action,
        lambda: change_action(
            here.workplace, here.actor, **named(action), title=title, owner=owner,
            due=due if isinstance(due, date) else None, link=link,
        ),
        "Saved.",
    )  # fmt: skip


@st.dialog("Drop the action")
def ask_reason(here: Desk, action: ActionRecord, opened: str) -> None:
    """A dropped action keeps its reason, so that nobody has to guess next quarter."""
    st.markdown(plain(action.title))
    with st.form("drop-action", border=False):
        reason = st.text_input("Why is it dropped?", key=_field("drop-reason", action, opened), max_chars=REASON_MAX)
        if not st.form_submit_button("Drop it", type="primary"):
            return
    _finish(
        action,
        lambda: drop_action(here.workplace, here.actor, **named(action), reason=reason),
        "Dropped. It can be opened again.",
    )
