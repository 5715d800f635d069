"""The plan against every set there is: never beaten by brute force, prerequisites kept, pins and exclusions obeyed."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import ceil, floor, fsum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring.plan as planning
from checklists.checklist import Checklist
from checklists.reader import load_checklist
from scoring.plan import choose, larger_lifts, repaid
from scoring.plan_terms import DAYS_MAX, Plan, PlanParameters, Price, Priority, Ranking, Tier
from scoring.score import score
from tests.scoring.builders import (
    NOT_APPLICABLE,
    UNKNOWN,
    answered,
    area,
    checklist,
    question,
    voted,
)
from tests.scoring.builders import floor as floor_at

ROOT = Path(__file__).parents[2]

Needs = Mapping[str, Sequence[str]]


def owes(question_id: str, benefit: float, cost: float, *, target_debt: float = 0.0) -> Priority:
    return Priority(
        question=question_id,
        debt=1.0,
        known=True,
        target=0,
        target_debt=target_debt,
        principal_days=cost,
        interest_days_per_quarter=benefit / 4,
        avoided_days_per_quarter=benefit / 4,
        benefit_days=benefit,
        cost_days=cost,
        ratio=benefit / cost if cost else 0.0,
        break_even_quarters=4 * cost / benefit if benefit else None,
        p_top5=0.5,
        rank_low=1,
        rank_high=5,
        tier=Tier.LIKELY,
        price=Price(question=question_id, effort_days=cost, friction_days=1, loss_days=1, growth=0),
    )


def ranked(*priorities: Priority) -> Ranking:
    order = sorted(priorities, key=lambda it: (-it.ratio, it.question))
    return Ranking(priorities=tuple(order), parameters=PlanParameters(), likely={})


def asking(questions: Sequence[str], needs: Needs) -> Checklist:
    return checklist(area("AA", *(replace(question(q), depends_on=tuple(needs.get(q, ()))) for q in questions)))


def ids(plan: Plan) -> list[str]:
    return [priority.question for priority in plan.chosen]


def plan_of(
    priorities: Sequence[Priority],
    needs: Needs | None = None,
    *,
    budget_days: float,
    pinned: Sequence[str] = (),
    excluded: Sequence[str] = (),
    done: Sequence[str] = (),
) -> Plan:
    asked = asking([it.question for it in priorities], needs or {})
    return choose(
        ranked(*priorities),
        asked,
        budget_days=budget_days,
        pinned=frozenset(pinned),
        excluded=frozenset(excluded),
        done=frozenset(done),
    )


# -- by hand


def test_the_best_set_is_not_the_best_ratios() -> None:
    """Ratio 3 fills a budget of 10 with 6 days for 18; the two of ratio 2.5 together give 25."""
    plan = plan_of([owes("AA-01", 18, 6), owes("AA-02", 12.5, 5), owes("AA-03", 12.5, 5)], budget_days=10)
    assert ids(plan) == ["AA-02", "AA-03"]
    assert (plan.cost_days, plan.benefit_days, plan.avoided_days_per_quarter) == (10, 25, 6.25)
    assert plan.break_even_quarters == 1.6  # 10 days / 6.25 days a quarter
    assert plan.next_5_days_benefit == 5.5  # 15 days: 18 + 12.5 = 30.5 instead of 25


def test_a_prerequisite_comes_along_and_stands_first() -> None:
    plan = plan_of([owes("AA-01", 20, 5), owes("AA-02", 1, 5)], {"AA-01": ["AA-02"]}, budget_days=10)
    assert ids(plan) == ["AA-02", "AA-01"]
    assert plan.because == {"AA-02": "AA-01"}


def test_what_cannot_be_paid_with_its_prerequisite_is_left_alone() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 1, 5), owes("AA-03", 3, 5)]
    assert ids(plan_of(owed, {"AA-01": ["AA-02"]}, budget_days=9.5)) == ["AA-03"]


def test_a_shared_prerequisite_is_paid_once() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 20, 5), owes("AA-03", 0, 5)]
    plan = plan_of(owed, {"AA-01": ["AA-03"], "AA-02": ["AA-03"]}, budget_days=15)
    assert ids(plan) == ["AA-03", "AA-01", "AA-02"]
    assert plan.because == {"AA-03": "AA-01"}


@pytest.mark.parametrize("how", ["done", "no longer owed"])
def test_a_prerequisite_that_is_repaid_is_not_waited_for(how: str) -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 1, 5)]
    asked = asking(["AA-01", "AA-02"], {"AA-01": ["AA-02"]})
    plan = (
        choose(ranked(*owed), asked, budget_days=5, done=frozenset({"AA-02"}))
        if how == "done"
        else choose(ranked(owed[0]), asked, budget_days=5)
    )
    assert ids(plan) == ["AA-01"]
    assert plan.unavailable == {}


def test_what_needs_an_excluded_question_is_unavailable_and_names_it() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 20, 5), owes("AA-03", 1, 5), owes("AA-04", 1, 5)]
    plan = plan_of(owed, {"AA-01": ["AA-02"], "AA-02": ["AA-03"]}, budget_days=100, excluded=["AA-03"])
    assert ids(plan) == ["AA-04"]
    assert plan.unavailable == {"AA-01": "AA-03", "AA-02": "AA-03"}


def test_a_pin_is_taken_even_where_its_prerequisite_is_excluded() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 20, 5), owes("AA-03", 1, 5)]
    needs = {"AA-01": ["AA-02"], "AA-02": ["AA-03"]}
    plan = plan_of(owed, needs, budget_days=100, excluded=["AA-03"], pinned=["AA-02"])
    assert ids(plan) == ["AA-02", "AA-01"]
    assert plan.unavailable == {}


def test_a_pin_weighs_more_than_its_own_exclusion() -> None:
    assert ids(plan_of([owes("AA-01", 1, 5)], budget_days=0, excluded=["AA-01"], pinned=["AA-01"])) == ["AA-01"]


def test_a_pin_takes_its_prerequisite_and_the_rest_of_the_budget_goes_to_the_best() -> None:
    owed = [owes("AA-01", 30, 5), owes("AA-02", 1, 5), owes("AA-03", 1, 5), owes("AA-04", 9, 5)]
    plan = plan_of(owed, {"AA-02": ["AA-03"]}, budget_days=15, pinned=["AA-02"])
    assert ids(plan) == ["AA-01", "AA-03", "AA-02"]
    assert not plan.pinned_over_budget


def test_pins_beyond_the_budget_are_the_plan_and_flagged() -> None:
    owed = [owes("AA-01", 30, 1), owes("AA-02", 1, 8)]
    plan = plan_of(owed, budget_days=5, pinned=["AA-02"])
    assert (ids(plan), plan.pinned_over_budget) == (["AA-02"], True)
    assert plan.next_5_days_benefit == 30  # with 10 days the pin fits and the other too


def test_pins_that_only_rounding_makes_too_dear_are_not_flagged() -> None:
    owed = [owes("AA-01", 1, 4.9), owes("AA-02", 1, 5.0), owes("AA-03", 9, 0.5)]
    plan = plan_of(owed, budget_days=9.9, pinned=["AA-01", "AA-02"])
    assert not plan.pinned_over_budget
    assert ids(plan) == ["AA-01", "AA-02"]  # 10 half-days each: nothing is left for the third


def test_the_questions_of_a_cycle_are_repaid_together_or_not_at_all() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 1, 5), owes("AA-03", 4, 5), owes("AA-04", 3, 5)]
    needs = {"AA-01": ["AA-02"], "AA-02": ["AA-03"], "AA-03": ["AA-01"]}
    small, large = (plan_of(owed, needs, budget_days=days) for days in (14.5, 15))
    assert small.cycles == large.cycles == (("AA-01", "AA-03", "AA-02"),)
    assert ids(small) == ["AA-04"]
    assert set(ids(large)) == {"AA-01", "AA-02", "AA-03"}


def test_a_cycle_with_an_excluded_question_is_unavailable_as_a_whole() -> None:
    owed = [owes("AA-01", 20, 5), owes("AA-02", 1, 5)]
    plan = plan_of(owed, {"AA-01": ["AA-02"], "AA-02": ["AA-01"]}, budget_days=100, excluded=["AA-02"])
    assert (ids(plan), plan.cycles, plan.unavailable) == ([], (), {"AA-01": "AA-02"})


def test_of_equal_sets_the_cheaper_is_taken_and_of_equally_dear_ones_the_earlier() -> None:
    assert ids(plan_of([owes("AA-01", 6, 3), owes("AA-02", 6, 2)], budget_days=3)) == ["AA-02"]
    twins = [owes("AA-03", 6, 3), owes("AA-02", 6, 3), owes("AA-01", 6, 3)]
    assert ids(plan_of(twins, budget_days=7)) == ["AA-01", "AA-02"]


def test_tenths_that_no_computer_holds_exactly_tie_all_the_same() -> None:
    """.1 + .2 is not .3 in floats: the three ways to 3 days must not be told apart by the last bit."""
    owed = [owes(f"AA-{n:02}", benefit, 1) for n, benefit in enumerate([0.1] * 10, 1)]
    assert ids(plan_of(owed, budget_days=3)) == ["AA-01", "AA-02", "AA-03"]


def test_a_budget_of_nothing_takes_what_costs_nothing() -> None:
    owed = [owes("AA-01", 5, 0), owes("AA-02", 5, 0.1), owes("AA-03", 0, 0)]
    plan = plan_of(owed, budget_days=0)
    assert ids(plan) == ["AA-01"]
    assert (plan.cost_days, plan.break_even_quarters, plan.next_5_days_benefit) == (0, 0, 5)


def test_with_nothing_owed_there_is_nothing_to_do() -> None:
    plan = choose(ranked(), asking(["AA-01"], {}), budget_days=10_000, pinned=["AA-01"])
    assert (plan.chosen, plan.cost_days, plan.benefit_days, plan.next_5_days_benefit) == ((), 0, 0, 0)
    assert plan.break_even_quarters is None
    assert not plan.pinned_over_budget


@pytest.mark.parametrize("benefit", [1e-320, 1e-30])
def test_what_avoids_next_to_nothing_never_pays_for_itself(benefit: float) -> None:
    plan = plan_of([owes("AA-01", benefit, 5)], {}, budget_days=10, pinned=["AA-01"])
    assert ids(plan) == ["AA-01"]
    assert plan.break_even_quarters is None


def test_a_huge_budget_repays_everything_that_avoids_something() -> None:
    plan = plan_of([owes("AA-01", 5, 9_999), owes("AA-02", 0, 1), owes("AA-03", 1e-9, 1)], budget_days=DAYS_MAX)
    assert ids(plan) == ["AA-01", "AA-03"]  # 5 / 9,999 is the better ratio


def test_a_half_day_is_not_spent_on_arithmetic() -> None:
    """.1 + .2 + 2.7 days is 3.0000000000000004: it must not need 3.5 days."""
    assert ids(plan_of([owes("AA-01", 5, 0.1 + 0.2 + 2.7)], budget_days=3)) == ["AA-01"]


@pytest.mark.parametrize("budget", [-0.5, float("nan"), float("inf"), DAYS_MAX + 1])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    with pytest.raises(ValueError, match="a budget is 0 to 10,000 person-days"):
        plan_of([owes("AA-01", 5, 5)], budget_days=budget)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0])
def test_a_priority_without_a_number_is_refused_before_it_can_win(wrong: float) -> None:
    with pytest.raises(ValueError, match="AA-01"):
        plan_of([replace(owes("AA-01", 5, 5), benefit_days=wrong)], budget_days=5)


def test_of_two_actions_on_one_question_the_larger_lift_counts() -> None:
    half, whole = owes("AA-01", 9, 2, target_debt=0.5), owes("AA-01", 12, 5)
    asked = asking(["AA-01"], {})
    both = Ranking(priorities=(half, whole), parameters=PlanParameters(), likely={})
    assert choose(both, asked, budget_days=100).benefit_days == 12
    assert larger_lifts([("AA-01", 2), ("AA-02", 1), ("AA-01", 1), ("AA-01", 3)]) == {"AA-01": 1, "AA-02": 1}


# -- against every set there is


def half_days(days: float) -> int:
    return ceil(2 * days - 1e-9)


def closed_sets(priorities: Sequence[Priority], needs: Needs) -> Iterator[tuple[Priority, ...]]:
    for size in range(len(priorities) + 1):
        for some in combinations(priorities, size):
            taken = {it.question for it in some}
            if all(need in taken for it in some for need in needs.get(it.question, ())):
                yield some


def best_of_all(priorities: Sequence[Priority], needs: Needs, budget_days: float, pinned: frozenset[str]) -> float:
    """The most that can be had, by trying every set; pins and what they need are in each."""
    room = floor(2 * budget_days + 1e-9)
    return max(
        (
            fsum(it.benefit_days for it in some)
            for some in closed_sets(priorities, needs)
            if pinned <= {it.question for it in some} and sum(half_days(it.cost_days) for it in some) <= room
        ),
        default=-1.0,
    )


def greedy(priorities: Sequence[Priority], needs: Needs, budget_days: float) -> float:
    """Best ratio first, with what it needs, as long as there is room."""
    by_id = {it.question: it for it in priorities}
    taken: set[str] = set()

    def with_needs(question_id: str, met: frozenset[str] = frozenset()) -> set[str]:
        if question_id in met:
            return set()
        further = met | {question_id}
        return {question_id}.union(*(with_needs(need, further) for need in needs.get(question_id, ())))

    room = floor(2 * budget_days + 1e-9)
    for priority in ranked(*priorities).priorities:
        more = taken | with_needs(priority.question)
        if sum(half_days(by_id[it].cost_days) for it in more) <= room:
            taken = more
    return fsum(by_id[it].benefit_days for it in taken)


def fractional_bound(priorities: Sequence[Priority], budget_days: float) -> float:
    """What a budget would buy if repayments could be cut in pieces and needed nothing."""
    left, gained = budget_days, 0.0
    for priority in ranked(*priorities).priorities:
        if priority.cost_days == 0:
            gained += priority.benefit_days
    for priority in ranked(*priorities).priorities:
        if priority.cost_days:
            share = min(1.0, left / priority.cost_days)
            left -= share * priority.cost_days
            gained += share * priority.benefit_days
    return gained


@st.composite
def cases(draw: st.DrawFn, most: int = 9) -> tuple[list[Priority], dict[str, list[str]]]:
    names = [f"AA-{number:02}" for number in range(1, draw(st.integers(1, most)) + 1)]
    costs, benefits = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.3, 4.0, 7.5]), st.sampled_from([0.0, 0.3, 1.0, 2.5, 9.0])
    priorities = [owes(name, draw(benefits), draw(costs)) for name in names]
    needs = {name: draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) for name in names}
    return priorities, {name: [need for need in wanted if need != name] for name, wanted in needs.items()}


@settings(max_examples=250, deadline=None)
@given(case=cases(), budget=st.integers(0, 40).map(lambda it: it / 2), data=st.data())
def test_no_set_beats_the_plan(
    case: tuple[list[Priority], dict[str, list[str]]], budget: float, data: st.DataObject
) -> None:
    priorities, needs = case
    names = [it.question for it in priorities]
    pinned = frozenset(data.draw(st.lists(st.sampled_from(names), max_size=2)))
    plan = plan_of(priorities, needs, budget_days=budget, pinned=sorted(pinned))
    taken = set(ids(plan))
    assert len(ids(plan)) == len(taken)
    assert pinned <= taken
    assert all(need in taken for name in taken for need in needs[name])
    best = best_of_all(priorities, needs, budget, pinned)
    if best < 0:  # the pins alone do not fit
        assert plan.pinned_over_budget or sum(half_days(it.cost_days) for it in plan.chosen) > 2 * budget
    else:
        assert plan.benefit_days == pytest.approx(best, abs=1e-9)
        assert plan.cost_days <= budget + 1e-9
    more = best_of_all(priorities, needs, budget + 5, pinned)
    if best >= 0:
        assert plan.next_5_days_benefit == pytest.approx(more - best, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(case=cases(most=25), budget=st.integers(0, 100).map(lambda it: it / 2))
def test_p15_never_below_greedy_never_above_the_fractional_bound_and_more_budget_never_gives_less(
    case: tuple[list[Priority], dict[str, list[str]]], budget: float
) -> None:
    priorities, needs = case
    plan = plan_of(priorities, needs, budget_days=budget)
    assert plan.exact
    assert plan.benefit_days >= greedy(priorities, needs, budget) - 1e-9
    assert plan.benefit_days <= fractional_bound(priorities, budget) + 1e-9
    assert plan_of(priorities, needs, budget_days=budget + 0.5).benefit_days >= plan.benefit_days - 1e-9
    assert plan_of(priorities, needs, budget_days=budget + 5).benefit_days == pytest.approx(
        plan.benefit_days + plan.next_5_days_benefit, abs=1e-9
    )


@settings(max_examples=50, deadline=None)
@given(case=cases(most=12), seed=st.integers(0, 9))
def test_the_plan_does_not_depend_on_the_order_of_questions(
    case: tuple[list[Priority], dict[str, list[str]]], seed: int
) -> None:
    priorities, needs = case
    mixed = random.Random(seed).sample(priorities, len(priorities))
    assert plan_of(mixed, needs, budget_days=9) == plan_of(priorities, needs, budget_days=9)


# -- large and absurd checklists


def many(count: int, needs: Needs, seed: int = 0) -> tuple[list[Priority], Needs]:
    draws = random.Random(seed)
    return [owes(f"AA-{n:02}", draws.uniform(0, 30), draws.uniform(3, 30)) for n in range(1, count + 1)], needs


def name(number: int) -> str:
    return f"AA-{number:02}"


@pytest.mark.parametrize(
    "needs",
    [
        pytest.param({name(n): [name(n - 1)] for n in range(2, 100)}, id="a chain"),
        pytest.param({name(n): [name(1)] for n in range(2, 100)}, id="all need one"),
        pytest.param({name(1): [name(n) for n in range(2, 100)]}, id="one needs all"),
        pytest.param({name(n): [name(n // 2)] for n in range(2, 100)}, id="a tree"),
        pytest.param({name(n): [name(1), name(2), name(3)] for n in range(4, 100)}, id="all need three"),
    ],
)
def test_a_wide_or_deep_checklist_is_still_planned_exactly(needs: Needs) -> None:
    priorities, needs = many(99, needs)
    plan = plan_of(priorities, needs, budget_days=100)
    taken = set(ids(plan))
    assert plan.exact
    assert all(need in taken for it in taken for need in needs.get(it, ()))
    assert plan.benefit_days >= greedy(priorities, needs, 100) - 1e-9


@pytest.mark.parametrize("limit", ["NODES_MAX", "NODES_ALL_MAX", "PART_MAX"])
def test_a_tangle_is_planned_along_one_order_and_says_so(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    draws = random.Random(1)
    needs = {name(n): [name(draws.randint(1, n - 1)) for _ in range(3)] for n in range(2, 41)}
    monkeypatch.setattr(planning, limit, 30)
    priorities, needs = many(45, needs)
    before = 0.0
    for budget in (0, 10, 40, 60, 100, 300, 2_000):
        plan = plan_of(priorities, needs, budget_days=budget)
        taken = set(ids(plan))
        assert not plan.exact
        assert all(need in taken for it in taken for need in needs.get(it, ()))
        assert plan.cost_days <= budget
        assert plan.benefit_days >= before
        before = plan.benefit_days
    assert len(ids(plan)) == 45


def test_a_checklist_full_of_tangles_takes_no_more_than_a_hundred_megabytes() -> None:
    draws = random.Random(3)
    needs = {
        f"AA-{start + n:03}": [f"AA-{start + draws.randrange(20):03}" for _ in range(6)]
        for start in range(0, 480, 40)
        for n in range(20, 40)
    }
    priorities = [owes(f"AA-{n:03}", draws.uniform(0, 30), draws.uniform(5, 60)) for n in range(480)]
    tracemalloc.start()
    plan = plan_of(priorities, needs, budget_days=DAYS_MAX)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert plan.chosen
    assert peak < 100_000_000


def test_the_shipped_checklist_is_planned_exactly() -> None:
    asked = load_checklist(ROOT / "checklists" / "ml-debt.yaml")
    draws = random.Random(7)
    owed = ranked(*(owes(it, draws.uniform(0.1, 30), draws.uniform(3, 30)) for it in asked.questions))
    everything = choose(owed, asked, budget_days=10_000)
    assert everything.exact
    assert len(everything.chosen) == len(asked.questions)
    assert everything.next_5_days_benefit == 0
    order = ids(everything)
    for it in asked.questions.values():
        assert all(order.index(need) < order.index(it.id) for need in it.depends_on)


# -- the score as it would be

ASKED = checklist(area("AA", "C", "H", "M"), area("BB", "M"))
TODAY = {"AA-01": voted(3, 4, 4), "AA-02": UNKNOWN, "AA-03": NOT_APPLICABLE, "BB-01": answered(1)}
SEEN = [floor_at("BB-01", 0.5), floor_at("AA-01", 0.5)]


def test_p16_without_a_repayment_the_score_is_todays_bit_for_bit() -> None:
    assert repaid(ASKED, TODAY, SEEN, {}) == score(ASKED, TODAY, SEEN)


def test_a_repaid_question_stands_at_its_level_and_its_votes_and_floors_are_gone() -> None:
    after = repaid(ASKED, TODAY, SEEN, {"AA-01": 0, "AA-02": 1, "BB-01": 0})
    assert {name: (it.debt, it.floor, it.votes) for name, it in after.questions.items()} == {
        "AA-01": (0.0, 0.0, ()),
        "AA-02": (0.25, 0.0, ()),
        "BB-01": (0.0, 0.0, ()),
    }
    assert after.contradictions == ()


def test_a_repayment_never_makes_a_question_worse_nor_applicable() -> None:
    assert repaid(ASKED, TODAY, (), {"BB-01": 3, "AA-03": 0, "ZZ-99": 0}) == score(ASKED, TODAY, ())


def test_a_floor_above_a_good_answer_is_repaid_too() -> None:
    assert repaid(ASKED, TODAY, SEEN, {"BB-01": 1}).questions["BB-01"].debt == 0.25


@pytest.mark.parametrize("level", [-1, 5])
def test_a_target_that_is_no_level_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match=r"a (level is a whole number|target is a level)"):
        repaid(ASKED, TODAY, (), {"AA-01": level})
