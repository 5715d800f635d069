"""Two scores by one yardstick: the questions both sides asked, the later weights and rules, and any mix of causes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from checklists.checklist import Checklist
from scoring.aggregate import fitting
from scoring.causes import NOT_APPLICABLE, ORDER, Cause, Facets, floor_of
from scoring.panel import Ballots, shared_ballots
from scoring.score import combine_system, is_asked, score
from scoring.terms import AreaScore, Estimate, Floor, Parameters, QuestionScore, Response, ResponseState, Scope, Score


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

    def floors(self) -> list[Floor]:
        """The floors the questions were scored with."""
        return [floor for question in self.score.questions.values() for floor in floor_of(question.id, question.floor)]

    def responses(self) -> dict[str, Response]:
        """What the score was made from, as far as it depends on it; an unanswered question is absent.

        Only some packs let an unanswered question count otherwise than "we do not know"; for them it is tried.
        """
        unlike = self._unlike_unknown()
        found = {}
        for question in self.checklist.questions:
            scored = applicable(self.score, question)
            if scored is None:
                found[question] = NOT_APPLICABLE
            elif scored.known:
                found[question] = Response(
                    state=ResponseState.ANSWERED, level=scored.level, votes=scored.votes, doubt=scored.doubt
                )
            elif question not in unlike:
                found[question] = Response(state=ResponseState.UNKNOWN, votes=scored.votes)
        return found

    def _unlike_unknown(self) -> frozenset[str]:
        """The questions not known that were scored otherwise than "we do not know" is: nobody answered them."""
        if self.checklist.aggregation.blank == self.checklist.aggregation.unknown:
            return frozenset()
        unknown = {
            question.id: Response(state=ResponseState.UNKNOWN, votes=question.votes)
            for question in self.score.questions.values()
            if not question.known
        }
        tried = score(self.checklist, unknown, self.floors(), asked=self.asked).questions
        return frozenset(question for question in unknown if tried[question] != self.score.questions[question])


def applicable(scored: Score, question: str) -> QuestionScore | None:
    """The score of a question, None where it does not apply, whether or not it counts all the same."""
    found = scored.questions.get(question)
    return found if found is not None and found.applies else None


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
        self.common = _common(before, after)
        self.common_only = (
            before.checklist.content_hash != after.checklist.content_hash
            or before.asked.core_only != after.asked.core_only
        )
        self._given_parameters = parameters
        self.parameters = fitting(after.checklist, parameters)
        self._asked = Scope(core_only=after.asked.core_only and not self.common_only)
        self._checklist = _restricted(after.checklist, self.common) if self.common_only else after.checklist
        given = before.responses(), after.responses()
        self.facets = {
            question: _facets(
                question, before.score, after.score, ballots, (given[0].get(question), given[1].get(question))
            )
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
            responses, floors = self._given(lambda _: happened)
            known = self._scored[happened] = self._score(responses, floors)
        return known

    def mixed_by_question(self, happened: Callable[[str], frozenset[Cause]]) -> Score:
        """The score as it would be had to each question only its own causes happened."""
        return self._score(*self._given(happened))

    def _given(self, happened: Callable[[str], frozenset[Cause]]) -> tuple[dict[str, Response], list[Floor]]:
        """The responses and floors had to each question only these causes happened."""
        answers = {question: facets.response(happened(question)) for question, facets in self.facets.items()}
        floors = [
            floor
            for question, facets in self.facets.items()
            if answers[question] is not NOT_APPLICABLE
            for floor in floor_of(question, facets.floor(happened(question)))
        ]
        return {question: answer for question, answer in answers.items() if answer is not None}, floors

    def worth(self, happened: frozenset[Cause], area: str) -> float:
        """The debt of an area, or of the system (""), had only these causes happened; what counts where unrated."""
        return counted(self.mixed(happened), self.parameters)[area]

    def redrawn(self, place: int, levels: Mapping[str, int]) -> dict[str, float]:
        """What each area and the system ("") would count at one end with these levels instead of those given.

        `place` is 0 for the earlier end, 1 for the later; -1 is "we do not know".
        """
        happened = frozenset(self.happened) if place else frozenset()
        responses, floors = self._given(lambda _: happened)
        drawn = {
            question: Response(state=ResponseState.UNKNOWN)
            if level < 0
            else Response(state=ResponseState.ANSWERED, level=level)
            for question, level in levels.items()
        }
        return counted(self._score({**responses, **drawn}, floors), self.parameters)

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
        return score(
            side.checklist, side.responses(), side.floors(), asked=side.asked, parameters=self._given_parameters
        )

    def _score(self, responses: Mapping[str, Response], floors: list[Floor]) -> Score:
        return score(self._checklist, responses, floors, asked=self._asked, parameters=self._given_parameters)


def counted(scored: Score, parameters: Parameters) -> dict[str, float]:
    """What each area and the system ("") counts, rated or not: 0..1."""
    found = {area.id: area.counted for area in scored.areas}
    system = scored.system.estimate
    return {**found, "": counted_together(scored.areas, parameters) if system is None else system}


def counted_together(areas: Sequence[AreaScore], parameters: Parameters) -> float:
    """What areas count as a system, each rated or not: 0..1."""
    rated = [replace(area, estimate=replace(area.estimate, estimate=area.counted)) for area in areas]
    return combine_system(rated, parameters).estimate or 0.0


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


def over_common(sides: Sequence[Side], *, parameters: Parameters | None = None) -> tuple[frozenset[str], list[Score]]:
    """The questions all sides asked, and each side scored over these alone, by the weights and rules of the last.

    So a series of quarters that did not ask the same can be drawn as one line. Raises ValueError without a side.
    """
    if not sides:
        raise ValueError("there is nothing to score over common questions")
    last = sides[-1]
    common = frozenset.intersection(*(_common(side, last) for side in sides))
    checklist = _restricted(last.checklist, common)
    scores = [score(checklist, side.responses(), side.floors(), parameters=parameters) for side in sides]
    return common, scores


def _common(before: Side, after: Side) -> frozenset[str]:
    """The questions both sides asked on the same number of levels: on another scale it is another question."""
    first, last = before.checklist.questions, after.checklist.questions
    both = before.offered() & after.offered()
    return frozenset(question for question in both if len(first[question].levels) == len(last[question].levels))


def _facets(
    question: str,
    before: Score,
    after: Score,
    ballots: tuple[Ballots, Ballots] | None,
    responses: tuple[Response | None, Response | None],
) -> Facets:
    old, new = applicable(before, question), applicable(after, question)
    shared = None if old is None or new is None else shared_ballots(old, new, ballots)
    return Facets(id=question, old=old, new=new, ballots=shared, responses=responses)


def _restricted(checklist: Checklist, common: frozenset[str]) -> Checklist:
    """The checklist with the common questions only, and without the areas that hold none."""
    areas = (
        replace(area, questions=tuple(question for question in area.questions if question.id in common))
        for area in checklist.areas
    )
    return replace(checklist, areas=tuple(area for area in areas if area.questions))
