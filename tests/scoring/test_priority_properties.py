"""The promises of the ranking and the plan, P14 and P16 to P21, held over random checklists, votes and floors."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from math import fsum, isfinite

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checklists.checklist import Classes
from scoring import draws
from scoring.knowing import worth_knowing
from scoring.plan import choose, repaid
from scoring.plan_terms import PlanParameters, Ranking, TeamEstimate, ThreePoint
from scoring.priority import rank
from scoring.score import DEFAULTS, score
from tests.scoring.builders import NOT_APPLICABLE
from tests.scoring.test_properties import Profile, profiles

held = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

DAYS = st.one_of(st.sampled_from([0.0, 1.0, 8.0]), st.floats(0, 10_000))
THREE_POINTS = st.one_of(
    st.none(), st.tuples(DAYS, DAYS, DAYS).map(sorted).map(lambda it: ThreePoint(low=it[0], likely=it[1], high=it[2]))
)
PARAMETERS = st.builds(
    PlanParameters,
    horizon_quarters=st.integers(1, 40),
    hazard=st.floats(0, 1),
    overhead_days=DAYS,
    base_share=st.floats(0, 1),
    growth_max=st.floats(1, 100),
    draws=st.sampled_from([1, 40]),
    weight_spread=st.floats(0, 1),
    value_spread=st.floats(0, 1),
    class_cv=st.floats(0, 1),
    team_cv=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)


@st.composite
def cases(draw: st.DrawFn):
    """A profile with class values, estimates, targets and parameters of planning."""
    profile = draw(profiles())
    drawn = profile.checklist
    severity = {key: replace(it, loss_days=draw(DAYS)) for key, it in drawn.classes.severity.items()}
    classes = Classes(
        severity=severity,
        effort_days={"M": draw(DAYS)},
        friction_days={"i2": draw(DAYS)},
        growth={"s1": draw(st.sampled_from([0, 0.05, 0.3, 10]))},
        provenance="proposal",
    )
    ids = st.sampled_from(list(drawn.questions))
    estimates = {
        name: TeamEstimate(question=name, effort=draw(THREE_POINTS), friction=draw(THREE_POINTS))
        for name in draw(st.sets(ids, max_size=3))
    }
    targets = draw(st.dictionaries(ids, st.integers(0, 4), max_size=3))
    return Case(replace(profile, checklist=replace(drawn, classes=classes)), estimates, targets, draw(PARAMETERS))


class Case:
    """What a ranking is made from."""

    def __init__(self, profile: Profile, estimates, targets, parameters: PlanParameters) -> None:
        self.profile, self.estimates, self.targets, self.parameters = profile, estimates, targets, parameters

    def rank(self, **changes) -> Ranking:
        scored = changes.pop("scored", None) or self.profile.score()
        options = {"parameters": self.parameters, "estimates": self.estimates, "targets": self.targets, **changes}
        return rank(self.profile.checklist, scored, **options)

    def __repr__(self) -> str:
        return f"Case({self.profile}, {self.estimates}, {self.targets}, {self.parameters})"


def as_bytes(ranking: Ranking) -> bytes:
    return json.dumps(
        [[asdict(it) for it in ranking.priorities], sorted(ranking.likely.items())], allow_nan=False
    ).encode()


@held
@given(cases())
def test_p14_no_number_of_a_ranking_is_ever_infinite_or_not_a_number(case):
    found = case.rank()
    for it in found.priorities:
        for name, number in asdict(it).items():
            assert not isinstance(number, float) or (isfinite(number) and number >= 0), name
    scored = case.profile.score()
    ends = {entry.id: entry.estimate for entry in scored.areas} | ({"": scored.system} if scored.areas else {})
    assert ends.keys() == found.likely.keys()
    for name, (low, high) in found.likely.items():
        assert ends[name].low <= low <= high <= ends[name].high


@held
@given(cases())
def test_p16_a_what_if_that_changes_nothing_is_the_ranking_of_today_bit_for_bit(case):
    profile = case.profile
    same = score(profile.checklist, dict(profile.responses), profile.floors)
    assert as_bytes(case.rank(scored=same)) == as_bytes(case.rank())
    after = repaid(profile.checklist, profile.responses, profile.floors, {})
    assert after == profile.score()
    assert as_bytes(case.rank(scored=after)) == as_bytes(case.rank())


@held
@given(cases(), st.integers(1, 8))
def test_p17_the_shares_of_draws_among_the_first_five_sum_to_five(case, top):
    priorities = case.rank(parameters=replace(case.parameters, top=top)).priorities
    assert fsum(it.p_top5 for it in priorities) == pytest.approx(min(top, len(priorities)), abs=1e-9)
    for it in priorities:
        assert 0 <= it.p_top5 <= 1
        assert 1 <= it.rank_low <= it.rank_high <= len(priorities)


@held
@given(cases())
def test_p18_the_same_seed_and_input_give_the_same_bytes(case):
    first = as_bytes(case.rank())
    draws.forget()
    assert as_bytes(case.rank()) == first


@held
@given(cases(), st.randoms(use_true_random=False))
def test_p18_the_order_of_areas_questions_and_answers_changes_no_byte(case, random):
    def shuffled(values):
        return tuple(random.sample(list(values), len(values)))

    profile = case.profile
    areas = tuple(replace(it, questions=shuffled(it.questions)) for it in shuffled(profile.checklist.areas))
    responses = {name: profile.responses[name] for name in shuffled(profile.responses)}
    other = Profile(replace(profile.checklist, areas=areas), responses, shuffled(profile.floors))
    assert as_bytes(Case(other, case.estimates, case.targets, case.parameters).rank()) == as_bytes(case.rank())


@held
@given(cases(), st.data())
def test_p19_a_shorter_horizon_never_gives_more_benefit(case, data):
    shorter = data.draw(st.integers(1, case.parameters.horizon_quarters))
    longer = case.rank()
    less = case.rank(parameters=replace(case.parameters, horizon_quarters=shorter))
    for it in less.priorities:
        assert it.benefit_days <= longer.of(it.question).benefit_days
        assert it.cost_days == longer.of(it.question).cost_days
    budget = data.draw(st.sampled_from([0.0, 10.0, 100.0]))
    plans = [choose(ranking, case.profile.checklist, budget_days=budget) for ranking in (less, longer)]
    assert plans[0].benefit_days <= plans[1].benefit_days * (1 + 1e-12) + 1e-9


@held
@given(cases(), st.data())
def test_p20_a_second_vote_with_identical_votes_changes_no_byte_of_a_ranking(case, data):
    again = {name: replace(response) for name, response in case.profile.responses.items()}
    profile = replace(case.profile, responses=again)
    assert as_bytes(Case(profile, case.estimates, case.targets, case.parameters).rank()) == as_bytes(case.rank())


@held
@given(cases())
def test_p21_what_cannot_be_improved_is_not_in_the_ranking_and_all_else_is(case):
    scored = case.profile.score()
    improvable = {
        name for name, question in scored.questions.items() if question.debt > 0.25 * case.targets.get(name, 0)
    }
    found = case.rank().priorities
    assert {it.question for it in found} == improvable
    ratios = [(-it.ratio, it.question) for it in found]
    assert ratios == sorted(ratios)


@held
@given(cases(), st.data())
def test_what_is_drawn_for_a_question_does_not_depend_on_the_others(case, data):
    """Of two questions the one that wins a draw is the same whatever happens to a third."""
    ids = list(case.profile.checklist.questions)
    assume(len(ids) >= 3)
    pair, third = ids[:2], data.draw(st.sampled_from(ids[2:]))

    def standings(profile):
        scored = profile.score()
        own = {it.question: it for it in rank(profile.checklist, scored, parameters=case.parameters).priorities}
        assume(own.keys() >= set(pair))
        chosen = [draws.Candidate(question=name, target=0, price=own[name].price) for name in sorted(pair)]
        return draws.draw(scored, chosen, parameters=replace(case.parameters, top=1), scoring=DEFAULTS).standings

    without = replace(case.profile, responses={**case.profile.responses, third: NOT_APPLICABLE})
    assert standings(without) == standings(case.profile)


@held
@given(profiles())
def test_p13_what_is_worth_knowing_narrows_and_never_more_than_there_is(profile):
    found = worth_knowing(profile.checklist, profile.responses, profile.floors, count=99)
    system = profile.score().system
    for it in found:
        assert it.width_before == system.high - system.low
        assert 0 <= it.width_after < it.width_before
    assert [it.narrowing for it in found] == pytest.approx(
        sorted((it.narrowing for it in found), reverse=True), abs=1e-12
    )
