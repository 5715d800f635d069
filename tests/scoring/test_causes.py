"""The change split by cause: the shares sum to the total, in any order, backwards with the sign turned."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.aggregation import Aggregation, Counts, Mean, Missing, Worst
from checklists.checklist import SeverityClass
from scoring.causes import Cause, Facets, settled_to, shapley
from scoring.compare import compare
from scoring.score import Parameters, Scope, score
from scoring.yardstick import Side, Yardstick
from tests.scoring.builders import (
    NOT_APPLICABLE,
    SEVERITIES,
    UNKNOWN,
    answered,
    area,
    checklist,
    floor,
    levels,
    question,
    voted,
)
from tests.scoring.test_properties import held, profiles

ONE = checklist(area("ENT", "M"))
FOUR = checklist(area("ENT", "M", "M", "M", "M"))


def split(comparison, area_id=None):
    """The share of each cause, of the system or of an area."""
    change = comparison.system if area_id is None else next(it for it in comparison.areas if it.id == area_id)
    return {share.cause: share.share for share in change.causes}


def between(asked, before, after, floors_before=(), floors_after=(), **options):
    first, last = score(asked, before, floors_before), score(asked, after, floors_after)
    return compare(asked, first, asked, last, **options)


# -- worked by hand


def test_one_cause_carries_the_whole_difference():
    assert split(between(ONE, levels("ENT", 3), levels("ENT", 1))) == {Cause.ANSWERS: pytest.approx(-0.5)}


def test_answer_and_evidence_on_one_question_share_it_over_both_orders():
    # 0 -> 1 with a new floor of .5: the answer alone .25, the floor alone .5, both .5.
    # answer first: .25 then .25; floor first: .5 then 0. Means: answer .125, floor .375.
    comparison = between(ONE, levels("ENT", 0), levels("ENT", 1), (), [floor("ENT-01", 0.5)])
    assert split(comparison) == {Cause.EVIDENCE: pytest.approx(0.375), Cause.ANSWERS: pytest.approx(0.125)}
    (change,) = comparison.questions
    assert change.causes == (Cause.ANSWERS, Cause.EVIDENCE)


def test_causes_on_different_questions_share_what_the_cube_mean_does_to_them_together():
    # four equal questions: (1 known 2 -> 4), (1 unknown .75 -> 0), two at level 2 throughout
    before, after = levels("ENT", 2, None, 2, 2), levels("ENT", 4, 0, 2, 2)
    nothing, answer, known, both = (
        ((sum(debt**3 for debt in debts)) / 4) ** (1 / 3)
        for debts in ((0.5, 0.75, 0.5, 0.5), (1, 0.75, 0.5, 0.5), (0.5, 0, 0.5, 0.5), (1, 0, 0.5, 0.5))
    )
    assert split(between(FOUR, before, after)) == {
        Cause.ANSWERS: pytest.approx((answer - nothing + both - known) / 2),
        Cause.NEWLY_KNOWN: pytest.approx((known - nothing + both - answer) / 2),
    }


def test_a_question_that_applies_no_more_is_a_cause():
    # .5 and 1 over two equal questions, then .5 alone
    two = checklist(area("ENT", "M", "M"))
    comparison = between(two, levels("ENT", 2, 4), {**levels("ENT", 2), "ENT-02": NOT_APPLICABLE})
    assert split(comparison) == {Cause.NOT_APPLICABLE: pytest.approx(0.5 - ((0.125 + 1) / 2) ** (1 / 3))}


def test_a_cause_that_moves_no_number_is_listed_with_nothing():
    comparison = between(ONE, levels("ENT", 3), levels("ENT", 3), (), [floor("ENT-01", 0.5)])
    assert split(comparison) == {Cause.EVIDENCE: 0}


def test_each_cause_names_its_questions():
    before, after = levels("ENT", 2, None, 2, 2), {**levels("ENT", 4, 0, 2), "ENT-04": UNKNOWN}
    comparison = between(FOUR, before, after, (), [floor("ENT-03", 1.0), floor("ENT-01", 0.25)])
    assert {share.cause: share.questions for share in comparison.system.causes} == {
        Cause.ANSWERS: ("ENT-01",),
        Cause.NEWLY_KNOWN: ("ENT-02",),
        Cause.NO_LONGER_KNOWN: ("ENT-04",),
        Cause.EVIDENCE: ("ENT-01", "ENT-03"),
    }


def test_areas_are_split_for_themselves():
    two = checklist(area("ENT", "M"), area("MON", "M"))
    comparison = between(two, levels("ENT", 2) | levels("MON", None), levels("ENT", 1) | levels("MON", 4))
    assert split(comparison, "ENT") == {Cause.ANSWERS: pytest.approx(-0.25)}
    assert split(comparison, "MON") == {}  # not rated before: no difference, so nothing to split
    assert set(split(comparison)) == {Cause.ANSWERS, Cause.NEWLY_KNOWN}


def test_nothing_is_split_where_one_side_is_not_rated():
    assert split(between(ONE, {}, levels("ENT", 1))) == {}


# -- the yardstick: checklist and rules


def test_what_a_new_question_does_to_the_shown_number_is_the_checklists_share():
    # shown .5 before, and after the cube mean of .25 and 1; over the common question .5 -> .25
    longer = checklist(area("ENT", "M", "M"), version="2")
    comparison = compare(ONE, score(ONE, levels("ENT", 2)), longer, score(longer, levels("ENT", 1, 4)))
    shown = ((0.25**3 + 1) / 2) ** (1 / 3) - 0.5
    assert comparison.system.difference == pytest.approx(-0.25)
    assert comparison.system.total == pytest.approx(shown)
    assert split(comparison) == {Cause.ANSWERS: pytest.approx(-0.25), Cause.CHECKLIST: pytest.approx(shown + 0.25)}


def test_asking_everything_after_the_core_set_is_a_change_of_the_yardstick():
    mixed = checklist(area("ENT", question("ENT-01"), question("ENT-02", core=False)))
    core = Scope(core_only=True)
    comparison = compare(
        mixed, score(mixed, levels("ENT", 1, 4), asked=core), mixed, score(mixed, levels("ENT", 1, 4)),
        asked_before=core, asked_after=Scope(),
    )  # fmt: skip
    assert comparison.system.difference == 0
    assert split(comparison) == {Cause.CHECKLIST: pytest.approx(((0.25**3 + 1) / 2) ** (1 / 3) - 0.25)}


def test_other_rules_are_told_apart_from_other_answers():
    # level 3 was worth .8, sealed so; today .75, and the answer fell to 1
    old = score(ONE, levels("ENT", 3), parameters=Parameters(values=(0, 0.2, 0.5, 0.8, 1)))
    comparison = compare(ONE, old, ONE, score(ONE, levels("ENT", 1)))
    assert comparison.system.difference == pytest.approx(-0.5)
    assert comparison.system.total == pytest.approx(-0.55)
    assert split(comparison) == {Cause.ANSWERS: pytest.approx(-0.5), Cause.RULES: pytest.approx(-0.05)}
    (change,) = comparison.questions
    assert change.causes == (Cause.ANSWERS, Cause.RULES)


def test_a_new_checklist_and_new_rules_at_once_are_both_told():
    longer = checklist(area("ENT", "M", "M"), version="2")
    old = score(ONE, levels("ENT", 3), parameters=Parameters(values=(0, 0.2, 0.5, 0.8, 1)))
    comparison = compare(ONE, old, longer, score(longer, levels("ENT", 1, 1)))
    assert split(comparison) == {
        Cause.ANSWERS: pytest.approx(-0.5),
        Cause.RULES: pytest.approx(-0.05),
        Cause.CHECKLIST: pytest.approx(0, abs=1e-12),
    }


def test_two_checklists_without_a_common_question_differ_by_the_checklist_alone():
    other = checklist(area("XYZ", "M"), version="2")
    comparison = compare(ONE, score(ONE, levels("ENT", 2)), other, score(other, levels("XYZ", 4)))
    assert comparison.system.difference is None
    assert split(comparison) == {Cause.CHECKLIST: pytest.approx(0.5)}


# -- the panel


def ballots(question_id="ENT-01", **votes):
    return {who: {question_id: vote} for who, vote in votes.items()}


def test_without_names_another_panel_is_a_flag_and_no_cause():
    comparison = between(ONE, {"ENT-01": voted(1, 1, 1)}, {"ENT-01": voted(1, 1, 3, 3, 3)})
    assert (comparison.panel.before, comparison.panel.after, comparison.panel.both) == (3, 5, None)
    assert comparison.panel.changed
    assert split(comparison) == {Cause.ANSWERS: pytest.approx(0.5)}


def test_the_same_number_of_nameless_votes_is_not_called_the_same_panel():
    panel = between(ONE, {"ENT-01": voted(1, 1, 1)}, {"ENT-01": voted(2, 2, 2)}).panel
    assert (panel.changed, panel.both) == (False, None)


def test_newcomers_who_see_it_otherwise_are_the_panels_share():
    # Ann, Ben and Cem vote 1 both times; three join with 3, and the upper median of 1 1 1 3 3 3 is 3
    before = ballots(ann=1, ben=1, cem=1)
    after = ballots(ann=1, ben=1, cem=1, dia=3, eve=3, fay=3)
    comparison = between(ONE, {"ENT-01": voted(1, 1, 1)}, {"ENT-01": voted(1, 1, 1, 3, 3, 3)}, ballots=(before, after))
    assert split(comparison) == {Cause.PANEL: pytest.approx(0.5)}
    (change,) = comparison.questions
    assert (change.cause, change.causes) == (Cause.PANEL, (Cause.PANEL,))
    assert comparison.panel.both == 3


def test_those_who_stayed_and_changed_their_mind_are_the_answers_share():
    # stayed: 3 3 3 -> 1 1 1; left: 3 3; joined: 1 1.
    # debts: nothing 3 -> .75; answers only (1 1 1 3 3) .25; panel only (3 3 3 1 1) .75; both .25
    before = ballots(ann=3, ben=3, cem=3, dan=3, eli=3)
    after = ballots(ann=1, ben=1, cem=1, fay=1, gus=1)
    comparison = between(
        ONE, {"ENT-01": voted(3, 3, 3, 3, 3)}, {"ENT-01": voted(1, 1, 1, 1, 1)}, ballots=(before, after)
    )
    assert split(comparison) == {Cause.ANSWERS: pytest.approx(-0.5), Cause.PANEL: pytest.approx(0)}


def test_people_and_answers_moving_the_median_together_share_it():
    # stayed 1 1 1 -> 1 3 3, joined 3 3 (nobody left). Answers only (1 3 3) .75, panel only (1 1 1 3 3) .25, both .75
    before, after = ballots(ann=1, ben=1, cem=1), ballots(ann=1, ben=3, cem=3, fay=3, gus=3)
    comparison = between(ONE, {"ENT-01": voted(1, 1, 1)}, {"ENT-01": voted(1, 3, 3, 3, 3)}, ballots=(before, after))
    assert split(comparison) == {Cause.ANSWERS: pytest.approx(0.5), Cause.PANEL: pytest.approx(0)}


@pytest.mark.parametrize(
    ("before", "after", "given"),
    [
        pytest.param(
            ballots(ann=1, ben=1, cem=1), ballots(ann=3, ben=3, dia=3), voted(3, 3, 3), id="two who voted both times"
        ),
        pytest.param(
            ballots(ann=1, ben=1, cem=1), ballots(ann=3, ben=3, cem=3), voted(3, 3, 3, level=4), id="a level was set"
        ),
        pytest.param(
            ballots(ann=1, ben=1, cem=1), ballots(ann=2, ben=2, cem=2), voted(3, 3, 3), id="ballots of something else"
        ),
    ],
)
def test_where_people_and_answers_cannot_be_told_apart_the_answers_have_it(before, after, given):
    comparison = between(ONE, {"ENT-01": voted(1, 1, 1)}, {"ENT-01": given}, ballots=(before, after))
    assert set(split(comparison)) == {Cause.ANSWERS}


# -- properties


def total(causes):
    return fsum(share.share for share in causes)


@held
@given(profiles(), profiles())
def test_the_shares_sum_to_the_total_in_the_system_and_in_every_area(one, other):
    comparison = compare(one.checklist, one.score(), one.checklist, score(one.checklist, other.responses, other.floors))
    for change in (comparison.system, *comparison.areas):
        if change.total is None:
            assert change.causes == ()
        else:
            assert total(change.causes) == pytest.approx(change.total, abs=1e-15)


@held
@given(profiles(), profiles(), st.booleans())
def test_the_shares_sum_to_the_total_whatever_became_of_the_checklist_and_the_rules(one, other, other_rules):
    rules = Parameters(values=(0, 0.1, 0.4, 0.9, 1), power=2) if other_rules else Parameters()
    first = score(one.checklist, one.responses, one.floors, parameters=rules)
    comparison = compare(one.checklist, first, other.checklist, other.score())
    for change in (comparison.system, *comparison.areas):
        if change.total is None:
            assert change.causes == ()
            continue
        assert total(change.causes) == pytest.approx(change.total, abs=1e-15)
        measured = [it.share for it in change.causes if it.cause not in (Cause.CHECKLIST, Cause.RULES)]
        assert fsum(measured) == pytest.approx(change.difference or 0.0, abs=1e-12)


@held
@given(profiles(), profiles())
def test_read_backwards_every_share_turns_its_sign(one, other):
    first, last = one.score(), score(one.checklist, other.responses, other.floors)
    there, back = compare(one.checklist, first, one.checklist, last), compare(one.checklist, last, one.checklist, first)
    turned = {Cause.NEWLY_KNOWN: Cause.NO_LONGER_KNOWN, Cause.NO_LONGER_KNOWN: Cause.NEWLY_KNOWN}
    assert split(there) == pytest.approx(
        {turned.get(cause, cause): -share for cause, share in split(back).items()}, abs=1e-12
    )


@held
@given(profiles(), profiles())
def test_no_order_of_the_causes_is_preferred(one, other):
    """By a second way: the mean over every order of what each cause adds when it comes."""
    first, last = one.score(), score(one.checklist, other.responses, other.floors)
    by = Yardstick(
        Side(checklist=one.checklist, score=first, asked=Scope()),
        Side(checklist=one.checklist, score=last, asked=Scope()),
    )
    if by.difference("") is None:
        return
    orders = list(permutations(by.happened))
    naive = dict.fromkeys(by.happened, 0.0)
    for order in orders:
        for place, cause in enumerate(order):
            came = by.worth(frozenset(order[: place + 1]), "") - by.worth(frozenset(order[:place]), "")
            naive[cause] += came / len(orders)
    assert split(compare(one.checklist, first, one.checklist, last)) == pytest.approx(naive, abs=1e-12)


@held
@given(profiles(), profiles())
def test_all_causes_together_give_the_later_score_bit_for_bit_and_none_the_earlier(one, other):
    first, last = one.score(), score(one.checklist, other.responses, other.floors)
    by = Yardstick(
        Side(checklist=one.checklist, score=first, asked=Scope()),
        Side(checklist=one.checklist, score=last, asked=Scope()),
    )
    assert by.mixed(frozenset()).system == first.system
    assert by.mixed(frozenset(by.happened)).system == last.system
    assert by.mixed(frozenset(by.happened)).areas == last.areas


WORST = Aggregation(
    values=(0.0, 0.25, 0.5, 0.75, 1.0),
    questions=Worst(),
    areas=Mean(),
    blank=Missing(counts=Counts.EXCLUDE),
    not_applicable=Missing(counts=Counts.VALUE, debt=0.5),
)


@held
@given(profiles(), profiles())
def test_a_pack_that_adds_up_in_its_own_way_is_split_by_its_own_way(one, other):
    asked = replace(one.checklist, aggregation=WORST)
    first, last = score(asked, one.responses, one.floors), score(asked, other.responses, other.floors)
    by = Yardstick(Side(checklist=asked, score=first, asked=Scope()), Side(checklist=asked, score=last, asked=Scope()))
    assert (by.mixed(frozenset()).system, by.mixed(frozenset(by.happened)).system) == (first.system, last.system)
    for change in (comparison := compare(asked, first, asked, last)).areas:
        assert total(change.causes) == pytest.approx(change.total or 0.0, abs=1e-15)
    assert total(comparison.system.causes) == pytest.approx(comparison.system.total or 0.0, abs=1e-15)


def test_a_pack_that_adds_up_in_its_own_way_is_drawn_by_its_own_way():
    # the worst question decides: of 3 3 3 and 1 1 1 the first, afterwards both are 1
    asked = replace(checklist(area("ENT", "M", "M")), aggregation=WORST)
    before = {"ENT-01": voted(3, 3, 3), "ENT-02": voted(1, 1, 1)}
    change = between(asked, before, {**before, "ENT-01": voted(1, 1, 1)}).system
    assert (change.difference, change.verdict.better, change.verdict.draws) == (-0.5, 400, 400)


def test_a_question_on_another_scale_is_another_question():
    shorter = replace(FOUR.areas[0].questions[0], levels=FOUR.areas[0].questions[0].levels[:3])
    other = checklist(area("ENT", shorter, "M", "M", "M"), version="2")
    comparison = compare(FOUR, score(FOUR, levels("ENT", 4, 2, 2, 2)), other, score(other, levels("ENT", 2, 2, 2, 2)))
    assert comparison.system.difference == 0
    assert [(change.id, change.cause) for change in comparison.questions] == [("ENT-01", Cause.CHECKLIST)]


def test_an_order_of_the_causes_cannot_change_a_share():
    def worth(some):
        return len(some) ** 2 + (3 if {Cause.ANSWERS, Cause.EVIDENCE} <= some else 0)

    causes = [Cause.ANSWERS, Cause.EVIDENCE, Cause.PANEL]
    shares = [shapley(order, worth) for order in permutations(causes)]
    for other in shares[1:]:
        assert other == pytest.approx(shares[0], abs=1e-12)


def test_what_rounding_left_over_goes_to_the_largest_share():
    settled = settled_to(0.3, {Cause.ANSWERS: 0.1, Cause.EVIDENCE: 0.25})
    assert settled == {Cause.ANSWERS: 0.1, Cause.EVIDENCE: pytest.approx(0.2)}


def test_weights_of_the_later_checklist_are_the_yardstick():
    heavier = checklist(
        *ONE.areas, severities={**SEVERITIES, "M": SeverityClass(weight=50, loss_days=1, critical=True)}, version="2"
    )
    comparison = compare(ONE, score(ONE, levels("ENT", 2)), heavier, score(heavier, levels("ENT", 2)))
    assert comparison.system.difference == 0
    assert split(comparison) == {Cause.CHECKLIST: 0}


def test_a_question_that_applies_on_neither_side_has_no_cause():
    nowhere = Facets(id="ENT-01", old=None, new=None, ballots=None, responses=(None, None))
    assert nowhere.causes == frozenset()
    asked = replace(FOUR, areas=(area("ENT", "M", "M"),))
    none = {**levels("ENT", 2), "ENT-02": NOT_APPLICABLE}
    assert split(between(asked, none, {**none, "ENT-01": answered(1)})) == {Cause.ANSWERS: pytest.approx(-0.25)}
