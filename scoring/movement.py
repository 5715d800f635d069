"""Why the debt of several systems moved: their own causes, and systems that came or left; together the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum

from scoring.causes import ORDER, Cause
from scoring.split import QuestionShare, SystemSplit

CAME_OR_LEFT = "systems that came or left"
"""The step of the systems that are rated in one of the two quarters only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One system in the two quarters. A debt is None where it does not count: not assessed, or not rated."""

    system: str
    before: float | None
    after: float | None
    split: SystemSplit | None = None  #: of the same two debts; needed where both are there


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPart:
    """What one system adds to a step, in debt of the whole portfolio; the shares of its questions likewise."""

    system: str
    before: float | None  #: the system's own debt; None where it does not count
    after: float | None
    share: float
    questions: tuple[QuestionShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementStep:
    """One bar of the way from the old debt to the new one."""

    cause: Cause | None  #: None: systems that came or left
    share: float
    systems: tuple[SystemPart, ...]  #: the largest share first


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The debt of several systems before and after, and the steps between, which sum to the difference.

    A debt is the mean of the systems that count in that quarter, None where none does; without both there are no steps.
    """

    before: float | None
    after: float | None
    total: float | None
    steps: tuple[MovementStep, ...]  #: the largest first, what changed only the yardstick or the list of systems last
    counted_before: int
    counted_after: int
    counted_both: int
    common_only: int  #: of the systems in both: whose checklist or scope changed, so that common questions are compared

    @property
    def like_for_like(self) -> float:
        """What the systems in both quarters moved by themselves, without the yardstick and the list of systems."""
        return fsum(step.share for step in self.steps if step.cause not in LAST)


def movement(members: Iterable[Member]) -> Movement:
    """Split the change of a mean of systems. The order of the systems changes no bit.

    With C the systems that count in both quarters, n of them, and m those that count before and after:
    a cause adds the sum of its shares over C, divided by n; the systems that left add mean(C) - mean(m) before, those
    that came mean(m) - mean(C) after, each of them its own distance from the mean of C. Together that is the
    difference, and read backwards every sign turns. Where C is empty the distances are from the middle of both means.
    """
    counting = sorted(
        (member for member in members if member.before is not None or member.after is not None),
        key=lambda member: member.system,
    )
    old = [member.before for member in counting if member.before is not None]
    new = [member.after for member in counting if member.after is not None]
    stayed = [member for member in counting if member.before is not None and member.after is not None]
    before, after = _mean(old), _mean(new)
    total: float | None = None
    steps: tuple[MovementStep, ...] = ()
    if before is not None and after is not None:
        total = after - before
        steps = _settled(total, [*_causes(stayed), *_came_or_left(counting, stayed, before, after)])
    return Movement(
        before=before,
        after=after,
        total=total,
        steps=steps,
        counted_before=len(old),
        counted_after=len(new),
        counted_both=len(stayed),
        common_only=sum(member.split is not None and member.split.common_only for member in stayed),
    )


def _mean(numbers: Sequence[float]) -> float | None:
    return fsum(numbers) / len(numbers) if numbers else None


def _causes(stayed: Sequence[Member]) -> list[MovementStep]:
    """A step for each cause that touched a system which counts in both quarters."""
    parts: dict[Cause, list[SystemPart]] = {}
    for member in stayed:
        if member.split is None or member.split.total is None:
            raise ValueError(f"{member.system} counts in both quarters, so its change has to be split")
        for one in member.split.causes:
            questions = tuple(
                replace(asked, share=None if asked.share is None else asked.share / len(stayed))
                for asked in one.questions
            )
            part = SystemPart(
                system=member.system,
                before=member.before,
                after=member.after,
                share=one.share / len(stayed),
                questions=questions,
            )
            parts.setdefault(one.cause, []).append(part)
    return [_step(cause, parts[cause]) for cause in ORDER if cause in parts]


def _came_or_left(
    counting: Sequence[Member], stayed: Sequence[Member], before: float, after: float
) -> list[MovementStep]:
    """The step of the systems that count in one of the two quarters only; none where there are none."""
    middle = (before + after) / 2
    old, new = (_mean([debt for debt in side if debt is not None]) for side in _sides(stayed))
    counts_before = sum(member.before is not None for member in counting)
    counts_after = sum(member.after is not None for member in counting)
    parts = []
    for member in counting:
        if member.before is None and member.after is not None:
            share = (member.after - (middle if new is None else new)) / counts_after
        elif member.after is None and member.before is not None:
            share = ((middle if old is None else old) - member.before) / counts_before
        else:
            continue
        parts.append(SystemPart(system=member.system, before=member.before, after=member.after, share=share))
    return [_step(None, parts)] if parts else []


def _sides(stayed: Sequence[Member]) -> tuple[list[float | None], list[float | None]]:
    return [member.before for member in stayed], [member.after for member in stayed]


def _step(cause: Cause | None, parts: Sequence[SystemPart]) -> MovementStep:
    return MovementStep(
        cause=cause,
        share=fsum(part.share for part in parts),
        systems=tuple(sorted(parts, key=lambda part: (-abs(part.share), part.system))),
    )


LAST = (Cause.CHECKLIST, Cause.RULES, None)  #: no system changed by these: the yardstick did, or the list of systems


def _settled(total: float, steps: Sequence[MovementStep]) -> tuple[MovementStep, ...]:
    """The steps in order, with what rounding left over given to the largest."""
    if not steps:
        return ()

    def place(step: MovementStep) -> int:
        return len(ORDER) if step.cause is None else ORDER.index(step.cause)

    largest = min(steps, key=lambda step: (-abs(step.share), place(step)))
    rest = fsum((total, *(-step.share for step in steps)))
    exact = [replace(step, share=step.share + rest) if step is largest else step for step in steps]

    def order(step: MovementStep) -> tuple[int, float, int]:
        if step.cause in LAST:
            return LAST.index(step.cause) + 1, 0.0, 0
        return 0, -abs(step.share), place(step)

    return tuple(sorted(exact, key=order))


# -- ranks


RANK_MOVES_MAX = 10  #: more lines than this cannot be told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMove:
    """One system's place among those that count in both quarters; 1 owes the most, equal debts share a place."""

    system: str
    before: int
    after: int
    debt_before: float
    debt_after: float


def rank_moves(members: Iterable[Member], *, most: int = RANK_MOVES_MAX) -> tuple[RankMove, ...]:
    """The systems whose place changed most, the most debt now first; at most `most`.

    Places are among the systems that count in both quarters, so that nobody moves because another came or left. The
    farther mover goes first, then the larger change of debt, then the smaller id: that is who is left out in a tie.
    """
    pairs = {m.system: (m.before, m.after) for m in members if m.before is not None and m.after is not None}
    old, new = _places({s: b for s, (b, _) in pairs.items()}), _places({s: a for s, (_, a) in pairs.items()})
    moves = [
        RankMove(system=system, before=old[system], after=new[system], debt_before=before, debt_after=after)
        for system, (before, after) in pairs.items()
        if old[system] != new[system]
    ]
    moves.sort(key=lambda m: (-abs(m.after - m.before), -abs(m.debt_after - m.debt_before), m.system))
    return tuple(sorted(moves[:most], key=lambda m: (m.after, m.before, m.system)))


def _places(debts: dict[str, float]) -> dict[str, int]:
    """The place of each: one more than how many owe more."""
    ordered = sorted(debts.values(), reverse=True)
    first = {debt: place for place, debt in reversed(list(enumerate(ordered, 1)))}
    return {system: first[debt] for system, debt in debts.items()}
