"""The hands of the connections: declare one, decide on a suggestion, reject, open again, undo, and see the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import streamlit as st

from operations.connections import (
    Connections,
    decide_suggestion,
    declare_connection,
    read_connection_history,
    reject_connection,
    reopen_connection,
    undo_connection,
)
from operations.errors import InvalidInput, StoreError
from operations.records import KINDS, REJECTED, ConnectionRecord
from operations.shared_storage import Suggestion
from pages.place import Desk
from ui import problems, session
from ui.connection_words import KIND_WORDS, connection_words, state_words
from ui.small_table import TableColumn, small_table
from ui.text import plain

REASON_MAX = 300
CONNECTING = "connecting"  #: where troubles of this page are kept
READS, FEEDS = "reads from it", "feeds it"


class Named(TypedDict):
    """A connection by its ids, and the revision the person saw."""

    system_id: str
    connection_id: str
    expected_rev: int


def declare(here: Desk, view: Connections, *, key: str, system_id: str | None = None) -> None:
    """The form for a connection; with `system_id` one end is that system."""
    names = {other: one.name for other, one in view.systems.items()}
    others = [other for other in names if other != system_id]
    if len(names) < 2:
        st.caption("There is only one system; add another one first.")
        return

    def field(name: str) -> str:
        return session.widget_key("declare", key, name)

    def save() -> None:
        session.set_trouble(CONNECTING, key, "")
        given = {name: session.widget_value(field(name)) for name in ("from", "to", "way", "kind", "name", "words")}
        source, target = str(given["from"] or ""), str(given["to"] or "")
        if system_id is not None:
            source, target = (target, system_id) if given["way"] == FEEDS else (system_id, target)
        try:
            declare_connection(
                here.workplace, here.actor, system_id=source, feeds=target, kind=str(given["kind"] or ""),
                name=str(given["name"] or ""), words=str(given["words"] or ""),
            )  # fmt: skip
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(CONNECTING, key, f"Not saved: {refusal}")
        else:
            session.say_after_rerun("The connection is noted.")

    if trouble := session.trouble(CONNECTING, key):
        problems.problem(trouble)
    with st.form(session.widget_key("declare", key), border=False):
        row = st.columns(3)
        if system_id is None:
            row[0].selectbox("System", others, key=field("from"), format_func=names.__getitem__)
            row[1].selectbox(
                "feeds", others, key=field("to"), format_func=names.__getitem__, index=min(1, len(others) - 1)
            )
        else:
            row[0].selectbox("Another system", others, key=field("to"), format_func=names.__getitem__)
            row[1].selectbox("which", (READS, FEEDS), key=field("way"))
        row[2].selectbox("What goes over", KINDS, key=field("kind"), format_func=KIND_WORDS.__getitem__)
        left, right = st.columns(2)
        left.text_input("Table, topic or bucket, if you know it", key=field("name"), max_chars=REASON_MAX)
        right.text_input("In a few words", key=field("words"), max_chars=REASON_MAX)
        st.form_submit_button("Note the connection", on_click=save)


def decide(here: Desk, view: Connections, suggestion: Suggestion) -> None:
    """Both places, and the two ways out."""
    name = "-".join((suggestion.source_id, suggestion.target_id, str(int(suggestion.directed)), suggestion.name))
    kind_key, reason_key = session.widget_key("kind", name), session.widget_key("reason", name)
    small_table(
        "Where the repositories show it",
        (TableColumn(title="System"), TableColumn(title="Does"), TableColumn(title="Where", kind="path")),
        [
            (view.systems[place.system_id].name, f"{_does(place.mode)} {place.name}", f"{place.path}:{place.line}")
            for place in suggestion.places
            if place.system_id in view.systems
        ],
        key=session.widget_key("places", name),
        caption_shown=False,
    )

    def say(confirmed: bool) -> None:
        session.set_trouble(CONNECTING, name, "")
        reason = "" if confirmed else str(session.widget_value(reason_key) or "")
        kind = session.widget_value(kind_key)
        try:
            decide_suggestion(
                here.workplace, here.actor, system_id=suggestion.source_id, feeds=suggestion.target_id,
                directed=suggestion.directed, name=suggestion.name, confirmed=confirmed, reason=reason,
                kind=str(kind) if kind else None,
            )  # fmt: skip
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(CONNECTING, name, f"Not decided: {refusal}")
        else:
            session.say_after_rerun("Confirmed; it counts from now on." if confirmed else "Rejected.")

    if trouble := session.trouble(CONNECTING, name):
        problems.problem(trouble)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if suggestion.directed:
            st.selectbox(
                "What goes over", KINDS, key=kind_key, index=KINDS.index(suggestion.kind), width=220,
                format_func=KIND_WORDS.__getitem__,
            )  # fmt: skip
        st.button("Confirm", key=session.widget_key("confirm", name), on_click=say, args=(True,))
        with st.popover("It is not so…"):
            st.text_area("Why not?", key=reason_key, max_chars=REASON_MAX, placeholder="Another database of that name.")
            st.button(
                "Reject with this reason", type="primary", key=session.widget_key("reject", name), on_click=say,
                args=(False,),
            )  # fmt: skip


def _does(mode: str) -> str:
    return "writes" if mode == "written" else "reads"


def draw_connection(here: Desk, view: Connections, record: ConnectionRecord) -> None:
    """One connection in a line, with what can be done about it."""
    name = record.connection_id
    place = Named(system_id=record.source_id, connection_id=record.connection_id, expected_rev=record.rev)
    reason_key = session.widget_key("against", name)

    def reject() -> None:
        reason = str(session.widget_value(reason_key) or "")
        _take(name, lambda: reject_connection(here.workplace, here.actor, **place, reason=reason), "Rejected.")

    def reopen() -> None:
        _take(name, lambda: reopen_connection(here.workplace, here.actor, **place), "It counts again.")

    def undo() -> None:
        _take(name, lambda: undo_connection(here.workplace, here.actor, **place), "Undone.")

    about = " · ".join(part for part in (record.words, state_words(record), f"by {record.changed_by}") if part)
    if trouble := session.trouble(CONNECTING, name):
        problems.problem(trouble)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{plain(connection_words(record, view.systems))}  \n:small[{plain(about)}]")
        if record.reason:
            st.caption(plain(f"“{record.reason}”"))
        with st.popover("Change", key=session.widget_key("change", name)):
            if record.state == REJECTED:
                st.button("It holds after all", key=session.widget_key("reopen", name), on_click=reopen)
            else:
                st.text_area("Why does it not hold, or no longer?", key=reason_key, max_chars=REASON_MAX)
                st.button("Reject with this reason", key=session.widget_key("do-reject", name), on_click=reject)
            st.button(
                "Undo the last change", key=session.widget_key("undo", name), icon=":material/undo:", on_click=undo
            )
            _history(here, record)


def _take(name: str, step: Callable[[], object], done: str) -> None:
    session.set_trouble(CONNECTING, name, "")
    try:
        step()
    except (InvalidInput, StoreError) as refusal:
        session.set_trouble(CONNECTING, name, f"Not done: {refusal}")
    else:
        session.say_after_rerun(done)


def _history(here: Desk, record: ConnectionRecord) -> None:
    events = read_connection_history(
        here.workplace, here.actor, system_id=record.source_id, connection_id=record.connection_id
    )
    for event in reversed(events):
        why = f": “{event.reason}”" if event.reason else ""
        st.caption(plain(f"{event.what} by {event.changed_by}, {session.local_moment(event.changed_at)}{why}"))
