"""Targets: set, changed, withdrawn and undone; how far it is, today and as it was in a past quarter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.assessments import Choice, answer_question, asked_questions, close_assessment, open_assessment
from operations.errors import Conflict, InvalidInput, NotFound
from operations.periods import quarters_between, shift
from operations.scores import scope_of
from operations.systems import create_system
from operations.targets import (
    read_debt,
    read_target_history,
    read_targets,
    set_target,
    undo_target,
    withdraw_target,
)
from operations.workplace import Workplace, shipped_checklist
from scoring.targets import Pace
from tests.operations.conftest import ADA, BO, Clock


def on(workplace: Workplace, year: int, month: int, day: int = 20) -> Workplace:
    return replace(workplace, clock=Clock(datetime(year, month, day, 12, tzinfo=UTC)))


def assessed(workplace: Workplace, system_id: str, period: str, level: int, *, close: bool = True) -> None:
    """Every core question at one level."""
    now = on(workplace, int(period[:4]), int(period[5]) * 3)
    assessment = open_assessment(now, ADA, system_id=system_id, period=period)
    for _, questions in asked_questions(shipped_checklist(), scope_of(assessment)):
        for question in questions:
            answer_question(
                now, ADA, assessment_id=assessment.assessment_id, question_id=question.id,
                choice=Choice(state="answered", level=level), expected_rev=0,
            )  # fmt: skip
    if close:
        close_assessment(now, ADA, assessment_id=assessment.assessment_id)


@pytest.fixture
def system_id(workplace: Workplace) -> str:
    """A system with all questions at level 3 in the third quarter and at level 2 in the fourth."""
    system = create_system(on(workplace, 2026, 7), ADA, name="Churn", team="Growth")
    assessed(workplace, system.system_id, "2026Q3", 3)
    assessed(workplace, system.system_id, "2026Q4", 2, close=False)
    return system.system_id


def test_a_target_is_set_and_shown_with_its_distance(workplace: Workplace, system_id: str) -> None:
    for place in ({}, {"system_id": system_id}, {"system_id": system_id, "area": "ENT"}):
        set_target(workplace, ADA, **place, debt=0.25, by_period="2027q2", expected_rev=0)
    seen = read_targets(workplace, ADA)
    assert set(seen) == {("", ""), (system_id, ""), (system_id, "ENT")}
    for view in seen.values():
        assert (view.target.debt, view.target.by_period, view.target.from_period) == (0.25, "2027Q2", "2026Q4")
        assert view.target.from_debt == view.distance.estimate == pytest.approx(0.5)
        assert (view.distance.gap, view.distance.quarters_left) == (pytest.approx(0.25), 2)
        assert view.distance.pace is Pace.ON_THE_WAY
    audited = workplace.store.read(lambda records: records.audit_trail(3))
    assert [entry.subject for entry in audited] == [system_id, system_id, "portfolio"]


def test_a_past_quarter_shows_the_targets_it_had(workplace: Workplace, system_id: str) -> None:
    place = {"system_id": system_id}
    set_target(on(workplace, 2026, 8), ADA, **place, debt=0.6, by_period="2026Q4", expected_rev=0)
    set_target(workplace, ADA, **place, debt=0.3, by_period="2027Q4", expected_rev=1)
    (then,) = read_targets(workplace, ADA, period="2026Q3").values()
    (now,) = read_targets(workplace, ADA, period="2026Q4").values()
    assert (then.target.debt, then.distance.estimate, then.distance.pace) == (0.6, pytest.approx(0.75), Pace.ON_THE_WAY)
    assert (now.target.debt, now.distance.estimate) == (0.3, pytest.approx(0.5))
    assert read_targets(workplace, ADA, period="2026Q2") == {}
    assert read_targets(workplace, ADA, pack="another") == {}


def test_a_system_of_which_too_little_is_known_has_no_distance(workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="New", team="Growth")
    open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4")
    kept = set_target(workplace, ADA, system_id=system.system_id, debt=0.25, by_period="2027Q1", expected_rev=0)
    assert kept.from_debt is None
    (view,) = read_targets(workplace, ADA).values()
    assert (view.distance.gap, view.distance.pace) == (None, Pace.UNKNOWN)


def test_a_target_missed_is_called_so(workplace: Workplace, system_id: str) -> None:
    set_target(on(workplace, 2026, 8), ADA, system_id=system_id, debt=0.6, by_period="2026Q3", expected_rev=0)
    (view,) = read_targets(workplace, ADA).values()
    assert view.distance.pace is Pace.REACHED  # at level 2 by now
    (view,) = read_targets(workplace, ADA, period="2027Q1").values()
    assert view.distance.pace is Pace.MISSED  # nothing known of that quarter


def test_two_people_do_not_overwrite_each_others_target(workplace: Workplace, system_id: str) -> None:
    place = {"system_id": system_id, "area": "ENT"}
    first = set_target(workplace, ADA, **place, debt=0.4, by_period="2027Q1", expected_rev=0)
    with pytest.raises(Conflict, match="Ada changed this target"):
        set_target(workplace, BO, **place, debt=0.3, by_period="2027Q1", expected_rev=0)
    with pytest.raises(Conflict):
        withdraw_target(workplace, BO, **place, expected_rev=7)
    assert set_target(workplace, BO, **place, debt=0.4, by_period="2027Q1", expected_rev=0) == first
    changed = set_target(workplace, BO, **place, debt=0.3, by_period="2027Q1", expected_rev=1)
    assert (changed.what, changed.rev, changed.set_by) == ("changed", 2, "Bo")


def test_a_withdrawn_target_is_gone_from_the_screens_and_stays_in_the_history(
    workplace: Workplace, system_id: str
) -> None:
    set_target(workplace, ADA, system_id=system_id, debt=0.4, by_period="2027Q1", expected_rev=0)
    withdraw_target(workplace, BO, system_id=system_id, expected_rev=1)
    assert read_targets(workplace, ADA) == {}
    history = read_target_history(workplace, ADA, system_id=system_id)
    assert [(one.what, one.set_by) for one in history] == [("set", "Ada"), ("withdrawn", "Bo")]
    with pytest.raises(NotFound):
        withdraw_target(workplace, BO, system_id="nowhere", expected_rev=0)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["set", "withdraw", "undo"]), max_size=8), st.data())
def test_undo_walks_back_through_what_stood(workplace_of_law: Workplace, deeds: list[str], data: st.DataObject) -> None:
    workplace, stood = workplace_of_law, [None]
    place = {"system_id": create_system(workplace, ADA, name=workplace.new_id(), team="Growth").system_id}
    rev = 0
    for deed in deeds:
        if deed == "set":
            debt = data.draw(st.sampled_from([0.1, 0.2, 0.3]))
            kept = set_target(workplace, ADA, **place, debt=debt, by_period="2027Q1", expected_rev=rev)
            if debt != stood[-1]:
                stood.append(debt)
        elif deed == "withdraw" and stood[-1] is not None:
            kept = withdraw_target(workplace, ADA, **place, expected_rev=rev)
            stood.append(None)
        elif deed == "undo" and len(stood) > 1:
            kept = undo_target(workplace, ADA, **place, expected_rev=rev)
            stood.pop()
        else:
            continue
        rev = kept.rev
        assert kept.debt == stood[-1]


@pytest.fixture(scope="module")
def workplace_of_law(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    from store.store import open_store

    store = open_store(str(tmp_path_factory.mktemp("targets") / "arrears.db"))
    yield Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    store.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"debt": 1.2}, "target"),
        ({"debt": float("nan")}, "target"),
        ({"debt": True}, "target"),
        ({"by_period": "2026Q3"}, "by"),
        ({"by_period": "2041Q1"}, "by"),
        ({"by_period": "soon"}, "period"),
        ({"area": "NOPE"}, "area"),
        ({"area": "AGT"}, "area"),
        ({"system_id": "", "area": "ENT"}, "area"),
    ],
)
def test_what_is_no_target_is_refused_by_name(workplace: Workplace, wrong: dict[str, object], field: str) -> None:
    system_id = create_system(workplace, ADA, name="Churn", team="Growth").system_id
    open_assessment(workplace, ADA, system_id=system_id, period="2026Q4")
    given = {"system_id": system_id, "debt": 0.4, "by_period": "2027Q1"} | wrong
    with pytest.raises(InvalidInput) as refused:
        set_target(workplace, ADA, **given, expected_rev=0)
    assert refused.value.field == field
    assert read_targets(workplace, ADA) == {}


def test_there_is_no_target_for_what_is_not_there(workplace: Workplace) -> None:
    with pytest.raises(NotFound):
        set_target(workplace, ADA, system_id="nowhere", debt=0.4, by_period="2027Q1", expected_rev=0)
    with pytest.raises(NotFound):
        set_target(workplace, ADA, pack="nowhere", debt=0.4, by_period="2027Q1", expected_rev=0)
    with pytest.raises(NotFound):
        undo_target(workplace, ADA, expected_rev=0)


@pytest.mark.parametrize(
    ("said", "debt"),
    [("40", 0.4), (" 37,5 ", 0.375), ("0", 0.0), ("100 %", 1.0), ("b", 0.375), ("C", 0.625), ("E", 1.0)],
)
def test_a_debt_is_read_as_points_or_as_a_letter(said: str, debt: float) -> None:
    assert read_debt(said) == debt


@pytest.mark.parametrize("said", ["", "F", "-1", "101", "nan", "inf", "4O", "1e3", "x" * 10_000, "٤x"])
def test_what_is_no_debt_is_said_in_one_sentence(said: str) -> None:
    with pytest.raises(InvalidInput, match="write a number from 0 to 100, or a letter A to E") as refused:
        read_debt(said)
    assert len(str(refused.value)) < 120


@given(st.integers(2000, 2100), st.integers(1, 4), st.integers(-50, 50))
def test_counting_quarters_is_the_opposite_of_shifting_them(year: int, quarter: int, by: int) -> None:
    period = f"{year}Q{quarter}"
    assert quarters_between(period, shift(period, by)) == by
