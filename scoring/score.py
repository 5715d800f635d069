"""From a checklist, responses and floors to a Score: estimate, interval, coverage and band at every step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from math import fsum, isfinite
from operator import attrgetter

from checklists.aggregation import Counts, Mean, MeanOfMeans, Missing, PowerMean, Rule, Sum
from checklists.checklist import Area, Checklist, Question
from scoring.aggregate import DEFAULTS, Terms, area_rule, combine, fitting, parameters_of, power_mean, system_rule
from scoring.bands import band
from scoring.terms import (
    AreaScore,
    Contradiction,
    Estimate,
    Floor,
    Hint,
    Parameters,
    QuestionScore,
    Response,
    ResponseState,
    Scope,
    Score,
)
from scoring.votes import Consensus, consensus, in_order

__all__ = [
    "CODE_VERSION",
    "DEFAULTS",
    "AreaScore",
    "Contradiction",
    "Estimate",
    "Floor",
    "Hint",
    "Parameters",
    "QuestionScore",
    "Response",
    "ResponseState",
    "Scope",
    "Score",
    "combine_area",
    "combine_system",
    "parameters_json",
    "parameters_of",
    "power_mean",
    "score",
    "scoring_id",
]

CODE_VERSION = "1"  #: rises whenever the same input would give another number
COVERAGE_SLACK = 1e-12  #: exactly 80 % known stays 80 % after a sum of fractions a computer cannot hold exactly
_PREPARED_MAX = 8  #: checklists kept in their prepared form

NOTHING_APPLIES = Estimate(estimate=None, low=0.0, high=0.0, coverage=0.0, band=None)


def score(
    checklist: Checklist,
    responses: Mapping[str, Response],
    floors: Sequence[Floor] = (),
    *,
    asked: Scope | None = None,
    parameters: Parameters | None = None,
) -> Score:
    """Score one system: debts 0..1, higher is worse, unrounded, the same bits in any order of questions or votes.

    A question without a response counts as unknown; responses and floors for questions that are not asked, not
    applicable or not in the checklist are ignored. A floor above a known answer's own debt is a contradiction; a floor
    on an unknown question is kept (debt the larger of .75 and the floor) and becomes a hint.

    When nothing applies at all, `areas` and `questions` are empty and `system` is "not applicable": estimate None,
    low and high 0 (no weight can carry no debt), coverage 0, no band. "Not rated" differs from it by high = 1.

    A checklist with an aggregation of its own is scored by it, whatever `parameters` say.

    Raises ValueError when the checklist has a weight that is not above 0, or an answer a level above its scale.
    """
    parameters = fitting(checklist, parameters)
    prepared = _prepare(_ByIdentity(checklist), asked or Scope(), parameters)
    highest = _highest(floors)
    questions: dict[str, QuestionScore] = {}
    areas: list[AreaScore] = []
    for area in prepared:
        scored = [
            _score_question(question, responses.get(question.id), highest.get(question.id, 0.0), parameters)
            for question in area.questions
        ]
        applicable = [question for question in scored if question is not None]
        if applicable:
            areas.append(combine_area(area.id, area.weight, applicable, parameters))
            questions.update((question.id, question) for question in applicable)
    contradictions, hints = _weigh_floors(questions, floors, parameters) if floors else ((), ())
    return Score(
        system=combine_system(areas, parameters),
        areas=tuple(areas),
        questions=questions,
        contradictions=contradictions,
        worst_area=_worst_area(areas),
        scoring_id=scoring_id(parameters),
        hints=hints,
    )


def combine_area(area_id: str, weight: float, questions: Sequence[QuestionScore], parameters: Parameters) -> AreaScore:
    """The debt of an area from its applicable questions, at least one.

    The area's rule on the debts, by default max( power mean, .65 x the worst critical debt ), and the same for the
    lower and the upper ends.
    """
    rule = area_rule(parameters, area_id)
    asked = tuple([question.id for question in questions])
    weights = [question.weight for question in questions]
    known = [question.weight for question in questions if question.known]
    coverage = fsum(known) / fsum(weights)
    counting, ids = questions, asked
    if parameters.declared:
        counting = [question for question in questions if not question.left_out]
        ids, weights = tuple([question.id for question in counting]), [question.weight for question in counting]
    if not counting:
        unrated = Estimate(estimate=None, low=0.0, high=1.0, coverage=coverage, band=None)
        return AreaScore(
            id=area_id, estimate=unrated, weight=weight, counted=0.0, worst=None, questions=asked, left_out=True
        )
    critical = [question for question in counting if question.critical]
    counted, low, high = (
        combine(rule, Terms(ids, list(map(end, counting)), weights, list(map(end, critical))), parameters.values)
        for end in (_DEBT, _LOW, _HIGH)
    )
    return AreaScore(
        id=area_id,
        estimate=_estimate(
            debt=counted, low=low, high=high, coverage=coverage, known=bool(known), parameters=parameters
        ),
        weight=weight,
        counted=counted,
        worst=_worst_question(rule, counting, critical, counted),
        questions=asked,
    )


def combine_system(areas: Sequence[AreaScore], parameters: Parameters) -> Estimate:
    """The debt of a system: its rule on its applicable areas, by default their power mean.

    An area that is not rated counts what it counts (.75) and [0, 1], unless the checklist leaves it out.
    """
    if not areas:
        return NOTHING_APPLIES
    coverage = power_mean([area.estimate.coverage for area in areas], [area.weight for area in areas], 1.0)
    counting = [area for area in areas if not area.left_out]
    if not counting:
        return Estimate(estimate=None, low=0.0, high=1.0, coverage=coverage, band=None)
    rule, ids = system_rule(parameters), [area.id for area in counting]
    weights = [area.weight for area in counting]
    debt, low, high = (
        combine(rule, Terms(ids, debts, weights), parameters.values)
        for debts in (
            [area.counted for area in counting],
            [area.estimate.low for area in counting],
            [area.estimate.high for area in counting],
        )
    )
    return _estimate(
        debt=debt,
        low=low,
        high=high,
        coverage=coverage,
        known=any(area.estimate.estimate is not None for area in areas),
        parameters=parameters,
    )


def parameters_json(parameters: Parameters) -> str:
    """The numbers of our own method as canonical JSON: sorted keys, no blanks.

    What a pack declares is not repeated: it is part of the checklist, and of the checklist's content hash.
    """
    numbers = asdict(DEFAULTS if parameters.declared else parameters)
    del numbers["declared"]
    return json.dumps(numbers, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=64)
def scoring_id(parameters: Parameters) -> str:
    """sha256 (hex) of code version and parameters: with it, two scores of a checklist followed one rule."""
    return hashlib.sha256(f"{CODE_VERSION}\n{parameters_json(parameters)}".encode()).hexdigest()


# -- one question


#: Sorted votes of five people are one of 252; a portfolio meets the same ones again and again.
MET_MAX = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question ready to be scored: its score for each bare level and without one, when no floor interferes."""

    id: str
    unknown: QuestionScore
    blank: QuestionScore
    not_applicable: QuestionScore | None  #: None: it is taken out
    bare: tuple[QuestionScore, ...]
    met: dict[tuple[tuple[int | None, ...], int, float, int], QuestionScore] = field(
        default_factory=dict, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _AskedArea:
    id: str
    weight: float
    questions: tuple[_Asked, ...]


def _score_question(
    question: _Asked, response: Response | None, floor: float, parameters: Parameters
) -> QuestionScore | None:
    """The score of one question, None when it is not applicable and taken out."""
    if response is None:
        return _unknown(question.blank, floor, ())
    if response.state is ResponseState.NOT_APPLICABLE:
        return question.not_applicable
    votes, level, doubt = response.votes, response.level, response.doubt
    if response.state is ResponseState.UNKNOWN:
        return _unknown(question.unknown, floor, votes)
    if level is not None and not votes and not floor and not doubt and level < len(question.bare):
        return question.bare[level]
    try:
        settled = consensus(votes, level, len(question.bare) - 1)
    except ValueError as error:
        raise ValueError(f"{question.id}: {error}") from None
    if settled.level is None:
        return _unknown(question.unknown, floor, votes)
    seen = (settled.votes, settled.level, floor, doubt)
    known = question.met.get(seen)
    if known is None:
        known = _answered(question.unknown, settled, settled.level, floor, parameters.values, doubt)
        if len(question.met) < MET_MAX:
            question.met[seen] = known
    return known


def _unknown(unknown: QuestionScore, floor: float, votes: Sequence[int | None]) -> QuestionScore:
    if not floor and not votes:
        return unknown
    return replace(
        unknown,
        debt=max(unknown.debt, floor),
        high=max(unknown.high, floor),
        floor=floor,
        votes=in_order(votes),
    )


def _answered(  # noqa: PLR0917  (named at the call)
    unknown: QuestionScore, settled: Consensus, level: int, floor: float, values: Sequence[float], doubt: int = 0
) -> QuestionScore:
    """A settled level over a floor; the lower end stays the answer's own. A doubt moves both ends out, not the debt."""
    debt, high = values[level], values[min(settled.high + doubt, len(values) - 1)]
    return QuestionScore(
        id=unknown.id,
        debt=debt if debt > floor else floor,
        low=values[max(settled.low - doubt, 0)],
        high=high if high > floor else floor,
        level=level,
        known=True,
        weight=unknown.weight,
        critical=unknown.critical,
        floor=floor,
        votes=settled.votes,
        doubt=doubt,
    )


# -- an area


_DEBT, _LOW, _HIGH = attrgetter("debt"), attrgetter("low"), attrgetter("high")


def _estimate(
    *, debt: float, low: float, high: float, coverage: float, known: bool, parameters: Parameters
) -> Estimate:
    covered = known and coverage + COVERAGE_SLACK >= parameters.coverage_min
    return Estimate(
        estimate=debt if known else None,
        low=low,
        high=high,
        coverage=coverage,
        band=band(debt, parameters.band_limits) if covered else None,
    )


def _worst_question(
    rule: Rule, questions: Sequence[QuestionScore], critical: Sequence[QuestionScore], counted: float
) -> str | None:
    """The question that weighs most: the worst critical one where it decides the area, else the largest w d^p.

    Where a rule weighs nothing, the largest debt. The smallest id wins a tie, so that the order of the questions does
    not matter. None without any debt.
    """
    if not counted:
        return None
    worst_critical = max(map(_DEBT, critical), default=0.0)
    if isinstance(rule, PowerMean) and counted == rule.critical_share * worst_critical:
        return min([question.id for question in critical if question.debt == worst_critical])
    if isinstance(rule, PowerMean):
        terms = [question.weight * question.debt**rule.power for question in questions]
    elif isinstance(rule, Mean | Sum | MeanOfMeans):
        terms = [question.weight * question.debt for question in questions]
    else:
        terms = [question.debt for question in questions]
    largest = max(terms)
    return min([question.id for question, term in zip(questions, terms, strict=True) if term == largest])


def _worst_area(areas: Iterable[AreaScore]) -> str | None:
    rated = ((-area.counted, area.id) for area in areas if area.estimate.estimate)
    return min(rated, default=(0.0, None))[1]


# -- floors


def _highest(floors: Iterable[Floor]) -> dict[str, float]:
    """The largest floor of each question: evidence given twice, or in another order, changes nothing."""
    highest: dict[str, float] = {}
    for floor in floors:
        if floor.value > highest.get(floor.question, 0.0):
            highest[floor.question] = floor.value
    return highest


def _weigh_floors(
    questions: Mapping[str, QuestionScore], floors: Iterable[Floor], parameters: Parameters
) -> tuple[tuple[Contradiction, ...], tuple[Hint, ...]]:
    """Floors above the answer's own debt contradict it; floors on a question nobody answered ask for an answer."""
    contradictions: list[Contradiction] = []
    hints: list[Hint] = []
    place = {question_id: number for number, question_id in enumerate(questions)}
    for floor in sorted(
        {
            floor
            for floor in floors
            if floor.value > 0 and floor.question in questions and questions[floor.question].applies
        },
        key=lambda it: (place[it.question], -it.value, it.signal, it.message),
    ):
        level = questions[floor.question].level
        if level is None:
            hints.append(Hint(question=floor.question, signal=floor.signal, message=floor.message))
        elif parameters.values[level] < floor.value:
            contradictions.append(
                Contradiction(
                    question=floor.question,
                    signal=floor.signal,
                    answered=parameters.values[level],
                    floor=floor.value,
                    message=floor.message,
                )
            )
    return tuple(contradictions), tuple(hints)


# -- a checklist made ready once, so that re-scoring a portfolio does not pay for it each time


class _ByIdentity:
    """A checklist as a cache key: it cannot be hashed by its content, and its hash may be a stand-in in tests."""

    __slots__ = ("checklist",)

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist

    def __hash__(self) -> int:
        return id(self.checklist)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.checklist is other.checklist


@lru_cache(maxsize=_PREPARED_MAX)
def _prepare(key: _ByIdentity, asked: Scope, parameters: Parameters) -> tuple[_AskedArea, ...]:
    checklist = key.checklist
    return tuple(
        _AskedArea(
            id=area.id,
            weight=_above_zero(area.weight, f"area {area.id}"),
            questions=tuple(
                _ask(question, checklist, parameters) for question in area.questions if is_asked(area, question, asked)
            ),
        )
        for area in checklist.areas
    )


def is_asked(area: Area, question: Question, asked: Scope) -> bool:
    """Whether a question of an area belongs to the scope at all."""
    return (
        asked.applies(area.applies_when)
        and asked.applies(question.applies_when)
        and (question.core or not asked.core_only)
    )


def _ask(question: Question, checklist: Checklist, parameters: Parameters) -> _Asked:
    severity = checklist.classes.severity[question.severity]
    unknown = QuestionScore(
        id=question.id,
        debt=parameters.unknown,
        low=0.0,
        high=1.0,
        level=None,
        known=False,
        weight=_above_zero(severity.weight, f"severity {question.severity}"),
        critical=severity.critical,
        floor=0.0,
        votes=(),
    )
    blank, not_applicable = unknown, None
    if declared := parameters.declared:
        values = declared.values
        if declared.not_applicable.counts is not Counts.EXCLUDE:
            not_applicable = _missing(replace(unknown, known=True, applies=False), declared.not_applicable, values)
        blank = _missing(unknown, declared.blank, values)
        unknown = _missing(unknown, declared.unknown, values)
    return _Asked(
        id=question.id,
        unknown=unknown,
        blank=blank,
        not_applicable=not_applicable,
        bare=tuple(
            _answered(unknown, consensus((), level, len(parameters.values) - 1), level, 0.0, parameters.values)
            for level in range(len(parameters.values))
        ),
    )


def _missing(plain: QuestionScore, missing: Missing, values: Sequence[float]) -> QuestionScore:
    """A question without a level, as the checklist lets it count."""
    match missing.counts:
        case Counts.EXCLUDE:
            return replace(plain, debt=0.0, left_out=True)
        case Counts.INTERVAL:
            return replace(plain, debt=missing.debt)
        case Counts.VALUE:
            return replace(plain, debt=missing.debt, low=missing.debt, high=missing.debt)
        case Counts.TARGET:
            debt = values[missing.level]
            return replace(plain, debt=debt, low=debt, high=debt)


def _above_zero(weight: float, where: str) -> float:
    if not (isfinite(weight) and weight > 0):
        raise ValueError(f"{where}: a weight must be above 0, not {weight!r}")
    return weight
