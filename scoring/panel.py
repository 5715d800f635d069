"""Who voted: whether the people changed between two quarters, and what those who voted both times say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.terms import QuestionScore, Score
from scoring.votes import SPREAD_FROM, in_order, settle

Ballots = Mapping[str, Mapping[str, int | None]]
"""Rater -> question -> vote, None for "we do not know"; a question somebody did not vote on is absent."""

OVERLAP_MIN = SPREAD_FROM  #: people who voted both times, below which nobody can tell people and answers apart


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelChange:
    """How many people voted before and after, at most on one question; 0 where answers came without votes.

    Votes are kept without names, so `both` (people who voted in both) is None unless ballots were at hand.
    """

    before: int
    after: int
    both: int | None

    @property
    def changed(self) -> bool:
        """Whether other people are known to have voted. Not known is not "the same": see `both`."""
        if not self.before or not self.after:
            return False
        return self.before != self.after or (self.both is not None and self.both < self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBallots:
    """The votes on one question by those who voted both times, only before, and only after."""

    returning: tuple[tuple[int | None, int | None], ...]  #: (before, after) of each person
    left: tuple[int | None, ...]
    joined: tuple[int | None, ...]

    @property
    def voted_otherwise(self) -> bool:
        """Whether anybody who voted both times changed the vote."""
        return any(before != after for before, after in self.returning)

    @property
    def other_people(self) -> bool:
        """Whether somebody voted in one of the two only."""
        return bool(self.left or self.joined)

    def votes(self, *, answered: bool, panel: bool) -> tuple[int | None, ...]:
        """The votes had those who returned voted as later (`answered`), and had the others changed (`panel`)."""
        stayed = tuple(after if answered else before for before, after in self.returning)
        return in_order((*stayed, *(self.joined if panel else self.left)))


def is_voted(votes: Sequence[int | None], level: int | None) -> bool:
    """Whether votes tell how far an answer depends on who voted: three or more, and the level follows from them."""
    return len(votes) >= SPREAD_FROM and settle(votes) == level


def panel_change(before: Score, after: Score, ballots: tuple[Ballots, Ballots] | None) -> PanelChange:
    """The panels of two scores; who they were only where the ballots are given."""
    if ballots is None:
        return PanelChange(before=_most(before), after=_most(after), both=None)
    first, second = ballots
    return PanelChange(before=len(first), after=len(second), both=len(first.keys() & second.keys()))


def shared_ballots(
    old: QuestionScore, new: QuestionScore, ballots: tuple[Ballots, Ballots] | None
) -> SharedBallots | None:
    """The ballots on a question, split by who voted when; None where people and answers cannot be told apart.

    That is without ballots, with fewer than three people who voted both times, and where a level was set by somebody
    instead of following from the votes.
    """
    if ballots is None:
        return None
    first, second = ({who: given[old.id] for who, given in side.items() if old.id in given} for side in ballots)
    both = sorted(first.keys() & second.keys())
    followed = all(
        in_order(tuple(votes.values())) == side.votes and settle(side.votes) == side.level
        for votes, side in ((first, old), (second, new))
    )
    if len(both) < OVERLAP_MIN or not followed:
        return None
    return SharedBallots(
        returning=tuple((first[who], second[who]) for who in both),
        left=tuple(first[who] for who in sorted(first.keys() - second.keys())),
        joined=tuple(second[who] for who in sorted(second.keys() - first.keys())),
    )


def _most(score: Score) -> int:
    return max((len(question.votes) for question in score.questions.values()), default=0)
