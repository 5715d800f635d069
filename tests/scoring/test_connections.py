"""What depends on a system raises what its debt costs, and circles are found: laws over any graph."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.connections import (
    SHARES,
    STEPS_MAX,
    TIMES_MAX,
    Edge,
    Feeds,
    burden,
    burdens,
    dependents_of,
    loops,
    shares_along,
)

NAMES = "abcdefgh"
edges = st.lists(
    st.builds(
        lambda pair, kind: Edge(source=pair[0], target=pair[1], kind=kind),
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.sampled_from(list(Feeds)),
    ),
    max_size=24,
)
days = st.floats(0, 200, allow_nan=False)
few = settings(max_examples=60, deadline=None)


def feeds(*pairs, kind=Feeds.OUTPUTS):
    return [Edge(source=pair[0], target=pair[1], kind=kind) for pair in pairs]


def test_three_systems_that_read_its_outputs_pay_a_third_of_its_interest_each():
    found = burden("a", 4.0, shares_along(feeds("ab", "ac", "ad")))
    assert found.own_days == 4.0
    assert found.total_days == pytest.approx(4.0 * (1 + 3 * 0.3))
    assert [d.system for d in found.dependents] == ["b", "c", "d"]
    assert found.direct == 3
    assert not found.capped


def test_who_reads_from_a_reader_pays_less_and_only_once():
    found = burden("a", 10.0, shares_along([*feeds("ab", "bc"), *feeds("ac", kind=Feeds.DATA)]))
    assert {d.system: d.share for d in found.dependents} == pytest.approx({"b": 0.3, "c": 0.1})
    assert found.dependents[1].path == ("a", "c"), "the way on which it pays most"
    assert found.total_days == pytest.approx(14.0)


def test_what_is_not_known_stays_unknown_and_nothing_owed_costs_nobody_anything():
    out = shares_along(feeds("ab"))
    assert burden("a", None, out).total_days is None
    assert burden("a", 0.0, out).total_days == 0.0


def test_a_hub_reaches_the_limit_and_says_so():
    found = burden(
        "hub", 2.0, shares_along([Edge(source="hub", target=f"s{n}", kind=Feeds.OUTPUTS) for n in range(40)])
    )
    assert found.capped
    assert found.total_days == pytest.approx(2.0 * (1 + TIMES_MAX))


def test_only_so_many_steps_are_followed():
    chain = [Edge(source=f"s{n}", target=f"s{n + 1}", kind=Feeds.OUTPUTS) for n in range(STEPS_MAX + 3)]
    assert max(d.steps for d in dependents_of("s0", shares_along(chain))) <= STEPS_MAX


@few
@given(edges, days)
def test_a_system_that_nobody_reads_from_costs_its_own_interest(given_edges, own):
    others = [edge for edge in given_edges if edge.source != "a"]
    assert burden("a", own, shares_along(others)).total_days == own


@few
@given(edges, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(list(Feeds)), days)
def test_one_more_connection_never_lowers_what_a_debt_costs(given_edges, source, target, kind, own):
    before = burdens(dict.fromkeys(NAMES, own), given_edges)
    after = burdens(dict.fromkeys(NAMES, own), [*given_edges, Edge(source=source, target=target, kind=kind)])
    for name in NAMES:
        assert after[name].total_days >= before[name].total_days - 1e-9
        assert {d.system for d in after[name].dependents} >= {d.system for d in before[name].dependents}


@few
@given(edges, st.randoms(use_true_random=False), days)
def test_the_order_in_which_connections_are_told_does_not_matter(given_edges, chance: random.Random, own):
    shuffled = list(given_edges)
    chance.shuffle(shuffled)
    assert burdens(dict.fromkeys(NAMES, own), shuffled) == burdens(dict.fromkeys(NAMES, own), given_edges)
    assert loops(shuffled) == loops(given_edges)


@few
@given(edges, days)
def test_every_burden_is_bounded_and_nobody_depends_on_itself(given_edges, own):
    for name, found in burdens(dict.fromkeys(NAMES, own), given_edges).items():
        assert own <= found.total_days <= own * (1 + TIMES_MAX) + 1e-9
        assert name not in {d.system for d in found.dependents}
        for each in found.dependents:
            assert each.path[0] == name
            assert each.path[-1] == each.system
            assert each.share <= max(SHARES.values())


def test_systems_that_feed_each_other_are_a_loop_named_along_its_way():
    (loop,) = loops(feeds("ab", "bc", "ca", "cd"))
    assert loop.systems == ("a", "b", "c")
    assert loop.path == ("a", "b", "c", "a")
    assert loop.beyond == 0


def test_a_loop_says_how_many_the_shortest_way_leaves_out():
    (loop,) = loops(feeds("ab", "ba", "bc", "cb"))
    assert (loop.path, loop.systems, loop.beyond) == (("a", "b", "a"), ("a", "b", "c"), 1)


def test_two_separate_loops_are_two_and_a_line_is_none():
    assert len(loops(feeds("ab", "ba", "cd", "dc", "bc"))) == 2
    assert loops(feeds("ab", "bc", "ac")) == ()


def test_a_circle_of_five_thousand_is_found_without_running_out_of_depth():
    ring = [Edge(source=f"{n:05}", target=f"{(n + 1) % 5000:05}", kind=Feeds.DATA) for n in range(5000)]
    (loop,) = loops(ring)
    assert len(loop.systems) == 5000


@few
@given(edges)
def test_a_loop_holds_exactly_those_that_reach_themselves(given_edges):
    out = {name: {e.target for e in given_edges if e.source == name != e.target} for name in NAMES}

    def reached(start):
        seen, waiting = set(), [start]
        while waiting:
            for target in out[waiting.pop()] - seen:
                seen.add(target)
                waiting.append(target)
        return seen

    found = loops(given_edges)
    assert {name for loop in found for name in loop.systems} == {name for name in NAMES if name in reached(name)}
    for loop in found:
        assert loop.path[0] == loop.path[-1] == loop.systems[0]
        assert all(b in out[a] for a, b in zip(loop.path, loop.path[1:], strict=False))
