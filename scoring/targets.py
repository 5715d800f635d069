"""How far a debt is from what it is to come down to, and whether it is on the way there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.bands import BANDS, band_limits
from scoring.compare import SMALLEST_DETECTABLE_CHANGE

TOLERANCE = SMALLEST_DETECTABLE_CHANGE  #: so much above the line may be nothing but how people answer


class Pace(StrEnum):
    """Where a debt stands on its way."""

    REACHED = "reached"
    ON_THE_WAY = "on the way"
    BEHIND = "behind"  #: clearly above the line from where it began to the target
    MISSED = "missed"  #: its quarter is over, and it is not reached
    UNKNOWN = "not known"  #: no debt now, or none when the target was set


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A debt beside its target, all 0..1, higher is worse."""

    target: float
    estimate: float | None
    expected: float | None  #: where the straight line from the start to the target stands now; None without a start
    quarters_left: int  #: until the quarter at whose end it is to be reached; 0 in it, negative after it
    pace: Pace

    @property
    def gap(self) -> float | None:
        """What is still to be taken away; zero or negative once it is reached, None where no debt is known."""
        return None if self.estimate is None else self.estimate - self.target


def distance(
    *, target: float, estimate: float | None, start: float | None, quarters_since: int, quarters_left: int
) -> Distance:
    """A debt `quarters_since` its target was set and `quarters_left` before it is to be reached.

    On the way means: not clearly above the straight line from `start` to the target. What is clear is what repeated
    assessments of an unchanged system differ by; at the target itself there is no such margin. Raises ValueError for
    a debt outside 0..1.
    """
    for debt in (target, estimate, start):
        if debt is not None and not 0 <= debt <= 1:
            raise ValueError(f"a debt is 0 to 1, not {debt!r}")
    expected = None if start is None else line(start, target, quarters_since, quarters_left)
    return Distance(
        target=target,
        estimate=estimate,
        expected=expected,
        quarters_left=quarters_left,
        pace=_pace(target, estimate, expected, quarters_left),
    )


def line(start: float, target: float, quarters_since: int, quarters_left: int) -> float:
    """Where the straight line from `start` to `target` stands; before it begins and after it ends it is level."""
    if quarters_left <= 0:
        return target
    if quarters_since <= 0:
        return start
    share = quarters_since / (quarters_since + quarters_left)
    return start * (1 - share) + target * share


def _pace(target: float, estimate: float | None, expected: float | None, quarters_left: int) -> Pace:
    if estimate is None:
        return Pace.MISSED if quarters_left < 0 else Pace.UNKNOWN
    if estimate <= target:
        return Pace.REACHED
    if quarters_left < 0:
        return Pace.MISSED
    if expected is None:
        return Pace.UNKNOWN
    return Pace.ON_THE_WAY if estimate <= max(expected, target) + TOLERANCE else Pace.BEHIND


def limit_of(letter: str) -> float:
    """The highest debt 0..1 that has this letter. Raises ValueError for what is none."""
    if letter not in BANDS:
        raise ValueError(f"{letter!r} is none of {', '.join(BANDS)}")
    return dict(zip(BANDS, (*band_limits, 1.0), strict=True))[letter]
