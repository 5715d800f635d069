"""One action, opened: owner, day and state in place, what it promised and what it brought, comments and history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import streamlit as st

from operations.action_board import ActionView, read_action
from operations.actions import assign_action, move_action, reopen_action, undo_action
from operations.errors import Conflict, InvalidInput, NotFound, StoreError
from operations.promises import measure_actions
from operations.records import ActionEvent, ActionRecord
from pages.action_comments import draw_comments
from pages.place import Desk
from pages.plan_actions import ask_days, ask_reason, ask_words, attempt, named, outcome_words
from ui import numbers, problems, session
from ui.text import plain

OWNER, DUE = "owner", "due"
#: What an entry of the history is called when it is told.
DID: Final[Mapping[str, str]] = {
    "planned": "planned it", "changed": "changed it", "done": "closed it as done", "dropped": "dropped it",
    "reopened": "opened it again", "undone": "undid the last change",
}  # fmt: skip


def draw_action(here: Desk, action_id: str, *, close: Callable[[], None]) -> None:
    """Draw the action a link names; `close` takes it out of the link."""
    try:
        view = read_action(here.workplace, here.actor, action_id=action_id)
    except NotFound as missing:
        problems.notice(str(missing), do="Choose one of the list.")
        st.button("Close", key="action-close", icon=":material/close:", on_click=close)
        return
    action = view.action
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(action.title), anchor=False)
        st.button(
            "Close", key="action-close", icon=":material/close:", type="tertiary", on_click=close, width="content"
        )
    st.caption(plain(f"{view.system.name} · {view.system.team} · {action.question_id}"))
    _state(here, action)
    _who_and_when(here, action)
    _steps(here, view)
    _worth(here, action)
    _ways(view)
    draw_comments(here, action)
    _history(here, view)


def _state(here: Desk, action: ActionRecord) -> None:
    today = here.workplace.today()
    if action.state != "open":
        st.markdown(plain(outcome_words(action)))
    elif action.overdue(today) and action.due is not None:
        late = numbers.count((today - action.due).days, "day")
        problems.warning(f"Overdue by {late}.", do="Close it, give it another day, or drop it and say why.")


# -- owner and day, saved when they change --
def _who_and_when(here: Desk, action: ActionRecord) -> None:
    for field in (OWNER, DUE):
        _clash(here, action, field)
    who, when = st.columns(2)
    owner_key, due_key = _key(action, OWNER), _key(action, DUE)
    with who:
        session.feed(owner_key, action.owner, version=_version(action, OWNER))
        st.text_input(
            "Owner", key=owner_key, max_chars=80, placeholder="Who does it?",
            on_change=lambda: _save_owner(here, action, str(session.widget_value(owner_key) or "")),
        )  # fmt: skip
    with when:
        session.feed(due_key, action.due, version=_version(action, DUE))
        st.date_input(
            "Due", value=None, key=due_key, format="DD/MM/YYYY",
            on_change=lambda: _save_due(here, action, session.widget_value(due_key)),
        )  # fmt: skip


def _key(action: ActionRecord, field: str) -> str:
    return session.widget_key("action", field, action.action_id)


def _version(action: ActionRecord, field: str) -> object:
    return getattr(action, field), session.refusals(action.action_id, field)


def _save_owner(here: Desk, action: ActionRecord, owner: str) -> None:
    _save(
        action, OWNER, owner, f"Given to {owner}." if owner else "It has no owner now.",
        lambda: assign_action(
            here.workplace, here.actor, system_id=action.system_id, action_id=action.action_id, owner=owner,
            seen=action.owner,
        ),
    )  # fmt: skip


def _save_due(here: Desk, action: ActionRecord, due: object) -> None:
    day = due if isinstance(due, date) else None
    _save(
        action, DUE, day, f"Due {numbers.day(day)}." if day else "It has no day now.",
        lambda: move_action(
            here.workplace, here.actor, system_id=action.system_id, action_id=action.action_id, due=day,
            seen=action.due,
        ),
    )  # fmt: skip


def _save(action: ActionRecord, field: str, wanted: object, done: str, change: Callable[[], object]) -> None:
    """Keep one field; what somebody else put there meanwhile is shown beside what was wanted, and one is chosen."""
    try:
        change()
    except Conflict:
        session.keep_clash(action.action_id, field, wanted)
    except (InvalidInput, StoreError) as refusal:
        session.note_refusal(action.action_id, field)
        problems.attention(f"Not changed: {refusal}")
    else:
        session.drop_clash(action.action_id, field)
        session.say_after_rerun(done)


def _clash(here: Desk, action: ActionRecord, field: str) -> None:
    wanted = session.clash(action.action_id, field)
    if wanted is None:
        return
    mine = numbers.day(wanted) if isinstance(wanted, date) else str(wanted) or "nobody"
    stands = getattr(action, field)
    theirs = numbers.day(stands) if isinstance(stands, date) else str(stands or "") or "nothing"
    problems.warning(f"{action.changed_by} changed this meanwhile: {theirs} stands. You wanted {mine}.")

    def use_mine() -> None:
        if field == OWNER:
            _save_owner(here, action, str(wanted))
        else:
            _save_due(here, action, wanted)

    with st.container(horizontal=True):
        st.button("Use mine", key=_key(action, f"mine-{field}"), on_click=use_mine)
        st.button(
            "Keep theirs", key=_key(action, f"theirs-{field}"),
            on_click=lambda: session.drop_clash(action.action_id, field),
        )  # fmt: skip


# -- what can be done with it --
def _steps(here: Desk, view: ActionView) -> None:
    action = view.action

    def reopen() -> None:
        attempt(lambda: reopen_action(here.workplace, here.actor, **named(action)), "It is open again.")

    def undo() -> None:
        attempt(lambda: undo_action(here.workplace, here.actor, **named(action)), "It is as it was before.")

    with st.container(horizontal=True):
        if action.state == "open":
            for name, label, icon, ask in (
                ("done", "It is done…", ":material/check:", ask_days),
                ("drop", "Drop…", ":material/block:", ask_reason),
                ("change", "Change…", ":material/edit:", ask_words),
            ):
                if st.button(
                    label, key=_key(action, name), icon=icon, type="primary" if name == "done" else "secondary"
                ):
                    ask(here, action, here.workplace.now())
        else:
            st.button("Open it again", key=_key(action, "reopen"), icon=":material/replay:", on_click=reopen)
        if len(view.history) > 1:
            st.button(
                "Undo", key=_key(action, "undo"), icon=":material/undo:", type="tertiary", on_click=undo,
                help=plain(f"Put back what stood before {view.history[-1].changed_by}’s last change."),
            )  # fmt: skip


def _worth(here: Desk, action: ActionRecord) -> None:
    """What it promised, and what it brought."""
    before, target = numbers.debt(action.debt_before), numbers.debt(action.debt_target)
    ahead = numbers.count(action.horizon_quarters, "quarter")
    st.markdown(
        plain(
            f"Promised: {action.question_id} from {before} to {target}, for about {numbers.days(action.planned_days)}; "
            f"it avoids about {numbers.days(action.benefit_days)} of extra work in {ahead}."
        )
    )
    if action.state != "done":
        return
    effect = measure_actions(here.workplace, here.actor, actions=[action]).get(action.action_id)
    if effect is None:
        st.markdown("Measured: not yet. The next quarter that is closed with an answer to its question shows it.")
        return
    measured, period = effect
    promised = action.debt_before - action.debt_target
    reached = "as promised" if measured >= promised else f"{numbers.change(-promised)} were promised"
    st.markdown(plain(f"Measured: {numbers.change(-measured)} points in {numbers.period(period)}, {reached}."))


def _ways(view: ActionView) -> None:
    action = view.action
    where = {"system": action.system_id, "period": action.period}
    with st.container(horizontal=True, vertical_alignment="center"):
        if action.link:
            st.link_button("Tracker", action.link, icon=":material/open_in_new:", type="tertiary")
        st.page_link("plan.py", label="Its plan", icon=":material/payments:", query_params=where)
        st.page_link("system.py", label="Its system", icon=":material/grid_on:", query_params=where)


def _history(here: Desk, view: ActionView) -> None:
    with st.expander(plain(f"History ({numbers.count(len(view.history), 'entry', 'entries')})")):
        for before, event in zip((None, *view.history), view.history, strict=False):
            day = numbers.day(here.workplace.day_of(event.changed_at))
            st.markdown(plain(f"{day} · {event.changed_by} {DID[event.what]}{_difference(before, event)}"))
        st.caption("The address of this page opens just this action.")


def _difference(before: ActionEvent | None, event: ActionEvent) -> str:
    """What an entry changed, in words."""
    said = []
    if before is None or before.owner != event.owner:
        said.append(f"owner {event.owner or 'nobody'}")
    if before is None or before.due != event.due:
        said.append(f"due {numbers.day(event.due)}" if event.due else "no day")
    if before is not None and before.title != event.title:
        said.append(f"now “{event.title}”")
    if event.state == "done" and event.actual_days is not None and (before is None or before.state != "done"):
        said.append(f"took {numbers.days(event.actual_days)}")
    if event.state == "dropped" and event.reason and (before is None or before.reason != event.reason):
        said.append(event.reason)
    return f": {', '.join(said)}" if said else ""
