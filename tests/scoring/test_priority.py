"""What to repay first: the ranking by hand, its draws against a second, naive way, and defined results at the edges."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from checklists.aggregation import FirstMatch, Gate, Gates, Group, Match, Mean, MeanOfMeans, PowerMean, Sum, Worst
from checklists.reader import load_checklist
from scoring.aggregate import Terms, combine
from scoring.aggregate_draws import DrawnTerms, combine_draws
from scoring.draws import Candidate, draw
from scoring.interest import price
from scoring.plan_terms import PlanParameters, TeamEstimate, ThreePoint, Tier
from scoring.priority import rank, tier_of
from scoring.score import DEFAULTS, score
from scoring.votes import level_shares
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, voted

FEW = PlanParameters(draws=400)
ASKED = checklist(area("ENT", "C", "H", "M", "L"), area("DAT", "C", "H", "M", "L"))
PACK = load_checklist(Path(__file__).parents[2] / "checklists" / "ml-debt.yaml")


def ranked(given, *, asked=ASKED, floors=(), **options):
    return rank(asked, score(asked, given, floors), **{"parameters": FEW, **options})


def everywhere(response):
    return dict.fromkeys(ASKED.questions, response)


def of(question_id, given, floors=()):
    return score(ASKED, given, floors).questions[question_id]


# -- by hand


def test_a_priority_is_what_the_formulas_give():
    # class M 5 days, i2 2 days a quarter, s1 5 % growth, severity C loses 20 days
    found = ranked({**everywhere(answered(0)), "ENT-01": answered(2)}).of("ENT-01")
    quarterly = 0.5**2 * (2 + 0.05 * 20)
    horizon = 1 + 1.05 + 1.05**2 + 1.05**3
    cost = 5 * (0.6 + 0.4 * 0.5) + 4
    assert (found.debt, found.known, found.target, found.target_debt) == (0.5, True, 0, 0)
    assert found.interest_days_per_quarter == found.avoided_days_per_quarter == pytest.approx(quarterly)
    assert found.benefit_days == pytest.approx(quarterly * horizon)
    assert found.cost_days == found.principal_days == pytest.approx(cost)
    assert found.ratio == pytest.approx(quarterly * horizon / cost)
    assert found.break_even_quarters == pytest.approx(cost / quarterly)


def test_a_higher_target_avoids_less_and_costs_less():
    found = ranked({"ENT-01": answered(4)}, targets={"ENT-01": 2}).of("ENT-01")
    quarterly = (1 - 0.25) * (2 + 0.05 * 20)
    assert (found.target, found.target_debt) == (2, 0.5)
    assert found.avoided_days_per_quarter == pytest.approx(quarterly)
    assert found.interest_days_per_quarter == pytest.approx(3)
    assert (found.cost_days, found.principal_days) == (pytest.approx(5 * 0.8 + 4), pytest.approx(9))


def test_the_best_ratio_comes_first_and_equal_ones_go_by_id():
    found = ranked(everywhere(answered(3)))
    assert [it.question for it in found.priorities] == [
        "DAT-01", "ENT-01", "DAT-02", "ENT-02", "DAT-03", "ENT-03", "DAT-04", "ENT-04",
    ]  # fmt: skip


def test_an_unknown_question_is_priced_at_its_assumed_debt_and_says_so():
    found = ranked({}).of("ENT-01")
    assert (found.debt, found.known) == (0.75, False)


def test_a_floor_is_owed_too():
    given = everywhere(answered(0))
    assert ranked(given).priorities == ()
    (found,) = ranked(given, floors=[floor("DAT-03", 0.5)]).priorities
    assert (found.question, found.debt) == ("DAT-03", 0.5)
    assert found.p_top5 == 1


@pytest.mark.parametrize(
    ("share", "tier"),
    [
        (1, Tier.NOW),
        (0.7, Tier.NOW),
        (0.6995, Tier.LIKELY),
        (0.3, Tier.LIKELY),
        (0.2995, Tier.NOT_NOW),
        (0, Tier.NOT_NOW),
    ],
)
def test_a_share_on_a_limit_belongs_to_the_more_urgent_tier(share, tier):
    assert tier_of(share, FEW) is tier


def test_a_target_that_is_no_level_is_an_error_and_one_that_does_not_apply_is_not():
    with pytest.raises(ValueError, match="ENT-01: a target is a level 0 to 4, not 5"):
        ranked({}, targets={"ENT-01": 5})
    given = {"ENT-01": NOT_APPLICABLE}
    assert ranked(given, targets={"ENT-01": 2}) == ranked(given)


# -- which level is drawn


@pytest.mark.parametrize(
    ("response", "shares"),
    [
        pytest.param(UNKNOWN, (1, 1, 1, 1, 1), id="unknown: each level alike"),
        pytest.param(voted(2, None, None), (1, 1, 1, 1, 1), id="mostly unknown: the same"),
        pytest.param(answered(2), (0, 1, 3, 1, 0), id="a single answer: the levels beside it now and then"),
        pytest.param(answered(0), (4, 1, 0, 0, 0), id="nothing is better than no debt"),
        pytest.param(voted(1, 4), (1, 3, 1, 1, 4), id="two votes: each like a single answer"),
        pytest.param(voted(1, 2, 2, 4), (0, 1, 2, 0, 1), id="three votes or more: each vote once"),
        pytest.param(voted(2, 2, 2, None), (0, 0, 3, 0, 0), id="who does not know is left out"),
        pytest.param(voted(0, 1, 1, level=3), (2, 4, 0, 9, 0), id="three fifths of the draws are the facilitator's"),
    ],
)  # fmt: skip
def test_the_level_drawn_follows_the_votes(response, shares):
    scored = of("ENT-01", {"ENT-01": response})
    drawn = level_shares(scored.votes, scored.level, 5)
    assert [share / sum(drawn) for share in drawn] == [share / sum(shares) for share in shares]


# -- draws: common random numbers, the same bytes, a naive second way


def test_changing_or_removing_one_question_moves_no_number_of_another():
    """One question against ENT-01 alone: who else is asked may not shift the dice of either."""

    def standing(given, names=("ENT-01", "DAT-02")):
        scored = score(ASKED, {**everywhere(answered(3)), **given})
        candidates = [Candidate(question=name, target=0, price=price(ASKED, name)) for name in names]
        return draw(scored, candidates, parameters=replace(FEW, top=1), scoring=DEFAULTS).standings

    alone = standing({})
    assert standing({"DAT-01": answered(0), "ENT-03": UNKNOWN}) == alone
    assert standing({"DAT-01": NOT_APPLICABLE, "ENT-04": NOT_APPLICABLE}) == alone
    assert 0 < alone[0].p_top < 1


def test_another_seed_gives_other_numbers_and_the_same_seed_the_same_bytes():
    def said(seed):
        found = ranked(everywhere(answered(3)), parameters=replace(FEW, seed=seed))
        return json.dumps([asdict(it) for it in found.priorities] + [dict(found.likely)])

    assert said(1) == said(1)
    assert said(1) != said(2)


def test_the_shares_are_those_of_a_naive_simulation():
    """The formulas of the method again, one draw and one question at a time, with other random numbers."""
    given = {**levels("ENT", 4, 3, 2, 1), "DAT-01": voted(0, 2, 4), "DAT-02": voted(3, 3, 4), "DAT-03": UNKNOWN}
    said = {"ENT-02": TeamEstimate(question="ENT-02", effort=ThreePoint(low=1, likely=2, high=3))}
    found = ranked(given, estimates=said, parameters=PlanParameters(top=2))
    chance, draws = random.Random(7), 4000
    scored = score(ASKED, given)
    count = Counter()
    for _ in range(draws):
        value = [0, *(0.25 * level + chance.uniform(-0.1, 0.1) for level in (1, 2, 3)), 1]
        ratios = {}
        for name, question in scored.questions.items():
            shares = level_shares(question.votes, question.level, 5)
            debt = value[chance.choices(range(5), shares)[0]]
            it = price(ASKED, name, estimates=said)

            def around(mean, cv):
                sigma = np.sqrt(np.log(1 + cv * cv))
                return mean * chance.lognormvariate(-sigma * sigma / 2, sigma)

            interest = debt**2 * (around(it.friction_days, 0.4) + 0.05 * around(it.loss_days, 0.4))
            benefit = interest * sum(min(1.05**quarter, 3) for quarter in range(4))
            cost = around(it.effort_days, 0.2 if name in said else 0.4) * (0.6 + 0.4 * debt) + 4
            ratios[name] = benefit / cost if debt else 0
        for name in sorted(ratios, key=lambda name: -ratios[name])[:2]:
            count[name] += 1
    for it in found.priorities:
        assert it.p_top5 == pytest.approx(count[it.question] / draws, abs=0.045), it.question


RULES = [
    PowerMean(power=3, critical_share=0.65),
    PowerMean(power=2, critical_share=0),
    Mean(),
    Sum(full=20),
    Worst(),
    MeanOfMeans(groups=(Group(title="a", members=("q0", "q3"), weight=2), Group(title="b", members=("q1", "q9")))),
    Gates(
        gates=(
            Gate(title="one", needs=(("q0", 3), ("q1", 3)), debt=0.6),
            Gate(title="two", needs=(("q2", 2), ("q9", 1)), debt=0.2),
        )
    ),
    FirstMatch(
        matches=(
            Match(title="fine", when=(("q0", (0, 1)), ("q1", (0, 1, 2))), debt=0),
            Match(title="so so", when=(("q2", (0, 1, 2)), ("q9", (0,))), debt=0.5),
        )
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=[type(rule).__name__ for rule in RULES])
def test_each_kind_of_aggregation_gives_for_each_draw_what_the_score_gives_for_one(rule):
    chance, values, draws = random.Random(3), (0, 0.25, 0.5, 0.75, 1), 60
    ids, critical = ["q0", "q1", "q2", "q3"], np.array([True, False, True, False])
    debts = np.array([[chance.choice([*values, 0.3, 0.6]) for _ in range(draws)] for _ in ids])
    weights = np.array([[chance.uniform(1, 10) for _ in range(draws)] for _ in ids])
    many = combine_draws(
        rule, DrawnTerms(ids, debts, weights, critical), np.repeat(np.array([values]).T, draws, axis=1)
    )
    for column in range(draws):
        one = Terms(ids, list(debts[:, column]), list(weights[:, column]), list(debts[critical, column]))
        assert many[column] == pytest.approx(combine(rule, one, values), abs=1e-12)
    assert len(set(many.round(12))) > 1


def test_a_published_rule_is_drawn_with_its_own_rule_values_and_weights():
    pack = load_checklist(Path(__file__).parents[2] / "checklists" / "ml-test-score.yaml")
    top = pack.level_count - 1
    sure = score(pack, {name: voted(*[number % (top + 1)] * 3) for number, name in enumerate(pack.questions)})
    found = rank(pack, sure, parameters=FEW)
    assert found.likely[""] == pytest.approx((sure.system.estimate,) * 2)
    low, high = rank(pack, score(pack, {}), parameters=FEW).likely[""]
    assert 0 < low < high < 1


def test_where_nothing_is_left_to_chance_the_likely_range_is_the_estimate():
    sure = replace(FEW, weight_spread=0, value_spread=0)
    given = dict(zip(ASKED.questions, (voted(level, level, level) for level in (0, 1, 2, 3, 4, 3, 2, 1)), strict=True))
    scored = score(ASKED, given)
    likely = rank(ASKED, scored, parameters=sure).likely
    assert likely[""] == pytest.approx((scored.system.estimate,) * 2)
    assert {entry.id: likely[entry.id] for entry in scored.areas} == {
        entry.id: pytest.approx((entry.counted,) * 2) for entry in scored.areas
    }


def test_the_likely_range_of_one_unknown_question_is_that_of_its_levels():
    asked = checklist(area("ENT", "M"))
    likely = rank(asked, score(asked, {}), parameters=replace(FEW, weight_spread=0, value_spread=0)).likely
    assert likely == {"ENT": (0, 1), "": (0, 1)}


def test_the_likely_range_lies_inside_the_interval_and_is_narrower_where_much_is_open():
    scored = score(PACK, {name: voted(1, 2, 4) for name in PACK.questions})
    ranking = rank(PACK, scored, parameters=FEW)
    low, high = ranking.likely[""]
    assert scored.system.low < low < high < scored.system.high
    assert high - low < (scored.system.high - scored.system.low) / 5
    for entry in scored.areas:
        low, high = ranking.likely[entry.id]
        assert entry.estimate.low <= low < high <= entry.estimate.high


# -- edges


def numbers(ranking):
    for it in ranking.priorities:
        for name, value in asdict(it).items():
            if isinstance(value, float):
                yield f"{it.question} {name}", value
    for name, ends in ranking.likely.items():
        yield from ((name, end) for end in ends)


FREE = ThreePoint(low=0, likely=0, high=0)
NOTHING = {name: TeamEstimate(question=name, effort=FREE, friction=FREE) for name in ASKED.questions}


@pytest.mark.parametrize("given", [{}, everywhere(UNKNOWN), everywhere(answered(4)), everywhere(voted(None))])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"estimates": NOTHING},
        {"parameters": replace(FEW, overhead_days=0, hazard=0), "estimates": NOTHING},
        {"parameters": replace(FEW, overhead_days=0, base_share=0, class_cv=0, team_cv=0, growth_max=1)},
        {"parameters": replace(FEW, class_cv=1, team_cv=1, value_spread=1, weight_spread=1, horizon_quarters=40)},
        {"parameters": replace(FEW, draws=1)},
    ],
)
def test_no_number_is_ever_infinite_or_not_a_number(given, options):
    found = ranked(given, **options)
    assert len(found.priorities) == 8
    assert [name for name, value in numbers(found) if not isfinite(value)] == []


def test_what_avoids_nothing_never_breaks_even():
    found = ranked({}, parameters=replace(FEW, hazard=0), estimates=NOTHING).of("ENT-01")
    assert (found.benefit_days, found.ratio, found.break_even_quarters) == (0, 0, None)


def test_where_nothing_applies_there_is_nothing_to_rank():
    found = ranked(everywhere(NOT_APPLICABLE))
    assert (found.priorities, dict(found.likely)) == ((), {})


def test_fewer_than_five_are_all_among_the_first_five():
    found = ranked({**everywhere(answered(0)), **levels("ENT", 1, 2, 3)})
    assert [it.p_top5 for it in found.priorities] == [1, 1, 1]
    assert {it.rank_high for it in found.priorities} <= {1, 2, 3}


# -- the shipped checklist


#: Levels to draw a profile's answers from: each alike, and as teams give them, most of them in the middle.
PROFILES = {"uniform": [0, 1, 2, 3, 4], "as teams answer": [0] * 2 + [1] * 3 + [2] * 3 + [3] * 2 + [4]}


@pytest.mark.parametrize("drawn_from", PROFILES.values(), ids=PROFILES)
def test_no_single_question_leads_whatever_is_answered(drawn_from):
    """With interest and cost both linear in the debt one question was among the first five of 74 % of such profiles."""
    chance, profiles, leading = random.Random(20_150_101), 600, Counter()
    few = PlanParameters(draws=1)
    for _ in range(profiles):
        given = {name: answered(chance.choice(drawn_from)) for name in PACK.questions}
        for it in rank(PACK, score(PACK, given), parameters=few).priorities[:5]:
            leading[it.question, it.debt] += 1
    by_question = Counter()
    for (name, _), times in leading.items():
        by_question[name] += times
    ((worst, times),) = by_question.most_common(1)
    assert times / profiles <= 0.40, worst
    assert len(by_question) >= 40
    mean_debt = sum(debt * times for (_, debt), times in leading.items()) / leading.total()
    assert mean_debt > 0.8, "the first five depend on what was answered, not on the classes alone"
