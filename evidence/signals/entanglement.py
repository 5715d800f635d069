"""Signals of entanglement: parts that cannot be changed alone, and outputs that anybody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call
from evidence.repository import Repository
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import words

CYCLE_STRONG = 3
SHARED_PLACE = re.compile(
    r"(?i)^(?:s3a?|gs|gcs|abfss?|adl|wasbs?|hdfs|oss)://|^//[\w.-]+/|^\\\\[\w.-]+|^/(?:mnt|dbfs|nfs|shared?|efs)/"
)
PREDICTION_WORD = re.compile(r"(?i)predict|score|forecast|recommend|inference|ranking|churn_list|output")
TABLE_WRITES = frozenset({"to_sql", "saveAsTable", "to_gbq", "insertInto"})


def shared_output_paths(repository: Repository) -> Finding:
    """Counts predictions written to a place others can read: a bucket, a share, a table, named in the code.

    A write counts when its place or the function it stands in speaks of predictions, or when the file also predicts
    and the place is shared. Weak: who may read the place is not seen.
    """
    places: list[tuple[str, int]] = []
    writes = 0
    for file in repository.work:
        predicts = any(call.last in words("calls", "predicts") for call in file.calls)
        for call in file.calls:
            if call.last not in words("calls", "writes"):
                continue
            writes += 1
            place = _place(call)
            function = file.functions[call.scope].name if call.scope >= 0 else ""
            shared = bool(SHARED_PLACE.match(place)) or (call.last in TABLE_WRITES and bool(place))
            if shared and (predicts or PREDICTION_WORD.search(place) or PREDICTION_WORD.search(function)):
                places.append((file.path, call.line))
    if not writes:
        return unknown("No table or file is written by the code.")
    if not places:
        return absent("No prediction is written to a shared place named in the code.", of=writes)
    return found(
        f"{counted(len(places), 'write')} of predictions to a bucket, share or table that others may read.",
        places,
        value=len(places),
        of=writes,
    )


def _place(call: Call) -> str:
    candidates = [
        *call.arguments[:2],
        *(call.keywords.get(name) for name in ("name", "path", "path_or_buf", "destination_table")),
    ]
    return next((value for value in candidates if isinstance(value, str) and value), "")


def import_cycle(repository: Repository) -> Finding:
    """Finds the largest set of first-party modules that import each other in a circle when they are loaded.

    Imports inside functions, under `try`, `if` or type checking do not count, and neither do circles that close only
    through a package's `__init__`. Strong from three modules on in an application: these parts cannot be changed
    alone. Weak in a library, where users do not change parts.
    """
    graph = {
        name: frozenset(target for target in targets if not _is_package(repository, target))
        for name, targets in repository.import_graph.items()
        if not _is_package(repository, name) and repository.modules[name].role == "source"
    }
    if len(graph) < 2:
        return unknown("There are fewer than two modules that could import each other.")
    circles = sorted(circles_of(graph), key=lambda circle: (-len(circle), circle))
    if not circles:
        return absent(f"No circle among {counted(len(graph), 'module')}.", of=len(graph))
    largest = circles[0]
    clear = len(largest) >= CYCLE_STRONG and repository.kind is Kind.APPLICATION
    return found(
        f"{counted(len(circles), 'circle')} of imports; the largest ties {len(largest)} of {len(graph)} modules.",
        ((repository.modules[name].path, _line_of_import(repository, name, set(largest))) for name in largest),
        value=len(largest),
        of=len(graph),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _is_package(repository: Repository, name: str) -> bool:
    return repository.modules[name].path.endswith("__init__.py")


def _line_of_import(repository: Repository, name: str, circle: set[str]) -> int:
    """The line of a module's first import that stays in the circle."""
    lasts = {other.rpartition(".")[2] for other in circle - {name}}
    for record in repository.modules[name].imports:
        if not record.lazy and (lasts & set(record.names) or record.module.rpartition(".")[2] in lasts):
            return record.line
    return 0


def circles_of(graph: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """The sets of two or more nodes that all reach each other (Kosaraju's two walks, without recursion)."""
    backward: dict[str, list[str]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets & graph.keys():
            backward[target].append(node)
    seen: set[str] = set()
    for start in reversed(_by_leaving(graph)):
        circle: list[str] = []
        pending = [start]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                circle.append(node)
                pending.extend(backward[node])
        if len(circle) > 1:
            yield sorted(circle)


def _by_leaving(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """The nodes in the order in which a walk in depth leaves them."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(graph):
        pending = [(start, False)]
        while pending:
            node, left = pending.pop()
            if left:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                pending.append((node, True))
                pending.extend((target, False) for target in sorted(graph[node] & graph.keys()))
    return order


SHARED_OUTPUT_PATHS = Detector(
    id="shared-output-paths",
    statement="Predictions are written to a shared place",
    area="ENT",
    questions=("ENT-05",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="who may read the place, and outputs whose place comes from settings",
    fix="Give each consumer access by name and purpose, and keep the list of consumers with the output.",
    version=1,
    applies_to=PRODUCTS,
    look=shared_output_paths,
)
IMPORT_CYCLE = Detector(
    id="import-cycle",
    statement="Modules import each other in a circle",
    area="ENT",
    questions=("ENT-02",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="ties through data, settings or registries, and imports made at run time",
    fix="Move what both sides need into a module of its own, or turn one direction into an argument.",
    version=1,
    applies_to=CODE,
    look=import_cycle,
)
