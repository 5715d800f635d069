"""Draws of two quarters' votes: equal to the plain functions draw by draw, firm only where other voters would be."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring.bootstrap as bootstrapping
from scoring.bootstrap import AGREEING_MIN, Agreeing, bootstrap, holm, scored_draws, settle_all
from scoring.compare import Basis, Cause, Direction, compare
from scoring.score import Parameters, Response, ResponseState, score
from scoring.votes import settle
from tests.scoring.builders import answered, area, checklist, floor, levels, voted
from tests.scoring.test_properties import VOTES, held, profiles

TEN = checklist(area("ENT", *"CHHMMMMLLL"))
TWO_AREAS = checklist(area("ENT", "M", "M"), area("MON", "M", "M"))


def everywhere(*votes, asked=TEN):
    return dict.fromkeys(asked.questions, voted(*votes))


def between(before, after, asked=TEN, **options):
    return compare(asked, score(asked, before), asked, score(asked, after), **options)


# -- equal to the plain functions


@held
@given(st.lists(VOTES.filter(lambda votes: len(votes) == 5), min_size=1, max_size=6))
def test_votes_settle_as_they_do_one_by_one(tables):
    codes = np.array([[5 if vote is None else vote for vote in votes] for votes in tables], dtype=np.uint8)
    settled = [None if level < 0 else level for level in settle_all(codes).tolist()]
    assert settled == [settle(votes) for votes in tables]


def test_somebody_who_did_not_vote_is_left_out_and_is_not_somebody_who_does_not_know():
    # two levels and two absent: the upper median; two levels and two "we do not know": unknown
    assert settle_all(np.array([[1, 3, 6, 6], [1, 3, 5, 5], [6, 6, 6, 6]], dtype=np.uint8)).tolist() == [3, -1, -1]


@held
@given(profiles(), st.data())
def test_a_draw_is_scored_as_the_same_levels_are(profile, data):
    scored = profile.score()
    if not scored.areas:
        return
    chosen = [name for name in scored.questions if data.draw(st.booleans())]
    drawn = {name: np.array(data.draw(st.lists(st.integers(-1, 4), min_size=3, max_size=3))) for name in chosen}
    totals = scored_draws(scored, drawn, Parameters(), 3)
    for place in range(3):
        responses = dict(profile.responses)
        for name, given_levels in drawn.items():
            level = int(given_levels[place])
            responses[name] = Response(state=ResponseState.UNKNOWN) if level < 0 else answered(level)
        plain = score(profile.checklist, responses, profile.floors)
        for one in plain.areas:
            assert totals[one.id][place] == pytest.approx(one.counted, abs=1e-12)
        if plain.system.estimate is not None:
            assert totals[""][place] == pytest.approx(plain.system.estimate, abs=1e-12)


def test_other_parameters_are_followed():
    rules = Parameters(values=(0, 0.1, 0.4, 0.9, 1), power=2, critical_share=0.9)
    scored = score(TEN, everywhere(1, 2, 3), parameters=rules)
    totals = scored_draws(scored, {name: np.array([3]) for name in TEN.questions}, rules, 1)
    assert totals[""][0] == pytest.approx(0.9)


def test_the_draws_follow_the_chances_of_the_votes():
    # 0 0 4 drawn three times: the upper median is 4 with two or three fours, 3 (1/3)^2 (2/3) + (1/3)^3 = 7/27
    one = checklist(area("ENT", "M"))
    fixed, varied = score(one, levels("ENT", 2)), score(one, {"ENT-01": voted(0, 0, 4)})
    found = bootstrap((fixed, varied), draws=20_000)[""]
    chance = float(Fraction(7, 27))
    assert found.worse / 20_000 == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 20_000) ** 0.5)
    assert found.better + found.worse == 20_000


def test_the_same_input_and_seed_give_the_same_draws():
    sides = score(TEN, everywhere(0, 1, 2, 3)), score(TEN, everywhere(1, 2, 3, None))
    assert bootstrap(sides) == bootstrap(sides)
    assert bootstrap(sides, seed=1) != bootstrap(sides, seed=2)


@held
@given(profiles(evidence=False), profiles(evidence=False))
def test_read_backwards_the_draws_turn_their_sign(one, other):
    first, last = one.score(), score(one.checklist, other.responses)
    there, back = bootstrap((first, last), draws=40), bootstrap((last, first), draws=40)
    voted_alike = [(q.id, q.votes) for q in first.questions.values()] == [
        (q.id, q.votes) for q in last.questions.values()
    ]
    if not voted_alike:
        assert {name: (found.better, found.worse) for name, found in there.items()} == {
            name: (found.worse, found.better) for name, found in back.items()
        }


def test_one_vote_or_two_and_a_level_that_was_set_are_not_drawn():
    for given_votes in (voted(1), voted(1, 3), voted(0, 0, 0, 4, level=4)):
        one = checklist(area("ENT", "M"))
        before, after = score(one, levels("ENT", 2)), score(one, {"ENT-01": given_votes})
        found = bootstrap((before, after), draws=50)[""]
        assert max(found.better, found.worse) in (0, 50)


# -- with names


def ballots(*voters):
    """Who voted what: ballots({"ENT-01": 2}, ...) names them a, b, ..."""
    return {"abcdefgh"[place]: votes for place, votes in enumerate(voters)}


def test_people_who_voted_alike_both_times_differ_in_no_draw_when_they_are_known():
    votes = (0, 1, 2, 3, 4)
    people = ballots(*(dict.fromkeys(TEN.questions, vote) for vote in votes))
    same = score(TEN, everywhere(*votes)), score(TEN, everywhere(*votes))
    assert bootstrap(same, ballots=(people, people))[""] == Agreeing(better=0, worse=0, draws=2_000)
    nameless = bootstrap(same)[""]
    assert min(nameless.better, nameless.worse) > 500


def test_one_strict_person_is_drawn_with_everything_said():
    # one of five says 4 to all ten questions: drawn person by person the whole swings, vote by vote it averages out
    people = ballots(*(dict.fromkeys(TEN.questions, vote) for vote in (1, 1, 1, 4, 4)))
    votes, fixed = score(TEN, everywhere(1, 1, 1, 4, 4)), score(TEN, dict.fromkeys(TEN.questions, answered(0)))
    third = score(TEN, dict.fromkeys(TEN.questions, answered(2)))
    assert bootstrap((fixed, votes))[""].worse == 2_000
    by_person = bootstrap((third, votes), ballots=({}, people))[""]
    assert by_person.better == pytest.approx(2_000 * 0.683, abs=100)  # chance that three or more of five say 1
    assert by_person.better + by_person.worse == 2_000


# -- what may be called clear


def test_an_area_that_everybody_sees_two_levels_lower_is_clearly_better():
    change = between(everywhere(3, 3, 3, 4, 4), everywhere(1, 1, 1, 2, 2)).system
    assert (change.direction, change.verdict.basis) == (Direction.BETTER, Basis.VOTES)
    assert (change.verdict.better, change.verdict.draws) == (2_000, 2_000)


def test_votes_that_scatter_as_widely_as_they_moved_are_no_clear_change():
    verdict = between(everywhere(0, 1, 2, 3, 4), everywhere(0, 1, 2, 2, 4, asked=TEN)).system.verdict
    assert (verdict.direction, verdict.basis) == (Direction.NONE, Basis.VOTES)
    assert 0 < verdict.agreeing < AGREEING_MIN * verdict.draws


def test_a_small_change_everybody_agrees_on_is_clear_where_the_limit_would_not_see_it():
    before, after = everywhere(2, 2, 2, 2, 2), {**everywhere(2, 2, 2, 2, 2), "ENT-10": voted(0, 0, 0, 0, 0)}
    change = between(before, after).system
    assert change.difference == pytest.approx(0.5 * (50 / 52.5) ** (1 / 3) - 0.5)  # the lightest of 52.5 weights
    assert change.direction is Direction.BETTER


def test_bare_levels_go_by_the_limit():
    change = between(levels("ENT", *[3] * 10), levels("ENT", *[1] * 10)).system
    assert (change.direction, change.verdict.basis, change.verdict.draws) == (Direction.BETTER, Basis.LIMIT, 0)


@pytest.mark.parametrize(
    ("changed", "direction"),
    [pytest.param(1, Direction.NONE, id="little"), pytest.param(6, Direction.WORSE, id="much")],
)
def test_where_one_person_answered_some_the_limit_holds_beside_the_draws(changed, direction):
    before = everywhere(1, 1, 1, 1, 1)
    after = {**before, **{f"ENT-{10 - number:02}": answered(4 if changed > 1 else 2) for number in range(changed)}}
    verdict = between(before, after).system.verdict
    assert (verdict.direction, verdict.basis) == (direction, Basis.BOTH)
    assert verdict.worse == verdict.draws  # a bare level is the same in every draw, and says nothing of chance


def test_a_few_votes_among_many_bare_levels_do_not_speak_for_all():
    before = {**levels("ENT", *[2] * 10), "ENT-10": voted(2, 2, 2)}
    verdict = between(before, {**before, "ENT-10": voted(1, 1, 1)}).system.verdict
    assert (verdict.direction, verdict.basis) == (Direction.NONE, Basis.BOTH)


def test_too_little_known_is_no_clear_change_whatever_the_draws_say():
    verdict = between(everywhere(4, 4, 4), {"ENT-01": voted(0, 0, 0)}).system.verdict
    assert (verdict.direction, verdict.basis, verdict.draws) == (Direction.NONE, Basis.NOT_KNOWN, 0)


def test_draws_can_lean_against_a_difference_and_then_nothing_is_clear():
    # the medians stand still: whatever the draws lean to, no difference is no change
    verdict = between(everywhere(1, 2, 2, 2, 2), everywhere(2, 2, 2, 2, 4)).system.verdict
    assert verdict.direction is Direction.NONE


def test_all_votes_equal_in_both_is_no_change_in_any_draw():
    verdict = between(everywhere(2, 2, 2), everywhere(2, 2, 2)).system.verdict
    assert (verdict.direction, verdict.better, verdict.worse) == (Direction.NONE, 0, 0)


# -- several areas at once


@pytest.mark.parametrize(
    ("doubts", "stand"),
    [
        pytest.param({"a": 0.05}, {"a"}, id="one alone has the plain limit"),
        pytest.param({"a": 0.06}, set(), id="one alone beyond it"),
        pytest.param({"a": 0.01, "b": 0.02, "c": 0.04}, {"a", "b", "c"}, id="3 x .01, 2 x .02, 1 x .04: all stand"),
        pytest.param({"a": 0.03, "b": 0.03}, set(), id="2 x .03 is above .05, and nothing after it is looked at"),
        pytest.param({"a": 0.0, "b": 0.03, "c": 0.03}, {"a"}, id="2 x .03 stops the rest"),
        pytest.param({}, set(), id="none"),
    ],
)
def test_findings_that_are_looked_at_together_stand_by_holms_procedure(doubts, stand):
    assert holm(doubts) == stand


def test_an_area_clear_by_itself_has_to_be_clearer_among_others():
    # alone it would be clear; beside nine areas without any change it is not
    many = checklist(*(area(f"A{letter}", "M", "M") for letter in "BCDEFGHIJK"))
    before = dict.fromkeys(many.questions, voted(2, 2, 2, 3))
    after = {**before, "AB-01": voted(0, 1, 1, 2), "AB-02": voted(0, 1, 1, 2)}
    first = bootstrap((score(many, before), score(many, after)))["AB"]
    alone = checklist(area("AB", "M", "M"))
    single = between(
        {k: v for k, v in before.items() if k.startswith("AB")},
        {k: v for k, v in after.items() if k.startswith("AB")},
        asked=alone,
    )
    among = between(before, after, asked=many)
    doubt = first.doubt
    assert 0.005 < doubt < 0.05
    assert single.areas[0].direction is Direction.BETTER
    assert among.areas[0].direction is Direction.NONE


def test_a_floor_is_no_vote_and_stays_in_every_draw():
    before = score(TEN, everywhere(1, 1, 1))
    after = score(TEN, everywhere(1, 1, 1), [floor(name, 0.5) for name in TEN.questions])
    change = compare(TEN, before, TEN, after).system
    assert (change.direction, change.verdict.worse) == (Direction.WORSE, 2_000)
    assert [share.cause for share in change.causes] == [Cause.EVIDENCE]


def test_areas_are_drawn_each_for_itself():
    before = dict.fromkeys(TWO_AREAS.questions, voted(3, 3, 3))
    after = {**before, "MON-01": voted(1, 1, 1), "MON-02": voted(1, 1, 1)}
    directions = {change.id: change.direction for change in between(before, after, asked=TWO_AREAS).areas}
    assert directions == {"ENT": Direction.NONE, "MON": Direction.BETTER}


def test_a_hundred_voters_are_drawn_in_parts():
    many = tuple([1] * 60 + [3] * 40)
    sides = score(TEN, everywhere(*many)), score(TEN, dict.fromkeys(TEN.questions, answered(2)))
    found = bootstrap(sides)[""]
    assert found.worse > 1_900  # 60 of 100 say 1: a median of 3 is rare, ten of them rarer
    assert found == bootstrap(sides)[""]


@pytest.mark.parametrize(
    "votes",
    [(0,) * 7 + (2,) * 6 + (4,) * 7, (1,) * 20, (0,) * 9 + (3,) * 3 + (None,) * 10, (4,) * 12 + (None,) * 8],
)
def test_tallies_of_many_votes_are_as_likely_as_drawing_them_one_by_one(votes: tuple[int | None, ...]) -> None:
    tallied = bootstrapping._tallied(votes, 20_000, np.random.default_rng(1)).tolist()
    draw = random.Random(1)
    plain = [settle(tuple(draw.choices(votes, k=len(votes)))) for _ in range(20_000)]
    for level in (0, 1, 2, 3, 4, None):
        expected = plain.count(level) / 20_000
        assert tallied.count(-1 if level is None else level) / 20_000 == pytest.approx(expected, abs=0.02)
