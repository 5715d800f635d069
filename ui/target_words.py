"""A target in words: how far it is, by when, and whether the debt is on the way there."""

from __future__ import annotations

from operations.records import TargetRecord
from scoring.bands import band
from scoring.targets import Distance, Pace
from ui import numbers

PACES = {
    Pace.REACHED: "reached",
    Pace.ON_THE_WAY: "on the way",
    Pace.BEHIND: "behind",
    Pace.MISSED: "missed",
    Pace.UNKNOWN: "not known yet",
}


def pace_words(distance: Distance) -> str:
    """Where a debt stands on its way, in a word or two."""
    return PACES[distance.pace]


def target_figure(target: TargetRecord) -> str:
    """A target as a number with its letter, "40 C"."""
    return "" if target.debt is None else numbers.debt_with_band(target.debt, band(target.debt))


def distance_words(target: TargetRecord, distance: Distance) -> str:
    """A target with its distance in one sentence: "target 40 C by Q2 2027, now 47: 7 points to go, on the way."."""
    aim = f"target {target_figure(target)} by {numbers.period(target.by_period or '')}"
    if distance.gap is None:
        return f"{aim}; the debt now is not known well enough to compare."
    now = f"{aim}, now {numbers.debt(distance.estimate)}"
    if distance.pace is Pace.REACHED:
        return f"{now}: reached."
    points = max(1, numbers.points(distance.gap))
    left = f"{now}: {numbers.count(points, 'point')} to go"
    return f"{left}." if distance.pace is Pace.UNKNOWN else f"{left}, {pace_words(distance)}."
