"""One system's change split by cause and question: the parts sum, and backwards every sign turns."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given

from scoring.causes import MEASURES, Cause
from scoring.compare import compare
from scoring.score import Scope, score
from scoring.split import settled_among, split_change
from scoring.yardstick import Side
from tests.scoring.builders import area, checklist, floor, levels
from tests.scoring.test_properties import held, profiles

FOUR = checklist(area("ENT", "M", "M", "M", "M"))


def side(asked, responses, floors=()):
    return Side(checklist=asked, score=score(asked, responses, floors), asked=Scope())


def shares(split):
    return {(one.cause, asked.question): asked.share for one in split.causes for asked in one.questions}


def test_alike_questions_that_did_the_same_have_the_same_share():
    split = split_change(side(FOUR, levels("ENT", 3, 3, 2, 2)), side(FOUR, levels("ENT", 1, 1, 2, 2)))
    (cause,) = split.causes
    assert [asked.question for asked in cause.questions] == ["ENT-01", "ENT-02"]
    assert [asked.share for asked in cause.questions] == [pytest.approx(split.total / 2)] * 2
    assert (cause.questions[0].before.level, cause.questions[0].after.level) == (3, 1)


def test_a_question_with_two_causes_has_a_share_in_both():
    # one question: the answer 0 -> 1, a floor of .5 comes: the same halves as in the split of the causes
    one = checklist(area("ENT", "M"))
    split = split_change(side(one, levels("ENT", 0)), side(one, levels("ENT", 1), [floor("ENT-01", 0.5)]))
    assert shares(split) == {
        (Cause.EVIDENCE, "ENT-01"): pytest.approx(0.375),
        (Cause.ANSWERS, "ENT-01"): pytest.approx(0.125),
    }


def test_two_critical_questions_that_only_help_together_share_what_they_did():
    # either alone leaves the other's critical share standing: nothing first, everything last
    two = checklist(area("ENT", "C", "C", *["L"] * 8))
    split = split_change(side(two, levels("ENT", 4, 4, *[0] * 8)), side(two, levels("ENT", *[0] * 10)))
    assert shares(split) == {
        (Cause.ANSWERS, "ENT-01"): pytest.approx(split.total / 2),
        (Cause.ANSWERS, "ENT-02"): pytest.approx(split.total / 2),
    }


def test_no_question_has_a_share_of_what_the_checklist_did():
    longer = checklist(area("ENT", "M", "M"), version="2")
    split = split_change(side(checklist(area("ENT", "M")), levels("ENT", 2)), side(longer, levels("ENT", 1, 4)))
    assert split.common_only
    assert {cause: share for (cause, _), share in shares(split).items()}[Cause.CHECKLIST] is None


def test_nothing_is_split_where_one_side_has_no_estimate():
    split = split_change(side(FOUR, {}), side(FOUR, levels("ENT", 1)))
    assert (split.total, split.causes) == (None, ())


def test_what_single_moves_miss_goes_by_their_size():
    assert settled_among(1.0, {"a": 0.3, "b": -0.1}) == pytest.approx({"a": 0.9, "b": 0.1})
    assert settled_among(0.5, {"a": 0.0, "b": 0.0}) == {"a": 0.25, "b": 0.25}
    assert settled_among(0.0, {}) == {}


@held
@given(profiles(), profiles())
def test_causes_are_those_of_a_comparison_and_questions_sum_to_their_cause(one, other):
    first, last = side(one.checklist, one.responses, one.floors), side(one.checklist, other.responses, other.floors)
    split = split_change(first, last)
    whole = compare(one.checklist, first.score, one.checklist, last.score).system
    assert split.total == whole.total
    assert {(it.cause, it.share) for it in split.causes} == {(it.cause, it.share) for it in whole.causes}
    for cause in split.causes:
        if cause.cause not in MEASURES and cause.questions:
            assert fsum(asked.share for asked in cause.questions) == pytest.approx(cause.share, abs=1e-12)


@held
@given(profiles(), profiles())
def test_read_backwards_every_question_turns_its_sign(one, other):
    first, last = side(one.checklist, one.responses, one.floors), side(one.checklist, other.responses, other.floors)
    turned = {Cause.NEWLY_KNOWN: Cause.NO_LONGER_KNOWN, Cause.NO_LONGER_KNOWN: Cause.NEWLY_KNOWN}
    there, back = shares(split_change(first, last)), shares(split_change(last, first))
    assert there == pytest.approx(
        {(turned.get(cause, cause), question): -share for (cause, question), share in back.items()}, abs=1e-12
    )
