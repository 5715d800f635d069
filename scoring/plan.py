"""The exact plan for a budget: which repayments avoid the most interest, prerequisites included, and what they leave.

The best set of repayments under a budget is a 0/1 knapsack whose pieces need each other. All sets that keep every
prerequisite are drawn as one decision diagram: decide about the question most others hang on, with it (and all it
needs) or without it (and all that need it), then go on with what is left, which has mostly come apart. Forests take one
node a question, as the tree knapsack does; a tangle may take exponentially many, so there is a limit (NODES_MAX).
Source: scoring.md 2.2, 2.2b; Kellerer, Pferschy, Pisinger, Knapsack Problems, 2004, chapters 2 and 13.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import ceil, floor, frexp, fsum, isfinite, ldexp

from checklists.checklist import Checklist
from scoring.aggregate import fitting
from scoring.interest import break_even_quarters
from scoring.plan_terms import DAYS_MAX, Plan, Priority, Ranking
from scoring.score import score
from scoring.terms import Floor, Parameters, Response, ResponseState, Scope, Score

MORE_DAYS = 5.0  #: what "a little more budget" means, person-days
PART_MAX = 300  #: questions in one tangle of prerequisites that are told apart in every way
NODES_MAX = 4_096  #: decisions about one tangle; a forest takes one a question, the shipped checklist three at most
NODES_ALL_MAX = 20_000  #: decisions about all of them; with more, the tangles ranked best are lined up
_SLACK = 1e-9  #: of a half-day: what arithmetic adds to a round number of days costs nothing
_BITS = 61  #: benefits are added as whole numbers of this many bits, finer than a float, so that ties are true ties


def choose(
    ranking: Ranking,
    checklist: Checklist,
    *,
    budget_days: float,
    pinned: Set[str] = frozenset(),
    excluded: Set[str] = frozenset(),
    done: Set[str] = frozenset(),
) -> Plan:
    """The set of repayments with the largest benefit within `budget_days`; of equal sets the cheaper, then the earlier.

    A question comes with every prerequisite (`depends_on`) that is in the ranking and not `done`; one that needs an
    `excluded` question is unavailable. A `pinned` question is taken whatever it costs, even where it is excluded or
    waits for an excluded one. `done` questions are repaid: never chosen, never waited for. Ids that are not in the
    ranking are ignored. Each cost counts rounded up to half a day while choosing; the sums of the plan are unrounded.

    Raises ValueError for a budget outside 0..DAYS_MAX, and for a cost or benefit that is not a number from 0.
    """
    if not 0 <= budget_days <= DAYS_MAX:
        raise ValueError(f"a budget is 0 to {DAYS_MAX:,.0f} person-days, not {budget_days!r}")
    open_ = _largest_lifts(priority for priority in ranking.priorities if priority.question not in done)
    needs = {
        question: [need for need in checklist.questions[question].depends_on if need in open_ and need != question]
        if question in checklist.questions
        else []
        for question in open_
    }
    units = _Units(open_, needs, pinned=pinned, excluded=excluded)
    before, after = units.best_within(budget_days, budget_days + MORE_DAYS)
    chosen = [open_[question] for question in _in_order(before, open_, needs)]
    cost, benefit = fsum(it.cost_days for it in chosen), fsum(it.benefit_days for it in chosen)
    avoided = fsum(it.avoided_days_per_quarter for it in chosen)
    return Plan(
        budget_days=budget_days,
        chosen=tuple(chosen),
        because=_because(chosen, list(open_), needs, pinned),
        cost_days=cost,
        benefit_days=benefit,
        avoided_days_per_quarter=avoided,
        break_even_quarters=break_even_quarters(cost, avoided),
        next_5_days_benefit=max(0.0, fsum(open_[question].benefit_days for question in after) - benefit),
        pinned_over_budget=units.forced_cost > budget_days + _SLACK,
        cycles=units.cycles,
        unavailable=units.unavailable,
        exact=units.exact,
    )


def larger_lifts(targets: Iterable[tuple[str, int]]) -> dict[str, int]:
    """One target level a question from several actions on it: the larger lift counts, never the sum."""
    lowest: dict[str, int] = {}
    for question, level in targets:
        lowest[question] = min(level, lowest.get(question, level))
    return lowest


def repaid(
    checklist: Checklist,
    responses: Mapping[str, Response],
    floors: Sequence[Floor],
    targets: Mapping[str, int],
    *,
    asked: Scope | None = None,
    parameters: Parameters | None = None,
) -> Score:
    """The score as it would be once each question of `targets` stands at its level: answered so, votes and floors gone.

    A question that is not applicable, not asked, or already no worse than its target stays as it is, so a repayment
    never raises a debt; without `targets` it is the score of today, bit for bit.
    Raises ValueError for a target that is not a level of the checklist.
    """
    parameters = fitting(checklist, parameters)
    for question, level in targets.items():
        if level >= len(parameters.values):
            raise ValueError(f"{question}: a target is a level 0 to {len(parameters.values) - 1}, not {level!r}")
    reached = {
        question: Response(state=ResponseState.ANSWERED, level=level) for question, level in sorted(targets.items())
    }
    now = score(checklist, responses, floors, asked=asked, parameters=parameters)
    better = {
        question: response
        for question, response in reached.items()
        if (standing := now.questions.get(question))
        and standing.applies
        and standing.debt > parameters.values[targets[question]]
    }
    if not better:
        return now
    left = [kept for kept in floors if kept.question not in better]
    return score(checklist, {**responses, **better}, left, asked=asked, parameters=parameters)


def _largest_lifts(priorities: Iterable[Priority]) -> dict[str, Priority]:
    """The priorities by question, in their order; of two on one question the one that lifts it further."""
    kept: dict[str, Priority] = {}
    for priority in priorities:
        for days in (priority.cost_days, priority.benefit_days, priority.avoided_days_per_quarter):
            if not (isfinite(days) and days >= 0):
                raise ValueError(f"{priority.question}: costs and benefits are numbers from 0, not {days!r}")
        other = kept.get(priority.question)
        if other is None or other.target_debt > priority.target_debt:
            kept[priority.question] = priority
    return kept


def _in_order(chosen: Set[str], open_: Mapping[str, Priority], needs: Mapping[str, Sequence[str]]) -> list[str]:
    """The chosen questions as ranked, but each after the prerequisites that are chosen with it."""
    placed: dict[str, None] = {}
    for first in open_:
        way = [first] if first in chosen else []
        met = set(placed)
        while way:
            question = way[-1]
            met.add(question)
            waiting = [need for need in needs[question] if need in chosen and need not in met]
            if waiting:
                way.append(min(waiting, key=list(open_).index))
            else:
                placed[way.pop()] = None
    return list(placed)


def _because(
    chosen: Sequence[Priority], order: Sequence[str], needs: Mapping[str, Sequence[str]], pinned: Set[str]
) -> dict[str, str]:
    """Chosen questions that stand in the plan for one ranked better that needs them, with the best ranked such one."""
    place = {question: position for position, question in enumerate(order)}
    taken = sorted((it.question for it in chosen), key=place.__getitem__)
    because: dict[str, str] = {}
    for question in taken:
        for need in needs[question]:
            if need in taken and need not in pinned and place[need] > place[question]:
                because.setdefault(need, question)
    return because


def half_days(days: float) -> float:
    """Person-days as a budget counts them: rounded up to half a day."""
    return _half_days(days) / 2


def _half_days(days: float) -> int:
    return ceil(2 * days - _SLACK)


# -- what is taken as one, and what it needs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """Questions that are repaid together: one, or all of a cycle."""

    questions: tuple[str, ...]
    cost: int  #: half-days, each question's rounded up
    benefit: int  #: in the fine whole numbers of _BITS


class _Units:
    """The questions that can be chosen, as units with their prerequisites, and the search for the best of them.

    Sets of units are whole numbers with a bit for each: a dense tangle is taken apart thousands of times.
    """

    def __init__(
        self,
        open_: Mapping[str, Priority],
        needs: Mapping[str, Sequence[str]],
        *,
        pinned: Set[str],
        excluded: Set[str],
    ) -> None:
        self.unavailable = _unavailable(needs, pinned=pinned, excluded=excluded)
        free = [q for q in open_ if q not in self.unavailable and (q in pinned or q not in excluded)]
        graph = {question: [need for need in needs[question] if need in set(free)] for question in free}
        together = _together(graph)
        self.cycles = tuple(group for group in together if len(group) > 1)
        total = fsum(priority.benefit_days for priority in open_.values())
        fineness = _BITS - frexp(total)[1]
        self.units = [
            _Unit(
                questions=group,
                cost=sum(_half_days(open_[question].cost_days) for question in group),
                benefit=sum(round(ldexp(open_[question].benefit_days, fineness)) for question in group),
            )
            for group in together
        ]
        home = {question: number for number, unit in enumerate(self.units) for question in unit.questions}
        direct = [
            {home[need] for question in unit.questions for need in graph[question]} - {number}
            for number, unit in enumerate(self.units)
        ]
        self.needs, self.needed_by = _closures(direct)
        self.forced = 0
        for question in pinned & home.keys():
            self.forced |= self.needs[home[question]]
        self.forced_cost = fsum(open_[question].cost_days for question in self.questions(self.forced))
        self.exact = True

    def questions(self, units: int) -> set[str]:
        """The questions of a set of units."""
        return {question for number in _members(units) for question in self.units[number].questions}

    def best_within(self, budget_days: float, more_days: float) -> tuple[set[str], set[str]]:
        """The best questions for a budget and for a larger one, the pinned ones among them."""
        free = ((1 << len(self.units)) - 1) & ~self.forced
        diagram = _Diagram(self.units)
        tail = 0
        for part in sorted(self._parts(free), key=lambda it: it & -it, reverse=True):
            tail = self._draw_or_line_up(diagram, part, tail)
        used = sum(self.units[number].cost for number in _members(self.forced))
        rooms = [
            max(0, floor(2 * days + _SLACK) - used) if self.forced_cost <= days + _SLACK else None
            for days in (budget_days, more_days)
        ]
        picked = diagram.best(tail, rooms)
        before, after = (self.questions(self.forced | (0 if it is None else self._worth_it(it))) for it in picked)
        return before, after

    def _worth_it(self, picked: int) -> int:
        """The picked units without those that avoid nothing and are needed by none of the others."""
        for number in sorted(_members(picked), key=lambda it: self.needed_by[it].bit_count()):
            alone = not self.needed_by[number] & picked & ~(1 << number)
            if alone and not self.units[number].benefit:
                picked &= ~(1 << number)
        return picked

    def _draw_or_line_up(self, diagram: _Diagram, part: int, tail: int) -> int:
        """Draw every way through one part; where these are too many, only the ways along one fixed order.

        The order, as ranked with prerequisites first, does not depend on the budget: more never gives less.
        """
        drawn_before = len(diagram.nodes)
        try:
            if part.bit_count() > PART_MAX:
                raise _TooManyError
            return self._draw(diagram, part, tail, {}, min(drawn_before + NODES_MAX, NODES_ALL_MAX))
        except _TooManyError:
            diagram.forget(drawn_before)
            self.exact = False
        line: list[int] = []
        placed = ~part
        for number in _members(part):
            steps = _members(self.needs[number] & ~placed)
            line += sorted(steps, key=lambda it: (self.needs[it].bit_count(), it))
            placed |= self.needs[number]
        end = tail
        for number in reversed(line):  # with the first, perhaps with the second too, and so on
            end = diagram.add(1 << number, with_it=end, without_it=tail)
        return end

    def _draw(self, diagram: _Diagram, part: int, tail: int, drawn: dict[tuple[int, int], int], most: int) -> int:
        """The node from which every way through the connected `part` leads on to `tail`. Raises _TooManyError."""
        known = drawn.get((part, tail))
        if known is not None:
            return known
        if len(diagram.nodes) > most:
            raise _TooManyError
        pivot = max(_members(part), key=lambda it: self._removes(it, part))
        with_it = without_it = tail
        for rest in self._parts(part & ~self.needs[pivot]):
            with_it = self._draw(diagram, rest, with_it, drawn, most)
        for rest in self._parts(part & ~self.needed_by[pivot]):
            without_it = self._draw(diagram, rest, without_it, drawn, most)
        node = diagram.add(self.needs[pivot] & part, with_it=with_it, without_it=without_it)
        drawn[part, tail] = node
        return node

    def _removes(self, number: int, part: int) -> tuple[int, int, int]:
        """How much deciding about a unit settles: in both cases together, then in the worse case, then its rank."""
        taken, dropped = (self.needs[number] & part).bit_count(), (self.needed_by[number] & part).bit_count()
        return taken + dropped, min(taken, dropped), -number

    def _parts(self, units: int) -> list[int]:
        """The sets of units without a prerequisite between them, the last ranked first."""
        parts = []
        while units:
            part, edge = 0, 1 << (units.bit_length() - 1)
            while edge:
                part |= edge
                reached = 0
                for number in _members(edge):
                    reached |= self.needs[number] | self.needed_by[number]
                edge = reached & units & ~part
            parts.append(part)
            units &= ~part
        return parts


class _TooManyError(Exception):
    """A tangle of prerequisites is larger than PART_MAX or takes more nodes than NODES_MAX."""


class _Diagram:
    """Sets of units as ways through a diagram: each node takes some units or not, node 0 is the end of all ways."""

    def __init__(self, units: Sequence[_Unit]) -> None:
        self.units = units
        self.nodes: list[tuple[int, int, int]] = [
            (0, 0, 0)
        ]  #: what is taken, the node after taking it, after leaving it
        self.known: dict[tuple[int, int, int], int] = {}

    def add(self, taken: int, *, with_it: int, without_it: int) -> int:
        """The node for this decision, made once; what it leads to was added before."""
        node = (taken, with_it, without_it)
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
        return self.known[node]

    def forget(self, first: int) -> None:
        """Take out the nodes from `first` on, which nothing leads to yet."""
        for node in self.nodes[first:]:
            del self.known[node]
        del self.nodes[first:]

    def best(self, start: int, rooms: Sequence[int | None]) -> list[int | None]:
        """The best set for each room in half-days, of equal ones the cheaper; None for a room of None.

        Dynamic programming over rooms, a row a node: the most that can be had from there within 0, 1, 2 ... half-days.
        """
        import numpy as np  # late: an answers file is read and refused without it

        price = [sum(self.units[number].cost for number in _members(taken)) for taken, _, _ in self.nodes]
        worth = [sum(self.units[number].benefit for number in _members(taken)) for taken, _, _ in self.nodes]
        size = 1 + min(max((room for room in rooms if room is not None), default=0), sum(it.cost for it in self.units))
        last_use = {child: number for number, node in enumerate(self.nodes) for child in node[1:]}
        rows = {0: np.zeros(size, dtype=np.int64)}
        taking = [np.packbits(np.zeros(size, dtype=np.bool_))]
        for number, (_, with_it, without_it) in enumerate(self.nodes[1:], 1):
            row = rows[without_it].copy()
            takes = np.zeros(size, dtype=np.bool_)
            if price[number] < size:
                taken = rows[with_it][: size - price[number]] + worth[number]
                np.greater_equal(taken, row[price[number] :], out=takes[price[number] :])
                np.maximum(taken, row[price[number] :], out=row[price[number] :])
            rows[number] = row
            taking.append(np.packbits(takes))  # a bit a room: a checklist full of tangles has ten thousand nodes
            for child in (with_it, without_it):
                if last_use[child] == number and child != start:
                    rows.pop(child, None)
        picked: list[int | None] = []
        for room in rooms:
            if room is None:
                picked.append(None)
                continue
            row = rows[start][: room + 1]
            left, node, units = int(np.searchsorted(row, row[-1])), start, 0  # a row never falls: the first is cheapest
            while node:
                takes_it = bool(taking[node][left >> 3] << (left & 7) & 0x80)
                if takes_it:
                    units |= self.nodes[node][0]
                    left -= price[node]
                node = self.nodes[node][1 if takes_it else 2]
            picked.append(units)
        return picked


def _members(units: int) -> list[int]:
    """The numbers of the units in a set, the smallest (the best ranked) first."""
    members = []
    while units:
        lowest = units & -units
        members.append(lowest.bit_length() - 1)
        units ^= lowest
    return members


def _unavailable(needs: Mapping[str, Sequence[str]], *, pinned: Set[str], excluded: Set[str]) -> dict[str, str]:
    """Questions that need an excluded one, directly or through others, with the excluded one that is nearest."""
    held: dict[str, str] = {}
    edge = {question: question for question in needs if question in excluded and question not in pinned}
    barred = set(edge)
    while edge:
        reached: dict[str, str] = {}
        for question, wanted in needs.items():
            if question not in pinned and question not in barred:
                for need in wanted:
                    if need in edge:
                        reached.setdefault(question, edge[need])
        held.update(reached)
        barred |= reached.keys()
        edge = reached
    return {question: held[question] for question in needs if question in held}


def _together(graph: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """The questions in their order, those that need each other (directly or around) as one."""
    place = {question: number for number, question in enumerate(graph)}
    reach, _ = _closures([{place[need] for need in wanted} for wanted in graph.values()])
    names = list(graph)
    groups: list[tuple[str, ...]] = []
    placed = 0
    for number in range(len(names)):
        if not placed >> number & 1:
            group = [other for other in _members(reach[number]) if reach[other] >> number & 1]
            groups.append(tuple(names[other] for other in group))
            for other in group:
                placed |= 1 << other
    return groups


def _closures(direct: Sequence[Set[int]]) -> tuple[list[int], list[int]]:
    """For each unit the set of all it needs and the set of all that need it, itself included in both."""
    needs = [1 << number for number in range(len(direct))]
    changed = True
    while changed:
        changed = False
        for number, wanted in enumerate(direct):
            found = needs[number]
            for need in wanted:
                found |= needs[need]
            changed |= found != needs[number]
            needs[number] = found
    needed_by = [0] * len(direct)
    for number, found in enumerate(needs):
        for need in _members(found):
            needed_by[need] |= 1 << number
    return needs, needed_by
