"""Where the systems of a graph stand: what feeds stands left of what it feeds, the same each time it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

SWEEPS = 4  #: passes that put each system beside those it is connected with
ROWS_MIN = 10  #: a column holds as many before it is split


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places in columns and rows, counted from 0; a row may lie between two others."""

    places: Mapping[str, tuple[float, float]]
    columns: int
    rows: int  #: of the fullest column


def lay_out(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Layout:
    """Put the nodes in columns along the edges. The order of `nodes` decides where nothing else does."""
    order = {node: position for position, node in enumerate(nodes)}
    known = sorted(
        {(s, t) for s, t in edges if s != t and s in order and t in order}, key=lambda e: (order[e[0]], order[e[1]])
    )
    forward = _without_circles(nodes, known)
    layers = _layers(nodes, forward)
    beside = _neighbours(nodes, known)
    columns: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node in nodes:
        columns[layers[node]].append(node)
    _sweep(columns, beside)
    rows_max = max(ROWS_MIN, ceil(sqrt(len(nodes)) * 1.4))
    split = [part for column in columns for part in _parts(column, rows_max)]
    rows = max((len(column) for column in split), default=0)
    places = {
        node: (float(x), (rows - len(column)) / 2 + y)
        for x, column in enumerate(split)
        for y, node in enumerate(column)
    }
    return Layout(places=places, columns=len(split), rows=rows)


def _without_circles(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges but for those that close a circle, met depth first in the order of the nodes."""
    out: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        out[source].append(target)
    state: dict[str, int] = {}  # 1 = on the way, 2 = done
    kept: list[tuple[str, str]] = []
    fed = {target for _, target in edges}
    for start in sorted(nodes, key=lambda node: node in fed):  # what nothing feeds comes first
        if start in state:
            continue
        state[start] = 1
        work = [(start, iter(out[start]))]
        while work:
            here, targets = work[-1]
            target = next(targets, "")
            if not target:
                state[here] = 2
                work.pop()
            elif state.get(target) != 1:
                kept.append((here, target))
                if target not in state:
                    state[target] = 1
                    work.append((target, iter(out[target])))
    return kept


def _layers(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest way that leads to each node; what only feeds stands right before what it feeds."""
    out: dict[str, list[str]] = {node: [] for node in nodes}
    waiting = dict.fromkeys(nodes, 0)
    for source, target in edges:
        out[source].append(target)
        waiting[target] += 1
    layers = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    seen: list[str] = []
    while ready:
        node = ready.pop()
        seen.append(node)
        for target in out[node]:
            layers[target] = max(layers[target], layers[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    fed = {target for _, target in edges}
    for node in reversed(seen):
        if node not in fed and out[node]:
            layers[node] = min(layers[target] for target in out[node]) - 1
    return layers


def _neighbours(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    beside: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        beside[source].append(target)
        beside[target].append(source)
    return beside


def _sweep(columns: list[list[str]], beside: Mapping[str, Sequence[str]]) -> None:
    """Order each column by where the neighbours of its nodes stand."""
    height = {node: y / max(1, len(column)) for column in columns for y, node in enumerate(column)}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            middle = {
                node: sum(height[other] for other in beside[node]) / len(beside[node]) if beside[node] else height[node]
                for node in column
            }
            column.sort(key=lambda node: middle[node])
            for y, node in enumerate(column):
                height[node] = y / max(1, len(column))


def _parts(column: list[str], rows_max: int) -> list[list[str]]:
    """A column that is too tall as several, each as tall as the others."""
    if len(column) <= rows_max:
        return [column]
    parts = ceil(len(column) / rows_max)
    size = ceil(len(column) / parts)
    return [column[start : start + size] for start in range(0, len(column), size)]
