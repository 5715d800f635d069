"""The layout of the graph: feeders stand left of what they feed, nothing overlaps, and it is the same each time."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ui.graph_layout import lay_out

NAMES = [f"s{n}" for n in range(12)]
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30)
few = settings(max_examples=60, deadline=None)


def test_what_feeds_stands_left_of_what_it_feeds():
    places = lay_out(["c", "b", "a"], [("a", "b"), ("b", "c"), ("a", "c")]).places
    assert places["a"][0] < places["b"][0] < places["c"][0]


def test_a_feeder_of_something_far_right_stands_right_before_it():
    places = lay_out(list("abcx"), [("a", "b"), ("b", "c"), ("x", "c")]).places
    assert places["x"][0] == places["b"][0]


def test_a_circle_is_laid_out_too_and_nothing_at_all_is_nothing():
    places = lay_out(list("abc"), [("a", "b"), ("b", "c"), ("c", "a")]).places
    assert len({x for x, _ in places.values()}) == 3
    assert lay_out([], []).places == {}


@few
@given(pairs)
def test_no_two_systems_stand_at_one_place_and_all_lie_inside(edges):
    layout = lay_out(NAMES, edges)
    assert set(layout.places) == set(NAMES)
    by_column: dict[float, list[float]] = {}
    for x, y in layout.places.values():
        assert 0 <= x < layout.columns
        assert 0 <= y <= layout.rows - 1
        by_column.setdefault(x, []).append(y)
    for heights in by_column.values():
        ordered = sorted(heights)
        assert all(b - a >= 1 for a, b in pairwise(ordered))


@few
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_the_connections_does_not_matter(edges, chance: random.Random):
    shuffled = list(edges)
    chance.shuffle(shuffled)
    assert lay_out(NAMES, shuffled) == lay_out(NAMES, edges)


def test_a_line_of_five_thousand_and_a_crowd_in_one_column_are_laid_out():
    names = [str(n) for n in range(5000)]
    assert lay_out(names, list(pairwise(names))).columns == 5000
    crowd = lay_out(names[:500], [("0", name) for name in names[1:500]])
    assert crowd.rows < 40
