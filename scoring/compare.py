"""What changed between two scores: each question with its causes, each area and the system with direction and split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from checklists.checklist import Checklist
from scoring.causes import ORDER, Cause, CauseShare, in_order, settled_to, shapley
from scoring.panel import Ballots, PanelChange, is_voted, panel_change
from scoring.terms import Estimate, Parameters, QuestionScore, Scope, Score
from scoring.trend import Trend, trend
from scoring.yardstick import Side, Yardstick, applicable, difference_of, estimate_of

__all__ = [
    "SMALLEST_DETECTABLE_CHANGE",
    "AreaChange",
    "Basis",
    "Cause",
    "CauseShare",
    "Comparison",
    "Counts",
    "Direction",
    "PanelChange",
    "QuestionChange",
    "SystemChange",
    "Trend",
    "Verdict",
    "compare",
    "trend",
]

SMALLEST_DETECTABLE_CHANGE = 0.085
"""The least difference of debt (0..1) that is called better or worse where there are no votes to draw from.

Simulated: an area of ten questions, nothing truly changed, each vote off by one level with probability .4. Then 95 % of
the differences between two quarters stay below .096 with three voters, .068 with five, .050 with eight (benchmarks,
"Change between quarters"). A bare level does not know who sat on it, so the limit is a little loose for three and on
the careful side for five; for a system of many areas it is careful, too.
"""

VOTED_SHARE_MIN = 0.5  #: of the known questions: with fewer votes than this the draws say little of the whole


class Direction(StrEnum):
    """Which way an area or the system moved, "none" when the difference may well be chance."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"


class Basis(StrEnum):
    """What a direction goes by."""

    VOTES = "votes"  #: at least 95 % of the draws agree
    LIMIT = "limit"  #: no votes: the difference exceeds SMALLEST_DETECTABLE_CHANGE
    BOTH = "both"  #: some answers have votes, others none: the draws agree and the difference exceeds the limit
    NOT_KNOWN = "not known"  #: too little is known on one side to say anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A direction with what it goes by. `better` and `worse` of `draws` say so; 0 of 0 without votes."""

    direction: Direction
    basis: Basis
    better: int = 0
    worse: int = 0
    draws: int = 0

    @property
    def agreeing(self) -> int:
        """How many draws agree on the more frequent direction."""
        return max(self.better, self.worse)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChange:
    """One question that is not the same in both scores. `before` or `after` is None where it did not apply.

    `cause` is the one that decided; `causes` are all that touched the question, which is where its part of the
    difference went.
    """

    id: str
    before: QuestionScore | None
    after: QuestionScore | None
    cause: Cause
    causes: tuple[Cause, ...]


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
    """The system before and after by one yardstick: the common questions, the later weights, the later rules.

    `total` is the difference of the two numbers as they were shown, each by its own yardstick; it is what the shares
    of `causes` sum to. Without CHECKLIST and RULES, which are changes of the yardstick, they sum to `difference`.
    """

    before: Estimate
    after: Estimate
    difference: float | None  #: after - before, negative is better; None where one of them is not rated
    total: float | None
    causes: tuple[CauseShare, ...]  #: the largest first; none where there is no total
    verdict: Verdict
    counts: Counts

    @property
    def direction(self) -> Direction:
        """Which way it moved."""
        return self.verdict.direction


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """One area before and after, by one yardstick as the system; None where it did not apply.

    Several areas are looked at together, so a direction by draws has to pass Holm's procedure over them.
    """

    id: str
    before: Estimate | None
    after: Estimate | None
    difference: float | None  #: after - before, negative is better; None where one of them is not rated
    total: float | None
    causes: tuple[CauseShare, ...]
    verdict: Verdict
    counts: Counts

    @property
    def direction(self) -> Direction:
        """Which way it moved."""
        return self.verdict.direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that changed between two scores, in the order of the later checklist."""

    system: SystemChange
    areas: tuple[AreaChange, ...]
    questions: tuple[QuestionChange, ...]  #: changed questions only
    common_only: bool  #: the differences of areas and system are over the questions both sides asked
    panel: PanelChange


def compare(
    checklist_before: Checklist,
    before: Score,
    checklist_after: Checklist,
    after: Score,
    *,
    asked_before: Scope | None = None,
    asked_after: Scope | None = None,
    parameters: Parameters | None = None,
    ballots: tuple[Ballots, Ballots] | None = None,
) -> Comparison:
    """Compare two scores of one system.

    When the two checklists differ in content, or the one asked the core questions and the other all, areas and system
    are compared over the questions both sides asked, with the weights of the later checklist, so that a longer list or
    another weight never looks like a change of the system. When the rules differ, both are scored by the later ones.
    What the yardstick itself did to the number is a cause of its own, beside those of the difference.

    `ballots` say who voted what, before and after; without them another panel is a flag and no cause, because nobody
    can tell other people from other answers. Without ballots but with votes, the votes are drawn without names.
    """
    by = Yardstick(
        Side(checklist=checklist_before, score=before, asked=asked_before or Scope()),
        Side(checklist=checklist_after, score=after, asked=asked_after or Scope()),
        ballots=ballots,
        parameters=parameters,
    )
    first, last = by.ends
    changes = question_changes(by)
    areas = _both((area.id for area in last.areas), (area.id for area in first.areas))
    verdicts = _verdicts(by, areas, ballots)
    return Comparison(
        system=SystemChange(
            before=first.system,
            after=last.system,
            difference=by.difference(""),
            total=by.total(""),
            causes=cause_shares("", by, changes),
            verdict=verdicts[""],
            counts=_count(first, last, _asked_in("", first, last)),
        ),
        areas=tuple(
            AreaChange(
                id=area,
                before=estimate_of(first, area),
                after=estimate_of(last, area),
                difference=by.difference(area),
                total=by.total(area),
                causes=cause_shares(area, by, changes),
                verdict=verdicts[area],
                counts=_count(first, last, _asked_in(area, first, last)),
            )
            for area in areas
        ),
        questions=tuple(changes),
        common_only=by.common_only,
        panel=panel_change(before, after, ballots),
    )


# -- questions

ANSWER_CAUSES = frozenset({Cause.ANSWERS, Cause.NEWLY_KNOWN, Cause.NO_LONGER_KNOWN})


def question_changes(by: Yardstick) -> list[QuestionChange]:
    """Every question that is not the same on both sides, in the order of the later checklist."""
    before, after = (side.checklist.questions for side in by.sides)
    return [change for question in _both(after, before) if (change := _question_change(question, by)) is not None]


def _question_change(question: str, by: Yardstick) -> QuestionChange | None:
    before, after = (applicable(side.score, question) for side in by.sides)
    if question in by.common:
        cause = _cause(before, after, by.parameters)
    else:
        cause = Cause.CHECKLIST if before is not None or after is not None else None
    facets = by.facets.get(question)
    causes = set(facets.causes) if facets else set()
    if cause in ANSWER_CAUSES and Cause.PANEL in causes and cause not in causes:
        cause = Cause.PANEL
    if cause is Cause.RULES and causes:  # unknown and unanswered are two things to some packs
        cause = None
    if before is not None and after is not None:
        causes |= {Cause.CHECKLIST} if (before.weight, before.critical) != (after.weight, after.critical) else set()
        causes |= {Cause.RULES} if by.rules_moved(question) else set()
    causes |= {cause} if cause else set()
    if not causes:
        return None
    listed = tuple(cause for cause in ORDER if cause in causes)
    return QuestionChange(id=question, before=before, after=after, cause=cause or listed[0], causes=listed)


def _cause(old: QuestionScore | None, new: QuestionScore | None, parameters: Parameters) -> Cause | None:
    if old is None or new is None:
        return None if old is new else Cause.NOT_APPLICABLE
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
    if old.doubt != new.doubt:  # one of the two waited to be confirmed: that moves the ends of the interval alone
        return None if old.debt == new.debt else Cause.RULES
    return None if (old.debt, old.low, old.high) == (new.debt, new.low, new.high) else Cause.RULES


def _shows(old: QuestionScore, new: QuestionScore, parameters: Parameters) -> bool:
    """Whether the new level alone, under the old floor, would already have moved the debt."""
    if old.level == new.level or new.level is None:
        return False
    return max(parameters.values[new.level], old.floor) != old.debt


# -- areas and system


def cause_shares(area: str, by: Yardstick, changes: Iterable[QuestionChange]) -> tuple[CauseShare, ...]:
    """What each cause adds to the total difference of an area, or of the system (""); they sum to it."""
    total = by.total(area)
    if total is None:
        return ()
    touched: dict[Cause, list[str]] = {}
    for change in changes:
        if area in ("", by.area_of(change.id)):
            for cause in change.causes:
                touched.setdefault(cause, []).append(change.id)
    common, ruled = by.difference(area), by.difference_by_rules(area)
    players = [cause for cause in by.happened if cause in touched]
    shares = shapley(players, lambda some: by.worth(some, area)) if common is not None else {}
    if by.common_only:
        shares[Cause.CHECKLIST] = (total if ruled is None else ruled) - (common or 0.0)
    if by.rules_differ and ruled is not None:
        shares[Cause.RULES] = total - ruled
    return in_order(
        CauseShare(cause=cause, share=share, questions=tuple(touched.get(cause, ())))
        for cause, share in settled_to(total, shares).items()
        if share or cause in touched
    )


# -- directions


def _verdicts(by: Yardstick, areas: list[str], ballots: tuple[Ballots, Ballots] | None) -> dict[str, Verdict]:
    """The verdict on each area and on the system ("")."""
    before, after = by.ends
    bases = {area: _basis(area, before, after) for area in ("", *areas)}
    by_draws = [area for area, basis in bases.items() if basis in (Basis.VOTES, Basis.BOTH)]
    if not by_draws:
        return {area: _by_limit(area, before, after, basis) for area, basis in bases.items()}
    from scoring.bootstrap import DRAWS, DRAWS_PLAIN, bootstrap, holm  # numpy, for votes alone

    own_way = by.parameters.declared is not None
    drawn = bootstrap(
        by.ends,
        ballots=ballots,
        parameters=by.parameters,
        plainly=by.redrawn if own_way else None,
        draws=DRAWS_PLAIN if own_way else DRAWS,
    )
    firm = holm({area: drawn[area].doubt for area in by_draws if area}) | {""}
    verdicts = {}
    for area, basis in bases.items():
        limit = _by_limit(area, before, after, basis)
        if area not in by_draws:
            verdicts[area] = limit
            continue
        signs = {drawn[area].sign if area in firm else 0, _sign(difference_of(area, before, after))}
        direction = _DIRECTIONS[signs.pop()] if len(signs) == 1 else Direction.NONE
        if basis is Basis.BOTH and direction is not limit.direction:
            direction = Direction.NONE
        verdicts[area] = Verdict(
            direction=direction, basis=basis, better=drawn[area].better, worse=drawn[area].worse,
            draws=drawn[area].draws,
        )  # fmt: skip
    return verdicts


_DIRECTIONS = {-1: Direction.BETTER, 0: Direction.NONE, 1: Direction.WORSE}


def _basis(area: str, before: Score, after: Score) -> Basis:
    """What a direction can go by.

    Only where both sides are known well enough for a letter: below that most of a number is what unanswered questions
    count as, and a quarter in the middle of being answered would look much worse than the one before.
    """
    ends = estimate_of(before, area), estimate_of(after, area)
    if any(end is None or end.band is None for end in ends):
        return Basis.NOT_KNOWN
    pairs = [
        (old, new)
        for question in _asked_in(area, before, after)
        if (old := applicable(before, question)) and (new := applicable(after, question))
    ]
    voted = [all(is_voted(side.votes, side.level) for side in pair) for pair in pairs]
    if not any(voted):
        return Basis.LIMIT
    bare = any(
        (old.known, old.level, old.votes) != (new.known, new.level, new.votes)
        for (old, new), drawn in zip(pairs, voted, strict=True)
        if not drawn
    )
    known = sum(old.known or new.known for old, new in pairs)
    return Basis.BOTH if bare or sum(voted) < VOTED_SHARE_MIN * known else Basis.VOTES


def _by_limit(area: str, before: Score, after: Score, basis: Basis) -> Verdict:
    """The direction where only the size of the difference can say."""
    difference = difference_of(area, before, after)
    if basis is Basis.NOT_KNOWN or difference is None or abs(difference) <= SMALLEST_DETECTABLE_CHANGE:
        return Verdict(direction=Direction.NONE, basis=basis)
    return Verdict(direction=_DIRECTIONS[_sign(difference)], basis=basis)


def _sign(difference: float | None) -> int:
    return 0 if not difference else -1 if difference < 0 else 1


# -- counts


def _asked_in(area: str, before: Score, after: Score) -> list[str]:
    """The applicable questions of an area, or of the system (""), on either side."""
    if not area:
        return _both(after.questions, before.questions)
    later, earlier = (next((one.questions for one in side.areas if one.id == area), ()) for side in (after, before))
    return _both(later, earlier)


def _count(before: Score, after: Score, questions: Iterable[str]) -> Counts:
    ways = [_way(applicable(before, question), applicable(after, question)) for question in questions]
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
