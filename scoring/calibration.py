"""Estimate against actual: what closed actions say about the days of the effort classes, and about friction.

Everything here can be redone by hand: medians, and intervals that are two of the sorted values (the sign test turned
round; Conover, Practical Nonparametric Statistics, 1999, section 3.2). No distribution is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, fsum, isfinite, sqrt
from statistics import median

from checklists.checklist import Classes
from scoring.plan_terms import DAYS_MAX, PlanParameters

CLOSED_MIN = 10  #: closed actions in all before anything is shown: fewer are anecdotes
CLASS_MIN = 5  #: of one class before another value is proposed; also the fewest with an interval
CONFIDENCE = 0.9  #: least share of cases in which an interval holds the true middle
_Z = 1.959964  #: 97.5 % of the normal distribution: Wilson's interval of a share


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAction:
    """One repayment that was done. Raises ValueError for days outside 0..DAYS_MAX and a lift outside 0..1."""

    question: str
    effort: str  #: key into Classes.effort_days
    estimated_days: float  #: the action's planned cost, overhead included
    actual_days: float  #: what it really took, all included
    friction_gone: bool | None = None  #: None = nobody said
    lift: float = 1.0  #: debt before minus debt aimed at, 0..1

    def __post_init__(self) -> None:
        for days in (self.estimated_days, self.actual_days):
            if not (isfinite(days) and 0 <= days <= DAYS_MAX):
                raise ValueError(f"{self.question}: days are numbers 0 to {DAYS_MAX:,.0f}, not {days!r}")
        if not 0 <= self.lift <= 1:
            raise ValueError(f"{self.question}: a lift is 0 to 1, not {self.lift!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCalibration:
    """What the closed actions of one effort class say."""

    effort: str
    count: int
    estimated_days: float  #: sum
    actual_days: float  #: sum
    ratio: float | None  #: median of actual / estimated; None when every estimate was 0
    low: float | None  #: interval of the median; None below CLASS_MIN actions
    high: float | None
    current_days: float  #: the value the class has now
    proposed_days: float | None  #: a value it could have; None with too few actions, or where nothing would change
    clear: bool  #: the interval leaves out the current value: more than chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What all closed actions say together. Below CLOSED_MIN actions only the counts are given."""

    count: int
    missing: int  #: closed actions still needed before anything is shown
    classes: tuple[ClassCalibration, ...]  #: the classes met, in the order of the class table
    friction_gone: int  #: actions after which the friction went away
    friction_asked: int  #: actions for which somebody said
    friction_low: float | None  #: Wilson's 95 % interval of the share; None when nobody said
    friction_high: float | None
    out_of_order: tuple[tuple[str, str], ...]  #: neighbouring classes that the proposals would put the wrong way round


def calibrate(
    closed: Sequence[ClosedAction], classes: Classes, *, parameters: PlanParameters | None = None
) -> Calibration:
    """Estimate against actual by effort class, with intervals and proposed class values (person-days, level 4 to 0).

    A class value is what remains of an action's days without the overhead, divided by the share of the effort that its
    lift costs; the proposal is the median of these, rounded. It does not matter what class value an action was planned
    with. Actions of classes that are not in the table (any more) count in `count` only.
    """
    parameters = parameters or PlanParameters()
    missing = max(0, CLOSED_MIN - len(closed))
    said = [it.friction_gone for it in closed if it.friction_gone is not None]
    low, high = _share_interval(sum(said), len(said)) if said and not missing else (None, None)
    found = tuple(
        _of_class(name, days, of_class, parameters)
        for name, days in classes.effort_days.items()
        if not missing and (of_class := [it for it in closed if it.effort == name])
    )
    return Calibration(
        count=len(closed),
        missing=missing,
        classes=found,
        friction_gone=sum(said),
        friction_asked=len(said),
        friction_low=low,
        friction_high=high,
        out_of_order=_out_of_order(found, classes),
    )


def sensible(days: float) -> float:
    """Days as a person would name them: half-days to 5, whole days to 20, then fives to 100, then tens; at least .5."""
    step = 0.5 if days < 5 else 1.0 if days < 20 else 5.0 if days < 100 else 10.0
    return max(0.5, step * int(days / step + 0.5))


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The narrowest pair of sorted values that holds the true median in CONFIDENCE of cases; None below CLASS_MIN.

    The k-th smallest and the k-th largest of n miss it with a chance of 2 sum(C(n, i), i < k) / 2^n: of 5 values the
    smallest and the largest (.94), of 8 the second and the seventh (.93).
    """
    count = len(values)
    if count < CLASS_MIN:
        return None
    ordered, cut, missed = sorted(values), 0, 2
    while missed <= (1 - CONFIDENCE) * 2**count:
        cut += 1
        missed += 2 * comb(count, cut)
    return ordered[cut - 1], ordered[count - cut]


def _of_class(
    name: str, class_days: float, closed: Sequence[ClosedAction], parameters: PlanParameters
) -> ClassCalibration:
    ratios = [it.actual_days / it.estimated_days for it in closed if it.estimated_days > 0]
    whole = [days for it in closed if (days := _whole_way(it, parameters)) is not None]
    between, spread = median_interval(ratios), median_interval(whole)
    proposed = sensible(median(whole)) if spread else None
    return ClassCalibration(
        effort=name,
        count=len(closed),
        estimated_days=fsum(it.estimated_days for it in closed),
        actual_days=fsum(it.actual_days for it in closed),
        ratio=median(ratios) if ratios else None,
        low=between[0] if between else None,
        high=between[1] if between else None,
        current_days=class_days,
        proposed_days=None if proposed == class_days else proposed,
        clear=spread is not None and not spread[0] <= class_days <= spread[1],
    )


def _whole_way(closed: ClosedAction, parameters: PlanParameters) -> float | None:
    """The days from level 4 to 0 that would have made this action cost what it took (2.2: days x share + overhead)."""
    share = parameters.base_share + (1 - parameters.base_share) * closed.lift
    return max(0.0, closed.actual_days - parameters.overhead_days) / share if share else None


def _share_interval(hits: int, asked: int) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson, JASA 22, 1927): stays inside 0..1 with few cases."""
    middle = (hits + _Z**2 / 2) / (asked + _Z**2)
    half = _Z * sqrt(hits * (asked - hits) / asked + _Z**2 / 4) / (asked + _Z**2)
    return max(0.0, middle - half), min(1.0, middle + half)


def _out_of_order(found: Sequence[ClassCalibration], classes: Classes) -> tuple[tuple[str, str], ...]:
    proposed = {it.effort: it.proposed_days for it in found if it.proposed_days is not None}
    names = sorted(classes.effort_days, key=classes.effort_days.__getitem__)
    after = [(name, proposed.get(name, classes.effort_days[name])) for name in names]
    return tuple(
        (smaller, larger)
        for (smaller, days), (larger, more) in pairwise(after)
        if (smaller in proposed or larger in proposed) and days >= more
    )
