"""How answers become numbers, as data of a pack: debts of levels, rules for areas and the system, a published unit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Counts(StrEnum):
    """How a question without a level counts."""

    EXCLUDE = "exclude"  #: taken out with its weight
    VALUE = "value"  #: as one debt, in the estimate and at both ends
    INTERVAL = "interval"  #: one debt in the estimate, 0 and 1 as ends
    TARGET = "target"  #: as though it stood at the level one aims for


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """How one kind of missing answer counts."""

    counts: Counts
    debt: float = 0.0  #: 0..1, of VALUE and INTERVAL
    level: int = 0  #: of TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerMean:
    """(sum of w d^p / sum of w)^(1/p), and never below `critical_share` of the worst critical debt."""

    power: float = 3.0  #: 1 = plain mean, large = the worst decides
    critical_share: float = 0.0  #: 0..1, of questions only: an area is never critical


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """sum of w d / sum of w."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """sum of w d / full, at most 1: what does not apply adds nothing, and nothing takes its place."""

    full: float  #: the sum that is full debt, > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The largest debt decides, which is the least number of points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some of the questions of an area, or of the areas of a system."""

    title: str
    members: tuple[str, ...]  #: ids
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOfMeans:
    """The weighted mean over groups of the weighted mean in each, so that a long group weighs no more than a short."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A stage that is reached when each of its needs is met, and all gates before it are passed."""

    title: str
    needs: tuple[tuple[str, int], ...]  #: (id, the worst level that still meets it)
    debt: float  #: of one who has passed this gate and not the next, 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Stages passed one after the other; the last one passed without a gap decides."""

    gates: tuple[Gate, ...]
    start: float = 1.0  #: debt before the first gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One line of a decision table: it matches when every condition holds."""

    title: str
    when: tuple[tuple[str, tuple[int, ...]], ...]  #: (id, the levels that match)
    debt: float  #: 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMatch:
    """The first line that matches decides."""

    matches: tuple[Match, ...]
    otherwise: float | None = None  #: debt when none matches; None: the lines cover every case


Rule = PowerMean | Mean | Sum | Worst | MeanOfMeans | Gates | FirstMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBand:
    """One band of a published unit."""

    words: str
    up_to: float | None  #: upper limit, belonging to this band; None = the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The unit a model is published in: a straight line from no debt to full debt, and its bands from low to high."""

    unit: str  #: e.g. "points"
    no_debt: float  #: what a debt of 0 is in this unit
    full_debt: float
    bands: tuple[ReadingBand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """Everything a pack says about how its answers add up. The engine knows the kinds and no model's name."""

    values: tuple[float, ...]  #: debt of each level, rising from 0 to 1; 2 to 5 of them
    questions: Rule  #: how questions make an area
    areas: Rule  #: how areas make the system
    in_area: tuple[tuple[str, Rule], ...] = ()  #: (area id, its own rule instead of `questions`)
    unknown: Missing = Missing(counts=Counts.INTERVAL, debt=0.75)  #: "we do not know"
    blank: Missing = Missing(counts=Counts.INTERVAL, debt=0.75)  #: nobody has answered
    not_applicable: Missing = Missing(counts=Counts.EXCLUDE)
    coverage_min: float = 0.8  #: least share of known weight for a band
    reading: Reading | None = None

    def __hash__(self) -> int:
        """Of the small parts only: a score looks this up each time, and a decision table is long."""
        return hash((self.values, self.unknown, self.blank, self.not_applicable, self.coverage_min))

    def rule_of(self, area_id: str) -> Rule:
        """How the questions of this area make its debt."""
        return next((rule for name, rule in self.in_area if name == area_id), self.questions)


#: What holds for a pack without an `aggregation:` section: our own method, declared like any other.
OURS = Aggregation(
    values=(0.0, 0.25, 0.5, 0.75, 1.0),
    questions=PowerMean(power=3.0, critical_share=0.65),
    areas=PowerMean(power=3.0),
)
