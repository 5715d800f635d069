"""Two scores by one yardstick: the questions both sides asked, the later weights and rules, and any mix of causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from checklists.checklist import Checklist
from scoring.causes import NOT_APPLICABLE, ORDER, Cause, Facets, floor_of, response_of
from scoring.panel import Ballots, shared_ballots
from scoring.score import DEFAULTS, combine_system, is_asked, score
from scoring.terms import Estimate, Floor, Parameters, Response, Scope, Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two scores, with the checklist it was made from and what of it was asked."""

    checklist: Checklist
    score: Score
    asked: Scope

    def offered(self) -> frozenset[str]:
        """The questions this side put to the team; a switch that is off makes them not applicable, not absent."""
        core_only = Scope(core_only=self.asked.core_only)
        return frozenset(
            question.id
            for area in self.checklist.areas
            for question in area.questions
            if is_asked(area, question, core_only)
        )


class Yardstick:
    """Scores both sides, and every mix of them, over the same questions by the same weights and rules.

    The later checklist and the later rules are the yardstick, so that a longer list or another weight never looks like
    a change of the system. What the yardstick itself did is the difference between `total` and `difference`.
    """

    def __init__(
        self,
        before: Side,
        after: Side,
        *,
        ballots: tuple[Ballots, Ballots] | None = None,
        parameters: Parameters | None = None,
    ) -> None:
        self.sides = (before, after)
        self.common = before.offered() & after.offered()
        self.common_only = (
            before.checklist.content_hash != after.checklist.content_hash
            or before.asked.core_only != after.asked.core_only
        )
        self._parameters = parameters or DEFAULTS
        self._asked = Scope(core_only=after.asked.core_only and not self.common_only)
        self._checklist = _restricted(after.checklist, self.common) if self.common_only else after.checklist
        self.facets = {
            question: _facets(question, before.score, after.score, ballots)
            for question in after.checklist.questions
            if question in self.common
        }
        found = {cause for facets in self.facets.values() for cause in facets.causes}
        self.happened = tuple(cause for cause in ORDER if cause in found)  #: the yardstick apart
        self._scored: dict[frozenset[Cause], Score] = {}

    @cached_property
    def rules_differ(self) -> bool:
        """Whether one of the two was scored by other rules than the yardstick's."""
        return any(side.score.scoring_id != self._rules for side in self.sides)

    @cached_property
    def ends(self) -> tuple[Score, Score]:
        """Both sides by the yardstick: as they are where it did not change."""
        if not self.common_only and not self.rules_differ:
            return self.sides[0].score, self.sides[1].score
        return self.mixed(frozenset()), self.mixed(frozenset(self.happened))

    def mixed(self, happened: frozenset[Cause]) -> Score:
        """The score as it would be had only these causes happened."""
        known = self._scored.get(happened)
        if known is None:
            responses = {question: facets.response(happened) for question, facets in self.facets.items()}
            floors = [
                floor
                for question, facets in self.facets.items()
                if responses[question] is not NOT_APPLICABLE
                for floor in floor_of(question, facets.floor(happened))
            ]
            known = self._scored[happened] = self._score(self._checklist, responses, floors, self._asked)
        return known

    def worth(self, happened: frozenset[Cause], area: str) -> float:
        """The debt of an area, or of the system (""), had only these causes happened; what counts where unrated."""
        scored = self.mixed(happened)
        if area:
            return next(one.counted for one in scored.areas if one.id == area)
        if scored.system.estimate is not None:
            return scored.system.estimate
        counted = [replace(one, estimate=replace(one.estimate, estimate=one.counted)) for one in scored.areas]
        return combine_system(counted, self._parameters).estimate or 0.0

    def total(self, area: str) -> float | None:
        """The difference of the two numbers as they were shown, each by its own yardstick; None unless both are."""
        return difference_of(area, self.sides[0].score, self.sides[1].score)

    def difference_by_rules(self, area: str) -> float | None:
        """The difference with both sides whole, each by its own checklist, but by the same rules."""
        return difference_of(area, *self._by_rules)

    def difference(self, area: str) -> float | None:
        """The difference by the yardstick."""
        return difference_of(area, *self.ends)

    def rules_moved(self, question: str) -> bool:
        """Whether the rules alone gave this question another debt on one of the two sides."""
        if not self.rules_differ:
            return False
        pairs = (
            (side.score.questions.get(question), ruled.questions.get(question))
            for side, ruled in zip(self.sides, self._by_rules, strict=True)
        )
        return any(old is not None and new is not None and old.debt != new.debt for old, new in pairs)

    def area_of(self, question: str) -> str | None:
        """The id of the area a question stands in, by the later checklist that has it."""
        for side in reversed(self.sides):
            if question in side.checklist.area_of:
                return side.checklist.area_of[question].id
        return None

    @cached_property
    def _rules(self) -> str:
        return self.mixed(frozenset(self.happened)).scoring_id

    @cached_property
    def _by_rules(self) -> tuple[Score, Score]:
        before, after = (self._ruled(side) for side in self.sides)
        return before, after

    def _ruled(self, side: Side) -> Score:
        if side.score.scoring_id == self._rules:
            return side.score
        applicable = side.score.questions
        responses = {
            question: response_of(applicable[question]) if question in applicable else NOT_APPLICABLE
            for question in side.checklist.questions
        }
        floors = [floor for question in applicable.values() for floor in floor_of(question.id, question.floor)]
        return self._score(side.checklist, responses, floors, side.asked)

    def _score(
        self, checklist: Checklist, responses: Mapping[str, Response], floors: list[Floor], asked: Scope
    ) -> Score:
        return score(checklist, responses, floors, asked=asked, parameters=self._parameters)


def estimate_of(scored: Score, area: str) -> Estimate | None:
    """The estimate of an area, or of the system (""); None where the area does not apply."""
    if not area:
        return scored.system
    return next((one.estimate for one in scored.areas if one.id == area), None)


def difference_of(area: str, before: Score, after: Score) -> float | None:
    """Later minus earlier estimate of an area, or of the system (""); None unless both are rated."""
    first, last = estimate_of(before, area), estimate_of(after, area)
    if first is None or last is None or first.estimate is None or last.estimate is None:
        return None
    return last.estimate - first.estimate


def _facets(question: str, before: Score, after: Score, ballots: tuple[Ballots, Ballots] | None) -> Facets:
    old, new = before.questions.get(question), after.questions.get(question)
    shared = None if old is None or new is None else shared_ballots(old, new, ballots)
    return Facets(id=question, old=old, new=new, ballots=shared)


def _restricted(checklist: Checklist, common: frozenset[str]) -> Checklist:
    """The checklist with the common questions only, and without the areas that hold none."""
    areas = (
        replace(area, questions=tuple(question for question in area.questions if question.id in common))
        for area in checklist.areas
    )
    return replace(checklist, areas=tuple(area for area in areas if area.questions))
