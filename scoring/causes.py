"""Why a number moved between two scores: the difference split by cause, fairly and whatever the order of the causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import factorial, fsum

from scoring.panel import SharedBallots
from scoring.terms import Floor, QuestionScore, Response, ResponseState


class Cause(StrEnum):
    """Why a question differs."""

    CHECKLIST = "checklist"  #: asked by one version or scope only, or the same answer with another weight
    NOT_APPLICABLE = "not-applicable"  #: applies in one of the two only
    NEWLY_KNOWN = "newly known"  #: unknown before, answered now
    NO_LONGER_KNOWN = "no longer known"  #: answered before, unknown now
    ANSWERS = "answers"  #: another level, or other votes
    PANEL = "panel"  #: other people voted; told apart from ANSWERS only where it is known who voted both times
    EVIDENCE = "evidence"  #: another floor
    RULES = "scoring rules"  #: same answer, same evidence, another debt: the rules changed


ORDER = tuple(Cause)  #: in which causes are listed when their shares are alike
MEASURES = frozenset({Cause.CHECKLIST, Cause.RULES})  #: the yardstick changed, not what is measured

NOT_APPLICABLE = Response(state=ResponseState.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseShare:
    """What one cause adds to a difference: `share` in debt, negative is better, and the questions it touched."""

    cause: Cause
    share: float
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """One question that both sides ask, with what of it changed: each facet belongs to one cause."""

    id: str
    old: QuestionScore | None  #: None where it did not apply
    new: QuestionScore | None
    ballots: SharedBallots | None  #: who voted, where that is known and enough voted both times
    responses: tuple[Response | None, Response | None]  #: what the two were scored from; None = unanswered

    @property
    def answer_cause(self) -> Cause:
        """The cause that another answer to this question belongs to."""
        if self.old is None or self.new is None or self.old.known == self.new.known:
            return Cause.ANSWERS
        return Cause.NEWLY_KNOWN if self.new.known else Cause.NO_LONGER_KNOWN

    @property
    def causes(self) -> frozenset[Cause]:
        """Every cause that touched this question, the yardstick apart; none when it is as it was."""
        old, new = self.old, self.new
        if old is None or new is None:
            return frozenset() if old is new else frozenset({Cause.NOT_APPLICABLE})
        found = {Cause.EVIDENCE} if old.floor != new.floor else set()
        if self.ballots is not None:
            found |= {self.answer_cause} if self.ballots.voted_otherwise else set()
            found |= {Cause.PANEL} if self.ballots.other_people else set()
        elif _answered(self.responses[0]) != _answered(self.responses[1]):
            found.add(self.answer_cause)
        return frozenset(found)

    def response(self, happened: frozenset[Cause]) -> Response | None:
        """The answer as it would stand had only these causes happened; None = unanswered."""
        applies = self.new if Cause.NOT_APPLICABLE in happened else self.old
        if applies is None:
            return NOT_APPLICABLE
        answered = self.answer_cause in happened
        if self.ballots is not None:
            votes = self.ballots.votes(answered=answered, panel=Cause.PANEL in happened)
            return Response(state=ResponseState.ANSWERED, votes=votes)
        return self.responses[self._side(answered)]

    def floor(self, happened: frozenset[Cause]) -> float:
        """The floor as it would be had only these causes happened."""
        side = (self.old, self.new)[self._side(Cause.EVIDENCE in happened)]
        return side.floor if side is not None else 0.0

    def _side(self, later: bool) -> int:
        """The later (1) or the earlier side (0); where the question applied once only, that one."""
        if self.old is None or self.new is None:
            return 1 if self.old is None else 0
        return 1 if later else 0


def _answered(response: Response | None) -> Response | None:
    """A response without the doubt in it: waiting to be confirmed is no other answer."""
    return replace(response, doubt=0) if response is not None and response.doubt else response


def floor_of(question: str, value: float) -> tuple[Floor, ...]:
    """The floor a question was scored with; none when it is 0."""
    return (Floor(question=question, signal="", value=value),) if value else ()


def shapley(causes: Sequence[Cause], worth: Callable[[frozenset[Cause]], float]) -> dict[Cause, float]:
    """Split worth(all causes) - worth(none) among the causes; the shares sum to it within the rounding of one sum.

    A cause's share is what it adds, averaged over every order in which the causes could have come (L. S. Shapley, "A
    value for n-person games", 1953): no order is preferred, a cause that never adds anything gets nothing, and reading
    the change backwards turns every sign. `worth` is asked once for each subset, 2 ** len(causes) times.
    """
    many = len(causes)
    worths = {
        frozenset(some): worth(frozenset(some)) for size in range(many + 1) for some in combinations(causes, size)
    }
    shares = {}
    for cause in causes:
        others = [other for other in causes if other is not cause]
        shares[cause] = fsum(
            factorial(size) * factorial(many - size - 1) / factorial(many)
            * (worths[frozenset((*some, cause))] - worths[frozenset(some)])
            for size in range(many)
            for some in combinations(others, size)
        )  # fmt: skip
    return settled_to(worths[frozenset(causes)] - worths[frozenset()], shares)


def settled_to(total: float, shares: Mapping[Cause, float]) -> dict[Cause, float]:
    """The shares with what rounding left over given to the largest of them, so that they sum to `total`."""
    if not shares:
        return {}
    largest = max(shares, key=lambda cause: (abs(shares[cause]), -ORDER.index(cause)))
    rest = fsum((total, *(-share for share in shares.values())))
    return {cause: share + rest if cause is largest else share for cause, share in shares.items()}


def in_order(shares: Iterable[CauseShare]) -> tuple[CauseShare, ...]:
    """The largest share first, whichever way it points."""
    return tuple(sorted(shares, key=lambda share: (-abs(share.share), ORDER.index(share.cause))))
