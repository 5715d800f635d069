"""The movement as drawn: bars that join, a scale that says where it begins, labels that never lie on each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.movement import MovementView, Whose
from operations.records import SystemRecord
from scoring.causes import Cause
from scoring.movement import Member, movement, rank_moves
from scoring.split import QuestionShare, SplitCause, Stand, SystemSplit
from scoring.terms import Estimate
from ui.movement_chart import QUESTIONS_MAX, SYSTEMS_MAX, movement_table, scale, waterfall
from ui.movement_words import movement_title, movement_words, notes
from ui.rank_slope import rank_title, slope_words, slopes, spaced

held = settings(max_examples=60, deadline=None)
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


def estimate(debt):
    return Estimate(estimate=debt, low=debt, high=debt, coverage=1.0, band="C")


def member(number, before, after, *, questions=0, cause=Cause.ANSWERS):
    split = None
    if before is not None and after is not None:
        total = after - before
        asked = tuple(
            QuestionShare(
                question=f"MON-{place:02}", before=Stand(level=3, debt=0.75), after=Stand(level=1, debt=0.25),
                share=total / questions,
            )
            for place in range(questions)
        )  # fmt: skip
        causes = (SplitCause(cause=cause, share=total, questions=asked),)
        split = SystemSplit(
            before=estimate(before), after=estimate(after), total=total, causes=causes, common_only=False
        )
    return Member(system=f"s{number}", before=before, after=after, split=split)


def view_of(*members, whose=Whose.PORTFOLIO, name="", **about):
    systems = {
        one.system: SystemRecord(
            system_id=one.system, name=f"{HOSTILE} {one.system}", team="Growth", decides="", affected="",
            switches=frozenset(), demonstration=False, created_at="",
        )
        for one in members
    }  # fmt: skip
    values = {
        "before": "2026Q2", "after": "2026Q3", "pack": "ml-debt", "pack_title": "ML debt", "packs": {}, "periods": (),
        "movement": movement(members), "ranks": rank_moves(members), "systems": systems, "questions": {},
        "asked_before": {}, "asked_after": {}, "open": frozenset(), "not_rated": 0,
    }  # fmt: skip
    return MovementView(whose=whose, name=name, **(values | about))


DEBTS = st.none() | st.floats(0, 1)


@held
@given(st.lists(st.tuples(DEBTS, DEBTS), min_size=1, max_size=6))
def test_the_bars_join_from_tick_to_tick_inside_the_scale(pairs):
    view = view_of(*(member(number, *pair) for number, pair in enumerate(pairs)))
    if view.movement.total is None:
        return
    first, *bars, last = waterfall(view)["rows"]
    places = [first["at"], *(bar["from"] for bar in bars), last["at"]]
    ends = [first["at"], *(bar["to"] for bar in bars), last["at"]]
    for end, start in zip(ends[:-1], places[1:], strict=True):
        assert start == pytest.approx(end, abs=1e-9)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in (*places, *ends))


def test_a_scale_that_is_cut_says_so_and_one_that_begins_at_nothing_does_not():
    cut = waterfall(view_of(member(0, 0.5, 0.52)))
    assert cut["note"] == (
        "The scale runs from 49 to 53 and not from 0: the quarters are ticks, only the steps are bars. "
        "To the right is worse."
    )
    assert "not from 0" not in waterfall(view_of(member(0, 0.0, 0.3)))["note"]


def test_a_small_move_is_not_drawn_as_a_cliff():
    low, high = scale(view_of(member(0, 0.5, 0.501)))
    assert high - low >= 0.04


def test_no_more_than_the_largest_are_drawn_and_the_rest_is_counted():
    members = [member(number, 0.5, 0.4, questions=QUESTIONS_MAX + 2) for number in range(SYSTEMS_MAX + 3)]
    (bar,) = [row for row in waterfall(view_of(*members))["rows"] if "systems" in row]
    assert len(bar["systems"]) == SYSTEMS_MAX
    assert bar["more"].startswith("and 3 systems more with −2.7 together")
    assert len(bar["systems"][0]["questions"]) == QUESTIONS_MAX
    assert bar["systems"][0]["more"].startswith("and 2 questions more")
    assert len(movement_table(view_of(*members))) == 1 + len(members) * (1 + QUESTIONS_MAX + 2)


def test_each_question_leads_to_itself_in_a_quarter_that_asked_it():
    view = view_of(
        member(0, 0.5, 0.4, questions=2), whose=Whose.SYSTEM, name="One", asked_after={"s0": frozenset({"MON-00"})}
    )
    (bar,) = [row for row in waterfall(view)["rows"] if "systems" in row]
    links = [question[-1] for question in bar["systems"][0]["questions"]]
    assert links == [
        "/assess?system=s0&period=2026Q3&question=MON-00", "/assess?system=s0&period=2026Q2&question=MON-01"
    ]  # fmt: skip


def test_a_name_is_handed_on_as_text_without_what_turns_reading_around():
    drawn = waterfall(view_of(member(0, 0.5, 0.4, questions=1), member(1, 0.2, None)))
    names = [system["name"] for row in drawn["rows"] for system in row.get("systems", ())]
    assert names == ["<img src=x onerror=alert(1)> s0", "<img src=x onerror=alert(1)> s1"]
    assert "\u202e" not in repr(drawn)


@pytest.mark.parametrize(
    ("members", "title"),
    [
        ([member(0, 0.5, 0.4)], "Portfolio debt fell by 10.0 points from Q2 to Q3 2026, because answers changed"),
        ([member(0, 0.4, 0.4)], "Portfolio debt did not move from Q2 to Q3 2026"),
        ([member(0, 0.4, None)], "Portfolio debt cannot be compared: nothing is rated in Q3 2026"),
        (
            [member(0, 0.4, 0.5), member(1, None, 0.9)],
            "Portfolio debt rose by 30.0 points from Q2 to Q3 2026, mostly because other systems are rated",
        ),
        (
            [member(0, 0.4, 0.6), member(1, 0.8, None)],
            "Portfolio debt did not move from Q2 to Q3 2026: answers changed (+20.0), other systems are rated (−20.0)",
        ),
        (
            [member(0, 0.4, 0.6), member(1, 0.7, None)],
            "Portfolio debt rose by 5.0 points from Q2 to Q3 2026: "
            "answers changed (+20.0), other systems are rated (−15.0)",
        ),
    ],
)
def test_the_title_is_the_finding(members, title):
    assert movement_title(view_of(*members)) == title


def test_a_year_is_written_once():
    assert "from Q4 2025 to Q1 2026" in movement_title(view_of(member(0, 0.4, 0.5), before="2025Q4", after="2026Q1"))


def test_the_words_hold_the_whole_way():
    view = view_of(member(0, 0.5, 0.4), member(1, None, 0.9), open=frozenset({"s0"}), not_rated=2)
    assert movement_words(view) == (
        "From 50.0 in Q2 2026 to 65.0 in Q3 2026, in points: answers changed −10.0, systems came or left +25.0."
    )
    assert notes(view) == [
        "The debt is the mean of the rated systems: 1 before, 2 after, 1 in both.",
        "1 quarter is still open in Q3 2026, so these numbers can still move.",
        "2 assessed systems have no letter in either quarter and no part in this.",
    ]


# -- places


@held
@given(st.lists(st.floats(0, 20), max_size=10).map(sorted), st.floats(0.5, 3))
def test_no_label_lies_on_another_and_none_changes_the_order(wanted, gap):
    places = spaced(wanted, gap)
    assert all(lower - upper >= gap - 1e-9 for upper, lower in pairwise(places))
    assert all(place >= -1e-9 for place in places)


def test_labels_with_room_stay_where_they_want_to_be():
    assert spaced([0.0, 5.0, 10.0], 2) == [0.0, 5.0, 10.0]
    assert spaced([4.0, 4.0, 4.0], 2) == [2.0, 4.0, 6.0]
    assert spaced([], 2) == []


def test_a_system_that_owes_more_than_others_now_is_drawn_as_worse():
    view = view_of(member(0, 0.9, 0.1), member(1, 0.5, 0.5), member(2, 0.2, 0.8))
    drawn = slopes(view)
    assert [(line["before"], line["after"], line["moved"], line["way"]) for line in drawn["lines"]] == [
        ("3", "1", "▲ 2", "worse"), ("1", "3", "▽ 2", "better")
    ]  # fmt: skip
    assert rank_title(view).endswith("moved up from place 3 to 1 of 3") or "moved down from place 1 to 3" in (
        rank_title(view)
    )
    assert "from 3 to 1" in slope_words(view)


def test_a_long_way_does_not_make_the_drawing_endless():
    members = [member(number, number / 1000, (number * 7 % 500) / 1000) for number in range(500)]
    assert slopes(view_of(*members))["height"] < 40
