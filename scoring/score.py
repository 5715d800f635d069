"""From a checklist, responses and floors to a Score: estimate, interval, coverage and band for each question, area and system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ResponseState(StrEnum):
    """Where a question stands. A question without a response counts as unanswered and scores like unknown."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a team gave for one question.

    `level` alone counts as one vote; `votes` alone settle to their upper median; with both, `level` is what was
    settled (a facilitator's override) and `votes` give the spread. A vote of None is "we do not know".
    """

    state: ResponseState
    level: int | None = None
    votes: tuple[int | None, ...] = ()
    reason: str = ""  #: why not applicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least debt a directly observed fact allows on one question."""

    question: str
    signal: str
    value: float  #: .5 for a direct observation, .25 for a strong indirect one
    message: str = ""


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
    """A weak signal, or a strong one without an answer it could contradict: it asks, it never counts."""

    question: str
    signal: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Debt 0..1 (higher is worse). `estimate` is None when nothing is known ("not rated") or nothing applies."""

    estimate: float | None
    low: float
    high: float
    coverage: float  #: known weight / applicable weight, 0..1
    band: str | None  #: A..E, None below 80 % coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionScore:
    """The debt of one applicable question."""

    id: str
    debt: float  #: max of the settled level's value and the floor; .75 when unknown
    low: float
    high: float
    level: int | None  #: settled level, None when unknown or unanswered
    known: bool
    weight: float
    critical: bool
    floor: float  #: 0 when none
    votes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaScore:
    """The debt of one applicable area. `counted` is what goes into the system when the area is not rated."""

    id: str
    estimate: Estimate
    weight: float
    counted: float  #: estimate, or .75 when nothing is known
    worst: str | None  #: id of the question that weighs most in it
    questions: tuple[str, ...]  #: applicable question ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Everything one scoring says. Questions and areas that do not apply are absent."""

    system: Estimate
    areas: tuple[AreaScore, ...]
    questions: Mapping[str, QuestionScore]
    contradictions: tuple[Contradiction, ...]
    worst_area: str | None
    scoring_id: str  #: sha256 of code version and parameters


def score(
    checklist: Checklist,
    responses: Mapping[str, Response],
    floors: Sequence[Floor] = (),
    *,
    asked: Scope | None = None,
    parameters: Parameters | None = None,
) -> Score:
    """Contract only; the scoring helper writes the body."""
    raise NotImplementedError
