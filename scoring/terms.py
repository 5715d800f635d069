"""The terms of scoring: what goes in (responses, floors, scope, parameters) and what comes out (estimates, scores)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from checklists.aggregation import Aggregation
from checklists.checklist import LEVELS_MAX

LEVEL_MAX = LEVELS_MAX - 1  #: of any checklist; one with fewer levels has a lower one


def _is_level(value: object) -> bool:
    return type(value) is int and 0 <= value <= LEVEL_MAX


class ResponseState(StrEnum):
    """Where a question stands. A question without a response counts as unanswered and scores like unknown."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a team gave for one question.

    A doubt never moves the debt: it only lets the interval reach further, on both sides alike.
    `level` alone counts as one vote; `votes` alone settle to their upper median; with both, `level` is what was
    settled (a facilitator's override) and `votes` give the spread. A vote of None is "we do not know".
    Raises ValueError for a level that is not a whole number 0..4.
    """

    state: ResponseState
    level: int | None = None
    votes: tuple[int | None, ...] = ()
    reason: str = ""  #: why not applicable, or why a facilitator set the level
    doubt: int = 0  #: levels by which each end of the interval moves out: the answer waits to be confirmed

    def __post_init__(self) -> None:
        if self.level is not None and not _is_level(self.level):
            raise ValueError(f"a level is a whole number 0 to 4, not {self.level!r}")
        for vote in self.votes:
            if vote is not None and not _is_level(vote):
                raise ValueError(f"a vote is a whole number 0 to 4 or None, not {vote!r}")
        if type(self.doubt) is not int or not 0 <= self.doubt <= LEVEL_MAX:
            raise ValueError(f"a doubt is a whole number of levels 0 to 4, not {self.doubt!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least debt an observed fact allows on one question. Raises ValueError outside 0..1."""

    question: str
    signal: str
    value: float  #: .5 for a direct observation, .25 for a strong indirect one
    message: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            raise ValueError(f"a floor is a debt 0 to 1, not {self.value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """An answer and the evidence disagree: the answer's debt is below an accepted floor."""

    question: str
    signal: str
    answered: float  #: debt of the answer alone, 0..1
    floor: float
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A weak signal, or a stronger one without an answer it could contradict: it asks."""

    question: str
    signal: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Debt 0..1 (higher is worse) with its interval.

    `estimate` is None when nothing is known ("not rated": low 0, high 1, coverage 0) or when nothing applies
    ("not applicable": low 0, high 0, coverage 0). `applies` tells the two apart.
    """

    estimate: float | None
    low: float
    high: float
    coverage: float  #: known weight / applicable weight, 0..1
    band: str | None  #: A..E, None below 80 % coverage

    @property
    def applies(self) -> bool:
        """False only where no question applies: there is then no debt to speak of, known or unknown."""
        return self.estimate is not None or self.high > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionScore:
    """The debt of one applicable question."""

    id: str
    debt: float  #: max of the settled level's value and the floor; .75 (or the floor, if higher) when unknown
    low: float
    high: float
    level: int | None  #: settled level, None when unknown or unanswered
    known: bool
    weight: float
    critical: bool
    floor: float  #: 0 when none
    votes: tuple[int | None, ...]  #: sorted, "we do not know" last, so that no order tells who voted what
    applies: bool = True  #: False: it does not apply, and the checklist lets it count all the same
    left_out: bool = False  #: nothing is known, and the checklist leaves such a question out of every number
    doubt: int = 0  #: levels by which each end lies further out than votes and floor put it; never in the debt


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaScore:
    """The debt of one applicable area. `counted` is what goes into the system when the area is not rated."""

    id: str
    estimate: Estimate
    weight: float
    counted: float  #: estimate, or .75 when nothing is known
    worst: str | None  #: id of the question that weighs most in it; None when no question has any debt
    questions: tuple[str, ...]  #: applicable question ids
    left_out: bool = False  #: every question of it is left out, and so is the area


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Everything one scoring says. Questions and areas that do not apply are absent."""

    system: Estimate
    areas: tuple[AreaScore, ...]
    questions: Mapping[str, QuestionScore]
    contradictions: tuple[Contradiction, ...]
    worst_area: str | None  #: the rated area with the most debt; None when none is rated or none has debt
    scoring_id: str  #: sha256 of code version and parameters; what the pack declares is in its content hash
    hints: tuple[Hint, ...] = ()  #: floors on questions without an answer: they ask to be answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which questions are asked at all. `switches` None = every switch is on."""

    core_only: bool = False
    switches: frozenset[str] | None = None

    def applies(self, switch: str | None) -> bool:
        """Whether an area or question with this `applies_when` is asked."""
        return switch is None or self.switches is None or switch in self.switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The numbers of the method. Raises ValueError when they would break a promise of the method.

    For a pack with an aggregation of its own, `scoring.aggregate.parameters_of` fills them from its declaration, and
    its rules take the place of `power` and `critical_share`.
    """

    power: float = 3.0  #: exponent of the mean; 1 = plain mean, large = the worst decides
    critical_share: float = 0.65  #: share of the worst critical question's debt that no mean can hide
    unknown: float = 0.75  #: debt counted for an unknown or unanswered question
    values: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)  #: debt of each level
    coverage_min: float = 0.8  #: least share of known weight for a band
    band_limits: tuple[float, ...] = (0.125, 0.375, 0.625, 0.875)  #: upper ends of A..D, closed on the right
    declared: Aggregation | None = None  #: of the pack; None = our own method, with the numbers above

    def __post_init__(self) -> None:
        problems = []
        if not 1 <= self.power <= 100:
            problems.append("power must be 1 to 100")
        problems += [
            f"{name} must be 0 to 1"
            for name in ("critical_share", "unknown", "coverage_min")
            if not 0 <= getattr(self, name) <= 1
        ]
        values, count = self.values, len(self.declared.values) if self.declared else LEVELS_MAX
        if len(values) != count or values[0] != 0 or values[-1] != 1 or not _rising(values):
            problems.append(f"values must be {count} numbers that rise from 0 to 1")
        if len(self.band_limits) != 4 or not _rising((0.0, *self.band_limits, 1.0)):
            problems.append("band_limits must be four rising numbers between 0 and 1")
        if problems:
            raise ValueError("; ".join(problems))


def _rising(numbers: tuple[float, ...]) -> bool:
    return all(before < after for before, after in pairwise(numbers))
