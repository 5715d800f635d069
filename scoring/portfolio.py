"""What several systems owe together: the mean of their debts, with the median, the quartiles and how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, fsum
from typing import Protocol


class Rated(Protocol):
    """Debt 0..1 with its interval: an Estimate, or one that was kept. Rated only with a band."""

    @property
    def estimate(self) -> float | None:
        """The debt, None where nothing is known or nothing applies."""
        ...

    @property
    def low(self) -> float:
        """The lower end of its interval."""
        ...

    @property
    def high(self) -> float:
        """The upper end of its interval."""
        ...

    @property
    def band(self) -> str | None:
        """A..E, None below the coverage that allows one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a set of numbers lies. All None, and `count` 0, where there are none."""

    count: int
    mean: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioDebt:
    """What several systems owe together, 0..1, higher is worse.

    `debt` is the mean: of mean and median only the mean splits by cause, so that the parts sum to the whole. The
    median and the quartiles stand beside it, because a mean alone hides that half may be fine and half in trouble.
    `low` and `high` are the means of the systems' own ends: as if all were at their best, or at their worst, at once.
    """

    rated: int  #: systems with a band; no other enters
    spread: Spread
    low: float | None
    high: float | None

    @property
    def debt(self) -> float | None:
        """The mean debt of the rated systems, None where none is rated."""
        return self.spread.mean


def spread(numbers: Iterable[float]) -> Spread:
    """Mean, median and quartiles. A quartile between two numbers lies between them in proportion."""
    ordered = sorted(numbers)
    return Spread(
        count=len(ordered),
        mean=_mean(ordered),
        lower_quartile=_at(ordered, 0.25),
        median=_at(ordered, 0.5),
        upper_quartile=_at(ordered, 0.75),
    )


def portfolio_debt(systems: Iterable[Rated]) -> PortfolioDebt:
    """The debt of several systems. One that is not rated (no band) counts nowhere, neither as 0 nor as the worst."""
    debts, lows, highs = [], [], []
    for one in systems:
        if one.estimate is not None and one.band is not None:
            debts.append(one.estimate)
            lows.append(one.low)
            highs.append(one.high)
    return PortfolioDebt(rated=len(debts), spread=spread(debts), low=_mean(lows), high=_mean(highs))


def _mean(numbers: list[float]) -> float | None:
    """Exact whatever the order, and never outside what it is the mean of."""
    if not numbers:
        return None
    return min(max(numbers), max(min(numbers), fsum(numbers) / len(numbers)))


def _at(ordered: list[float], share: float) -> float | None:
    """The number at this share of the way from the lowest to the highest."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below, above = ordered[floor(place)], ordered[ceil(place)]
    return min(above, below + (above - below) * (place - floor(place)))
