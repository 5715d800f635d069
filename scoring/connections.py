"""What a system's debt costs where others depend on it, and where systems feed each other in a circle; pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum


class Feeds(StrEnum):
    """What goes from one system to another."""

    OUTPUTS = "outputs"
    FEATURES = "shared features"
    DATA = "shared data"


#: The share of a system's interest that whoever reads from it pays again, by what it reads. Proposals, not measured.
SHARES: Mapping[Feeds, float] = {Feeds.OUTPUTS: 0.3, Feeds.FEATURES: 0.2, Feeds.DATA: 0.1}
SHARE_MIN = 0.01  #: below this a dependent is too far away to count
STEPS_MAX = 4  #: connections in a row that are followed
TIMES_MAX = 3.0  #: dependents never pay more than so many times the interest of the system itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One system feeds another. Both by id."""

    source: str
    target: str
    kind: Feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """A system that depends on another, by whatever way is closest."""

    system: str
    share: float  #: of the other's interest that it pays, 0..1
    path: tuple[str, ...]  #: from the other to this one, both included

    @property
    def steps(self) -> int:
        """How many connections lie between them; 1 = it reads from it directly."""
        return len(self.path) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a system's debt costs a quarter: by itself, and with what its dependents pay because of it."""

    system: str
    own_days: float | None  #: interest a quarter; None while nothing is known of it
    dependents: tuple[Dependent, ...]  #: those that pay most first

    @property
    def share(self) -> float:
        """How many times its own interest the dependents pay together, at most TIMES_MAX."""
        return min(fsum(dependent.share for dependent in self.dependents), TIMES_MAX)

    @property
    def capped(self) -> bool:
        """Whether there are so many dependents that the limit was reached."""
        return fsum(dependent.share for dependent in self.dependents) > TIMES_MAX

    @property
    def total_days(self) -> float | None:
        """Its own interest a quarter with what its dependents pay of it."""
        return None if self.own_days is None else self.own_days * (1.0 + self.share)

    @property
    def direct(self) -> int:
        """How many systems read from it directly."""
        return sum(dependent.steps == 1 for dependent in self.dependents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Systems that feed each other in a circle: a hidden feedback loop."""

    systems: tuple[str, ...]  #: all that lie in it, sorted
    path: tuple[str, ...]  #: the shortest way round through the first of them; it ends where it began

    @property
    def beyond(self) -> int:
        """How many of its systems the path leaves out."""
        return len(self.systems) - (len(self.path) - 1)


def shares_along(edges: Iterable[Edge]) -> dict[str, dict[str, float]]:
    """Who reads from whom, and which share it pays: source -> target -> the largest share. Nothing feeds itself."""
    out: dict[str, dict[str, float]] = {}
    for edge in edges:
        if edge.source != edge.target:
            targets = out.setdefault(edge.source, {})
            targets[edge.target] = max(targets.get(edge.target, 0.0), SHARES[edge.kind])
    return out


def dependents_of(system: str, out: Mapping[str, Mapping[str, float]]) -> tuple[Dependent, ...]:
    """Every system that depends on one, each once, by the way on which it pays most; `out` as from `shares_along`.

    A way multiplies the shares along it, so a circle comes to an end by itself: going round makes nothing larger.
    """
    #: (-share, steps, path): the largest share first, of equal ones the shortest and then the first by name
    waiting: list[tuple[float, int, tuple[str, ...]]] = [(-1.0, 0, (system,))]
    best: dict[tuple[str, int], float] = {}
    found: dict[str, Dependent] = {}
    while waiting:
        negative, steps, path = heapq.heappop(waiting)
        here = path[-1]
        if steps and here not in found:
            found[here] = Dependent(system=here, share=-negative, path=path)
        if steps == STEPS_MAX:
            continue
        for target, factor in out.get(here, {}).items():
            share = -negative * factor
            if target == system or share < SHARE_MIN or share <= best.get((target, steps + 1), 0.0):
                continue
            best[target, steps + 1] = share
            heapq.heappush(waiting, (-share, steps + 1, (*path, target)))
    return tuple(sorted(found.values(), key=lambda each: (-each.share, each.steps, each.system)))


def burden(system: str, own_days: float | None, out: Mapping[str, Mapping[str, float]]) -> Burden:
    """What one system's debt costs with what depends on it; `out` as from `shares_along`."""
    return Burden(system=system, own_days=own_days, dependents=dependents_of(system, out))


def burdens(own_days: Mapping[str, float | None], edges: Iterable[Edge]) -> dict[str, Burden]:
    """The burden of every system: interest a quarter by id, None where it is not known."""
    out = shares_along(edges)
    return {system: burden(system, days, out) for system, days in own_days.items()}


# --- circles ---


def loops(edges: Iterable[Edge]) -> tuple[Loop, ...]:
    """The groups of systems that feed each other in a circle, each once, the largest first."""
    out: dict[str, set[str]] = {}
    for edge in edges:
        if edge.source != edge.target:
            out.setdefault(edge.source, set()).add(edge.target)
            out.setdefault(edge.target, set())
    graph = {system: sorted(targets) for system, targets in sorted(out.items())}
    found = [
        Loop(systems=tuple(sorted(group)), path=_way_round(min(group), group, graph))
        for group in _groups(graph)
        if len(group) > 1
    ]
    return tuple(sorted(found, key=lambda loop: (-len(loop.systems), loop.systems)))


def _groups(graph: Mapping[str, Sequence[str]]) -> Iterator[set[str]]:
    """The strongly connected components, by Tarjan's algorithm with a stack of its own: no depth is too deep."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for start in graph:
        if start in number:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(graph[start]))]
        number[start] = low[start] = len(number)
        path.append(start)
        on_path.add(start)
        while work:
            here, targets = work[-1]
            deeper = None
            for target in targets:
                if target not in number:
                    deeper = target
                    break
                if target in on_path:
                    low[here] = min(low[here], number[target])
            if deeper is not None:
                number[deeper] = low[deeper] = len(number)
                path.append(deeper)
                on_path.add(deeper)
                work.append((deeper, iter(graph[deeper])))
                continue
            work.pop()
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[here])
            if low[here] == number[here]:
                group: set[str] = set()
                while here not in group:
                    group.add(path.pop())
                on_path -= group
                yield group


def _way_round(start: str, group: set[str], graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a system through its group back to itself; of equal ones the first by name."""
    came_from: dict[str, str] = {}
    layer = [start]
    while layer:
        following: list[str] = []
        for here in layer:
            for target in graph[here]:
                if target == start:
                    path = [start, here]
                    while path[-1] != start:
                        path.append(came_from[path[-1]])
                    return tuple(reversed(path))
                if target in group and target not in came_from:
                    came_from[target] = here
                    following.append(target)
        layer = following
    raise ValueError(f"{start} does not lie in a circle")
