"""The graph of systems: who feeds whom, drawn by our own component with real buttons that keys and readers reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui import session
from ui.components import colour_variables, source
from ui.graph_layout import lay_out
from ui.text import clean

#: What goes over an edge, by its place in this row: it says how the line is drawn.
EDGE_KINDS = ("outputs", "shared features", "shared data")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One system. Plain text, shown letter by letter."""

    id: str
    label: str
    group: str  #: its team
    band: str | None
    dependents: int  #: how many depend on it, however far away
    words: tuple[str, ...] = ()  #: lines shown beside it, and read aloud
    in_loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """One connection."""

    source: str
    target: str
    kind: str  #: one of EDGE_KINDS
    directed: bool = True
    in_loop: bool = False
    words: str = ""  #: the name of the table, or what a person said


_component = st.components.v2.component(
    "arrears_graph",
    html=source("graph.html"),
    css=colour_variables(".graph") + source("graph.css"),
    js=source("graph.js"),
)


def graph(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], *, caption: str, key: str, chosen: str | None = None
) -> str | None:
    """Draw the graph; returns the id of the system the person has just chosen, None when nobody chose.

    `chosen` is marked as the one in focus. An edge whose ends are not among the nodes is left out.
    """
    index = {node.id: position for position, node in enumerate(nodes)}
    drawn = [edge for edge in edges if edge.source in index and edge.target in index]
    layout = lay_out([node.id for node in nodes], [(edge.source, edge.target) for edge in drawn if edge.directed])
    said = session.component_value(key, "chosen")
    _component(
        key=key,
        data={
            "caption": clean(caption),
            "columns": layout.columns,
            "rows": layout.rows,
            "chosen": index.get(chosen or "", -1),
            "nodes": [_node(node, layout.places[node.id]) for node in nodes],
            "edges": [
                [
                    index[edge.source],
                    index[edge.target],
                    EDGE_KINDS.index(edge.kind),
                    int(edge.directed),
                    int(edge.in_loop),
                    clean(edge.words),
                ]
                for edge in drawn
            ],
        },
        on_chosen_change=lambda: None,
    )
    place = said if isinstance(said, int) and not isinstance(said, bool) else -1
    return nodes[place].id if 0 <= place < len(nodes) else None


def _node(node: GraphNode, place: tuple[float, float]) -> list[Any]:
    return [
        clean(node.label),
        clean(node.group),
        node.band or "",
        round(place[0], 2),
        round(place[1], 2),
        node.dependents,
        int(node.in_loop),
        [clean(line) for line in node.words],
    ]
