"""What changed between two scores: each question with one cause, each area and the system with a direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from checklists.checklist import Checklist
from scoring.score import DEFAULTS, combine_area, combine_system, is_asked
from scoring.terms import AreaScore, Estimate, Parameters, QuestionScore, Scope, Score
from scoring.trend import Trend, trend

__all__ = [
    "SMALLEST_DETECTABLE_CHANGE",
    "AreaChange",
    "Cause",
    "Comparison",
    "Counts",
    "Direction",
    "QuestionChange",
    "SystemChange",
    "Trend",
    "compare",
    "trend",
]

SMALLEST_DETECTABLE_CHANGE = 0.085
"""The least difference of debt (0..1) that is called better or worse.

Simulated: an area of ten questions, nothing truly changed, each vote off by one level with probability .4. Then 95 % of
the differences between two quarters stay below .11 with three voters, .085 with five, .08 with eight. The row of five
is taken: it is the usual panel, and a score does not know who sat on it. With three voters one difference in ten is
then still noise; for a system of many areas the limit is on the careful side.
"""


class Cause(StrEnum):
    """Why a question differs. Exactly one for each changed question."""

    CHECKLIST = "checklist"  #: asked by one version or scope only, or the same answer with another weight
    NOT_APPLICABLE = "not-applicable"  #: applies in one of the two only
    NEWLY_KNOWN = "newly known"  #: unknown before, answered now
    NO_LONGER_KNOWN = "no longer known"  #: answered before, unknown now
    ANSWERS = "answers"  #: another level, or other votes
    EVIDENCE = "evidence"  #: another floor
    RULES = "scoring rules"  #: same answer, same evidence, another debt: the rules changed


class Direction(StrEnum):
    """Which way an area or the system moved, "none" when the difference may well be chance."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChange:
    """One question that is not the same in both scores. `before` or `after` is None where it did not apply."""

    id: str
    before: QuestionScore | None
    after: QuestionScore | None
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many questions went which way. Improved and worse are known in both; the rest is counted apart."""

    improved: int = 0
    worse: int = 0
    same: int = 0
    newly_known: int = 0
    no_longer_known: int = 0
    not_comparable: int = 0  #: in one of the two scores only

    def __str__(self) -> str:
        parts = [f"{self.improved} improved", f"{self.worse} worse", f"{self.same} same"]
        others = (self.newly_known, "newly known"), (self.no_longer_known, "no longer known")
        parts += [f"{count} {word}" for count, word in others if count]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemChange:
    """The system before and after, over the common questions when the checklists or their scopes differ.

    `direction` is better or worse where the difference exceeds SMALLEST_DETECTABLE_CHANGE, else none. This is a fixed
    limit from a simulation; the honest test, resampling the votes of the people who answered, comes later and will
    replace it.
    """

    before: Estimate
    after: Estimate
    difference: float | None  #: after - before, negative is better; None where one of them is not rated
    direction: Direction
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """One area before and after, over the common questions when the checklists or their scopes differ.

    `before` or `after` is None where the area did not apply. `direction` is better or worse where the difference
    exceeds SMALLEST_DETECTABLE_CHANGE, else none. This is a fixed limit from a simulation; the honest test, resampling
    the votes of the people who answered, comes later and will replace it.
    """

    id: str
    before: Estimate | None
    after: Estimate | None
    difference: float | None  #: after - before, negative is better; None where one of them is not rated
    direction: Direction
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that changed between two scores, in the order of the later checklist."""

    system: SystemChange
    areas: tuple[AreaChange, ...]
    questions: tuple[QuestionChange, ...]  #: changed questions only
    common_only: bool  #: the differences of areas and system are over the questions both sides asked


def compare(
    checklist_before: Checklist,
    before: Score,
    checklist_after: Checklist,
    after: Score,
    *,
    asked_before: Scope | None = None,
    asked_after: Scope | None = None,
    parameters: Parameters = DEFAULTS,
) -> Comparison:
    """Compare two scores of one system.

    When the two checklists differ in content, or the one asked the core questions and the other all, areas and system
    are compared over the questions both sides asked, with the weights of the later checklist, so that a longer list or
    another weight never looks like a change of the system. Otherwise the two scores are compared as they are.
    """
    sides = (
        _Side(checklist_before, before, asked_before or Scope()),
        _Side(checklist_after, after, asked_after or Scope()),
    )
    common_only = (
        checklist_before.content_hash != checklist_after.content_hash or len({s.asked.core_only for s in sides}) > 1
    )
    common = sides[0].offered() & sides[1].offered()
    changes = [
        change
        for question in _both(checklist_after.questions, checklist_before.questions)
        if (change := _question_change(question, before, after, question in common, parameters)) is not None
    ]
    if common_only:
        before, after = (_restricted(side, common, checklist_after, parameters) for side in sides)
    areas_before, areas_after = ({area.id: area for area in score.areas} for score in (before, after))
    return Comparison(
        system=SystemChange(
            before=before.system,
            after=after.system,
            difference=_difference(before.system, after.system),
            direction=_direction(before.system, after.system),
            counts=_count(before, after, _both(after.questions, before.questions)),
        ),
        areas=tuple(
            _area_change(area, areas_before.get(area), areas_after.get(area), before, after)
            for area in _both(areas_after, areas_before)
        ),
        questions=tuple(changes),
        common_only=common_only,
    )


# -- questions


@dataclass(frozen=True, slots=True)
class _Side:
    checklist: Checklist
    score: Score
    asked: Scope

    def offered(self) -> set[str]:
        """The questions this side put to the team; a switch that is off makes them not applicable, not absent."""
        core_only = Scope(core_only=self.asked.core_only)
        return {
            question.id
            for area in self.checklist.areas
            for question in area.questions
            if is_asked(area, question, core_only)
        }


def _question_change(
    question: str, before: Score, after: Score, common: bool, parameters: Parameters
) -> QuestionChange | None:
    old, new = before.questions.get(question), after.questions.get(question)
    cause = _cause(old, new, common, parameters)
    return None if cause is None else QuestionChange(id=question, before=old, after=new, cause=cause)


def _cause(old: QuestionScore | None, new: QuestionScore | None, common: bool, parameters: Parameters) -> Cause | None:
    if old is None or new is None:
        if old is new:
            return None
        return Cause.NOT_APPLICABLE if common else Cause.CHECKLIST
    if old.known != new.known:
        return Cause.NEWLY_KNOWN if new.known else Cause.NO_LONGER_KNOWN
    return _cause_of_number(old, new, parameters)


def _cause_of_number(old: QuestionScore, new: QuestionScore, parameters: Parameters) -> Cause | None:
    """The cause for a question known in both or in neither.

    When answer and evidence both changed, the answer is the cause unless the old floor would have hidden it.
    """
    answered = (old.level, old.votes) != (new.level, new.votes)
    if old.floor != new.floor and not _shows(old, new, parameters):
        return Cause.EVIDENCE
    if answered:
        return Cause.ANSWERS
    if (old.weight, old.critical) != (new.weight, new.critical):
        return Cause.CHECKLIST
    return None if (old.debt, old.low, old.high) == (new.debt, new.low, new.high) else Cause.RULES


def _shows(old: QuestionScore, new: QuestionScore, parameters: Parameters) -> bool:
    """Whether the new level alone, under the old floor, would already have moved the debt."""
    if old.level == new.level or new.level is None:
        return False
    return max(parameters.values[new.level], old.floor) != old.debt


# -- areas and system


def _restricted(side: _Side, common: set[str], checklist: Checklist, parameters: Parameters) -> Score:
    """The score over the common questions, with the weights of one checklist on both sides."""
    questions = {
        question.id: replace(question, weight=severity.weight, critical=severity.critical)
        for question in side.score.questions.values()
        if question.id in common
        for severity in [checklist.classes.severity[checklist.questions[question.id].severity]]
    }
    areas = []
    for area in checklist.areas:
        inside = [questions[question.id] for question in area.questions if question.id in questions]
        if inside:
            areas.append(combine_area(area.id, area.weight, inside, parameters))
    system = combine_system(areas, parameters)
    return replace(side.score, system=system, areas=tuple(areas), questions=questions)


def _area_change(area: str, old: AreaScore | None, new: AreaScore | None, before: Score, after: Score) -> AreaChange:
    first, last = (old.estimate if old else None), (new.estimate if new else None)
    questions = _both(new.questions if new else (), old.questions if old else ())
    return AreaChange(
        id=area,
        before=first,
        after=last,
        difference=_difference(first, last),
        direction=_direction(first, last),
        counts=_count(before, after, questions),
    )


def _difference(before: Estimate | None, after: Estimate | None) -> float | None:
    if before is None or after is None or before.estimate is None or after.estimate is None:
        return None
    return after.estimate - before.estimate


def _direction(before: Estimate | None, after: Estimate | None) -> Direction:
    """Which way, where both sides are known well enough for a letter.

    Below that most of a number is what unanswered questions count as: a quarter in the middle of being answered
    would look much worse than the one before.
    """
    difference = _difference(before, after)
    if before is None or after is None or before.band is None or after.band is None:
        return Direction.NONE
    if difference is None or abs(difference) <= SMALLEST_DETECTABLE_CHANGE:
        return Direction.NONE
    return Direction.BETTER if difference < 0 else Direction.WORSE


def _count(before: Score, after: Score, questions: Iterable[str]) -> Counts:
    ways = [_way(before.questions.get(question), after.questions.get(question)) for question in questions]
    return Counts(**{way: ways.count(way) for way in set(ways)})


def _way(old: QuestionScore | None, new: QuestionScore | None) -> str:
    """The field of Counts a question belongs to."""
    if old is None or new is None:
        return "not_comparable"
    if old.known != new.known:
        return "newly_known" if new.known else "no_longer_known"
    return "same" if new.debt == old.debt else "improved" if new.debt < old.debt else "worse"


def _both(first: Iterable[str], second: Iterable[str]) -> list[str]:
    """The ids of both, each once, in the order of the first, then what only the second has."""
    return list(dict.fromkeys([*first, *second]))
