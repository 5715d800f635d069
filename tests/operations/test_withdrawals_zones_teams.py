"""A quarter found wrong, the edges of quarters in other time zones, and a team with another name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    confirm_last,
    open_assessment,
    read_questionnaire,
)
from operations.class_values import adopt_class_values, read_class_values
from operations.errors import Conflict, InvalidInput, NotFound
from operations.freshness import list_stale
from operations.periods import period_of
from operations.portfolio import read_portfolio
from operations.records import AssessmentRecord
from operations.system_view import compare_periods, list_periods, read_question_lines, read_system_view
from operations.systems import change_system, create_system, present_team, read_system, rename_team
from operations.upkeep import verify
from operations.withdrawals import list_withdrawn, withdraw_assessment
from operations.workplace import TIME_ZONE, Workplace, shipped_checklist
from operations.zones import choose_zone, read_zone_choice
from tests.operations.conftest import ADA, BO, at


def quarter(
    workplace: Workplace, system_id: str, period: str, *, level: int = 2, close: bool = True
) -> AssessmentRecord:
    made = open_assessment(workplace, ADA, system_id=system_id, period=period)
    for question in read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).questions:
        choice = Choice(state="answered", level=level)
        answer_question(
            workplace, ADA, assessment_id=made.assessment_id, question_id=question.id, choice=choice, expected_rev=0
        )
    return close_assessment(workplace, ADA, assessment_id=made.assessment_id) if close else made


@pytest.fixture
def system(workplace: Workplace) -> str:
    return create_system(workplace, ADA, name="Churn", team="Growth").system_id


# --- a quarter found wrong ---
def test_a_withdrawn_quarter_is_left_out_everywhere_and_stays_readable(workplace, system):
    quarter(workplace, system, "2026Q2", level=1)
    wrong = quarter(workplace, system, "2026Q3", level=4)
    quarter(workplace, system, "2026Q4", level=2)
    withdrawn = withdraw_assessment(
        workplace, BO, assessment_id=wrong.assessment_id, reason=" answered for the shadow model "
    )
    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_because) == ("Bo", "answered for the shadow model")
    assert list_periods(workplace, ADA, system_id=system) == ("2026Q2", "2026Q4")
    view = read_system_view(workplace, ADA, system_id=system)
    assert [a.period for a in view.assessments] == ["2026Q2", "2026Q4"]
    assert view.total("2026Q3") is None
    assert view.total("2026Q4").change == pytest.approx(0.25)
    assert "2026Q3" not in read_portfolio(workplace, ADA).periods
    (row,) = read_portfolio(workplace, ADA, period="2026Q3").rows
    assert (row.assessment, row.total) == (None, None)
    with pytest.raises(NotFound, match="not assessed in 2026Q3"):
        compare_periods(workplace, ADA, system_id=system, before="2026Q2", after="2026Q3")
    assert list_withdrawn(workplace, ADA, system_id=system) == (withdrawn,)
    lines = read_question_lines(workplace, ADA, assessment_id=wrong.assessment_id)
    assert {line.answer.level for line in lines} == {4}
    assert verify(workplace, ADA) == replace(verify(workplace, ADA), snapshots=3, fault=None)
    (entry,) = [e for e in workplace.store.read(lambda r: r.audit_trail(5)) if e.action == "withdraw assessment"]
    assert "answered for the shadow model" in entry.detail


def test_the_quarter_is_assessed_anew_with_the_withdrawn_answers_at_hand(workplace, system):
    wrong = quarter(workplace, system, "2026Q3", level=4)
    withdraw_assessment(workplace, ADA, assessment_id=wrong.assessment_id, reason="wrong system")
    again = open_assessment(workplace, ADA, system_id=system, period="2026Q3")
    assert again.assessment_id != wrong.assessment_id
    asked = read_questionnaire(workplace, ADA, assessment_id=again.assessment_id)
    first = asked.questions[0].id
    assert (asked.answers, asked.last[first].level) == ({}, 4)
    confirm_last(workplace, ADA, assessment_id=again.assessment_id, question_id=first, expected_rev=0)
    close_assessment(workplace, ADA, assessment_id=again.assessment_id)
    withdraw_assessment(workplace, ADA, assessment_id=again.assessment_id, reason="wrong again")
    assert len(list_withdrawn(workplace, ADA, system_id=system)) == 2
    assert verify(workplace, ADA).fault is None


def test_what_the_next_quarter_has_at_hand_is_never_what_was_withdrawn(workplace, system):
    quarter(workplace, system, "2026Q2", level=1)
    wrong = quarter(workplace, system, "2026Q3", level=4)
    following = open_assessment(workplace, ADA, system_id=system, period="2026Q4")
    withdraw_assessment(workplace, ADA, assessment_id=wrong.assessment_id, reason="wrong system")
    asked = read_questionnaire(workplace, ADA, assessment_id=following.assessment_id)
    assert (asked.last_period, {answer.level for answer in asked.last.values()}) == ("2026Q2", {1})


@pytest.mark.parametrize(("reason", "sentence"), [("", "reason: is empty"), ("x" * 5000, "at most 4,000")])
def test_a_withdrawal_without_a_fitting_reason_is_refused(workplace, system, reason, sentence):
    made = quarter(workplace, system, "2026Q3")
    with pytest.raises(InvalidInput, match=sentence):
        withdraw_assessment(workplace, ADA, assessment_id=made.assessment_id, reason=reason)
    assert list_periods(workplace, ADA, system_id=system) == ("2026Q3",)


def test_an_open_quarter_is_not_withdrawn_and_a_withdrawn_one_not_twice(workplace, system):
    made = quarter(workplace, system, "2026Q3", close=False)
    with pytest.raises(Conflict, match="is open"):
        withdraw_assessment(workplace, ADA, assessment_id=made.assessment_id, reason="why")
    close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    withdraw_assessment(workplace, ADA, assessment_id=made.assessment_id, reason="why")
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw_assessment(workplace, ADA, assessment_id=made.assessment_id, reason="why")


def test_a_system_whose_only_quarter_was_withdrawn_is_as_one_that_was_never_assessed(workplace, system):
    made = quarter(workplace, system, "2026Q4")
    withdraw_assessment(workplace, ADA, assessment_id=made.assessment_id, reason="why")
    view = read_system_view(workplace, ADA, system_id=system)
    assert (view.assessments, view.latest, view.next_period) == ((), None, "2026Q4")
    assert list_stale(at(workplace, 2029, 1), ADA) == ()
    assert [row.total for row in read_portfolio(workplace, ADA).rows] == [None]


# --- other odd histories ---
def test_two_who_open_the_same_quarter_are_in_the_same_one(workplace, system):
    first = open_assessment(workplace, ADA, system_id=system, period="2026Q4")
    second = open_assessment(workplace, BO, system_id=system, period="2026q4")
    assert second == first


def test_a_skipped_quarter_is_no_point_and_the_next_is_compared_with_the_last_there_was(workplace, system):
    quarter(workplace, system, "2026Q1", level=1)
    quarter(workplace, system, "2026Q4", level=3)
    view = read_system_view(workplace, ADA, system_id=system)
    assert [a.period for a in view.assessments] == ["2026Q1", "2026Q4"]
    assert view.total("2026Q2") is None
    assert view.total("2026Q4").change == pytest.approx(0.5)


def test_a_retired_system_keeps_its_quarters_and_leaves_the_portfolio(workplace, system):
    quarter(workplace, system, "2026Q4")
    workplace.store.write(lambda records: records.retire_system(system, at=workplace.now()))
    assert read_portfolio(at(workplace, 2027, 1), ADA, period="2027Q1").rows == ()
    assert read_system_view(workplace, ADA, system_id=system).total("2026Q4").estimate == 0.5
    assert list_stale(at(workplace, 2029, 1), ADA) == ()


# --- quarter edges ---
EDGE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  #: already 2027 east of Greenwich, still 2026 west of it


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 12, 31)),
        ("Asia/Kolkata", date(2027, 1, 1)),
        ("America/New_York", date(2026, 12, 31)),
        ("Pacific/Kiritimati", date(2027, 1, 1)),
    ],
)
def test_the_organisations_zone_decides_where_a_quarter_ends(workplace, system, zone, day):
    choose_zone(workplace, ADA, name=zone)
    edge = replace(workplace, clock=lambda: EDGE)
    assert edge.today() == day
    assert read_system_view(edge, ADA, system_id=system).next_period == period_of(day)
    assert edge.day_of("2026-12-31T23:30:00.000Z") == day
    made = open_assessment(edge, ADA, system_id=system, period=period_of(day))
    assert made.zone == zone


def test_the_zone_of_the_environment_counts_until_somebody_chooses_one(workplace, monkeypatch):
    monkeypatch.setenv(TIME_ZONE, "Asia/Tokyo")
    assert workplace.zone_name() == read_zone_choice(workplace, ADA).counts == "Asia/Tokyo"
    choose_zone(workplace, ADA, name="Europe/Berlin")
    assert workplace.zone_name() == "Europe/Berlin"
    choose_zone(workplace, ADA, name="")
    assert workplace.zone_name() == "Asia/Tokyo"
    monkeypatch.delenv(TIME_ZONE)
    assert workplace.zone_name() == read_zone_choice(workplace, ADA).machine


def test_each_quarter_keeps_the_zone_it_was_closed_in(workplace, system):
    choose_zone(workplace, ADA, name="Asia/Tokyo")
    made = quarter(workplace, system, "2026Q3", close=False)
    choose_zone(workplace, ADA, name="Europe/Berlin")
    closed = close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    assert (made.zone, closed.zone) == ("Asia/Tokyo", "Europe/Berlin")
    choose_zone(workplace, ADA, name="UTC")
    assert workplace.store.read(lambda records: records.assessment(made.assessment_id)).zone == "Europe/Berlin"


@pytest.mark.parametrize("name", ["Europe/Berln", "../etc/passwd", "x" * 400, "a\0b", "/etc/localtime"])
def test_a_zone_that_is_none_is_refused_and_nothing_changes(workplace, name):
    with pytest.raises(InvalidInput, match="is not known; write it like Europe/Berlin"):
        choose_zone(workplace, ADA, name=name)
    assert read_zone_choice(workplace, ADA).chosen == ""


# --- a team with another name ---
def adopted(workplace: Workplace, team: str) -> None:
    classes = shipped_checklist().classes
    values = replace(classes, effort_days={**classes.effort_days, "M": 12})
    adopt_class_values(workplace, ADA, team=team, values=values, expected_rev=0)


def test_a_renamed_team_keeps_its_systems_class_values_and_links(workplace, system):
    create_system(workplace, ADA, name="Pricing", team="Growth")
    quarter(workplace, system, "2026Q4")
    adopted(workplace, "Growth")
    assert rename_team(workplace, BO, team="Growth", name=" Expansion ") == 2
    assert {row.system.team for row in read_portfolio(workplace, ADA).rows} == {"Expansion"}
    assert read_class_values(workplace, ADA, team="Expansion").classes.effort_days["M"] == 12
    assert present_team(workplace, ADA, team="Growth") == "Expansion"
    assert [a.period for a in read_system_view(workplace, ADA, system_id=system).assessments] == ["2026Q4"]
    assert verify(workplace, ADA).fault is None


def test_the_only_system_of_a_team_that_gets_a_new_team_takes_its_class_values_along(workplace, system):
    adopted(workplace, "Growth")
    known = read_system(workplace, ADA, system_id=system)
    about = {"name": known.name, "decides": "", "affected": "", "switches": known.switches, "expected_rev": known.rev}
    change_system(workplace, ADA, system_id=system, team="Expansion", **about)
    assert read_class_values(workplace, ADA, team="Expansion").classes.effort_days["M"] == 12
    assert present_team(workplace, ADA, team="Growth") == "Expansion"


def test_one_system_of_several_that_changes_its_team_leaves_the_class_values_where_they_are(workplace, system):
    create_system(workplace, ADA, name="Pricing", team="Growth")
    adopted(workplace, "Growth")
    known = read_system(workplace, ADA, system_id=system)
    about = {"name": known.name, "decides": "", "affected": "", "switches": known.switches, "expected_rev": known.rev}
    change_system(workplace, ADA, system_id=system, team="Expansion", **about)
    assert read_class_values(workplace, ADA, team="Expansion").rev == 0
    assert present_team(workplace, ADA, team="Growth") == "Growth"


def test_two_teams_are_never_thrown_together_by_a_name(workplace, system):
    create_system(workplace, ADA, name="Pricing", team="Offers")
    with pytest.raises(InvalidInput, match="there is a team Offers already"):
        rename_team(workplace, ADA, team="Growth", name="Offers")
    with pytest.raises(InvalidInput, match="is empty"):
        rename_team(workplace, ADA, team="Growth", name=" ")
    with pytest.raises(NotFound):
        rename_team(workplace, ADA, team="Nobody", name="Somebody")
    assert read_system(workplace, ADA, system_id=system).team == "Growth"
