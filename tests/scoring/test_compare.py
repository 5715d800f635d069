"""Between two scores: one cause for each changed question, a direction for each area, only common questions counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from checklists.checklist import SeverityClass
from scoring.compare import SMALLEST_DETECTABLE_CHANGE, Cause, Counts, Direction, compare
from scoring.score import Parameters, Scope, score
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

ASKED = checklist(area("ENT", "C", "H", "M", "M"), area("MON", "M", "L"))
BEFORE = {**levels("ENT", 2, 2, 2, 2), **levels("MON", 1, 1)}


def between(before, after, floors_before=(), floors_after=(), **options):
    return compare(ASKED, score(ASKED, before, floors_before), ASKED, score(ASKED, after, floors_after), **options)


def causes(comparison):
    return {change.id: change.cause for change in comparison.questions}


# -- questions


def test_nothing_changed_means_no_change_anywhere():
    same = between(BEFORE, BEFORE)
    assert same.questions == ()
    assert (same.system.difference, same.system.direction, str(same.system.counts)) == (
        0,
        Direction.NONE,
        "0 improved, 0 worse, 6 same",
    )
    assert not same.common_only


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        pytest.param(answered(2), answered(1), Cause.ANSWERS, id="another level"),
        pytest.param(voted(2, 2, 2), voted(1, 2, 3), Cause.ANSWERS, id="the same level with another spread"),
        pytest.param(UNKNOWN, answered(3), Cause.NEWLY_KNOWN, id="unknown before, answered now"),
        pytest.param(None, answered(3), Cause.NEWLY_KNOWN, id="unanswered before, answered now"),
        pytest.param(answered(3), voted(3, None), Cause.NO_LONGER_KNOWN, id="answered before, unknown now"),
        pytest.param(answered(3), NOT_APPLICABLE, Cause.NOT_APPLICABLE, id="applies no more"),
        pytest.param(NOT_APPLICABLE, UNKNOWN, Cause.NOT_APPLICABLE, id="applies now"),
        pytest.param(None, UNKNOWN, None, id="unanswered and unknown are the same"),
        pytest.param(NOT_APPLICABLE, NOT_APPLICABLE, None, id="applies in neither"),
    ],
)
def test_a_changed_question_has_exactly_one_cause(before, after, cause):
    def given_with(response):
        rest = {key: it for key, it in BEFORE.items() if key != "ENT-02"}
        return rest if response is None else {**rest, "ENT-02": response}

    assert causes(between(given_with(before), given_with(after))) == ({} if cause is None else {"ENT-02": cause})


@pytest.mark.parametrize(
    ("levels_given", "floors_given", "cause"),
    [
        pytest.param((1, 1), ((), (0.5,)), Cause.EVIDENCE, id="a new floor under the same answer"),
        pytest.param((1, 1), ((0.5,), ()), Cause.EVIDENCE, id="a floor taken away"),
        pytest.param((3, 3), ((), (0.5,)), Cause.EVIDENCE, id="a floor that changes no debt is still evidence"),
        pytest.param(
            (1, 3), ((), (0.5,)), Cause.ANSWERS, id="the answer alone moves the debt, the floor does not matter"
        ),
        pytest.param((0, 1), ((0.5,), ()), Cause.EVIDENCE, id="the old floor would have hidden the new answer"),
        pytest.param((0, 1), ((0.5,), (0.5,)), Cause.ANSWERS, id="another answer under the same floor"),
    ],
)
def test_answers_and_evidence_are_told_apart(levels_given, floors_given, cause):
    (old, new), (before, after) = levels_given, floors_given
    changed = between(
        {**BEFORE, "ENT-02": answered(old)},
        {**BEFORE, "ENT-02": answered(new)},
        [floor("ENT-02", value) for value in before],
        [floor("ENT-02", value) for value in after],
    )
    assert causes(changed) == {"ENT-02": cause}


def test_a_change_carries_both_sides():
    (change,) = between(BEFORE, {**BEFORE, "ENT-02": NOT_APPLICABLE}).questions
    assert change.before.debt == 0.5
    assert change.after is None


def test_the_same_answers_under_other_rules_are_called_so():
    before = score(ASKED, BEFORE, parameters=Parameters(values=(0, 0.2, 0.5, 0.8, 1)))
    assert set(causes(compare(ASKED, before, ASKED, score(ASKED, BEFORE))).values()) == {Cause.RULES}


# -- counts and directions


def test_questions_are_counted_by_the_way_they_went():
    before = {**levels("ENT", 2, 2, 2, None), **levels("MON", 1, 1)}
    after = {**levels("ENT", 1, 3, 2, 0), **levels("MON", None, 1), "MON-02": NOT_APPLICABLE}
    comparison = between(before, after)
    assert comparison.areas[0].counts == Counts(improved=1, worse=1, same=1, newly_known=1)
    assert str(comparison.areas[0].counts) == "1 improved, 1 worse, 1 same, 1 newly known"
    assert comparison.areas[1].counts == Counts(no_longer_known=1, not_comparable=1)
    assert comparison.system.counts == Counts(
        improved=1, worse=1, same=1, newly_known=1, no_longer_known=1, not_comparable=1
    )


def test_learning_that_an_unknown_is_good_is_not_called_an_improvement():
    counts = between(levels("MON", None, 1), levels("MON", 0, 1)).areas[1].counts
    assert (counts.improved, counts.newly_known) == (0, 1)


def test_a_difference_needs_to_exceed_what_noise_makes():
    # all four questions move a level: .5 to .25; one light question of six moves a level: less than noise
    clear = between(BEFORE, {**BEFORE, **levels("ENT", 1, 1, 1, 1)}).areas[0]
    assert clear.difference == pytest.approx(-0.25)
    assert clear.direction is Direction.BETTER
    back = between({**BEFORE, **levels("ENT", 1, 1, 1, 1)}, BEFORE).areas[0]
    assert (back.difference, back.direction) == (pytest.approx(0.25), Direction.WORSE)
    faint = between(BEFORE, {**BEFORE, "ENT-04": answered(1)}).areas[0]
    assert -SMALLEST_DETECTABLE_CHANGE < faint.difference < 0
    assert faint.direction is Direction.NONE


def test_a_half_answered_quarter_is_not_called_worse_than_the_one_before():
    half = between(levels("ENT", 0, 0, 0, 0) | levels("MON", 0, 0), levels("ENT", 0, 0))
    assert half.system.after.band is None
    assert half.system.difference is not None
    assert half.system.difference > SMALLEST_DETECTABLE_CHANGE
    assert half.system.direction is Direction.NONE


def test_an_area_that_is_not_rated_on_one_side_has_no_difference():
    change = between(levels("ENT", 1, 1, 1, 1), BEFORE).areas[1]
    assert (change.difference, change.direction) == (None, Direction.NONE)
    assert change.before.estimate is None


def test_an_area_that_applies_on_one_side_only_is_shown_without_a_difference():
    away = {**BEFORE, "MON-01": NOT_APPLICABLE, "MON-02": NOT_APPLICABLE}
    change = between(BEFORE, away).areas[1]
    assert (change.id, change.after, change.difference) == ("MON", None, None)


@held
@given(profiles(), profiles())
def test_a_comparison_read_backwards_has_the_opposite_differences(one, other):
    first, second = one.score(), score(one.checklist, other.responses, other.floors)
    there = compare(one.checklist, first, one.checklist, second)
    back = compare(one.checklist, second, one.checklist, first)
    assert {change.id for change in there.questions} == {change.id for change in back.questions}
    backwards = {change.id: change for change in back.areas}
    for change in there.areas:
        opposite = backwards[change.id].difference
        assert change.difference == (None if opposite is None else -opposite)
        assert change.counts.improved == backwards[change.id].counts.worse


@held
@given(profiles())
def test_every_question_is_counted_once_in_its_area_and_once_in_the_system(profile):
    scored = profile.score()
    comparison = compare(profile.checklist, score(profile.checklist, {}), profile.checklist, scored)

    def total(counts):
        return sum(getattr(counts, name) for name in Counts.__dataclass_fields__)

    assert total(comparison.system.counts) == sum(total(change.counts) for change in comparison.areas)
    assert total(comparison.system.counts) == len(profile.checklist.questions)


# -- two versions, two scopes


NEXT = checklist(area("ENT", "C", "H", "M", "M", "C"), area("MON", "L"), area("TST", "M"), version="2")


def test_two_versions_are_compared_over_the_questions_both_ask():
    # ENT-05 and TST-01 are new and bad, MON-02 is gone: none of it may look like a change of the system
    after = {**BEFORE, "ENT-05": answered(4), "TST-01": answered(4)}
    comparison = compare(ASKED, score(ASKED, BEFORE), NEXT, score(NEXT, after))
    assert comparison.common_only
    assert comparison.system.difference == 0
    assert [(change.id, change.difference) for change in comparison.areas] == [("ENT", 0), ("MON", 0)]
    assert causes(comparison) == {
        "ENT-05": Cause.CHECKLIST,
        "TST-01": Cause.CHECKLIST,
        "MON-02": Cause.CHECKLIST,
        "MON-01": Cause.CHECKLIST,  # same answer, but L now and M before
    }


def test_another_weight_is_no_change_of_the_system():
    heavier = checklist(
        *ASKED.areas, severities={**SEVERITIES, "L": SeverityClass(weight=100, loss_days=1, critical=True)}
    )
    given_levels = {**levels("ENT", 0, 0, 0, 0), **levels("MON", 0, 4)}
    comparison = compare(ASKED, score(ASKED, given_levels), heavier, score(heavier, given_levels))
    assert comparison.system.difference == 0
    assert causes(comparison) == {"MON-02": Cause.CHECKLIST}


def test_a_real_change_shows_through_a_new_version():
    comparison = compare(ASKED, score(ASKED, BEFORE), NEXT, score(NEXT, {**BEFORE, **levels("ENT", 0, 0, 0, 0, 4)}))
    assert comparison.areas[0].difference == pytest.approx(-0.5)
    assert causes(comparison)["ENT-01"] is Cause.ANSWERS


def test_two_versions_with_no_common_question_have_no_difference():
    other = checklist(area("XYZ", "M"))
    comparison = compare(ASKED, score(ASKED, BEFORE), other, score(other, levels("XYZ", 1)))
    assert (comparison.areas, comparison.system.difference) == ((), None)


def test_the_core_set_and_the_whole_list_are_compared_over_the_core_set():
    mixed = checklist(area("ENT", question("ENT-01"), question("ENT-02", core=False)))
    core = Scope(core_only=True)
    answers = levels("ENT", 1, 4)
    comparison = compare(
        mixed, score(mixed, answers, asked=core), mixed, score(mixed, answers), asked_before=core, asked_after=Scope()
    )
    assert comparison.system.difference == 0
    assert causes(comparison) == {"ENT-02": Cause.CHECKLIST}


def test_a_switch_turned_on_makes_questions_applicable():
    switched = checklist(area("ENT", "M"), area("FMD", "M", applies_when="agents"))
    off, on = Scope(switches=frozenset()), Scope(switches=frozenset({"agents"}))
    answers = {**levels("ENT", 1), **levels("FMD", 4)}
    comparison = compare(
        switched,
        score(switched, answers, asked=off),
        switched,
        score(switched, answers, asked=on),
        asked_before=off,
        asked_after=on,
    )
    assert causes(comparison) == {"FMD-01": Cause.NOT_APPLICABLE}
    assert comparison.system.difference > 0


def test_the_order_is_that_of_the_later_checklist():
    turned = replace(ASKED, areas=ASKED.areas[::-1])
    after = {key: answered(4) for key in BEFORE}
    comparison = compare(ASKED, score(ASKED, BEFORE), turned, score(turned, after))
    assert [change.id for change in comparison.areas] == ["MON", "ENT"]
    assert [change.id for change in comparison.questions] == list(turned.questions)
