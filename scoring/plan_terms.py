"""The terms of planning: what repaying a question costs and avoids, how sure its place is, and what a plan holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

DAYS_MAX = 10_000.0  #: as in a checklist's classes: forty years of one person's work
HORIZON_MAX_QUARTERS = 40
BENEFIT_MAX_DAYS = 1_260_000.0  #: DAYS_MAX of friction, 5 % of as much loss, both grown threefold, for 40 quarters
REBUILD_MIN_DAYS = 0.5  #: least cost of building a system anew: a ratio to less says nothing, and may be infinite


class Tier(StrEnum):
    """How sure it is that a repayment belongs to the first few: said instead of a bare rank."""

    NOW = "now"
    LIKELY = "likely"
    NOT_NOW = "not now"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePoint:
    """A team's own estimate in person-days. Raises ValueError unless 0 <= low <= likely <= high <= DAYS_MAX."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        numbers = (self.low, self.likely, self.high)
        if not all(isfinite(number) for number in numbers) or not 0 <= self.low <= self.likely <= self.high <= DAYS_MAX:
            raise ValueError(
                "an estimate rises from the best to the worst case, 0 to "
                f"{DAYS_MAX:,.0f} days, not {self.low:g}, {self.likely:g}, {self.high:g}"
            )

    @property
    def mean(self) -> float:
        """The mean of the three, the likely one counted four times (PERT), person-days."""
        return (self.low + 4 * self.likely + self.high) / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamEstimate:
    """What a team says of one question instead of its class: `effort` from level 4 to 0, `friction` at level 4."""

    question: str
    effort: ThreePoint | None = None  #: person-days
    friction: ThreePoint | None = None  #: person-days per quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The money side of one question at full debt (level 4)."""

    question: str
    effort_days: float  #: from level 4 to level 0, person-days
    friction_days: float  #: extra work per quarter, person-days
    loss_days: float  #: person-days lost if the debt bites once
    growth: float  #: of interest per quarter if left, 0.15 = 15 %
    effort_by_team: bool = False  #: from a three-point estimate of the team, not from the class
    friction_by_team: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParameters:
    """The numbers of planning. Raises ValueError when they would break a promise of the method."""

    horizon_quarters: int = 4  #: how far ahead avoided interest counts, 1..HORIZON_MAX_QUARTERS
    hazard: float = 0.05  #: chance per quarter that a debt of 1 bites
    overhead_days: float = 4.0  #: fixed cost of any action: deciding, reviewing, releasing
    base_share: float = 0.6  #: share of the effort that any improvement costs; the rest goes with its size
    growth_max: float = 3.0  #: interest never grows beyond this many times today's
    top: int = 5  #: what "among the first" means
    now_min: float = 0.7  #: least P(among the first) of the tier "now"
    likely_min: float = 0.3
    draws: int = 2_000
    weight_spread: float = 0.3  #: weights vary by this much each way
    value_spread: float = 0.1  #: debts of the levels 1..3 vary by this much each way
    class_cv: float = 0.4  #: coefficient of variation of effort, friction and loss taken from a class
    team_cv: float = 0.2  #: the same where a team gave three points
    seed: int = 20_150_101

    def __post_init__(self) -> None:
        problems = []
        if not 1 <= self.horizon_quarters <= HORIZON_MAX_QUARTERS:
            problems.append(f"horizon_quarters must be 1 to {HORIZON_MAX_QUARTERS}")
        problems += [
            f"{name} must be 0 to 1"
            for name in (
                "hazard",
                "base_share",
                "now_min",
                "likely_min",
                "weight_spread",
                "value_spread",
                "class_cv",
                "team_cv",
            )
            if not 0 <= getattr(self, name) <= 1
        ]
        if not 0 <= self.overhead_days <= DAYS_MAX:
            problems.append(f"overhead_days must be 0 to {DAYS_MAX:g}")
        if not 1 <= self.growth_max <= 100:
            problems.append("growth_max must be 1 to 100")
        if self.top < 1 or not 1 <= self.draws <= 100_000:
            problems.append("top must be 1 or more, draws 1 to 100,000")
        if self.likely_min > self.now_min:
            problems.append("likely_min must not be above now_min")
        if problems:
            raise ValueError("; ".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """What repaying one question, from its debt to `target_debt`, costs and avoids."""

    question: str
    debt: float  #: 0..1; .75 where nothing is known
    known: bool  #: False: the debt is assumed, asking comes before paying
    target: int  #: level to reach
    target_debt: float
    principal_days: float  #: person-days to repay the whole debt, overhead included
    interest_days_per_quarter: float  #: that it costs now
    avoided_days_per_quarter: float  #: of it, after the action
    benefit_days: float  #: interest avoided over the horizon
    cost_days: float  #: of the action, overhead included
    ratio: float  #: benefit / cost, 0 where the cost is 0 and nothing is avoided
    break_even_quarters: float | None  #: cost / avoided per quarter; None when nothing is avoided
    p_top5: float  #: share of draws in which it is among the first
    rank_low: int  #: 5 % and 95 % of its ranks over the draws, 1 = first
    rank_high: int
    tier: Tier
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """All questions that can be improved, the best ratio first, then by id."""

    priorities: tuple[Priority, ...]
    parameters: PlanParameters
    likely: Mapping[str, tuple[float, float]]  #: 5 % and 95 % of the drawn debts by area id; "" is the system

    def of(self, question: str) -> Priority | None:
        """The priority of a question; None when nothing of it can be repaid."""
        return next((priority for priority in self.priorities if priority.question == question), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The set of repayments that avoids the most interest within a budget."""

    budget_days: float
    chosen: tuple[Priority, ...]  #: in the order of the ranking, prerequisites before what needs them
    because: Mapping[str, str]  #: chosen question -> the question it is a prerequisite of, where it came along
    cost_days: float  #: unrounded sum
    benefit_days: float  #: over the horizon
    avoided_days_per_quarter: float
    break_even_quarters: float | None
    next_5_days_benefit: float  #: what a budget of five more days would add
    pinned_over_budget: bool  #: the pinned ones alone cost more than the budget; then nothing else is chosen
    cycles: tuple[tuple[str, ...], ...]  #: questions that need each other: repaid together or not at all
    unavailable: Mapping[str, str] = field(default_factory=dict)  #: question -> the excluded one it would need
    exact: bool = True  #: False: prerequisites too entangled to try every way, some are taken in one fixed order
