"""One system's change between two quarters, split by cause and inside each cause by question; judged by nobody yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from scoring.causes import MEASURES, Cause, CauseShare
from scoring.compare import QuestionChange, cause_shares, question_changes
from scoring.score import combine_area
from scoring.terms import Estimate, Parameters, QuestionScore, Score
from scoring.yardstick import Side, Yardstick, counted, counted_together


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a question stood in one quarter."""

    level: int | None  #: None = not known
    debt: float  #: 0..1, with the floor of the evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShare:
    """What one question adds to the share of one cause, in debt of the system; negative is better.

    None where the cause is the yardstick: a longer list or other rules move the number, no single question does.
    """

    question: str
    before: Stand | None  #: None where it did not apply or was not asked
    after: Stand | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCause:
    """A cause with its share of the system's change and the questions it touched, the largest share first.

    The shares of its questions sum to its own, except where the cause is the yardstick.
    """

    cause: Cause
    share: float
    questions: tuple[QuestionShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSplit:
    """One system before and after as it was shown, each by its own yardstick, and what every cause did to the number.

    `total` is None where one of the two has no estimate; there is then nothing to split.
    """

    before: Estimate
    after: Estimate
    total: float | None
    causes: tuple[SplitCause, ...]  #: the largest first; they sum to `total`
    common_only: bool  #: the checklist or its scope changed: only the common questions are compared


def split_change(before: Side, after: Side, *, parameters: Parameters | None = None) -> SystemSplit:
    """Split a change as `scoring.compare.compare` does, without the draws that judge it, which cost the most."""
    by = Yardstick(before, after, parameters=parameters)
    total = by.total("")
    causes: tuple[SplitCause, ...] = ()
    if total is not None:
        changes = question_changes(by)
        touched = {change.id: change for change in changes}
        causes = tuple(_opened(one, touched, by) for one in cause_shares("", by, changes))
    return SystemSplit(
        before=before.score.system, after=after.score.system, total=total, causes=causes, common_only=by.common_only
    )


def _opened(one: CauseShare, touched: Mapping[str, QuestionChange], by: Yardstick) -> SplitCause:
    """A cause with its questions."""
    shares: dict[str, float] = {}
    if one.cause not in MEASURES:
        moves = {question: _alone(one.cause, question, by) for question in one.questions}
        shares = settled_among(one.share, moves)
    questions = (
        QuestionShare(
            question=question,
            before=_stand(touched[question].before),
            after=_stand(touched[question].after),
            share=shares.get(question),
        )
        for question in one.questions
    )
    ordered = sorted(questions, key=lambda asked: (-abs(asked.share or 0.0), asked.question))
    return SplitCause(cause=one.cause, share=one.share, questions=tuple(ordered))


def _stand(scored: QuestionScore | None) -> Stand | None:
    return None if scored is None else Stand(level=scored.level, debt=scored.debt)


def settled_among(total: float, moves: Mapping[str, float]) -> dict[str, float]:
    """Shares that sum to `total`: each move as it is, and what they miss together spread by the size of the moves.

    Questions of one area pull at the same mean, so their moves one by one need not sum to what they did together. The
    rest goes by size and not by value, so that no share blows up where moves cancel out; evenly where nothing moved.
    """
    if not moves:
        return {}
    size = fsum(map(abs, moves.values()))
    rest = total - fsum(moves.values())
    shares = {
        question: move + rest * (abs(move) / size if size else 1 / len(moves)) for question, move in moves.items()
    }
    largest = min(shares, key=lambda question: (-abs(shares[question]), question))
    shares[largest] += fsum((total, *(-share for share in shares.values())))  # what rounding left over
    return shares


def _alone(cause: Cause, question: str, by: Yardstick) -> float:
    """How far this cause of this question alone moves the system: the mean of coming first and coming last."""
    causes = by.facets[question].causes if question in by.facets else frozenset()
    if cause not in causes:
        return 0.0
    first, last = by.ends
    if causes == {cause}:
        swapped = (_swapped(end, other, question, by.parameters) for end, other in ((first, last), (last, first)))
    else:
        everything = frozenset(by.happened)
        ends = (
            by.mixed_by_question(lambda asked: frozenset({cause}) if asked == question else frozenset()),
            by.mixed_by_question(lambda asked: everything - {cause} if asked == question else everything),
        )
        swapped = (counted(end, by.parameters)[""] for end in ends)
    only, without = swapped
    nothing, everything_else = (counted(end, by.parameters)[""] for end in (first, last))
    return ((only - nothing) + (everything_else - without)) / 2


def _swapped(end: Score, other: Score, question: str, parameters: Parameters) -> float:
    """What the system of one end counts with this question as it is at the other; only its area is scored anew."""
    taken = other.questions.get(question)
    places = [area for side in (end, other) for area in side.areas if question in area.questions]
    place = places[0]
    own = next((area for area in end.areas if area.id == place.id), None)
    inside = [end.questions[asked] for asked in (own.questions if own else ()) if asked != question]
    asked = [*inside, *([taken] if taken is not None else [])]
    renewed = [combine_area(place.id, place.weight, asked, parameters)] if asked else []
    areas = [*(area for area in end.areas if area.id != place.id), *renewed]
    return counted_together(areas, parameters) if areas else 0.0
