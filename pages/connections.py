"""Connections: which system feeds which, what repositories suggest, feedback loops, and what debt costs others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from operations.connections import Connections, read_connections
from operations.records import KINDS, ConnectionRecord
from pages.connecting import decide, declare, draw_connection
from pages.dependence import draw_loops, draw_why
from pages.place import Desk, desk, from_link, put_in_link
from ui import numbers, problems, session
from ui.connection_words import (
    burden_words,
    suggestion_words,
    system_rows,
    table_rows,
)
from ui.graph import GraphEdge, GraphNode, graph
from ui.text import plain

EVERY = "All"
STEPS = (1, 2, 3)
LISTED_MAX = 30  #: connections shown one by one; of more the table tells, and a system in focus
SUGGESTED_MAX = 10
CROWD = 300  #: connections from which on the lines are drawn faintly
NODES_MAX = 600  #: drawn at once
FOCUS = "focus"


def connections() -> None:
    """Draw how the systems hang together."""
    here = desk()
    view = read_connections(here.workplace, here.actor)
    if not view.systems:
        st.title("No systems to connect yet", anchor=False)
        if problems.empty("Connections lead from one system to another. Add two.", action="Add a system", key="add"):
            st.switch_page("create.py")
        return
    _finding(view)
    if not view.connections and not view.suggestions:
        _nothing_yet(here, view)
        _rejected(here, view)
        return
    draw_loops(view)
    if view.connections:
        _drawn(here, view)
    _suggestions(here, view)
    with st.expander("Declare a connection", icon=":material/add_link:", expanded=not view.connections):
        declare(here, view, key="page")
    _rejected(here, view)


def _finding(view: Connections) -> None:
    """The title says what the connections show."""
    connected = view.connected
    joined = [one for system_id, one in view.systems.items() if system_id in connected]
    if not joined:
        st.title("No system is connected with another yet", anchor=False)
    else:
        heaviest = max(joined, key=lambda one: (len(one.burden.dependents), one.burden.total_days or 0.0))
        count = len(heaviest.burden.dependents)
        if count:
            st.title(plain(f"Most depends on {heaviest.name}: {numbers.count(count, 'system')}"), anchor=False)
        else:
            st.title(
                plain(f"{numbers.count(len(view.connections), 'connection')}, nothing feeds another"), anchor=False
            )
    loops = f" · {numbers.count(len(view.loops), 'hidden feedback loop')}" if view.loops else ""
    waiting = f" · {numbers.count(len(view.suggestions), 'suggestion')} to decide on" if view.suggestions else ""
    st.caption(
        f"{numbers.count(len(view.connections), 'connection')} between {len(joined)} of "
        f"{numbers.count(len(view.systems), 'system')}{loops}{waiting}"
    )


def _nothing_yet(here: Desk, view: Connections) -> None:
    problems.empty(
        "Say which system reads what another one makes. Repositories help: when the collector sees one system write a "
        "table, topic or bucket that another reads, it is offered here."
    )
    if not view.scanned:
        st.caption("No repository has named shared storage so far; scan each system's repository on its evidence page.")
    declare(here, view, key="page")


def _suggestions(here: Desk, view: Connections) -> None:
    if not view.suggestions:
        return
    st.header("From the repositories", anchor=False)
    shown = view.suggestions if from_link("suggestions") == "all" else view.suggestions[:SUGGESTED_MAX]
    for suggestion in shown:
        with st.container(border=True):
            st.markdown(plain(f"{suggestion_words(suggestion, view.systems)}."))
            decide(here, view, suggestion)
    if len(shown) < len(view.suggestions):
        more = len(view.suggestions) - len(shown)
        if st.button(f"Show {more} more", key="more-suggestions", type="tertiary"):
            put_in_link(suggestions="all")
            st.rerun()


# -- the graph with its filters --
def _drawn(here: Desk, view: Connections) -> None:
    st.header("Who feeds whom", anchor=False)
    focus = _focus(view)
    shown, nodes = _filtered(view, focus)
    if not nodes:
        problems.empty("No connection fits these filters. Take one away to see more.")
        return
    if focus is not None:
        _in_focus(view, focus)
    loops = _loop_edges(view)
    chosen = graph(
        [_node(view, system_id) for system_id in nodes[:NODES_MAX]],
        [
            GraphEdge(
                source=one.source_id,
                target=one.target_id,
                kind=one.kind,
                directed=one.directed,
                in_loop=one.directed and (one.source_id, one.target_id) in loops,
                words=one.name or one.words,
            )
            for one in shown
        ],
        caption=f"{numbers.count(len(shown), 'connection')} between {numbers.count(len(nodes), 'system')}; "
        "the table below says the same",
        key="connections-graph",
        chosen=focus,
    )
    if chosen is not None and chosen != focus:
        put_in_link(focus=chosen)
        st.rerun()
    if len(shown) > CROWD and len(nodes) <= NODES_MAX:
        st.caption("So many lines say little: point at a system to see its own, or put it in focus.")
    if len(nodes) > NODES_MAX:
        st.caption(f"The first {NODES_MAX} systems are drawn; put one in focus to see those around it.")
    table = st.expander("The same as a table", on_change="rerun", key="connections-table")
    if table.open:  # two tables of thousands of rows are made for who asks for them
        with table:
            st.dataframe(table_rows(view, shown), hide_index=True, width="stretch")
            st.dataframe(system_rows(view, nodes), hide_index=True, width="stretch")
    st.markdown("[Download as CSV](/export/connections.csv)")
    if len(shown) <= LISTED_MAX:
        with st.expander(f"Change a connection ({len(shown)})", icon=":material/link:"):
            for record in shown:
                draw_connection(here, view, record)
    else:
        st.caption("Put a system in focus to change its connections.")


def _node(view: Connections, system_id: str) -> GraphNode:
    one = view.systems[system_id]
    return GraphNode(
        id=system_id,
        label=one.name,
        group=one.standing.system.team,
        band=one.standing.band,
        dependents=len(one.burden.dependents),
        words=(burden_words(one.burden),),
        in_loop=any(system_id in loop.systems for loop in view.loops),
    )


def _loop_edges(view: Connections) -> set[tuple[str, str]]:
    """Every edge inside a circle."""
    return {
        (one.source_id, one.target_id)
        for loop in view.loops
        for one in view.connections
        if one.source_id in loop.systems and one.target_id in loop.systems
    }


def _focus(view: Connections) -> str | None:
    """The system in focus, from the link; a nonsense one counts as none."""
    asked = from_link(FOCUS)
    return asked if asked in view.systems else None


def _filtered(view: Connections, focus: str | None) -> tuple[list[ConnectionRecord], list[str]]:
    """The connections the filters leave, and the systems they join."""
    boxes = st.columns([2, 2, 3, 1])
    connected = view.connected
    teams = sorted({view.systems[system_id].standing.system.team for system_id in connected})
    team = boxes[0].selectbox("Team", [EVERY, *teams], key="team", bind="query-params")
    kind = boxes[1].selectbox("Goes over", [EVERY, *KINDS], key="kind", bind="query-params")
    names = {EVERY: "All systems"} | {
        system_id: one.name for system_id, one in view.systems.items() if system_id in connected
    }
    if focus is not None:
        names.setdefault(focus, view.systems[focus].name)
    focus_key = session.widget_key(FOCUS)
    session.feed(focus_key, focus or EVERY, version=focus or EVERY)

    def put() -> None:
        said = session.widget_value(focus_key)
        put_in_link(focus=None if said == EVERY else str(said))

    boxes[2].selectbox("In focus", list(names), key=focus_key, format_func=names.__getitem__, on_change=put)
    steps = boxes[3].selectbox("Steps", STEPS, key="steps", bind="query-params", disabled=focus is None)
    shown = [
        one
        for one in view.connections
        if kind in (EVERY, one.kind)
        and (
            team == EVERY or team in {view.systems[end].standing.system.team for end in (one.source_id, one.target_id)}
        )
    ]
    if focus is not None:
        near = _near(shown, focus, steps or 1)
        shown = [one for one in shown if one.source_id in near and one.target_id in near]
        return shown, [system_id for system_id in view.systems if system_id in near]
    ends = {end for one in shown for end in (one.source_id, one.target_id)}
    return shown, [system_id for system_id in view.systems if system_id in ends]


def _near(connections: Sequence[ConnectionRecord], focus: str, steps: int) -> Collection[str]:
    """The systems at most so many connections away, whichever way these lead."""
    near = {focus}
    for _ in range(steps):
        near |= {
            end
            for one in connections
            if one.source_id in near or one.target_id in near
            for end in (one.source_id, one.target_id)
        }
    return near


def _in_focus(view: Connections, focus: str) -> None:
    """What the debt of the system in focus costs, and why."""
    one = view.systems[focus]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.name)}**: {plain(burden_words(one.burden))}.", width="content")
        st.page_link(
            "system.py", label="Open the system", icon=":material/open_in_full:", query_params={"system": focus}
        )
    with st.expander("How this figure came about"):
        draw_why(view, focus)


def _rejected(here: Desk, view: Connections) -> None:
    if not view.rejected:
        return
    with st.expander(f"Rejected ({len(view.rejected)})", icon=":material/link_off:"):
        for record in view.rejected[-LISTED_MAX:]:
            draw_connection(here, view, record)


connections()
