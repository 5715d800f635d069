"""What one system feeds and reads, what its debt costs with what depends on it, and the circles it lies in."""

from __future__ import annotations

import streamlit as st

from operations.connections import LOOP_QUESTIONS, Connections, feeds_another, loop_words, read_connections
from pages.connecting import decide, declare, draw_connection
from pages.place import Desk
from ui import numbers, problems
from ui.connection_words import burden_words, suggestion_words, why_words
from ui.text import plain

LISTED_MAX = 12


def draw_dependence(here: Desk, system_id: str) -> None:
    """The part of the system page on its connections."""
    whole = read_connections(here.workplace, here.actor)
    if len(whole.systems) < 2:
        return
    view = whole.of(system_id)
    st.header("Connections", anchor=False)
    _cost(view, system_id)
    draw_loops(view, system_id=system_id)
    for suggestion in view.suggestions:
        with st.container(border=True):
            st.markdown(plain(f"{suggestion_words(suggestion, view.systems)}."))
            decide(here, view, suggestion)
    for record in view.connections[:LISTED_MAX]:
        draw_connection(here, view, record)
    if len(view.connections) > LISTED_MAX:
        st.caption(f"And {numbers.count(len(view.connections) - LISTED_MAX, 'more connection')}, in the graph.")
    with st.expander("Declare a connection of this system", icon=":material/add_link:"):
        declare(here, view, key=system_id, system_id=system_id)
    st.page_link(
        "connections.py", label="See the graph around it", icon=":material/hub:", query_params={"focus": system_id}
    )


def _cost(view: Connections, system_id: str) -> None:
    burden = view.systems[system_id].burden
    st.markdown(plain(f"{burden_words(burden)}."))
    if burden.dependents:
        with st.expander("How this figure came about"):
            draw_why(view, system_id)


def draw_why(view: Connections, system_id: str) -> None:
    """The sums behind the figure, line by line."""
    for line in why_words(view.systems[system_id].burden, view.systems):
        st.markdown(f"- {plain(line)}")


def draw_loops(view: Connections, *, system_id: str | None = None) -> None:
    """Every circle in words, and the questions it speaks to; it changes no answer."""
    for loop in view.loops:
        problems.warning(
            f"Hidden feedback loop: {loop_words(loop, view.names)}.",
            do=f"{' and '.join(LOOP_QUESTIONS)} ask about it; no answer was changed.",
        )
        st.page_link(
            "assess.py", label=f"Look at the answer to {LOOP_QUESTIONS[0]}", icon=":material/edit:",
            query_params={"system": system_id or loop.path[0], "question": LOOP_QUESTIONS[0]},
        )  # fmt: skip


def dependence_line(here: Desk, system_id: str) -> None:
    """What the debt costs with what depends on it, in one line, where something does."""
    if not feeds_another(here.workplace, here.actor, system_id=system_id):
        return
    view = read_connections(here.workplace, here.actor)
    burden = view.systems[system_id].burden if system_id in view.systems else None
    if burden is None or not burden.dependents:
        return
    with st.expander(plain(burden_words(burden)), icon=":material/hub:"):
        draw_why(view, system_id)
        st.page_link(
            "connections.py", label="See the graph around it", icon=":material/hub:", query_params={"focus": system_id}
        )
