"""The way from one portfolio debt to the next: bars that sum, whoever comes or goes, and places in the order."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.causes import Cause
from scoring.movement import Member, movement, rank_moves
from scoring.portfolio import portfolio_debt
from scoring.score import Scope, score
from scoring.split import SplitCause, SystemSplit, split_change
from scoring.terms import Estimate
from scoring.yardstick import Side
from tests.scoring.builders import answered, area, checklist

held = settings(max_examples=60, deadline=None)
ASKED = checklist(area("ENT", "M", "C"), area("MON", "H", "L"))
IDS = tuple(ASKED.questions)
NAMED = ("answers", "newly known", "not-applicable", "checklist")


def estimate(debt):
    return Estimate(estimate=debt, low=debt, high=debt, coverage=1.0, band="C")


def member(system, before, after, **shares):
    """A system with a split that gives ANSWERS what the other shares leave."""
    split = None
    if before is not None and after is not None:
        given_ = {Cause(name.replace("_", " ")): share for name, share in shares.items()}
        given_[Cause.ANSWERS] = after - before - fsum(given_.values())
        causes = tuple(SplitCause(cause=cause, share=share, questions=()) for cause, share in given_.items())
        split = SystemSplit(
            before=estimate(before), after=estimate(after), total=after - before, causes=causes, common_only=False
        )
    return Member(system=system, before=before, after=after, split=split)


def steps(moved):
    return {step.cause: step.share for step in moved.steps}


def test_a_portfolio_by_hand():
    # a .6 -> .4, b .2 -> .2 stay; c .7 left; d .9 came. Before (.6+.2+.7)/3 = .5, after (.4+.2+.9)/3 = .5
    moved = movement([member("a", 0.6, 0.4), member("b", 0.2, 0.2), member("c", 0.7, None), member("d", None, 0.9)])
    assert (moved.before, moved.after, moved.total) == (pytest.approx(0.5), pytest.approx(0.5), pytest.approx(0))
    # those who stayed: .4 -> .3; leaving moved the mean of before from .5 to .4, coming that of after from .3 to .5
    assert steps(moved) == {Cause.ANSWERS: pytest.approx(-0.1), None: pytest.approx(0.1)}
    came = {part.system: part.share for part in moved.steps[-1].systems}
    assert came == {"c": pytest.approx((0.4 - 0.7) / 3), "d": pytest.approx((0.9 - 0.3) / 3)}
    assert (moved.counted_before, moved.counted_after, moved.counted_both) == (3, 3, 2)


def test_where_no_system_stayed_everything_came_or_left():
    moved = movement([member("a", 0.2, None), member("b", None, 0.6)])
    assert steps(moved) == {None: pytest.approx(0.4)}
    assert {part.system: part.share for part in moved.steps[0].systems} == {
        "a": pytest.approx(0.2), "b": pytest.approx(0.2)
    }  # fmt: skip


def test_nothing_counts_nothing_moves():
    for members in ([], [member("a", None, None)]):
        moved = movement(members)
        assert (moved.before, moved.after, moved.total, moved.steps) == (None, None, None, ())


@pytest.mark.parametrize("members", [[member("a", 0.2, None)], [member("a", None, 0.2)]])
def test_a_first_or_a_last_quarter_has_no_difference(members):
    moved = movement(members)
    assert (moved.total, moved.steps) == (None, ())
    assert (moved.before, moved.after) in [(0.2, None), (None, 0.2)]


def test_one_system_alone_is_its_own_split():
    moved = movement([member("a", 0.6, 0.3, evidence=0.1, newly_known=-0.15)])
    assert steps(moved) == {
        Cause.ANSWERS: pytest.approx(-0.25), Cause.NEWLY_KNOWN: pytest.approx(-0.15), Cause.EVIDENCE: pytest.approx(0.1)
    }  # fmt: skip
    assert [step.cause for step in moved.steps] == [Cause.ANSWERS, Cause.NEWLY_KNOWN, Cause.EVIDENCE]


def test_what_is_no_change_of_a_system_comes_last_however_large():
    moved = movement([member("a", 0.2, 0.9, checklist=0.6), member("b", None, 0.5)])
    assert [step.cause for step in moved.steps] == [Cause.ANSWERS, Cause.CHECKLIST, None]
    assert moved.like_for_like == moved.steps[0].share


def test_a_system_in_both_without_a_split_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="has to be split"):
        movement([Member(system="a", before=0.1, after=0.2)])


# -- properties, over real splits


DEBTS = st.none() | st.floats(0, 1)
LEVELS = st.lists(st.integers(0, 4) | st.none(), min_size=len(IDS), max_size=len(IDS))


def scored(given_levels):
    responses = {
        question: answered(level) for question, level in zip(IDS, given_levels, strict=True) if level is not None
    }
    return Side(checklist=ASKED, score=score(ASKED, responses), asked=Scope())


@st.composite
def portfolios(draw):
    """Up to six systems, each assessed in one of the quarters, in both or in none."""
    members = []
    for number in range(draw(st.integers(0, 6))):
        sides = [scored(draw(LEVELS)) if draw(st.integers(0, 3)) else None for _ in range(2)]
        debts = [side.score.system.estimate if side else None for side in sides]
        split = split_change(*sides) if all(debt is not None for debt in debts) else None
        members.append(Member(system=f"s{number}", before=debts[0], after=debts[1], split=split))
    return members


def backwards(members):
    def turned(split):
        if split is None:
            return None
        causes = tuple(replace(one, share=-one.share) for one in split.causes)
        return replace(split, before=split.after, after=split.before, total=-split.total, causes=causes)

    return [replace(m, before=m.after, after=m.before, split=turned(m.split)) for m in members]


@held
@given(portfolios())
def test_the_bars_sum_from_the_old_portfolio_debt_to_the_new_one(members):
    moved = movement(members)
    for debt, side in ((moved.before, "before"), (moved.after, "after")):
        rated = [estimate(getattr(m, side)) for m in members if getattr(m, side) is not None]
        assert debt == pytest.approx(portfolio_debt(rated).debt, abs=1e-15)
    if moved.total is None:
        assert moved.steps == ()
        return
    assert moved.before + fsum(step.share for step in moved.steps) == pytest.approx(moved.after, abs=1e-12)
    for step in moved.steps:
        assert fsum(part.share for part in step.systems) == pytest.approx(step.share, abs=1e-12)


@held
@given(portfolios(), st.randoms(use_true_random=False))
def test_no_order_of_the_systems_changes_a_bit(members, chance):
    shuffled = list(members)
    chance.shuffle(shuffled)
    assert movement(shuffled) == movement(members)
    assert rank_moves(shuffled) == rank_moves(members)


@held
@given(portfolios())
def test_read_backwards_every_bar_turns_its_sign(members):
    there, back = movement(members), movement(backwards(members))
    assert steps(there) == pytest.approx({cause: -share for cause, share in steps(back).items()}, abs=1e-12)


# -- places


def test_places_change_with_the_debt_and_equal_debts_share_one():
    members = [member("a", 0.9, 0.1), member("b", 0.5, 0.5), member("c", 0.5, 0.5), member("d", 0.2, 0.8)]
    moves = {move.system: (move.before, move.after) for move in rank_moves(members)}
    assert moves == {"a": (1, 4), "d": (4, 1)}  # b and c share place 2 both times


def test_a_system_that_came_pushes_nobody_down():
    assert rank_moves([member("a", 0.5, 0.5), member("b", None, 0.9), member("c", 0.9, None)]) == ()


def test_the_farthest_movers_are_kept_and_a_tie_has_a_rule():
    # eleven in the first half each swap with their neighbour: one place each; the larger change of debt stays
    pairs = [(f"{letter}{side}", 0.9 - place / 20, side) for place, letter in enumerate("abcdef") for side in (0, 1)]
    members = []
    for name, debt, side in pairs:
        low, high = debt - 0.01 - (0.002 if name.startswith("a") else 0), debt
        members.append(member(name, *((high, low) if side else (low, high))))
    moves = rank_moves(members)
    assert len(moves) == 10
    assert {"a0", "a1"} <= {move.system for move in moves}
    assert not {"f0", "f1"} & {move.system for move in moves}
